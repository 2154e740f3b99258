"""The second factor: a secret shared with an authenticator app (RFC 6238)."""

from __future__ import annotations

import io
from dataclasses import dataclass
from typing import TYPE_CHECKING

import pyotp
import segno

from marketplace.db import accounts, attempts, clock, codes, locks, passwords
from marketplace.db.accounts import Account
from marketplace.domain.accounts import (
    PER_CODE,
    CodeRefused,
    SecondFactorRequired,
    SignInRefused,
)
from marketplace.domain.events import Event, Fact

if TYPE_CHECKING:
    from marketplace.db.accounts import Begun
    from marketplace.toolbox import Toolbox

ISSUER = "Aubaine"
PICTURE_SCALE = 5
GROUP = 4


@dataclass(frozen=True, slots=True)
class FactorToSetUp:
    """What an authenticator app needs: the secret as text and as an SVG picture (markup of ours)."""

    secret: str
    picture_svg: str

    @property
    def secret_in_groups(self) -> str:
        """The secret as people type it."""
        return " ".join(
            self.secret[start : start + GROUP] for start in range(0, len(self.secret), GROUP)
        )


def factor_to_set_up(tools: Toolbox, *, account_id: int) -> FactorToSetUp | None:
    """The secret that waits to be confirmed; None where none does."""
    with tools.reading() as session:
        account = session.get_one(Account, account_id)
        if account.totp_secret is None or account.totp_confirmed_at is not None:
            return None
        address = pyotp.TOTP(account.totp_secret).provisioning_uri(
            name=account.email, issuer_name=ISSUER
        )
        return FactorToSetUp(account.totp_secret, _picture(address))


def _picture(address: str) -> str:
    drawn = io.BytesIO()
    segno.make(address, error="m").save(
        drawn, kind="svg", scale=PICTURE_SCALE, xmldecl=False, svgns=True, omitsize=False, border=2
    )
    return drawn.getvalue().decode()


def begin_factor(tools: Toolbox, *, account_id: int, password: str) -> None:
    """Make a secret for an account without a second factor, after its password was given again."""
    with tools.reading() as session:
        kept = session.get_one(Account, account_id).password_hash
    if not passwords.fits(kept, password):
        raise SignInRefused
    with tools.transaction() as session:
        account = locks.one(session, Account, account_id)
        if account.totp_confirmed_at is None:
            account.totp_secret = pyotp.random_base32()


def confirm_factor(tools: Toolbox, *, account_id: int, code: str) -> Begun:
    """Confirm the secret with its first code; every other session ends and this one begins anew.

    Refuses with CodeRefused or TooManyAttempts; SignInRefused where no secret waits.
    """
    with tools.transaction() as session:
        at = clock.now(session)
        counted = attempts.counted("code", str(account_id), PER_CODE)
        attempts.note(session, (counted,), at=at)
    with tools.transaction() as session:
        account = locks.one(session, Account, account_id)
        if account.totp_secret is None or account.totp_confirmed_at is not None:
            raise SignInRefused
        if codes.use(account, code, at=at):
            attempts.take_back(session, (counted,), at=at)
            account.totp_confirmed_at = at
            accounts.end_sessions(session, account_id)
            tools.record(session, Fact(Event.SECOND_FACTOR_SET, "account", account_id))
            return accounts.begin_session(session, account, at=at, second_factor_at=at)
    raise CodeRefused


def prove(tools: Toolbox, *, account_id: int, code: str) -> None:
    """Ask for a fresh code before a deed that moves money (promises.md 6.17); it is used up.

    Refuses with CodeRefused, also where there is no second factor, or TooManyAttempts.
    """
    with tools.transaction() as session:
        at = clock.now(session)
        counted = attempts.counted("code", str(account_id), PER_CODE)
        attempts.note(session, (counted,), at=at)
    with tools.transaction() as session:
        account = locks.one(session, Account, account_id)
        if account.totp_confirmed_at is not None and codes.use(account, code, at=at):
            attempts.take_back(session, (counted,), at=at)
            return
    raise CodeRefused


def remove_factor(tools: Toolbox, *, account_id: int, password: str) -> None:
    """Take the second factor off an account that may be without, after its password was given again."""
    with tools.reading() as session:
        account = session.get_one(Account, account_id)
        kept, owed = account.password_hash, accounts.must_have_factor(session, account)
    if owed:
        raise SecondFactorRequired
    if not passwords.fits(kept, password):
        raise SignInRefused
    with tools.transaction() as session:
        account = locks.one(session, Account, account_id)
        account.totp_secret = account.totp_confirmed_at = None
        account.totp_last_step = 0
        tools.record(
            session, Fact(Event.SECOND_FACTOR_SET, "account", account_id, reason="removed")
        )
