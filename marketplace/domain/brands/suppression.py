"""A brand's own customers, kept out of its sales: read from a list, counted without naming anybody.

The brand sends SHA-256 of addresses, trimmed and in lower case, or the addresses themselves; of neither is more kept
than a sealed mark. It reads how many members are kept out only in tens, only where they are many enough, and anew
only once in a while: a list sent again with one address more must not tell whether that one is a member.
"""

from __future__ import annotations

import hashlib
import re
from dataclasses import dataclass
from datetime import timedelta
from typing import TYPE_CHECKING

from marketplace.domain.accounts import EmailRefused, email_key
from marketplace.domain.refusals import Refusal

if TYPE_CHECKING:
    from datetime import datetime

ENTRIES_MAX = 200_000
BYTES_MAX = 32 * 1024 * 1024
"""Room for so many entries of the longest kind, and no more."""
TOLD_LEAST = 10
"""Fewer members than this are never told, here as in every figure of people."""
TOLD_AGAIN_AFTER = timedelta(days=7)
SALES_LEAST = 5
"""An estimate rests on at least so many sales of the house."""
PER_MILLION = 1_000_000

_HASH = re.compile(r"[0-9a-fA-F]{64}")
_BETWEEN = re.compile(r"[\s,;|]+")


class SuppressionRefused(Refusal):
    """A list of customers cannot be taken; ``reason`` is empty, unreadable, too_large or too_many."""

    code = "suppression_refused"


@dataclass(frozen=True, slots=True)
class Listed:
    """What was found in a list: SHA-256 of each address as 64 letters, and how many entries were neither kind."""

    digests: frozenset[str]
    unread: int


@dataclass(frozen=True, slots=True)
class Rates:
    """Buyers of a sale per million active members of its territory: the middle half of the house's last year."""

    sales: int
    low_ppm: int
    middle_ppm: int
    high_ppm: int


@dataclass(frozen=True, slots=True)
class Forgone:
    """Buyers that one sale of the brand forgoes: about ``middle``; in half of all sales from ``low`` to ``high``."""

    low: int
    middle: int
    high: int


def read(content: bytes) -> Listed:
    """The entries of a text or CSV file, one or several on a line. Refuses what holds none, or more than are taken."""
    if len(content) > BYTES_MAX:
        raise SuppressionRefused(reason="too_large", most=BYTES_MAX // 1024**2)
    try:
        text = content.decode("utf-8-sig")
    except UnicodeDecodeError as no:
        raise SuppressionRefused(reason="unreadable") from no
    digests: set[str] = set()
    unread = 0
    for word in _BETWEEN.split(text):
        digest = _digest(word.strip("\"'<>"))
        if digest:
            digests.add(digest)
        elif word.strip("\"'<>"):
            unread += 1
    if not digests:
        raise SuppressionRefused(reason="empty")
    if len(digests) > ENTRIES_MAX:
        raise SuppressionRefused(reason="too_many", most=ENTRIES_MAX)
    return Listed(frozenset(digests), unread)


def digest_of(address: str) -> str:
    """SHA-256 of an address as brands compute it: trimmed, in lower case, UTF-8."""
    return hashlib.sha256(email_key(address).encode()).hexdigest()


def _digest(word: str) -> str:
    if _HASH.fullmatch(word):
        return word.lower()
    if "@" not in word:
        return ""
    try:
        return digest_of(word)
    except EmailRefused:
        return ""


def told(matched: int, *, draw: int) -> int | None:
    """Matched members as the brand reads them: tens, none where they are few.

    ``draw`` is a number that the same members always draw and nobody can foresee. It moves the least that is told
    between ten and nineteen, and rounds up as often as the rest is large: no one member tips the figure for certain.
    """
    if matched < TOLD_LEAST + draw % TOLD_LEAST:
        return None
    rest = matched % TOLD_LEAST
    up = (draw // TOLD_LEAST) % TOLD_LEAST < rest
    return matched - rest + (TOLD_LEAST if up else 0)


def may_tell_again(told_at: datetime | None, now: datetime) -> bool:
    """Whether the figure may be counted anew."""
    return told_at is None or now >= told_at + TOLD_AGAIN_AFTER


def forgone(members: int | None, rates: Rates | None) -> Forgone | None:
    """What keeping so many out costs one sale in buyers; none where it cannot be estimated.

    As many of them would buy as of all members of the house, which is a guess: a brand's own customers may buy more.
    """
    if members is None or rates is None or rates.sales < SALES_LEAST:
        return None
    low, middle, high = (
        (members * rate + PER_MILLION // 2) // PER_MILLION
        for rate in (rates.low_ppm, rates.middle_ppm, rates.high_ppm)
    )
    return Forgone(low, middle, high)
