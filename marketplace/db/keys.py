"""Keys of brands' machines, and how much of their allowance the machines of each brand have used."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import TYPE_CHECKING, Any

from sqlalchemy import Date, Interval, LargeBinary, String, bindparam, text
from sqlalchemy.orm import Mapped, mapped_column

from marketplace.db.base import Base, CreatedAt, Pk, refers
from marketplace.domain.keys import SLOT, WINDOW, Allowance, allowance_of

if TYPE_CHECKING:
    from sqlalchemy.orm import Session


class ApiKey(Base):
    """A key of a brand's machines: good until ``expires_at``, or ``ends_at`` where it was revoked or replaced.

    Kept as a hash. ``last_used_on`` is a day and no more: it is written once a day, not at every request.
    """

    __tablename__ = "api_keys"

    id: Mapped[Pk]
    brand_id: Mapped[int] = refers("brands.id", index=True)
    made_by_id: Mapped[int] = refers("accounts.id", index=True)
    name: Mapped[str] = mapped_column(String(80))
    prefix: Mapped[str] = mapped_column(String(20), unique=True)
    secret_sha256: Mapped[bytes] = mapped_column(LargeBinary, unique=True, deferred=True)
    scopes: Mapped[list[Any]]
    expires_at: Mapped[datetime]
    ends_at: Mapped[datetime | None]
    replaced_by_id: Mapped[int | None] = refers("api_keys.id")
    last_used_on: Mapped[date | None] = mapped_column(Date)
    created_at: Mapped[CreatedAt]


class ApiAllowance(Base):
    """How much a brand's machines have asked lately: ``full_at`` is when all of their allowance is there again.

    One row for each brand, in a table that is not written to the log of the store: to lose it costs nothing.
    """

    __tablename__ = "api_allowances"
    __table_args__ = ({"prefixes": ["UNLOGGED"]},)

    brand_id: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    full_at: Mapped[datetime]


@dataclass(frozen=True, slots=True)
class Known:
    """Whose key it is and what it opens."""

    key_id: int
    brand_id: int
    account_id: int
    prefix: str
    scopes: tuple[str, ...]
    used_today: bool


def known(session: Session, digest: bytes) -> Known | None:
    """The key with this digest, if it is good now and its brand works with the house."""
    row = session.execute(_KNOWN, {"digest": digest}).one_or_none()
    if row is None:
        return None
    return Known(
        row.id, row.brand_id, row.made_by_id, row.prefix, tuple(row.scopes), row.used_today
    )


def note_use(session: Session, key_id: int) -> None:
    """Remember that the key was used today."""
    session.execute(_NOTE_USE, {"key": key_id})


def ask(session: Session, brand_id: int) -> Allowance:
    """Take one request from the brand's allowance, if there is one left."""
    used = session.execute(_ASK, {"brand": brand_id}).scalar_one_or_none()
    if used is None:
        found: timedelta = session.execute(_USED, {"brand": brand_id}).scalar_one()
        return allowance_of(found + SLOT)
    return allowance_of(min(used, WINDOW))


_KNOWN = text(
    "SELECT k.id, k.brand_id, k.made_by_id, k.prefix, k.scopes,"
    " k.last_used_on IS NOT DISTINCT FROM house_instant()::date AS used_today"
    " FROM api_keys k JOIN brands b ON b.id = k.brand_id"
    " WHERE k.secret_sha256 = :digest AND b.state IN ('onboarding', 'ready') AND k.expires_at > house_instant()"
    " AND (k.ends_at IS NULL OR k.ends_at > house_instant())"
)
_NOTE_USE = text(
    "UPDATE api_keys SET last_used_on = house_instant()::date"
    " WHERE id = :key AND last_used_on IS DISTINCT FROM house_instant()::date"
)
_SPANS = (bindparam("slot", SLOT, Interval), bindparam("whole", WINDOW, Interval))
_ASK = text(
    "INSERT INTO api_allowances AS a (brand_id, full_at) VALUES (:brand, house_instant() + :slot)"
    " ON CONFLICT (brand_id) DO UPDATE SET full_at = greatest(a.full_at, house_instant()) + :slot"
    " WHERE greatest(a.full_at, house_instant()) + :slot <= house_instant() + :whole"
    " RETURNING full_at - house_instant()"
).bindparams(*_SPANS)
_USED = text("SELECT full_at - house_instant() FROM api_allowances WHERE brand_id = :brand")
