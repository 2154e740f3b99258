"""A brand's statements, for its machines."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from sqlalchemy import func, select

from marketplace.db import brands
from marketplace.db.catalogue import Collection
from marketplace.db.deals import Deal
from marketplace.db.sales import Sale
from marketplace.db.settlements import Payout, Statement
from marketplace.domain.money import Money

if TYPE_CHECKING:
    from datetime import date, datetime

    from marketplace.domain.settlements import StatementKind
    from marketplace.toolbox import Toolbox


@dataclass(frozen=True, slots=True)
class StatementFed:
    """One statement by the brand's own number, with what became of its money."""

    number: int
    kind: StatementKind
    deal_id: int
    about: str
    as_of: datetime
    issued_at: datetime
    to_pay: Money
    carried: Money
    due_on: date
    paid_at: datetime | None
    reference: str
    sha256: str


def listed(tools: Toolbox, *, after: int | None, most: int) -> tuple[StatementFed, ...]:
    """Up to ``most`` of the brand's statements, the newest first, beginning after the one numbered ``after``."""
    wanted = (
        select(Statement, func.coalesce(Sale.title, Collection.name), Payout)
        .join(Deal, Deal.id == Statement.deal_id)
        .join(Collection, Collection.id == Deal.collection_id)
        .outerjoin(Sale, Sale.id == Statement.sale_id)
        .outerjoin(Payout, Payout.statement_id == Statement.id)
        .where(brands.within(tools.brand_id, Statement.brand_id))
        .order_by(Statement.number.desc())
        .limit(most)
    )
    if after is not None:
        wanted = wanted.where(Statement.number < after)
    with tools.reading() as session:
        return tuple(_fed(*row) for row in session.execute(wanted))


def _fed(statement: Statement, about: str, payout: Payout | None) -> StatementFed:
    return StatementFed(
        number=statement.number,
        kind=statement.kind,
        deal_id=statement.deal_id,
        about=about,
        as_of=statement.as_of,
        issued_at=statement.created_at,
        to_pay=Money(statement.to_pay_minor, statement.currency),
        carried=Money(statement.closing_minor, statement.currency),
        due_on=statement.due_on,
        paid_at=payout.paid_at if payout else None,
        reference=payout.reference if payout else "",
        sha256=statement.sha256,
    )
