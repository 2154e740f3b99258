"""How a sale is selling: the figures now, or as a report kept them. The same rows serve page, file and mail."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from sqlalchemy import select, text

from marketplace.db import reports
from marketplace.db.catalogue import Collection
from marketplace.db.deals import Deal
from marketplace.db.reports import Report, ReportKind
from marketplace.db.sales import Sale
from marketplace.domain.refusals import NotFound
from marketplace.domain.reports import Totals, VariantFigures, from_stored, totals
from marketplace.domain.sales import Phase, Window, phase

if TYPE_CHECKING:
    from datetime import datetime

    from sqlalchemy.orm import Session

    from marketplace.toolbox import Toolbox

PAGE_SIZE = 50


@dataclass(frozen=True, slots=True)
class SellThrough:
    """A sale's figures as of an instant: every variant, and their sums."""

    sale_id: int
    ref: str
    title: str
    zone: str
    currency: str
    opens_at: datetime
    closes_at: datetime
    phase: Phase
    as_of: datetime
    variants: tuple[VariantFigures, ...]
    whole: Totals
    cost_total_minor: int | None


@dataclass(frozen=True, slots=True)
class ReportLine:
    """One report in a list."""

    report_id: int
    kind: ReportKind
    as_of: datetime
    sale_ref: str
    sale_title: str
    paid: int
    net_bps: int | None


@dataclass(frozen=True, slots=True)
class CurvePoint:
    """Units paid by a minute of the sale, counted from its opening."""

    minute: int
    paid: int


def live(tools: Toolbox, *, sale_ref: str) -> SellThrough:
    """The figures of a sale at this instant; NotFound where this door may not see it."""
    with tools.reading() as session:
        sale = _sale(session, sale_ref)
        now = session.execute(text("SELECT house_instant()")).scalar_one()
        cost = _cost_total(session, sale)
        rows = reports.figures(session, sale_id=sale.id)
        return _dressed(sale, now=now, as_of=now, rows=rows, cost=cost)


def kept(tools: Toolbox, *, report_id: int) -> SellThrough:
    """The figures exactly as the report with this id kept them."""
    with tools.reading() as session:
        report = session.get(Report, report_id)
        if report is None:
            raise NotFound
        sale = session.get_one(Sale, report.sale_id)
        now = session.execute(text("SELECT house_instant()")).scalar_one()
        rows, cost = from_stored(report.figures)
        return _dressed(sale, now=now, as_of=report.as_of, rows=rows, cost=cost)


def of_sale(tools: Toolbox, *, sale_ref: str, page: int = 1) -> tuple[ReportLine, ...]:
    """The reports taken of a sale, newest first."""
    with tools.reading() as session:
        sale = _sale(session, sale_ref)
        found = session.scalars(
            select(Report)
            .where(Report.sale_id == sale.id)
            .order_by(Report.as_of.desc(), Report.id.desc())
            .limit(PAGE_SIZE)
            .offset((page - 1) * PAGE_SIZE)
        ).all()
        return tuple(_line(report, sale) for report in found)


def curve(tools: Toolbox, *, sale_ref: str) -> tuple[CurvePoint, ...]:
    """Units paid, summed up minute by minute from the opening: one point where something was paid."""
    with tools.reading() as session:
        sale = _sale(session, sale_ref)
        rows = session.execute(_CURVE, {"sale_id": sale.id}).all()
        return tuple(CurvePoint(row.minute, row.paid) for row in rows)


def _sale(session: Session, ref: str) -> Sale:
    found = session.scalar(select(Sale).where(Sale.ref == ref))
    if found is None:
        raise NotFound
    return found


def _cost_total(session: Session, sale: Sale) -> int | None:
    return session.scalar(
        select(Collection.cost_total_minor)
        .join(Deal, Deal.collection_id == Collection.id)
        .where(Deal.id == sale.deal_id)
    )


def _dressed(
    sale: Sale,
    *,
    now: datetime,
    as_of: datetime,
    rows: tuple[VariantFigures, ...],
    cost: int | None,
) -> SellThrough:
    window = Window(sale.state, sale.teaser_at, sale.opens_at, sale.closes_at)
    return SellThrough(
        sale_id=sale.id,
        ref=sale.ref,
        title=sale.title,
        zone=sale.zone,
        currency=sale.currency,
        opens_at=sale.opens_at,
        closes_at=sale.closes_at,
        phase=phase(window, now),
        as_of=as_of,
        variants=rows,
        whole=totals(rows, cost_total_minor=cost),
        cost_total_minor=cost,
    )


def _line(report: Report, sale: Sale) -> ReportLine:
    rows, cost = from_stored(report.figures)
    whole = totals(rows, cost_total_minor=cost)
    return ReportLine(
        report.id, report.kind, report.as_of, sale.ref, sale.title, whole.paid, whole.net_bps
    )


_CURVE = text(
    """
    SELECT minute, sum(units) OVER (ORDER BY minute)::bigint AS paid
    FROM (
        SELECT div(extract(epoch FROM l.paid_at - s.opens_at), 60)::bigint AS minute, sum(l.units) AS units
        FROM order_lines l JOIN sales s ON s.id = l.sale_id
        WHERE l.sale_id = :sale_id AND l.paid_at IS NOT NULL
        GROUP BY 1
    ) by_minute
    ORDER BY minute
    """
)
