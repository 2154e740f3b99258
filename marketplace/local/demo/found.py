"""What of the demo stands in the house already, so that a filling that was broken off is taken up where it ended."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sqlalchemy import select

from marketplace.db.accounts import Account
from marketplace.db.brands import Brand, BrandUser
from marketplace.db.catalogue import Collection, CollectionState, Photograph, Variant
from marketplace.db.deals import Deal
from marketplace.db.imports import Import
from marketplace.db.members import Address, Member
from marketplace.db.orders import Order, OrderLine
from marketplace.db.rights import RightToSell
from marketplace.db.sales import Sale, SaleItem
from marketplace.db.stock import Lot
from marketplace.domain.accounts import email_key
from marketplace.domain.deals import DealState
from marketplace.domain.rights import RightState

if TYPE_CHECKING:
    from collections.abc import Sequence

    from sqlalchemy import Select

    from marketplace.toolbox import Toolbox


def account(tools: Toolbox, email: str) -> int | None:
    """The account of an address."""
    return _one(tools, select(Account.id).where(Account.email_key == email_key(email)))


def member(tools: Toolbox, email: str) -> tuple[int, int, int]:
    """Account, member and address of somebody who is there."""
    wanted = (
        select(Account.id, Member.id, Address.id)
        .join(Member, Member.account_id == Account.id)
        .join(Address, Address.member_id == Member.id)
        .where(Account.email_key == email_key(email))
        .order_by(Address.id)
        .limit(1)
    )
    with tools.reading() as session:
        account_id, member_id, address_id = session.execute(wanted).one()
        return account_id, member_id, address_id


def brand(tools: Toolbox, name: str) -> tuple[int, int] | None:
    """A brand and the account that speaks for it."""
    wanted = (
        select(Brand.id, BrandUser.account_id)
        .join(BrandUser, BrandUser.brand_id == Brand.id)
        .where(Brand.name == name)
    )
    with tools.reading() as session:
        row = session.execute(wanted.limit(1)).one_or_none()
        return (row[0], row[1]) if row else None


def collection(tools: Toolbox, name: str) -> int | None:
    """The acting brand's collection of that name."""
    mine = Collection.brand_id == tools.brand_id
    return _one(tools, select(Collection.id).where(mine, Collection.name == name))


def upload(tools: Toolbox, collection_id: int) -> int | None:
    """The file that was sent into a collection."""
    return _one(tools, select(Import.id).where(Import.collection_id == collection_id))


def submitted(tools: Toolbox, collection_id: int) -> bool:
    """Whether the house has the collection before it."""
    sent = Collection.state == CollectionState.SUBMITTED
    return bool(_one(tools, select(Collection.id).where(Collection.id == collection_id, sent)))


def deal(tools: Toolbox, collection_id: int) -> int | None:
    """The deal about a collection."""
    return _one(tools, select(Deal.id).where(Deal.collection_id == collection_id))


def right(tools: Toolbox, collection_id: int) -> int | None:
    """The proof of the right to sell a collection."""
    return _one(tools, select(RightToSell.id).where(RightToSell.collection_id == collection_id))


def right_accepted(tools: Toolbox, right_id: int) -> bool:
    """Whether an operator has accepted the proof."""
    wanted = select(RightToSell.id).where(
        RightToSell.id == right_id, RightToSell.state == RightState.ACCEPTED
    )
    return _one(tools, wanted) is not None


def agreed(tools: Toolbox, deal_id: int) -> bool:
    """Whether both sides said yes."""
    yes = Deal.state == DealState.AGREED
    return bool(_one(tools, select(Deal.id).where(Deal.id == deal_id, yes)))


def awaited(tools: Toolbox, deal_id: int) -> bool:
    """Whether goods that were committed are not accepted yet."""
    short = Lot.accepted + Lot.rejected + Lot.pledged < Lot.committed
    return bool(_one(tools, select(Lot.id).where(Lot.deal_id == deal_id, short)))


def sale(tools: Toolbox, deal_id: int) -> Sale | None:
    """The sale of a deal's goods."""
    with tools.reading() as session:
        return session.scalar(select(Sale).where(Sale.deal_id == deal_id).limit(1))


def sale_of_ref(tools: Toolbox, ref: str) -> Sale:
    """The sale of that reference."""
    with tools.reading() as session:
        return session.scalars(select(Sale).where(Sale.ref == ref)).one()


def unseen(tools: Toolbox, ref: str) -> Sequence[int]:
    """Variants in a sale whose style has no photograph: what nobody can see is not sold."""
    wanted = (
        select(SaleItem.variant_id)
        .join(Sale, Sale.id == SaleItem.sale_id)
        .join(Variant, Variant.id == SaleItem.variant_id)
        .where(
            Sale.ref == ref,
            ~select(Photograph.id).where(Photograph.style_id == Variant.style_id).exists(),
        )
    )
    with tools.reading() as session:
        return session.scalars(wanted).all()


def has_ordered(tools: Toolbox, member_id: int, *, ref: str) -> bool:
    """Whether a member was at the checkout with pieces of that sale before."""
    wanted = (
        select(OrderLine.id)
        .join(Order, Order.id == OrderLine.order_id)
        .join(Sale, Sale.id == OrderLine.sale_id)
        .where(Order.member_id == member_id, Sale.ref == ref)
    )
    return bool(_one(tools, wanted))


def _one(tools: Toolbox, wanted: Select[int]) -> int | None:
    with tools.reading() as session:
        return session.scalar(wanted.limit(1))
