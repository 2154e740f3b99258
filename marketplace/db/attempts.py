"""Failed attempts, counted in PostgreSQL: noted before the work is done and taken back when it succeeds.

Noting first is what makes a burst of parallel guesses count; a refused attempt is undone with its transaction.
"""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

from sqlalchemy import func, select, update
from sqlalchemy.dialects.postgresql import insert

from marketplace.db.accounts import Attempt
from marketplace.domain.accounts import Budget, TooManyAttempts, wait_seconds

if TYPE_CHECKING:
    from collections.abc import Sequence

    from sqlalchemy.orm import Session

PERIOD = timedelta(seconds=5)
EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
KEY_HEX = 32


@dataclass(frozen=True, slots=True)
class Counted:
    """One key whose failures are counted, and its budget. The key names nobody: what it is about is hashed."""

    key: str
    budget: Budget


def counted(kind: str, about: str, budget: Budget) -> Counted:
    """``about`` (an address, a network, an account) counted for ``kind``."""
    return Counted(f"{kind}:{hashlib.sha256(about.encode()).hexdigest()[:KEY_HEX]}", budget)


def note(session: Session, keys: Sequence[Counted], *, at: datetime) -> None:
    """Count one attempt at ``at`` for each of ``keys``; TooManyAttempts if one of them must wait."""
    for each in sorted(keys, key=lambda one: one.key):
        _check(session, each, at)
        _add(session, each.key, at)


def _check(session: Session, one: Counted, at: datetime) -> None:
    # The row of this key is locked first: two attempts at once are looked at one after the other.
    session.execute(select(func.pg_advisory_xact_lock(func.hashtextextended(one.key, 0))))
    failures, oldest, last = session.execute(
        select(
            func.coalesce(func.sum(Attempt.count), 0),
            func.min(Attempt.period_at),
            func.max(Attempt.period_at),
        ).where(
            Attempt.key == one.key, Attempt.period_at > at - one.budget.window, Attempt.count > 0
        )
    ).one()
    if not failures:
        return
    wait = wait_seconds(
        one.budget, failures=int(failures), since_oldest=at - oldest, since_last=at - last
    )
    if wait:
        raise TooManyAttempts(seconds=wait)


def _add(session: Session, key: str, at: datetime) -> None:
    row = insert(Attempt).values(key=key, period_at=period(at), count=1)
    session.execute(
        row.on_conflict_do_update(
            index_elements=[Attempt.key, Attempt.period_at], set_={"count": Attempt.count + 1}
        )
    )


def take_back(session: Session, keys: Sequence[Counted], *, at: datetime) -> None:
    """The attempt noted at ``at`` was no failure."""
    for each in sorted(keys, key=lambda one: one.key):
        session.execute(
            update(Attempt)
            .where(Attempt.key == each.key, Attempt.period_at == period(at), Attempt.count > 0)
            .values(count=Attempt.count - 1)
        )


def period(at: datetime) -> datetime:
    """The beginning of the period that ``at`` lies in."""
    return at - (at - EPOCH) % PERIOD
