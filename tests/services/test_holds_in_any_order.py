"""Any order of taking, renewing, giving back, paying, closing and waiting keeps the books and loses no unit."""

from __future__ import annotations

from dataclasses import dataclass, field
from uuid import UUID, uuid4

from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    Bundle,
    RuleBasedStateMachine,
    invariant,
    rule,
    run_state_machine_as_test,
)
from sqlalchemy.orm import Session

from marketplace.db import invariants
from marketplace.domain.holds import AlreadyBought, Ask, HoldLapsed, HoldOutcome, RenewalUsed
from marketplace.services import holds
from tests import factories

EXAMPLES = 25
STEPS = 20
MEMBERS = 2
ITEM_LIMIT = 2
SALE_LIMIT = 2
UNITS = (2, 3)
COUNTERS = "SELECT available, held, sold FROM sale_items WHERE sale_id = :sale ORDER BY id"


@dataclass
class Claim:
    """A hold as the model knows it; minutes are those by which the clock was turned."""

    hold_id: int
    key: UUID
    member: int
    item: int
    units: int
    ends: int
    cap: int
    state: str = "held"


@dataclass
class Model:
    """What a careful person with pencil and paper would believe."""

    minute: int = 0
    open: bool = True
    claims: list[Claim] = field(default_factory=list)

    def lives(self, claim: Claim) -> bool:
        """The turning of the clock takes a moment, so that a hold turned to its very end has passed it."""
        return claim.state == "held" and claim.ends > self.minute

    def counted(self, *, item: int | None = None, member: int | None = None) -> int:
        """Units held and sold, of an item, of a member, or both."""
        return sum(
            claim.units
            for claim in self.claims
            if (self.lives(claim) or claim.state == "sold")
            and item in {None, claim.item}
            and member in {None, claim.member}
        )

    def answer(self, member: int, item: int, units: int) -> HoldOutcome:
        """What a new asking must be told."""
        if not self.open:
            return HoldOutcome.CLOSED
        if (
            self.counted(item=item, member=member) + units > ITEM_LIMIT
            or self.counted(member=member) + units > SALE_LIMIT
        ):
            return HoldOutcome.LIMIT_REACHED
        free = UNITS[item] - self.counted(item=item)
        if units <= free:
            return HoldOutcome.HELD
        live = [claim for claim in self.claims if self.lives(claim) and claim.item == item]
        if any(claim.member == member for claim in live):
            return HoldOutcome.ALREADY_HELD
        if free:
            return HoldOutcome.TOO_MANY
        return HoldOutcome.ALL_IN_BAGS if live else HoldOutcome.SOLD_OUT


