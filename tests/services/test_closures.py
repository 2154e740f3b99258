"""A brand states when it is closed: nothing is scheduled to open then, and answers fall due afterwards."""

from __future__ import annotations

from datetime import timedelta
from zoneinfo import ZoneInfo

import pytest

from marketplace.domain.conversations import Subject
from marketplace.domain.deals import Days
from marketplace.domain.preflight import Check
from marketplace.domain.refusals import NotFound
from marketplace.domain.sales import SaleNotReady
from marketplace.queries import closures as asked
from marketplace.queries import schedule_board
from marketplace.services import closures, conversations, sales
from tests import sale_scenes

DAY = timedelta(days=1)


@pytest.fixture
def at(database):
    with database.session() as session:
        return sale_scenes.desk(session)


def close(at, tools, first, last=None, note=""):
    return closures.state(
        at.brand(tools), brand_id=at.brand_id, days=Days(first, last or first), note=note
    )


def first_day(at):
    return at.plan().opens_wall.date()


def test_no_sale_is_scheduled_to_open_on_a_closed_day(at, tools, database):
    ref = sale_scenes.ready(tools, at)
    assert close(at, tools, first_day(at)) == ()

    with pytest.raises(SaleNotReady) as no:
        sales.schedule(at.operator(tools), ref=ref, version=2)

    assert [row.check for row in no.value.facts["rows"]] == [Check.CLOSURE]
    assert database.value("SELECT state FROM sales") == "draft"


def test_a_sale_that_opens_the_day_before_is_scheduled(at, tools, database):
    ref = sale_scenes.ready(tools, at)
    close(at, tools, first_day(at) + DAY, first_day(at) + 9 * DAY)

    sales.schedule(at.operator(tools), ref=ref, version=2)

    assert database.value("SELECT state FROM sales") == "scheduled"


def test_days_taken_back_are_open_again(at, tools, database):
    ref = sale_scenes.ready(tools, at)
    close(at, tools, first_day(at))
    number = database.value("SELECT id FROM closures")
    for _ in range(2):
        closures.take_back(at.brand(tools), closure_id=number)

    sales.schedule(at.operator(tools), ref=ref, version=2)

    assert asked.of_brand(at.brand(tools), brand_id=at.brand_id).closures == ()
    assert database.rows(
        "SELECT name FROM events WHERE name LIKE 'brand.closure%' ORDER BY id"
    ) == [
        ("brand.closure_stated",),
        ("brand.closure_taken_back",),
    ]


def test_a_sale_that_is_scheduled_already_stays_and_both_sides_see_the_conflict(at, tools):
    ref = sale_scenes.ready(tools, at)
    sales.schedule(at.operator(tools), ref=ref, version=2)

    assert close(at, tools, first_day(at), note="Stocktaking") == (ref,)

    (line,) = asked.of_brand(at.operator(tools), brand_id=at.brand_id).closures
    assert (line.note, line.against) == ("Stocktaking", (ref,))
    week = schedule_board.week(at.operator(tools), of=at.today, zone=ZoneInfo("Europe/Paris"))
    assert [(one.brand_id, one.note) for one in week.closed] == [(at.brand_id, "Stocktaking")]


def test_an_answer_is_promised_for_a_day_on_which_the_brand_is_there(at, tools, database):
    about = {"subject": Subject.BRAND, "subject_id": at.brand_id}
    first = conversations.write(at.brand(tools), **about, body="When?", key="k1").answer_by
    conversations.write(at.operator(tools), **about, body="Soon.", key="k2")
    close(at, tools, first.date(), first.date() + 6 * DAY)

    second = conversations.write(at.brand(tools), **about, body="And now?", key="k3").answer_by

    assert second > first + 6 * DAY


def test_an_answer_owed_already_is_put_off_once(at, tools, database):
    about = {"subject": Subject.BRAND, "subject_id": at.brand_id}
    first = conversations.write(at.brand(tools), **about, body="When?", key="k1").answer_by
    close(at, tools, first.date(), first.date() + 6 * DAY)

    assert [closures.put_off_answers(tools, brand_id=at.brand_id) for _ in range(2)] == [1, 0]
    assert database.value("SELECT due_at FROM promises") > first + 6 * DAY


def test_another_brands_days_are_neither_stated_nor_taken_back(at, tools, database):
    with database.session() as session:
        other = sale_scenes.desk(session)
    close(at, tools, first_day(at))

    with pytest.raises(NotFound):
        closures.take_back(other.brand(tools), closure_id=database.value("SELECT id FROM closures"))
    with pytest.raises(NotFound):
        closures.state(
            other.brand(tools),
            brand_id=at.brand_id,
            days=Days(first_day(at), first_day(at)),
            note="",
        )
    assert database.value("SELECT count(*) FROM closures WHERE ended_at IS NULL") == 1
