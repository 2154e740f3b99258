"""What is wrong with a file, to take away and mend; and a file taken back."""

from __future__ import annotations

from itertools import zip_longest
from pathlib import PurePath
from typing import TYPE_CHECKING

from marketplace.queries import import_desk, refused_rows
from marketplace.services import imports
from marketplace.toolbox import Sheet
from marketplace.web import documents, figures, identity, pages
from marketplace.web.access import brand
from marketplace.words import _, importing
from supplier_portal import door, frame

if TYPE_CHECKING:
    from flask import Response

    from marketplace.queries.refused_rows import RefusedRow, RefusedRows


@door.get("/imports/<int:import_id>/refused")
@brand()
def refused_file(import_id: int) -> Response:
    """The refused rows in the brand's own layout, each with what is wrong with it."""
    tools = identity.tools()
    found = refused_rows.look(tools, import_id=import_id)
    top, *rows = _on_their_side(_lines(found)) if found.turned else _lines(found)
    if found.sheet is None:
        ending = "csv"
        content = tools.spreadsheets.csv_bytes(top, rows, delimiter=found.delimiter or ";")
    else:
        ending = "xlsx"
        content = tools.spreadsheets.xlsx_bytes([Sheet(found.sheet, top, rows)])
    name = _("%(name)s to mend", name=PurePath(found.filename).stem)
    return documents.written(f"{name}.{ending}", content, figures.MEDIA[ending])


def _lines(found: RefusedRows) -> list[list[str]]:
    width = found.width
    lines = [_padded(cells, width) for cells in found.titles]
    lines[found.header].append(str(importing.WHAT_IS_WRONG))
    return lines + [[*_padded(row.cells, width), _said(row)] for row in found.rows]


def _on_their_side(lines: list[list[str]]) -> list[list[str]]:
    """The lines as the brand sent them: one article in each column, what is wrong with it at the foot."""
    return [list(each) for each in zip_longest(*lines, fillvalue="")]


def _padded(cells: tuple[str, ...], width: int) -> list[str]:
    return [*cells, *[""] * (width - len(cells))]


def _said(row: RefusedRow) -> str:
    """What is wrong and how to mend it, the column first where there is one."""
    sentences = (
        f"{problem.column + ': ' if problem.column else ''}{problem.message(_)} {problem.mend(_)}"
        for problem in row.problems
    )
    return " · ".join(dict.fromkeys(sentences))


@door.get("/imports/<int:import_id>/undo")
@brand(*frame.WRITERS)
def ask_undo(import_id: int) -> Response:
    """What taking the file back would mean."""
    desk = import_desk.desk(identity.tools(), import_id=import_id)
    return pages.render("brand/import_undo.html", desk=desk)


@door.post("/imports/<int:import_id>/undo")
@brand(*frame.WRITERS)
def undo_import(import_id: int) -> Response:
    """Take the file back."""
    imports.undo(identity.tools(), import_id=import_id)
    return pages.go("brand.import_", import_id=import_id)
