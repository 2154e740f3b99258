"""Who may come in: rules of passwords, addresses, one-time codes, and how long a session lasts.

Sources: OWASP ASVS 5.0.0 V6 (passwords, throttling), V7 (sessions); RFC 6238 (one-time codes).
"""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass
from datetime import timedelta
from ipaddress import IPv6Address, IPv6Network, ip_address
from typing import TYPE_CHECKING

from marketplace.domain.doors import BrandRole, Realm
from marketplace.domain.refusals import Refusal

if TYPE_CHECKING:
    from collections.abc import Collection
    from datetime import datetime

EMAIL_LENGTH_MAX = 254
PASSWORD_LENGTH_MIN = 8
PASSWORD_LENGTH_ADVISED = 15
PASSWORD_LENGTH_MAX = 256
PASSWORD_DISTINCT_MIN = 4
CONTEXT_WORD_LENGTH_MIN = 4
CODE_STEP_SECONDS = 30
CODE_STEPS_AROUND = 1
TOKEN_BYTES = 32
INVITATIONS_AT_START = 5
RESET_LASTS = timedelta(hours=1)
INVITATION_LASTS = timedelta(days=14)
SECOND_FACTOR_LASTS = timedelta(minutes=10)
"""How long somebody may look for their code after the password was right."""

_EMAIL = re.compile(
    r"[^\s@<>()\[\]\\,;:\"]+@(?:[^\s@.<>()\[\]\\,;:\"]+\.)+[^\s@.<>()\[\]\\,;:\"\d]{2,}"
)


class SignInRefused(Refusal):
    """Address and password do not fit together; whether there is such an account is not said."""

    code = "sign_in_refused"


class TooManyAttempts(Refusal):
    """Too many failures; ``seconds`` until the next attempt is looked at."""

    code = "too_many_attempts"


class CodeRefused(Refusal):
    """The one-time code is wrong, too old, or was used already."""

    code = "code_refused"


class SecondFactorRequired(Refusal):
    """This realm is never entered by a password alone."""

    code = "second_factor_required"


class PasswordRefused(Refusal):
    """The new password is easy to guess; ``reason`` is one of short, long, common, plain."""

    code = "password_refused"


class LinkSpent(Refusal):
    """The link was used, has lapsed or never was; the three are not told apart."""

    code = "link_spent"


class EmailRefused(Refusal):
    """This is not an e-mail address that a letter could reach."""

    code = "email_refused"


class InvitationsSpent(Refusal):
    """The member has no invitation left to give."""

    code = "invitations_spent"


class AlreadyThere(Refusal):
    """An account with this address exists in this realm; told to the house's own staff only."""

    code = "account_exists"


NOTED_TIMES = 30


@dataclass(frozen=True, slots=True)
class SessionLasts:
    """How long a session lasts without use, and at most."""

    idle: timedelta
    absolute: timedelta

    @property
    def noted_after(self) -> timedelta:
        """How often use is noted at most: a thirtieth of what it prolongs, so that a crowd that looks rarely writes."""
        return self.idle // NOTED_TIMES


SESSION_LASTS = {
    Realm.MEMBER: SessionLasts(timedelta(days=30), timedelta(days=90)),
    Realm.BRAND: SessionLasts(timedelta(minutes=30), timedelta(hours=12)),
    Realm.OPERATOR: SessionLasts(timedelta(minutes=15), timedelta(hours=8)),
}

SECOND_FACTOR_REALMS = frozenset({Realm.OPERATOR})
SECOND_FACTOR_ROLES = frozenset({BrandRole.OWNER, BrandRole.FINANCE})
"""Of a brand, those who can let people in or say where money goes (ASVS 6.3.3)."""


def owes_second_factor(realm: Realm, role: BrandRole | None) -> bool:
    """Whether this account is never entered by a password alone. ``role``: of a brand's person, theirs there."""
    return realm in SECOND_FACTOR_REALMS or role in SECOND_FACTOR_ROLES


def email_key(email: str) -> str:
    """What makes two spellings one address: trimmed, composed, folded; refuses what is no address.

    Dots and plus-tags stay: to fold them would give one person's account to another.
    """
    folded = unicodedata.normalize("NFKC", email.strip()).casefold()
    if len(folded) > EMAIL_LENGTH_MAX or not _EMAIL.fullmatch(folded):
        raise EmailRefused
    return folded


def check_password(
    password: str, *, common: Collection[str], context: Collection[str] = ()
) -> None:
    """Refuse a password that is short, among the most used, or made of what everybody knows about the person.

    Any character may be used and nothing is prescribed (ASVS 6.2). ``context``: name, address, house.
    """
    if len(password) < PASSWORD_LENGTH_MIN:
        raise PasswordRefused(reason="short")
    if len(password) > PASSWORD_LENGTH_MAX:
        raise PasswordRefused(reason="long")
    folded = password.casefold()
    if folded in common or len(set(folded)) < PASSWORD_DISTINCT_MIN:
        raise PasswordRefused(reason="common")
    rest = folded
    for word in sorted(_words(context), key=len, reverse=True):
        rest = rest.replace(word, "")
    if len(rest) < PASSWORD_LENGTH_MIN and rest != folded:
        raise PasswordRefused(reason="plain")


def _words(context: Collection[str]) -> set[str]:
    parts = {part for each in context for part in re.split(r"[^\w]+", each.casefold())}
    return {part for part in parts if len(part) >= CONTEXT_WORD_LENGTH_MIN}


def code_steps(at: datetime, last_step: int) -> tuple[int, ...]:
    """The steps whose code may be given at ``at``: now and one to each side, later than the last one used."""
    now = int(at.timestamp()) // CODE_STEP_SECONDS
    around = range(now - CODE_STEPS_AROUND, now + CODE_STEPS_AROUND + 1)
    return tuple(step for step in around if step > last_step)


@dataclass(frozen=True, slots=True)
class Budget:
    """How many failures one key may have within ``window``.

    Past it, ``pause`` is the time from the last failure to the next attempt that is looked at; without a pause
    it is the time until the oldest failure has left the window.
    """

    failures: int
    window: timedelta
    pause: timedelta | None = None


PER_ACCOUNT = Budget(5, timedelta(minutes=15), pause=timedelta(seconds=30))
"""Soft: past it one attempt each half minute, so that nobody can lock somebody else out.

A browser that has signed in to the account before is counted by itself and does not wait for others' failures.
"""
PER_ADDRESS = Budget(20, timedelta(minutes=5))
PER_CODE = Budget(5, timedelta(minutes=15))
PER_LETTER = Budget(5, timedelta(hours=1))
"""Letters asked for one address: resets and invitations."""


def wait_seconds(
    budget: Budget, *, failures: int, since_oldest: timedelta, since_last: timedelta
) -> int:
    """Seconds until the next attempt is looked at; 0 when it may be made now."""
    if failures < budget.failures:
        return 0
    rest = budget.window - since_oldest if budget.pause is None else budget.pause - since_last
    return max(0, -(-rest // timedelta(seconds=1)))


def network_of(address: str) -> str:
    """What failures are counted by: an IPv4 address, or the /64 that one household has in IPv6."""
    try:
        found = ip_address(address)
    except ValueError:
        return "unknown"
    if isinstance(found, IPv6Address):
        if found.ipv4_mapped is not None:
            return str(found.ipv4_mapped)
        return str(IPv6Network((found, 64), strict=False).network_address)
    return str(found)
