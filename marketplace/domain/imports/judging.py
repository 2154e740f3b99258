"""The verdict on each row: what it is, what it would become, and everything that is wrong with it.

A row is judged alone, by what the survey found; the same row always gets the same verdict, so a killed
worker may judge it again.
"""

from __future__ import annotations

import re
from dataclasses import replace
from typing import TYPE_CHECKING

from marketplace.domain.imports import blocks, dates, headers, styles
from marketplace.domain.imports.arranging import Arranged, adds_up
from marketplace.domain.imports.codes import Severity
from marketplace.domain.imports.fields import FIELDS, PRICE_FIELDS, STYLE_FIELDS, Need
from marketplace.domain.imports.figures import in_words
from marketplace.domain.imports.lines import Judged, RowKind
from marketplace.domain.imports.policies import can_do_without
from marketplace.domain.imports.problems import Problem, found
from marketplace.domain.imports.readings import Layout
from marketplace.domain.imports.records import unfolded
from marketplace.domain.imports.rows import one_line
from marketplace.domain.imports.variants import RowReader

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from marketplace.domain.imports.blocks import Block
    from marketplace.domain.imports.lines import VariantLine
    from marketplace.domain.imports.readings import Reading
    from marketplace.domain.imports.records import Record
    from marketplace.domain.imports.rows import Cell, Row
    from marketplace.domain.imports.styles import StyleFacts
    from marketplace.domain.imports.surveys import Survey

LACKS = tuple(f.name for f in FIELDS if f.need in {Need.SALE, Need.WISHED})
"""Fields whose lack is told: once for the file if no row fills them, else where they lack."""

UNITS_SURE_MIN = 60
"""From here on the words of a column may well mean quantities, beside something else."""

_SEPARATORS = re.compile(r"[,|;\n]+")
_ORDER = (
    ("floor_price", "target_price", "floor_above_target"),
    ("floor_price", "rrp", "floor_above_rrp"),
    ("target_price", "rrp", "target_above_rrp"),
)
_ROW_LACKS = ("gtin", "rrp", "floor_price", "units_offered")
_STYLE_LACKS = (*(name for name in STYLE_FIELDS if name in LACKS), "images")


def judged(survey: Survey, rows: Iterable[Row]) -> Iterator[Judged]:
    """The verdict on each filled row below the header, in order; where sizes stand side by side, on each size.

    What is wrong with a row as a whole is told at the first of its sizes, and keeps all of them out.
    """
    number, told = 0, set[tuple[object, ...]]()
    for row in Arranged(survey.reading, rows):
        verdict = judge(survey, row)
        if row.part:
            if row.number != number:
                number, told = row.number, set()
            verdict = _told_once(verdict, told)
        yield verdict


def _told_once(verdict: Judged, told: set[tuple[object, ...]]) -> Judged:
    new = [p for p in verdict.problems if (p.column, p.code, p.details) not in told]
    told.update((p.column, p.code, p.details) for p in new)
    return replace(verdict, problems=tuple(new), refused=verdict.is_refused)


def judge(survey: Survey, row: Row) -> Judged:
    """The verdict on one row."""
    record = unfolded(survey.reading, row)
    kind = survey.kind_of(record)
    if kind is RowKind.IGNORED:
        value = next((cell for cell in row.cells if cell.strip()), "")
        problems = (found(row.number, None, value, "row_ignored"),)
        return Judged(row.number, kind, problems=problems, part=row.part)
    facts = survey.facts_of(record)
    if kind is RowKind.EXTRA:
        return _extra(survey, record, facts)
    return _variant(survey, survey.resolved(record), facts)


def _extra(survey: Survey, record: Record, facts: StyleFacts | None) -> Judged:
    problems = _style_cells(record, facts)
    if facts is None:
        problems += _no_style_code(survey, record)
    elif facts.variants == 0:
        problems.append(found(record.number, None, facts.code, "style_without_variants"))
    else:
        problems += _style_lacks(survey, record, facts)
    refused = facts is None or any(problem.severity is Severity.BLOCK for problem in problems)
    return Judged(
        record.number,
        RowKind.EXTRA,
        style=styles.line_of(facts) if facts and facts.variants and not refused else None,
        style_images=named_images((*record.style_images, *record.images)),
        problems=tuple(problems),
    )


