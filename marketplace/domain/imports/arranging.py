"""Rows as they are judged: one for each SKU, whatever the build of the file.

Sizes side by side become a row each, the number and the cells staying those of the spreadsheet. What merged
cells leave blank is carried down. A header that is repeated, with the same or with other sizes, ends one part
of the list and begins the next.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from marketplace.domain.imports import (
    assortments,
    blocks,
    headers,
    layouts,
    size_columns,
    sizes,
    titles,
)
from marketplace.domain.imports.conditions import folded
from marketplace.domain.imports.fields import PRICE_FIELDS
from marketplace.domain.imports.records import ABSENT
from marketplace.domain.imports.rows import Row, SizeCell, cleaned

if TYPE_CHECKING:
    from collections.abc import Container, Iterable, Iterator, Mapping, Sequence

    from marketplace.domain.imports.readings import Reading

DASHES = frozenset({"-", "–", "—", "/", "."})  # noqa: RUF001 - brands fill a cell with any of them to say: none
TOTAL_WORDS = frozenset(
    {"total", "totals", "totaux", "sous total", "subtotal", "sub total", "grand total", "total general",
     "summe", "gesamt", "gesamtsumme", "zwischensumme", "totale", "totali", "subtotale", "suma", "somme"}
)  # fmt: skip
_ADDING_UP = tuple(
    f"{word} "
    for word in ("total", "totaux", "totale", "gesamt", "sous total", "subtotal", "sub total", "zwischensumme",
                 "subtotale", "teilsumme")
)  # fmt: skip
"""How a row begins that adds up the goods which it names behind."""

CARRIED = frozenset(
    {"style_code", "colour_code", "colour_name", "currency", "size_system", *PRICE_FIELDS}
)
"""What merged cells say once for several rows; quantities and barcodes are never carried."""

COLUMNS_OF_GOODS_MIN = 3
"""A list with fewer columns besides its sizes may well say nothing else of its goods."""

TELLS_APART = frozenset({"colour_code", "colour_name", "size_label", "sku", "gtin"})
"""What rows of one style differ in."""

_ORIGINS = ("style_code", "sku", "parent_sku", "style_name")


@dataclass(frozen=True, slots=True)
class Arranged:
    """The rows below the header, arranged; every iteration begins anew."""

    reading: Reading
    rows: Iterable[Row]

    def __iter__(self) -> Iterator[Row]:
        """One row after the other, as the file has them."""
        if self.reading.again:
            return _one_by_one(self.reading, self._titled())
        rows = self._below()
        if self.reading.sizes:
            return _spread(self.reading, rows)
        return _unpacked(self.reading, rows) if "assortment" in self.reading.fields else rows

    def _below(self) -> Iterator[Row]:
        if not self.reading.carried:
            return self._titled()
        return map(_Carrier(self.reading).filled, self._titled())

    def _titled(self) -> Iterator[Row]:
        ends = self.reading.header.ends
        filled: Iterator[Row] = (row for row in self.rows if not row.is_blank)
        if self.reading.titled:
            return titles.titled(filled, after=ends)
        return (row for row in filled if row.number > ends)

    def some(self, wanted: Container[int]) -> Iterator[Row]:
        """The rows numbered as ``wanted``, and before them what they are not understood without.

        That is the title that names their product, and the sizes of their part of the list; what merged cells
        leave blank is filled in. All cells are those of the file otherwise.
        """
        title: Row | None = None
        head: list[Row] = []
        begins = False
        for row in self._below():
            if self.reading.titled and not row.cells:
                title = row
                continue
            again = bool(self.reading.sizes) and repeats_header(self.reading, row)
            named = (again or begins or _heads_a_part(self.reading, row)) and _anew(
                self.reading, row
            )
            if again or named:
                head = [*head, row] if begins and not again else [row]
                begins = again and not named
            elif row.number in wanted:
                begins = False
                if title is not None:
                    yield title
                yield from head
                title, head = None, []
                yield row


def adds_up(texts: Sequence[str]) -> bool:
    """Whether the first words of a row say that it adds up others."""
    first = folded(texts[0]) if texts else ""
    return first in TOTAL_WORDS or first.startswith(_ADDING_UP)


def repeats_header(reading: Reading, row: Row) -> bool:
    """Whether a row says again what the columns are called."""
    said = [(p, folded(cleaned(row.cells[p]))) for p, _, _ in reading.columns if p < len(row.cells)]
    filled = [(place, text) for place, text in said if text]
    filled += [(p, folded(text)) for p, _ in reading.sizes if (text := _cell(row, p))]
    again = sum(
        text == folded(reading.header.columns[place]) or headers.is_header_word(text)
        for place, text in filled
    )
    return again > 1 and again * 2 > len(filled)


class _Carrier:
    """Fills in what merged cells leave blank, from the row above."""

    def __init__(self, reading: Reading) -> None:
        self.reading = reading
        self.places = [place for place, _, field in reading.columns if field in CARRIED]
        self.code = next((p for p, _, field in reading.columns if field == "style_code"), None)
        self.above: tuple[str, ...] = ()

    def filled(self, row: Row) -> Row:
        """The row, with what it leaves blank."""
        if self.code is None or _cell(row, self.code):
            self.above = row.cells
        if self.code is None or _cell(row, self.code) or not _continues(self.reading, row):
            return row
        cells = _padded(row.cells, max(self.places) + 1)
        for place in self.places:
            if not cells[place].strip() and place < len(self.above):
                cells[place] = self.above[place]
        self.above = tuple(cells)
        return replace(row, cells=self.above)


def _one_by_one(reading: Reading, rows: Iterable[Row]) -> Iterator[Row]:
    """A row for each list that stands side by side with others under the same names.

    Where the lists name their own styles nothing is shared; else what stands beside them is said of each.
    """
    carriers = [_Carrier(reading) for _ in range(len(reading.again) + 1)]
    for row in rows:
        own = [*_own(reading, row), *(_other(reading, row, pairs) for pairs in reading.again)]
        if reading.carried:
            own = [
                each and carrier.filled(each) for each, carrier in zip(own, carriers, strict=True)
            ]
        filled = [each for each in own if each is not None]
        if len(filled) <= 1:
            yield from filled
            continue
        for part, each in enumerate(filled, start=1):
            yield replace(each, part=part, parts=len(filled))


def _own(reading: Reading, row: Row) -> list[Row | None]:
    """The row as the first list has it; None where only others go on."""
    others = any(_cell(row, other) for pairs in reading.again for _, other in pairs)
    says = any(_cell(row, place) for place, _ in reading.again[0])
    return [row if says or not others else None]


def _other(reading: Reading, row: Row, pairs: tuple[tuple[int, int], ...]) -> Row | None:
    """The row as another list has it, in the places of the first."""
    said = {place: row.cells[other] for place, other in pairs if _cell(row, other)}
    if not said:
        return None
    named = any(field == "style_code" for p, _, field in reading.columns if p in dict(pairs))
    width = max(len(row.cells), max(place for place, _ in pairs) + 1)
    cells = [""] * width if named else _padded(row.cells, width)
    for place, _ in pairs:
        cells[place] = said.get(place, "")
    return replace(row, cells=tuple(cells))


def _padded(cells: Sequence[str], width: int) -> list[str]:
    return [*cells, *[""] * (width - len(cells))]


def _continues(reading: Reading, row: Row) -> bool:
    """Whether a row without a style code says what differs from the row above, rather than a sum."""
    said = [c for p, _, field in reading.columns if field in TELLS_APART and (c := _cell(row, p))]
    return bool(said) and not adds_up(said)


def _spread(reading: Reading, rows: Iterable[Row]) -> Iterator[Row]:
    labels = _labels(reading)
    grids = {folded(grid.name): _of_grid(reading, grid.labels) for grid in reading.header.grids}
    which = next((place for place, _, field in reading.columns if field == "size_system"), None)
    begins = False
    for row in rows:
        again = repeats_header(reading, row)
        if again or begins or _heads_a_part(reading, row):
            named = _anew(reading, row)
            labels = named or labels
            begins = again and not named
            if again or named:
                yield row
                continue
        if _names_goods(reading, row):
            own = grids.get(folded(_cell(row, which))) if which is not None else None
            yield from _sizes_of(row, labels | own if own else labels)
        else:
            yield row


def _unpacked(reading: Reading, rows: Iterable[Row]) -> Iterator[Row]:
    """A row for each size of a pack, with the pieces that all packs hold of it."""
    places = {field: place for place, _, field in reading.columns}
    pieces, stated = places.get("units_offered"), places.get("packs")
    counted = pieces is None and stated is None and _says_units(reading)
    for row in rows:
        pack = assortments.parsed(_cell(row, places["assortment"]))
        number = assortments.packs(
            pack,
            stated=_cell(row, stated) if stated is not None else "1" if counted else "",
            pieces=_cell(row, pieces) if pieces is not None else "",
        )
        if not pack or number is None:
            yield row
            continue
        for part, (label, units) in enumerate(pack, start=1):
            size = SizeCell(places["assortment"], label, "", str(units * number))
            yield Row(row.number, row.cells, part, size, len(pack), row.title)


def _says_units(reading: Reading) -> bool:
    """Whether the column of sizes says that units stand beside them: those are the pieces, and no pack's."""
    column = reading.column_of("assortment") or ""
    return bool(set(folded(column).split()) & size_columns.UNIT_WORDS)


