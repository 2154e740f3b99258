"""How an agreed deal is kept: what was delivered and accepted, and what the brand may still release."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from sqlalchemy import select

from marketplace.db import clock, deals
from marketplace.db.catalogue import Style, Variant
from marketplace.db.stock import Lot
from marketplace.domain import moments
from marketplace.domain.deals import ChargeReason, terms_from
from marketplace.domain.settlements import charge

if TYPE_CHECKING:
    from sqlalchemy.orm import Session

    from marketplace.db.deals import Deal, DealVersion
    from marketplace.domain.money import Money


@dataclass(frozen=True, slots=True)
class Releasable:
    """A variant of which the brand may still release ``most`` units before its hard stop."""

    variant_id: int
    name: str
    most: int


@dataclass(frozen=True, slots=True)
class Delivery:
    """Units over all lots. ``short`` are those not arrived by the day that was agreed on.

    ``charge`` is what the tariff names for them, None where it names nothing: it is told, and
    never taken without notice and proof.
    """

    committed: int
    received: int
    accepted: int
    rejected: int
    short: int
    charge: Money | None
    releasable: tuple[Releasable, ...]


def delivery(session: Session, deal: Deal, version: DealVersion) -> Delivery:
    """What became of the goods of the accepted ``version``."""
    lines = {line.variant_id: line for line in deals.lines(session, version.id)}
    found = session.execute(
        select(Lot, Variant, Style.code)
        .join(Variant, Variant.id == Lot.variant_id)
        .join(Style, Style.id == Variant.style_id)
        .where(Lot.deal_id == deal.id)
        .order_by(Style.code, Variant.colour, Variant.size_rank, Variant.size)
    ).all()
    lots = [row[0] for row in found]
    committed, received = (
        sum(getattr(lot, name) for lot in lots) for name in ("committed", "received")
    )
    terms = terms_from(version.terms)
    today = moments.house_day(clock.instant(session))
    late = terms.deliver_by is not None and terms.deliver_by < today
    short = committed - received if late else 0
    return Delivery(
        committed=committed,
        received=received,
        accepted=sum(lot.accepted for lot in lots),
        rejected=sum(lot.rejected for lot in lots),
        short=short,
        charge=charge(terms, ChargeReason.SHORT, short) if short else None,
        releasable=tuple(
            Releasable(lot.variant_id, _name(variant, code), most)
            for lot, variant, code in found
            if lot.variant_id in lines
            and (most := (lines[lot.variant_id].hard_stop or 0) - lot.committed) > 0
        ),
    )


def _name(variant: Variant, code: str) -> str:
    return " · ".join(filter(None, (code, variant.colour, variant.size)))
