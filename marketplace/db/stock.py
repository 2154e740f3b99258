"""Stock: lots in the house's care, counted from offered to accepted, and every movement of a unit."""

from __future__ import annotations

from enum import StrEnum
from typing import TYPE_CHECKING

from sqlalchemy import CheckConstraint, Index, String, UniqueConstraint, select
from sqlalchemy.orm import Mapped, mapped_column

from marketplace.db import locks
from marketplace.db.base import Base, CreatedAt, Pk, refers, refers_together, states
from marketplace.domain.stock import Counts

if TYPE_CHECKING:
    from collections.abc import Iterable

    from sqlalchemy.orm import Session


class Movement(StrEnum):
    """Why units moved. ``units`` of a movement is signed; the lot's counters are the sums of these."""

    COMMITTED = "committed"
    RECEIVED = "received"
    ACCEPTED = "accepted"
    REJECTED = "rejected"
    PLEDGED = "pledged"
    ALLOCATED = "allocated"
    DEALLOCATED = "deallocated"
    HELD = "held"
    RELEASED = "released"
    EXPIRED = "expired"
    SOLD = "sold"
    RETURNED = "returned"
    SENT_BACK = "sent_back"
    EXITED = "exited"
    REJECTED_EXITED = "rejected_exited"
    SENT_BACK_EXITED = "sent_back_exited"


class Lot(Base):
    """One variant under one deal: offered ≥ committed ≥ received ≥ accepted ≥ allocated + exited, at every commit.

    A ``conditional`` one is sold from what its brand keeps: pledged + allocated ≤ committed. What members sent back
    is in the house again and stays among the allocated: it was sold once.
    """

    __tablename__ = "lots"
    __table_args__ = (
        UniqueConstraint("brand_id", "deal_id", "variant_id"),
        UniqueConstraint("brand_id", "id"),
        CheckConstraint("offered >= committed", name="offered_committed"),
        CheckConstraint("committed >= received", name="committed_received"),
        CheckConstraint("received >= accepted + rejected", name="received_accepted"),
        CheckConstraint("conditional OR accepted >= allocated + exited", name="accepted_allocated"),
        CheckConstraint("pledged >= 0 AND pledged + allocated <= committed", name="pledged"),
        CheckConstraint("conditional OR pledged = 0", name="conditional"),
        CheckConstraint("allocated >= 0 AND rejected >= 0 AND accepted >= 0", name="not_negative"),
        CheckConstraint(
            "exited BETWEEN 0 AND accepted AND rejected_exited BETWEEN 0 AND rejected"
            " AND sent_back_exited BETWEEN 0 AND sent_back",
            name="exited",
        ),
    )

    id: Mapped[Pk]
    brand_id: Mapped[int] = refers("brands.id", index=True)
    deal_id: Mapped[int] = refers("deals.id")
    variant_id: Mapped[int] = refers("variants.id", index=True)
    offered: Mapped[int]
    committed: Mapped[int]
    received: Mapped[int] = mapped_column(server_default="0")
    accepted: Mapped[int] = mapped_column(server_default="0")
    rejected: Mapped[int] = mapped_column(server_default="0")
    allocated: Mapped[int] = mapped_column(server_default="0")
    pledged: Mapped[int] = mapped_column(server_default="0")
    conditional: Mapped[bool] = mapped_column(server_default="false")
    exited: Mapped[int] = mapped_column(server_default="0")
    rejected_exited: Mapped[int] = mapped_column(server_default="0")
    sent_back: Mapped[int] = mapped_column(server_default="0")
    sent_back_exited: Mapped[int] = mapped_column(server_default="0")
    created_at: Mapped[CreatedAt]


class StockMovement(Base):
    """An append-only line: which lot, in which sale, how many units, why, and who moved them."""

    __tablename__ = "stock_movements"
    __table_args__ = (
        refers_together("brand_id, lot_id", "lots(brand_id, id)"),
        refers_together("brand_id, lot_id, sale_item_id", "sale_items(brand_id, lot_id, id)"),
        CheckConstraint("units <> 0", name="units"),
        Index("ix_stock_movements_lot", "lot_id", "id"),
        Index("ix_stock_movements_item", "sale_item_id", "movement", "created_at"),
    )

    id: Mapped[Pk]
    brand_id: Mapped[int]
    lot_id: Mapped[int]
    sale_item_id: Mapped[int | None]
    hold_id: Mapped[int | None]
    movement: Mapped[Movement] = mapped_column(states(Movement))
    units: Mapped[int]
    reason: Mapped[str] = mapped_column(String(1_000), server_default="")
    account_id: Mapped[int | None] = refers("accounts.id")
    created_at: Mapped[CreatedAt]


_COUNTERS = {
    Movement.COMMITTED: "committed",
    Movement.RECEIVED: "received",
    Movement.ACCEPTED: "accepted",
    Movement.REJECTED: "rejected",
    Movement.PLEDGED: "pledged",
    Movement.ALLOCATED: "allocated",
    Movement.DEALLOCATED: "allocated",
    Movement.SENT_BACK: "sent_back",
    Movement.EXITED: "exited",
    Movement.REJECTED_EXITED: "rejected_exited",
    Movement.SENT_BACK_EXITED: "sent_back_exited",
}


def counts(lot: Lot) -> Counts:
    """The lot's counters as the rules of counting read them."""
    return Counts(
        offered=lot.offered,
        committed=lot.committed,
        received=lot.received,
        accepted=lot.accepted,
        rejected=lot.rejected,
        allocated=lot.allocated,
        pledged=lot.pledged,
        conditional=lot.conditional,
        exited=lot.exited,
        rejected_exited=lot.rejected_exited,
        sent_back=lot.sent_back,
        sent_back_exited=lot.sent_back_exited,
    )


def locked_of_deal(
    session: Session, deal_id: int, *, variant_ids: Iterable[int] | None = None
) -> dict[int, Lot]:
    """The lots of a deal by variant, locked in rising order; only those of ``variant_ids`` where given."""
    wanted = select(Lot.id).where(Lot.deal_id == deal_id)
    if variant_ids is not None:
        wanted = wanted.where(Lot.variant_id.in_(tuple(variant_ids)))
    lots = locks.several(session, Lot, session.scalars(wanted))
    return {lot.variant_id: lot for lot in lots.values()}


def allocate(
    session: Session,
    lot: Lot,
    units: int,
    *,
    sale_item_id: int,
    reason: str = "",
    account_id: int | None = None,
) -> None:
    """Put ``units`` of a locked lot into a sale item, or take them out again where below zero.

    Units of a conditional lot are pledged before and after. What an ended sale leaves is not given back with this.
    """
    movement = Movement.ALLOCATED if units > 0 else Movement.DEALLOCATED
    moved = [(movement, units), *([(Movement.PLEDGED, -units)] if lot.conditional else [])]
    for each, by in moved:
        move(
            session,
            lot,
            each,
            by,
            reason=reason,
            account_id=account_id,
            sale_item_id=sale_item_id,
        )


def move(
    session: Session,
    lot: Lot,
    movement: Movement,
    units: int,
    *,
    reason: str = "",
    account_id: int | None = None,
    sale_item_id: int | None = None,
) -> None:
    """Write the movement and carry its signed ``units`` into the counter of ``lot``, whose row is locked."""
    counter = _COUNTERS[movement]
    setattr(lot, counter, getattr(lot, counter) + units)
    session.add(
        StockMovement(
            brand_id=lot.brand_id,
            lot_id=lot.id,
            sale_item_id=sale_item_id,
            movement=movement,
            units=units,
            reason=reason,
            account_id=account_id,
        )
    )
