"""The inbox: messages from strangers, stored raw before anything is done with them, each once."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING, Any

from sqlalchemy import Index, String, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column

from marketplace.db.base import CODE_LENGTH_MAX, NAME_LENGTH_MAX, Base, CreatedAt, Pk

if TYPE_CHECKING:
    from collections.abc import Mapping

    from sqlalchemy.orm import Session

NOTHING_NEW = ("known", "open")
"""Where two carry out one message at once, what is kept is what the one decided who came first."""
_HANDLED = text(
    """
    UPDATE inbox m SET handled_at = house_now(), outcome = d.outcome
    FROM unnest(CAST(:numbers AS bigint[]), CAST(:outcomes AS text[])) AS d (id, outcome)
    WHERE m.id = d.id AND (m.handled_at IS NULL OR m.outcome = ANY (:nothing_new))
    """
)


class InboxMessage(Base):
    """One message of one source; unique by ``(source, message_id)`` however often it arrives."""

    __tablename__ = "inbox"
    __table_args__ = (
        UniqueConstraint("source", "message_id"),
        Index("ix_inbox_waiting", "id", postgresql_where="handled_at IS NULL"),
    )

    id: Mapped[Pk]
    source: Mapped[str] = mapped_column(String(40))
    message_id: Mapped[str] = mapped_column(String(NAME_LENGTH_MAX))
    kind: Mapped[str] = mapped_column(String(CODE_LENGTH_MAX))
    body: Mapped[dict[str, Any]]
    handled_at: Mapped[datetime | None]
    outcome: Mapped[str] = mapped_column(String(1_000), server_default="")
    created_at: Mapped[CreatedAt]


def note_handled(session: Session, outcomes: Mapping[int, str]) -> None:
    """Note what was decided about messages, by their number."""
    numbers = sorted(outcomes)
    words = [outcomes[each] for each in numbers]
    asked = {"numbers": numbers, "outcomes": words, "nothing_new": list(NOTHING_NEW)}
    session.execute(_HANDLED, asked)
