"""Holds: a member's timed claim on units. Its units are free at ``expires_at``, whatever else happens."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from sqlalchemy import (
    CheckConstraint,
    ForeignKey,
    Index,
    SmallInteger,
    UniqueConstraint,
    Uuid,
    text,
)
from sqlalchemy.orm import Mapped, mapped_column

from marketplace.db.base import Base, CreatedAt, Pk, refers, states
from marketplace.db.session import Each
from marketplace.domain.holds import HoldState


class Hold(Base):
    """Units of one sale item held for one member at a fixed price. ``key`` makes the asking idempotent.

    ``returned_units`` of a sold hold no longer count against the member's limit. ``extra_seconds`` is what the
    member's preference for more time added, once.
    """

    __tablename__ = "holds"
    __table_args__ = (
        UniqueConstraint("member_id", "key"),
        CheckConstraint(
            "units > 0 AND returned_units >= 0 AND returned_units <= units", name="units"
        ),
        CheckConstraint("expires_at <= cap_at", name="cap"),
        Index(
            "ix_holds_item_held", "sale_item_id", "expires_at", postgresql_where="state = 'held'"
        ),
        Index("ix_holds_lapsing", "expires_at", postgresql_where="state = 'held'"),
        Index("ix_holds_member_held", "member_id", postgresql_where="state = 'held'"),
        Index("ix_holds_member_sale", "member_id", "sale_id"),
        Index("ix_holds_sale_state", "sale_id", "state", "expires_at"),
    )

    id: Mapped[Pk]
    brand_id: Mapped[int] = refers("brands.id")
    sale_id: Mapped[int] = refers("sales.id")
    sale_item_id: Mapped[int] = refers("sale_items.id")
    member_id: Mapped[int] = refers("members.id")
    key: Mapped[UUID] = mapped_column(Uuid)
    units: Mapped[int]
    returned_units: Mapped[int] = mapped_column(server_default="0")
    price_minor: Mapped[int]
    state: Mapped[HoldState] = mapped_column(states(HoldState), server_default="held")
    expires_at: Mapped[datetime]
    cap_at: Mapped[datetime]
    renewals: Mapped[int] = mapped_column(SmallInteger, server_default="0")
    extra_seconds: Mapped[int] = mapped_column(SmallInteger, server_default="0")
    warned_at: Mapped[datetime | None]
    ended_at: Mapped[datetime | None]
    created_at: Mapped[CreatedAt]


class MemberSale(Base):
    """One row for a member in a sale: what a hold locks so that two tabs cannot pass the limit together."""

    __tablename__ = "member_sales"

    sale_id: Mapped[int] = mapped_column(
        ForeignKey("sales.id", ondelete="RESTRICT"), primary_key=True
    )
    member_id: Mapped[int] = mapped_column(
        ForeignKey("members.id", ondelete="RESTRICT"), primary_key=True
    )
    created_at: Mapped[CreatedAt]


TAKE = Each(
    text(
        "SELECT outcome, hold_id, expires_at, price_minor, next_release_at, next_release_units, most, "
        "sold_out_at, opens_at FROM take_holds(CAST(:members AS bigint[]), CAST(:items AS bigint[]), "
        "CAST(:units AS integer[]), CAST(:keys AS uuid[])) ORDER BY place"
    ),
    ("members", "items", "units", "keys"),
)
"""One round trip for any number of asks; a row for each, in the order asked."""

RENEW = text("SELECT outcome, expires_at FROM renew_hold(:member, :hold)")
RELEASE = text("SELECT * FROM release_holds(:member, CAST(:holds AS bigint[]), :why)")
SWEEP = text("SELECT sweep_holds(:most)")
