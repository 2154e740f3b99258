"""Holds: a member's timed claim on units. Its units are free at ``expires_at``, whatever else happens."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from sqlalchemy import (
    CheckConstraint,
    Index,
    SmallInteger,
    UniqueConstraint,
    Uuid,
    text,
)
from sqlalchemy.orm import Mapped, mapped_column

from marketplace.db.base import Base, CreatedAt, Pk, refers, refers_together, states
from marketplace.db.session import Each
from marketplace.domain.accounts import owes_second_factor
from marketplace.domain.doors import Realm
from marketplace.domain.holds import HoldState


class Hold(Base):
    """Units of one sale item held for one member at a fixed price. ``key`` makes the asking idempotent.

    ``returned_units`` of a sold hold no longer count against the member's limit. ``extra_seconds`` is what the
    member's preference for more time added, once. ``ordered_at`` while an order that a saved card pays for has it.
    """

    __tablename__ = "holds"
    __table_args__ = (
        refers_together("brand_id, sale_id, sale_item_id", "sale_items(brand_id, sale_id, id)"),
        UniqueConstraint("member_id", "key"),
        CheckConstraint(
            "units > 0 AND returned_units >= 0 AND returned_units <= units", name="units"
        ),
        CheckConstraint("expires_at <= cap_at", name="cap"),
        Index(
            "ix_holds_item_held", "sale_item_id", "expires_at", postgresql_where="state = 'held'"
        ),
        # Of all sales: it serves only who asks for it by name, so that no other question is ever planned by it.
        Index("ix_holds_lapsing", "expires_at", postgresql_where="state = 'held' AND id > 0"),
        Index("ix_holds_member_held", "member_id", postgresql_where="state = 'held'"),
        Index("ix_holds_member_sale", "member_id", "sale_id"),
        Index("ix_holds_sale_state", "sale_id", "state", "expires_at"),
    )

    id: Mapped[Pk]
    brand_id: Mapped[int]
    sale_id: Mapped[int]
    sale_item_id: Mapped[int]
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
    ordered_at: Mapped[datetime | None]
    ended_at: Mapped[datetime | None]
    created_at: Mapped[CreatedAt]


_ANSWER = "outcome, hold_id, expires_at, price_minor, next_release_at, next_release_units, most, sold_out_at, opens_at"
_ASKED = "CAST(:items AS bigint[]), CAST(:units AS integer[]), CAST(:keys AS uuid[])"

DECIDE = Each(
    text(
        f"SELECT {_ANSWER} FROM decide_holds(CAST(:members AS bigint[]), {_ASKED}) ORDER BY place"  # noqa: S608 - constants
    ),
    ("members", "items", "units", "keys"),
)
"""One round trip for any number of asks; a row for each, in the order asked."""

ASK = Each(
    text(
        f"SELECT member_id, locale, zone, {_ANSWER} FROM ask_holds(CAST(:hashes AS bytea[]), "  # noqa: S608 - constants
        f"CAST(:idles AS interval[]), CAST(:notes AS interval[]), {_ASKED}, "
        f"{owes_second_factor(Realm.MEMBER, None)}) ORDER BY place"
    ),
    ("hashes", "idles", "notes", "items", "units", "keys"),
)
"""The same for members who are known by what their browsers show; ``nobody`` where that is no whole session."""

NOTE = Each(
    text(
        "SELECT note_wishes(CAST(:members AS bigint[]), CAST(:items AS bigint[]), CAST(:units AS integer[]))"
    ),
    ("members", "items", "units"),
)
"""Notes wishes in vain, in one row without a value."""

RENEW = text("SELECT outcome, expires_at FROM renew_hold(:member, :hold)")
RELEASE = text("SELECT * FROM release_holds(:member, CAST(:holds AS bigint[]), :why)")
SWEEP = text("SELECT sweep_holds(:most)")
