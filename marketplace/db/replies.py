"""Answers to deeds of brands' machines, kept for a day under the key that the machine gave the deed."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING

from sqlalchemy import LargeBinary, String, UniqueConstraint, text
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Mapped, mapped_column

from marketplace.db.base import Base, CreatedAt, Pk, refers
from marketplace.domain.replies import UNDER_WAY_FOR

if TYPE_CHECKING:
    from sqlalchemy.orm import Session


class KeptReply(Base):
    """The answer to one deed; ``status`` none while the deed is under way."""

    __tablename__ = "kept_replies"
    __table_args__ = (UniqueConstraint("brand_id", "key"),)

    id: Mapped[Pk]
    brand_id: Mapped[int] = refers("brands.id")
    key: Mapped[str] = mapped_column(String(200))
    fingerprint: Mapped[bytes] = mapped_column(LargeBinary)
    status: Mapped[int | None]
    kind: Mapped[str] = mapped_column(String(100), server_default="")
    location: Mapped[str] = mapped_column(String(500), server_default="")
    body: Mapped[str] = mapped_column(server_default="")
    begun_at: Mapped[CreatedAt]
    expires_at: Mapped[datetime] = mapped_column(index=True)


def begin(session: Session, brand_id: int, key: str, fingerprint: bytes) -> bool:
    """Mark the deed as begun; False where it was begun before and is still remembered."""
    values = {"brand_id": brand_id, "key": key, "fingerprint": fingerprint}
    session.execute(_LAPSED, {"brand": brand_id, "key": key})
    statement = (
        insert(KeptReply)
        .values(**values, expires_at=text("house_now() + interval '24 hours'"))
        .on_conflict_do_nothing(constraint="uq_kept_replies_brand_id_key")
        .returning(KeptReply.id)
    )
    return session.execute(statement).scalar_one_or_none() is not None


def take_over(session: Session, reply_id: int) -> bool:
    """Begin a deed anew that was broken off; False where somebody is still at it."""
    found = session.execute(_TAKE_OVER, {"id": reply_id, "after": UNDER_WAY_FOR})
    return found.scalar_one_or_none() is not None


def forget_lapsed(session: Session, *, most: int) -> int:
    """Remove up to ``most`` answers whose time is over; how many."""
    return len(session.execute(_FORGET, {"most": most}).all())


_LAPSED = text(
    "DELETE FROM kept_replies WHERE brand_id = :brand AND key = :key AND expires_at <= house_now()"
)
_TAKE_OVER = text(
    "UPDATE kept_replies SET begun_at = house_now()"
    " WHERE id = :id AND status IS NULL AND begun_at < house_now() - CAST(:after AS interval) RETURNING id"
)
_FORGET = text(
    "DELETE FROM kept_replies WHERE id IN (SELECT id FROM kept_replies WHERE expires_at <= house_instant()"
    " ORDER BY id LIMIT :most FOR UPDATE SKIP LOCKED) RETURNING id"
)
