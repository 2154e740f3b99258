"""Waits: members in line for what is gone, and the sizes and colours each of them would take."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING

from sqlalchemy import Boolean, CheckConstraint, Index, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column

from marketplace.db.base import Base, CreatedAt, Pk, refers, states
from marketplace.domain.waits import LETTER, WaitState

if TYPE_CHECKING:
    from sqlalchemy.orm import Session

    from marketplace.db.sales import SaleItem


class Wait(Base):
    """One member in line for one style of one sale: up to ``units``, of whichever of its items comes back first.

    The line of an item is in the order of ``id``. ``hold_id`` is what was offered;
    ``ended_at`` is when they ceased to wait.
    """

    __tablename__ = "waits"
    __table_args__ = (
        UniqueConstraint("hold_id"),
        CheckConstraint("units > 0", name="units"),
        CheckConstraint("(state = 'offered') = (hold_id IS NOT NULL)", name="offered"),
        CheckConstraint("(state = 'waiting') = (ended_at IS NULL)", name="ended"),
        Index("ix_waits_member", "member_id", "id"),
        Index("ix_waits_sale", "sale_id", "state"),
        Index(
            "ix_waits_once",
            "member_id",
            "sale_id",
            "style_id",
            unique=True,
            postgresql_where="state = 'waiting'",
        ),
    )

    id: Mapped[Pk]
    sale_id: Mapped[int] = refers("sales.id")
    style_id: Mapped[int] = refers("styles.id")
    member_id: Mapped[int] = refers("members.id")
    units: Mapped[int]
    state: Mapped[WaitState] = mapped_column(states(WaitState), server_default="waiting")
    hold_id: Mapped[int | None] = refers("holds.id")
    ended_at: Mapped[datetime | None]
    created_at: Mapped[CreatedAt]


class WaitItem(Base):
    """A size and colour that the entry ``wait_id`` would take; ``open`` while it waits for it."""

    __tablename__ = "wait_items"
    __table_args__ = (
        UniqueConstraint("wait_id", "sale_item_id"),
        Index("ix_wait_items_line", "sale_item_id", "wait_id", postgresql_where="open"),
        Index("ix_wait_items_sale", "sale_id", "sale_item_id"),
    )

    id: Mapped[Pk]
    sale_id: Mapped[int] = refers("sales.id")
    sale_item_id: Mapped[int] = refers("sale_items.id")
    wait_id: Mapped[int] = refers("waits.id")
    open: Mapped[bool] = mapped_column(Boolean, server_default="true")


JOIN = text(
    "SELECT outcome, wait_id, most, opens_at FROM join_line(:member, CAST(:items AS bigint[]), :units, :lines)"
)
LEAVE = text("SELECT leave_line(:member, :wait)")

_PASS_ON = text("SELECT wait_id, given, units FROM pass_on(:most)")
_FOR_THE_LINE = text("SELECT for_the_line(:item, :units, :kept)")
_END = text("SELECT end_line(:sale)")
_WRITE = text(
    """
    INSERT INTO letters (key, kind, account_id, transactional, facts)
    SELECT CAST(:kind AS text) || '-' || w.id, CAST(:kind AS text), m.account_id, true,
           jsonb_build_object('wait_id', w.id)
    FROM waits w JOIN members m ON m.id = w.member_id
    WHERE w.id = ANY (:waits) ORDER BY w.id ON CONFLICT (key) DO NOTHING
    """
)
_STILL = text(
    """
    SELECT 1 FROM waits w JOIN holds h ON h.id = w.hold_id
    WHERE w.id = :wait AND h.state = 'held' AND h.expires_at > house_instant()
    """
)


@dataclass(frozen=True, slots=True)
class Passed:
    """Units that came back and are held for the next in line."""

    wait_id: int
    hold_id: int
    units: int


def pass_on(session: Session, *, most: int) -> tuple[Passed, ...]:
    """Give what came back to up to ``most`` items to those in line, and write to each of them."""
    given = tuple(Passed(*row) for row in session.execute(_PASS_ON, {"most": most}))
    if given:
        session.execute(_WRITE, {"kind": LETTER, "waits": [each.wait_id for each in given]})
    return given


def for_the_line(session: Session, item: SaleItem, units: int) -> int:
    """How many of ``units`` that come to the locked item belong to those who wait for it."""
    if not item.awaited or item.stopped_at is not None:
        return 0
    asked = {"item": item.id, "units": units, "kept": item.set_aside}
    wanted: int = session.execute(_FOR_THE_LINE, asked).scalar_one()
    return wanted


def end_line(session: Session, sale_id: int) -> int:
    """The sale is over: nobody waits any more, and what was set aside is unsold. How many stood in line."""
    stood: int = session.execute(_END, {"sale": sale_id}).scalar_one()
    return stood


def still_offered(session: Session, wait_id: int) -> bool:
    """Whether what the entry was offered is still held for it."""
    return session.execute(_STILL, {"wait": wait_id}).scalar_one_or_none() is not None
