"""A brand's first page: what needs it now, its sales, its deals, its last reports."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING

from sqlalchemy import func, select

from marketplace.db import brands, clock
from marketplace.db.catalogue import Collection, CollectionState, Style, Variant
from marketplace.db.deals import Deal, DealVersion
from marketplace.db.exits import ExitPlan
from marketplace.db.imports import Import
from marketplace.db.purchases import Purchase
from marketplace.db.reports import Report
from marketplace.db.sales import Sale, SaleItem, window
from marketplace.db.settlements import Charge
from marketplace.domain import moments
from marketplace.domain.deals import DealState, Side
from marketplace.domain.imports.steps import ImportState
from marketplace.domain.purchases import PurchaseState
from marketplace.domain.sales import Phase, SaleState, phase
from marketplace.domain.settlements import ChargeState

if TYPE_CHECKING:
    from collections.abc import Iterator
    from datetime import datetime

    from sqlalchemy.orm import Session

    from marketplace.db.reports import ReportKind
    from marketplace.toolbox import Toolbox

NEEDS_SHOWN_MAX = 20
SALES_SHOWN_MAX = 8
REPORTS_SHOWN_MAX = 6


class Needed(StrEnum):
    """What the brand is asked to do."""

    MAP = "map"
    CONFIRM = "confirm"
    RETRY = "retry"
    SUBMIT = "submit"
    COMPLETE = "complete"
    ANSWER = "answer"
    CONFIRM_ORDER = "confirm_order"
    LOOK_AT_CHARGE = "look_at_charge"
    CHOOSE_EXIT = "choose_exit"
    APPROVE = "approve"
    APPROVE_AGAIN = "approve_again"


@dataclass(frozen=True, slots=True)
class Need:
    """One thing to do.

    About what (``number`` or ``ref``), called ``name``, by when where there is a date.
    """

    needed: Needed
    name: str
    number: int = 0
    ref: str = ""
    count: int = 0
    due_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class SaleLine:
    """One of the brand's sales and what it is at this instant."""

    ref: str
    title: str
    phase: Phase
    state: SaleState
    opens_at: datetime
    closes_at: datetime
    approved: bool


@dataclass(frozen=True, slots=True)
class ReportLine:
    """A report that was taken of one of the brand's sales."""

    report_id: int
    sale: str
    kind: ReportKind
    as_of: datetime


@dataclass(frozen=True, slots=True)
class Home:
    """The page. ``collections`` counts all of the brand's."""

    needs: tuple[Need, ...]
    sales: tuple[SaleLine, ...]
    reports: tuple[ReportLine, ...]
    collections: int


def look(tools: Toolbox) -> Home:
    """The brand's home as of now; what has a date comes first, the nearest before the others."""
    with tools.reading() as session:
        now = clock.instant(session)
        needs = [
            *_orders(tools, session),
            *_charges(tools, session),
            *_exits(tools, session, now),
            *_answers(tools, session, now),
            *_approvals(tools, session),
            *_imports(tools, session),
            *_submissions(tools, session),
            *_completions(tools, session),
        ]
        owned = brands.within(tools.brand_id, Collection.brand_id)
        count = select(func.count()).select_from(Collection).where(owned)
        return Home(
            needs=tuple(needs[:NEEDS_SHOWN_MAX]),
            sales=_sales(tools, session, now),
            reports=_reports(tools, session),
            collections=session.execute(count).scalar_one(),
        )


def _orders(tools: Toolbox, session: Session) -> Iterator[Need]:
    """What a sale sold and the house has ordered, until the brand confirms it."""
    wanted = (
        select(Purchase.ref, Purchase.deliver_by, Sale.title)
        .join(Sale, Sale.id == Purchase.sale_id)
        .where(
            brands.within(tools.brand_id, Purchase.brand_id),
            Purchase.state == PurchaseState.ORDERED,
        )
        .order_by(Purchase.deliver_by)
        .limit(NEEDS_SHOWN_MAX)
    )
    for row in session.execute(wanted):
        due_at = moments.end_of(row.deliver_by)
        yield Need(Needed.CONFIRM_ORDER, row.title, ref=row.ref, due_at=due_at)


def _charges(tools: Toolbox, session: Session) -> Iterator[Need]:
    """Charges that the brand may still contest, with the last moment of it."""
    wanted = (
        select(Charge.id, Charge.contest_by, Collection.name)
        .join(Deal, Deal.id == Charge.deal_id)
        .join(Collection, Collection.id == Deal.collection_id)
        .where(
            brands.within(tools.brand_id, Charge.brand_id),
            Charge.state == ChargeState.PROPOSED,
        )
        .order_by(Charge.contest_by)
        .limit(NEEDS_SHOWN_MAX)
    )
    for row in session.execute(wanted):
        yield Need(Needed.LOOK_AT_CHARGE, row.name, number=row.id, due_at=row.contest_by)


def _exits(tools: Toolbox, session: Session, now: datetime) -> Iterator[Need]:
    """Goods that were not sold, while the brand may say what becomes of them and has not."""
    wanted = (
        select(ExitPlan.deal_id, ExitPlan.choose_by, Collection.name)
        .join(Deal, Deal.id == ExitPlan.deal_id)
        .join(Collection, Collection.id == Deal.collection_id)
        .where(
            brands.within(tools.brand_id, ExitPlan.brand_id),
            ExitPlan.chosen.is_(None),
            ExitPlan.choose_by > now,
        )
        .order_by(ExitPlan.choose_by)
        .limit(NEEDS_SHOWN_MAX)
    )
    for row in session.execute(wanted):
        yield Need(Needed.CHOOSE_EXIT, row.name, number=row.deal_id, due_at=row.choose_by)


