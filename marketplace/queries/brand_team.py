"""Who speaks for a brand: who has come in, who is invited until when, and what changed among them."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

from sqlalchemy import func, select

from marketplace.db.accounts import NO_PASSWORD, Account, AccountState, Token, TokenPurpose
from marketplace.db.audit import EventRow
from marketplace.db.base import HOUSE_NOW
from marketplace.db.brands import BrandUser
from marketplace.domain.brands.team import PEOPLE_MAX
from marketplace.domain.events import Event
from marketplace.domain.refusals import NotFound

if TYPE_CHECKING:
    from sqlalchemy import Row, Select
    from sqlalchemy.orm import Session

    from marketplace.domain.doors import BrandRole
    from marketplace.toolbox import Toolbox

CHANGES_MAX = 20
CHANGES = (
    Event.BRAND_USER_INVITED,
    Event.BRAND_INVITATION_RESENT,
    Event.BRAND_INVITATION_WITHDRAWN,
    Event.BRAND_ROLE_CHANGED,
    Event.BRAND_USER_REMOVED,
)


@dataclass(frozen=True, slots=True)
class Person:
    """Somebody of the brand. ``invited_until``: set while an invitation waits, and past where it has lapsed."""

    account_id: int
    name: str
    email: str
    role: BrandRole
    since: datetime
    has_second_factor: bool
    has_come_in: bool
    invited_until: datetime | None
    invitation_lapsed: bool


@dataclass(frozen=True, slots=True)
class Change:
    """One line of what changed among the people."""

    at: datetime
    event: str
    whom: str
    by: str | None
    role_was: str | None
    role_now: str | None


def people(tools: Toolbox, *, brand_id: int) -> tuple[Person, ...]:
    """Everybody who speaks for the brand or is invited to, by name. For the hallway's hands and the house's."""
    with tools.reading() as session:
        return tuple(_person(row) for row in session.execute(_people(brand_id)))


def one(tools: Toolbox, *, brand_id: int, account_id: int) -> Person:
    """One of them; NotFound for anybody else's."""
    with tools.reading() as session:
        row = session.execute(_people(brand_id).where(Account.id == account_id)).one_or_none()
    if row is None:
        raise NotFound
    return _person(row)


def changes(tools: Toolbox, *, brand_id: int) -> tuple[Change, ...]:
    """What changed among them lately, newest first."""
    with tools.reading() as session:
        rows = session.scalars(
            select(EventRow)
            .where(
                EventRow.brand_id == brand_id, EventRow.name.in_([str(each) for each in CHANGES])
            )
            .order_by(EventRow.id.desc())
            .limit(CHANGES_MAX)
        ).all()
        names = _names(
            session, {number for row in rows for number in (row.subject_id, row.account_id)}
        )
        return tuple(
            Change(
                at=row.created_at.astimezone(UTC),
                event=row.name,
                whom=names.get(row.subject_id, ""),
                by=names.get(row.account_id or 0),
                role_was=row.data.get("role_was"),
                role_now=row.data.get("role_now"),
            )
            for row in rows
        )


def _people(brand_id: int) -> Select[*tuple[Any, ...]]:
    until = (
        select(func.max(Token.expires_at))
        .where(
            Token.account_id == Account.id,
            Token.purpose == TokenPurpose.BRAND_INVITATION,
            Token.used_at.is_(None),
        )
        .scalar_subquery()
    )
    return (
        select(
            Account.id,
            Account.name,
            Account.email,
            BrandUser.role,
            BrandUser.created_at,
            Account.totp_confirmed_at.is_not(None),
            Account.password_hash != NO_PASSWORD,
            until,
            until <= HOUSE_NOW,
        )
        .join(BrandUser, BrandUser.account_id == Account.id)
        .where(BrandUser.brand_id == brand_id, Account.state == AccountState.ACTIVE)
        .order_by(func.lower(Account.name), Account.id)
        .limit(PEOPLE_MAX)
    )


def _person(row: Row[*tuple[Any, ...]]) -> Person:
    number, name, email, role, since, factor, come_in, until, lapsed = row
    return Person(
        account_id=number,
        name=name,
        email=email,
        role=role,
        since=since.astimezone(UTC),
        has_second_factor=factor,
        has_come_in=come_in,
        invited_until=None if come_in or until is None else until.astimezone(UTC),
        invitation_lapsed=not come_in and bool(lapsed if until is not None else True),
    )


def _names(session: Session, numbers: set[int | None]) -> dict[int, str]:
    wanted = [each for each in numbers if each is not None]
    found = session.execute(select(Account.id, Account.name).where(Account.id.in_(wanted)))
    return {number: name for number, name in found}  # noqa: C416 - rows are no pairs to mypy
