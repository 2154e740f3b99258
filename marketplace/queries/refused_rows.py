"""The refused rows of an import in the brand's own layout: mended and sent again, they are all that changes."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from sqlalchemy import select

from marketplace.db import brands, imports
from marketplace.db.brands import StoredFile
from marketplace.db.imports import Import, ImportRow
from marketplace.domain.imports import keeping, readings
from marketplace.domain.imports.arranging import Arranged
from marketplace.domain.imports.problems import Problem, from_kept
from marketplace.domain.imports.readings import Layout
from marketplace.domain.imports.rows import ROWS_MAX, cleaned
from marketplace.domain.imports.steps import RowVerdict
from marketplace.domain.refusals import NotFound

if TYPE_CHECKING:
    from collections.abc import Mapping

    from sqlalchemy.orm import Session

    from marketplace.toolbox import Toolbox

FAMILIES = (Layout.MAGENTO, Layout.SHOPIFY, Layout.WOOCOMMERCE)
"""Layouts in which a row is not understood without others of its style: those come along."""


@dataclass(frozen=True, slots=True)
class RefusedRow:
    """A row of the file as it was sent; ``problems`` are empty where it only comes along."""

    cells: tuple[str, ...]
    problems: tuple[Problem, ...]


@dataclass(frozen=True, slots=True)
class RefusedRows:
    """Titles and header as they were sent, then the rows. ``header`` is the place of the names among them.

    ``turned``: each of them is a column of the brand's file.
    """

    filename: str
    sheet: str | None
    delimiter: str | None
    titles: tuple[tuple[str, ...], ...]
    header: int
    rows: tuple[RefusedRow, ...]
    turned: bool = False

    @property
    def width(self) -> int:
        """How many columns the file has."""
        rows = (*self.titles, *(row.cells for row in self.rows))
        return max(map(len, rows), default=0)


def look(tools: Toolbox, *, import_id: int) -> RefusedRows:
    """The refused rows of the brand's own import; none where every row was sound."""
    with tools.reading() as session:
        owned = brands.within(tools.brand_id, Import.brand_id)
        row = session.scalars(select(Import).where(Import.id == import_id, owned)).one_or_none()
        if row is None or not row.guess:
            raise NotFound
        reading = readings.reading(keeping.guess_from(row.guess).corrected(row.mapping))
        refused = _problems(session, row.id)
        cells = _understood(session, row, reading, refused)
        ends = reading.header.ends
        titles = sorted(number for number in cells if number <= ends) if ends else []
        named = tuple(cells[number] for number in titles) or (reading.header.columns,)
        return RefusedRows(
            filename=session.get_one(StoredFile, row.file_id).filename,
            sheet=row.sheet,
            delimiter=row.delimiter,
            titles=named,
            header=titles.index(reading.header.number) if titles else 0,
            rows=tuple(
                RefusedRow(cells[number], refused.get(number, ()))
                for number in sorted(cells.keys() - set(titles))
            ),
            turned=bool(row.turned),
        )


def _understood(
    session: Session, row: Import, reading: readings.Reading, refused: Mapping[int, object]
) -> dict[int, tuple[str, ...]]:
    """The cells of header, titles and refused rows, and of those without which they are not understood."""
    ends = reading.header.ends
    if reading.layout in FAMILIES:
        companions = _companions(session, row, reading, refused) if refused else set()
        return _cells(session, row.id, [*refused, *companions], ends=ends)
    rows = imports.rows_after(session, row.id, 0, most=ROWS_MAX) if refused else []
    filled = {each.number: each.cells for each in Arranged(reading, rows).some(refused.keys())}
    sent = _cells(session, row.id, [*filled], ends=ends)
    return sent | {number: cells for number, cells in filled.items() if cells}


def _problems(session: Session, import_id: int) -> dict[int, tuple[Problem, ...]]:
    """What keeps each refused row out, whichever of its sizes it was told at."""
    wanted = (
        select(ImportRow.number, ImportRow.problems)
        .where(ImportRow.import_id == import_id, ImportRow.verdict == RowVerdict.REFUSED)
        .order_by(ImportRow.number, ImportRow.part)
    )
    found: dict[int, tuple[Problem, ...]] = {}
    for row in session.execute(wanted):
        told = (from_kept(each) for each in row.problems)
        blocks = tuple(problem for problem in told if problem.severity == "block")
        found[row.number] = (*found.get(row.number, ()), *blocks)
    return found


def _companions(
    session: Session, row: Import, reading: readings.Reading, refused: Mapping[int, object]
) -> set[int]:
    """Rows without which the refused ones are not understood: their product's own, and its first."""
    place = next((place for place, _, field in reading.columns if field == "style_code"), None)
    wanted = select(ImportRow.number, ImportRow.verdict, ImportRow.cells).where(
        ImportRow.import_id == row.id,
        ImportRow.part == 0,
        ImportRow.number > reading.header.ends,
    )
    rows = session.execute(wanted).all()
    codes = {
        _code(each.cells, place) for each in rows if place is not None and each.number in refused
    }
    return {
        each.number
        for each in rows
        if each.number not in refused
        and (each.verdict == RowVerdict.EXTRA or _code(each.cells, place) in codes - {""})
    }


def _code(cells: list[str], place: int | None) -> str:
    return cleaned(cells[place]) if place is not None and place < len(cells) else ""


def _cells(
    session: Session, import_id: int, numbers: list[int], *, ends: int
) -> dict[int, tuple[str, ...]]:
    wanted = select(ImportRow.number, ImportRow.cells).where(
        ImportRow.import_id == import_id,
        ImportRow.part == 0,
        (ImportRow.number <= ends) | ImportRow.number.in_(numbers),
    )
    return {row.number: tuple(row.cells) for row in session.execute(wanted)}
