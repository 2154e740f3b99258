"""The paths that are broken off: how each begins, what a process does, who asks again, and what must be true then."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any
from uuid import UUID, uuid4

from jobs import registry, runner
from jobs.contacts import SEND_LETTERS
from jobs.queue import Road
from marketplace.domain.holds import Ask
from marketplace.domain.refusals import Refusal
from marketplace.services import holds, orders, payments, runs, sales
from tests import factories
from tests.jobs.stage import Stage
from tests.scenes import bag_of, opened, paid_order, signed

EDGES_MAX = 20
PERIODS = {
    name: registry.PERIODS[name]
    for name in (
        "contacts.send",
        "holds.sweep",
        "orders.lapse",
        "payments.open_waiting",
        "payments.reconcile",
        "reports.hourly",
        "reports.late_closing",
    )
}
TURNS = 3
AFTER_A_LEASE = timedelta(seconds=131)


@dataclass
class Scene:
    """What one walk along a path is about."""

    sale_id: int = 0
    item_id: int = 0
    member_id: int = 0
    address_id: int = 0
    order_id: int = 0
    units: int = 5
    session_ref: str = ""
    key: UUID = field(default_factory=uuid4)
    message: bytes = b""


Set = Callable[[Stage], Scene]
Act = Callable[[Any, Scene], None]
Judge = Callable[[Stage, Scene], Iterator[str]]


@dataclass(frozen=True)
class Path:
    """``arrange``, ``act`` in a process that may end at any step, ``again`` by whoever got no answer, and the end.

    ``told`` says what is wrong in the end where somebody asked again; ``left`` where nobody did.
    """

    arrange: Set
    act: Act
    again: Act
    told: Judge
    left: Judge


def staff(tools: Any, road: Any = None) -> None:
    """One turn of the night staff: what a clock and its workers do, in one process."""
    for each in sales.record_due_transitions(tools, limit=EDGES_MAX):
        tools.announcer.sale_changed(each.sale_id)
    runs.relay(tools, subscribers=registry.SUBSCRIBERS, together=registry.TOGETHER)
    sent = runs.send_due(tools)
    if road is not None:
        road.carry(sent)
    for each in sent:
        runner.carry_out(tools, each.run_id)


def recover(stage: Stage) -> None:
    """The ordinary recovery: leases end, the periods' jobs are asked for, and the staff go on."""
    stage.clock.turn(seconds=int(AFTER_A_LEASE.total_seconds()))
    for _turn in range(TURNS):
        runs.ask_each_period(stage.tools, periods=PERIODS)
        staff(stage.tools)
        stage.clock.turn(seconds=61)


def _bag(stage: Stage) -> Scene:
    with stage.database.session() as session:
        bag = bag_of(session, units=1, stock=5)
        return Scene(bag.item.sale_id, bag.item.id, bag.member_id, bag.address_id)


# Hold.


def _shelf(stage: Stage) -> Scene:
    with stage.database.session() as session:
        sale, (item,) = factories.open_sale(session, units=5)
        return Scene(sale.id, item.id, factories.member(session).id)


def _hold(tools: Any, scene: Scene) -> None:
    holds.take(tools, member_id=scene.member_id, asks=[Ask(scene.item_id, 1, scene.key)])


def _one_hold(stage: Stage, scene: Scene) -> Iterator[str]:
    yield from _expected(stage, "1 unit in the bag", _HELD, 1, scene)


def _free_again(stage: Stage, scene: Scene) -> Iterator[str]:
    stage.clock.turn(minutes=11)
    holds.sweep(stage.tools, most=100)
    yield from _expected(stage, "no unit held after its time", _HELD, 0, scene)
    yield from _expected(stage, "all to be had", _AVAILABLE, scene.units, scene)


# Pay.


def _check_out(tools: Any, scene: Scene) -> None:
    placed = orders.place(tools, member_id=scene.member_id, address_id=scene.address_id)
    payments.open_checkout(tools, payment_id=placed.payment_id)


def _paid_once(stage: Stage, scene: Scene) -> Iterator[str]:
    found = stage.database.rows(
        "SELECT p.session_ref FROM payments p JOIN orders o ON o.id = p.order_id WHERE o.member_id = :member",
        member=scene.member_id,
    )
    if len(found) != 1 or found[0][0] is None:
        yield f"sessions to pay: {found}"
        return
    stage.simulator.pay(found[0][0])
    recover(stage)
    yield from _order_stands(stage, scene)


def _order_stands(stage: Stage, scene: Scene) -> Iterator[str]:
    yield from _expected(stage, "one paid order", _PAID, 1, scene)
    yield from _expected(stage, "told once that it is paid", _TOLD_PAID, 1, scene)
    yield from _expected(
        stage, "one letter, sent once", _LETTERS, [("order_paid", "sent", 1)], scene
    )
    charges = _charges(stage, scene)
    if [(paid, back) for paid, back in charges if paid] != [(6_590, [])]:
        yield f"charges: {charges}"


