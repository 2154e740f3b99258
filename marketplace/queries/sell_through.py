"""How a sale is selling: the figures now, or as a report kept them. The same rows serve page, file and mail."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from typing import TYPE_CHECKING, Any

from sqlalchemy import BigInteger, case, func, select
from sqlalchemy.dialects.postgresql import distinct_on

from marketplace.db import brands, clock, paces, reports
from marketplace.db.brands import Brand
from marketplace.db.deals import Deal, DealVersion
from marketplace.db.reports import Report, ReportKind
from marketplace.db.sales import Sale, window
from marketplace.domain.deals import DataShared, terms_from
from marketplace.domain.paces import minutes, place
from marketplace.domain.refusals import NotFound
from marketplace.domain.reports import CurvePoint, FiguresNotShared, Snapshot, from_stored
from marketplace.domain.sales import Act, Phase, SaleState, acts, phase
from marketplace.queries import releases

if TYPE_CHECKING:
    from datetime import datetime

    from sqlalchemy import ColumnElement, Row
    from sqlalchemy.orm import Session

    from marketplace.queries.releases import Releasable
    from marketplace.toolbox import Toolbox

SALES_PER_PAGE = 25
REPORTS_PER_PAGE = 50


@dataclass(frozen=True, slots=True)
class SaleShown:
    """The sale that figures are about, as it is now."""

    ref: str
    brand: str
    title: str
    zone: str
    currency: str
    state: SaleState
    phase: Phase
    opens_at: datetime
    closes_at: datetime


@dataclass(frozen=True, slots=True)
class Before:
    """The brand's sale before this one: what it was, and its curve by the minute."""

    ref: str
    title: str
    opens_at: datetime
    curve: tuple[CurvePoint, ...]


@dataclass(frozen=True, slots=True)
class Category:
    """The category at the same minute: the median, over so many other ``brands``' last sales, in basis points.

    No ``shares`` where too few brands stand behind them.
    """

    brands: int
    shares: tuple[int, ...]

    def at(self, minute: int) -> int:
        """The share by the last kept minute up to this one."""
        return self.shares[min(place(minute), len(self.shares) - 1)]


@dataclass(frozen=True, slots=True)
class SellThrough:
    """A sale's figures at this instant, beside the brand's sale before it and its category.

    ``releasable`` is what may be released or is on its way, while the sale takes further units.
    """

    sale: SaleShown
    figures: Snapshot
    before: Before | None
    category: Category
    releasable: tuple[Releasable, ...]
    reports: int


@dataclass(frozen=True, slots=True)
class KeptReport:
    """A report as it was kept. ``content`` is what ``sha256`` seals."""

    report_id: int
    kind: ReportKind
    taken_at: datetime
    sha256: str
    sale: SaleShown
    figures: Snapshot
    content: dict[str, Any]


@dataclass(frozen=True, slots=True)
class ReportLine:
    """One report in a list, with its stored sums."""

    report_id: int
    kind: ReportKind
    as_of: datetime
    accepted: int
    paid: int
    gross_bps: int | None
    net_bps: int | None
    due_minor: int


@dataclass(frozen=True, slots=True)
class SaleLine:
    """One sale in the list of reports: the last report of it, and how many there are."""

    sale: SaleShown
    reports: int
    last: ReportLine


@dataclass(frozen=True, slots=True)
class Listing:
    """One page of sales that were reported on, the newest first."""

    sales: tuple[SaleLine, ...]
    total: int
    page: int
    page_size: int = SALES_PER_PAGE


@dataclass(frozen=True, slots=True)
class ReportsOfSale:
    """One page of the reports of one sale, the newest first."""

    sale: SaleShown
    reports: tuple[ReportLine, ...]
    total: int
    page: int
    page_size: int = REPORTS_PER_PAGE


def live(tools: Toolbox, *, sale_ref: str) -> SellThrough:
    """The figures of a sale at this instant; NotFound where this door may not see it.

    Refuses a brand whose deal shares them only once the sale is over.
    """
    with tools.reading() as session:
        sale = _sale(tools, session, sale_ref)
        now = clock.instant(session)
        _check_shared(tools, session, sale, now)
        count = select(func.count()).select_from(Report).where(Report.sale_id == sale.id)
        return SellThrough(
            sale=_shown(session, sale, now),
            figures=reports.snapshot(session, sale, as_of=now),
            before=_before(session, sale),
            category=_category(session, sale),
            releasable=releases.of_sale(session, sale)
            if Act.ADD_UNITS in acts(window(sale), now)
            else (),
            reports=session.execute(count).scalar_one(),
        )


def _check_shared(tools: Toolbox, session: Session, sale: Sale, now: datetime) -> None:
    if tools.brand_id is None or phase(window(sale), now) == Phase.CLOSED:
        return
    terms = session.execute(
        select(DealVersion.terms)
        .join(Deal, Deal.accepted_version_id == DealVersion.id)
        .where(Deal.id == sale.deal_id)
    ).scalar_one()
    if DataShared.LIVE not in terms_from(terms).data_shared:
        raise FiguresNotShared(closes_at=sale.closes_at)


