"""The import desk.

How a file was read, what its columns are taken for, and what would happen with its rows.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from sqlalchemy import func, select

from marketplace.db import brands, deals, imports
from marketplace.db.brands import StoredFile
from marketplace.db.catalogue import Collection, Photograph, Style, folded
from marketplace.db.imports import Import, ImportRow
from marketplace.domain.imports import blocks, keeping, turning
from marketplace.domain.imports.problems import Problem, found, from_kept
from marketplace.domain.imports.readings import Layout
from marketplace.domain.imports.steps import ImportState, RowVerdict
from marketplace.domain.refusals import NotFound

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime

    from sqlalchemy import ColumnElement
    from sqlalchemy.orm import Session

    from marketplace.toolbox import Toolbox

ROWS_PER_PAGE = 50
PHOTOGRAPHS_PER_PAGE = 60
CELLS_SHOWN_MAX = 8
ABSENT_SHOWN_MAX = 20
SAMPLES_OF_BLOCK_MAX = 4


@dataclass(frozen=True, slots=True)
class Column:
    """A column of the brand's file: what it is taken for, how surely, and some of its cells."""

    name: str
    field: str | None
    confidence: int
    samples: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class BlockShown:
    """Columns of one size each that are chosen together; ``field`` None where nothing is read from them."""

    title: str
    places: tuple[int, ...]
    field: str | None
    samples: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class CodeCount:
    """How often one thing was found in the file."""

    code: str
    severity: str
    count: int


@dataclass(frozen=True, slots=True)
class Desk:
    """An import as it stands.

    ``counts`` is empty before the preview; ``failure`` holds a reason and its facts.

    ``turned``: one article stood in each column; its columns are the rows from here on.

    ``drawn`` of the ``matched`` photographs hang on their styles.
    """

    import_id: int
    collection_id: int
    collection: str
    currency: str
    state: ImportState
    filename: str
    images_filename: str | None
    encoding: str | None
    delimiter: str | None
    sheet: str | None
    sheets: tuple[str, ...]
    turned: bool
    may_turn: bool
    layout: Layout | None
    header_row: int | None
    point: str | None
    remembered: bool
    rows_total: int
    rows_done: int
    columns: tuple[Column, ...]
    blocks: tuple[BlockShown, ...]
    counts: dict[str, int]
    codes: tuple[CodeCount, ...]
    file_problems: tuple[Problem, ...]
    photographs: int
    matched: int
    drawn: int
    failure: dict[str, str]
    frozen: bool
    created_at: datetime
    finished_at: datetime | None

    @property
    def accepted(self) -> int:
        """Rows that would enter the collection, or did."""
        return self.counts.get("new", 0) + self.counts.get("changed", 0)


@dataclass(frozen=True, slots=True)
class Change:
    """One column of a stored style or variant: what it was and what it becomes."""

    of: str
    column: str
    before: Any
    after: Any


@dataclass(frozen=True, slots=True)
class RowShown:
    """A row as the spreadsheet numbers it: what would happen with it, and all that is wrong."""

    number: int
    verdict: RowVerdict
    label: tuple[str, ...]
    cells: tuple[str, ...]
    changes: tuple[Change, ...]
    problems: tuple[Problem, ...]


@dataclass(frozen=True, slots=True)
class RowsPage:
    """One page of rows."""

    rows: tuple[RowShown, ...]
    total: int
    page: int
    page_size: int = ROWS_PER_PAGE


@dataclass(frozen=True, slots=True)
class PhotographShown:
    """A photograph of the ZIP file, or of an address, and where it belongs.

    ``problem`` tells why it was refused; ``waits`` where it is still to be fetched.
    """

    name: str
    style_code: str | None
    colour: str
    because: str | None
    problem: Problem | None
    waits: bool


@dataclass(frozen=True, slots=True)
class PhotographsPage:
    """One page of photographs, those that found no place first."""

    photographs: tuple[PhotographShown, ...]
    total: int
    page: int
    page_size: int = PHOTOGRAPHS_PER_PAGE


