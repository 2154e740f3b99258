"""What stands beside the first hour, as a report's letter, workbook and page say it."""

from __future__ import annotations

from marketplace.domain.reports import FirstHour, HourBefore
from marketplace.web.figures.headline import beside
from marketplace.words import figures

LAST = HourBefore("s0", "Winter coats", "2026-03-05T06:00:00+00:00", 84, 200, 4_200)
OVER = FirstHour(60, LAST, 5, 3_500)
ZONE = "Europe/Paris"


def test_letter_and_workbook_name_the_last_sale_and_the_category():
    lines = figures.beside_first_hour(OVER)

    assert [(line.label, line.value) for line in lines] == [
        ("Your last sale, Winter coats: pieces paid in its first hour", 84),
        ("Your last sale, Winter coats: sold in its first hour", 4_200),
        ("First hour of your category: median, of the pieces accepted", 3_500),
    ]


def test_while_the_hour_runs_the_same_minute_is_compared():
    running = FirstHour(20, LAST, 5, 3_500)

    assert beside(OVER, ZONE) == (
        "Winter coats, 5 March 2026: 42% in its first hour, 84 paid",
        "median of your category: 35% of accepted in the first hour",
    )
    assert beside(running, ZONE) == (
        "Winter coats, 5 March 2026: 42% by the same minute, 84 paid",
        "median of your category: 35% of accepted by the same minute",
    )
    assert figures.beside_first_hour(running)[0].label == (
        "Your last sale, Winter coats: pieces paid by the same minute"
    )


def test_a_first_sale_says_that_there_is_none_before_it_and_an_old_report_says_nothing():
    first = FirstHour(60, None, 2, None)

    assert beside(first, ZONE) == ("no earlier sale of yours to compare with",)
    assert figures.beside_first_hour(first) == ()
    assert (beside(None, ZONE), figures.beside_first_hour(None)) == ((), ())
