"""How a file is read: its header, its layout, and which column means which field.

A guess is a value: shown with its confidence and samples, corrected by hand, remembered by the header's
fingerprint. Nothing downstream knows whether a person or the house chose.
"""

from __future__ import annotations

import dataclasses
import hashlib
from dataclasses import dataclass, replace
from enum import StrEnum
from typing import TYPE_CHECKING

from marketplace.domain.imports import blocks
from marketplace.domain.imports.blocks import BY_SIZE
from marketplace.domain.imports.conditions import folded
from marketplace.domain.imports.fields import BY_NAME
from marketplace.domain.imports.unreadable import FileUnreadable

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from marketplace.domain.imports.figures import Point

CURRENCY_DEFAULT = "EUR"
SIZE_FIELD = "units_by_size"
OUR_COLUMNS = frozenset({"what is wrong", "ce qui ne va pas"})
""":data:`marketplace.words.importing.WHAT_IS_WRONG` in every language of the house, folded."""
LISTS_MAX = 12
TOLD_BY = frozenset({"size_label", "style_code", "sku"})
"""Beside units, what a list repeats of which each row tells something of its own."""

_LETTERS = "ABCDEFGHIJKLMNOPQRSTUVWXYZ"


class Layout(StrEnum):
    """The build of a file. ``matrix`` has its sizes side by side as columns."""

    LONG = "long"
    MAGENTO = "magento"
    SHOPIFY = "shopify"
    MATRIX = "matrix"
    WOOCOMMERCE = "woocommerce"


@dataclass(frozen=True, slots=True)
class Grid:
    """A row of sizes for the goods that name it: ``labels`` by column, blank where it has none."""

    name: str
    labels: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Header:
    """The header's row number and a name for every column, unique within the file.

    ``last`` is the header's last row, where it has several. ``groups`` are the words that stand over several
    columns, such as the name of a size system, one for each column. ``grids`` are further rows of sizes.
    """

    number: int
    columns: tuple[str, ...]
    last: int = 0
    groups: tuple[str, ...] = ()
    grids: tuple[Grid, ...] = ()

    @property
    def ends(self) -> int:
        """The last row of the header: what stands below is the brand's list."""
        return max(self.number, self.last)

    def group(self, place: int) -> str:
        """The words over the column at ``place``; empty where there are none."""
        return self.groups[place] if place < len(self.groups) else ""

    @property
    def fingerprint(self) -> str:
        """The same for files whose columns have the same names, in whatever order.

        The column in which the house says what is wrong with a row is nobody's own.
        """
        names = "\n".join(sorted({folded(column) for column in self.columns} - OUR_COLUMNS))
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
    """All that was recognised before anybody confirmed it.

    ``carried``: what a row leaves blank about its style stands on a row above, as merged cells are sent.
    ``titled``: rows between the others name the product of those below them.
    """

    layout: Layout
    header: Header
    choices: tuple[Choice, ...]
    carried: bool = False
    titled: bool = False

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
        of_sizes = {(f, _size_in(c)) for c, f in mapping.items() if f in BY_SIZE}
        choices = tuple(_corrected(choice, mapping, wanted, of_sizes) for choice in self.choices)
        filled = [choice.field for choice in choices if choice.field]
        for field in filled:
            if filled.count(field) > 1 and not BY_NAME[field].repeats:
                raise FileUnreadable("mapping_twice", field=field)
        _check_sizes(choices)
        return replace(self, choices=choices, layout=_layout(self.layout, filled))


def _layout(layout: Layout, filled: Sequence[str]) -> Layout:
    """Sizes stand side by side as long as some column is taken for the units of one size."""
    if layout not in {Layout.LONG, Layout.MATRIX}:
        return layout
    return Layout.MATRIX if SIZE_FIELD in filled else Layout.LONG


def _corrected(
    choice: Choice,
    mapping: Mapping[str, str | None],
    wanted: set[str],
    of_sizes: set[tuple[str, str]],
) -> Choice:
    if choice.column in mapping:
        return replace(choice, field=mapping[choice.column], confidence=100)
    size = _size_in(choice.column)
    if size and choice.field and (choice.field, size) in of_sizes:
        return replace(choice, field=None, confidence=0)
    if choice.field in wanted and not BY_NAME[choice.field].repeats:
        return replace(choice, field=None, confidence=0)
    return choice


