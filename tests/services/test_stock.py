"""Goods come in: counted by lot, differences with a reason, and every unit accounted for."""

from __future__ import annotations

import pytest

from marketplace.domain.doors import Door
from marketplace.domain.reasons import ReasonMissing
from marketplace.domain.refusals import NotFound, Stale
from marketplace.domain.stock import Count, CountRefused, NothingToCount
from marketplace.services import stock
from marketplace.services.stock import Counted, CountsRefused, Line
from tests import factories

NOTHING = Count(0, 0, 0)


@pytest.fixture
def awaited(database):
    """A deal of two lots of ten units, of which nothing has arrived."""
    with database.session() as session:
        of = factories.brand(session)
        offered = factories.collection(session, of=of)
        style = factories.style(session, of=offered)
        variants = [factories.variant(session, of=style, size=size) for size in ("S", "M")]
        agreed = factories.deal(session, of=offered, variants=variants)
        lots = [factories.lot(session, under=agreed, of=each, accepted=0) for each in variants]
        person = factories.operator(session)
    return agreed.id, [lot.id for lot in lots], person.id


@pytest.fixture
def at_desk(awaited, tools):
    """An operator's tools."""
    return tools.at_door(Door.OPERATOR, account_id=awaited[2])


def counters(database):
    return database.rows("SELECT received, accepted, rejected FROM lots ORDER BY id")


def test_a_full_delivery_is_received_and_accepted_in_one_press(awaited, at_desk, database):
    deal_id, _, person_id = awaited

    done = stock.accept_as_committed(at_desk, deal_id=deal_id)

    assert done == Counted(lots=2, received=20, accepted=20, rejected=0)
    assert counters(database) == [(10, 10, 0), (10, 10, 0)]
    assert (
        database.rows(
            "SELECT movement, units, account_id FROM stock_movements WHERE movement <> 'committed' ORDER BY id"
        )
        == [("received", 10, person_id), ("accepted", 10, person_id)] * 2
    )
    assert database.rows("SELECT name, data->'accepted' FROM events") == [("stock.accepted", 20)]


def test_a_second_press_finds_nothing_to_count(awaited, at_desk, database):
    stock.accept_as_committed(at_desk, deal_id=awaited[0])

    with pytest.raises(NothingToCount):
        stock.accept_as_committed(at_desk, deal_id=awaited[0])

    assert counters(database) == [(10, 10, 0), (10, 10, 0)]
    assert database.value("SELECT count(*) FROM events") == 1


def test_short_and_damaged_units_are_written_down_with_their_reasons(awaited, at_desk, database):
    deal_id, (first, second), _ = awaited

    stock.count(
        at_desk,
        deal_id=deal_id,
        lines=(
            Line(first, Count(9, 9, 0), NOTHING, "one carton short"),
            Line(second, Count(10, 8, 2), NOTHING, "wet"),
        ),
    )

    assert counters(database) == [(9, 9, 0), (10, 8, 2)]
    assert database.rows(
        "SELECT movement, units, reason FROM stock_movements WHERE lot_id = :lot AND id > 2 ORDER BY id",
        lot=second,
    ) == [("received", 10, "wet"), ("accepted", 8, "wet"), ("rejected", 2, "wet")]
    assert database.value("SELECT reason FROM events") == "one carton short; wet"


def test_one_line_that_cannot_be_keeps_every_line_from_being_written(awaited, at_desk, database):
    deal_id, (first, second), _ = awaited

    with pytest.raises(CountsRefused) as refused:
        stock.count(
            at_desk,
            deal_id=deal_id,
            lines=(
                Line(first, Count(10, 10, 0), NOTHING),
                Line(second, Count(11, 10, 0), NOTHING, "one more than we agreed"),
            ),
        )

    assert set(refused.value.facts["rows"]) == {second}
    assert isinstance(refused.value.facts["rows"][second], CountRefused)
    assert counters(database) == [(0, 0, 0), (0, 0, 0)]
    assert database.value("SELECT count(*) FROM events") == 0


def test_a_difference_without_a_reason_is_refused(awaited, at_desk, database):
    deal_id, (first, _), _ = awaited

    with pytest.raises(CountsRefused) as refused:
        stock.count(at_desk, deal_id=deal_id, lines=(Line(first, Count(9, 9, 0), NOTHING, " "),))

    assert isinstance(refused.value.facts["rows"][first], ReasonMissing)
    assert counters(database)[0] == (0, 0, 0)


def test_a_page_that_shows_an_older_count_does_not_overwrite_the_newer(awaited, at_desk, database):
    deal_id, (first, _), _ = awaited
    stock.count(at_desk, deal_id=deal_id, lines=(Line(first, Count(9, 9, 0), NOTHING, "short"),))

    with pytest.raises(CountsRefused) as refused:
        stock.count(at_desk, deal_id=deal_id, lines=(Line(first, Count(10, 10, 0), NOTHING),))

    assert isinstance(refused.value.facts["rows"][first], Stale)
    assert counters(database)[0] == (9, 9, 0)


def test_a_count_may_be_taken_back_with_a_reason_and_says_so(awaited, at_desk, database):
    deal_id, (first, _), _ = awaited
    stock.accept_as_committed(at_desk, deal_id=deal_id)

    stock.count(
        at_desk,
        deal_id=deal_id,
        lines=(Line(first, Count(10, 7, 3), Count(10, 10, 0), "stains found later"),),
    )

    assert counters(database)[0] == (10, 7, 3)
    assert database.value("SELECT name FROM events ORDER BY id DESC LIMIT 1") == "stock.corrected"


def test_units_in_a_sale_cannot_be_counted_away(database, tools):
    with database.session() as session:
        sale, (item,) = factories.open_sale(session, units=5)
        lot_id, deal_id = item.lot_id, sale.deal_id
    line = Line(lot_id, Count(5, 4, 1), Count(5, 5, 0), "torn")

    with pytest.raises(CountsRefused) as refused:
        stock.count(tools.at_door(Door.OPERATOR), deal_id=deal_id, lines=(line,))

    assert refused.value.facts["rows"][lot_id].facts == {"reason": "already_in_sales", "least": 5}
    assert counters(database) == [(5, 5, 0)]


def test_a_lot_of_another_deal_is_not_found(awaited, at_desk, database):
    with database.session() as session:
        _, (item,) = factories.open_sale(session)

    with pytest.raises(NotFound):
        stock.count(
            at_desk,
            deal_id=awaited[0],
            lines=(Line(item.lot_id, Count(5, 5, 0), Count(5, 5, 0)),),
        )
