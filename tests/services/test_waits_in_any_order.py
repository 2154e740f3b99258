"""Any order of taking, waiting, giving back, lapsing and paying: what comes back goes to the line, in order."""

from __future__ import annotations

from dataclasses import dataclass, field
from uuid import uuid4

from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, rule, run_state_machine_as_test
from sqlalchemy.orm import Session

from jobs.waits import PASS_ON
from marketplace.db import invariants
from marketplace.domain.doors import Door
from marketplace.domain.holds import Ask
from marketplace.domain.waits import FreeNow
from marketplace.services import holds, waits
from tests import factories
from tests.wait_scenes import at_hour

EXAMPLES = 20
STEPS = 20
MEMBERS = 4
UNITS = (2, 1)
OFFERED, TAKEN = 15, 10


@dataclass
class Claim:
    """A live or past hold as the model knows it; minutes are those by which the clock was turned."""

    member: int
    item: int
    units: int
    ends: int
    state: str = "held"
    hold_id: int = 0


@dataclass
class Entry:
    """Somebody in line."""

    wait_id: int
    member: int
    items: tuple[int, ...]
    units: int


@dataclass
class Model:
    """What a careful person with pencil and paper would believe, once everything that came back was passed on."""

    minute: int = 0
    shelf: list[int] = field(default_factory=lambda: list(UNITS))
    claims: list[Claim] = field(default_factory=list)
    line: list[Entry] = field(default_factory=list)
    back: list[int] = field(default_factory=lambda: [0] * len(UNITS))

    def lapse(self) -> None:
        for claim in self.claims:
            if claim.state == "held" and claim.ends <= self.minute:
                claim.state = "expired"
                self.back[claim.item] += claim.units

    def pass_on(self) -> None:
        """Item by item, entry by entry; what nobody in line wants goes to the shelf."""
        self.lapse()
        for item, units in enumerate(self.back):
            left = units
            for entry in [each for each in self.line if item in each.items]:
                if not left:
                    break
                given = min(left, entry.units)
                self.claims.append(Claim(entry.member, item, given, self.minute + OFFERED))
                self.line.remove(entry)
                left -= given
            self.shelf[item] += left
            self.back[item] = 0

    def held(self) -> list[tuple[int, int, int]]:
        found = [each for each in self.claims if each.state == "held"]
        return sorted((each.member, each.item, each.units) for each in found)


