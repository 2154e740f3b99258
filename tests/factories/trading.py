"""Sales, and what members hold and buy in them."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING
from uuid import uuid4

from sqlalchemy import text
from sqlalchemy.orm import Session

from marketplace.db import stock
from marketplace.db.catalogue import Collection, Variant
from marketplace.db.deals import Deal, DealLine
from marketplace.db.holds import Hold
from marketplace.db.members import Member
from marketplace.db.orders import Order, OrderLine
from marketplace.db.sales import Sale, SaleItem
from marketplace.db.stock import Lot
from marketplace.domain.moments import wall_time
from marketplace.domain.sales import SaleState

if TYPE_CHECKING:
    from collections.abc import Sequence

from tests.factories.goods import (
    collection,
    deal,
    lot,
    style,
    variant,
)
from tests.factories.kin import NUMBERS, house_now, saved
from tests.factories.people import brand


def sale(
    session: Session,
    *,
    under: Deal,
    opens_in: timedelta = -timedelta(hours=1),
    length: timedelta = timedelta(days=2),
    state: SaleState = SaleState.SCHEDULED,
    **more,
) -> Sale:
    """A sale that has been open for an hour, unless the test says otherwise."""
    number = next(NUMBERS)
    opens_at = house_now(session) + opens_in
    closes_at = opens_at + length
    return saved(
        session,
        Sale(
            ref=more.pop("ref", f"s{number:06d}"),
            brand_id=under.brand_id,
            deal_id=under.id,
            title=more.pop("title", "The winter house"),
            territory="FR",
            currency="EUR",
            state=state,
            zone="Europe/Paris",
            opens_wall=wall_time(opens_at, "Europe/Paris"),
            closes_wall=wall_time(closes_at, "Europe/Paris"),
            teaser_at=opens_at - timedelta(days=3),
            opens_at=opens_at,
            closes_at=closes_at,
            **more,
        ),
    )


def sale_item(
    session: Session,
    *,
    of: Sale,
    units: int = 5,
    price_minor: int = 6_000,
    variant: Variant | None = None,
    lot: Lot | None = None,
    **more,
) -> SaleItem:
    """Units of a variant offered in a sale; a variant and a lot are made where none is given."""
    under = session.get_one(Deal, of.deal_id)
    if variant is None:
        home = session.get_one(Collection, under.collection_id)
        variant = _variant(session, of=style(session, of=home), units=units)
        _agreed(session, under, variant, units)
    lot = lot or _lot(session, under=under, of=variant, units=units)
    row = saved(
        session,
        SaleItem(
            brand_id=of.brand_id,
            sale_id=of.id,
            variant_id=variant.id,
            lot_id=lot.id,
            price_minor=price_minor,
            units=units,
            available=units,
            **more,
        ),
    )
    stock.allocate(session, lot, units, sale_item_id=row.id)
    session.flush()
    return row


def _agreed(session: Session, under: Deal, what: Variant, units: int) -> None:
    session.add(
        DealLine(
            brand_id=under.brand_id,
            version_id=under.accepted_version_id,
            variant_id=what.id,
            units=units,
            floor_minor=1_000,
        )
    )


def sizes_on_sale(
    session: Session, *, of: Sale, sizes: Sequence[str], units: int = 1, spare: int = 0
) -> list[SaleItem]:
    """One new style in these sizes, ``units`` of each; and ``spare`` units each in the house."""
    under = session.get_one(Deal, of.deal_id)
    home = session.get_one(Collection, under.collection_id)
    piece = style(session, of=home)
    found = []
    for size in sizes:
        one = variant(session, of=piece, size=size, units=units + spare)
        _agreed(session, under, one, units + spare)
        home_of = _lot(session, under=under, of=one, units=units + spare)
        found.append(sale_item(session, of=of, units=units, variant=one, lot=home_of))
    return found


_variant, _lot = variant, lot


def open_sale(
    session: Session, *, units: int = 5, items: int = 1, mode: str = "consignment", **more
) -> tuple[Sale, list[SaleItem]]:
    """A whole open sale of a new brand with ``items`` items of ``units`` each."""
    of = brand(session)
    offered = collection(session, of=of)
    agreed = deal(session, of=offered, variants=(), mode=mode)
    running = sale(session, under=agreed, **more)
    return running, [sale_item(session, of=running, units=units) for _ in range(items)]


def hold(session: Session, *, by: Member, on: SaleItem, units: int = 1) -> int:
    """A hold, taken as a member takes it; returns its id."""
    row = session.execute(
        text("SELECT outcome, hold_id FROM take_holds(ARRAY[:m], ARRAY[:i], ARRAY[:u], ARRAY[:k])"),
        {"m": by.id, "i": on.id, "u": units, "k": uuid4()},
    ).one()
    assert row.outcome == "held", row.outcome
    return row.hold_id


def order(session: Session, *, by: Member, hold_ids: Sequence[int]) -> Order:
    """An order for these holds that waits for its payment."""
    held = [session.get_one(Hold, each) for each in hold_ids]
    items = sum(each.units * each.price_minor for each in held)
    at = house_now(session)
    row = saved(
        session,
        Order(
            ref=f"o{next(NUMBERS):06d}",
            member_id=by.id,
            territory="FR",
            currency="EUR",
            items_minor=items,
            shipping_minor=590,
            vat_minor=0,
            vat_bps=2_000,
            total_minor=items + 590,
            address={},
            promised_on=at.date() + timedelta(days=12),
            pay_by=at + timedelta(minutes=30),
        ),
    )
    for each in held:
        line = session.get_one(SaleItem, each.sale_item_id)
        session.add(
            OrderLine(
                order_id=row.id,
                brand_id=each.brand_id,
                sale_id=each.sale_id,
                sale_item_id=line.id,
                variant_id=line.variant_id,
                hold_id=each.id,
                units=each.units,
                price_minor=each.price_minor,
                vat_bps=2_000,
                commission_bps=2_500,
            )
        )
    session.flush()
    return row


def sell(session: Session, *, of: Order) -> str:
    """The payment of an order came, as far as the shelf is concerned; returns what the shelf answered."""
    answer = session.execute(text("SELECT sell_order(:id)"), {"id": of.id}).scalar_one()
    session.expire_all()
    return answer
