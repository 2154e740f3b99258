"""Reminders of openings: who asked, what may be sent at this instant, and that it is sent once.

A reminder is due while its sale is scheduled, spoken of and about to open, for a member who is let in. Whether it is
so is asked when the letter is written and again when it leaves.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING

from sqlalchemy import Boolean, Index, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column

from marketplace.db.base import Base, CreatedAt, Pk, refers
from marketplace.domain.reminders import AHEAD, LETTER

if TYPE_CHECKING:
    from sqlalchemy.orm import Session


class Reminder(Base):
    """One member's wish for one sale. ``written_at``: its letter is on its way or has left, and no other follows.

    ``letters`` counts those that were written; all but the last were withheld.
    """

    __tablename__ = "reminders"
    __table_args__ = (
        UniqueConstraint("sale_id", "member_id"),
        Index("ix_reminders_member", "member_id"),
        Index(
            "ix_reminders_waiting",
            "sale_id",
            "id",
            postgresql_where="wanted AND written_at IS NULL",
        ),
    )

    id: Mapped[Pk]
    sale_id: Mapped[int] = refers("sales.id")
    member_id: Mapped[int] = refers("members.id")
    wanted: Mapped[bool] = mapped_column(Boolean, server_default="true")
    letters: Mapped[int] = mapped_column(server_default="0")
    written_at: Mapped[datetime | None]
    created_at: Mapped[CreatedAt]


_LET_IN = """a.state = 'active' AND m.territory = s.territory AND s.brand_id <> ALL (kept_from(m.id))
          AND CASE WHEN b.told_ahead THEN s.teaser_at ELSE s.opens_at END <= house_instant()"""
"""Whether the member ``m`` may know of the sale ``s``: the rule of the list of today's sales."""

_DUE = f"""s.state = 'scheduled' AND s.opens_at > house_instant() AND s.opens_at <= house_instant() + :ahead
          AND {_LET_IN}"""

_SEEN = text(
    f"""
    SELECT s.id, s.state = 'scheduled' AND s.opens_at > house_instant() AS coming
    FROM sales s JOIN brands b ON b.id = s.brand_id, members m JOIN accounts a ON a.id = m.account_id
    WHERE s.ref = :ref AND m.id = :member AND s.state NOT IN ('draft', 'cancelled') AND {_LET_IN}
    """  # noqa: S608 - a constant
)
_ASK = text(
    """
    INSERT INTO reminders (sale_id, member_id) VALUES (:sale, :member)
    ON CONFLICT (sale_id, member_id) DO UPDATE SET wanted = true
    """
)
_WRITE = text(
    f"""
    WITH due AS (
        SELECT r.id, r.letters + 1 AS number, m.account_id
        FROM reminders r
        JOIN sales s ON s.id = r.sale_id JOIN brands b ON b.id = s.brand_id
        JOIN members m ON m.id = r.member_id JOIN accounts a ON a.id = m.account_id
        WHERE r.wanted AND r.written_at IS NULL AND {_DUE}
        ORDER BY s.opens_at, r.id LIMIT :most FOR UPDATE OF r SKIP LOCKED
    ), written AS (
        INSERT INTO letters (key, kind, account_id, transactional, facts)
        SELECT :kind || '-' || id || '-' || number, :kind, account_id, true, jsonb_build_object('reminder_id', id)
        FROM due ORDER BY id ON CONFLICT (key) DO NOTHING
    )
    UPDATE reminders r SET written_at = house_now(), letters = due.number FROM due WHERE due.id = r.id RETURNING r.id
    """  # noqa: S608 - a constant
)
_STILL = text(
    f"""
    SELECT 1 FROM reminders r
    JOIN sales s ON s.id = r.sale_id JOIN brands b ON b.id = s.brand_id
    JOIN members m ON m.id = r.member_id JOIN accounts a ON a.id = m.account_id
    WHERE r.id = :reminder AND r.wanted AND {_DUE}
    """  # noqa: S608 - a constant
)


@dataclass(frozen=True, slots=True)
class Seen:
    """A sale that a member may know of; ``coming``: it is still to open, and nothing stands in its way."""

    sale_id: int
    coming: bool


def seen(session: Session, *, ref: str, member_id: int) -> Seen | None:
    """The sale as this member may know of it; None where to this member there is none."""
    row = session.execute(_SEEN, {"ref": ref, "member": member_id}).one_or_none()
    return Seen(*row) if row else None


def ask(session: Session, *, sale_id: int, member_id: int) -> None:
    """The member wants to be reminded, once more or for the first time."""
    session.execute(_ASK, {"sale": sale_id, "member": member_id})


def write_due(session: Session, *, most: int) -> int:
    """Write the letters of up to ``most`` reminders that are due; how many."""
    asked = {"ahead": AHEAD, "most": most, "kind": LETTER}
    return len(session.execute(_WRITE, asked).all())


def still_due(session: Session, reminder_id: int) -> bool:
    """Whether its letter may leave at this instant."""
    asked = {"reminder": reminder_id, "ahead": AHEAD}
    return session.execute(_STILL, asked).scalar_one_or_none() is not None


def wait_again(session: Session, reminder_id: int) -> None:
    """Its letter did not leave: another is written when it is due."""
    session.get_one(Reminder, reminder_id).written_at = None
