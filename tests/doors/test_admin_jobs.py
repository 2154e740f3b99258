"""The jobs page: each job in words, what failed, and a button that can be pressed twice."""

from __future__ import annotations

import pytest

from jobs import registry
from marketplace.admin import jobs
from marketplace.services import runs
from tests import factories


@pytest.fixture
def desk(database, app, operator_client):
    """An operator's browser at a house that knows its jobs."""
    jobs.post(app, registry.listed())
    with database.session() as session:
        person = factories.operator(session)
    return operator_client(person)


def test_every_job_is_listed_in_words_even_if_it_never_ran(desk):
    page = desk.get("/admin/jobs").get_data(as_text=True)

    for job in registry.JOBS.values():
        assert job.name in page
    assert "Every 5 seconds" in page
    assert "Every day" in page
    assert "After: Refund begun" in page


def test_a_given_up_run_shows_its_error_and_can_be_run_again_with_a_reason(database, desk):
    run_id = _make(database)

    page = desk.get("/admin/jobs").get_data(as_text=True)
    answer = desk.post(f"/admin/jobs/{run_id}/again", {"reason": "Stripe answers again"})

    assert "GatewayTrouble: nobody there" in page
    assert answer.status_code == 303
    assert database.rows("SELECT state, attempts FROM job_runs") == [("waiting", 0)]
    assert database.rows("SELECT reason FROM events WHERE name = 'job.run_again'") == [
        ("Stripe answers again",)
    ]


def _make(database) -> int:
    with database.session() as session:
        row = runs.outbox.JobRun(
            job="payments.send_refund",
            key="event:1:payments.send_refund",
            state="given_up",
            attempts=12,
            error="GatewayTrouble: nobody there",
        )
        session.add(row)
        session.flush()
        return row.id


def test_a_second_press_is_told_kindly_and_changes_nothing(database, desk):
    run_id = _make(database)
    desk.post(f"/admin/jobs/{run_id}/again", {"reason": "Stripe answers again"})

    answer = desk.post(f"/admin/jobs/{run_id}/again", {"reason": "impatience"})

    assert answer.status_code == 303
    assert "waits for its turn or is done" in desk.get("/admin/jobs").get_data(as_text=True)
    assert database.value("SELECT count(*) FROM events WHERE name = 'job.run_again'") == 1


def test_a_run_is_not_run_again_without_a_reason(database, desk):
    run_id = _make(database)

    answer = desk.post(f"/admin/jobs/{run_id}/again", {"reason": " "})

    assert answer.status_code == 422
    assert database.value("SELECT state FROM job_runs") == "given_up"


def test_a_process_that_fell_silent_is_told_from_one_that_is_awake(database, desk):
    database.run(
        "INSERT INTO pulses (process, beaten_at) VALUES"
        " ('clock-1', house_now()), ('worker-default-7', house_now() - interval '2 minutes'),"
        " ('clock-of-yesterday', house_now() - interval '1 day')"
    )

    page = desk.get("/admin/jobs").get_data(as_text=True)

    assert "clock-1" in page
    assert "silent" in page
    assert "clock-of-yesterday" not in page


def test_members_find_no_such_page(database, member_client):
    with database.session() as session:
        member = factories.member(session)

    assert member_client(member).get("/admin/jobs").status_code == 404
