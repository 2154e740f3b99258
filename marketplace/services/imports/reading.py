"""Reading a brand's file into raw rows, in a room of its own, and guessing what its columns mean."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import islice
from typing import TYPE_CHECKING, Any

from marketplace.db import imports, locks
from marketplace.db.imports import Import
from marketplace.domain.events import Event, Fact
from marketplace.domain.imports import checking, guessing, keeping, turning
from marketplace.domain.imports.steps import IMPORT_LIFECYCLE, ImportState
from marketplace.domain.imports.unreadable import FileUnreadable
from marketplace.services.imports import working
from marketplace.services.imports.working import Overtaken, Task

if TYPE_CHECKING:
    from sqlalchemy.orm import Session

    from marketplace.domain.imports.given import SheetText
    from marketplace.domain.imports.readings import Guess
    from marketplace.toolbox import Toolbox


@dataclass(frozen=True, slots=True)
class _Work:
    """What to read, as noted when the work was taken up."""

    task: Task
    key: str
    name: str
    sheet: str | None
    images_key: str | None
    images_name: str
    brand_id: int
    turns: bool | None


def read(tools: Toolbox, *, import_id: int) -> None:
    """Keep every row of the file, look at its photographs, and guess its columns.

    Then a person confirms.

    A file that cannot be read fails the import with one sentence. Nothing happens where the import
    was cancelled or is past this step.
    """
    try:
        work = _take_up(tools, import_id)
        try:
            photographs = _inspected(tools, work)
            with (
                working.fetched(tools, work.key) as path,
                tools.spreadsheets.opened(path, name=work.name, sheet=work.sheet) as given,
            ):
                given = _upright(tools, work, given)  # noqa: PLW2901 - the same sheet, turned
                _keep_rows(tools, work.task, given)
                guess = guessing.guess(list(islice(given.rows, guessing.ROWS_LOOKED_AT_MAX)))
                _finish(tools, work.task, given, guess, photographs)
        except FileUnreadable as no:
            working.fail(tools, work.task, no)
    except Overtaken:
        return


def _take_up(tools: Toolbox, import_id: int) -> _Work:
    with tools.transaction() as session:
        row = locks.one(session, Import, import_id)
        if row.state is ImportState.UPLOADED:
            row.state = ImportState.READING
        if row.state is not ImportState.READING:
            raise Overtaken
        given = working.stored(session, row.file_id)
        images = working.stored(session, row.images_file_id)
        assert given is not None, "an import has a file"
        return _Work(
            Task(row.id, row.state, working.mark_of(row)),
            given.storage_key,
            given.filename,
            row.sheet,
            images.storage_key if images else None,
            images.filename if images else "",
            row.brand_id,
            row.turned,
        )


def _inspected(tools: Toolbox, work: _Work) -> list[dict[str, Any]]:
    if work.images_key is None:
        return []
    with working.fetched(tools, work.images_key) as path:
        found = tools.pictures.inspected(path, name=work.images_name)
        return [keeping.photograph_as_plain(each) for each in found]


def _upright(tools: Toolbox, work: _Work, given: SheetText) -> SheetText:
    """The sheet with its articles below one another: as a person said, else as the brand did last, else as it looks.

    What was decided is kept at once: a run that goes on after a crash turns the list the same way.
    """
    turns = work.turns if work.turns is not None else _remembered(tools, work, given)
    upright, turned = checking.upright(given, turns=turns)
    with tools.transaction() as session:
        working.still(session, work.task).turned = turned
    return upright


def _remembered(tools: Toolbox, work: _Work, given: SheetText) -> bool | None:
    """How the brand had a list with these names read last; None where it sent none."""
    lines = turning.few(given.rows)
    if not lines:
        return None
    side, plain = (
        guessing.guess(rows).header.fingerprint for rows in (turning.turned(lines), lines)
    )
    with tools.reading() as session:
        known = imports.remembered_newest(session, work.brand_id, (side, plain))
    return None if known is None else known == side


def _keep_rows(tools: Toolbox, task: Task, given: SheetText) -> None:
    done = 0
    for batch in working.batches(given.rows):
        with tools.transaction() as session:
            row = working.still(session, task)
            imports.write_rows(session, row, batch)
            done += len(batch)
            row.rows_total = len(given.rows)
            row.rows_done = max(row.rows_done, done)


def _finish(
    tools: Toolbox,
    task: Task,
    given: SheetText,
    guess: Guess,
    photographs: list[dict[str, Any]],
) -> None:
    with tools.transaction() as session:
        row = working.still(session, task)
        row.encoding, row.delimiter = given.encoding, given.delimiter
        row.sheet, row.sheets = given.sheet, list(given.sheets)
        row.header_row = guess.header.number
        row.header = list(guess.header.columns)
        row.guess = {
            **keeping.guess_as_plain(guess),
            "uneven_quotes": given.uneven_quotes,
            "hidden": list(given.hidden),
            "remembered": False,
            "point": checking.usual_point(given),
        }
        row.mapping = _mapping(session, row, guess)
        row.layout = str(guess.corrected(row.mapping).layout)
        row.photographs = photographs
        row.rows_total = row.rows_done = len(given.rows)
        IMPORT_LIFECYCLE.check(row.state, ImportState.MAPPING)
        row.state = ImportState.MAPPING
        tools.record(session, Fact(Event.IMPORT_READ, "import", row.id, brand_id=row.brand_id))


def _mapping(session: Session, row: Import, guess: Guess) -> dict[str, str | None]:
    """The mapping of the brand's last file with these columns; else the guess.

    A file with other columns is read as the brand's last ones wherever the names are the same.
    """
    guessed = {choice.column: choice.field for choice in guess.choices}
    same = imports.remembered(session, row.brand_id, guess.header.fingerprint)
    last = same if same is not None else imports.remembered_last(session, row.brand_id)
    known = {column: field for column, field in last.items() if column in guessed}
    try:
        remembered = guess.corrected(known)
    except FileUnreadable:
        return guessed
    mapping = {choice.column: choice.field for choice in remembered.choices}
    row.guess = {**row.guess, "remembered": same is not None or mapping != guessed}
    return mapping
