"""Orders of every fate, what the payment service says about them, and a night staff that does its work in any order."""

from __future__ import annotations

import json
import random
from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import timedelta
from typing import TYPE_CHECKING, Any

from jobs import registry, runner
from marketplace.db import invariants
from marketplace.domain.orders import RefundCause
from marketplace.services import holds, orders, payments, runs
from marketplace.toolbox import CheckoutSession, RefundAnswer
from tests import factories
from tests.scenes import bag_of, opened, settled, signed

if TYPE_CHECKING:
    from tests.services.undone import Undone

HEARD = {
    "checkout.session.completed",
    "checkout.session.expired",
    "refund.created",
    "refund.updated",
    "refund.failed",
}
"""What docs/operations.md has the payment service send."""
TIMES_MAX = 10
SOUND_EACH = 20
"""Every so many endings the invariants are asked too: they take longer than an ending."""
PAUSES = (0, 0, 1, 20, 60, 700, 3_600, 6 * 3_600, 24 * 3_600)
"""Seconds between two steps; a message is up to three days late."""
PAUSES_ALTOGETHER_MAX = timedelta(days=3).total_seconds()

STANDS = {
    "orders": "SELECT number, state, refunded_minor, paid_at IS NULL, ended_at IS NULL FROM o",
    "payments": "SELECT number, attempt, p.state, amount_minor, succeeded_at IS NULL"
    " FROM payments p JOIN o ON o.id = p.order_id",
    "refunds": "SELECT number, r.state, cause, amount_minor, settled_at IS NULL"
    " FROM refunds r JOIN o ON o.id = r.order_id",
    "lines": "SELECT number, l.units, l.cancelled_units, l.paid_at IS NULL"
    " FROM order_lines l JOIN o ON o.id = l.order_id",
    "stock": "SELECT id, units, available, held, sold FROM sale_items",
    "books": "SELECT book, cause, kind, sum(amount_minor)::bigint, count(*) FROM posting_lines l"
    " JOIN postings p ON p.id = l.posting_id GROUP BY 1, 2, 3",
    "letters": "SELECT number, kind, l.state, count(*) FROM letters l JOIN o ON o.id = (facts->>'order_id')::bigint"
    " GROUP BY 1, 2, 3",
    "promises": "SELECT kind, subject_type, kept_at IS NULL, count(*) FROM promises GROUP BY 1, 2, 3",
    "inbox": "SELECT message_id, handled_at IS NULL FROM inbox",
    "runs": "SELECT job, count(*) FROM job_runs WHERE state <> 'done' GROUP BY 1",
    "unexplained": "SELECT subject_type, count(*) FROM events WHERE name = 'payment.unexplained' GROUP BY 1",
}
NUMBERED = "WITH o AS (SELECT *, row_number() OVER (ORDER BY id) AS number FROM orders) "


class Remembered:
    """The payment service as it stood when everybody had paid: what it said once, it says again without being asked.

    Its own messages about refunds are in the post from the moment that the refund is asked for.
    """

    def __init__(self, real: Any, simulator: Any) -> None:
        self._real = real
        self._simulator = simulator
        self._sessions: dict[str, CheckoutSession] = {}
        self._refunds: dict[str, tuple[RefundAnswer, tuple[bytes, ...]]] = {}
        self.post: list[bytes] = []

    def __getattr__(self, name: str) -> Any:
        return getattr(self._real, name)

    def look_up(self, session_ref: str) -> CheckoutSession:
        if session_ref not in self._sessions:
            self._sessions[session_ref] = self._real.look_up(session_ref)
        return self._sessions[session_ref]

    def expire(self, session_ref: str) -> CheckoutSession:
        return self.look_up(session_ref)

    def recent(self, **_span: Any) -> Iterator[CheckoutSession]:
        return iter(tuple(self._sessions.values()))

    def refund(self, *, key: str, **more: Any) -> RefundAnswer:
        if key not in self._refunds:
            answer = self._real.refund(key=key, **more)
            bounces = not key.startswith(RefundCause.PAID_LATE)
            self._refunds[key] = (answer, tuple(self._told_of(answer.ref, bounces=bounces)))
        answer, told = self._refunds[key]
        self.post += (each for each in told if each not in self.post)
        return answer

    def look_up_refund(self, refund_ref: str) -> RefundAnswer:
        return next(each for each, _ in self._refunds.values() if each.ref == refund_ref)

    def _told_of(self, ref: str, *, bounces: bool) -> Iterator[bytes]:
        """What the simulator says, and in its words what only Stripe says: that it waits, and that it came back."""
        for event in about(self._simulator, {ref}):
            yield _body(event, status="pending")
            yield _body({**event, "id": f"{event['id']}_2", "type": "refund.updated"})
            if bounces:
                failed = {**event, "id": f"{event['id']}_3", "type": "refund.failed"}
                yield _body(failed, status="failed")


