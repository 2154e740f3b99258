"""What people were told: one line of JSON for each thing asked, written at the moment of its answer.

Neither the buyers who write it nor the checker who reads it looks into the house's tables.
"""

from __future__ import annotations

import json
from dataclasses import asdict, dataclass, field
from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping


class Deed(StrEnum):
    """What a person did, and what the answer to it says.

    ``hold`` and ``renew``: ``hold`` and ``until`` (seconds since the epoch), or ``no`` with the code of the refusal.
    ``release``: nothing. ``checkout``: ``session``, the payment service's page. ``pay``: ``result``. ``look``: the
    order's ``state`` and ``lines``, units by the name of the piece. ``letter``: ``letter``, its own number.
    ``audit`` is a hold by somebody who counts what is left at the end.
    """

    HOLD = "hold"
    RENEW = "renew"
    RELEASE = "release"
    CHECKOUT = "checkout"
    PAY = "pay"
    LOOK = "look"
    LETTER = "letter"
    AUDIT = "audit"


@dataclass(frozen=True, slots=True)
class Note:
    """One thing that ``who`` asked ``about`` and what it ``said``; ``status`` 0 where no answer came.

    Moments are seconds since the epoch by the clock of the machine, which the database of the house shares.
    """

    who: str
    deed: Deed
    asked_at: float
    told_at: float
    status: int = 200
    about: Mapping[str, Any] = field(default_factory=dict)
    said: Mapping[str, Any] = field(default_factory=dict)


class Book:
    """The notes of everybody, kept line by line so that a run that ends badly still has them."""

    def __init__(self, file: Path) -> None:
        self._lines = file.open("a", encoding="utf-8", buffering=1)

    def write(self, note: Note) -> None:
        """Keep one note."""
        self._lines.write(json.dumps(asdict(note)) + "\n")

    def close(self) -> None:
        """Nothing more will be written."""
        self._lines.close()


def read(file: Path) -> list[Note]:
    """Every note in ``file``, in the order of their writing."""
    rows = map(json.loads, file.read_text(encoding="utf-8").splitlines())
    return [Note(**{**row, "deed": Deed(row["deed"])}) for row in rows]


def of(notes: Iterable[Note], *deeds: Deed) -> list[Note]:
    """The notes of these deeds alone."""
    return [note for note in notes if note.deed in deeds]
