"""Events: who did what, when and why. At once the audit and the outbox; append-only."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING, Any

from sqlalchemy import Index, String
from sqlalchemy.orm import Mapped, mapped_column

from marketplace.db.base import CODE_LENGTH_MAX, Base, CreatedAt, Pk, refers, states
from marketplace.domain.doors import Door

if TYPE_CHECKING:
    from collections.abc import Iterable

    from sqlalchemy.orm import Session

    from marketplace.domain.doors import Actor
    from marketplace.domain.events import Fact


class EventRow(Base):
    """One fact, written in the transaction that made it true. ``relayed_at`` is all that is ever added."""

    __tablename__ = "events"
    __table_args__ = (
        Index("ix_events_waiting", "id", postgresql_where="relayed_at IS NULL"),
        Index("ix_events_subject", "subject_type", "subject_id", "id"),
        Index("ix_events_brand", "brand_id", "id"),
        Index(
            "ix_events_payments",
            "name",
            "id",
            postgresql_where="name IN ('payment.unexplained', 'payment.explained')",
        ),
    )

    id: Mapped[Pk]
    name: Mapped[str] = mapped_column(String(CODE_LENGTH_MAX))
    subject_type: Mapped[str] = mapped_column(String(40))
    subject_id: Mapped[int]
    brand_id: Mapped[int | None] = refers("brands.id")
    actor: Mapped[Door] = mapped_column(states(Door))
    account_id: Mapped[int | None] = refers("accounts.id")
    reason: Mapped[str] = mapped_column(String(1_000), server_default="")
    data: Mapped[dict[str, Any]] = mapped_column(server_default="{}")
    request_id: Mapped[str] = mapped_column(String(40), server_default="")
    relayed_at: Mapped[datetime | None]
    created_at: Mapped[CreatedAt]


class LegalPage(Base):
    """A version of a legal page in one language; the newest published one is shown."""

    __tablename__ = "legal_pages"
    __table_args__ = (Index("ix_legal_pages_slug_locale", "slug", "locale", "id"),)

    id: Mapped[Pk]
    slug: Mapped[str] = mapped_column(String(CODE_LENGTH_MAX))
    locale: Mapped[str] = mapped_column(String(8))
    title: Mapped[str] = mapped_column(String(CODE_LENGTH_MAX))
    body: Mapped[str]
    changed_by_id: Mapped[int | None] = refers("accounts.id")
    created_at: Mapped[CreatedAt]


def record(
    session: Session, facts: Iterable[Fact], *, actor: Actor, request_id: str = ""
) -> tuple[int, ...]:
    """Write ``facts`` as done by ``actor``; returns the events' ids, whose commit sets the jobs going."""
    rows = [
        EventRow(
            name=str(fact.name),
            subject_type=fact.subject_type,
            subject_id=fact.subject_id,
            brand_id=fact.brand_id,
            actor=actor.kind,
            account_id=actor.account_id,
            reason=fact.reason,
            data=fact.data,
            request_id=request_id,
        )
        for fact in facts
    ]
    session.add_all(rows)
    session.flush()
    return tuple(row.id for row in rows)
