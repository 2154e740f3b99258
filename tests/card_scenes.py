"""Scenes with a saved card: entered on the payment service's page, and pressed with."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sqlalchemy import select

from marketplace.db.cards import Card
from marketplace.domain.doors import Door
from marketplace.queries import bag as bags
from marketplace.services import orders, payments

if TYPE_CHECKING:
    from marketplace.local.stripe.driver import Simulator
    from marketplace.services.orders import Placed
    from marketplace.toolbox import Toolbox
    from tests.scenes import Bag

VISA = "4242424242424242"


def hers(tools: Toolbox, bag: Bag) -> Toolbox:
    """The tools in the member's hands."""
    return tools.at_door(Door.MEMBER, account_id=bag.account_id)


def entered(tools: Toolbox, simulator: Simulator, bag: Bag, number: str = VISA) -> str:
    """Enter a card on the payment service's page, of which the house has not heard yet; the agreement's key."""
    tools = hers(tools, bag)
    url = payments.open_card_page(tools, member_id=bag.member_id, consent="I agree.")
    simulator.pay(url.rpartition("/")[2], card=number)
    newest = select(Card.key).where(Card.member_id == bag.member_id).order_by(Card.id.desc())
    with tools.reading() as session:
        return session.scalars(newest.limit(1)).one()


def saved(tools: Toolbox, simulator: Simulator, bag: Bag, number: str = VISA) -> str:
    """Enter a card and come back to the house; the agreement's key."""
    key = entered(tools, simulator, bag, number)
    assert payments.note_card(tools, key=key) == "kept"
    return key


def seen(tools: Toolbox, bag: Bag) -> str:
    """The bag as its member sees it now."""
    return bags.look(hers(tools, bag), member_id=bag.member_id).seen


def pressed(tools: Toolbox, bag: Bag) -> Placed:
    """Order in one press what is in the bag."""
    return orders.place_now(
        hers(tools, bag),
        member_id=bag.member_id,
        address_id=bag.address_id,
        seen=seen(tools, bag),
    )