def desk(tools: Toolbox, *, import_id: int) -> Desk:
    """The import, if it is the brand's own."""
    with tools.reading() as session:
        row = owned(tools, session, import_id)
        collection = session.get_one(Collection, row.collection_id)
        names = _filenames(session, row)
        counts = dict(row.counts)
        codes = counts.pop("codes", [])
        counts.pop("applied", None)
        return Desk(
            import_id=row.id,
            collection_id=row.collection_id,
            collection=collection.name,
            currency=collection.currency,
            state=row.state,
            filename=names[row.file_id],
            images_filename=names.get(row.images_file_id) if row.images_file_id else None,
            encoding=row.encoding,
            delimiter=row.delimiter,
            sheet=row.sheet,
            sheets=tuple(row.sheets),
            turned=bool(row.turned),
            may_turn=bool(row.turned) or 1 < row.rows_total <= turning.LINES_MAX,
            layout=Layout(row.layout) if row.layout else None,
            header_row=row.header_row,
            point=row.guess.get("point"),
            remembered=bool(row.guess.get("remembered")),
            rows_total=row.rows_total,
            rows_done=row.rows_done,
            columns=_columns(row),
            blocks=_blocks(row),
            counts={name: int(count) for name, count in counts.items()},
            codes=tuple(CodeCount(**each) for each in codes),
            file_problems=tuple(from_kept(each) for each in row.problems),
            photographs=len(row.photographs),
            matched=len(_matched(row)),
            drawn=_drawn(session, row),
            failure=json.loads(row.error) if row.error else {},
            frozen=deals.is_agreed(session, row.collection_id),
            created_at=row.created_at,
            finished_at=row.finished_at,
        )


def rows(
    tools: Toolbox,
    *,
    import_id: int,
    verdict: RowVerdict | None = None,
    code: str | None = None,
    page: int = 1,
) -> RowsPage:
    """The judged rows of one ``verdict``, or those in which ``code`` was found.

    All where neither is asked for.
    """
    with tools.reading() as session:
        row = owned(tools, session, import_id)
        where: list[ColumnElement[bool]] = [
            ImportRow.import_id == row.id,
            ImportRow.verdict.not_in((RowVerdict.PENDING, RowVerdict.SPREAD)),
        ]
        if verdict is not None:
            where.append(ImportRow.verdict == verdict)
        if code is not None:
            where.append(ImportRow.problems.contains([{"code": code}]))
        counted = select(func.count()).select_from(ImportRow).where(*where)
        judged = session.scalars(
            select(ImportRow)
            .where(*where)
            .order_by(ImportRow.number, ImportRow.part)
            .limit(ROWS_PER_PAGE)
            .offset((page - 1) * ROWS_PER_PAGE)
        ).all()
        total = session.execute(counted).scalar_one()
        cells = _cells(session, row.id, {each.number for each in judged if each.part})
    return RowsPage(tuple(_shown(each, cells) for each in judged), total, page)


def absent(tools: Toolbox, *, import_id: int) -> tuple[str, ...]:
    """The first SKUs that the collection holds and the file does not name."""
    with tools.reading() as session:
        row = owned(tools, session, import_id)
        return tuple(imports.absent(session, row, most=ABSENT_SHOWN_MAX)[1])


def photographs(tools: Toolbox, *, import_id: int, page: int = 1) -> PhotographsPage:
    """The photographs that came with the file; those refused or without a place first."""
    with tools.reading() as session:
        row = owned(tools, session, import_id)
    ordered = sorted(
        row.photographs, key=lambda each: (not each["code"], each.get("style_code") or "")
    )
    first = (page - 1) * PHOTOGRAPHS_PER_PAGE
    shown = tuple(
        PhotographShown(
            each["name"],
            each.get("style_code"),
            each.get("colour", ""),
            each.get("because"),
            found(0, None, each["name"], each["code"], **each["facts"]) if each["code"] else None,
            bool(each.get("address")) and not each["code"] and not each["sha256"],
        )
        for each in ordered[first : first + PHOTOGRAPHS_PER_PAGE]
    )
    return PhotographsPage(shown, len(ordered), page)


