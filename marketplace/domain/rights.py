"""The right to sell: what a brand proves before a lot of its goods may be put on sale.

Outside the European Economic Area's first sale with consent, a trademark's owner may forbid the resale of genuine
goods (Regulation (EU) 2017/1001 art. 15, Directive (EU) 2015/2436 art. 15): so the lot names its mark, who first sold
these goods in the EEA, and by what right the brand disposes of them.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING

from marketplace.domain.lifecycle import Lifecycle
from marketplace.domain.refusals import Refusal

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import date

TRADEMARK_LENGTH_MAX = 200
FIRST_SALE_LENGTH_MAX = 500
LOTS_AT_ONCE_MAX = 50
FILE_BYTES_MAX = 10 * 1024 * 1024
FILE_ENDINGS = (".pdf", ".png", ".jpg", ".jpeg", ".webp")


class Basis(StrEnum):
    """By what right the brand sells these goods."""

    OWNER = "owner"
    AUTHORISED = "authorised"


class RightState(StrEnum):
    """What became of a proof: stated by the brand, then accepted or refused by an operator."""

    STATED = "stated"
    ACCEPTED = "accepted"
    REFUSED = "refused"


RIGHT_LIFECYCLE = Lifecycle(
    "right",
    {
        RightState.STATED: (RightState.ACCEPTED, RightState.REFUSED),
        RightState.ACCEPTED: (RightState.REFUSED,),
        RightState.REFUSED: (),
    },
)


class RightRefused(Refusal):
    """A proof that cannot be taken: ``field`` and ``reason`` say why."""

    code = "right_refused"


@dataclass(frozen=True, slots=True)
class Right:
    """What a brand states: its mark with register and number, who first sold in the EEA, until when it holds."""

    basis: Basis
    trademark: str
    first_sale: str
    valid_until: date


def check_right(right: Right, *, today: date) -> None:
    """Refuses a proof without its mark or first sale, and one that has lapsed."""
    for field in ("trademark", "first_sale"):
        if not getattr(right, field).strip():
            raise RightRefused(field=field, reason="right_missing")
    if right.valid_until <= today:
        raise RightRefused(field="valid_until", reason="right_lapsed", today=today)


def check_several(rights: Mapping[int, Right], *, today: date) -> None:
    """Refuses one proof for no lot or too many, and what :func:`check_right` refuses; ``collection`` says of which."""
    if not rights:
        raise RightRefused(field="_schema", reason="right_of_none")
    if len(rights) > LOTS_AT_ONCE_MAX:
        raise RightRefused(field="_schema", reason="right_of_too_many", most=LOTS_AT_ONCE_MAX)
    for collection_id, right in rights.items():
        try:
            check_right(right, today=today)
        except RightRefused as no:
            raise RightRefused(**{**no.facts, "collection": collection_id}) from no


def check_file(name: str, *, bytes_: int) -> None:
    """Refuses a file of a kind that nobody opens here, an empty one, and one too large."""
    if not name.casefold().endswith(FILE_ENDINGS):
        raise RightRefused(field="file", reason="kind_of_file")
    if not 0 < bytes_ <= FILE_BYTES_MAX:
        raise RightRefused(field="file", reason="size_of_file")
