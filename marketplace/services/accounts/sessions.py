"""Sessions of signed-in browsers: a random reference in a cookie, its hash in PostgreSQL, nothing in between."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from sqlalchemy import text

from marketplace.db import accounts
from marketplace.db.session import Each
from marketplace.domain.accounts import SESSION_LASTS, owes_second_factor
from marketplace.domain.doors import BrandRole, Realm
from marketplace.domain.holds import Glance

if TYPE_CHECKING:
    from datetime import datetime

    from marketplace.db.asking import Asking, Question
    from marketplace.toolbox import Toolbox

_COLUMNS = ("hashes", "realms", "idles", "notes")
_WHO = """
    generate_subscripts(CAST(:hashes AS bytea[]), 1) AS n
    LEFT JOIN knock_each(CAST(:hashes AS bytea[]), CAST(:realms AS text[]), CAST(:idles AS interval[]),
                         CAST(:notes AS interval[])) k ON k.place = n
"""
_KNOCK = Each(text(f"SELECT k.* FROM {_WHO} ORDER BY n"), _COLUMNS)  # noqa: S608 - a constant
"""A row for each who knocks, without a session where nobody is known by what they show."""
_COME = Each(
    text(
        f"""
        SELECT k.*, g.units, g.first_end, g.told_at, g.extra_time FROM {_WHO}
        LEFT JOIN LATERAL bag_at_a_glance(k.member_id) g ON k.member_id IS NOT NULL ORDER BY n
        """  # noqa: S608 - a constant
    ),
    _COLUMNS,
)
"""The same with what members hold."""

_LASTS = {realm: (lasts.idle, lasts.noted_after) for realm, lasts in SESSION_LASTS.items()}


@dataclass(frozen=True, slots=True)
class Knocked:
    """Who stands at the door, as the tables say at this moment, and the house's time of asking.

    ``complete``: all factors were given. Otherwise ``has_second_factor`` tells whether a code is waited for or
    has to be set up first. ``kept_from``: brands that keep this member out of their sales.
    """

    session_id: int
    account_id: int
    realm: Realm
    name: str
    locale: str
    zone: str
    has_second_factor: bool
    complete: bool
    member_id: int | None
    territory: str | None
    brand_id: int | None
    brand_role: BrandRole | None
    brand_name: str | None
    at: datetime
    kept_from: frozenset[int]


def knock(tools: Toolbox, *, reference: str, realm: Realm) -> Knocked | None:
    """Who ``reference`` belongs to in ``realm``; None if nobody, or if the session has ended.

    One round trip through a function in the database, which also notes that the session was used; like a hold
    it commits by itself.
    """
    return tools.waited_for(knocking(reference=reference, realm=realm))


def knocking(*, reference: str, realm: Realm) -> Asking[Knocked | None]:
    """The same for ``tools.waited_for`` or ``tools.awaited``."""
    return _knocked((yield _question(_KNOCK, reference, realm)), realm)


def coming(*, reference: str) -> Asking[tuple[Knocked, Glance] | None]:
    """The member whose session ``reference`` is, as :func:`knock` knows them, and their bag, in the same round trip.

    None for nobody, and for somebody who owes a factor still. For ``tools.waited_for`` or ``tools.awaited``.
    """
    row = yield _question(_COME, reference, Realm.MEMBER)
    knocked = _knocked(row, Realm.MEMBER)
    if knocked is None or not knocked.complete or knocked.member_id is None:
        return None
    return knocked, Glance(row.units, row.first_end, row.told_at, row.extra_time)


def _question(each: Each, reference: str, realm: Realm) -> Question:
    return each, (accounts.digest(reference), str(realm), *_LASTS[realm])


def _knocked(row: Any, realm: Realm) -> Knocked | None:  # noqa: ANN401 - a row
    if row.session_id is None:
        return None
    role = BrandRole(row.brand_role) if row.brand_role else None
    due = row.has_second_factor or owes_second_factor(realm, role)
    return Knocked(
        session_id=row.session_id,
        account_id=row.account_id,
        realm=realm,
        name=row.name,
        locale=row.locale,
        zone=row.zone,
        has_second_factor=row.has_second_factor,
        complete=row.second_factor_at is not None or not due,
        member_id=row.member_id,
        territory=row.territory,
        brand_id=row.brand_id,
        brand_role=role,
        brand_name=row.brand_name,
        at=row.at,
        kept_from=frozenset(row.kept_from),
    )


def sign_out(tools: Toolbox, *, reference: str) -> None:
    """End this one session; ending it twice is no refusal."""
    with tools.transaction() as session:
        accounts.end_session(session, reference)


def sign_out_everywhere(tools: Toolbox, *, account_id: int) -> None:
    """End every session of the account, this one included."""
    with tools.transaction() as session:
        accounts.end_sessions(session, account_id)