def kept(tools: Toolbox, *, report_id: int) -> KeptReport:
    """The figures exactly as the report with this id kept them; NotFound where this door may not see it."""
    with tools.reading() as session:
        report = session.scalars(
            select(Report).where(
                Report.id == report_id, brands.within(tools.brand_id, Report.brand_id)
            )
        ).one_or_none()
        if report is None:
            raise NotFound
        sale = session.get_one(Sale, report.sale_id)
        return KeptReport(
            report_id=report.id,
            kind=report.kind,
            taken_at=report.created_at,
            sha256=report.sha256,
            sale=_shown(session, sale, clock.instant(session)),
            figures=from_stored(report.figures),
            content=report.figures,
        )


def reported(tools: Toolbox, *, page: int = 1) -> Listing:
    """The sales of which there are reports, each with its last one."""
    with tools.reading() as session:
        now = clock.instant(session)
        has_some = select(Report.id).where(Report.sale_id == Sale.id).exists()
        mine = (brands.within(tools.brand_id, Sale.brand_id), has_some)
        found = session.scalars(
            select(Sale)
            .where(*mine)
            .order_by(Sale.opens_at.desc(), Sale.id.desc())
            .limit(SALES_PER_PAGE)
            .offset((page - 1) * SALES_PER_PAGE)
        ).all()
        total = select(func.count()).select_from(Sale).where(*mine)
        last = _last(session, [sale.id for sale in found])
        return Listing(
            sales=tuple(SaleLine(_shown(session, sale, now), *last[sale.id]) for sale in found),
            total=session.execute(total).scalar_one(),
            page=page,
        )


def of_sale(tools: Toolbox, *, sale_ref: str, page: int = 1) -> ReportsOfSale:
    """The reports taken of a sale, newest first; NotFound where this door may not see it."""
    with tools.reading() as session:
        sale = _sale(tools, session, sale_ref)
        of_it = Report.sale_id == sale.id
        found = session.execute(
            select(*_LINE)
            .where(of_it)
            .order_by(Report.as_of.desc(), Report.id.desc())
            .limit(REPORTS_PER_PAGE)
            .offset((page - 1) * REPORTS_PER_PAGE)
        ).all()
        total = select(func.count()).select_from(Report).where(of_it)
        return ReportsOfSale(
            sale=_shown(session, sale, clock.instant(session)),
            reports=tuple(_line(row) for row in found),
            total=session.execute(total).scalar_one(),
            page=page,
        )


def _sale(tools: Toolbox, session: Session, ref: str) -> Sale:
    found = session.scalars(
        select(Sale).where(Sale.ref == ref, brands.within(tools.brand_id, Sale.brand_id))
    ).one_or_none()
    if found is None:
        raise NotFound
    return found


def _shown(session: Session, sale: Sale, now: datetime) -> SaleShown:
    return SaleShown(
        ref=sale.ref,
        brand=session.get_one(Brand, sale.brand_id).name,
        title=sale.title,
        zone=sale.zone,
        currency=sale.currency,
        state=sale.state,
        phase=phase(window(sale), now),
        opens_at=sale.opens_at,
        closes_at=sale.closes_at,
    )


def _before(session: Session, sale: Sale) -> Before | None:
    earlier = paces.last_sale(session, sale)
    if earlier is None:
        return None
    return Before(
        ref=earlier.ref,
        title=earlier.title,
        opens_at=earlier.opens_at,
        curve=reports.curve(session, earlier, as_of=None),
    )


def _category(session: Session, sale: Sale) -> Category:
    asked = minutes((sale.closes_at - sale.opens_at) // timedelta(minutes=1))
    return Category(*paces.of_category(session, sale.id, asked))


def _summed(name: str) -> ColumnElement[int]:
    """A stored sum, taken out of the figures where they lie."""
    stored: ColumnElement[int] = Report.figures["whole"][name].astext.cast(BigInteger).label(name)
    return stored


_SUMS = ("accepted", "paid", "gross_bps", "net_bps", "due_minor")
_LINE = (Report.id, Report.kind, Report.as_of, *(_summed(name) for name in _SUMS))


def _line(row: Row[*tuple[Any, ...]]) -> ReportLine:
    return ReportLine(row.id, row.kind, row.as_of, *(getattr(row, name) for name in _SUMS))


def _last(session: Session, sale_ids: list[int]) -> dict[int, tuple[int, ReportLine]]:
    """The last report of each sale, that of an hour only where there is no other, with how many there are."""
    counted = (
        select(Report.sale_id, func.count().label("reports"))
        .where(Report.sale_id.in_(sale_ids))
        .group_by(Report.sale_id)
        .subquery()
    )
    hourly_last = case((Report.kind == ReportKind.HOURLY, 1), else_=0)
    newest = (
        select(Report.sale_id, counted.c.reports, *_LINE)
        .join(counted, counted.c.sale_id == Report.sale_id)
        .ext(distinct_on(Report.sale_id))
        .order_by(Report.sale_id, hourly_last, Report.as_of.desc())
    )
    return {row.sale_id: (row.reports, _line(row)) for row in session.execute(newest)}
