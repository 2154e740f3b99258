"""Collections, their styles and their variants."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from sqlalchemy import exists, func, select

from marketplace.db import brands
from marketplace.db.catalogue import Collection, CollectionState, Style, Variant
from marketplace.domain.money import Money
from marketplace.domain.refusals import NotFound

if TYPE_CHECKING:
    from datetime import date, datetime

    from sqlalchemy import ColumnElement, Row, Select
    from sqlalchemy.orm import Session

    from marketplace.toolbox import Toolbox


@dataclass(frozen=True, slots=True)
class CollectionFed:
    """A collection with its brief; ``units`` are the known ones of its ``variants``."""

    collection_id: int
    name: str
    season: str
    currency: str
    state: CollectionState
    problem: str
    deadline: date | None
    never: str
    styles: int
    variants: int
    units: int
    created_at: datetime
    submitted_at: datetime | None


@dataclass(frozen=True, slots=True)
class StyleFed:
    """A style of a collection."""

    style_id: int
    code: str
    name: str
    description: str
    category: str
    gender: str
    composition: str
    origin: str
    condition: str
    defects: str
    manufacturer: str


@dataclass(frozen=True, slots=True)
class VariantFed:
    """A variant of a collection. ``units`` None is unknown, which is not zero."""

    variant_id: int
    style_id: int
    sku: str
    gtin: str
    colour: str
    size: str
    units: int | None
    rrp: Money | None
    floor: Money | None
    wholesale: Money | None


def listed(tools: Toolbox, *, after: int | None, most: int) -> tuple[CollectionFed, ...]:
    """Up to ``most`` of the brand's collections, the newest first, beginning after the one numbered ``after``."""
    where = [brands.within(tools.brand_id, Collection.brand_id)]
    if after is not None:
        where.append(Collection.id < after)
    with tools.reading() as session:
        return tuple(_fed(row) for row in session.execute(_collections(where, most)))


def one(tools: Toolbox, *, collection_id: int) -> CollectionFed:
    """The collection, if it is the brand's own."""
    with tools.reading() as session:
        row = session.execute(_collections(_own(tools, collection_id), 1)).one_or_none()
    if row is None:
        raise NotFound
    return _fed(row)


def styles(
    tools: Toolbox, *, collection_id: int, after: int | None, most: int
) -> tuple[StyleFed, ...]:
    """Up to ``most`` styles of the collection, beginning after the one numbered ``after``."""
    with tools.reading() as session:
        _check_own(tools, session, collection_id)
        wanted = (
            select(Style)
            .where(Style.collection_id == collection_id, Style.id > (after or 0))
            .order_by(Style.id)
            .limit(most)
        )
        return tuple(_style(row) for row in session.scalars(wanted))


def variants(
    tools: Toolbox, *, collection_id: int, after: int | None, most: int
) -> tuple[VariantFed, ...]:
    """Up to ``most`` variants of the collection that were not taken out of it, after the one numbered ``after``."""
    with tools.reading() as session:
        _check_own(tools, session, collection_id)
        wanted = (
            select(Variant)
            .where(
                Variant.collection_id == collection_id,
                Variant.withdrawn_at.is_(None),
                Variant.id > (after or 0),
            )
            .order_by(Variant.id)
            .limit(most)
        )
        return tuple(_variant(row) for row in session.scalars(wanted))


def _own(tools: Toolbox, collection_id: int) -> list[ColumnElement[bool]]:
    return [brands.within(tools.brand_id, Collection.brand_id), Collection.id == collection_id]


def _check_own(tools: Toolbox, session: Session, collection_id: int) -> None:
    if not session.scalar(select(exists().where(*_own(tools, collection_id)))):
        raise NotFound


def _collections(where: list[ColumnElement[bool]], most: int) -> Select[Any]:
    shown = select(Collection).where(*where).order_by(Collection.id.desc()).limit(most).subquery()
    sums = (
        select(
            Variant.collection_id,
            func.count(func.distinct(Variant.style_id)).label("styles"),
            func.count().label("variants"),
            func.coalesce(func.sum(Variant.units_offered), 0).label("units"),
        )
        .where(Variant.collection_id.in_(select(shown.c.id)), Variant.withdrawn_at.is_(None))
        .group_by(Variant.collection_id)
        .subquery()
    )
    counts = (
        func.coalesce(sums.c[name], 0).label(name) for name in ("styles", "variants", "units")
    )
    return (
        select(shown, *counts)
        .outerjoin(sums, sums.c.collection_id == shown.c.id)
        .order_by(shown.c.id.desc())
    )


def _fed(row: Row[Any]) -> CollectionFed:
    return CollectionFed(
        collection_id=row.id,
        name=row.name,
        season=row.season,
        currency=row.currency,
        state=row.state,
        problem=row.brief_problem,
        deadline=row.brief_deadline,
        never=row.brief_never,
        styles=row.styles,
        variants=row.variants,
        units=int(row.units),
        created_at=row.created_at,
        submitted_at=row.submitted_at,
    )


def _style(row: Style) -> StyleFed:
    return StyleFed(
        style_id=row.id,
        code=row.code,
        name=row.name,
        description=row.description,
        category=row.category,
        gender=row.gender,
        composition=row.composition,
        origin=row.origin,
        condition=row.condition,
        defects=row.details.get("defects", ""),
        manufacturer=row.manufacturer,
    )


def _variant(row: Variant) -> VariantFed:
    def money(minor: int | None) -> Money | None:
        return None if minor is None else Money(minor, row.currency)

    return VariantFed(
        variant_id=row.id,
        style_id=row.style_id,
        sku=row.sku,
        gtin=row.gtin,
        colour=row.colour,
        size=row.size,
        units=row.units_offered,
        rrp=money(row.rrp_minor),
        floor=money(row.floor_minor),
        wholesale=money(row.wholesale_minor),
    )
