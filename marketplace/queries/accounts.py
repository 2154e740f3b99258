"""What a person sees of their own account."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from sqlalchemy import func, select

from marketplace.db import accounts
from marketplace.db.accounts import Account, Session
from marketplace.db.base import HOUSE_NOW
from marketplace.db.members import Member

if TYPE_CHECKING:
    from datetime import datetime

    from marketplace.toolbox import Toolbox


@dataclass(frozen=True, slots=True)
class OwnAccount:
    """One's own account. ``sessions``: browsers signed in now, this one among them."""

    email: str
    name: str
    locale: str
    zone: str
    has_second_factor: bool
    owes_second_factor: bool
    sessions: int
    since: datetime
    territory: str | None
    invitations_left: int | None
    extra_time: bool


def own(tools: Toolbox, *, account_id: int) -> OwnAccount:
    """The account of ``account_id``, for nobody but this person."""
    living = (
        select(func.count())
        .select_from(Session)
        .where(
            Session.account_id == account_id,
            Session.revoked_at.is_(None),
            Session.idle_until > HOUSE_NOW,
            Session.expires_at > HOUSE_NOW,
        )
        .scalar_subquery()
    )
    with tools.reading() as session:
        account, member, sessions = session.execute(
            select(Account, Member, living)
            .outerjoin(Member, Member.account_id == Account.id)
            .where(Account.id == account_id)
        ).one()
        return OwnAccount(
            email=account.email,
            name=account.name,
            locale=account.locale,
            zone=account.zone,
            has_second_factor=account.totp_confirmed_at is not None,
            owes_second_factor=accounts.must_have_factor(session, account),
            sessions=sessions,
            since=account.created_at,
            territory=member.territory if member else None,
            invitations_left=member.invitations_left if member else None,
            extra_time=bool(member and member.extra_time),
        )
