"""What a person of the brand decides about an import: its sheet, its mapping, go, stop, again."""

from __future__ import annotations

from typing import TYPE_CHECKING

from marketplace.db import brands, deals, imports, locks
from marketplace.db.imports import Import
from marketplace.domain.catalogue import CollectionFrozen
from marketplace.domain.events import Event, Fact
from marketplace.domain.imports import keeping, turning
from marketplace.domain.imports.policies import Policy, RowsRefused
from marketplace.domain.imports.steps import IMPORT_LIFECYCLE, ImportState
from marketplace.domain.refusals import NotFound

if TYPE_CHECKING:
    from collections.abc import Mapping

    from sqlalchemy.orm import Session

    from marketplace.domain.imports.figures import Point
    from marketplace.toolbox import Toolbox


def choose_sheet(tools: Toolbox, *, import_id: int, sheet: str) -> None:
    """Read another sheet of the workbook; what was understood of the one before is dropped."""
    with tools.transaction() as session:
        row = _lock(tools, session, import_id)
        _back_to_mapping(row)
        if sheet not in row.sheets:
            raise NotFound
        _move(row, ImportState.READING)
        row.sheet = sheet
        _forget(row)
        imports.forget_rows(session, row.id)
        _record(tools, session, Event.SHEET_CHOSEN, row)


def turn(tools: Toolbox, *, import_id: int, turned: bool) -> None:
    """Read the list again: ``turned``, one article in each of its columns; else as it stands.

    What was understood of it before is dropped. Refuses :class:`NotFound` for a list of more rows than a list has
    columns.
    """
    with tools.transaction() as session:
        row = _lock(tools, session, import_id)
        _back_to_mapping(row)
        if turned and row.rows_total > turning.LINES_MAX:
            raise NotFound
        _move(row, ImportState.READING)
        _forget(row)
        row.turned = turned
        imports.forget_rows(session, row.id)
        _record(tools, session, Event.LIST_TURNED, row)


def confirm_mapping(
    tools: Toolbox,
    *,
    import_id: int,
    columns: Mapping[str, str | None],
    point: Point | None = None,
) -> None:
    """Take each column for what ``columns`` says (None: left out) and have all rows judged.

    ``point`` decides figures that the file leaves open. The brand's next file with the same
    columns is read the same way. Refuses columns or fields that do not exist, and a field given twice.
    """
    with tools.transaction() as session:
        row = _lock(tools, session, import_id)
        _back_to_mapping(row)
        guess = keeping.guess_from(row.guess)
        corrected = guess.corrected(columns)
        _move(row, ImportState.JUDGING)
        row.mapping = {choice.column: choice.field for choice in corrected.choices}
        row.guess = {**row.guess, "point": point or row.guess["point"]}
        row.rows_done = 0
        row.layout = str(corrected.layout)
        row.counts, row.problems = {}, []
        imports.forget_parts(session, row.id)
        imports.remember(session, row.brand_id, guess.header.fingerprint, row.mapping)
        _record(tools, session, Event.MAPPING_CONFIRMED, row)


def confirm(
    tools: Toolbox,
    *,
    import_id: int,
    policy: Policy = Policy.REFUSE_FAILED,
    withdraws: bool = False,
) -> None:
    """Let the previewed rows into the collection, as ``policy`` says where some are refused.

    ``withdraws``: what the collection holds and the file does not name is offered no longer; only
    where no row is refused, for such a row may name it. Refuses :class:`RowsRefused`, and
    :class:`CollectionFrozen` where the deal was agreed since the rows were checked.
    """
    with tools.transaction() as session:
        row = _lock(tools, session, import_id)
        _move(row, ImportState.APPLYING)
        if deals.is_agreed(session, row.collection_id) and not row.counts.get("frozen"):
            raise CollectionFrozen
        if policy is Policy.IGNORE_FAILED:
            imports.let_in_without(session, row)
        if row.counts["refused"] and (withdraws or policy is Policy.REFUSE_ALL):
            raise RowsRefused(count=row.counts["refused"])
        row.policy = policy
        row.withdraws = withdraws
        row.confirmed_by_id = tools.actor.account_id
        row.rows_done = 0
        _record(tools, session, Event.IMPORT_CONFIRMED, row)


def cancel(tools: Toolbox, *, import_id: int) -> None:
    """Stop the import; nothing of it enters the collection. Refused once rows are being applied."""
    with tools.transaction() as session:
        row = _lock(tools, session, import_id)
        _move(row, ImportState.CANCELLED)
        _record(tools, session, Event.IMPORT_CANCELLED, row)


def retry(tools: Toolbox, *, import_id: int) -> None:
    """Read a file once more whose reading failed."""
    with tools.transaction() as session:
        row = _lock(tools, session, import_id)
        _move(row, ImportState.READING)
        row.error = ""
        _forget(row)
        imports.forget_rows(session, row.id)
        _record(tools, session, Event.IMPORT_RETRIED, row)


def _lock(tools: Toolbox, session: Session, import_id: int) -> Import:
    return locks.one(session, Import, import_id, brands.within(tools.brand_id, Import.brand_id))


def _back_to_mapping(row: Import) -> None:
    """From the preview one may go back and decide again."""
    if row.state is ImportState.PREVIEWED:
        _move(row, ImportState.MAPPING)


def _move(row: Import, wanted: ImportState) -> None:
    IMPORT_LIFECYCLE.check(row.state, wanted)
    row.state = wanted


def _forget(row: Import) -> None:
    row.rows_total = row.rows_done = 0
    row.header, row.guess, row.mapping = [], {}, {}
    row.turned = None
    row.counts, row.problems = {}, []


def _record(tools: Toolbox, session: Session, event: Event, row: Import) -> None:
    tools.record(session, Fact(event, "import", row.id, brand_id=row.brand_id))
