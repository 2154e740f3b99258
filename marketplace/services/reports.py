"""Reports to brands: one snapshot for each hour of a sale, at its close and on later days; sealed, and sent once.

Holds taken before the close may be paid after it. Where one was, a further closing report follows as of the last such
payment, once no bag is left: the report that a brand keeps has every piece in it.
"""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

from sqlalchemy import select, text
from sqlalchemy.dialects.postgresql import insert

from marketplace.db import contacts, paces, sales
from marketplace.db.accounts import Account, AccountState
from marketplace.db.brands import BrandUser
from marketplace.db.reports import Report, ReportKind, snapshot
from marketplace.db.sales import Sale
from marketplace.domain.doors import BrandRole
from marketplace.domain.events import Event, Fact
from marketplace.domain.refusals import NotFound
from marketplace.domain.reports import as_stored, sealed

if TYPE_CHECKING:
    from datetime import datetime

    from sqlalchemy.orm import Session

    from marketplace.toolbox import Toolbox

SALES_PER_RUN_MAX = 200
CAUGHT_UP = timedelta(days=2)
"""Reports that nobody took are caught up for so long after a sale has closed."""
SETTLING = timedelta(seconds=30)
"""An hour is reported when it is over by so much: longer than any transaction that may still be writing into it."""
LATER_DAYS = {ReportKind.DAY_30: timedelta(days=30), ReportKind.DAY_60: timedelta(days=60)}
"""How long after the close a sale is reported again, net of what came back until then."""
LETTERS = {
    ReportKind.HOURLY: "report_hourly",
    ReportKind.CLOSING: "report_closing",
    ReportKind.DAY_30: "report_later",
    ReportKind.DAY_60: "report_later",
}
LATER_CAUGHT_UP = timedelta(days=120)
"""Later days that nobody reported are caught up for so long after a sale has closed."""
READERS = (BrandRole.OWNER, BrandRole.COMMERCIAL)


def take_hourly(tools: Toolbox) -> int:
    """Take the report of every whole hour that a running sale has completed and nobody reported; how many.

    A deal whose terms share no hourly figures has none.

    Hours missed while nobody worked are caught up, each as of its own hour.
    """
    with tools.transaction() as session:
        asked = {"most": SALES_PER_RUN_MAX, "settling": SETTLING, "caught_up": CAUGHT_UP}
        due = session.execute(_HOURS_DUE, asked).all()
        return sum(
            _take(
                tools,
                session,
                session.get_one(Sale, row.sale_id),
                kind=ReportKind.HOURLY,
                as_of=row.as_of,
            )
            for row in due
        )


def take_closing(tools: Toolbox, *, sale_id: int) -> bool:
    """Take the closing report as of the close, once; False if it is there already. Refuses an open sale."""
    with tools.transaction() as session:
        sale = session.get(Sale, sale_id)
        if sale is None or sale.closed_at is None:
            raise NotFound
        # A payment of the last second may still be on its way into its commit: it holds its item until then.
        sales.items_locked(session, sale_id)
        return _take(tools, session, sale, kind=ReportKind.CLOSING, as_of=sale.closed_at)


def take_late_closing(tools: Toolbox) -> bool:
    """Take a further closing report of one sale in which pieces were paid since its last one; False if there is none.

    Waits until no hold of the sale is live: as of the last payment, when every bag has been paid or emptied.
    """
    with tools.transaction() as session:
        sale_id = session.scalar(_PAID_LATE, {"caught_up": CAUGHT_UP})
        if sale_id is None:
            return False
        sales.items_locked(session, sale_id)
        as_of = session.execute(_LAST_PAID, {"sale_id": sale_id}).scalar_one()
        sale = session.get_one(Sale, sale_id)
        return _take(tools, session, sale, kind=ReportKind.CLOSING, as_of=as_of)


