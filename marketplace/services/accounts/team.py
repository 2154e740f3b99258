"""The people of a brand: invited, given another role, let go. The brand's row is locked before they are counted."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sqlalchemy import func, select

from marketplace.db import accounts, attempts, clock, contacts, locks
from marketplace.db.accounts import Account, AccountState, TokenPurpose
from marketplace.db.brands import Brand, BrandUser
from marketplace.domain.accounts import PER_LETTER, email_key
from marketplace.domain.brands.team import InvitationFollowed, check_owner_stays, check_room
from marketplace.domain.doors import BrandRole, Realm
from marketplace.domain.events import Event, Fact
from marketplace.domain.refusals import NotFound
from marketplace.services.accounts import invitations

if TYPE_CHECKING:
    from sqlalchemy.orm import Session

    from marketplace.toolbox import Toolbox


def invite_to_brand(
    tools: Toolbox, *, brand_id: int, email: str, name: str, role: BrandRole, locale: str
) -> str:
    """Let a person speak for a brand: they get a link by mail, good once, for fourteen days.

    Returns the link as well, for an operator who hands it over in person. Refuses with EmailRefused, NotFound (no
    such brand), TeamFull or AlreadyThere.
    """
    person = invitations.Person(email.strip(), email_key(email), name, role, locale)
    with tools.transaction() as session:
        brand = locks.one(session, Brand, brand_id)
        check_room(_count(session, brand_id))
        word = invitations.written(tools, session, brand, person)
    return invitations.link(tools, word)


def resend_invitation(tools: Toolbox, *, brand_id: int, account_id: int) -> str:
    """Write the invitation again with a new link, good for fourteen days; the one before opens nothing any more.

    Returns the link. Refuses with NotFound, InvitationFollowed or TooManyAttempts.
    """
    with tools.transaction() as session:
        brand = locks.one(session, Brand, brand_id)
        account = _invited(session, brand_id, account_id)
        letter = attempts.counted("brand_invitation", str(account_id), PER_LETTER)
        attempts.note(session, (letter,), at=clock.now(session))
        _spend(session, account_id)
        word = invitations.posted(tools, session, brand, account)
        tools.record(session, _told(Event.BRAND_INVITATION_RESENT, account_id, brand_id))
    return invitations.link(tools, word)


def withdraw_invitation(tools: Toolbox, *, brand_id: int, account_id: int) -> None:
    """Take an invitation back: its link opens nothing, and the address may be invited anew.

    Refuses with NotFound or InvitationFollowed.
    """
    with tools.transaction() as session:
        locks.one(session, Brand, brand_id)
        account = _invited(session, brand_id, account_id)
        _spend(session, account_id)
        _let_go(session, account)
        tools.record(session, _told(Event.BRAND_INVITATION_WITHDRAWN, account_id, brand_id))


def change_role(tools: Toolbox, *, brand_id: int, account_id: int, role: BrandRole) -> None:
    """Give a person another role; they sign in again with what it asks of them. The same role changes nothing.

    Refuses with NotFound, or LastOwner. The brand's row is locked first: two owners cannot demote each other at once.
    """
    with tools.transaction() as session:
        locks.one(session, Brand, brand_id)
        _, user = _of_brand(session, brand_id, account_id)
        if user.role is role:
            return
        _check_owners(session, user, becomes=role)
        was, user.role = user.role, role
        accounts.end_sessions(session, account_id)
        changed = {"role_was": str(was), "role_now": str(role)}
        tools.record(session, _told(Event.BRAND_ROLE_CHANGED, account_id, brand_id, changed))


def remove_from_brand(tools: Toolbox, *, brand_id: int, account_id: int) -> None:
    """Let a person go: their account is closed, their sessions end, their address may be invited anew.

    What they did keeps their name. Refuses with NotFound, or LastOwner.
    """
    with tools.transaction() as session:
        locks.one(session, Brand, brand_id)
        account, user = _of_brand(session, brand_id, account_id)
        _check_owners(session, user, becomes=None)
        accounts.end_sessions(session, account_id)
        _spend(session, account_id)
        _let_go(session, account)
        told = _told(Event.BRAND_USER_REMOVED, account_id, brand_id, {"role_was": str(user.role)})
        tools.record(session, told)


def renew_persons_factor(tools: Toolbox, *, brand_id: int, account_id: int) -> None:
    """Let a person of a brand whose phone is lost set up a new second factor; every session of theirs ends.

    For people of the house, who have made sure whom they speak to. Refuses with NotFound.
    """
    with tools.transaction() as session:
        locks.one(session, Brand, brand_id)
        account, _ = _of_brand(session, brand_id, account_id)
        account.totp_secret = account.totp_confirmed_at = None
        account.totp_last_step = 0
        accounts.end_sessions(session, account_id)
        renewed = Fact(
            Event.SECOND_FACTOR_SET, "account", account_id, brand_id=brand_id, reason="renewed"
        )
        tools.record(session, renewed)


def _of_brand(session: Session, brand_id: int, account_id: int) -> tuple[Account, BrandUser]:
    """The account, locked, and its place in the brand; NotFound for anybody else's."""
    user = session.scalars(
        select(BrandUser).where(BrandUser.brand_id == brand_id, BrandUser.account_id == account_id)
    ).one_or_none()
    if user is None:
        raise NotFound
    account = locks.one(
        session,
        Account,
        account_id,
        Account.realm == Realm.BRAND,
        Account.state == AccountState.ACTIVE,
    )
    session.refresh(user)
    return account, user


def _invited(session: Session, brand_id: int, account_id: int) -> Account:
    account, _ = _of_brand(session, brand_id, account_id)
    if account.password_hash != invitations.NO_PASSWORD:
        raise InvitationFollowed
    return account


def _check_owners(session: Session, user: BrandUser, *, becomes: BrandRole | None) -> None:
    others = session.scalar(
        select(func.count())
        .select_from(BrandUser)
        .join(Account, Account.id == BrandUser.account_id)
        .where(
            BrandUser.brand_id == user.brand_id,
            BrandUser.account_id != user.account_id,
            BrandUser.role == BrandRole.OWNER,
            Account.state == AccountState.ACTIVE,
            Account.password_hash != invitations.NO_PASSWORD,
        )
    )
    is_owner = user.role is BrandRole.OWNER
    check_owner_stays(is_owner=is_owner, becomes=becomes, other_owners=others or 0)


def _count(session: Session, brand_id: int) -> int:
    found = session.scalar(
        select(func.count())
        .select_from(BrandUser)
        .join(Account, Account.id == BrandUser.account_id)
        .where(BrandUser.brand_id == brand_id, Account.state == AccountState.ACTIVE)
    )
    return found or 0


def _spend(session: Session, account_id: int) -> None:
    accounts.spend_tokens(session, purpose=TokenPurpose.BRAND_INVITATION, account_id=account_id)
    accounts.spend_tokens(session, purpose=TokenPurpose.RESET, account_id=account_id)


def _let_go(session: Session, account: Account) -> None:
    """Close the account; its address becomes free, its name stays with what it did."""
    account.state = AccountState.DISABLED
    account.email_key = f"let go {account.id}"
    contacts.forget_waiting(session, account.id)


def _told(event: Event, account_id: int, brand_id: int, data: dict[str, str] | None = None) -> Fact:
    return Fact(event, "account", account_id, brand_id=brand_id, data=dict(data or {}))
