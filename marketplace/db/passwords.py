"""How passwords are kept: Argon2id, so that a stolen table is worth little; and which ones are guessed first.

``common-passwords.txt.gz`` holds, folded and of eight characters or more, the leaked passwords and plain words that
guessers try first: the frequency lists of zxcvbn (Dropbox, MIT licence) and the list of Django (BSD licence).
"""

from __future__ import annotations

import gzip
from functools import cache
from pathlib import Path

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError

ITERATIONS = 3
MEMORY_KIB = 19_456
LANES = 1
"""OWASP's advice for Argon2id with one lane, and one round more."""

_COMMON = Path(__file__).parent / "common-passwords.txt.gz"

_hasher = PasswordHasher(time_cost=ITERATIONS, memory_cost=MEMORY_KIB, parallelism=LANES)


def hashed(password: str) -> str:
    """What is kept of ``password``."""
    return _hasher.hash(password)


def fits(kept: str | None, password: str) -> bool:
    """Whether ``password`` is the one that was kept; the same work is done where nothing was."""
    try:
        _hasher.verify(kept or _nobodys(), password)
    except (VerificationError, InvalidHashError):
        return False
    return kept is not None


def outdated(kept: str) -> bool:
    """Whether ``kept`` was made with weaker figures than today's."""
    return _hasher.check_needs_rehash(kept)


@cache
def _nobodys() -> str:
    return _hasher.hash("the password of nobody")


@cache
def common() -> frozenset[str]:
    """The passwords that are guessed first, folded, of eight characters or more."""
    with gzip.open(_COMMON, "rt", encoding="utf-8") as lines:
        return frozenset(line.rstrip("\n") for line in lines)
