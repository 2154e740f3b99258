"""The keys of a brand's machines, as its owners see them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from sqlalchemy import select

from marketplace.db import brands, clock
from marketplace.db.accounts import Account
from marketplace.db.keys import ApiKey
from marketplace.domain.keys import Scope
from marketplace.domain.refusals import NotFound

if TYPE_CHECKING:
    from datetime import date, datetime

    from sqlalchemy import ColumnElement

    from marketplace.toolbox import Toolbox

KEYS_SHOWN_MAX = 100


@dataclass(frozen=True, slots=True)
class KeyShown:
    """A key: how it begins, what it opens, until when. ``is_replaced``: another one stands in its place."""

    key_id: int
    name: str
    prefix: str
    scopes: tuple[Scope, ...]
    made_by: str
    made_at: datetime
    until: datetime
    last_used_on: date | None
    is_over: bool
    is_replaced: bool


def listed(tools: Toolbox) -> tuple[KeyShown, ...]:
    """The brand's keys, those in use first, then the newest."""
    found = _shown(tools, brands.within(tools.brand_id, ApiKey.brand_id))
    return tuple(sorted(found, key=lambda each: each.is_over))


def one(tools: Toolbox, *, key_id: int) -> KeyShown:
    """The key, if it is the brand's own."""
    found = _shown(tools, brands.within(tools.brand_id, ApiKey.brand_id), ApiKey.id == key_id)
    if not found:
        raise NotFound
    return found[0]


def _shown(tools: Toolbox, *where: ColumnElement[bool]) -> list[KeyShown]:
    wanted = (
        select(ApiKey, Account.name)
        .join(Account, Account.id == ApiKey.made_by_id)
        .where(*where)
        .order_by(ApiKey.id.desc())
        .limit(KEYS_SHOWN_MAX)
    )
    with tools.reading() as session:
        now = clock.instant(session)
        return [_key(row, made_by, now) for row, made_by in session.execute(wanted)]


def _key(row: ApiKey, made_by: str, now: datetime) -> KeyShown:
    until = min(row.ends_at or row.expires_at, row.expires_at)
    return KeyShown(
        key_id=row.id,
        name=row.name,
        prefix=row.prefix,
        scopes=tuple(scope for scope in Scope if str(scope) in row.scopes),
        made_by=made_by,
        made_at=row.created_at,
        until=until,
        last_used_on=row.last_used_on,
        is_over=until <= now,
        is_replaced=row.replaced_by_id is not None,
    )
