"""Orders of members, their lines, and declarations of withdrawal."""

from __future__ import annotations

from datetime import date, datetime
from enum import StrEnum
from typing import TYPE_CHECKING, Any

from sqlalchemy import CheckConstraint, Date, Index, String, UniqueConstraint, func, select
from sqlalchemy.orm import Mapped, mapped_column

from marketplace.db.base import (
    CODE_LENGTH_MAX,
    NAME_LENGTH_MAX,
    Base,
    CreatedAt,
    Currency,
    Pk,
    refers,
    states,
)
from marketplace.domain import refunds
from marketplace.domain.ledger import Priced
from marketplace.domain.money import Money
from marketplace.domain.orders import OrderState
from marketplace.domain.refunds import Bearer

if TYPE_CHECKING:
    from collections.abc import Mapping

    from sqlalchemy.orm import Session


class Order(Base):
    """One payment by one member for lines of one or more brands. ``address`` is a copy taken at checkout."""

    __tablename__ = "orders"
    __table_args__ = (
        CheckConstraint(
            "items_minor + shipping_minor = total_minor AND total_minor > 0", name="total"
        ),
        CheckConstraint("refunded_minor >= 0 AND refunded_minor <= total_minor", name="refunded"),
        Index("ix_orders_member", "member_id", "id"),
        Index("ix_orders_state", "state", "created_at"),
        Index("ix_orders_state_id", "state", "id"),
        Index("ix_orders_ref_prefix", "ref", postgresql_ops={"ref": "varchar_pattern_ops"}),
        Index("ix_orders_awaiting", "pay_by", postgresql_where="state = 'awaiting_payment'"),
    )

    id: Mapped[Pk]
    ref: Mapped[str] = mapped_column(String(CODE_LENGTH_MAX), unique=True)
    member_id: Mapped[int] = refers("members.id")
    state: Mapped[OrderState] = mapped_column(states(OrderState), server_default="awaiting_payment")
    territory: Mapped[str] = mapped_column(String(2))
    currency: Mapped[Currency]
    items_minor: Mapped[int]
    shipping_minor: Mapped[int]
    vat_minor: Mapped[int]
    vat_bps: Mapped[int]
    total_minor: Mapped[int]
    refunded_minor: Mapped[int] = mapped_column(server_default="0")
    address: Mapped[dict[str, Any]]
    promised_on: Mapped[date] = mapped_column(Date)
    pay_by: Mapped[datetime]
    bag_sha256: Mapped[str] = mapped_column(String(64), server_default="")
    paid_at: Mapped[datetime | None]
    packed_at: Mapped[datetime | None]
    shipped_at: Mapped[datetime | None]
    carrier: Mapped[str] = mapped_column(String(NAME_LENGTH_MAX), server_default="")
    tracking: Mapped[str] = mapped_column(String(NAME_LENGTH_MAX), server_default="")
    delivered_at: Mapped[datetime | None]
    ended_at: Mapped[datetime | None]
    created_at: Mapped[CreatedAt]


class OrderLine(Base):
    """Units of one sale item in an order. A hold may be asked to be paid for twice, and is paid for once."""

    __tablename__ = "order_lines"
    __table_args__ = (
        CheckConstraint("units > 0 AND cancelled_units >= 0 AND returned_units >= 0", name="units"),
        CheckConstraint("cancelled_units + returned_units <= units", name="gone_units"),
        Index("ix_order_lines_sale_item", "sale_item_id"),
        Index("ix_order_lines_sale_paid", "sale_id", "paid_at"),
        Index("ix_order_lines_order", "order_id"),
        Index("ix_order_lines_hold", "hold_id"),
        Index(
            "uq_order_lines_paid_hold",
            "hold_id",
            unique=True,
            postgresql_where="paid_at IS NOT NULL",
        ),
    )

    id: Mapped[Pk]
    order_id: Mapped[int] = refers("orders.id")
    brand_id: Mapped[int] = refers("brands.id")
    sale_id: Mapped[int] = refers("sales.id")
    sale_item_id: Mapped[int] = refers("sale_items.id")
    variant_id: Mapped[int] = refers("variants.id")
    hold_id: Mapped[int] = refers("holds.id")
    units: Mapped[int]
    cancelled_units: Mapped[int] = mapped_column(server_default="0")
    withdrawn_units: Mapped[int] = mapped_column(server_default="0")
    returned_units: Mapped[int] = mapped_column(server_default="0")
    price_minor: Mapped[int]
    vat_bps: Mapped[int]
    commission_bps: Mapped[int | None]
    unit_cost_minor: Mapped[int | None]
    paid_at: Mapped[datetime | None]
    created_at: Mapped[CreatedAt]

    @property
    def kept(self) -> int:
        """Units that have neither left the parcel nor come back."""
        return self.units - self.cancelled_units - self.returned_units


