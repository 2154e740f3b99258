"""Keys with which a brand's machines knock: what each opens, for how long, and how often it may be used."""

from __future__ import annotations

import hashlib
import re
import secrets
from dataclasses import dataclass
from datetime import timedelta
from enum import StrEnum

from marketplace.domain.refusals import Refusal

NAME_LENGTH_MAX = 80
KEYS_MAX = 20
"""Keys that one brand may have in use at one time."""
DAYS_MAX = 365
OVERLAP_HOURS_MAX = 168
"""For so long at most a key that was replaced goes on being taken, so that machines can be told the new one."""
REQUESTS = 600
WINDOW = timedelta(minutes=1)
"""A brand's machines together may ask so often in so long; what was not used for a moment may be used at once."""
SLOT = WINDOW // REQUESTS

MARK = "aubk"
HANDLE_BYTES = 5
SECRET_BYTES = 32
SECRET_LENGTH_MAX = 80
SHAPE = re.compile(rf"{MARK}_[0-9a-f]{{{HANDLE_BYTES * 2}}}_[\w-]{{43}}", re.ASCII)


class Scope(StrEnum):
    """What a key opens. Each stands alone: writing does not include reading."""

    READ_COLLECTIONS = "collections:read"
    READ_IMPORTS = "imports:read"
    WRITE_IMPORTS = "imports:write"
    READ_DEALS = "deals:read"
    READ_SALES = "sales:read"
    READ_FIGURES = "figures:read"
    READ_STATEMENTS = "statements:read"


class KeyRefused(Refusal):
    """No key came with the request, or one that is unknown, over, or of a brand that is suspended."""

    code = "key_refused"


class ScopeMissing(Refusal):
    """The key is good, but does not open this; ``scope`` names what it lacks."""

    code = "scope_missing"


class TooManyKeys(Refusal):
    """The brand has as many keys in use as it may; ``most`` says how many that is."""

    code = "too_many_keys"


class KeyEnded(Refusal):
    """The key was revoked, replaced or is past its day: it can neither be replaced nor ended again."""

    code = "key_ended"


class AskedTooOften(Refusal):
    """The brand's machines have used up what they may ask in this time; more in ``seconds``."""

    code = "asked_too_often"


@dataclass(frozen=True, slots=True)
class Secret:
    """A fresh key. ``words`` are shown once; ``prefix`` is shown always; ``digest`` is what is kept."""

    words: str
    prefix: str
    digest: bytes


@dataclass(frozen=True, slots=True)
class Allowance:
    """What is left of a brand's allowance: requests, and the seconds until all of it is there again."""

    left: int
    full_in_seconds: int
    wait_seconds: int = 0

    @property
    def is_spent(self) -> bool:
        """Whether this request was one too many; ``wait_seconds`` later it is not."""
        return self.wait_seconds > 0


def fresh() -> Secret:
    """A key that nobody has."""
    prefix = f"{MARK}_{secrets.token_hex(HANDLE_BYTES)}"
    words = f"{prefix}_{secrets.token_urlsafe(SECRET_BYTES)}"
    return Secret(words, prefix, digest(words))


def digest(words: str) -> bytes:
    """What is kept of a key. Its 256 random bits need no slow hash."""
    return hashlib.sha256(words.encode()).digest()


def has_shape(words: str) -> bool:
    """Whether ``words`` could be a key at all: the reference of a session, for one, never is."""
    return len(words) <= SECRET_LENGTH_MAX and SHAPE.fullmatch(words) is not None


def allowance_of(used: timedelta) -> Allowance:
    """What is left where ``used`` of the window has been taken, this request included; it may be over the end."""
    whole = timedelta(seconds=1)
    over = used - WINDOW
    return Allowance(
        left=max(0, -over // SLOT),
        full_in_seconds=max(0, -(-used // whole)),
        wait_seconds=max(1, -(-over // whole)) if over > timedelta(0) else 0,
    )
