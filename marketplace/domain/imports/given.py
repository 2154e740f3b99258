"""What comes out of a stranger's file: a sheet as text, photographs as facts and fresh copies."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    from collections.abc import Iterator

    from marketplace.domain.imports.rows import Row


class Rows(Protocol):
    """The filled rows of one sheet, header and titles included; every iteration begins anew."""

    def __len__(self) -> int:
        """How many rows are filled."""

    def __iter__(self) -> Iterator[Row]:
        """The rows in order, without holding them all in memory."""


@dataclass(frozen=True, slots=True)
class SheetText:
    """One sheet as text.

    ``encoding`` and ``delimiter`` are None for a workbook, ``sheet`` for a text file. ``uneven_quotes`` tells
    that quotation marks broke the rules and the cells may be wrong. ``hidden`` are rows that the program does not
    show; they are read all the same.
    """

    encoding: str | None
    delimiter: str | None
    sheet: str | None
    sheets: tuple[str, ...]
    uneven_quotes: bool
    rows: Rows
    hidden: tuple[int, ...] = ()


@dataclass(frozen=True, slots=True)
class Copy:
    """A photograph drawn anew as ``kind`` (WEBP or AVIF), ``width`` by ``height`` pixels."""

    width: int
    height: int
    content: bytes
    kind: str = "WEBP"

    @property
    def name(self) -> str:
        """What tells it from the other copies of its photograph: ``480``, or ``480.avif``."""
        return str(self.width) if self.kind == "WEBP" else f"{self.width}.{self.kind.casefold()}"


@dataclass(frozen=True, slots=True)
class Photograph:
    """One picture file.

    ``code`` tells why it is refused (``facts`` fill its sentence), and then nothing else is set. ``width`` and
    ``height`` in pixels, upright; ``paper`` is the mean colour; ``copies`` only where drawn anew.
    """

    name: str
    kind: str = ""
    width: int = 0
    height: int = 0
    sha256: str = ""
    paper: str = ""
    copies: tuple[Copy, ...] = ()
    code: str | None = None
    facts: tuple[tuple[str, str], ...] = ()