class Withdrawal(Base):
    """A declaration of withdrawal and the acknowledgement given for it, word for word.

    ``reasons`` by line id, of those lines for which the member cared to give one. Where goods come back in parts,
    ``lines`` are those of this part, and what is still missing ``follows`` as a row of its own with the same words.
    ``refused`` by line id: units that came back and were not taken, and why.

    Source: Directive 2011/83/EU, art. 11a, as in force since 19 June 2026.
    """

    __tablename__ = "withdrawals"
    __table_args__ = (
        UniqueConstraint("order_id", "key"),
        Index("ix_withdrawals_waiting", "id", postgresql_where="received_at IS NULL"),
    )

    id: Mapped[Pk]
    order_id: Mapped[int] = refers("orders.id")
    key: Mapped[str] = mapped_column(String(CODE_LENGTH_MAX))
    lines: Mapped[dict[str, Any]]
    reasons: Mapped[dict[str, Any]] = mapped_column(server_default="{}")
    refused: Mapped[dict[str, Any]] = mapped_column(server_default="{}")
    follows_id: Mapped[int | None] = refers("withdrawals.id", index=True)
    acknowledgement: Mapped[str]
    sha256: Mapped[str] = mapped_column(String(64))
    received_at: Mapped[datetime | None]
    created_at: Mapped[CreatedAt]


class Way(StrEnum):
    """How units left an order."""

    CANCELLED = "cancelled"
    RETURNED = "returned"


class LineReturn(Base):
    """Units that left an order line, and when: append-only, so that reports of the past stay what they were.

    ``borne_by``: whose loss they are. What was never packed is sold again, and is nobody's.
    """

    __tablename__ = "line_returns"
    __table_args__ = (
        CheckConstraint("units > 0", name="units"),
        CheckConstraint("way = 'returned' OR borne_by = 'brand'", name="borne"),
        Index("ix_line_returns_sale", "sale_id", "sale_item_id"),
    )

    id: Mapped[Pk]
    brand_id: Mapped[int] = refers("brands.id")
    sale_id: Mapped[int] = refers("sales.id")
    sale_item_id: Mapped[int] = refers("sale_items.id")
    order_line_id: Mapped[int] = refers("order_lines.id", index=True)
    refund_id: Mapped[int] = refers("refunds.id")
    way: Mapped[Way] = mapped_column(states(Way))
    units: Mapped[int]
    price_minor: Mapped[int]
    borne_by: Mapped[Bearer] = mapped_column(states(Bearer), server_default="brand")
    at: Mapped[CreatedAt]


def lines_of(session: Session, order_id: int) -> dict[int, OrderLine]:
    """The lines of an order by id; the order is locked by whoever changes them."""
    found = session.scalars(
        select(OrderLine).where(OrderLine.order_id == order_id).order_by(OrderLine.id)
    )
    return {line.id: line for line in found}


def on_their_way_back(session: Session, order_id: int) -> dict[int, int]:
    """Units of each line that the member has withdrawn from and that have not come back yet."""
    units: dict[int, int] = {}
    waiting = select(Withdrawal.lines).where(
        Withdrawal.order_id == order_id, Withdrawal.received_at.is_(None)
    )
    for lines in session.scalars(waiting):
        for line_id, asked in lines.items():
            units[int(line_id)] = units.get(int(line_id), 0) + asked
    return units


def ruled(
    session: Session, lines: Mapping[int, OrderLine], currency: str
) -> dict[int, refunds.Line]:
    """Lines of an order as the rules of refunds read them."""
    lost = select(LineReturn.order_line_id, func.sum(LineReturn.units)).where(
        LineReturn.order_line_id.in_(lines), LineReturn.borne_by != Bearer.BRAND
    )
    found = session.execute(lost.group_by(LineReturn.order_line_id))
    borne = {line_id: int(units) for line_id, units in found}
    return {
        line.id: refunds.Line(
            line.id, line.brand_id, priced(line, currency), line.kept, borne.get(line.id, 0)
        )
        for line in lines.values()
    }


def priced(line: OrderLine, currency: str) -> Priced:
    """The line's price and pay as the rules of the ledger read them."""
    return Priced(
        price=Money(line.price_minor, currency),
        vat_bps=line.vat_bps,
        commission_bps=line.commission_bps,
        unit_cost=None if line.unit_cost_minor is None else Money(line.unit_cost_minor, currency),
    )
