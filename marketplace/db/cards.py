"""Saved cards: what the payment service keeps for a member, by its references; numbers of cards never come here."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING

from sqlalchemy import CheckConstraint, Index, SmallInteger, String, select, text
from sqlalchemy.orm import Mapped, mapped_column

from marketplace.db.base import (
    CODE_LENGTH_MAX,
    NAME_LENGTH_MAX,
    Base,
    CreatedAt,
    Pk,
    refers,
    states,
)
from marketplace.domain.cards import CardState

if TYPE_CHECKING:
    from sqlalchemy.orm import Session


class Card(Base):
    """One agreement to keep a card, and the card that came of it.

    ``consent`` is what the member agreed to, word for word. ``customer_ref`` and ``method_ref`` are the payment
    service's; they are struck once it has forgotten the card (``forgotten_at``). A member has one kept card at most.
    """

    __tablename__ = "cards"
    __table_args__ = (
        CheckConstraint(
            "state <> 'kept' OR (customer_ref IS NOT NULL AND method_ref IS NOT NULL AND kept_at IS NOT NULL)",
            name="kept",
        ),
        CheckConstraint("(state = 'removed') = (removed_at IS NOT NULL)", name="removed"),
        Index("uq_cards_kept", "member_id", unique=True, postgresql_where="state = 'kept'"),
        Index("ix_cards_member", "member_id", "id"),
        Index(
            "ix_cards_asked",
            "called_at",
            postgresql_where="state = 'asked' AND called_at IS NOT NULL",
        ),
        Index(
            "ix_cards_to_forget",
            "id",
            postgresql_where="customer_ref IS NOT NULL AND state IN ('removed', 'ended')",
        ),
    )

    id: Mapped[Pk]
    member_id: Mapped[int] = refers("members.id")
    key: Mapped[str] = mapped_column(String(CODE_LENGTH_MAX), unique=True)
    state: Mapped[CardState] = mapped_column(states(CardState), server_default="asked")
    consent: Mapped[str] = mapped_column(String(2_000))
    customer_ref: Mapped[str | None] = mapped_column(String(NAME_LENGTH_MAX))
    method_ref: Mapped[str | None] = mapped_column(String(NAME_LENGTH_MAX))
    session_ref: Mapped[str | None] = mapped_column(String(NAME_LENGTH_MAX), unique=True)
    brand: Mapped[str] = mapped_column(String(40), server_default="")
    last_four: Mapped[str] = mapped_column(String(4), server_default="")
    good_through_year: Mapped[int | None] = mapped_column(SmallInteger)
    good_through_month: Mapped[int | None] = mapped_column(SmallInteger)
    called_at: Mapped[datetime | None]
    session_ends_at: Mapped[datetime | None]
    looked_up_at: Mapped[datetime | None]
    kept_at: Mapped[datetime | None]
    removed_at: Mapped[datetime | None]
    forgotten_at: Mapped[datetime | None]
    created_at: Mapped[CreatedAt]


ORDER_HOLDS = text("SELECT order_holds(:order, CAST(:lasts AS interval))")
"""The order's live holds become its own: no longer in the bag, and alive for so long. NULL where one is not live."""

HAND_BACK_HOLDS = text("SELECT hand_back_holds(:order, CAST(:lasts AS interval))")
"""They go back to the bag and end so long from now; until when, or NULL where nothing is left of them."""

TO_FORGET = text(
    """
    SELECT c.id, c.customer_ref FROM cards c
    WHERE c.customer_ref IS NOT NULL AND c.state IN ('removed', 'ended') AND NOT EXISTS (
        SELECT FROM payments p WHERE p.card_id = c.id AND p.state = 'prepared' AND p.called_at IS NOT NULL
    )
    ORDER BY c.id LIMIT :most
    """
)
"""Cards of which nothing is asked any more, and which the payment service still knows."""


def kept(session: Session, member_id: int) -> Card | None:
    """The member's saved card, if there is one."""
    statement = select(Card).where(Card.member_id == member_id, Card.state == CardState.KEPT)
    return session.scalars(statement).one_or_none()