def _heads_a_part(reading: Reading, row: Row) -> bool:
    """Whether a row names a part of the list and the sizes of that part, and nothing else."""
    said = [text for place, _, _ in reading.columns if (text := _cell(row, place))]
    texts = [_cell(row, place) for place, _ in reading.sizes]
    few = len(said) <= 1 and len(reading.columns) >= COLUMNS_OF_GOODS_MIN
    return few and bool(layouts.sizes_of(texts))


def _sizes_of(row: Row, labels: Mapping[int, SizeCell]) -> Iterator[Row]:
    told = {place: _cell(row, place) for place in labels}
    filled = [
        label
        for place, label in labels.items()
        if told[place] and told[place] not in DASHES and told[place].casefold() not in ABSENT
    ]
    if not filled:
        yield row
    for part, label in enumerate(filled, start=1):
        yield Row(row.number, row.cells, part, label, len(filled), row.title)


def _labels(reading: Reading) -> dict[int, SizeCell]:
    """The size of each column, by the header."""
    return {
        place: _label(place, column, reading.header.group(place)) for place, column in reading.sizes
    }


def _label(place: int, text: str, group: str = "") -> SizeCell:
    said = blocks.named(text)
    if said is None:
        return SizeCell(place, size_columns.unnumbered(text), size_columns.system_in(group))
    found = said[1]
    return SizeCell(place, found.label, found.system or _fitting(found.label, group))


