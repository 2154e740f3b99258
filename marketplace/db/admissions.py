"""Waiting rooms of sales, the tickets in them, and the functions that draw and let in.

Members reach tickets through the functions alone: what they ask for their own, and a draw without anybody's name.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING
from uuid import UUID

from sqlalchemy import (
    BigInteger,
    CheckConstraint,
    Computed,
    ForeignKey,
    Index,
    String,
    UniqueConstraint,
    Uuid,
    text,
)
from sqlalchemy.orm import Mapped, mapped_column

from marketplace.db.base import Base, CreatedAt, Pk, refers
from marketplace.domain.admissions import (
    DRAW_LISTED_MAX,
    PAYMENTS_PER_MINUTE,
    ROOMS_MAX,
    Visit,
)

if TYPE_CHECKING:
    from sqlalchemy.orm import Session


class WaitingRoom(Base):
    """The room of one sale. ``at_once``: who may shop at one time; ``per_minute``: how many are let in.

    ``seed`` is read by nobody before ``drawn_at``. ``wide_at``: an operator let everybody in. ``called`` counts who was
    let in; ``free`` to ``recent`` are what was found when it was tended last.
    """

    __tablename__ = "waiting_rooms"
    __table_args__ = (
        CheckConstraint("at_once > 0 AND per_minute > 0", name="somebody_gets_in"),
        CheckConstraint("(drawn_at IS NULL) = (drawn IS NULL) AND drawn <= places", name="drawn"),
    )

    sale_id: Mapped[int] = mapped_column(
        BigInteger, ForeignKey("sales.id", ondelete="RESTRICT"), primary_key=True
    )
    at_once: Mapped[int]
    per_minute: Mapped[int]
    seed: Mapped[str] = mapped_column(
        String(64),
        server_default=text("replace(gen_random_uuid()::text || gen_random_uuid()::text, '-', '')"),
    )
    commitment: Mapped[str] = mapped_column(
        String(64),
        Computed("encode(sha256(decode(seed::text, 'escape')), 'hex')", persisted=True),
    )
    drawn_at: Mapped[datetime | None]
    drawn: Mapped[int | None]
    places: Mapped[int] = mapped_column(server_default="0")
    called: Mapped[int] = mapped_column(server_default="0")
    wide_at: Mapped[datetime | None]
    tended_at: Mapped[datetime | None]
    free: Mapped[int] = mapped_column(server_default="0")
    in_bags: Mapped[int] = mapped_column(server_default="0")
    back_at: Mapped[datetime | None]
    waiting: Mapped[int] = mapped_column(server_default="0")
    inside: Mapped[int] = mapped_column(server_default="0")
    recent: Mapped[int] = mapped_column(server_default="0")
    created_at: Mapped[CreatedAt]


class Ticket(Base):
    """A member's one place in one room. ``number`` is drawn by the database; ``drawn_as`` stays what the draw said.

    ``place`` is where the member stands now: another one, behind everybody, after a turn that passed unused.
    """

    __tablename__ = "tickets"
    __table_args__ = (
        UniqueConstraint("number"),
        UniqueConstraint("sale_id", "member_id"),
        UniqueConstraint("sale_id", "place"),
        CheckConstraint(
            "(let_in_at IS NULL) = (until_at IS NULL) AND (let_in_at IS NULL OR place IS NOT NULL)",
            name="let_in",
        ),
        Index("ix_tickets_member", "member_id"),
        Index("ix_tickets_let_in", "sale_id", "let_in_at"),
        Index(
            "ix_tickets_in_line",
            "sale_id",
            "place",
            postgresql_where="let_in_at IS NULL AND place IS NOT NULL",
        ),
        Index("ix_tickets_unplaced", "sale_id", "arrived_at", postgresql_where="place IS NULL"),
    )

    id: Mapped[Pk]
    sale_id: Mapped[int] = refers("waiting_rooms.sale_id")
    member_id: Mapped[int | None] = refers("members.id")
    number: Mapped[UUID] = mapped_column(Uuid, server_default=text("gen_random_uuid()"))
    arrived_at: Mapped[datetime | None]
    drawn_as: Mapped[int | None]
    place: Mapped[int | None]
    first_in_at: Mapped[datetime | None]
    let_in_at: Mapped[datetime | None]
    until_at: Mapped[datetime | None]
    seen_at: Mapped[datetime | None]


@dataclass(frozen=True, slots=True)
class Drawn:
    """A draw that was just made: of which sale, how many tickets, and what had been published before."""

    sale_id: int
    tickets: int
    commitment: str


_VISIT = text("SELECT * FROM visit_room(:sale, :member, :gate)")
_STAND_AGAIN = text("SELECT stand_again(:sale, :member)")
_TEND = text("SELECT sale_id, drawn, commitment FROM tend_rooms(:gate, :most)")
_DRAWN = text("SELECT drawn_as, number FROM drawn_places(:sale) LIMIT :most")
_SET = text(
    """
    INSERT INTO waiting_rooms (sale_id, at_once, per_minute) VALUES (:sale, :at_once, :per_minute)
    ON CONFLICT (sale_id) DO UPDATE SET at_once = excluded.at_once, per_minute = excluded.per_minute,
        wide_at = CASE WHEN waiting_rooms.drawn_at IS NULL THEN NULL ELSE waiting_rooms.wide_at END
    RETURNING wide_at IS NULL AS stands
    """
)
_OPEN_WIDE = text(
    "UPDATE waiting_rooms SET wide_at = house_now() WHERE sale_id = :sale AND wide_at IS NULL RETURNING sale_id"
)


def visit(session: Session, *, sale_id: int, member_id: int) -> Visit | None:
    """What the member finds; takes the ticket the first time. None where the sale has no room."""
    asked = {"sale": sale_id, "member": member_id, "gate": PAYMENTS_PER_MINUTE}
    row = session.execute(_VISIT, asked).one_or_none()
    return Visit(*row) if row else None


def stand_again(session: Session, *, sale_id: int, member_id: int) -> bool:
    """Behind everybody, after a turn that passed unused; whether there was one."""
    asked = {"sale": sale_id, "member": member_id}
    stood: bool = session.execute(_STAND_AGAIN, asked).scalar_one()
    return stood


def tend(session: Session) -> tuple[Drawn, ...]:
    """Draw, place and let in, in every room of a sale that runs; the draws that were made."""
    asked = {"gate": PAYMENTS_PER_MINUTE, "most": ROOMS_MAX}
    return tuple(Drawn(*row) for row in session.execute(_TEND, asked))


def drawn_places(session: Session, *, sale_id: int) -> tuple[tuple[int, UUID], ...]:
    """Every place of the draw with its ticket, without a name; none before it."""
    rows = session.execute(_DRAWN, {"sale": sale_id, "most": DRAW_LISTED_MAX})
    return tuple((row.drawn_as, row.number) for row in rows)


def set_up(session: Session, *, sale_id: int, at_once: int, per_minute: int) -> bool:
    """Give the sale a room, or change its figures; whether it stands, for one opened wide is not shut again."""
    asked = {"sale": sale_id, "at_once": at_once, "per_minute": per_minute}
    stands: bool = session.execute(_SET, asked).scalar_one()
    return stands


def open_wide(session: Session, *, sale_id: int) -> bool:
    """Let everybody in; whether there was a room that stood."""
    return session.execute(_OPEN_WIDE, {"sale": sale_id}).first() is not None
