"""Deals, and the lines of one's newest version."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from sqlalchemy import select

from marketplace.db import brands
from marketplace.db.catalogue import Style, Variant
from marketplace.db.deals import Deal, DealLine, DealVersion
from marketplace.domain.money import Money
from marketplace.domain.refusals import NotFound

if TYPE_CHECKING:
    from datetime import datetime

    from marketplace.domain.deals import DealState, Side
    from marketplace.toolbox import Toolbox


@dataclass(frozen=True, slots=True)
class DealFed:
    """A deal and its newest version: ``latest`` by ``side``, good until ``expires_at`` unless it was answered."""

    deal_id: int
    collection_id: int
    state: DealState
    latest: int
    side: Side
    expires_at: datetime


@dataclass(frozen=True, slots=True)
class LineFed:
    """A line of the newest version. ``floor`` with VAT; ``unit_cost`` where that is how the brand is paid."""

    variant_id: int
    style_code: str
    colour: str
    size: str
    sku: str
    units: int
    floor: Money
    unit_cost: Money | None


def listed(tools: Toolbox, *, after: int | None, most: int) -> tuple[DealFed, ...]:
    """Up to ``most`` of the brand's deals, the newest first, beginning after the one numbered ``after``."""
    newest = (DealVersion.deal_id == Deal.id) & (DealVersion.number == Deal.latest)
    wanted = (
        select(
            Deal.id,
            Deal.collection_id,
            Deal.state,
            Deal.latest,
            DealVersion.side,
            DealVersion.expires_at,
        )
        .join(DealVersion, newest)
        .where(brands.within(tools.brand_id, Deal.brand_id))
        .order_by(Deal.id.desc())
        .limit(most)
    )
    if after is not None:
        wanted = wanted.where(Deal.id < after)
    with tools.reading() as session:
        return tuple(DealFed(*row) for row in session.execute(wanted))


def lines(tools: Toolbox, *, deal_id: int, after: int | None, most: int) -> tuple[LineFed, ...]:
    """Up to ``most`` lines of the newest version, beginning after that of the variant numbered ``after``."""
    newest = (DealVersion.deal_id == Deal.id) & (DealVersion.number == Deal.latest)
    version = (
        select(DealVersion.id)
        .join(Deal, newest)
        .where(Deal.id == deal_id, brands.within(tools.brand_id, Deal.brand_id))
    )
    with tools.reading() as session:
        version_id = session.scalar(version)
        if version_id is None:
            raise NotFound
        wanted = (
            select(DealLine, Variant, Style.code)
            .join(Variant, Variant.id == DealLine.variant_id)
            .join(Style, Style.id == Variant.style_id)
            .where(DealLine.version_id == version_id, DealLine.variant_id > (after or 0))
            .order_by(DealLine.variant_id)
            .limit(most)
        )
        return tuple(_line(line, variant, code) for line, variant, code in session.execute(wanted))


def _line(line: DealLine, variant: Variant, code: str) -> LineFed:
    cost = line.unit_cost_minor
    return LineFed(
        variant_id=variant.id,
        style_code=code,
        colour=variant.colour,
        size=variant.size,
        sku=variant.sku,
        units=line.units,
        floor=Money(line.floor_minor, variant.currency),
        unit_cost=None if cost is None else Money(cost, variant.currency),
    )
