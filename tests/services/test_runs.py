"""Runs of jobs: relayed once, taken by one, tried again after a pause, given up in the end."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor

import pytest

from marketplace.domain.events import Event, Fact
from marketplace.services import runs

LENGTHS = {"report": 60, "mail": 60}
SUBSCRIBERS = {"sale.closed": ("report", "mail")}


def _happened(tools, *, times: int = 1) -> None:
    with tools.transaction() as session:
        for number in range(times):
            tools.record(
                session, Fact(Event.SALE_CLOSED, "sale", number + 1, data={"generation": 1})
            )


def test_an_event_becomes_one_run_for_each_job_that_listens(database, tools):
    _happened(tools)

    relayed = runs.relay(tools, subscribers=SUBSCRIBERS)

    assert relayed == 1
    assert database.rows(
        "SELECT job, key, arguments ->> 'subject_id' FROM job_runs ORDER BY job"
    ) == [
        ("mail", "event:1:mail", "1"),
        ("report", "event:1:report", "1"),
    ]
    assert runs.relay(tools, subscribers=SUBSCRIBERS) == 0


def test_two_relays_at_once_make_each_run_once(database, tools):
    _happened(tools, times=40)

    with ThreadPoolExecutor(8) as pool:
        relayed = sum(pool.map(lambda _: runs.relay(tools, subscribers=SUBSCRIBERS), range(8)))

    assert relayed == 40
    assert database.value("SELECT count(*) FROM job_runs") == 80


def test_a_run_is_taken_by_one_of_many_workers(database, tools):
    _happened(tools)
    runs.relay(tools, subscribers={"sale.closed": ("report",)})
    (sent,) = runs.send_due(tools)

    with ThreadPoolExecutor(8) as pool:
        taken = [
            held
            for held in pool.map(
                lambda _: runs.take(tools, run_id=sent.run_id, lengths=LENGTHS), range(8)
            )
            if held
        ]

    assert len(taken) == 1
    assert runs.finish(tools, held=taken[0])
    assert database.rows("SELECT state, attempts FROM job_runs") == [("done", 1)]


def test_a_run_whose_worker_died_is_sent_again_and_the_dead_workers_word_counts_for_nothing(
    database, tools, clock
):
    _happened(tools)
    runs.relay(tools, subscribers={"sale.closed": ("report",)})
    (sent,) = runs.send_due(tools)
    dead = runs.take(tools, run_id=sent.run_id, lengths=LENGTHS)
    assert runs.send_due(tools) == ()

    clock.turn(seconds=61)
    (again,) = runs.send_due(tools)
    alive = runs.take(tools, run_id=again.run_id, lengths=LENGTHS)

    assert alive is not None
    assert not runs.finish(tools, held=dead)
    assert runs.finish(tools, held=alive)


def test_a_failed_run_pauses_longer_each_time_and_is_given_up_at_last(database, tools, clock):
    _happened(tools)
    runs.relay(tools, subscribers={"sale.closed": ("mail",)})
    states = []
    for _ in range(3):
        (sent,) = runs.send_due(tools)
        held = runs.take(tools, run_id=sent.run_id, lengths=LENGTHS)
        states.append(runs.fail(tools, held=held, error="no answer", attempts_max=3))
        assert runs.send_due(tools) == ()
        clock.turn(seconds=9)

    assert states == ["failed", "failed", "given_up"]
    assert runs.send_due(tools) == ()
    assert database.rows("SELECT attempts, error FROM job_runs") == [(3, "no answer")]


def test_a_given_up_run_can_be_run_again_and_a_second_press_is_refused(database, house, tools):
    _happened(tools)
    runs.relay(tools, subscribers={"sale.closed": ("mail",)})
    (sent,) = runs.send_due(tools)
    held = runs.take(tools, run_id=sent.run_id, lengths=LENGTHS)
    runs.fail(tools, held=held, error="refused", attempts_max=1)

    runs.again(house, run_id=sent.run_id, reason="the address was corrected")

    assert [each.run_id for each in runs.send_due(tools)] == [sent.run_id]
    with pytest.raises(runs.RunNotFailed):
        runs.again(house, run_id=sent.run_id, reason="impatience")
    assert database.value("SELECT count(*) FROM events WHERE name = 'job.run_again'") == 1


def test_a_periodic_job_is_asked_for_once_in_its_period(database, tools, clock):
    asked = [runs.ask_each_period(tools, periods={"tidy": 60}) for _ in range(3)]
    clock.turn(seconds=60)
    asked.append(runs.ask_each_period(tools, periods={"tidy": 60}))

    assert asked == [1, 0, 0, 1]


def test_a_queue_that_lost_its_messages_is_filled_again_from_the_rows(tools, clock):
    _happened(tools)
    runs.relay(tools, subscribers={"sale.closed": ("mail",)})
    first = runs.send_due(tools)

    clock.turn(seconds=runs.SENT_AGAIN_AFTER_SECONDS + 1)

    assert [each.run_id for each in runs.send_due(tools)] == [each.run_id for each in first]