def _check(mapping: Mapping[str, str | None], columns: Sequence[str]) -> None:
    for column, field in mapping.items():
        if column not in columns:
            raise FileUnreadable("mapping_column", column=column)
        if field is not None and field not in BY_NAME:
            raise FileUnreadable("mapping_field", field=field)


def _check_sizes(choices: Sequence[Choice]) -> None:
    """Two columns may not say the same thing of one size: they would contradict each other in every row."""
    seen: dict[tuple[str, str], str] = {}
    for choice in choices:
        size = _size_in(choice.column)
        if choice.field not in BY_SIZE or not size:
            continue
        first = seen.setdefault((str(choice.field), size), choice.column)
        if first != choice.column:
            raise FileUnreadable("mapping_size_twice", column=choice.column, first=first)


@dataclass(frozen=True, slots=True)
class Reading:
    """A confirmed way to read every row. ``columns`` are (place, column, field) of what means something.

    ``point`` decides numbers that neither they nor their column decide; ``currency`` is the brand's own.
    ``sizes`` are (place, column) of the columns that hold the units of one size each. ``beside`` tells by their
    place what other columns say of the same size: (place, column, field) of each. ``again`` are lists that stand side
    by side with the first under the same names: for each of them (place, place in that list) of what is repeated.
    """

    layout: Layout
    header: Header
    columns: tuple[tuple[int, str, str], ...]
    currency: str = CURRENCY_DEFAULT
    point: Point | None = None
    sizes: tuple[tuple[int, str], ...] = ()
    beside: Mapping[int, tuple[tuple[int, str, str], ...]] = dataclasses.field(default_factory=dict)
    carried: bool = False
    titled: bool = False
    again: tuple[tuple[tuple[int, int], ...], ...] = ()

    @property
    def fields(self) -> frozenset[str]:
        """Fields that some column carries."""
        by_size = {"size_label", "units_offered"} if self.sizes else set()
        by_size |= {"style_code", "style_name"} if self.titled else set()
        by_size |= {field for others in self.beside.values() for _, _, field in others}
        return frozenset({field for _, _, field in self.columns} | by_size)

    def column_of(self, field: str) -> str | None:
        """The column that carries ``field``; None if there is none, or one for each size."""
        return next((column for _, column, each in self.columns if each == field), None)


def reading(
    guess: Guess, *, currency: str = CURRENCY_DEFAULT, point: Point | None = None
) -> Reading:
    """The reading that ``guess`` stands for."""
    said = [
        (place, choice.column, choice.field)
        for place, choice in enumerate(guess.choices)
        if choice.field
    ]
    sizes = tuple((place, column) for place, column, field in said if field == SIZE_FIELD)
    others = [(p, c, BY_SIZE[f]) for p, c, f in said if f in BY_SIZE and f != SIZE_FIELD]
    return Reading(
        guess.layout,
        guess.header,
        tuple(each for each in said if each[2] not in BY_SIZE),
        currency,
        point,
        sizes,
        {place: beside for place, column in sizes if (beside := _beside(column, others))},
        guess.carried,
        guess.titled,
        _again(guess.header, said) if guess.layout is Layout.LONG else (),
    )


def _again(
    header: Header, said: Sequence[tuple[int, str, str]]
) -> tuple[tuple[tuple[int, int], ...], ...]:
    """The lists whose columns are called like those of the first; none where a person took one for something else."""
    if "assortment" in {field for _, _, field in said}:
        return ()
    places = {column: place for place, column in enumerate(header.columns)}
    taken = {place for place, _, _ in said}
    found = []
    for copy in range(2, LISTS_MAX + 1):
        others = ((place, places.get(f"{column} ({copy})"), field) for place, column, field in said)
        repeated = [(p, other, f) for p, other, f in others if other is not None]
        fields = {field for _, _, field in repeated}
        free = not taken & {other for _, other, _ in repeated}
        if not (free and "units_offered" in fields and fields & TOLD_BY):
            break
        found.append(tuple((place, other) for place, other, _ in repeated))
    return tuple(found)


def _beside(
    column: str, others: Sequence[tuple[int, str, str]]
) -> tuple[tuple[int, str, str], ...]:
    """Those of the ``others`` that name the same size as ``column``."""
    own = _size_in(column)
    return tuple(each for each in others if own and _size_in(each[1]) == own)


def _size_in(column: str) -> str:
    found = blocks.named(column)
    return found[1].label if found else ""


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