class WaitsInAnyOrder(RuleBasedStateMachine):
    """Each run has a sale of its own; after each step what came back is passed on, here and in the model."""

    def __init__(self):
        super().__init__()
        at_hour(self.clock, 8)  # offers of the night last longer
        self.model = Model()
        with self.database.session() as session:
            self.sale, _ = factories.open_sale(session, items=0)
            self.sale.limit_per_member = 40
            self.items = factories.sizes_on_sale(
                session, of=self.sale, sizes=("S",), units=UNITS[0]
            )
            piece = session.get(
                factories.Style, session.get(factories.Variant, self.items[0].variant_id).style_id
            )
            one = factories.variant(session, of=piece, size="M", units=UNITS[1])
            self.items.append(
                factories.sale_item(session, of=self.sale, units=UNITS[1], variant=one)
            )
            for item in self.items:
                item.limit_per_member = 20
            self.members = [factories.member(session) for _ in range(MEMBERS)]

    @rule(member=st.integers(0, MEMBERS - 1), item=st.integers(0, 1), units=st.integers(1, 2))
    def take(self, member, item, units):
        ask = Ask(self.items[item].id, units, uuid4())
        answer = holds.take(self.tools, member_id=self.members[member].id, asks=[ask])[0]
        assert answer.held is (self.model.shelf[item] >= units)
        if answer.held:
            self.model.shelf[item] -= units
            claim = Claim(member, item, units, self.model.minute + TAKEN, hold_id=answer.hold_id)
            self.model.claims.append(claim)

    @rule(
        member=st.integers(0, MEMBERS - 1),
        items=st.sampled_from(((0,), (1,), (0, 1))),
        units=st.integers(1, 2),
    )
    def join(self, member, items, units):
        wanted = [self.items[each].id for each in items]
        standing = [each for each in self.model.line if each.member == member]
        try:
            found = waits.join(
                self.tools, member_id=self.members[member].id, items=wanted, units=units
            )
        except FreeNow:
            assert not standing
            assert any(self.model.shelf[each] for each in items)
            return
        if standing:
            assert [each.wait_id for each in standing] == [found]
            return
        assert not any(self.model.shelf[each] for each in items)
        self.model.line.append(Entry(found, member, items, units))

    @rule(member=st.integers(0, MEMBERS - 1))
    def leave(self, member):
        for entry in [each for each in self.model.line if each.member == member]:
            assert waits.leave(self.tools, member_id=self.members[member].id, wait_id=entry.wait_id)
            self.model.line.remove(entry)

    @rule(of=st.data())
    def give_back(self, of):
        live = [each for each in self.model.claims if each.state == "held"]
        if not live:
            return
        claim = of.draw(st.sampled_from(live))
        member = self.members[claim.member].id
        assert holds.release(self.tools, member_id=member, hold_ids=[claim.hold_id])
        claim.state = "released"
        self.model.back[claim.item] += claim.units
        self.passed_on()

    @rule(of=st.data())
    def pay(self, of):
        live = [each for each in self.model.claims if each.state == "held"]
        if not live:
            return
        claim = of.draw(st.sampled_from(live))
        assert self.sold(claim) == "sold"
        claim.state = "sold"

    @rule(of=st.data())
    def pay_too_late(self, of):
        gone = [each for each in self.model.claims if each.state == "expired" and each.hold_id]
        if not gone:
            return
        claim = of.draw(st.sampled_from(gone))
        answer = self.sold(claim)
        assert (answer == "retaken") is (self.model.shelf[claim.item] >= claim.units)
        if answer == "retaken":
            self.model.shelf[claim.item] -= claim.units
            claim.state = "sold"

    def sold(self, claim):
        """The answer to the payment of an order of what was held."""
        with self.database.session() as session:
            by = self.members[claim.member]
            order = factories.order(session, by=by, hold_ids=[claim.hold_id])
            return factories.sell(session, of=order)

    @rule(minutes=st.sampled_from((1, 6)))
    def wait(self, minutes):
        self.clock.turn(minutes=minutes)
        self.model.minute += minutes
        self.passed_on()

    def passed_on(self):
        """The night staff comes by, twice: the second time there is nothing left to do."""
        for _ in range(2):
            PASS_ON.act(self.tools.at_door(Door.WORKER), {})
        holds.sweep(self.tools, most=100)
        self.model.pass_on()
        rows = self.database.rows(
            "SELECT h.id, h.member_id, h.sale_item_id, h.units FROM holds h"
            " WHERE h.sale_id = :sale AND h.state = 'held' ORDER BY h.id",
            sale=self.sale.id,
        )
        known = {each.hold_id for each in self.model.claims}
        unnamed = [each for each in self.model.claims if not each.hold_id and each.state == "held"]
        for hold_id, member_id, item_id, units in rows:
            if hold_id not in known:
                of = next(
                    each
                    for each in unnamed
                    if self.members[each.member].id == member_id
                    and self.items[each.item].id == item_id
                    and each.units == units
                    and not each.hold_id
                )
                of.hold_id = hold_id

    @invariant()
    def what_is_held_and_free_is_what_the_model_says(self):
        members = {each.id: n for n, each in enumerate(self.members)}
        items = {each.id: n for n, each in enumerate(self.items)}
        live = self.database.rows(
            "SELECT member_id, sale_item_id, units FROM holds WHERE sale_id = :sale AND state = 'held'"
            " AND expires_at > house_now()",
            sale=self.sale.id,
        )
        found = sorted((members[member], items[item], units) for member, item, units in live)
        assert found == self.model.held()
        shelf = self.database.rows(
            "SELECT available, set_aside FROM sale_items WHERE sale_id = :sale ORDER BY id",
            sale=self.sale.id,
        )
        assert shelf == [(units, 0) for units in self.model.shelf]

    def teardown(self):
        with Session(self.database.owner) as session:
            found = invariants.broken(session)
        assert not found, found


def test_waits_in_any_order_are_served_in_order(database, tools, clock):
    bound = {"database": database, "tools": tools, "clock": clock}
    run_state_machine_as_test(
        type("Bound", (WaitsInAnyOrder,), bound),
        settings=settings(
            max_examples=EXAMPLES,
            stateful_step_count=STEPS,
            deadline=None,
            suppress_health_check=list(HealthCheck),
            print_blob=False,
        ),
    )
