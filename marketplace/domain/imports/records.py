"""Rows unfolded: each cell under the field it means, pairs of attributes and named options taken apart."""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from itertools import chain
from typing import TYPE_CHECKING

from marketplace.domain.imports import headers, sizes
from marketplace.domain.imports.conditions import folded
from marketplace.domain.imports.fields import BY_NAME, Kind, Level
from marketplace.domain.imports.rows import Cell, cleaned

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from marketplace.domain.imports.readings import Reading
    from marketplace.domain.imports.rows import At, Row, SizeCell, Title

TITLE_COLUMN = "title"
"""Stands for a column where a title above the rows says it."""

OPTIONS = (1, 2, 3)
OPTION_FIELDS = ("colour_name", "size_label")
ATTRIBUTE_FIELDS = frozenset(
    {
        "size_label", "colour_name", "gender", "season", "brand_name", "gtin", "country_of_origin",
        "manufacturer_name", "composition", "cn_code",
    }
)  # fmt: skip
"""Fields that a pair of ``attributes`` may carry; prices and quantities have columns of their own."""

_PAIR = re.compile(
    r"(?:^|,)\"?([A-Za-z][A-Za-z0-9_]{0,59})=((?:(?!,\"?[A-Za-z][A-Za-z0-9_]{0,59}=).)*)", re.DOTALL
)
_COLON_PAIR = re.compile(
    r"(?:^|[,;|]|\s[-\u2013/]\s)\s*([^\W\d_][\w ]{0,39}?)\s*:\s*((?:(?!\s[-\u2013/]\s)[^,;|:])*)"
)
ABSENT = frozenset(
    {"n/a", "na", "n.a.", "n/d", "nd", "n.d.", "n.c.", "nc", "k.a.", "s/d", "nan", "null", "-", "--",
     "\u2013", "\u2014"}
)  # fmt: skip
"""How people write that they say nothing."""

_CAN_BE_ABSENT = frozenset(
    {
        Kind.UNITS,
        Kind.MONEY,
        Kind.GRAMS,
        Kind.COMPOSITION,
        Kind.COUNTRY,
        Kind.CONDITION,
        Kind.CN_CODE,
        Kind.GTIN,
    }
)
_NO_OPTION = ("title", "default title")


@dataclass(frozen=True, slots=True)
class Record:
    """One row by field: ``values`` hold filled cells only.

    ``images`` are the cells that name photographs of the variant, ``style_images`` of the style as a whole.
    """

    number: int
    values: Mapping[str, Cell]
    images: tuple[Cell, ...] = ()
    style_images: tuple[Cell, ...] = ()
    part: int = 0

    @property
    def at(self) -> At:
        """Where the record stands: its row, and which of the row's sizes it is."""
        return self.number, self.part

    @property
    def is_title(self) -> bool:
        """Whether the row only names the product of the rows below it."""
        return bool(self.values) and all(c.column == TITLE_COLUMN for c in self.values.values())

    def text(self, field: str) -> str:
        """The cleaned text of ``field``; empty where the row says nothing."""
        cell = self.values.get(field)
        return cell.text if cell else ""


def unfolded(reading: Reading, row: Row) -> Record:
    """The row's filled cells by field; the first column wins where attributes repeat one."""
    values: dict[str, Cell] = {}
    several: dict[str, list[Cell]] = {"attributes": [], "images": [], "style_images": []}
    for place, column, field in reading.columns:
        text = cleaned(row.cells[place]) if place < len(row.cells) else ""
        if _says_nothing(text, field):
            continue
        if field in several:
            several[field].append(Cell(column, text))
        else:
            values[field] = Cell(column, text)
    for field, pair in chain.from_iterable(map(_pairs, several["attributes"])):
        values.setdefault(field, pair)
    if row.size is not None:
        _take_size(values, reading, row, row.size)
    if "size_second" in values:
        _join_size(values)
    if row.title is not None:
        _take_title(values, row.title)
    photographs = (tuple(several["images"]), tuple(several["style_images"]))
    return Record(row.number, values, *photographs, row.part)


def _says_nothing(text: str, field: str) -> bool:
    return not text or (text.casefold() in ABSENT and BY_NAME[field].kind in _CAN_BE_ABSENT)