def _nothing_happened(stage: Stage, scene: Scene) -> Iterator[str]:
    stage.clock.turn(minutes=35)
    recover(stage)
    yield from _expected(stage, "no paid order", _PAID, 0, scene)
    yield from _expected(stage, "no order that waits", _WAITING, 0, scene)
    yield from _expected(stage, "all to be had", _AVAILABLE, scene.units, scene)
    if any(paid for paid, _ in _charges(stage, scene)):
        yield "somebody was charged"


# Webhook.


def _paid_out_there(stage: Stage) -> Scene:
    with stage.database.session() as session:
        bag = bag_of(session, units=1, stock=5)
    placed, ref = opened(stage.tools, bag)
    stage.simulator.pay(ref)
    (event,) = (
        each
        for each in stage.simulator.objects("event")
        if each["data"]["object"]["id"] == ref and each["type"] == "checkout.session.completed"
    )
    return Scene(
        bag.item.sale_id,
        bag.item.id,
        bag.member_id,
        order_id=placed.order_id,
        session_ref=ref,
        message=json.dumps(event).encode(),
    )


def _message(tools: Any, scene: Scene) -> None:
    payments.receive(tools, body=scene.message, signature=signed(scene.message))


def _message_and_its_work(tools: Any, scene: Scene) -> None:
    _message(tools, scene)
    staff(tools, ROAD[0])
    SEND_LETTERS.act(tools, {})


# Refund.


def _bought(stage: Stage) -> Scene:
    with stage.database.session() as session:
        bag = bag_of(session, units=1, stock=5)
    placed = paid_order(stage.tools, stage.simulator, bag)
    staff(stage.tools)
    SEND_LETTERS.act(stage.tools, {})
    return Scene(bag.item.sale_id, bag.item.id, bag.member_id, order_id=placed.order_id)


def _give_up(tools: Any, scene: Scene) -> None:
    with suppress(Refusal):
        orders.cancel(tools, order_id=scene.order_id, member_id=scene.member_id)


def _give_up_and_its_work(tools: Any, scene: Scene) -> None:
    orders.cancel(tools, order_id=scene.order_id, member_id=scene.member_id)
    staff(tools, ROAD[0])
    SEND_LETTERS.act(tools, {})


def _gone_back(stage: Stage, scene: Scene) -> Iterator[str]:
    charges = _charges(stage, scene)
    if charges != [(6_590, [6_590])]:
        yield f"charges and what went back of them: {charges}"
    yield from _expected(
        stage, "one refund that succeeded", _REFUNDS, [("succeeded", 6_590)], scene
    )
    yield from _expected(stage, "an order given up", _STATE, "cancelled", scene)
    yield from _expected(stage, "all to be had", _AVAILABLE, scene.units, scene)
    letters = [("order_paid", "sent", 1), ("refund_paid", "sent", 1)]
    yield from _expected(stage, "one letter each, sent once", _LETTERS, letters, scene)


def _gone_back_or_kept(stage: Stage, scene: Scene) -> Iterator[str]:
    if stage.database.value(_STATE, **_names(scene)) == "paid":
        yield from _order_stands(stage, scene)
    else:
        yield from _gone_back(stage, scene)


# Open, close, report.


def _due(opens: timedelta, length: timedelta) -> Set:
    def arrange(stage: Stage) -> Scene:
        with stage.database.session() as session:
            sale, _ = factories.open_sale(session, opens_in=opens, length=length)
            factories.brand_user(session, of=session.get_one(factories.Brand, sale.brand_id))
            return Scene(sale.id)

    return arrange


def _over(stage: Stage) -> Scene:
    """Its opening was recorded in its time."""
    scene = _due(timedelta(minutes=-30), timedelta(minutes=30, seconds=30))(stage)
    staff(stage.tools)
    stage.clock.turn(seconds=31)
    return scene


def _clock(tools: Any, _scene: Scene) -> None:
    staff(tools, ROAD[0])


def _clock_and_letters(tools: Any, _scene: Scene) -> None:
    staff(tools, ROAD[0])
    SEND_LETTERS.act(tools, {})


def _hour(stage: Stage) -> Scene:
    scene = _due(timedelta(minutes=-65), timedelta(hours=9))(stage)
    staff(stage.tools)
    return scene


def _report(tools: Any, _scene: Scene) -> None:
    registry.JOBS["reports.hourly"].act(tools, {})
    SEND_LETTERS.act(tools, {})


def _nobody(_tools: Any, _scene: Scene) -> None:
    """Nobody waits for the clock's answer."""


def _edges(*expected: str) -> Judge:
    def judge(stage: Stage, scene: Scene) -> Iterator[str]:
        noted = [(each, 1, False) for each in expected]
        yield from _expected(stage, "each edge recorded once", _EDGES, noted, scene)
        told = [(f"sale.{each}{'ed' if each == 'open' else 'd'}", 1) for each in expected]
        yield from _expected(stage, "each edge told once", _TOLD_EDGES, told, scene)

    return judge


def _closed_and_reported(stage: Stage, scene: Scene) -> Iterator[str]:
    yield from _edges("open", "close")(stage, scene)
    yield from _reported("closing")(stage, scene)


