"""The path of a payment that its bank takes back for good: two messages, and what the books say of them."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

from marketplace.services import payments
from tests.crashes.paths import ROAD, Path, Scene, _bought, _expected, staff
from tests.jobs.stage import Stage
from tests.scenes import signed

INTENT = (
    "SELECT p.intent_ref FROM payments p JOIN orders o ON o.id = p.order_id"
    " WHERE o.member_id = :member"
)
STANDS = (
    "SELECT d.state, d.amount_minor, d.ended_at IS NOT NULL FROM disputes d"
    " JOIN orders o ON o.id = d.order_id WHERE o.member_id = :member"
)
BOOKED = (
    "SELECT p.kind, l.book, l.amount_minor FROM posting_lines l JOIN postings p ON p.id = l.posting_id"
    " JOIN disputes d ON p.cause = 'dispute' AND d.id = p.cause_id"
    " JOIN orders o ON o.id = d.order_id WHERE o.member_id = :member ORDER BY 1, 2"
)
LOST = [
    ("lost", "disputed", -6_590),
    ("lost", "losses", 6_590),
    ("taken", "disputed", 6_590),
    ("taken", "stripe", -6_590),
]
TOLD_ENDED = (
    "SELECT count(*) FROM events e JOIN disputes d ON d.id = e.subject_id AND e.subject_type = 'dispute'"
    " JOIN orders o ON o.id = d.order_id WHERE o.member_id = :member AND e.name = 'dispute.ended'"
)
TOLD_OPENED_TWICE = (
    "SELECT count(*) > 1 FROM events e"
    " JOIN disputes d ON d.id = e.subject_id AND e.subject_type = 'dispute'"
    " JOIN orders o ON o.id = d.order_id WHERE o.member_id = :member AND e.name = 'dispute.opened'"
)
UNEXPLAINED = (
    "SELECT count(*) FROM events e JOIN payments p ON p.id = e.subject_id AND e.subject_type = 'payment'"
    " JOIN orders o ON o.id = p.order_id WHERE o.member_id = :member AND e.name = 'payment.unexplained'"
)


def _taken_back(stage: Stage) -> Scene:
    """A paid order whose bank has decided for its payer, and the house has not heard of it."""
    scene = _bought(stage)
    ref = stage.simulator.dispute(stage.database.value(INTENT, member=scene.member_id))
    stage.simulator.decide(ref, "lost")
    told = [
        each
        for each in stage.simulator.objects("event")
        if each["type"] in {"charge.dispute.created", "charge.dispute.closed"}
        and each["data"]["object"]["id"] == ref
    ]
    assert len(told) == 2, told
    scene.message = json.dumps(told).encode()
    return scene


def _messages(tools: Any, scene: Scene) -> None:
    for each in json.loads(scene.message):
        body = json.dumps(each).encode()
        payments.receive(tools, body=body, signature=signed(body))


def _messages_and_their_work(tools: Any, scene: Scene) -> None:
    _messages(tools, scene)
    staff(tools, ROAD[0])


def _lost_once(stage: Stage, scene: Scene) -> Iterator[str]:
    """Told by messages or found by asking: then it may have been over when it was first heard of."""
    yield from _expected(stage, "one dispute, lost", STANDS, [("lost", 6_590, True)], scene)
    yield from _expected(stage, "each step booked once", BOOKED, LOST, scene)
    yield from _expected(stage, "told once that it ended", TOLD_ENDED, 1, scene)
    yield from _expected(stage, "told at most once that it began", TOLD_OPENED_TWICE, False, scene)
    yield from _expected(stage, "nothing left to a person", UNEXPLAINED, 0, scene)


DISPUTE_PATHS = {
    "dispute": Path(_taken_back, _messages_and_their_work, _messages, _lost_once, _lost_once),
}
