"""Taking a file back: what it changed is as it was, what it brought is withdrawn, what it withdrew is there again."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from marketplace.db import brands, clock, deals, imports, locks
from marketplace.db.catalogue import Collection, Style, Variant
from marketplace.db.imports import Import
from marketplace.domain.catalogue import CollectionFrozen
from marketplace.domain.events import Event, Fact
from marketplace.domain.imports.steps import IMPORT_LIFECYCLE, ImportState
from marketplace.domain.refusals import Refusal
from marketplace.services.imports import working
from marketplace.services.imports.working import ROWS_PER_TRANSACTION_MAX, Overtaken, Task

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import datetime

    from sqlalchemy.orm import Session

    from marketplace.db.imports import ImportRow
    from marketplace.toolbox import Toolbox


class NotTheLatest(Refusal):
    """A later file came in since: take that one back first."""

    code = "import_not_latest"


def undo(tools: Toolbox, *, import_id: int) -> None:
    """Have a finished file taken back, the last one of its collection, until the deal is agreed.

    Refuses :class:`CollectionFrozen` after that, and :class:`NotTheLatest`.
    """
    with tools.transaction() as session:
        row = locks.one(session, Import, import_id, brands.within(tools.brand_id, Import.brand_id))
        locks.one(session, Collection, row.collection_id)
        IMPORT_LIFECYCLE.check(row.state, ImportState.UNDOING)
        if deals.is_agreed(session, row.collection_id):
            raise CollectionFrozen
        if imports.later(session, row):
            raise NotTheLatest
        row.state = ImportState.UNDOING
        row.rows_done = 0
        tools.record(
            session, Fact(Event.IMPORT_UNDO_ASKED, "import", row.id, brand_id=row.brand_id)
        )


def take_back(tools: Toolbox, *, import_id: int) -> None:
    """Take the rows back, the last first; what somebody changed by hand since stays as they left it.

    A run that was killed goes on with the rows that are still in.
    """
    try:
        task = _take_up(tools, import_id)
        while _take_back_batch(tools, task):
            pass
    except Overtaken:
        return


def _take_up(tools: Toolbox, import_id: int) -> Task:
    with tools.transaction() as session:
        row = locks.one(session, Import, import_id)
        if row.state is not ImportState.UNDOING:
            raise Overtaken
        return Task(row.id, row.state, working.mark_of(row))


def _take_back_batch(tools: Toolbox, task: Task) -> bool:
    with tools.transaction() as session:
        row = working.still(session, task)
        locks.one(session, Collection, row.collection_id)
        rows = imports.to_take_back(session, row.id, most=ROWS_PER_TRANSACTION_MAX)
        now = clock.now(session)
        for each in rows:
            _restore(session, each, now)
            each.undo = None
        row.rows_done += len(rows)
        if rows:
            return True
        imports.bring_back(session, row)
        IMPORT_LIFECYCLE.check(row.state, ImportState.UNDONE)
        row.state = ImportState.UNDONE
        tools.record(session, Fact(Event.IMPORT_UNDONE, "import", row.id, brand_id=row.brand_id))
        return False


def _restore(session: Session, row: ImportRow, now: datetime) -> None:
    done: Mapping[str, Any] = row.undo or {}
    variant = session.get_one(Variant, done["variant_id"])
    if done["new"]:
        variant.withdrawn_at = now
    else:
        _set_back(variant, done["variant"])
        if done["was_withdrawn"]:
            variant.withdrawn_at = now
    if style := done.get("style"):
        _set_back(session.get_one(Style, done["style_id"]), style)


def _set_back(stored: Style | Variant, changed: Mapping[str, Any]) -> None:
    """Each column that still says what the file said goes back to what it said before."""
    for column, (before, after) in changed.items():
        if getattr(stored, column) == after:
            setattr(stored, column, before)
