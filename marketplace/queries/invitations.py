"""The invitations a member has given, and what became of them."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING

from sqlalchemy import func, select

from marketplace.db import clock
from marketplace.db.members import Invitation, Member
from marketplace.domain.accounts import INVITATION_LASTS

if TYPE_CHECKING:
    from datetime import datetime

    from marketplace.toolbox import Toolbox

PAGE_SIZE = 20


class Standing(StrEnum):
    """Where an invitation stands."""

    WAITING = "waiting"
    ACCEPTED = "accepted"
    LAPSED = "lapsed"


@dataclass(frozen=True, slots=True)
class Given:
    """One invitation; of one that came back, the address is forgotten."""

    email: str
    given_at: datetime
    lapses_at: datetime
    standing: Standing


@dataclass(frozen=True, slots=True)
class Invitations:
    """How many are left to give, and one page of those given, newest first."""

    left: int
    given: tuple[Given, ...]
    total: int


def of_member(tools: Toolbox, *, account_id: int, page: int) -> Invitations:
    """The invitations of one member; ``page`` counts from 1."""
    with tools.reading() as session:
        at = clock.instant(session)
        member = session.scalars(select(Member).where(Member.account_id == account_id)).one()
        of_this = Invitation.sponsor_id == member.id
        total = session.execute(select(func.count()).select_from(Invitation).where(of_this))
        rows = session.scalars(
            select(Invitation)
            .where(of_this)
            .order_by(Invitation.id.desc())
            .limit(PAGE_SIZE)
            .offset((page - 1) * PAGE_SIZE)
        ).all()
        given = tuple(_given(row, at) for row in rows)
        return Invitations(member.invitations_left, given, total.scalar_one())


def _given(row: Invitation, at: datetime) -> Given:
    lapses_at = row.created_at + INVITATION_LASTS
    standing = Standing.WAITING if at < lapses_at else Standing.LAPSED
    if row.accepted_at is not None:
        standing = Standing.ACCEPTED
    return Given(row.email, row.created_at, lapses_at, standing)
