"""Collections as their brand and the house see them: what is in them, and what they still lack."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from sqlalchemy import func, select
from sqlalchemy.dialects.postgresql import distinct_on

from marketplace.db import brands, deals
from marketplace.db.brands import Brand
from marketplace.db.catalogue import (
    Collection,
    CollectionState,
    Photograph,
    PhotographState,
    RrpEvidence,
    Style,
    Variant,
)
from marketplace.db.deals import Deal
from marketplace.db.imports import ENDED, Import
from marketplace.domain.catalogue import BLOCKING, Fact, StyleFacts, lacking
from marketplace.domain.money import Money
from marketplace.domain.refusals import NotFound

if TYPE_CHECKING:
    from datetime import date, datetime

    from sqlalchemy import ColumnElement, Row, Select
    from sqlalchemy.orm import Session

    from marketplace.domain.deals import DealState
    from marketplace.domain.imports.steps import ImportState
    from marketplace.toolbox import Toolbox

PAGE_SIZE = 25
STYLES_PER_PAGE = 24
IMPORTS_SHOWN_MAX = 10
EVIDENCE_SHOWN_MAX = 50


@dataclass(frozen=True, slots=True)
class Listed:
    """A collection in the list.

    ``units`` are the known ones; ``deal_id`` none while nothing was proposed.
    """

    collection_id: int
    brand: str
    name: str
    season: str
    state: CollectionState
    styles: int
    variants: int
    units: int
    deal_id: int | None
    deal_state: DealState | None
    created_at: datetime
    submitted_at: datetime | None


@dataclass(frozen=True, slots=True)
class Listing:
    """One page of collections, the newest first."""

    collections: tuple[Listed, ...]
    total: int
    page: int
    page_size: int = PAGE_SIZE


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


@dataclass(frozen=True, slots=True)
class ImportLine:
    """A file that came into, or is on its way into, the collection."""

    import_id: int
    filename: str
    state: ImportState
    created_at: datetime


@dataclass(frozen=True, slots=True)
class Proof:
    """Where public prices were asked; ``style`` none: those of the whole collection."""

    evidence_id: int
    kind: str
    reference: str
    seen_on: date
    style: str | None
    filename: str | None


@dataclass(frozen=True, slots=True)
class BriefShown:
    """What the brand asks of the house; the cost is the brand's secret and the operator's to know."""

    problem: str
    deadline: date | None
    never: str
    cost: Money | None


@dataclass(frozen=True, slots=True)
class CollectionPage:
    """A collection with one page of its styles.

    ``lacking`` counts styles by what they lack, ``complete`` those that lack nothing a sale asks for.

    ``frozen``: the deal is agreed, no file changes it any more.
    """

    collection_id: int
    brand_id: int
    brand: str
    name: str
    season: str
    currency: str
    state: CollectionState
    brief: BriefShown
    submitted_at: datetime | None
    frozen: bool
    deal_id: int | None
    deal_state: DealState | None
    styles: int
    variants: int
    units: int
    unknown: int
    complete: int
    lacking: dict[Fact, int]
    cards: tuple[StyleCard, ...]
    shown: int
    imports: tuple[ImportLine, ...]
    evidence: tuple[Proof, ...]
    page: int
    page_size: int = STYLES_PER_PAGE


_IS_TEXTILE = func.coalesce(Style.details["not_textile"].astext, "") != "true"
_HAS_PHOTOGRAPH = (
    select(Photograph.id)
    .where(Photograph.style_id == Style.id, Photograph.state == PhotographState.READY)
    .exists()
)
_LACKS: dict[Fact, ColumnElement[bool]] = {
    Fact.NAME: Style.name == "",
    Fact.DESCRIPTION: Style.description == "",
    Fact.COMPOSITION: (Style.composition == "") & _IS_TEXTILE,
    Fact.CONDITION: Style.condition == "",
    Fact.MANUFACTURER: Style.manufacturer == "",
    Fact.ORIGIN: Style.origin == "",
    Fact.PHOTOGRAPH: ~_HAS_PHOTOGRAPH,
}
"""The rule of ``domain.catalogue.lacking`` as conditions, to count and to filter by."""


def listed(tools: Toolbox, *, submitted: bool = False, page: int = 1) -> Listing:
    """The brand's collections; the house sees all brands', or only those that were ``submitted``."""
    where = [brands.within(tools.brand_id, Collection.brand_id)]
    if submitted:
        where.append(Collection.state == CollectionState.SUBMITTED)
    with tools.reading() as session:
        total = session.execute(
            select(func.count()).select_from(Collection).where(*where)
        ).scalar_one()
        rows = session.execute(_listing(where, page)).all()
    return Listing(tuple(_listed(row) for row in rows), total, page)


def _listing(where: list[ColumnElement[bool]], page: int) -> Select[Any]:
    shown = (
        select(Collection, Brand.name.label("brand"))
        .join(Brand, Brand.id == Collection.brand_id)
        .where(*where)
        .order_by(Collection.id.desc())
        .limit(PAGE_SIZE)
        .offset((page - 1) * PAGE_SIZE)
        .subquery()
    )
    of_variants = (
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
    return (
        select(
            shown,
            func.coalesce(of_variants.c.styles, 0).label("styles"),
            func.coalesce(of_variants.c.variants, 0).label("variants"),
            func.coalesce(of_variants.c.units, 0).label("units"),
            Deal.id.label("deal_id"),
            Deal.state.label("deal_state"),
        )
        .outerjoin(of_variants, of_variants.c.collection_id == shown.c.id)
        .outerjoin(Deal, Deal.collection_id == shown.c.id)
        .order_by(shown.c.id.desc())
    )


def _listed(row: Row[Any]) -> Listed:
    return Listed(
        collection_id=row.id,
        brand=row.brand,
        name=row.name,
        season=row.season,
        state=row.state,
        styles=row.styles,
        variants=row.variants,
        units=int(row.units),
        deal_id=row.deal_id,
        deal_state=row.deal_state,
        created_at=row.created_at,
        submitted_at=row.submitted_at,
    )


def one(
    tools: Toolbox, *, collection_id: int, lacks: Fact | None = None, page: int = 1
) -> CollectionPage:
    """The collection; its styles are only those that lack ``lacks``, where that is asked for."""
    with tools.reading() as session:
        row, brand = _found(tools, session, collection_id)
        deal = session.execute(
            select(Deal.id, Deal.state).where(Deal.collection_id == row.id)
        ).one_or_none()
        sums = session.execute(_sums(row.id)).one()
        where = [Style.collection_id == row.id]
        if lacks is not None:
            where.append(_LACKS[lacks])
        shown = session.execute(select(func.count()).select_from(Style).where(*where)).scalar_one()
        return CollectionPage(
            collection_id=row.id,
            brand_id=row.brand_id,
            brand=brand,
            name=row.name,
            season=row.season,
            currency=row.currency,
            state=row.state,
            brief=_brief(row),
            submitted_at=row.submitted_at,
            frozen=deals.is_agreed(session, row.id),
            deal_id=deal.id if deal else None,
            deal_state=deal.state if deal else None,
            styles=sums.styles,
            variants=sums.variants,
            units=int(sums.units or 0),
            unknown=sums.unknown,
            complete=_complete(session, row.id),
            lacking=_lacking(session, row.id),
            cards=_cards(session, where, row.currency, page),
            shown=shown,
            imports=_imports(session, row.id),
            evidence=_evidence(session, row.id),
            page=page,
        )


def _found(tools: Toolbox, session: Session, collection_id: int) -> tuple[Collection, str]:
    wanted = (
        select(Collection, Brand.name)
        .join(Brand, Brand.id == Collection.brand_id)
        .where(Collection.id == collection_id, brands.within(tools.brand_id, Collection.brand_id))
    )
    found = session.execute(wanted).one_or_none()
    if found is None:
        raise NotFound
    return found[0], found[1]


def _brief(row: Collection) -> BriefShown:
    cost = None if row.cost_total_minor is None else Money(row.cost_total_minor, row.currency)
    return BriefShown(row.brief_problem, row.brief_deadline, row.brief_never, cost)


def _sums(collection_id: int) -> Select[int, int, int | None, int]:
    return select(
        func.count(func.distinct(Variant.style_id)).label("styles"),
        func.count().label("variants"),
        func.sum(Variant.units_offered).label("units"),
        func.count().filter(Variant.units_offered.is_(None)).label("unknown"),
    ).where(Variant.collection_id == collection_id, Variant.withdrawn_at.is_(None))


def _complete(session: Session, collection_id: int) -> int:
    wanted = (
        select(func.count())
        .select_from(Style)
        .where(Style.collection_id == collection_id, *(~_LACKS[fact] for fact in BLOCKING))
    )
    return session.execute(wanted).scalar_one()


def _lacking(session: Session, collection_id: int) -> dict[Fact, int]:
    """How many styles lack each fact; facts that none lacks are left out."""
    counts = session.execute(
        select(*(func.count().filter(_LACKS[fact]) for fact in Fact)).where(
            Style.collection_id == collection_id
        )
    ).one()
    return {fact: count for fact, count in zip(Fact, counts, strict=True) if count}


def _cards(
    session: Session, where: list[ColumnElement[bool]], currency: str, page: int
) -> tuple[StyleCard, ...]:
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


def _imports(session: Session, collection_id: int) -> tuple[ImportLine, ...]:
    wanted = (
        select(Import.id, brands.StoredFile.filename, Import.state, Import.created_at)
        .join(brands.StoredFile, brands.StoredFile.id == Import.file_id)
        .where(Import.collection_id == collection_id)
        .order_by(Import.state.in_(ENDED), Import.id.desc())
        .limit(IMPORTS_SHOWN_MAX)
    )
    return tuple(ImportLine(*row) for row in session.execute(wanted))


def _evidence(session: Session, collection_id: int) -> tuple[Proof, ...]:
    wanted = (
        select(
            RrpEvidence.id,
            RrpEvidence.kind,
            RrpEvidence.reference,
            RrpEvidence.seen_on,
            Style.code,
            brands.StoredFile.filename,
        )
        .outerjoin(Style, Style.id == RrpEvidence.style_id)
        .outerjoin(brands.StoredFile, brands.StoredFile.id == RrpEvidence.file_id)
        .where(RrpEvidence.collection_id == collection_id)
        .order_by(RrpEvidence.id.desc())
        .limit(EVIDENCE_SHOWN_MAX)
    )
    return tuple(Proof(*row) for row in session.execute(wanted))