def _variant(survey: Survey, record: Record, facts: StyleFacts | None) -> Judged:
    reader = RowReader(survey, record)
    line = reader.line(facts.code if facts else "", images=named_images(record.images))
    problems = [*_style_cells(record, facts), *reader.problems]
    if facts is None:
        problems += _no_style_code(survey, record)
    else:
        problems += _against_style(record, facts)
        problems += _style_lacks(survey, record, facts)
        problems += _own_lacks(survey, record, facts)
    problems += _against_rules(record, line)
    problems += _against_others(survey, record)
    if facts is None or any(problem.severity is Severity.BLOCK for problem in problems):
        spare = facts is not None and can_do_without(problems)
        return Judged(
            record.number,
            RowKind.VARIANT,
            style=styles.line_of(facts) if facts and spare else None,
            problems=tuple(problems),
            part=record.part,
            spare=line if spare else None,
        )
    if record.at in survey.twins:
        return Judged(record.number, RowKind.IGNORED, problems=tuple(problems), part=record.part)
    return Judged(
        record.number,
        RowKind.VARIANT,
        style=styles.line_of(facts),
        variant=line,
        style_images=named_images(record.style_images),
        problems=tuple(problems),
        part=record.part,
    )


def named_images(cells: Iterable[Cell]) -> tuple[str, ...]:
    """File names and addresses that the cells name, each once, in the order of the columns."""
    names = (name.strip() for cell in cells for name in _SEPARATORS.split(cell.text))
    return tuple(dict.fromkeys(filter(None, names)))


def _no_style_code(survey: Survey, record: Record) -> list[Problem]:
    """Told for the row only where a column for it exists; else the file as a whole was refused."""
    column = survey.reading.column_of("style_code") or survey.reading.column_of("sku")
    return [found(record.number, column, "", "style_code_missing")] if column else []


def _style_cells(record: Record, facts: StyleFacts | None) -> list[Problem]:
    """What is wrong with the row's words about its style; a mere warning is told once for the style."""
    problems: list[Problem] = []
    for name in ("style_code", *STYLE_FIELDS):
        cell = record.values.get(name)
        if cell is None:
            continue
        told_here = (
            facts is None or facts.cells.get(name, (record.number, cell))[0] == record.number
        )
        problems += [
            problem
            for problem in styles.cell_problems(record.number, name, cell)
            if told_here or problem.severity is Severity.BLOCK
        ]
    return problems


def _against_style(record: Record, facts: StyleFacts) -> list[Problem]:
    problems = [
        found(record.number, None, facts.code, "style_refused", other=row)
        for name, row in facts.refused_rows.items()
        if row != record.number and name not in record.values
    ]
    if facts.own_row is not None:
        return problems
    for name in STYLE_FIELDS:
        first_row, first = facts.cells.get(name, (record.number, None))
        cell = record.values.get(name)
        if cell is not None and first is not None and first_row < record.number:
            same_day = name in styles.DAYS and dates.read(cell.text) == dates.read(first.text)
            problems += [] if same_day else _disagreement(record.number, cell, first_row, first)
    return problems


def _disagreement(number: int, cell: Cell, first_row: int, first: Cell) -> list[Problem]:
    if one_line(cell.text).casefold() == one_line(first.text).casefold():
        return []
    facts = {"other": first_row, "first": first.text}
    return [found(number, cell.column, cell.text, "style_disagrees", **facts)]


def _style_lacks(survey: Survey, record: Record, facts: StyleFacts) -> list[Problem]:
    """What the file says about other styles but not about this one; told once, at its first row."""
    if record.number != (facts.own_row or facts.first_row):
        return []
    lacking = [
        name
        for name in _STYLE_LACKS
        if name in survey.filled and name not in facts.cells and name not in facts.refused_rows
    ]
    if facts.has_images and "images" in lacking:
        lacking.remove("images")
    return [_lack(survey, record.number, name) for name in lacking]


def _own_lacks(survey: Survey, record: Record, facts: StyleFacts) -> list[Problem]:
    """What this row leaves blank although others fill it; a blank quantity is always told."""
    lacking = [
        name
        for name in _ROW_LACKS
        if name not in record.values
        and (name in survey.filled or (name == "units_offered" and name in survey.reading.fields))
    ]
    if record.text("shop_price") and "rrp" in lacking:
        lacking.remove("rrp")
    if facts.variants > 1:
        lacking += [
            name
            for name in ("colour_name", "size_label")
            if name in facts.stated and name not in record.values
        ]
    return [_lack(survey, record.number, name) for name in lacking]