def _fitting(label: str, group: str) -> str:
    """The group's system, unless the label speaks for itself."""
    return sizes.understood(label)[1] or size_columns.system_in(group)


def _of_grid(reading: Reading, labels: Sequence[str]) -> dict[int, SizeCell]:
    return {
        place: _label(place, labels[place])
        for place, _ in reading.sizes
        if place < len(labels) and labels[place]
    }


def _anew(reading: Reading, row: Row) -> dict[int, SizeCell]:
    """The sizes that a row names for all that stands below it; empty where it names none."""
    texts = {place: text for place, _ in reading.sizes if (text := _cell(row, place))}
    if not layouts.sizes_of(list(texts.values())) or len(texts) > sum(
        size_columns.named(text) is not None for text in texts.values()
    ):
        return {}
    return {place: _label(place, text) for place, text in texts.items()}


def _names_goods(reading: Reading, row: Row) -> bool:
    """Whether a row says which goods its quantities are of; totals do not."""
    stated = [_cell(row, place) for place, _, field in reading.columns if field in _ORIGINS]
    words = [text for text in stated if text]
    if row.title is not None:
        said = [text for place, _, _ in reading.columns if (text := _cell(row, place))]
        return not adds_up(said)
    return bool(words) and not (len(words) == 1 and adds_up(words))


def _cell(row: Row, place: int) -> str:
    return cleaned(row.cells[place]) if place < len(row.cells) else ""
