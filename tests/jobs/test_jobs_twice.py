"""Every job of the registry, run twice and twice at once: the second time changes nothing and calls nobody.

The list of jobs is the registry's own. A job that nobody arranged a scene for fails here.
"""

from __future__ import annotations

import threading
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from dataclasses import replace

import pytest

from jobs import registry
from marketplace.domain.refusals import Busy
from marketplace.toolbox import GatewayTrouble
from tests.jobs.arranging import ARRANGED
from tests.jobs.stage import Stage

PASSING = ("gates", "captured_mails")
"""The pace of calls is no effect of a job; captured mails are counted as calls."""
TABLES = (
    "SELECT c.relname FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace"
    " WHERE n.nspname = 'public' AND c.relkind = 'r' AND c.relname <> ALL (:passing) ORDER BY 1"
)
MEANT = {
    "payments": {"open_checkout", "expire", "refund"},
    "mail": {"send"},
    "files": {"put"},
    "outward": {"send"},
}
"""What does something out there; looking something up does not."""


class Counted:
    """A telephone that counts the calls which do something, by whom they are for."""

    def __init__(self, real, deeds, calls) -> None:
        self._real = real
        self._deeds = deeds
        self._calls = calls

    def __getattr__(self, name):
        found = getattr(self._real, name)
        if name not in self._deeds:
            return found

        def called(*args, **more):
            self._calls.append(name)
            return found(*args, **more)

        return called


@pytest.fixture
def calls() -> list[str]:
    return []


@pytest.fixture
def stage(database, paying, simulator, clock, tmp_path, calls) -> Stage:
    counted = {name: Counted(getattr(paying, name), deeds, calls) for name, deeds in MEANT.items()}
    made = Stage(database, replace(paying, **counted), simulator, clock, tmp_path)
    yield made
    for statement in reversed(made.mends):
        database.run(statement)


def contents(database) -> dict[str, tuple[int, str]]:
    """How many rows each table has, and a word for what is in them."""
    names = [name for (name,) in database.rows(TABLES, passing=list(PASSING))]
    looks = (
        f"SELECT '{name}', count(*), md5(coalesce(string_agg(t::text, chr(10) ORDER BY t::text), '')) FROM \"{name}\" t"
        for name in names
    )
    return {name: (rows, word) for name, rows, word in database.rows(" UNION ALL ".join(looks))}


def grown(before, after) -> dict[str, int]:
    """How many rows each table gained or lost."""
    return {
        name: after[name][0] - rows for name, (rows, _) in before.items() if after[name][0] != rows
    }


def patiently(job, stage, arguments, start) -> None:
    """As a worker would: one that is told to wait comes back later."""
    start.wait()
    with suppress(Busy, GatewayTrouble):
        job.act(stage.tools, dict(arguments))


def test_every_job_has_its_scene_and_no_scene_its_job_alone():
    assert ARRANGED.keys() == registry.JOBS.keys()


@pytest.mark.parametrize("name", sorted(registry.JOBS))
def test_a_job_run_again_or_at_the_same_moment_changes_nothing_more(name, stage, calls):
    job = registry.JOBS[name]
    arguments = ARRANGED[name](stage)
    calls.clear()
    start = contents(stage.database)
    job.act(stage.tools, dict(arguments))
    once, called_once = contents(stage.database), sorted(calls)

    calls.clear()
    job.act(stage.tools, dict(arguments))

    assert once != start, "the scene gave this job nothing to do"
    assert contents(stage.database) == once
    assert calls == []

    arguments = ARRANGED[name](stage)
    calls.clear()
    before = contents(stage.database)
    together = threading.Barrier(2)
    with ThreadPoolExecutor(2) as pool:
        for done in [pool.submit(patiently, job, stage, arguments, together) for _ in range(2)]:
            done.result()
    job.act(stage.tools, dict(arguments))
    after = contents(stage.database)

    assert grown(before, after) == grown(start, once)
    assert set(calls) == set(called_once)
    calls.clear()
    job.act(stage.tools, dict(arguments))
    assert contents(stage.database) == after
    assert calls == []
