"""How a file is read: its header, its layout, and which column means which field.

A guess is a value: shown with its confidence and samples, corrected by hand, remembered by the header's
fingerprint. Nothing downstream knows whether a person or the house chose.
"""

from __future__ import annotations

import hashlib
from dataclasses import dataclass, replace
from enum import StrEnum
from typing import TYPE_CHECKING

from marketplace.domain.imports.conditions import folded
from marketplace.domain.imports.fields import BY_NAME
from marketplace.domain.imports.unreadable import FileUnreadable

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from marketplace.domain.imports.figures import Point

CURRENCY_DEFAULT = "EUR"
_LETTERS = "ABCDEFGHIJKLMNOPQRSTUVWXYZ"


class Layout(StrEnum):
    """The build of a file. ``matrix`` (sizes side by side) is recognised and refused."""

    LONG = "long"
    MAGENTO = "magento"
    SHOPIFY = "shopify"
    MATRIX = "matrix"


@dataclass(frozen=True, slots=True)
class Header:
    """The header's row number and a name for every column, unique within the file."""

    number: int
    columns: tuple[str, ...]

    @property
    def fingerprint(self) -> str:
        """The same for files whose columns have the same names, in whatever order."""
        names = "\n".join(sorted(folded(column) for column in self.columns))
        return hashlib.sha256(names.encode()).hexdigest()


@dataclass(frozen=True, slots=True)
class Choice:
    """What one column is taken to mean. ``confidence`` from 0 to 100; ``field`` None leaves it out."""

    column: str
    field: str | None
    confidence: int
    samples: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Guess:
    """All that was recognised before anybody confirmed it."""

    layout: Layout
    header: Header
    choices: tuple[Choice, ...]
    value: str = ""

    @property
    def mapping(self) -> dict[str, str]:
        """Column to field, the columns that mean nothing left out."""
        return {choice.column: choice.field for choice in self.choices if choice.field}

    def corrected(self, mapping: Mapping[str, str | None]) -> Guess:
        """The guess as a person wants it: columns named in ``mapping`` are taken as said there.

        Raises :class:`FileUnreadable` for a column or field that does not exist, or a field given twice.
        """
        _check(mapping, self.header.columns)
        wanted = {field for field in mapping.values() if field}
        choices = tuple(_corrected(choice, mapping, wanted) for choice in self.choices)
        filled = [choice.field for choice in choices if choice.field]
        for field in filled:
            if filled.count(field) > 1 and not BY_NAME[field].repeats:
                raise FileUnreadable("mapping_twice", field=field)
        return replace(self, choices=choices)


def _corrected(choice: Choice, mapping: Mapping[str, str | None], wanted: set[str]) -> Choice:
    if choice.column in mapping:
        return replace(choice, field=mapping[choice.column], confidence=100)
    if choice.field in wanted and not BY_NAME[choice.field].repeats:
        return replace(choice, field=None, confidence=0)
    return choice


def _check(mapping: Mapping[str, str | None], columns: Sequence[str]) -> None:
    for column, field in mapping.items():
        if column not in columns:
            raise FileUnreadable("mapping_column", column=column)
        if field is not None and field not in BY_NAME:
            raise FileUnreadable("mapping_field", field=field)


@dataclass(frozen=True, slots=True)
class Reading:
    """A confirmed way to read every row. ``columns`` are (place, column, field) of what means something.

    ``point`` decides numbers that neither they nor their column decide; ``currency`` is the brand's own.
    """

    layout: Layout
    header: Header
    columns: tuple[tuple[int, str, str], ...]
    currency: str = CURRENCY_DEFAULT
    point: Point | None = None

    @property
    def fields(self) -> frozenset[str]:
        """Fields that some column carries."""
        return frozenset(field for _, _, field in self.columns)

    def column_of(self, field: str) -> str | None:
        """The column that carries ``field``; None if there is none."""
        return next((column for _, column, each in self.columns if each == field), None)


def reading(
    guess: Guess, *, currency: str = CURRENCY_DEFAULT, point: Point | None = None
) -> Reading:
    """The reading that ``guess`` stands for."""
    columns = tuple(
        (place, choice.column, choice.field)
        for place, choice in enumerate(guess.choices)
        if choice.field
    )
    return Reading(guess.layout, guess.header, columns, currency, point)


def named_columns(cells: Sequence[str]) -> tuple[str, ...]:
    """A unique name for each column: its header, with a number if it was there before; its letter if blank."""
    names: list[str] = []
    taken: set[str] = set()
    for place, cell in enumerate(cells):
        name = wanted = " ".join(cell.split()) or f"column {letter(place)}"
        copies = 1
        while name in taken:
            copies += 1
            name = f"{wanted} ({copies})"
        taken.add(name)
        names.append(name)
    return tuple(names)


def letter(place: int) -> str:
    """The letters above a column in a spreadsheet: 0 is A, 26 is AA."""
    letters = ""
    place += 1
    while place:
        place, rest = divmod(place - 1, len(_LETTERS))
        letters = _LETTERS[rest] + letters
    return letters
