"""Every job of the registry, run twice and twice at once: the second time changes nothing and calls nobody.

The list of jobs is the registry's own. A job that nobody arranged a scene for fails here. The same scene is copied as
often as it is needed, so that once, again and at once all begin with the very same rows.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import replace

import pytest
from sqlalchemy import text

from jobs import registry
from jobs.job import Job
from marketplace.bootstrap import wall_clock
from marketplace.domain.events import Event, Fact
from marketplace.gateways import payments
from marketplace.gateways.pace import Pace
from marketplace.local.stripe.driver import API_KEY, WEBHOOK_SECRET
from marketplace.toolbox import Mail
from tests.jobs import abreast
from tests.jobs.abreast import Abreast, Meeting
from tests.jobs.arranging import ARRANGED
from tests.jobs.copies import Copies, Scene, contents, differences
from tests.jobs.stage import Stage

MEANT = {
    "payments": {"open_checkout", "expire", "refund"},
    "mail": {"send"},
    "files": {"put"},
    "outward": {"send"},
}
"""What does something out there; looking something up does not."""
SAFE_TWICE = {"open_checkout", "expire", "refund", "put"}
"""Carry our key, or end what has ended, or lie under a name that no row tells: twice at once is once."""


class Counted:
    """A telephone that counts the calls which do something, and lets two who call at once call at once."""

    def __init__(self, real, deeds, calls, meeting) -> None:
        self._real = real
        self._deeds = deeds
        self._calls = calls
        self._meeting = meeting

    def __getattr__(self, name):
        found = getattr(self._real, name)
        if name not in self._deeds:
            return found

        def called(*args, **more):
            self._calls.append(name)
            if self._meeting is not None:
                self._meeting.wait()
            return found(*args, **more)

        return called


class House:
    """Runs one job in copies of its scene, and says what is wrong with it."""

    def __init__(self, stage: Stage, copies: Copies, dressed: Callable) -> None:
        self._stage = stage
        self._copies = copies
        self._dressed = dressed

    def wrong(self, job: Job, arguments: dict[str, int]) -> Iterator[str]:
        """What ``job`` does twice that it should do once."""
        scene, start = Scene(self._stage.database), contents(self._stage.database)
        calling = self._calling(at_once := [], meeting := Meeting())
        with self._copies.of(self._stage, calling, lambda engine: Abreast(engine, meeting)) as pair:
            one = replace(self._stage, tools=self._calling(alone := [])(self._stage.tools))
            job.act(one.tools, dict(arguments))
            after, first = contents(one.database), scene.rows(one.database)
            if after == start:
                yield "the scene gave this job nothing to do"
            yield from self._again(job, one, arguments, after, alone)
            abreast.do(lambda: job.act(pair.tools, dict(arguments)))
            at_the_end = scene.rows(pair.database)
            yield from (f"at once: {each}" for each in differences(first, at_the_end))
            if _strange(at_once, alone):
                yield f"at once: called {sorted(at_once)}, alone {sorted(alone)}"

    def _again(self, job, stage, arguments, after, alone) -> Iterator[str]:
        called = len(alone)
        job.act(stage.tools, dict(arguments))
        again = contents(stage.database)
        yield from (f"again: {table} changed" for table in after if again[table] != after[table])
        if alone[called:]:
            yield f"again: called {alone[called:]}"
        del alone[called:]

    def _calling(self, calls, meeting=None):
        return lambda tools: self._dressed(tools, calls, meeting)


def _strange(at_once: list[str], alone: list[str]) -> bool:
    """Whether somebody out there noticed that there were two."""
    twice, once = (
        Counter(each for each in calls if each not in SAFE_TWICE) for calls in (at_once, alone)
    )
    return twice != once or set(at_once) != set(alone)


@pytest.fixture
def stage(database, paying, simulator, clock, tmp_path) -> Iterator[Stage]:
    made = Stage(database, paying, simulator, clock, tmp_path)
    yield made
    for statement in reversed(made.mends):
        database.run(statement)


@pytest.fixture
def house(stage, stores, settings, simulator) -> House:
    def dressed(tools, calls, meeting):
        stripe = payments.StripePayments(
            API_KEY,
            base=simulator.url,
            secrets=(WEBHOOK_SECRET,),
            now=wall_clock,
            turn=Pace(tools.vault).turn,
        )
        calling = replace(tools, payments=stripe)
        counted = {
            name: Counted(getattr(calling, name), deeds, calls, meeting)
            for name, deeds in MEANT.items()
        }
        return replace(calling, **counted)

    return House(stage, Copies(stores, settings), dressed)


def test_every_job_has_its_scene_and_no_scene_its_job_alone():
    assert ARRANGED.keys() == registry.JOBS.keys()
    assert {each.name for each in registry.listed()} == ARRANGED.keys()


@pytest.mark.parametrize("name", sorted(registry.JOBS))
def test_a_job_run_again_or_at_the_same_moment_changes_nothing_more(name, stage, house):
    arguments = ARRANGED[name](stage)

    assert list(house.wrong(registry.JOBS[name], arguments)) == []


# Jobs that are wrong on purpose: whoever judges must see each of them.


def _said(tools, session) -> None:
    fact = Fact(Event.JOB_RUN_AGAIN, "job_run", 1, reason="told", data={"job": "a wrong one"})
    tools.record(session, fact)


def tells_each_time(tools, _arguments) -> None:
    with tools.transaction() as session:
        _said(tools, session)


def looks_and_then_writes(tools, _arguments) -> None:
    told = text("SELECT count(*) FROM events WHERE data->>'job' = 'a wrong one'")
    with tools.transaction() as session:
        if not session.execute(told).scalar_one():
            _said(tools, session)


def looks_and_then_calls(tools, _arguments) -> None:
    told = text("SELECT count(*) FROM captured_mails WHERE subject = 'wrong'")
    with tools.reading() as session:
        if session.execute(told).scalar_one():
            return
    tools.mail.send(Mail("a@example.org", "A", "wrong", "text", "<p>text</p>"))


def does_nothing(_tools, _arguments) -> None:
    return


@pytest.mark.parametrize(
    ("deed", "found"),
    [
        (tells_each_time, ("again: events changed", "at once: events")),
        (looks_and_then_writes, ("at once: events",)),
        (looks_and_then_calls, ("at once: captured_mails", "at once: called")),
        (does_nothing, ("the scene gave this job nothing to do",)),
    ],
)
def test_a_job_that_is_not_safe_twice_is_found(deed, found, house):
    wrong = list(house.wrong(Job("tests.wrong", deed, "is wrong"), {}))

    assert len(wrong) == len(found)
    for seen, expected in zip(wrong, found, strict=True):
        assert seen.startswith(expected)
