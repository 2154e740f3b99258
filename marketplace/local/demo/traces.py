"""What the played past has left in the house, so that a filling that was broken off goes on behind it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sqlalchemy import func, select, text

from marketplace.db.accounts import Account
from marketplace.db.exits import Exit, ExitPlan
from marketplace.db.orders import Order, OrderLine, Withdrawal
from marketplace.db.reports import Report, ReportKind
from marketplace.db.sales import Sale, SaleItem
from marketplace.db.settlements import Payout, Statement
from marketplace.db.stock import Lot
from marketplace.domain.accounts import email_key

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime

    from sqlalchemy import Row

    from marketplace.domain.orders import OrderState
    from marketplace.domain.settlements import PayoutState
    from marketplace.toolbox import Toolbox

_BUSY = text(
    """
    SELECT EXISTS (SELECT FROM events WHERE relayed_at IS NULL)
        OR EXISTS (SELECT FROM job_runs WHERE event_id IS NOT NULL AND state IN ('waiting', 'failed'))
    """
)


def began_at(tools: Toolbox, email: str) -> datetime:
    """When the first of the house came in."""
    with tools.reading() as session:
        wanted = select(Account.created_at).where(Account.email_key == email_key(email))
        return session.execute(wanted).scalar_one()


def is_busy(tools: Toolbox) -> bool:
    """Whether anything that happened still waits for a worker."""
    with tools.reading() as session:
        found: bool = session.execute(_BUSY).scalar_one()
        return found


def orders_of(tools: Toolbox, member_id: int, *, ref: str) -> int:
    """How often a member was at the checkout with pieces of that sale."""
    wanted = (
        select(func.count(Order.id.distinct()))
        .join(OrderLine, OrderLine.order_id == Order.id)
        .join(Sale, Sale.id == OrderLine.sale_id)
        .where(Order.member_id == member_id, Sale.ref == ref)
    )
    with tools.reading() as session:
        return session.execute(wanted).scalar_one()


def items(tools: Toolbox, ref: str) -> Sequence[int]:
    """The items of a sale in their order."""
    wanted = select(SaleItem.id).join(Sale, Sale.id == SaleItem.sale_id).where(Sale.ref == ref)
    with tools.reading() as session:
        return session.scalars(wanted.order_by(SaleItem.id)).all()


def orders(tools: Toolbox, ref: str, state: OrderState) -> Sequence[Row[int, int, str]]:
    """The orders of a sale in a state: id, member and reference, in their order."""
    wanted = (
        select(Order.id, Order.member_id, Order.ref)
        .where(
            Order.state == state,
            select(OrderLine.id)
            .join(Sale, Sale.id == OrderLine.sale_id)
            .where(OrderLine.order_id == Order.id, Sale.ref == ref)
            .exists(),
        )
        .order_by(Order.id)
    )
    with tools.reading() as session:
        return session.execute(wanted).all()


def first_line(tools: Toolbox, order_id: int) -> int:
    """The first line of an order."""
    wanted = select(func.min(OrderLine.id)).where(OrderLine.order_id == order_id)
    with tools.reading() as session:
        return session.execute(wanted).scalar_one()


def withdrawals(tools: Toolbox) -> Sequence[Row[int, bool]]:
    """Every withdrawal that was declared, and whether the goods are back."""
    wanted = select(Withdrawal.id, Withdrawal.received_at.is_not(None)).order_by(Withdrawal.id)
    with tools.reading() as session:
        return session.execute(wanted).all()


def has_closing_report(tools: Toolbox, ref: str) -> bool:
    """Whether the report of a sale's close is there."""
    wanted = (
        select(Report.id)
        .join(Sale, Sale.id == Report.sale_id)
        .where(Sale.ref == ref, Report.kind == ReportKind.CLOSING)
    )
    with tools.reading() as session:
        return session.scalar(wanted.limit(1)) is not None


def exit_asked(tools: Toolbox, deal_id: int) -> Row[int, bool] | None:
    """The number of the last question about a deal's goods, and whether it was answered."""
    wanted = (
        select(ExitPlan.number, ExitPlan.chosen.is_not(None))
        .where(ExitPlan.deal_id == deal_id)
        .order_by(ExitPlan.number.desc())
        .limit(1)
    )
    with tools.reading() as session:
        return session.execute(wanted).one_or_none()


def has_left(tools: Toolbox, deal_id: int) -> bool:
    """Whether anything of a deal was written down as gone."""
    with tools.reading() as session:
        return session.scalar(select(Exit.id).where(Exit.deal_id == deal_id).limit(1)) is not None


def left_over(tools: Toolbox, deal_id: int) -> Sequence[Row[int, int]]:
    """The lots of a deal with units that no sale holds: lot and how many."""
    free = Lot.accepted - Lot.allocated - Lot.exited
    wanted = select(Lot.id, free).where(Lot.deal_id == deal_id, free > 0).order_by(Lot.id)
    with tools.reading() as session:
        return session.execute(wanted).all()


def payouts(tools: Toolbox, deal_id: int) -> Sequence[Row[int, PayoutState]]:
    """The payouts of a deal's statements and where they stand, in their order."""
    wanted = (
        select(Payout.id, Payout.state)
        .join(Statement, Statement.id == Payout.statement_id)
        .where(Statement.deal_id == deal_id)
        .order_by(Payout.id)
    )
    with tools.reading() as session:
        return session.execute(wanted).all()
