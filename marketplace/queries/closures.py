"""On which days is a brand closed, and which sales stand against it? Its own days, and those its deals name."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from sqlalchemy import select

from marketplace.db import clock, closures
from marketplace.db.brands import Brand, within
from marketplace.db.closures import Closure
from marketplace.db.deals import Deal, DealVersion
from marketplace.domain.closures import zone_of
from marketplace.domain.deals import Days, terms_from
from marketplace.domain.moments import wall_time
from marketplace.domain.refusals import NotFound

if TYPE_CHECKING:
    from datetime import date

    from sqlalchemy.orm import Session

    from marketplace.toolbox import Toolbox

COMING_SHOWN_MAX = 50
DEALS_LOOKED_AT_MAX = 100


@dataclass(frozen=True, slots=True)
class Line:
    """Days on which the brand is closed; ``against`` names sales scheduled to open on them."""

    closure_id: int
    first: date
    last: date
    note: str
    against: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Blackout:
    """Days without a sale that an agreed deal names."""

    deal_id: int
    days: Days


@dataclass(frozen=True, slots=True)
class Calendar:
    """What is closed from today on, in the calendar of ``zone``: the brand's days, and those of its deals."""

    brand_id: int
    brand: str
    zone: str
    today: date
    closures: tuple[Line, ...]
    blackouts: tuple[Blackout, ...]


@dataclass(frozen=True, slots=True)
class ClosedBrand:
    """A brand that is closed on days of a week, for whoever plans it."""

    brand_id: int
    brand: str
    first: date
    last: date
    note: str


def of_brand(tools: Toolbox, *, brand_id: int) -> Calendar:
    """The brand's closed days that have not ended; NotFound for one that is not the actor's."""
    with tools.reading() as session:
        brand = session.scalars(
            select(Brand).where(Brand.id == brand_id, within(tools.brand_id, Brand.id))
        ).one_or_none()
        if brand is None:
            raise NotFound
        zone = zone_of(brand.country)
        today = wall_time(clock.instant(session), zone).date()
        rows = session.scalars(
            select(Closure)
            .where(
                Closure.brand_id == brand_id,
                Closure.ended_at.is_(None),
                Closure.last_on >= today,
            )
            .order_by(Closure.first_on, Closure.id)
            .limit(COMING_SHOWN_MAX)
        ).all()
        lines = tuple(_line(session, row, zone) for row in rows)
        return Calendar(
            brand_id, brand.name, zone, today, lines, _blackouts(session, brand_id, today)
        )


def of_week(session: Session, first: date, last: date) -> tuple[ClosedBrand, ...]:
    """Every brand that is closed on one of these days, by name, for the board that looks in ``session``."""
    rows = session.execute(
        select(Brand.id, Brand.name, Closure.first_on, Closure.last_on, Closure.note)
        .join(Brand, Brand.id == Closure.brand_id)
        .where(Closure.ended_at.is_(None), Closure.first_on <= last, Closure.last_on >= first)
        .order_by(Brand.name, Closure.first_on)
        .limit(COMING_SHOWN_MAX)
    )
    return tuple(ClosedBrand(*row) for row in rows)


def _line(session: Session, row: Closure, zone: str) -> Line:
    days = Days(row.first_on, row.last_on)
    against = closures.scheduled_within(session, row.brand_id, days, zone)
    return Line(row.id, row.first_on, row.last_on, row.note, against)


def _blackouts(session: Session, brand_id: int, today: date) -> tuple[Blackout, ...]:
    rows = session.execute(
        select(Deal.id, DealVersion.terms)
        .join(DealVersion, DealVersion.id == Deal.accepted_version_id)
        .where(Deal.brand_id == brand_id)
        .order_by(Deal.id.desc())
        .limit(DEALS_LOOKED_AT_MAX)
    )
    found = [
        Blackout(deal_id, days)
        for deal_id, terms in rows
        for days in terms_from(terms).blackouts
        if days.last >= today
    ]
    return tuple(sorted(found, key=lambda each: (each.days.first, each.deal_id)))
