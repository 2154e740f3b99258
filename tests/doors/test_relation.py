"""The page of the relation, read by the brand and kept by its account manager."""

from __future__ import annotations

from datetime import timedelta

import pytest

from marketplace.db.accounts import Account
from tests import sale_scenes


@pytest.fixture
def at(database):
    with database.session() as session:
        return sale_scenes.desk(session)


@pytest.fixture
def speaker(at, signed_in):
    return signed_in(at.brand_account_id)


@pytest.fixture
def desk(at, operator_client, database):
    with database.session() as session:
        person = session.get_one(Account, at.operator_id)
    return operator_client(person)


def text(answer):
    return " ".join(answer.get_data(as_text=True).split())


def ours(at, rest=""):
    return f"/admin/brands/{at.brand_id}/relation{rest}"


def test_both_sides_read_the_same_promise_and_question(at, speaker, desk):
    speaker.post(f"/brand/messages/brand/{at.brand_id}", {"body": "When?", "key": "k"})

    for page in (text(speaker.get("/brand/relation")), text(desk.get(ours(at)))):
        assert "Answer to a question" in page
        assert "to be kept" in page
        assert "waits for the house since" in page
        assert "not yet" in page


def test_a_touch_is_planned_noted_and_read_by_the_brand_without_the_houses_note(at, speaker, desk):
    day = (at.today + timedelta(days=1)).isoformat()
    planned = {"kind": "call", "planned_on": day, "note": "Mind the tone"}
    assert desk.post(ours(at, "/plan"), planned).status_code == 303
    assert "Call" in text(speaker.get("/brand/relation"))
    assert "Mind the tone" not in text(speaker.get("/brand/relation"))
    assert "Mind the tone" in text(desk.get(ours(at)))

    done = {"done_on": at.today.isoformat(), "agreed": "Samples by Friday"}
    assert desk.post(ours(at, "/touches/1/done"), done).status_code == 303

    assert "Agreed: Samples by Friday" in text(speaker.get("/brand/relation"))
    assert desk.get(ours(at, "/touches/1")).status_code == 404


def test_a_touch_that_cannot_be_is_shown_again_with_its_words(at, desk, database):
    given = {"kind": "visit", "done_on": "2099-01-01", "agreed": "Keep these words"}
    answer = desk.post(ours(at, "/note"), given)

    assert answer.status_code == 422
    assert "Keep these words" in text(answer)
    assert "Choose the day on which it happened" in text(answer)
    assert database.value("SELECT count(*) FROM touches") == 0


def test_the_week_says_that_a_promise_has_passed(at, speaker, clock, request):
    speaker.post(f"/brand/messages/brand/{at.brand_id}", {"body": "When?", "key": "k"})
    clock.turn(days=6)

    week = text(request.getfixturevalue("desk").get("/admin/"))

    assert "1 promise has passed its date unkept" in week


def test_a_touch_of_another_brand_is_not_reached_through_this_one(at, desk, database):
    with database.session() as session:
        other = sale_scenes.desk(session)
    day = at.today.isoformat()
    desk.post(f"/admin/brands/{other.brand_id}/relation/plan", {"kind": "call", "planned_on": day})

    assert desk.post(ours(at, "/touches/1/drop")).status_code == 404
    assert database.value("SELECT dropped_at FROM touches") is None
