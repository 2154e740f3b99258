"""Pressing, charging, refusing, losing answers, cancelling, paying on the page and waiting, in any order.

Whatever happens, no unit is sold twice, nobody pays for what they do not get, and in the end nothing is left undecided.
`WALKS` names another number of walks than the suite has time for.
"""

from __future__ import annotations

import os
from contextlib import suppress
from dataclasses import dataclass, field, replace
from uuid import uuid4

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy.orm import Session

from marketplace.bootstrap import wall_clock
from marketplace.db import invariants
from marketplace.domain.holds import Ask
from marketplace.domain.refusals import Refusal
from marketplace.gateways.payments import StripePayments, ungated
from marketplace.local.stripe.driver import API_KEY, WEBHOOK_SECRET, Simulator
from marketplace.services import holds, orders, payments
from marketplace.services.payments import collecting
from marketplace.toolbox import Collected, GatewayRefusal, GatewayTrouble
from tests import card_scenes, factories
from tests.scenes import Bag

EXAMPLES = int(os.environ.get("WALKS", "12"))
STEPS_MAX, UNITS = 16, 2
PATIENT = {
    "deadline": None,
    "max_examples": EXAMPLES,
    "suppress_health_check": list(HealthCheck),
    "derandomize": True,
}
CARDS = {
    "visa": "4242424242424242",
    "asks": "4000002760003184",
    "refuses": "4000000000000341",
}
FAULTS = {
    "lose the answer": {"kind": "lost_reply"},
    "fail": {"kind": "error_500"},
    "fail having acted": {"kind": "error_500", "acts": True},
}
CHARGES = {"method": "POST", "path": "/v1/payment_intents", "count": 1}
STEPS = st.lists(
    st.tuples(
        st.sampled_from(
            [
                "hold",
                "press",
                "press",
                "charge",
                "charge",
                "pay page",
                "pay",
                "cancel",
                "give back",
                "remove",
                "save visa",
                "save asks",
                "save refuses",
                "lose the answer",
                "fail",
                "fail having acted",
                "tell",
                "reconcile",
                "wait 1",
                "wait 31",
                "wait 125",
                "lapse",
            ]
        ),
        st.integers(0, 1),
    ),
    min_size=4,
    max_size=STEPS_MAX,
)


@pytest.fixture
def stripe(tmp_path):
    """A payment service whose clock is turned with the house's."""
    with Simulator.started(tmp_path / "stripe", limits=False) as running:
        yield running


