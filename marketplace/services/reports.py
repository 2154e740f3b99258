"""Reports to brands: one snapshot for each hour of a sale and one at its close, sealed, and sent once."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sqlalchemy import select, text
from sqlalchemy.dialects.postgresql import insert

from marketplace.db import contacts, promises
from marketplace.db.brands import BrandUser
from marketplace.db.catalogue import Collection
from marketplace.db.deals import Deal
from marketplace.db.reports import Report, ReportKind, figures
from marketplace.db.sales import Sale
from marketplace.domain.doors import BrandRole
from marketplace.domain.events import Event, Fact
from marketplace.domain.promises import PromiseKind
from marketplace.domain.refusals import NotFound
from marketplace.domain.reports import as_stored, sealed

if TYPE_CHECKING:
    from datetime import datetime

    from sqlalchemy.orm import Session

    from marketplace.toolbox import Toolbox

SALES_PER_RUN_MAX = 200
READERS = (BrandRole.OWNER, BrandRole.COMMERCIAL)


def take_hourly(tools: Toolbox) -> int:
    """Take the report of every whole hour that a running sale has completed and nobody reported; how many.

    Hours missed while nobody worked are caught up, each as of its own hour.
    """
    with tools.transaction() as session:
        due = session.execute(_HOURS_DUE, {"most": SALES_PER_RUN_MAX}).all()
        return sum(
            _take(tools, session, sale_id=row.sale_id, kind=ReportKind.HOURLY, as_of=row.as_of)
            for row in due
        )


def take_closing(tools: Toolbox, *, sale_id: int) -> bool:
    """Take the closing report as of the close, once; False if it is there already. Refuses an open sale."""
    with tools.transaction() as session:
        sale = session.get(Sale, sale_id)
        if sale is None or sale.closed_at is None:
            raise NotFound
        taken = _take(
            tools, session, sale_id=sale_id, kind=ReportKind.CLOSING, as_of=sale.closes_at
        )
        promises.keep(
            session, kind=PromiseKind.CLOSING_REPORT, subject_type="sale", subject_id=sale_id
        )
        return taken


def _take(
    tools: Toolbox, session: Session, *, sale_id: int, kind: ReportKind, as_of: datetime
) -> bool:
    sale = session.get_one(Sale, sale_id)
    content = as_stored(
        figures(session, sale_id=sale_id, as_of=as_of), cost_total_minor=_cost_total(session, sale)
    )
    report_id = session.execute(
        insert(Report)
        .values(
            brand_id=sale.brand_id,
            sale_id=sale_id,
            kind=kind,
            as_of=as_of,
            figures=content,
            sha256=sealed(content),
        )
        .on_conflict_do_nothing(constraint="uq_reports_sale_id_kind_as_of")
        .returning(Report.id)
    ).scalar_one_or_none()
    if report_id is None:
        return False
    _tell(session, sale, kind, report_id)
    tools.record(
        session,
        Fact(
            Event.REPORT_TAKEN,
            "report",
            report_id,
            brand_id=sale.brand_id,
            data={"sale_id": sale_id, "kind": str(kind)},
        ),
    )
    return True


def _tell(session: Session, sale: Sale, kind: ReportKind, report_id: int) -> None:
    """A letter to each person of the brand who follows sales. Reports are what the deal promised them."""
    readers = select(BrandUser.account_id).where(
        BrandUser.brand_id == sale.brand_id, BrandUser.role.in_(READERS)
    )
    for account_id in session.scalars(readers):
        contacts.write(
            session,
            key=f"report:{report_id}:{account_id}",
            kind=f"report_{kind}",
            account_id=account_id,
            brand_id=sale.brand_id,
            transactional=True,
            facts={"report_id": report_id, "sale_id": sale.id},
        )


def _cost_total(session: Session, sale: Sale) -> int | None:
    return session.scalar(
        select(Collection.cost_total_minor)
        .join(Deal, Deal.collection_id == Collection.id)
        .where(Deal.id == sale.deal_id)
    )


_HOURS_DUE = text(
    """
    SELECT s.id AS sale_id, hour.at AS as_of
    FROM sales s
    CROSS JOIN LATERAL generate_series(
        s.opens_at + interval '1 hour', least(house_instant(), s.closes_at - interval '1 second'), interval '1 hour'
    ) AS hour (at)
    WHERE s.opened_at IS NOT NULL AND s.state IN ('open', 'paused', 'closed')
      AND s.closes_at > house_instant() - interval '2 days'
      AND NOT EXISTS (
          SELECT FROM reports r WHERE r.sale_id = s.id AND r.kind = 'hourly' AND r.as_of = hour.at
      )
    ORDER BY hour.at, s.id LIMIT :most
    """
)