def _answers(tools: Toolbox, session: Session, now: datetime) -> Iterator[Need]:
    """The house's proposals that stand unanswered."""
    wanted = (
        select(Deal.id, Collection.name, DealVersion.expires_at)
        .join(
            DealVersion,
            (DealVersion.deal_id == Deal.id) & (DealVersion.number == Deal.latest),
        )
        .join(Collection, Collection.id == Deal.collection_id)
        .where(
            brands.within(tools.brand_id, Deal.brand_id),
            Deal.state == DealState.OPEN,
            DealVersion.side == Side.HOUSE,
            DealVersion.expires_at > now,
        )
        .order_by(DealVersion.expires_at)
    )
    for row in session.execute(wanted):
        yield Need(Needed.ANSWER, row.name, number=row.id, due_at=row.expires_at)


def _approvals(tools: Toolbox, session: Session) -> Iterator[Need]:
    """Drafts with items whose present version the brand has not approved."""
    filled = select(SaleItem.id).where(SaleItem.sale_id == Sale.id).exists()
    wanted = (
        select(Sale.ref, Sale.title, Sale.opens_at, Sale.approved_version)
        .where(
            brands.within(tools.brand_id, Sale.brand_id),
            Sale.state == SaleState.DRAFT,
            func.coalesce(Sale.approved_version, 0) != Sale.version,
            filled,
        )
        .order_by(Sale.opens_at)
    )
    for row in session.execute(wanted):
        needed = Needed.APPROVE if row.approved_version is None else Needed.APPROVE_AGAIN
        yield Need(needed, row.title, ref=row.ref, due_at=row.opens_at)


_ASKS = {
    ImportState.MAPPING: Needed.MAP,
    ImportState.PREVIEWED: Needed.CONFIRM,
    ImportState.FAILED: Needed.RETRY,
}


def _imports(tools: Toolbox, session: Session) -> Iterator[Need]:
    wanted = (
        select(Import.id, Import.state, brands.StoredFile.filename)
        .join(brands.StoredFile, brands.StoredFile.id == Import.file_id)
        .where(brands.within(tools.brand_id, Import.brand_id), Import.state.in_(tuple(_ASKS)))
        .order_by(Import.id.desc())
        .limit(NEEDS_SHOWN_MAX)
    )
    for row in session.execute(wanted):
        yield Need(_ASKS[row.state], row.filename, number=row.id)


def _submissions(tools: Toolbox, session: Session) -> Iterator[Need]:
    """Collections with variants that were never submitted."""
    filled = select(Variant.id).where(Variant.collection_id == Collection.id).exists()
    wanted = (
        select(Collection.id, Collection.name)
        .where(
            brands.within(tools.brand_id, Collection.brand_id),
            Collection.state == CollectionState.DRAFT,
            filled,
        )
        .order_by(Collection.id.desc())
        .limit(NEEDS_SHOWN_MAX)
    )
    for row in session.execute(wanted):
        yield Need(Needed.SUBMIT, row.name, number=row.id)


def _completions(tools: Toolbox, session: Session) -> Iterator[Need]:
    """Submitted collections in which styles lack what the law asks before a sale."""
    lacking = (Style.composition == "") & (
        func.coalesce(Style.details["not_textile"].astext, "") != "true"
    )
    wanted = (
        select(Collection.id, Collection.name, func.count().label("count"))
        .join(Style, Style.collection_id == Collection.id)
        .where(
            brands.within(tools.brand_id, Collection.brand_id),
            Collection.state == CollectionState.SUBMITTED,
            lacking | (Style.manufacturer == "") | (Style.condition == ""),
        )
        .group_by(Collection.id, Collection.name)
        .order_by(Collection.id.desc())
        .limit(NEEDS_SHOWN_MAX)
    )
    for row in session.execute(wanted):
        yield Need(Needed.COMPLETE, row.name, number=row.id, count=row[2])


def _sales(tools: Toolbox, session: Session, now: datetime) -> tuple[SaleLine, ...]:
    """What runs, then what comes, then what was."""
    wanted = (
        select(Sale)
        .where(brands.within(tools.brand_id, Sale.brand_id), Sale.state != SaleState.CANCELLED)
        .order_by(Sale.opens_at.desc())
        .limit(SALES_SHOWN_MAX)
    )
    lines = [_sale(row, now) for row in session.scalars(wanted)]
    return tuple(sorted(lines, key=lambda line: (line.phase is Phase.CLOSED, line.opens_at)))


def _sale(row: Sale, now: datetime) -> SaleLine:
    return SaleLine(
        row.ref,
        row.title,
        phase(window(row), now),
        row.state,
        row.opens_at,
        row.closes_at,
        approved=row.approved_version == row.version,
    )


def _reports(tools: Toolbox, session: Session) -> tuple[ReportLine, ...]:
    wanted = (
        select(Report.id, Sale.title, Report.kind, Report.as_of)
        .join(Sale, Sale.id == Report.sale_id)
        .where(brands.within(tools.brand_id, Report.brand_id))
        .order_by(Report.id.desc())
        .limit(REPORTS_SHOWN_MAX)
    )
    return tuple(ReportLine(*row) for row in session.execute(wanted))
