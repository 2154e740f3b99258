"""Members: invited by members, each with a number of invitations to give; what a member says about themself."""

from __future__ import annotations

import secrets
from dataclasses import asdict, dataclass
from typing import TYPE_CHECKING

from sqlalchemy import select, update

from marketplace.db import accounts, clock, contacts, locks, passwords
from marketplace.db.accounts import Account, Token, TokenPurpose
from marketplace.db.members import Address, Invitation, Member
from marketplace.db.session import refusing
from marketplace.domain.accounts import (
    INVITATION_LASTS,
    TOKEN_BYTES,
    AlreadyThere,
    InvitationsSpent,
    LinkSpent,
    check_password,
    email_key,
)
from marketplace.domain.brands.suppression import digest_of
from marketplace.domain.doors import Realm
from marketplace.domain.events import Event, Fact
from marketplace.domain.territories import territory as territory_of

if TYPE_CHECKING:
    from sqlalchemy.orm import Session

    from marketplace.db.accounts import Begun
    from marketplace.toolbox import Toolbox

JOIN_PATH = "/join/"
RETURNED_AT_ONCE_MAX = 500


@dataclass(frozen=True, slots=True)
class Joining:
    """What somebody who follows an invitation says about themself."""

    name: str
    password: str
    territory: str
    locale: str


@dataclass(frozen=True, slots=True)
class Written:
    """An address as somebody wrote it; ``country`` is its ISO 3166 code."""

    recipient: str
    line_1: str
    line_2: str
    postcode: str
    city: str
    country: str
    phone: str


def invite(tools: Toolbox, *, account_id: int, email: str) -> None:
    """Spend one of the member's invitations on ``email``.

    Whether there is an account with this address (the member's own among them) is not to be learnt here: the
    answer, the work and the price are the same, only the letter tells. What is not used within its fourteen days
    comes back. Refuses with EmailRefused or InvitationsSpent.
    """
    key = email_key(email)
    seed = secrets.token_urlsafe(TOKEN_BYTES)
    with tools.transaction() as session:
        sponsor = _spend(session, account_id)
        row = _issued(tools, session, sponsor.id, email=email.strip(), key=key, seed=seed)
        known = accounts.active(session, realm=Realm.MEMBER, email_key=key)
        _write(session, row, seed=seed, sponsor_account_id=account_id, known=known)


def invite_by_house(tools: Toolbox, *, email: str, locale: str) -> str:
    """Invite a member in the name of the house; returns the link that the letter carries.

    Refuses with EmailRefused, or AlreadyThere: people of the house may know.
    """
    key = email_key(email)
    seed = secrets.token_urlsafe(TOKEN_BYTES)
    with tools.transaction() as session:
        if accounts.active(session, realm=Realm.MEMBER, email_key=key) is not None:
            raise AlreadyThere
        row = _issued(tools, session, None, email=email.strip(), key=key, seed=seed)
        contacts.write(
            session,
            key=f"invitation:{row.id}",
            kind="member_invitation",
            address=row.email,
            transactional=True,
            facts={"seed": seed, "path": JOIN_PATH, "locale": locale, "sponsor_account_id": None},
        )
    return f"{tools.public_url}{JOIN_PATH}{tools.sealed(seed)}"


def _issued(
    tools: Toolbox, session: Session, sponsor_id: int | None, *, email: str, key: str, seed: str
) -> Invitation:
    token_id = accounts.issue_token(
        session,
        purpose=TokenPurpose.MEMBER_INVITATION,
        word=tools.sealed(seed),
        email_key=key,
        expires_at=clock.now(session) + INVITATION_LASTS,
    )
    row = Invitation(sponsor_id=sponsor_id, token_id=token_id, email=email)
    session.add(row)
    session.flush()
    tools.record(session, Fact(Event.INVITATION_SENT, "invitation", row.id))
    return row


def _spend(session: Session, account_id: int) -> Member:
    spent = session.scalars(
        update(Member)
        .where(Member.account_id == account_id, Member.invitations_left > 0)
        .values(invitations_left=Member.invitations_left - 1)
        .returning(Member)
    ).one_or_none()
    if spent is None:
        raise InvitationsSpent
    return spent


def _write(
    session: Session,
    row: Invitation,
    *,
    seed: str,
    sponsor_account_id: int,
    known: Account | None,
) -> None:
    locale = session.get_one(Account, sponsor_account_id).locale
    about: dict[str, object] = {"sponsor_account_id": sponsor_account_id}
    link: dict[str, object] = {"seed": seed, "path": JOIN_PATH, "locale": locale}
    contacts.write(
        session,
        key=f"invitation:{row.id}",
        kind="member_invitation" if known is None else "member_already",
        account_id=known.id if known else None,
        address=None if known else row.email,
        transactional=True,
        facts=about if known else {**about, **link},
    )