class HoldsInAnyOrder(RuleBasedStateMachine):
    """Each run has a sale of its own; :func:`bound` gives it a database, tools and a clock."""

    claims = Bundle("claims")

    def __init__(self):
        super().__init__()
        self.model = Model()
        with self.database.session() as session:
            self.sale, self.items = factories.open_sale(session, units=UNITS[0], items=1)
            self.items.append(factories.sale_item(session, of=self.sale, units=UNITS[1]))
            self.sale.limit_per_member = SALE_LIMIT
            self.members = [factories.member(session) for _ in range(MEMBERS)]

    @rule(
        target=claims,
        member=st.integers(0, MEMBERS - 1),
        item=st.integers(0, 1),
        units=st.integers(1, 2),
    )
    def take(self, member, item, units):
        expected = self.model.answer(member, item, units)
        key = uuid4()
        answer = self.asked(member, item, units, key)
        assert answer.outcome is expected
        if not answer.held:
            return None
        minute = self.model.minute
        claim = Claim(answer.hold_id, key, member, item, units, minute + 10, minute + 15)
        self.model.claims.append(claim)
        return claim

    @rule(claim=claims.filter(bool))
    def take_under_the_same_key(self, claim):
        answer = self.asked(claim.member, claim.item, claim.units, claim.key)
        if claim.state == "sold":
            assert answer.outcome is HoldOutcome.BOUGHT
        elif self.model.lives(claim):
            assert (answer.outcome, answer.hold_id) == (HoldOutcome.HELD, claim.hold_id)
        else:
            assert answer.outcome is HoldOutcome.LAPSED

    @rule(target=claims, claim=claims.filter(bool), item=st.integers(0, 1), units=st.integers(1, 2))
    def come_back_after_the_end(self, claim, item, units):
        self.wait(10)
        return self.take(claim.member, item, units)

    @rule(claim=claims.filter(bool))
    def renew(self, claim):
        try:
            holds.renew(self.tools, member_id=self.members[claim.member].id, hold_id=claim.hold_id)
        except HoldLapsed:
            assert not self.model.lives(claim)
        except RenewalUsed:
            assert self.model.lives(claim)
            assert claim.ends == claim.cap
        except AlreadyBought:
            assert claim.state == "sold"
        else:
            assert self.model.lives(claim)
            assert claim.ends < claim.cap
            claim.ends = claim.cap

    @rule(claim=claims.filter(bool))
    def release(self, claim):
        released = holds.release(
            self.tools, member_id=self.members[claim.member].id, hold_ids=[claim.hold_id]
        )
        assert released == ((claim.hold_id,) if self.model.lives(claim) else ())
        if released:
            claim.state = "released"

    @rule(claim=claims.filter(lambda claim: claim and claim.state != "sold"))
    def pay(self, claim):
        free = UNITS[claim.item] - self.model.counted(item=claim.item)
        allowed = (
            self.model.counted(item=claim.item, member=claim.member) + claim.units <= ITEM_LIMIT
            and self.model.counted(member=claim.member) + claim.units <= SALE_LIMIT
            and free >= claim.units
        )
        lives = self.model.lives(claim)
        with self.database.session() as session:
            by = self.members[claim.member]
            order = factories.order(session, by=by, hold_ids=[claim.hold_id])
            answer = factories.sell(session, of=order)
        assert answer == ("sold" if lives else "retaken" if allowed else "gone")
        if answer != "gone":
            claim.state = "sold"

    @rule(minutes=st.sampled_from((1, 6, 10)))
    def wait(self, minutes):
        self.clock.turn(minutes=minutes)
        self.model.minute += minutes

    @rule()
    def sweep(self):
        holds.sweep(self.tools, most=100)

    @rule(closed=st.booleans())
    def close_or_resume(self, closed):
        self.database.run(
            "UPDATE sales SET state = :state WHERE id = :id",
            state="closed" if closed else "open",
            id=self.sale.id,
        )
        self.model.open = not closed

    @invariant()
    def no_unit_is_lost_or_made(self):
        rows = self.database.rows(COUNTERS, sale=self.sale.id)
        for item, (available, held, sold) in enumerate(rows):
            assert available + held + sold == UNITS[item]
            of_item = [each for each in self.model.claims if each.item == item]
            assert sold == sum(each.units for each in of_item if each.state == "sold")
            assert held >= sum(each.units for each in of_item if self.model.lives(each))

    def teardown(self):
        with Session(self.database.owner) as session:
            found = invariants.broken(session)
        assert not found, found

    def asked(self, member, item, units, key):
        ask = Ask(self.items[item].id, units, key)
        return holds.take(self.tools, member_id=self.members[member].id, asks=[ask])[0]


def bound(database, tools, clock):
    """The machine on this test's database."""
    return type("Bound", (HoldsInAnyOrder,), {"database": database, "tools": tools, "clock": clock})


def test_holds_in_any_order_keep_the_books(database, tools, clock):
    run_state_machine_as_test(
        bound(database, tools, clock),
        settings=settings(
            max_examples=EXAMPLES,
            stateful_step_count=STEPS,
            deadline=None,
            suppress_health_check=list(HealthCheck),
            print_blob=False,
        ),
    )