def take_later(tools: Toolbox) -> int:
    """Take the report of the thirtieth and sixtieth day after the close of every sale that lacks one; how many.

    Days missed while nobody worked are caught up, each as of its own instant.
    """
    with tools.transaction() as session:
        asked = {"most": SALES_PER_RUN_MAX, "settling": SETTLING, "caught_up": LATER_CAUGHT_UP}
        due = [
            (session.get_one(Sale, row.sale_id), kind, row.as_of)
            for kind, after in LATER_DAYS.items()
            for row in session.execute(_DAYS_DUE, {**asked, "kind": kind, "after": after})
        ]
        return sum(_take(tools, session, sale, kind=kind, as_of=as_of) for sale, kind, as_of in due)


def _take(
    tools: Toolbox, session: Session, sale: Sale, *, kind: ReportKind, as_of: datetime
) -> bool:
    found = snapshot(session, sale, as_of=as_of)
    content = as_stored(found)
    report_id = session.execute(
        insert(Report)
        .values(
            brand_id=sale.brand_id,
            sale_id=sale.id,
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
    if kind is ReportKind.CLOSING:
        paces.keep(session, sale, found)
    _tell(session, sale, kind, report_id)
    tools.record(
        session,
        Fact(
            Event.REPORT_TAKEN,
            "report",
            report_id,
            brand_id=sale.brand_id,
            data={"sale_id": sale.id, "kind": str(kind)},
        ),
    )
    return True


def _tell(session: Session, sale: Sale, kind: ReportKind, report_id: int) -> None:
    """A letter to each person of the brand who follows sales. Reports are what the deal promised them."""
    readers = (
        select(BrandUser.account_id)
        .join(Account, Account.id == BrandUser.account_id)
        .where(
            BrandUser.brand_id == sale.brand_id,
            BrandUser.role.in_(READERS),
            Account.state == AccountState.ACTIVE,
        )
    )
    for account_id in session.scalars(readers):
        contacts.write(
            session,
            key=f"report:{report_id}:{account_id}",
            kind=LETTERS[kind],
            account_id=account_id,
            brand_id=sale.brand_id,
            transactional=True,
            facts={"report_id": report_id, "sale_id": sale.id},
        )


_HOURS_DUE = text(
    """
    SELECT s.id AS sale_id, hour.at AS as_of
    FROM sales s
    JOIN deals d ON d.id = s.deal_id JOIN deal_versions v ON v.id = d.accepted_version_id
    CROSS JOIN LATERAL generate_series(
        s.opens_at + interval '1 hour',
        least(house_instant() - :settling, s.closes_at - interval '1 second'), interval '1 hour'
    ) AS hour (at)
    WHERE s.opened_at IS NOT NULL AND s.state IN ('open', 'paused', 'closed')
      AND s.closes_at > house_instant() - :caught_up
      AND coalesce(v.terms->'data_shared' ? 'hourly', true)
      AND NOT EXISTS (
          SELECT FROM reports r WHERE r.sale_id = s.id AND r.kind = 'hourly' AND r.as_of = hour.at
      )
    ORDER BY hour.at, s.id LIMIT :most
    """
)
_DAYS_DUE = text(
    """
    SELECT s.id AS sale_id, s.closes_at + :after AS as_of FROM sales s
    WHERE s.state = 'closed' AND s.closes_at + :after <= house_instant() - :settling
      AND s.closes_at > house_instant() - :caught_up
      AND NOT EXISTS (SELECT FROM reports r WHERE r.sale_id = s.id AND r.kind = :kind)
    ORDER BY s.closes_at, s.id LIMIT :most
    """
)
_PAID_LATE = text(
    """
    SELECT s.id FROM sales s
    WHERE s.state = 'closed' AND s.closes_at > house_instant() - :caught_up
      AND EXISTS (
          SELECT FROM order_lines l WHERE l.sale_id = s.id AND l.paid_at > (
              SELECT max(r.as_of) FROM reports r WHERE r.sale_id = s.id AND r.kind = 'closing'
          )
      )
      AND NOT EXISTS (
          SELECT FROM holds h
          WHERE h.sale_id = s.id AND h.state = 'held' AND h.expires_at > house_instant()
      )
    ORDER BY s.closes_at LIMIT 1
    """
)
_LAST_PAID = text("SELECT max(paid_at) FROM order_lines WHERE sale_id = :sale_id")
