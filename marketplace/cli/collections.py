"""Collections: what a brand's file would become, before anybody uploads it."""

from __future__ import annotations

import json
import sys
from itertools import groupby
from pathlib import Path
from typing import TYPE_CHECKING, TextIO

from marketplace import bootstrap
from marketplace.cli import UNDERSTOOD_NOT, Command
from marketplace.domain.imports import checking
from marketplace.domain.imports.codes import KINDS
from marketplace.domain.imports.fields import BY_NAME
from marketplace.domain.imports.unreadable import FileUnreadable
from marketplace.words import _, ngettext

if TYPE_CHECKING:
    from argparse import ArgumentParser, Namespace
    from collections.abc import Iterable, Sequence

    from marketplace.domain.imports.checking import Report
    from marketplace.domain.imports.given import SheetText
    from marketplace.domain.imports.problems import Problem

NOTHING_BLOCKS = 0
SOMETHING_BLOCKS = 1
ROWS_SHOWN_MAX = 8
MAPPING_BYTES_MAX = 1024 * 1024


def _arguments(parser: ArgumentParser) -> None:
    parser.add_argument("file", type=Path, metavar="FILE", help="a .csv or .xlsx file")
    parser.add_argument("--images", type=Path, metavar="ZIP", help="photographs that belong to it")
    parser.add_argument("--json", action="store_true", help="print JSON for programs")
    parser.add_argument("--sheet", metavar="NAME", help="which sheet of a workbook to read")
    parser.add_argument(
        "--mapping", type=Path, metavar="FILE", help="JSON object: column to field name, or null"
    )


def check(said: Namespace) -> int:
    """Print what the file would become. 0 if nothing blocks, 1 if something does, 2 if it cannot be read."""
    spreadsheets, pictures = bootstrap.desk()
    try:
        mapping = _mapping(said.mapping)
        with spreadsheets.opened(said.file, name=said.file.name, sheet=said.sheet) as sheet:
            sent = said.images and pictures.inspected(said.images, name=said.images.name)
            report = checking.check(sheet, mapping=mapping, photographs=sent or None)
            if said.json:
                _print_json(sheet, report, sys.stdout)
            else:
                _print_words(said.file.name, sheet, report, sys.stdout)
    except FileUnreadable as no:
        named = FileUnreadable(**{"name": said.file.name, **no.facts})
        sys.stderr.write(f"{named.sentence(_)}\n")
        return UNDERSTOOD_NOT
    return SOMETHING_BLOCKS if report.blocks else NOTHING_BLOCKS


def _mapping(path: Path | None) -> dict[str, str | None]:
    if path is None:
        return {}
    try:
        with path.open("rb") as file:
            given = json.loads(file.read(MAPPING_BYTES_MAX))
    except (OSError, ValueError, RecursionError) as no:
        raise FileUnreadable("mapping", name=path.name) from no
    if not isinstance(given, dict) or not all(isinstance(v, str | None) for v in given.values()):
        raise FileUnreadable("mapping", name=path.name)
    return given


def _print_json(sheet: SheetText, report: Report, out: TextIO) -> None:
    """The documented shape, see docs/import.md."""
    said = {
        "encoding": sheet.encoding,
        "sheet": sheet.sheet,
        "turned": report.turned,
        "mapping": report.guess.mapping,
        "rows": report.counts.rows,
        "styles": report.counts.styles,
        "variants": report.counts.variants,
        "units": report.counts.units,
        "problems": [problem.as_plain(_) for problem in report.problems],
    }
    json.dump(said, out, ensure_ascii=False, indent=1)
    out.write("\n")


def _print_words(name: str, sheet: SheetText, report: Report, out: TextIO) -> None:
    out.write(f"{name}: {_how_it_was_read(sheet, report)}\n\n")
    _print_table(
        [(column, _(BY_NAME[field].label)) for column, field in report.guess.mapping.items()], out
    )
    counts = report.counts
    out.write("\n")
    _print_table(
        [
            (_("Rows in the file"), f"{counts.rows}"),
            (_("Styles to import"), f"{counts.styles}"),
            (_("Variants to import"), f"{counts.variants}"),
            (_("Units to import"), f"{counts.units}"),
            (_("Rows refused"), f"{counts.refused}"),
        ],
        out,
    )
    for problems in _by_code(report.problems):
        _print_problems(problems, out)
    out.write(f"\n{_verdict(report)}\n")


def _how_it_was_read(sheet: SheetText, report: Report) -> str:
    parts = [
        _("sheet %(name)s", name=sheet.sheet) if sheet.sheet else "",
        _("encoding %(name)s", name=sheet.encoding) if sheet.encoding else "",
        _("cells parted by %(mark)s", mark=repr(sheet.delimiter)) if sheet.delimiter else "",
        _("on its side, one article in each column: row 2 below is column B")
        if report.turned
        else _("header in row %(row)s", row=report.guess.header.number),
    ]
    return ", ".join(filter(None, parts))


def _print_table(lines: Sequence[tuple[str, str]], out: TextIO) -> None:
    width = max((len(left) for left, _right in lines), default=0)
    out.writelines(f"  {left:<{width}}  {right}\n" for left, right in lines)


def _by_code(problems: Iterable[Problem]) -> list[list[Problem]]:
    """Problems of one kind together, what blocks first."""
    order = {code: place for place, code in enumerate(KINDS)}
    in_order = sorted(problems, key=lambda p: (p.severity != "block", order[p.code], p.row))
    return [list(group) for _code, group in groupby(in_order, key=lambda problem: problem.code)]


def _print_problems(problems: Sequence[Problem], out: TextIO) -> None:
    first = problems[0]
    mark = _("blocks") if first.severity == "block" else _("warning")
    rows = list(dict.fromkeys(str(problem.row) for problem in problems))
    shown = ", ".join(rows[:ROWS_SHOWN_MAX]) + (" …" if len(rows) > ROWS_SHOWN_MAX else "")
    where = ngettext("row %(rows)s", "rows %(rows)s", len(rows), rows=shown)
    column = f", {first.column}" if first.column else ""
    out.write(f"\n[{mark}] {first.code}: {where}{column}\n")
    out.write(f"  {first.message(_)}\n  {first.mend(_)}\n")


def _verdict(report: Report) -> str:
    if report.blocks:
        return _("Something must be mended: what is marked as blocking is not imported.")
    return _("Nothing blocks. Warnings can be mended later, before the sale is scheduled.")


COMMANDS = (
    Command("check", "Say what a file would become and what is wrong with it.", _arguments, check),
)