def _lack(survey: Survey, number: int, name: str) -> Problem:
    return found(number, survey.reading.column_of(name), "", f"{name}_missing")


def _against_rules(record: Record, line: VariantLine) -> list[Problem]:
    prices = {
        "floor_price": line.floor_minor,
        "target_price": line.target_minor,
        "rrp": line.rrp_minor,
    }
    problems = []
    for lower, upper, code in _ORDER:
        low, high = prices[lower], prices[upper]
        if low is not None and high is not None and low > high:
            cell = record.values[lower]
            stated = record.text(upper) or in_words(high, line.currency)
            words = {upper.removesuffix("_price"): stated}
            problems.append(found(record.number, cell.column, cell.text, code, **words))
    return problems


def _against_others(survey: Survey, record: Record) -> list[Problem]:
    number = record.number
    problems = []
    twin = survey.twins.get(record.at)
    if twin is not None:
        code = "variant_twice" if twin.differs else "row_repeated"
        column = twin.differs[0] if twin.differs else None
        value = next((c.text for c in record.values.values() if c.column == column), "")
        differs = ", ".join(twin.differs)
        problems.append(found(number, column, value, code, other=twin.other, differs=differs))
    for name, shared in (("gtin", survey.shared_gtins), ("sku", survey.shared_skus)):
        cell = record.values.get(name)
        if record.at in shared and cell is not None:
            problems.append(
                found(number, cell.column, cell.text, f"{name}_shared", other=shared[record.at])
            )
    return problems


def file_problems(survey: Survey) -> list[Problem]:
    """What is wrong with, or lacks in, the file as a whole; told at the header's row."""
    reading = survey.reading
    number = reading.header.number
    problems = []
    if survey.rows == 0:
        return [found(number, None, "", "no_rows")]
    if not reading.fields & {"style_code", "sku", "parent_sku"}:
        problems.append(found(number, None, "", "style_code_column_missing"))
    filled = survey.filled | ({"colour_name"} if "colour_code" in survey.filled else set())
    problems += [
        _lack(survey, number, name)
        for name in LACKS
        if name not in filled and not (name == "rrp" and survey.from_shop)
        if name != "units_offered" or name not in reading.fields
    ]
    return problems + _notes(survey)


def _notes(survey: Survey) -> list[Problem]:
    """What the house supposed while reading, told so that it can be put right."""
    reading = survey.reading
    number = reading.header.number
    notes = []
    if reading.titled:
        notes.append(found(number, None, "", "styles_titled"))
    if survey.reading.carried:
        notes.append(
            found(number, survey.reading.column_of("style_code"), "", "style_code_carried")
        )
    notes += [
        found(number, block.columns(reading.header)[0], block.words, "sizes_unused", columns=title)
        for block in _left_out(reading)
        if (title := block.title(reading.header))
    ]
    if reading.again:
        last = reading.header.columns[reading.again[-1][0][1]]
        count = len(reading.again) + 1
        notes.append(found(number, last, "", "lists_side_by_side", count=count))
    notes += [found(number, column, "", "units_unused") for column in _other_units(reading)]
    if survey.from_shop:
        column = survey.reading.column_of("shop_price")
        count = survey.from_shop
        notes.append(found(number, column, "", "rrp_from_shop_price", count=count))
    if not survey.currencies and survey.filled & set(PRICE_FIELDS):
        notes.append(found(number, None, "", "currency_assumed", currency=survey.currency))
    if survey.by_address:
        column = survey.reading.column_of("style_images") or survey.reading.column_of("images")
        notes.append(found(number, column, "", "photographs_by_address"))
    return notes


def _left_out(reading: Reading) -> tuple[Block, ...]:
    """Blocks of one size each that nothing is read from, where another block holds the units."""
    if not reading.sizes:
        return ()
    used = [place for place, _ in reading.sizes]
    used += [place for beside in reading.beside.values() for place, _, _ in beside]
    return blocks.unused(reading.header, used)


def _other_units(reading: Reading) -> list[str]:
    """Columns that speak of quantities too, where each row states one size and its units."""
    if reading.layout is not Layout.LONG:
        return []
    used = {column for _, column, _ in reading.columns}
    used |= {reading.header.columns[other] for pairs in reading.again for _, other in pairs}
    return [each for each in reading.header.columns if each not in used and _is_of_units(each)]


def _is_of_units(column: str) -> bool:
    sure = dict(headers.meanings(column)).get("units_offered", 0)
    return sure >= UNITS_SURE_MIN and not adds_up([column])
