"""One collection: its brief, its figures, its styles, its files and its evidence."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from sqlalchemy import func, select

from marketplace.db import brands, deals
from marketplace.db.brands import Brand
from marketplace.db.catalogue import Collection, CollectionState, RrpEvidence, Style, Variant
from marketplace.db.deals import Deal
from marketplace.db.imports import ENDED, Import
from marketplace.domain.money import Money
from marketplace.domain.refusals import NotFound
from marketplace.queries.collections import cards
from marketplace.queries.collections.cards import LACKS, STYLES_PER_PAGE

if TYPE_CHECKING:
    from datetime import date, datetime

    from sqlalchemy import Select
    from sqlalchemy.orm import Session

    from marketplace.domain.catalogue import Fact
    from marketplace.domain.deals import DealState
    from marketplace.domain.imports.steps import ImportState
    from marketplace.queries.collections.cards import StyleCard
    from marketplace.toolbox import Toolbox

IMPORTS_SHOWN_MAX = 10
EVIDENCE_SHOWN_MAX = 50


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

    ``confidential``: the brand asks that nothing of it be spoken of outside the house.

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
    confidential: bool
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
            where.append(LACKS[lacks])
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
            confidential=row.confidential,
            submitted_at=row.submitted_at,
            frozen=deals.is_agreed(session, row.id),
            deal_id=deal.id if deal else None,
            deal_state=deal.state if deal else None,
            styles=sums.styles,
            variants=sums.variants,
            units=int(sums.units or 0),
            unknown=sums.unknown,
            complete=cards.complete(session, row.id),
            lacking=cards.count_lacking(session, row.id),
            cards=cards.cards(session, where, row.currency, page),
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