@dataclass
class House:
    """Two members with an address and a saved card each, before a piece of which there are two."""

    tools: object
    stripe: Simulator
    database: object
    clock: object
    bags: list[Bag] = field(default_factory=list)
    seen: dict[int, str] = field(default_factory=dict)

    def arrange(self) -> None:
        with self.database.session() as session:
            sale, _ = factories.open_sale(session, items=0)
            item = factories.sale_item(session, of=sale, units=UNITS, limit_per_member=2)
            for _each in range(2):
                member = factories.member(session)
                address = factories.address(session, of=member)
                self.bags.append(Bag(member, item, address.id))
        for bag in self.bags:
            card_scenes.saved(self.tools, self.stripe, bag)

    def does(self, deed: str, number: int) -> None:
        """One deed of one member, of the house or of the payment service."""
        bag, hers = self.bags[number], card_scenes.hers(self.tools, self.bags[number])
        what, _, how = deed.partition(" ")
        with suppress(Refusal, GatewayTrouble, GatewayRefusal):
            match what:
                case "hold":
                    holds.take(hers, member_id=bag.member_id, asks=[Ask(bag.item.id, 1, uuid4())])
                case "press":
                    self.seen[number] = card_scenes.seen(self.tools, bag) or self.seen.get(
                        number, ""
                    )
                    orders.place_now(
                        hers,
                        member_id=bag.member_id,
                        address_id=bag.address_id,
                        seen=self.seen[number],
                    )
                case "cancel":
                    newest = self.newest(bag)
                    orders.cancel(hers, order_id=newest, member_id=bag.member_id)
                case "give":
                    mine = self.database.rows(
                        "SELECT id FROM holds WHERE member_id = :m AND state = 'held'",
                        m=bag.member_id,
                    )
                    ids = [each for (each,) in mine]
                    holds.release(hers, member_id=bag.member_id, hold_ids=ids)
                case "remove":
                    payments.remove_card(hers, member_id=bag.member_id)
                case "save":
                    card_scenes.saved(self.tools, self.stripe, bag, CARDS[how])
                case _:
                    self.happens(deed, bag, hers)

    def happens(self, deed: str, bag: Bag, hers) -> None:  # noqa: C901 - a table of deeds
        """What is done on the pay page, by the house and by the clock."""
        match deed:
            case "pay page":
                placed = orders.place(hers, member_id=bag.member_id, address_id=bag.address_id)
                payments.open_checkout(hers, payment_id=placed.payment_id)
            case "pay":
                for (ref,) in self.open_pages(bag):
                    self.stripe.pay(ref)
            case "charge":
                self.database.run("UPDATE payments SET taken_until = NULL")
                payments.open_waiting(self.tools)
            case "lose the answer" | "fail" | "fail having acted":
                self.stripe.fault(**FAULTS[deed], **CHARGES)
            case "tell":
                self.tell()
            case "reconcile":
                payments.reconcile_collected(self.tools)
                payments.reconcile(self.tools)
            case "lapse":
                orders.lapse_unpaid(self.tools)
                holds.sweep(self.tools, most=100)
            case _:
                self.wait(int(deed.rpartition(" ")[2]))

    def wait(self, minutes: int) -> None:
        self.clock.turn(minutes=minutes)
        self.stripe.advance(minutes * 60)

    def tell(self) -> None:
        """The payment service's messages, all of them once more."""
        for each in self.stripe.objects("payment_intent"):
            payments.settle_collected(self.tools, answer=Collected.told(each))

    def newest(self, bag: Bag) -> int:
        found = self.database.rows(
            "SELECT id FROM orders WHERE member_id = :m ORDER BY id DESC LIMIT 1", m=bag.member_id
        )
        return found[0][0] if found else 0

    def open_pages(self, bag: Bag) -> list[tuple[str]]:
        return self.database.rows(
            "SELECT p.session_ref FROM payments p JOIN orders o ON o.id = p.order_id"
            " WHERE o.member_id = :m AND p.session_ref IS NOT NULL AND p.state = 'opened'",
            m=bag.member_id,
        )

    def comes_to_rest(self) -> None:
        """Faults end, everybody is told, and all times run out."""
        self.stripe.clear_faults()
        for minutes in (1, 31, 125, 1):
            self.happens("charge", self.bags[0], self.tools)
            self.tell()
            for bag in self.bags:
                for (ref,) in self.open_pages(bag):
                    payments.settle(self.tools, answer=self.tools.payments.look_up(ref))
            self.wait(minutes)
            self.happens("lapse", self.bags[0], self.tools)
            self.happens("reconcile", self.bags[0], self.tools)

    def broken(self) -> list[str]:
        with Session(self.database.owner) as session:
            return [f"{each.name}: {each.row}" for each in invariants.broken(session)]

    def wrongs(self) -> list[str]:
        """What the payment service took of these two, held against what they got."""
        members = [bag.member_id for bag in self.bags]
        rows = self.database.rows("SELECT ref FROM orders WHERE member_id = ANY (:m)", m=members)
        ours, wrong, kept = {ref for (ref,) in rows}, [], 0
        for each in self.stripe.objects("payment_intent"):
            ref = each["metadata"].get("order_ref", "")
            found = self.database.rows(
                "SELECT o.paid_at IS NOT NULL, p.state, p.amount_minor, (SELECT coalesce(sum(r.amount_minor), 0)"
                " FROM refunds r WHERE r.payment_id = p.id), o.state"
                " FROM payments p JOIN orders o ON o.id = p.order_id WHERE p.key = :key",
                key=each["metadata"].get("payment_key", ""),
            )
            if each["status"] != "succeeded" or ref not in ours:
                continue
            if not found:
                wrong.append(f"{ref} was charged by a payment that nobody knows")
                continue
            paid, state, amount, back, standing = found[0]
            if state != "succeeded":
                wrong.append(f"{ref} was charged and its payment is {state}")
            elif back == 0 and not paid:
                wrong.append(f"{ref} was charged, is {standing} and nothing goes back")
            elif back not in {0, amount}:
                wrong.append(f"{ref} gets {back} of {amount} back")
            kept += back == 0
        sold = self.database.value(
            "SELECT sold FROM sale_items WHERE id = :item", item=self.bags[0].item.id
        )
        if sold > UNITS or kept > sold:
            wrong.append(f"{kept} payments kept for {sold} of {UNITS} units")
        left = self.database.rows(
            "SELECT o.ref, o.state, p.state FROM orders o JOIN payments p ON p.order_id = o.id"
            " WHERE o.member_id = ANY (:members) AND (o.state = 'awaiting_payment'"
            " OR (p.state = 'prepared' AND p.called_at IS NOT NULL AND p.card_id IS NOT NULL))",
            members=members,
        )
        return wrong + [f"undecided: {each}" for each in left]


@pytest.fixture
def opened(database, tools, stripe, clock):
    """A new house for each walk, on the same database."""
    gateway = StripePayments(
        API_KEY,
        base=stripe.url,
        secrets=(WEBHOOK_SECRET,),
        now=wall_clock,
        turn=ungated,
        retries=0,
    )

    def make() -> House:
        house = House(replace(tools, payments=gateway), stripe, database, clock)
        house.arrange()
        return house

    return make


def walked(house: House, steps) -> list[str]:
    """Go the whole way; what is wrong on it or at its end."""
    for number, (deed, whose) in enumerate(steps):
        house.does(deed, whose)
        found = house.broken()
        if found:
            return [f"after step {number}, {deed}", *found]
    house.comes_to_rest()
    return house.broken() + house.wrongs()


@pytest.mark.timeout(600)
def test_in_any_order_nobody_pays_for_what_they_do_not_get(opened):
    @settings(**PATIENT)
    @given(STEPS)
    def walk(steps):
        assert walked(opened(), steps) == []

    walk()


TWICE = [
    ("hold", 0),
    ("press", 0),
    ("lose the answer", 0),
    ("charge", 0),
    ("charge", 0),
]


def test_the_twin_that_asks_under_a_new_key_each_time_is_found_out(opened, monkeypatch):
    begin = collecting.CollectAsked

    def anew(**asked):
        return begin(**{**asked, "key": f"{asked['key']}~{uuid4().hex[:6]}"})

    house = opened()
    monkeypatch.setattr(collecting, "CollectAsked", anew)

    found = walked(house, TWICE)

    charged = [
        each
        for each in house.stripe.objects("payment_intent")
        if each["metadata"].get("payment_key", "").startswith("pay-")
    ]
    assert len(charged) > 1
    assert found
