"""Scenes of conditional deals: a sale whose goods are with the brand, sold, over and ordered."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from marketplace.domain.doors import BrandRole, Door
from marketplace.services import purchases, sales
from tests import factories
from tests.scenes import Bag, paid_order

if TYPE_CHECKING:
    from marketplace.db.sales import SaleItem
    from marketplace.services.orders import Placed
    from marketplace.toolbox import Toolbox


@dataclass(frozen=True)
class Scene:
    """A conditional sale with one item, and its brand's owner."""

    item: SaleItem
    brand_id: int
    account_id: int
    email: str

    def brand(self, tools: Toolbox) -> Toolbox:
        """The tools in the hands of the brand's owner."""
        return tools.at_door(Door.BRAND, account_id=self.account_id, brand_id=self.brand_id)


def conditional_sale(database, *, units: int = 5) -> Scene:
    """An open sale of ``units`` that their brand keeps; it closes in half an hour."""
    with database.session() as session:
        sale, (item,) = factories.open_sale(session, units=units, mode="conditional")
        item.limit_per_member = 4
        of = session.get_one(factories.Brand, sale.brand_id)
        person = factories.brand_user(session, of=of, role=BrandRole.OWNER)
        scene = Scene(item, of.id, person.account_id, _email(session, person.account_id))
    database.run("UPDATE sales SET closes_at = house_now() + interval '30 minutes'")
    return scene


def _email(session, account_id: int) -> str:
    return session.get_one(factories.Account, account_id).email


def bought(database, tools, simulator, scene: Scene, *units: int) -> list[Placed]:
    """One paid order for each of ``units``, in this order."""
    placed = []
    for each in units:
        with database.session() as session:
            member = factories.member(session)
            address = factories.address(session, of=member)
            item = session.get_one(factories.SaleItem, scene.item.id)
            factories.hold(session, by=member, on=item, units=each)
            bag = Bag(member, item, address.id)
        placed.append(paid_order(tools, simulator, bag))
    return placed


def over(tools, clock, **later) -> None:
    """The sale closes and its unsold units are let go."""
    clock.turn(**(later or {"minutes": 31}))
    sales.record_due_transitions(tools, limit=10)
    sales.free_unsold(tools)


def ordered(database, tools, simulator, clock, *units: int, of: int = 5) -> tuple[Scene, str, list]:
    """A sale in which ``units`` were bought, over and ordered: the scene, the order's reference, what was placed."""
    scene = conditional_sale(database, units=of)
    placed = bought(database, tools, simulator, scene, *units)
    over(tools, clock)
    assert purchases.order_sold(tools) == sum(units)
    ref = database.value("SELECT ref FROM purchases ORDER BY id DESC LIMIT 1")
    assert isinstance(ref, str)
    return scene, ref, placed
