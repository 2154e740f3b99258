"""Closed days under pressure: of days stated and a sale scheduled into them at one moment, the later sees the other."""

from __future__ import annotations

from functools import partial

import pytest

from marketplace.domain.conversations import Subject
from marketplace.domain.deals import Days
from marketplace.domain.refusals import Refusal
from marketplace.domain.sales import SaleNotReady
from marketplace.services import closures, conversations, promises, sales
from tests import sale_scenes


def attempt(deed, *arguments, **named):
    """The answer, or the refusal, as a value."""
    try:
        return deed(*arguments, **named)
    except Refusal as no:
        return no


@pytest.fixture
def at(database):
    with database.session() as session:
        return sale_scenes.desk(session)


@pytest.fixture
def deeds(at, tools):
    """A sale is scheduled, and its brand says that it is closed on the day of the opening."""
    ref = sale_scenes.ready(tools, at)
    day = at.plan().opens_wall.date()
    return [
        partial(attempt, sales.schedule, at.operator(tools), ref=ref, version=2),
        partial(
            attempt,
            closures.state,
            at.brand(tools),
            brand_id=at.brand_id,
            days=Days(day, day),
            note="",
        ),
    ]


def noticed(scheduled, against) -> int:
    """How many of the two saw the other."""
    return isinstance(scheduled, SaleNotReady) + bool(against)


def test_one_of_the_two_sees_the_other(deeds, course):
    assert noticed(*course.together(deeds)) == 1


def test_without_the_lock_neither_may_see_the_other(deeds, course, monkeypatch):
    """The twin: the sale looks before the days are written, and the days before the sale is scheduled."""
    monkeypatch.setattr(
        "marketplace.services.sales.moves.guard_rails.lock_calendar", lambda *_: None
    )

    with course.closed("LOCK TABLE promises IN ACCESS EXCLUSIVE MODE"):
        racing = course.begin(deeds[0], waiting=1)
        against = deeds[1]()

    assert noticed(racing.result(), against) == 0


def test_two_clocks_notice_a_passed_promise_once(at, tools, clock, database, course):
    conversations.write(
        at.brand(tools), subject=Subject.BRAND, subject_id=at.brand_id, body="When?", key="k"
    )
    clock.turn(days=6)

    found = course.together([partial(promises.notice_passed, tools)] * 4)

    assert sorted(found) == [0, 0, 0, 1]
    passed = "SELECT count(*) FROM events WHERE name = 'promise.passed'"
    assert database.value(passed) == 1
