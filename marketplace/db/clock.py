"""The database's clock, asked from inside a transaction. What is open, due or lapsed is decided by it alone."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import TYPE_CHECKING

from sqlalchemy import text

if TYPE_CHECKING:
    from sqlalchemy.orm import Session

_NOW = text("SELECT house_now()")
_INSTANT = text("SELECT house_instant()")


def now(session: Session) -> datetime:
    """The instant of asking (aware UTC): for a decision, asked after the locks it needs."""
    return _utc(session.execute(_NOW).scalar_one())


def instant(session: Session) -> datetime:
    """The instant of one look (aware UTC), for a page that shows what is open."""
    return _utc(session.execute(_INSTANT).scalar_one())


def _utc(at: datetime) -> datetime:
    return at.astimezone(UTC)