def invited(tools: Toolbox, *, word: str) -> str:
    """The address that an open invitation was sent to; LinkSpent if it would be refused."""
    with tools.reading() as session:
        at = clock.now(session)
        token = accounts.peek_token(
            session, purpose=TokenPurpose.MEMBER_INVITATION, word=word, at=at
        )
        if token is None:
            raise LinkSpent
        statement = select(Invitation.email).where(Invitation.token_id == token.id)
        address: str = session.execute(statement).scalar_one()
    return address


def join(tools: Toolbox, *, word: str, about: Joining) -> Begun:
    """Make the member whom the invitation was sent to, and sign them in; who invited them is kept.

    Refuses with LinkSpent, PasswordRefused or UnknownTerritory; the last two leave the invitation as it was.
    """
    home = territory_of(about.territory)
    kept = passwords.hashed(about.password)
    with tools.transaction() as session:
        at = clock.now(session)
        token = accounts.redeem_token(
            session, purpose=TokenPurpose.MEMBER_INVITATION, word=word, at=at
        )
        row = session.scalars(select(Invitation).where(Invitation.token_id == token.id)).one()
        check_password(
            about.password, common=passwords.common(), context=(row.email, about.name, "aubaine")
        )
        account = Account(
            realm=Realm.MEMBER,
            email=row.email,
            email_key=token.email_key,
            name=about.name,
            password_hash=kept,
            locale=about.locale,
            zone=home.zone,
        )
        with refusing({"uq_accounts_realm_email_key": LinkSpent}):
            session.add(account)
            session.flush()
        member = Member(
            account_id=account.id,
            sponsor_id=row.sponsor_id,
            territory=home.code,
            mark=tools.mark_of(digest_of(account.email_key)),
        )
        session.add(member)
        session.flush()
        row.accepted_by_id, row.accepted_at = member.id, at
        own = tools.at_door(tools.actor.kind, account_id=account.id)
        own.record(
            session,
            Fact(Event.ACCOUNT_CREATED, "account", account.id),
            Fact(Event.INVITATION_ACCEPTED, "invitation", row.id),
        )
        session.refresh(account)
        return accounts.begin_session(session, account, at=at)


def return_lapsed_invitations(tools: Toolbox) -> int:
    """Give back invitations that nobody used in time, and forget their addresses; returns how many.

    Safe twice, and twice at once.
    """
    with tools.transaction() as session:
        at = clock.now(session)
        lapsed = session.scalars(
            select(Invitation)
            .where(
                Invitation.accepted_at.is_(None),
                Invitation.returned_at.is_(None),
                Invitation.created_at <= at - INVITATION_LASTS,
            )
            .order_by(Invitation.sponsor_id, Invitation.id)
            .limit(RETURNED_AT_ONCE_MAX)
            .with_for_update(skip_locked=True)
        ).all()
        for row in lapsed:
            row.returned_at, row.email = at, ""
            session.execute(update(Token).where(Token.id == row.token_id).values(email_key=""))
            session.execute(
                update(Member)
                .where(Member.id == row.sponsor_id)
                .values(invitations_left=Member.invitations_left + 1)
            )
        contacts.forget_addresses(session, [f"invitation:{row.id}" for row in lapsed])
    return len(lapsed)


def choose_locale(tools: Toolbox, *, account_id: int, locale: str) -> None:
    """Remember the language that this person reads."""
    with tools.transaction() as session:
        locks.one(session, Account, account_id).locale = locale


def keep_address(tools: Toolbox, *, member_id: int, written: Written) -> int:
    """Keep where a member has parcels sent; the same words again are the same address. Returns its id."""
    territory_of(written.country)
    with tools.transaction() as session:
        locks.one(session, Member, member_id)
        same = select(Address.id).where(
            Address.member_id == member_id,
            Address.replaced_at.is_(None),
            *(getattr(Address, name) == value for name, value in asdict(written).items()),
        )
        known = session.scalars(same.limit(1)).one_or_none()
        if known is not None:
            return known
        row = Address(member_id=member_id, **asdict(written))
        session.add(row)
        session.flush()
        tools.record(session, Fact(Event.ADDRESS_CHANGED, "member", member_id))
        return row.id
