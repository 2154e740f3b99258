"""A morning of a sale for the pages that tell a brand about it: styles in colours and sizes, buyers, empty shelves."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING
from uuid import uuid4

from sqlalchemy import text
from sqlalchemy.orm import Session

from marketplace.db.brands import Brand
from marketplace.db.deals import Deal, DealLine
from marketplace.db.sales import SaleItem
from marketplace.db.stock import Lot
from tests import factories

if TYPE_CHECKING:
    from marketplace.db.brands import BrandUser
    from marketplace.db.members import Member

OPENING = datetime(2026, 3, 5, 6, tzinfo=UTC)
"""Seven o'clock in Paris."""
SIZES = ("S", "M", "L")


@dataclass(frozen=True)
class Offer:
    """A style in one colour and how many pieces of each size are in the sale."""

    code: str
    name: str
    colour: str
    units: tuple[int, ...]
    sizes: tuple[str, ...] = SIZES
    price_minor: int = 6_000
    cost_minor: int | None = 2_000


COAT = Offer("COAT", "Wool coat", "Navy", (5, 5, 5))


@dataclass(frozen=True)
class Morning:
    """A sale of one brand, in numbers that outlive a session; items by style code, colour and size."""

    brand_id: int
    sale_id: int
    ref: str
    items: dict[tuple[str, str, str], int]

    def item(self, size: str = "M", code: str = "COAT", colour: str = "Navy") -> int:
        """One size of a style in a colour."""
        return self.items[code, colour, size]

    def person(self, session: Session, **more) -> BrandUser:
        """Somebody who speaks for the brand."""
        return factories.brand_user(session, of=session.get_one(Brand, self.brand_id), **more)


def set_out(
    session: Session,
    *,
    offers: tuple[Offer, ...] = (COAT,),
    of: Brand | None = None,
    length: timedelta = timedelta(days=2),
    opens_at: datetime = OPENING,
    **more,
) -> Morning:
    """A sale that opens at ``opens_at`` with ``offers`` on its shelves; the clock stands before it."""
    brand = of or factories.brand(session, name="Maison Verrier")
    home = factories.collection(session, of=brand)
    deal = factories.deal(session, of=home, variants=())
    sale = factories.sale(
        session,
        under=deal,
        opens_in=opens_at - factories.house_now(session),
        length=length,
        **{"title": "The winter house", **more},
    )
    sale.opens_at, sale.closes_at = opens_at, opens_at + length
    items = {}
    styles = {}
    for offer in offers:
        style = styles.get(offer.code) or factories.style(
            session, of=home, code=offer.code, name=offer.name
        )
        styles[offer.code] = style
        for rank, (size, units) in enumerate(zip(offer.sizes, offer.units, strict=True)):
            variant = factories.variant(
                session,
                of=style,
                size=size,
                colour=offer.colour,
                units=units,
                size_rank=rank,
                sku=f"{offer.code}-{offer.colour}-{size}",
                cost_minor=offer.cost_minor,
            )
            item = factories.sale_item(
                session,
                of=sale,
                variant=variant,
                units=units,
                price_minor=offer.price_minor,
                limit_per_member=10,
                lot=factories.lot(session, under=deal, of=variant, units=units),
            )
            items[offer.code, offer.colour, size] = item.id
    return Morning(brand.id, sale.id, sale.ref, items)


def may_release(session: Session, item_id: int, *, hard_stop: int) -> None:
    """The brand has more of an item and its deal lets it release them, up to ``hard_stop`` in all."""
    item = session.get_one(SaleItem, item_id)
    lot = session.get_one(Lot, item.lot_id)
    lot.offered = hard_stop
    session.add(
        DealLine(
            brand_id=item.brand_id,
            version_id=session.get_one(Deal, lot.deal_id).accepted_version_id,
            variant_id=item.variant_id,
            units=lot.committed,
            floor_minor=1_000,
            hard_stop=hard_stop,
        )
    )
    session.flush()


def hold(session: Session, item_id: int, *, units: int = 1, by: Member | None = None) -> int:
    """A member holds units of an item; the hold's id."""
    member = by or factories.member(session)
    return factories.hold(session, by=member, on=session.get_one(SaleItem, item_id), units=units)


def buy(session: Session, item_id: int, *, units: int = 1, by: Member | None = None) -> Member:
    """A member holds units of an item and pays them at this instant."""
    member = by or factories.member(session)
    held = hold(session, item_id, units=units, by=member)
    order = factories.order(session, by=member, hold_ids=[held])
    assert factories.sell(session, of=order) == "sold"
    return member


def want(session: Session, item_id: int, *, units: int = 1, by: Member | None = None) -> Member:
    """A member asks for units of an item in vain."""
    member = by or factories.member(session)
    outcome = session.execute(
        text("SELECT outcome FROM take_holds(ARRAY[:m], ARRAY[:i], ARRAY[:u], ARRAY[:k])"),
        {"m": member.id, "i": item_id, "u": units, "k": uuid4()},
    ).scalar_one()
    assert outcome in {"sold_out", "all_in_bags", "too_many"}, outcome
    return member
