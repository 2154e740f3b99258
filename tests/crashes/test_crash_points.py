"""A process is killed at each step of each path, once: the ordinary recovery brings everything to its end.

A first walk lists the steps. Then there is one walk for each of them, in a process that kills itself there; afterwards
somebody asks again or nobody does, leases end, and the night staff go on as on any other day.
"""

from __future__ import annotations

import signal
from functools import partial
from uuid import uuid4

import pytest
from sqlalchemy import text

from jobs.queue import Road
from marketplace.domain.events import Event, Fact
from marketplace.domain.money import Money
from tests.crashes import paths
from tests.crashes.cards import CARD_PATHS
from tests.crashes.disputes import DISPUTE_PATHS
from tests.crashes.paths import PATHS, Path
from tests.crashes.steps import Telephone, in_a_child, stepping
from tests.jobs.stage import Stage

ALL = {**PATHS, **CARD_PATHS, **DISPUTE_PATHS}
KILLED = -signal.SIGKILL
DONE = "SELECT count(*) FROM events WHERE subject_type = 'test' AND subject_id = :order"


@pytest.fixture
def stage(database, paying, simulator, clock, tmp_path) -> Stage:
    return Stage(database, paying, simulator, clock, tmp_path)


@pytest.fixture
def walk(stage, settings, simulator):
    """Walk along a path from a new scene, in a process that ends at a step; the scene, the steps, the end."""

    def deed(path, scene, steps) -> None:
        paths.ROAD[:] = [Telephone("queue", Road(settings.redis_url), steps)]
        path.act(stepping(settings, simulator.url, steps), scene)

    def walked(path: Path, last: int | None):
        scene = path.arrange(stage)
        return (scene, *in_a_child(partial(deed, path, scene), last))

    return walked


def recovered(stage: Stage, path: Path, scene, *, asked_again: bool) -> list[str]:
    """What is wrong when everybody has done what they do."""
    if asked_again:
        path.again(stage.tools, scene)
    paths.recover(stage)
    return list((path.told if asked_again else path.left)(stage, scene))


@pytest.mark.timeout(600)
@pytest.mark.parametrize("asked_again", [True, False], ids=["asked again", "left alone"])
@pytest.mark.parametrize("name", ALL)
def test_killed_at_each_step_a_path_comes_to_its_end(name, asked_again, stage, walk):
    path = ALL[name]
    scene, steps, code = walk(path, None)
    assert code == 0
    whole = recovered(stage, path, scene, asked_again=True)
    wrong, visited = {}, []

    for number, step in enumerate(steps, 1):
        scene, came, code = walk(path, number)
        assert (came[-1:], code) == ([step], KILLED)
        visited.append(step)
        found = recovered(stage, path, scene, asked_again=asked_again)
        if found:
            wrong[f"{number} {step}"] = found

    # Seen with `-s`: the list of the steps, and how many of them a process was killed at.
    print(f"{name}: {len(visited)} of {len(steps)} steps", *steps, sep="\n  ")  # noqa: T201
    assert whole == []
    assert len(steps) >= 2
    assert visited == steps
    assert wrong == {}


def _calls_before_it_writes(tools, scene) -> None:
    """Wrong on purpose: the key under which it calls is stored nowhere before."""
    intent = tools.payments.look_up(scene.session_ref).intent_ref
    with tools.reading() as session:
        if session.execute(text(DONE), {"order": scene.order_id}).scalar_one():
            return
    key, amount = str(uuid4()), Money(1_000, "EUR")
    tools.payments.refund(key=key, intent_ref=intent, amount=amount, metadata={})
    with tools.transaction() as session:
        tools.record(session, Fact(Event.REFUND_ASKED, "test", scene.order_id))


def _once(stage, scene):
    intent = stage.tools.payments.look_up(scene.session_ref).intent_ref
    made = [each for each in stage.simulator.objects("refund") if each["payment_intent"] == intent]
    if len(made) != 1:
        yield f"{len(made)} refunds"


def test_a_path_with_a_hole_is_found(stage, walk):
    hole = Path(
        PATHS["webhook"].arrange, _calls_before_it_writes, _calls_before_it_writes, _once, _once
    )
    _, steps, _ = walk(hole, None)
    wrong = {}

    for number, step in enumerate(steps, 1):
        scene, _, code = walk(hole, number)
        assert code == KILLED
        hole.again(stage.tools, scene)
        wrong[step] = list(_once(stage, scene))

    found = {step for step, faults in wrong.items() if faults}
    assert {"somebody: after payments.refund", "somebody: before the commit"} <= found
    assert not wrong[steps[0]]