def about(simulator: Any, refs: set[str]) -> list[dict[str, Any]]:
    """The simulator's own events about these objects, of the kinds that are sent."""
    return [
        each
        for each in simulator.objects("event")
        if each["type"] in HEARD and each["data"]["object"]["id"] in refs
    ]


def _body(event: dict[str, Any], **changed: str) -> bytes:
    return json.dumps(
        {**event, "data": {"object": {**event["data"]["object"], **changed}}}
    ).encode()


@dataclass
class World:
    """Eight orders, each with a fate that the payment service knows, and what it has to say about them."""

    tools: Any
    vault: Undone
    remembered: Remembered
    clock: Any
    first: tuple[bytes, ...]
    """What is in the post from the beginning."""
    sent: list[Any] = field(default_factory=list)

    def ends(self, seed: int) -> Mapping[str, Any]:
        """How it ends when everything comes as the seed's dice have it; nothing of it stays."""
        dice = random.Random(seed)  # noqa: S311
        self.remembered.post, self.sent = list(self.first), []
        with self.vault.ending():
            self._anyhow(dice)
            self._at_last(dice)
            if seed % SOUND_EACH == 0:
                with self.vault.owners() as session:
                    assert not (found := invariants.broken(session)), found
            return self.stands()

    def ends_in_order(self) -> Mapping[str, Any]:
        """How it ends when each message comes once, as it was made, and is carried out before the next."""
        self.remembered.post, self.sent = list(self.first), []
        with self.vault.ending():
            told = 0
            while told < len(self.remembered.post):
                self._deliver(self.remembered.post[told])
                told += 1
                self._work(random.Random(0), losing=False)  # noqa: S311
            self._at_last(random.Random(0))  # noqa: S311
            return self.stands()

    def stands(self) -> Mapping[str, Any]:
        """Orders, money, stock, letters and promises, without the hours at which they came about."""
        return {
            name: sorted(self.vault.look(NUMBERED + statement), key=str)
            for name, statement in STANDS.items()
        }

    def _anyhow(self, dice: random.Random) -> None:
        delivered: Counter[bytes] = Counter()
        often: dict[bytes, int] = {}
        passed = 0
        while True:
            for each in self.remembered.post:
                often.setdefault(each, min(TIMES_MAX, 1 + int(dice.expovariate(0.7))))
            left = [each for each in self.remembered.post if delivered[each] < often[each]]
            if not left:
                return
            pause = dice.choice(PAUSES)
            if pause and passed + pause <= PAUSES_ALTOGETHER_MAX:
                self.clock.turn(seconds=pause)
                passed += pause
            match dice.choices(("message", "work", "round"), (6, 3, 1))[0]:
                case "message":
                    chosen = dice.choice(left)
                    delivered[chosen] += 1
                    self._deliver(chosen)
                case "work":
                    self._work(dice, losing=True)
                case _:
                    self._round(dice)

    def _at_last(self, dice: random.Random) -> None:
        """Time goes by until nothing is left to do; a message that came of it is delivered as well."""
        told = -1
        while told < len(self.remembered.post):
            for each in self.remembered.post[max(told, 0) :]:
                self._deliver(each)
            told = len(self.remembered.post)
            self.clock.turn(hours=1)
            self._round(dice)
            self._work(dice, losing=False)

    def _deliver(self, body: bytes) -> None:
        payments.receive(self.tools, body=body, signature=signed(body))

    def _round(self, dice: random.Random) -> None:
        rounds = [
            lambda: payments.reconcile(self.tools),
            lambda: payments.reconcile_refunds(self.tools),
            lambda: orders.lapse_unpaid(self.tools),
            lambda: holds.sweep(self.tools, most=100),
        ]
        dice.shuffle(rounds)
        for each in rounds:
            each()

    def _work(self, dice: random.Random, *, losing: bool) -> None:
        """As a clock and two workers would: in any order, some twice, some lost on the road and sent again."""
        runs.relay(self.tools, subscribers=registry.SUBSCRIBERS, together=registry.TOGETHER)
        self.sent += runs.send_due(self.tools)
        dice.shuffle(self.sent)
        while self.sent:
            run = self.sent.pop()
            if losing and dice.random() < 0.2:
                continue
            runner.carry_out(self.tools, run.run_id)
            if losing and dice.random() < 0.2:
                registry.JOBS[run.job].act(self.tools, self._arguments(run.run_id))
            if losing and dice.random() < 0.1:
                return

    def _arguments(self, run_id: int) -> dict[str, Any]:
        ((arguments,),) = self.vault.look(f"SELECT arguments FROM job_runs WHERE id = {run_id}")
        return dict(arguments)


