"""What a proposal is written from.

Every variant of a collection, and the newest version where there is one.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from sqlalchemy import select

from marketplace.db import brands, clock, deals
from marketplace.db.brands import Brand
from marketplace.db.catalogue import Collection, CollectionState, Style, Variant
from marketplace.db.deals import Deal
from marketplace.domain import moments
from marketplace.domain.deals import DealState, Line, terms_from
from marketplace.domain.money import Money
from marketplace.domain.refusals import NotFound

if TYPE_CHECKING:
    from datetime import date

    from sqlalchemy.orm import Session

    from marketplace.domain.deals import Terms
    from marketplace.toolbox import Toolbox


@dataclass(frozen=True, slots=True)
class DraftLine:
    """A variant that may be proposed.

    ``line`` is what the newest version says of it; none if nothing.
    """

    variant_id: int
    style_code: str
    style: str
    colour: str
    size: str
    offered: int | None
    brand_floor: Money | None
    target: Money | None
    rrp: Money | None
    cost: Money | None
    wholesale: Money | None
    line: Line | None

    @property
    def offered_units(self) -> int:
        """The units offered; none where the quantity is unknown."""
        return self.offered or 0


@dataclass(frozen=True, slots=True)
class Draft:
    """A collection laid out for a proposal.

    ``answers`` is the newest version's number; 0 before the first.
    """

    collection_id: int
    deal_id: int | None
    answers: int
    is_open: bool
    is_submitted: bool
    brand: str
    collection: str
    currency: str
    problem: str
    deadline: date | None
    never: str
    cost: Money | None
    terms: Terms | None
    lines: tuple[DraftLine, ...]
    today: date


def draft(tools: Toolbox, *, collection_id: int | None = None, deal_id: int | None = None) -> Draft:
    """The collection, named by itself or by its deal, laid out for a proposal."""
    assert (collection_id is None) != (deal_id is None), "one of the two names the collection"
    with tools.reading() as session:
        wanted = (
            select(Collection, Brand.name, Deal)
            .join(Brand, Brand.id == Collection.brand_id)
            .outerjoin(Deal, Deal.collection_id == Collection.id)
            .where(brands.within(tools.brand_id, Collection.brand_id))
        )
        by = Collection.id == collection_id if deal_id is None else Deal.id == deal_id
        found = session.execute(wanted.where(by)).one_or_none()
        if found is None:
            raise NotFound
        collection, brand = found[0], found[1]
        deal: Deal | None = found[2]
        terms, lines = _newest(session, deal)
        total = collection.cost_total_minor
        return Draft(
            collection_id=collection.id,
            deal_id=deal.id if deal else None,
            answers=deal.latest if deal else 0,
            is_open=deal is None or deal.state is DealState.OPEN,
            is_submitted=collection.state is CollectionState.SUBMITTED,
            brand=brand,
            collection=collection.name,
            currency=collection.currency,
            problem=collection.brief_problem,
            deadline=collection.brief_deadline,
            never=collection.brief_never,
            cost=None if total is None else Money(total, collection.currency),
            terms=terms,
            lines=_lines(session, collection.id, lines),
            today=moments.house_day(clock.instant(session)),
        )


def _newest(session: Session, deal: Deal | None) -> tuple[Terms | None, dict[int, Line]]:
    if deal is None:
        return None, {}
    version = deals.version(session, deal.id, deal.latest)
    lines = deals.lines(session, version.id)
    return terms_from(version.terms), {line.variant_id: line for line in lines}


def _lines(session: Session, collection_id: int, newest: dict[int, Line]) -> tuple[DraftLine, ...]:
    wanted = (
        select(Variant, Style.code, Style.name)
        .join(Style, Style.id == Variant.style_id)
        .where(Variant.collection_id == collection_id, Variant.withdrawn_at.is_(None))
        .order_by(Style.code, Variant.colour, Variant.size_rank, Variant.size)
    )
    return tuple(
        _line(variant, code, name, newest.get(variant.id))
        for variant, code, name in session.execute(wanted)
    )


def _line(variant: Variant, code: str, name: str, line: Line | None) -> DraftLine:
    def money(minor: int | None) -> Money | None:
        return None if minor is None else Money(minor, variant.currency)

    return DraftLine(
        variant_id=variant.id,
        style_code=code,
        style=name,
        colour=variant.colour,
        size=variant.size,
        offered=variant.units_offered,
        brand_floor=money(variant.floor_minor),
        target=money(variant.target_minor),
        rrp=money(variant.rrp_minor),
        cost=money(variant.cost_minor),
        wholesale=money(variant.wholesale_minor),
        line=line,
    )
