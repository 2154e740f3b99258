"""The same deed asked for twice: a machine names each deed by a key of its own, and gets the first answer again."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta

from marketplace.domain.refusals import Refusal

KEY_LENGTH_MAX = 200
KEPT_FOR = timedelta(hours=24)
UNDER_WAY_FOR = timedelta(minutes=5)
"""A deed that has not answered after so long was broken off; asked for again, it is done again."""
BODY_LENGTH_MAX = 65_536


class DeedUnnamed(Refusal):
    """The deed has no ``Idempotency-Key``, or one that is not 1 to ``most`` printable letters."""

    code = "deed_unnamed"


class DeedNamedTwice(Refusal):
    """The same ``Idempotency-Key`` was used for another request."""

    code = "deed_named_twice"


class DeedUnderWay(Refusal):
    """The first request with this ``Idempotency-Key`` has not been answered yet."""

    code = "deed_under_way"


@dataclass(frozen=True, slots=True)
class Reply:
    """An answer as it was given the first time."""

    status: int
    kind: str
    location: str
    body: str