def owned(tools: Toolbox, session: Session, import_id: int) -> Import:
    """The import, if it is the brand's own; refuses :class:`NotFound`."""
    own = brands.within(tools.brand_id, Import.brand_id)
    row = session.scalars(select(Import).where(Import.id == import_id, own)).one_or_none()
    if row is None:
        raise NotFound
    return row


def _filenames(session: Session, row: Import) -> dict[int, str]:
    wanted = [number for number in (row.file_id, row.images_file_id) if number is not None]
    names = select(StoredFile.id, StoredFile.filename).where(StoredFile.id.in_(wanted))
    return {each.id: each.filename for each in session.execute(names)}


def _columns(row: Import) -> tuple[Column, ...]:
    if not row.guess:
        return ()
    guess = keeping.guess_from(row.guess)
    return tuple(
        Column(
            each.column,
            row.mapping.get(each.column),
            each.confidence if row.mapping.get(each.column) == each.field else 100,
            each.samples,
        )
        for each in guess.choices
    )


def _blocks(row: Import) -> tuple[BlockShown, ...]:
    """The blocks of the file's header; none for exports whose columns are known by name."""
    if not row.guess or row.layout not in {Layout.LONG, Layout.MATRIX}:
        return ()
    guess = keeping.guess_from(row.guess)
    return tuple(
        BlockShown(
            block.title(guess.header),
            block.places,
            next(filter(None, map(row.mapping.get, block.columns(guess.header))), None),
            tuple(s for place in block.places for s in guess.choices[place].samples[:1])[
                :SAMPLES_OF_BLOCK_MAX
            ],
        )
        for block in blocks.blocks_of(guess.header)
    )


def _matched(row: Import) -> list[dict[str, Any]]:
    return [each for each in row.photographs if each.get("style_code") and not each["code"]]


def _drawn(session: Session, row: Import) -> int:
    """How many of the matched photographs hang already, by their content."""
    wanted = {(folded(each["style_code"]), each["sha256"]) for each in _matched(row)}
    if not wanted or row.state not in {ImportState.APPLYING, ImportState.FINISHED}:
        return 0
    hung = session.execute(
        select(Style.code, Photograph.sha256)
        .join(Style, Style.id == Photograph.style_id)
        .where(Style.collection_id == row.collection_id)
    )
    present = {(folded(each.code), each.sha256) for each in hung}
    return sum((folded(each["style_code"]), each["sha256"]) in present for each in _matched(row))


def _cells(session: Session, import_id: int, numbers: set[int]) -> dict[int, tuple[str, ...]]:
    """What stands in the rows of the file, for sizes that do not say it themselves."""
    wanted = select(ImportRow.number, ImportRow.cells).where(
        ImportRow.import_id == import_id, ImportRow.number.in_(numbers), ImportRow.part == 0
    )
    return {each.number: tuple(each.cells) for each in session.execute(wanted)} if numbers else {}


def _change(name: str, pair: Sequence[Any]) -> Change:
    of, _, column = name.partition(".")
    return Change(of, column, *pair)


def _shown(row: ImportRow, of_parts: dict[int, tuple[str, ...]]) -> RowShown:
    variant = row.judged.get("variant")
    label: Sequence[str] = ()
    if variant:
        label = [variant["style_code"], variant["colour"], variant["size"]]
    told = of_parts.get(row.number, ()) if row.part else row.cells
    cells = tuple(cell for cell in told if cell.strip())[:CELLS_SHOWN_MAX]
    changes = tuple(_change(name, pair) for name, pair in row.changes.items())
    return RowShown(
        number=row.number,
        verdict=row.verdict,
        label=tuple(filter(None, label)),
        cells=cells,
        changes=changes,
        problems=tuple(from_kept(each) for each in row.problems),
    )
