"""The inbox: messages from strangers, stored raw before anything is done with them, each once."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import Index, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from marketplace.db.base import CODE_LENGTH_MAX, NAME_LENGTH_MAX, Base, CreatedAt, Pk


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
