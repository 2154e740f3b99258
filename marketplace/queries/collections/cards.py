"""The styles of a collection: one page of them, and what they lack."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from sqlalchemy import func, select
from sqlalchemy.dialects.postgresql import distinct_on

from marketplace.db.catalogue import Photograph, PhotographState, Style, Variant
from marketplace.domain.catalogue import BLOCKING, Fact, StyleFacts, lacking
from marketplace.domain.money import Money

if TYPE_CHECKING:
    from sqlalchemy import ColumnElement, Select
    from sqlalchemy.orm import Session

STYLES_PER_PAGE = 24


@dataclass(frozen=True, slots=True)
class StyleCard:
    """A style in its collection.

    Prices are the lowest and highest public ones; ``lacks`` what a sale asks.
    """

    style_id: int
    code: str
    name: str
    category: str
    photograph_id: int | None
    paper: str
    colours: int
    variants: int
    units: int
    unknown: int
    rrp_from: Money | None
    rrp_to: Money | None
    lacks: tuple[Fact, ...]


_IS_TEXTILE = func.coalesce(Style.details["not_textile"].astext, "") != "true"
_HAS_PHOTOGRAPH = (
    select(Photograph.id)
    .where(Photograph.style_id == Style.id, Photograph.state == PhotographState.READY)
    .exists()
)
LACKS: dict[Fact, ColumnElement[bool]] = {
    Fact.NAME: Style.name == "",
    Fact.DESCRIPTION: Style.description == "",
    Fact.COMPOSITION: (Style.composition == "") & _IS_TEXTILE,
    Fact.CONDITION: Style.condition == "",
    Fact.MANUFACTURER: Style.manufacturer == "",
    Fact.ORIGIN: Style.origin == "",
    Fact.PHOTOGRAPH: ~_HAS_PHOTOGRAPH,
}
"""The rule of ``domain.catalogue.lacking`` as conditions, to count and to filter by."""


def complete(session: Session, collection_id: int) -> int:
    """How many styles lack nothing that a sale asks for."""
    wanted = (
        select(func.count())
        .select_from(Style)
        .where(Style.collection_id == collection_id, *(~LACKS[fact] for fact in BLOCKING))
    )
    return session.execute(wanted).scalar_one()


def count_lacking(session: Session, collection_id: int) -> dict[Fact, int]:
    """How many styles lack each fact; facts that none lacks are left out."""
    counts = session.execute(
        select(*(func.count().filter(LACKS[fact]) for fact in Fact)).where(
            Style.collection_id == collection_id
        )
    ).one()
    return {fact: count for fact, count in zip(Fact, counts, strict=True) if count}


def cards(
    session: Session, where: list[ColumnElement[bool]], currency: str, page: int
) -> tuple[StyleCard, ...]:
    """One page of the styles that ``where`` holds for, by their code."""
    styles = session.scalars(
        select(Style)
        .where(*where)
        .order_by(Style.code)
        .limit(STYLES_PER_PAGE)
        .offset((page - 1) * STYLES_PER_PAGE)
    ).all()
    ids = [style.id for style in styles]
    sums: dict[int, Any] = {row.style_id: row for row in session.execute(_of_styles(ids))}
    first: dict[int, Any] = {row.style_id: row for row in session.execute(_first_photographs(ids))}
    return tuple(
        _card(style, sums.get(style.id), first.get(style.id), currency) for style in styles
    )


def _of_styles(
    ids: list[int],
) -> Select[int, int, int, int | None, int, int | None, int | None]:
    return (
        select(
            Variant.style_id,
            func.count(func.distinct(Variant.colour)).label("colours"),
            func.count().label("variants"),
            func.sum(Variant.units_offered).label("units"),
            func.count().filter(Variant.units_offered.is_(None)).label("unknown"),
            func.min(Variant.rrp_minor).label("rrp_from"),
            func.max(Variant.rrp_minor).label("rrp_to"),
        )
        .where(Variant.style_id.in_(ids), Variant.withdrawn_at.is_(None))
        .group_by(Variant.style_id)
    )


def _first_photographs(ids: list[int]) -> Select[int, int, str, int]:
    return (
        select(
            Photograph.style_id,
            Photograph.id,
            Photograph.paper,
            func.count().over(partition_by=Photograph.style_id).label("photographs"),
        )
        .where(Photograph.style_id.in_(ids), Photograph.state == PhotographState.READY)
        .ext(distinct_on(Photograph.style_id))
        .order_by(Photograph.style_id, Photograph.position, Photograph.id)
    )


def _card(style: Style, sums: Any, photograph: Any, currency: str) -> StyleCard:  # noqa: ANN401 - rows of the two selects above
    rrp_from, rrp_to = (sums.rrp_from, sums.rrp_to) if sums else (None, None)
    return StyleCard(
        style_id=style.id,
        code=style.code,
        name=style.name,
        category=style.category,
        photograph_id=photograph.id if photograph else None,
        paper=photograph.paper if photograph else "",
        colours=sums.colours if sums else 0,
        variants=sums.variants if sums else 0,
        units=int(sums.units or 0) if sums else 0,
        unknown=sums.unknown if sums else 0,
        rrp_from=None if rrp_from is None else Money(rrp_from, currency),
        rrp_to=None if rrp_to is None else Money(rrp_to, currency),
        lacks=lacking(facts_of(style, photograph.photographs if photograph else 0)),
    )


def facts_of(style: Style, photographs: int) -> StyleFacts:
    """What the rules of completeness read of a stored style."""
    return StyleFacts(
        name=style.name,
        description=style.description,
        composition=style.composition,
        condition=style.condition,
        manufacturer=style.manufacturer,
        origin=style.origin,
        photographs=photographs,
        not_textile=bool(style.details.get("not_textile")),
    )
