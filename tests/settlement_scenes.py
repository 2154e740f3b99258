"""Scenes of settlements: a deal with its terms, sold in a sale that is over, and a brand that can be paid."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from typing import TYPE_CHECKING

from sqlalchemy import text

from marketplace.domain.doors import BrandRole, Door
from marketplace.services import orders, sales, settlements
from tests import factories
from tests.factories.kin import NUMBERS
from tests.scenes import Bag, delivered_order

if TYPE_CHECKING:
    from marketplace.domain.orders import ReturnReason
    from marketplace.services.orders import Placed
    from marketplace.toolbox import Toolbox

IBAN = "FR7630006000011234567890189"
PRICE_MINOR = 4_000


@dataclass(frozen=True)
class Scene:
    """A brand with a deal whose sale is open, and two people of the house."""

    brand_id: int
    deal_id: int
    item_id: int
    account_id: int
    email: str
    first_id: int
    second_id: int

    def brand(self, tools: Toolbox) -> Toolbox:
        """The tools in the hands of the brand's owner."""
        return tools.at_door(Door.BRAND, account_id=self.account_id, brand_id=self.brand_id)

    def first(self, tools: Toolbox) -> Toolbox:
        """The tools in the hands of an operator."""
        return tools.at_door(Door.OPERATOR, account_id=self.first_id)

    def second(self, tools: Toolbox) -> Toolbox:
        """The tools in the hands of another one."""
        return tools.at_door(Door.OPERATOR, account_id=self.second_id)


def selling(
    database, *, units: int = 20, ends_in_days: int = 60, brand_id: int | None = None, **terms
) -> Scene:
    """An open sale of ``units`` at 40.00; the deal's last unit leaves ``ends_in_days`` from now.

    Of a new brand, unless one is named.
    """
    with database.session() as session:
        of = session.get_one(factories.Brand, brand_id) if brand_id else factories.brand(session)
        owner = factories.brand_user(session, of=of, role=BrandRole.OWNER)
        home = factories.collection(session, of=of)
        exit_on = (factories.house_now(session) + timedelta(days=ends_in_days)).date()
        agreed = factories.deal(session, of=home, variants=(), exit_on=exit_on.isoformat(), **terms)
        running = factories.sale(session, under=agreed, limit_per_member=10)
        item = factories.sale_item(
            session, of=running, units=units, price_minor=PRICE_MINOR, limit_per_member=10
        )
        running.opened_at = running.opens_at
        return Scene(
            of.id,
            agreed.id,
            item.id,
            owner.account_id,
            session.get_one(factories.Account, owner.account_id).email,
            factories.operator(session).id,
            factories.operator(session).id,
        )


def bought(database, tools, simulator, scene: Scene, *units: int) -> list[tuple[Bag, Placed]]:
    """One delivered order for each of ``units``, in this order."""
    placed = []
    for each in units:
        with database.session() as session:
            member = factories.member(session)
            address = factories.address(session, of=member)
            item = session.get_one(factories.SaleItem, scene.item_id)
            factories.hold(session, by=member, on=item, units=each)
            bag = Bag(member, item, address.id)
        placed.append((bag, delivered_order(tools, simulator, bag)))
    return placed


def taken_off_the_shelf(database, scene: Scene, *units: int) -> None:
    """The same without a payment service, as far as the shelf is concerned: for scenes long after today."""
    with database.session() as session:
        item = session.get_one(factories.SaleItem, scene.item_id)
        for each in units:
            member = factories.member(session)
            held = factories.hold(session, by=member, on=item, units=each)
            factories.sell(session, of=factories.order(session, by=member, hold_ids=[held]))


def sent_back(
    database, tools, order: tuple[Bag, Placed], units: int, *, why: ReturnReason | None = None
) -> None:
    """The member sends units back, and they are received."""
    bag, placed = order
    line_id = database.value("SELECT id FROM order_lines WHERE order_id = :o", o=placed.order_id)
    withdrawal_id = orders.withdraw(
        tools,
        order_id=placed.order_id,
        member_id=bag.member_id,
        key=f"back-{next(NUMBERS)}",
        units={line_id: units},
        words="Back.",
        reasons={line_id: why} if why else {},
    )
    orders.receive_return(tools, withdrawal_id=withdrawal_id)


def closed(tools, clock) -> None:
    """The sale's two days are over."""
    clock.turn(days=2)
    sales.record_due_transitions(tools, limit=10)
    sales.free_unsold(tools)


def issued(tools) -> list[int]:
    """Everything that is due, drawn up."""
    found = []
    while (each := settlements.issue(tools)) is not None:
        found.append(each)
    return found


def payable(database, brand_id: int) -> None:
    """The brand's list is settled and its bank details have rested."""
    with database.session() as session:
        session.execute(text("UPDATE brands SET state = 'ready' WHERE id = :b"), {"b": brand_id})
        session.execute(
            text(
                "INSERT INTO bank_details"
                " (brand_id, holder, iban, last_four, country, asked_by_id, asked_at, in_force_at)"
                " SELECT :b, 'Maison Verrier', :iban, '0189', 'FR', account_id,"
                " house_now() - interval '3 days', house_now() - interval '1 day'"
                " FROM brand_users WHERE brand_id = :b LIMIT 1"
            ),
            {"b": brand_id, "iban": IBAN},
        )
        session.execute(
            text(
                "INSERT INTO checklist_answers (brand_id, item_id, state)"
                " SELECT :b, id, 'accepted' FROM checklist_items"
            ),
            {"b": brand_id},
        )
