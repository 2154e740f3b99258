"""What a file says about each style: every field once, from the first row that states it soundly."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from marketplace.domain.imports import compositions, conditions, countries, dates
from marketplace.domain.imports.codes import Severity
from marketplace.domain.imports.fields import BY_NAME, STYLE_FIELDS, Kind
from marketplace.domain.imports.lines import StyleLine
from marketplace.domain.imports.problems import Problem, found
from marketplace.domain.imports.records import option_names
from marketplace.domain.imports.rows import Cell, is_formula, one_line, plain_text

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from marketplace.domain.imports.records import Record

CATEGORY_ROOT = "default category"
_DETAILS = ("brand_name", "season", "rrp_reference", "defects", "eu_responsible", "warnings")
DAYS = ("rrp_date", "available_on")
"""Further facts that are days."""

_MANUFACTURER = ("manufacturer_name", "manufacturer_address", "manufacturer_email")


@dataclass(slots=True)
class StyleFacts:
    """What the rows of one style said. ``own_row`` is the product's own row, where the file has one.

    ``months_first`` are the file's columns that write the month before the day.
    """

    code: str
    first_row: int
    own_row: int | None = None
    variants: int = 0
    cells: dict[str, tuple[int, Cell]] = field(default_factory=dict)
    refused_rows: dict[str, int] = field(default_factory=dict)
    options: dict[int, str] = field(default_factory=dict)
    stated: set[str] = field(default_factory=set)
    has_images: bool = False
    months_first: set[str] = field(default_factory=set)
    line: StyleLine | None = None

    def hear(self, record: Record, *, own: bool) -> None:
        """Take in what ``record`` says; the product's own row is heard before its variants' rows."""
        self.stated.update(record.values)
        self.has_images = self.has_images or bool(record.images or record.style_images)
        if own:
            self.own_row = record.number
        for name in STYLE_FIELDS:
            cell = record.values.get(name)
            if cell is not None and (own or name not in self.cells):
                self._hear(name, cell, record.number)
        for place, option in option_names(record).items():
            self.options.setdefault(place, option)

    def _hear(self, name: str, cell: Cell, number: int) -> None:
        refused = any(p.severity is Severity.BLOCK for p in cell_problems(number, name, cell))
        if refused:
            self.refused_rows.setdefault(name, number)
        else:
            self.cells[name] = (number, cell)
            self.refused_rows.pop(name, None)

    def text(self, name: str) -> str:
        """What was said about ``name``; empty if nothing was."""
        _, cell = self.cells.get(name, (0, Cell("", "")))
        return cell.text


def cell_problems(number: int, name: str, cell: Cell) -> list[Problem]:
    """What is wrong with one cell that describes the style."""
    known = BY_NAME[name]
    if known.kind in {Kind.TEXT, Kind.LONG_TEXT, Kind.COMPOSITION} and is_formula(cell.text):
        return [found(number, cell.column, cell.text, "formula")]
    length = len(plain_text(cell.text))
    if length > known.length_max:
        facts = {"length": length, "most": known.length_max}
        return [found(number, cell.column, cell.text, "text_too_long", **facts)]
    if known.kind is Kind.COMPOSITION:
        return _composition_problems(number, cell)
    wrong = _UNREADABLE.get(known.kind)
    if wrong and not wrong[1](cell.text):
        return [found(number, cell.column, cell.text, wrong[0])]
    return []


_UNREADABLE: Mapping[Kind, tuple[str, Callable[[str], object]]] = {
    Kind.COUNTRY: ("country_unknown", countries.code_of),
    Kind.CONDITION: ("condition_unknown", conditions.named),
    Kind.DATE: ("date_unreadable", dates.read),
}


def _composition_problems(number: int, cell: Cell) -> list[Problem]:
    parts = compositions.parsed(cell.text)
    if not parts:
        return [found(number, cell.column, cell.text, "composition_without_percentages")]
    wrong = compositions.wrong_parts(parts)
    if not wrong:
        unknown = compositions.unknown_fibres(parts)
        return [found(number, cell.column, cell.text, "fibre_unknown", fibre=f) for f in unknown]
    total = compositions.in_percent(wrong[0].total_bps)
    return [found(number, cell.column, cell.text, "composition_sum", total=total)]


def line_of(facts: StyleFacts) -> StyleLine:
    """The style as it would be stored; made once for all of its rows."""
    if facts.line is None:
        facts.line = _line_of(facts)
    return facts.line


def _line_of(facts: StyleFacts) -> StyleLine:
    composition = one_line(facts.text("composition").replace("\n", "; "))
    return StyleLine(
        code=facts.code,
        name=one_line(plain_text(facts.text("style_name"))) or facts.code,
        description=plain_text(facts.text("description")),
        category=_category(facts.text("category")),
        gender=one_line(facts.text("gender")),
        composition=composition,
        composition_parts=tuple(compositions.as_plain(compositions.parsed(composition))),
        origin=countries.code_of(facts.text("country_of_origin")),
        condition=str(conditions.named(facts.text("condition")) or ""),
        manufacturer="\n".join(
            filter(None, (one_line(facts.text(name)) for name in _MANUFACTURER))
        ),
        details=_details(facts),
    )


def _details(facts: StyleFacts) -> dict[str, str]:
    """Further facts as text; days as ISO 8601 writes them."""
    said = {name: text for name in _DETAILS if (text := one_line(facts.text(name)))}
    for name in DAYS:
        _, cell = facts.cells.get(name, (0, Cell("", "")))
        day = dates.read(cell.text, month_first=cell.column in facts.months_first)
        if day is not None:
            said[name] = day.isoformat()
    return said


def _category(text: str) -> str:
    """The deepest of several paths, without the root that every Magento shop has."""
    if "/" not in text:
        return one_line(text)
    paths = [path.split("/") for path in text.split(",")]
    deepest = max(paths, key=len)
    steps = [one_line(step) for step in deepest if step.strip().casefold() != CATEGORY_ROOT]
    return " / ".join(steps)