def set_in(database: Any, tools: Any, simulator: Any, clock: Any) -> tuple[str, ...]:
    """Eight members order, and at the payment service each order's fate is decided; their sessions, as they ordered.

    Paid when all was gone, to the quicker one of the second; paid; declined and then paid; given up; given up in the
    instant of paying; never paid; paid and then given up, and the money that went back comes back.
    """

    def ordered(stock: int = 5) -> tuple[Any, int, str]:
        with database.session() as session:
            bag = bag_of(session, units=1, stock=stock)
        placed, ref = opened(tools, bag)
        return bag, placed.order_id, ref

    slow, _, too_late = ordered(stock=1)
    clock.turn(minutes=11)
    with database.session() as session:
        quick = factories.member(session)
        address = factories.address(session, of=quick)
        factories.hold(session, by=quick, on=slow.item)
    bought = orders.place(tools, member_id=quick.id, address_id=address.id)
    payments.open_checkout(tools, payment_id=bought.payment_id)
    quick_ref = database.value(
        "SELECT session_ref FROM payments WHERE id = :id", id=bought.payment_id
    )
    simulator.pay(quick_ref)
    settled(tools, quick_ref)
    simulator.pay(too_late)
    _, _, paid = ordered()
    simulator.pay(paid)
    _, _, declined = ordered()
    simulator.pay(declined, card="4000000000000002")
    simulator.pay(declined)
    bag, order_id, given_up = ordered()
    orders.cancel(tools, order_id=order_id, member_id=bag.member_id)
    tools.payments.expire(given_up)
    bag, order_id, in_the_instant = ordered()
    orders.cancel(tools, order_id=order_id, member_id=bag.member_id)
    simulator.pay(in_the_instant)
    _, _, never = ordered()
    tools.payments.expire(never)
    bag, order_id, sent_back = ordered()
    simulator.pay(sent_back)
    settled(tools, sent_back)
    orders.cancel(tools, order_id=order_id, member_id=bag.member_id)
    return too_late, quick_ref, paid, declined, given_up, in_the_instant, never, sent_back


def bodies(simulator: Any, refs: tuple[str, ...]) -> tuple[bytes, ...]:
    """What the simulator says about these sessions, as it arrives."""
    return tuple(map(_body, about(simulator, set(refs))))