def _take_size(values: dict[str, Cell], reading: Reading, row: Row, size: SizeCell) -> None:
    """One size of a row that holds several: a code that stands for all of them is none of its own."""
    column = reading.header.columns[size.place]
    values["size_label"] = Cell(column, size.label)
    values["units_offered"] = Cell(column, size.units or cleaned(row.cells[size.place]))
    if size.system and not sizes.system_named(_text(values, "size_system")):
        values["size_system"] = Cell(column, size.system)
    if row.parts > 1:
        values.pop("gtin", None)
        if sku := values.pop("sku", None):
            values.setdefault("parent_sku", sku)
    for place, named, field in reading.beside.get(size.place, ()):
        if text := cleaned(row.cells[place]) if place < len(row.cells) else "":
            values[field] = Cell(named, text)


def _take_title(values: dict[str, Cell], title: Title) -> None:
    """The product that a row above names; what the row says itself comes first."""
    for field, text in (("style_code", title.code), ("style_name", title.name)):
        if text:
            values.setdefault(field, Cell(TITLE_COLUMN, text))


def _join_size(values: dict[str, Cell]) -> None:
    """A size that stands in two columns becomes one."""
    second = values.pop("size_second")
    first = values.get("size_label", second)
    values["size_label"] = Cell(
        first.column, sizes.joined(_text(values, "size_label"), second.text)
    )


def _text(values: Mapping[str, Cell], field: str) -> str:
    return values[field].text if field in values else ""


def holds_pairs(text: str) -> bool:
    """Whether ``text`` states names and values, such as ``size=M,color=Blue`` or ``Farbe: Rot | Größe: M``."""
    return _PAIR.search(text) is not None or _COLON_PAIR.search(text) is not None


def _pairs(cell: Cell) -> Iterator[tuple[str, Cell]]:
    """``size=M,color=Blue`` as cells of their own; pairs that mean nothing to us are left out."""
    form = _PAIR if _PAIR.search(cell.text) else _COLON_PAIR
    for match in form.finditer(cell.text):
        key, text = match.group(1), match.group(2).strip().strip('"').strip()
        for field, sureness in headers.meanings(key)[:1]:
            known = sureness == headers.CERTAIN and field in ATTRIBUTE_FIELDS
            if text and known and (field != "composition" or "%" in text):
                yield field, Cell(f"{cell.column}: {key}", text)


def option_names(record: Record) -> dict[int, str]:
    """The names of the options that this row states, by their place."""
    stated = ((place, record.text(f"option_{place}_name")) for place in OPTIONS)
    return {place: name for place, name in stated if name and folded(name) not in _NO_OPTION}


def with_options(record: Record, names: Mapping[int, str]) -> Record:
    """The record with its options read as colour and size.

    ``names`` are the option names that the style's rows state. An option of another name becomes the colour
    if the style has none, else the size, else it is added to the size, so that variants stay apart.
    """
    values = {field: cell for field, cell in record.values.items() if "option_" not in field}
    for place, field in _option_fields(names).items():
        value = record.values.get(f"option_{place}_value")
        if value and folded(value.text) not in _NO_OPTION:
            before = values.get(field)
            joined = f"{before.text} / {value.text}" if before else value.text
            values[field] = Cell(value.column, joined)
    return replace(record, values=values)


def _option_fields(names: Mapping[int, str]) -> dict[int, str]:
    fields = {place: field for place, name in names.items() if (field := _option_field(name))}
    free = [field for field in OPTION_FIELDS if field not in fields.values()]
    for place in names:
        if place not in fields:
            fields[place] = free.pop(0) if free else OPTION_FIELDS[-1]
    return dict(sorted(fields.items()))


def _option_field(name: str) -> str | None:
    found = headers.meanings(name)
    return found[0][0] if found and found[0][0] in OPTION_FIELDS else None


def says_nothing_but_images(record: Record) -> bool:
    """Whether the row only adds photographs to a style that other rows describe."""
    if not record.images and not record.style_images:
        return False
    said = {field for field in record.values if BY_NAME[field].level is not Level.FILE}
    options = any(record.text(f"option_{place}_value") for place in OPTIONS)
    return said == {"style_code"} and not options
