"""The clock: with every worker and Valkey gone the work is done all the same, by two clocks as by one."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import pytest
import redis
from sqlalchemy import create_engine, make_url, text
from sqlalchemy.pool import NullPool

from jobs import registry
from jobs.clock import Clock
from jobs.queue import CLOSED_SECONDS, Road
from marketplace.services import runs, sales
from marketplace.toolbox import StoreDown
from tests import factories
from tests.scenes import bag_of, opened, paid_order

NOWHERE = "redis://127.0.0.1:9/0"


@pytest.fixture
def clocks(paying):
    """Makes clocks, without Valkey unless the test says where it is; at the end their hands are empty."""
    made = []

    def make(name: str, url: str = NOWHERE) -> Clock:
        made.append(Clock(paying, Road(url), name=name))
        return made[-1]

    yield make
    for each in made:
        each.hands.rest()


@pytest.fixture
def alone(clocks) -> Clock:
    """A clock without Valkey."""
    return clocks("clock-alone")


@pytest.fixture
def bag(database):
    with database.session() as session:
        return bag_of(session, units=1, stock=1)


def _done(database, job: str) -> int:
    return database.value(
        "SELECT count(*) FROM job_runs WHERE job = :job AND state = 'done'", job=job
    )


def test_without_valkey_the_clock_carries_out_the_runs_itself(
    database, alone, paying, simulator, bag, clock
):
    _placed, ref = opened(paying, bag)
    simulator.pay(ref)
    clock.turn(seconds=46)

    alone.tick()
    alone.hands.rest()

    assert database.value("SELECT state FROM orders") == "paid"
    assert database.value("SELECT count(*) FROM captured_mails") in {0, 1}
    assert _done(database, "payments.reconcile") == 1
    assert database.value("SELECT count(*) FROM pulses WHERE process = 'clock-alone'") == 1


def test_without_workers_what_was_sent_and_not_taken_up_is_done_by_the_clock(
    database, clocks, settings, bag, clock
):
    kept = clocks("clock-1", settings.redis_url)
    kept.tick()
    kept.hands.rest()
    before = database.value("SELECT count(*) FROM job_runs WHERE state = 'done'")

    clock.turn(seconds=runs.SENT_AGAIN_AFTER_SECONDS + 1)
    kept.tick()
    kept.hands.rest()

    assert before == 0
    assert _done(database, "holds.sweep") >= 1
    assert _done(database, "contacts.send") >= 1


def test_two_clocks_at_once_do_everything_once(database, paying, simulator, bag, clocks):
    paid_order(paying, simulator, bag)
    both = [clocks("clock-1"), clocks("clock-2")]

    with ThreadPoolExecutor(2) as pool:
        for done in [pool.submit(each.tick) for each in both]:
            done.result()
    for each in both:
        each.hands.rest()

    assert database.value("SELECT count(*) FROM captured_mails") == 1
    assert {job for (job,) in database.rows("SELECT job FROM job_runs")} >= registry.PERIODS.keys()
    assert (
        database.rows(
            "SELECT job FROM job_runs WHERE key LIKE 'period:%' GROUP BY job, key HAVING count(*) > 1"
        )
        == []
    )
    assert database.value("SELECT max(attempts) FROM job_runs") == 1


def test_openings_are_recorded_once_by_two_clocks(database, clocks):
    with database.session() as session:
        factories.open_sale(session, opens_in=-timedelta(minutes=1))
    both = [clocks("clock-1"), clocks("clock-2")]

    with ThreadPoolExecutor(2) as pool:
        for done in [pool.submit(each.tick) for each in both]:
            done.result()

    assert database.rows("SELECT transition FROM sale_transitions") == [("open",)]


def test_a_step_that_fails_keeps_no_other_from_its_work(database, alone, monkeypatch):
    def broken(*_args, **_more):
        raise RuntimeError("a sale that cannot be read")

    monkeypatch.setattr(sales, "record_due_transitions", broken)

    alone.tick()

    assert database.value("SELECT count(*) FROM job_runs") == len(registry.PERIODS)
    assert database.value("SELECT count(*) FROM pulses") == 1


def test_who_stops_because_it_was_told_to_is_not_looked_for(database, alone, tools):
    alone.tick()

    runs.leave(tools, process="clock-alone")

    assert database.value("SELECT count(*) FROM pulses") == 0


def test_a_store_that_goes_away_and_comes_back_is_used_again(database, alone):
    alone.tick()
    alone.hands.rest()
    name = make_url(database.owner_url).database
    elsewhere = create_engine(
        make_url(database.owner_url).set(database="postgres"),
        poolclass=NullPool,
        isolation_level="AUTOCOMMIT",
    )
    with elsewhere.connect() as owner:
        owner.exec_driver_sql(f'ALTER DATABASE "{name}" ALLOW_CONNECTIONS false')
        ended = "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = :name"
        owner.execute(text(ended), {"name": name})
        with pytest.raises(StoreDown):
            alone.tick()
        owner.exec_driver_sql(f'ALTER DATABASE "{name}" ALLOW_CONNECTIONS true')
    database.run("DELETE FROM pulses")
    database.run("UPDATE job_runs SET key = 'earlier:' || key")

    for _ in range(20):
        alone.tick()
    alone.hands.rest()

    assert database.value("SELECT count(*) FROM pulses") == 1
    assert database.value("SELECT count(*) FROM job_runs WHERE key LIKE 'period:%'") >= len(
        registry.PERIODS
    )


def test_a_road_found_closed_is_not_tried_for_each_run(database, alone, monkeypatch):
    tried = []
    monkeypatch.setattr(alone._road, "_enqueue", _refusing(tried))

    alone.tick()
    alone.tick()
    alone.hands.rest()

    assert CLOSED_SECONDS >= 1
    assert len(tried) == 1
    assert database.value("SELECT count(*) FROM job_runs WHERE state <> 'done'") == 0


def _refusing(tried):
    def enqueue(sent) -> None:
        tried.append(sent.run_id)
        raise redis.ConnectionError

    return enqueue
