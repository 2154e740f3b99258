"""The relation with a brand: promises kept or not, how fast it is answered, touches, and what it sold."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from sqlalchemy.exc import ProgrammingError

from marketplace.db.touches import Touch
from marketplace.domain.conversations import Subject
from marketplace.domain.refusals import Invalid, NotFound
from marketplace.domain.touches import TouchKind
from marketplace.queries import relations
from marketplace.services import conversations, promises, touches
from tests import sale_scenes


@pytest.fixture
def at(database):
    with database.session() as session:
        return sale_scenes.desk(session)


@pytest.fixture
def today(at) -> date:
    return at.today


def ask(at, tools, key="q"):
    return conversations.write(
        at.brand(tools), subject=Subject.BRAND, subject_id=at.brand_id, body="When?", key=key
    )


def answer(at, tools, key="a"):
    conversations.write(
        at.operator(tools), subject=Subject.BRAND, subject_id=at.brand_id, body="Now.", key=key
    )


def standing(at, tools):
    found = relations.look(at.brand(tools), brand_id=at.brand_id).standing
    return (found.kept, found.late, found.passed, found.open)


def test_a_question_is_a_promise_that_is_open_then_kept(at, tools):
    ask(at, tools)
    assert standing(at, tools) == (0, 0, 0, 1)
    (question,) = relations.look(at.operator(tools), brand_id=at.brand_id).questions
    assert question.for_house

    answer(at, tools)

    assert standing(at, tools) == (1, 0, 0, 0)
    (question,) = relations.look(at.brand(tools), brand_id=at.brand_id).questions
    assert not question.for_house


def test_a_date_that_passes_is_noticed_once_and_an_answer_afterwards_is_late(
    at, tools, clock, database
):
    ask(at, tools)
    assert promises.notice_passed(tools) == 0

    clock.turn(days=5)

    assert [promises.notice_passed(tools) for _ in range(2)] == [1, 0]
    assert standing(at, tools) == (0, 0, 1, 0)
    assert database.rows(
        "SELECT name, subject_type, brand_id FROM events WHERE name = 'promise.passed'"
    ) == [("promise.passed", "message", at.brand_id)]
    answer(at, tools)
    assert standing(at, tools) == (0, 1, 0, 0)


def test_the_median_is_told_of_three_answers(at, tools, clock):
    for number, hours in enumerate((1, 9, 2)):
        ask(at, tools, f"q{number}")
        found = relations.look(at.brand(tools), brand_id=at.brand_id).answers
        assert (found.median, found.answered, found.waiting) == (None, number, 1)
        clock.turn(hours=hours)
        answer(at, tools, f"a{number}")

    found = relations.look(at.brand(tools), brand_id=at.brand_id).answers
    assert found.answered == 3
    assert timedelta(hours=2) <= found.median < timedelta(hours=2, minutes=1)


def test_a_touch_is_planned_then_done_and_the_house_keeps_its_note(at, tools, today):
    desk = at.operator(tools)
    soon = today + timedelta(days=2)
    number = touches.plan(
        desk, brand_id=at.brand_id, kind=TouchKind.CALL, planned_on=soon, note="Ask for coats"
    )
    (line,) = relations.look(at.brand(tools), brand_id=at.brand_id).planned
    assert (line.kind, line.planned_on, line.note) == (TouchKind.CALL, soon, "")

    touches.done(desk, touch_id=number, done_on=today, agreed="Samples by Friday")

    for at_door, note in ((at.brand(tools), ""), (desk, "Ask for coats")):
        found = relations.look(at_door, brand_id=at.brand_id)
        assert found.planned == ()
        (line,) = found.touches
        assert (line.done_on, line.agreed, line.note) == (today, "Samples by Friday", note)


def test_the_houses_note_is_behind_the_wall(at, tools, today):
    touches.note(
        at.operator(tools),
        brand_id=at.brand_id,
        kind=TouchKind.VISIT,
        done_on=today,
        agreed="",
        note="Private",
    )

    with pytest.raises(ProgrammingError), at.brand(tools).reading() as session:
        session.query(Touch.note).all()


def test_three_touches_are_shown_the_newest_first_and_a_dropped_one_is_not(at, tools, today):
    desk = at.operator(tools)
    for ago in (5, 1, 3, 2):
        touches.note(
            desk,
            brand_id=at.brand_id,
            kind=TouchKind.LETTER,
            done_on=today - timedelta(days=ago),
            agreed=str(ago),
        )
    number = touches.plan(desk, brand_id=at.brand_id, kind=TouchKind.CALL, planned_on=today)
    touches.drop(desk, touch_id=number)
    touches.drop(desk, touch_id=number)

    found = relations.look(desk, brand_id=at.brand_id)
    assert [line.agreed for line in found.touches] == ["1", "2", "3"]
    assert found.planned == ()


@pytest.mark.parametrize("days", [-1, 401])
def test_a_touch_is_not_planned_for_the_past_or_for_years_ahead(at, tools, today, days, database):
    with pytest.raises(Invalid):
        touches.plan(
            at.operator(tools),
            brand_id=at.brand_id,
            kind=TouchKind.CALL,
            planned_on=today + timedelta(days=days),
        )

    assert database.value("SELECT count(*) FROM touches") == 0


def test_another_brands_relation_is_not_there(at, tools, database):
    with database.session() as session:
        other = sale_scenes.desk(session)

    with pytest.raises(NotFound):
        relations.look(other.brand(tools), brand_id=at.brand_id)