def _reported(kind: str) -> Judge:
    def judge(stage: Stage, scene: Scene) -> Iterator[str]:
        yield from _expected(stage, "one report", _REPORTS, [(kind, 1)], scene)
        sent = [(f"report_{kind}", "sent", 1)]
        yield from _expected(stage, "one letter about it, sent once", _REPORT_LETTERS, sent, scene)

    return judge


# What is looked at.

_HELD = (
    "SELECT coalesce(sum(units), 0)::int FROM holds WHERE member_id = :member AND ended_at IS NULL"
)
_AVAILABLE = "SELECT available FROM sale_items WHERE id = :item"
_PAID = "SELECT count(*) FROM orders WHERE member_id = :member AND paid_at IS NOT NULL"
_WAITING = "SELECT count(*) FROM orders WHERE member_id = :member AND state = 'awaiting_payment'"
_STATE = "SELECT state FROM orders WHERE member_id = :member"
_TOLD_PAID = (
    "SELECT count(*) FROM events e JOIN orders o ON o.id = e.subject_id AND e.subject_type = 'order'"
    " WHERE o.member_id = :member AND e.name IN ('order.paid', 'order.paid_late')"
)
_MAILED = (
    "SELECT l.kind, l.state, count(DISTINCT c.letter_id) FROM letters l"
    " LEFT JOIN captured_mails c ON c.letter_id = l.id {} GROUP BY 1, 2 ORDER BY 1"
)
"""A letter whose sender was killed after the mail server took it goes out again under the same message id."""
_LETTERS = _MAILED.format(
    "JOIN orders o ON o.id = (l.facts->>'order_id')::bigint WHERE o.member_id = :member"
)
_REPORT_LETTERS = _MAILED.format(
    "JOIN reports r ON r.id = (l.facts->>'report_id')::bigint WHERE r.sale_id = :sale"
)
_REFUNDS = (
    "SELECT r.state, r.amount_minor FROM refunds r JOIN orders o ON o.id = r.order_id"
    " WHERE o.member_id = :member"
)
_EDGES = (
    "SELECT transition, count(*)::int, bool_or(missed) FROM sale_transitions WHERE sale_id = :sale"
    " GROUP BY 1 ORDER BY 1 DESC"
)
_TOLD_EDGES = (
    "SELECT name, count(*)::int FROM events WHERE subject_type = 'sale' AND subject_id = :sale"
    " AND name IN ('sale.opened', 'sale.closed') GROUP BY 1 ORDER BY 1 DESC"
)
_REPORTS = "SELECT kind, count(*)::int FROM reports WHERE sale_id = :sale GROUP BY 1 ORDER BY 1"


def _names(scene: Scene) -> dict[str, int]:
    return {"member": scene.member_id, "item": scene.item_id, "sale": scene.sale_id}


def _expected(stage: Stage, what: str, statement: str, value: Any, scene: Scene) -> Iterator[str]:
    names = {name: each for name, each in _names(scene).items() if f":{name}" in statement}
    rows = stage.database.rows(statement, **names)
    found = rows if isinstance(value, list) else (rows[0][0] if rows else None)
    if found != value:
        yield f"{what}: {found}"


def _charges(stage: Stage, scene: Scene) -> list[tuple[int, list[int]]]:
    """What the payment service took of this member, payment by payment, and what went back of each."""
    refs = {
        ref
        for (ref,) in stage.database.rows(
            "SELECT ref FROM orders WHERE member_id = :member", member=scene.member_id
        )
    }
    intents = {
        each["payment_intent"]
        for each in stage.simulator.objects("checkout.session")
        if each["client_reference_id"] in refs and each["payment_intent"]
    }
    back: dict[str, list[int]] = {}
    for each in stage.simulator.objects("refund"):
        back.setdefault(each["payment_intent"], []).append(each["amount"])
    return [
        (each["amount_received"], back.get(each["id"], []))
        for each in stage.simulator.objects("payment_intent")
        if each["id"] in intents or each["metadata"].get("order_ref") in refs
    ]


ROAD: list[Road] = []
"""The queue, once there is one."""

PATHS: dict[str, Path] = {
    "hold": Path(_shelf, _hold, _hold, _one_hold, _free_again),
    "pay": Path(_bag, _check_out, _check_out, _paid_once, _nothing_happened),
    "webhook": Path(_paid_out_there, _message_and_its_work, _message, _order_stands, _order_stands),
    "refund": Path(_bought, _give_up_and_its_work, _give_up, _gone_back, _gone_back_or_kept),
    "open": Path(
        _due(timedelta(seconds=-2), timedelta(hours=30)),
        _clock,
        _nobody,
        _edges("open"),
        _edges("open"),
    ),
    "close": Path(
        _over,
        _clock_and_letters,
        _nobody,
        _closed_and_reported,
        _closed_and_reported,
    ),
    "report": Path(_hour, _report, _nobody, _reported("hourly"), _reported("hourly")),
}
