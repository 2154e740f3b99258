"""Keys of brands' machines: made, replaced, revoked by an owner; shown once, kept as a hash."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from typing import TYPE_CHECKING

from sqlalchemy import func, select

from marketplace.db import brands, clock, keys, locks
from marketplace.db.keys import ApiKey
from marketplace.domain import keys as rules
from marketplace.domain.events import Event, Fact
from marketplace.domain.keys import KeyEnded, KeyRefused, Scope, TooManyKeys

if TYPE_CHECKING:
    from collections.abc import Iterable
    from datetime import datetime

    from sqlalchemy import ColumnElement
    from sqlalchemy.orm import Session

    from marketplace.domain.keys import Allowance, Secret
    from marketplace.toolbox import Toolbox


@dataclass(frozen=True, slots=True)
class Made:
    """A fresh key. ``words`` can be read here and never again."""

    key_id: int
    words: str
    prefix: str
    expires_at: datetime


@dataclass(frozen=True, slots=True)
class Bearer:
    """Whoever showed a good key: for which brand, in whose name, what it opens, what is left of the allowance."""

    key_id: int
    brand_id: int
    account_id: int
    prefix: str
    scopes: frozenset[Scope]
    allowance: Allowance


def make(tools: Toolbox, *, name: str, scopes: Iterable[Scope], days: int) -> Made:
    """A key for the actor's brand, good for ``days``. Refuses more than ``KEYS_MAX`` at one time."""
    assert tools.brand_id is not None, "a key belongs to a brand"
    with tools.transaction() as session:
        _check_room(session, tools.brand_id)
        row, secret = _write(tools, session, name=name.strip(), scopes=scopes, days=days)
        _record(tools, session, Event.KEY_MADE, row)
        return Made(row.id, secret.words, row.prefix, row.expires_at)


def replace(tools: Toolbox, *, key_id: int, overlap_hours: int, days: int) -> Made:
    """A key in place of this one, with its name and scopes; the old one is taken for ``overlap_hours`` more.

    Refuses a key that is over, or that was replaced already.
    """
    assert 0 <= overlap_hours <= rules.OVERLAP_HOURS_MAX, "the door limits the overlap"
    with tools.transaction() as session:
        old = locks.one(session, ApiKey, key_id, _owned(tools))
        now = clock.now(session)
        if old.ends_at is not None or old.expires_at <= now:
            raise KeyEnded
        scopes = [Scope(each) for each in old.scopes]
        row, secret = _write(tools, session, name=old.name, scopes=scopes, days=days)
        old.ends_at = min(old.expires_at, now + timedelta(hours=overlap_hours))
        old.replaced_by_id = row.id
        _record(tools, session, Event.KEY_REPLACED, old)
        return Made(row.id, secret.words, row.prefix, row.expires_at)


def revoke(tools: Toolbox, *, key_id: int) -> None:
    """End the key at once, also one whose end is set already. Refuses one that is over."""
    with tools.transaction() as session:
        row = locks.one(session, ApiKey, key_id, _owned(tools))
        now = clock.now(session)
        if min(row.ends_at or row.expires_at, row.expires_at) <= now:
            raise KeyEnded
        row.ends_at = now
        _record(tools, session, Event.KEY_REVOKED, row)


def knock(tools: Toolbox, *, words: str) -> Bearer:
    """Whoever shows this key, one request of their brand's allowance taken; KeyRefused if it is not good.

    The key's day of last use is written at its first use of a day.
    """
    if not rules.has_shape(words):
        raise KeyRefused
    with tools.transaction() as session:
        found = keys.known(session, rules.digest(words))
        if found is None:
            raise KeyRefused
        if not found.used_today:
            keys.note_use(session, found.key_id)
        allowance = keys.ask(session, found.brand_id)
    return Bearer(
        found.key_id,
        found.brand_id,
        found.account_id,
        found.prefix,
        frozenset(scope for scope in Scope if str(scope) in found.scopes),
        allowance,
    )


def _owned(tools: Toolbox) -> ColumnElement[bool]:
    return brands.within(tools.brand_id, ApiKey.brand_id)


def _check_room(session: Session, brand_id: int) -> None:
    """Counted under a lock that a brand's other owner waits for."""
    session.execute(select(func.pg_advisory_xact_lock(func.hashtext("api_keys"), brand_id)))
    now = clock.now(session)
    in_use = (
        (ApiKey.brand_id == brand_id)
        & (ApiKey.expires_at > now)
        & (func.coalesce(ApiKey.ends_at, ApiKey.expires_at) > now)
    )
    count = session.execute(select(func.count(ApiKey.id)).where(in_use)).scalar_one()
    if count >= rules.KEYS_MAX:
        raise TooManyKeys(most=rules.KEYS_MAX)


def _write(
    tools: Toolbox, session: Session, *, name: str, scopes: Iterable[Scope], days: int
) -> tuple[ApiKey, Secret]:
    assert 0 < days <= rules.DAYS_MAX, "the door limits how long a key is good"
    assert tools.brand_id is not None, "a key belongs to a brand"
    assert tools.actor.account_id is not None, "a person makes keys"
    secret = rules.fresh()
    row = ApiKey(
        brand_id=tools.brand_id,
        made_by_id=tools.actor.account_id,
        name=name,
        prefix=secret.prefix,
        secret_sha256=secret.digest,
        scopes=sorted(str(scope) for scope in set(scopes)),
        expires_at=clock.now(session) + timedelta(days=days),
    )
    session.add(row)
    session.flush()
    return row, secret


def _record(tools: Toolbox, session: Session, event: Event, row: ApiKey) -> None:
    data = {"prefix": row.prefix}
    tools.record(session, Fact(event, "brand", row.brand_id, brand_id=row.brand_id, data=data))


__all__ = ("Bearer", "Made", "knock", "make", "replace", "revoke")
