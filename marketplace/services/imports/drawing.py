"""Drawing an import's photographs anew and hanging each on its style, whatever was drawn before."""

from __future__ import annotations

import secrets
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from marketplace.db import catalogue, clock, locks
from marketplace.db.catalogue import Photograph
from marketplace.db.imports import Import
from marketplace.domain.events import Event, Fact
from marketplace.domain.imports.steps import IMPORT_LIFECYCLE, ImportState
from marketplace.services.imports import working
from marketplace.services.imports.working import Overtaken, Task

if TYPE_CHECKING:
    from collections.abc import Sequence

    from sqlalchemy.orm import Session

    from marketplace.domain.imports import given
    from marketplace.toolbox import Toolbox

KEY_BYTES = 24
NAMES_PER_DRAWING_MAX = 200


@dataclass(frozen=True, slots=True)
class _Work:
    """The photographs that are not hung yet, by their name in the ZIP file."""

    task: Task
    brand_id: int
    key: str | None
    filename: str
    waiting: dict[str, dict[str, Any]]


def draw(tools: Toolbox, *, import_id: int) -> None:
    """Draw every matched photograph that its style does not have yet; then the import is finished.

    A photograph is known by its content: one that was drawn before the worker was killed is left
    alone.
    """
    try:
        work = _take_up(tools, import_id)
        if work.waiting and work.key is not None:
            with working.fetched(tools, work.key) as path:
                for names in working.batches(work.waiting, NAMES_PER_DRAWING_MAX):
                    for drawn in tools.pictures.drawn(path, name=work.filename, names=names):
                        _hang(tools, work, drawn)
        _finish(tools, work.task)
    except Overtaken:
        return


def _take_up(tools: Toolbox, import_id: int) -> _Work:
    with tools.transaction() as session:
        row = locks.one(session, Import, import_id)
        if row.state is not ImportState.APPLYING or not row.counts.get("applied"):
            raise Overtaken
        images = working.stored(session, row.images_file_id)
        return _Work(
            Task(row.id, row.state, working.mark_of(row)),
            row.brand_id,
            images.storage_key if images else None,
            images.filename if images else "",
            _waiting(session, row.collection_id, row.photographs),
        )


def _waiting(
    session: Session, collection_id: int, photographs: Sequence[dict[str, Any]]
) -> dict[str, dict[str, Any]]:
    """Matched photographs whose style does not hold them yet."""
    styles = catalogue.style_ids(session, collection_id)
    hung = catalogue.hung(session, collection_id)
    waiting: dict[str, dict[str, Any]] = {}
    for each in photographs:
        code = each.get("style_code")
        style_id = styles.get(catalogue.folded(code)) if code else None
        if style_id is not None and (style_id, each["sha256"]) not in hung:
            waiting[each["name"]] = {**each, "style_id": style_id}
    return waiting


def _hang(tools: Toolbox, work: _Work, drawn: given.Photograph) -> None:
    """Keep the copies, then write the row that shows them; a refused picture is passed over."""
    wanted = work.waiting.get(drawn.name)
    if wanted is None or drawn.code is not None:
        return
    widths = {}
    for copy in drawn.copies:
        key = f"photographs/{secrets.token_hex(KEY_BYTES)}"
        tools.files.put(key, copy.content)
        widths[str(copy.width)] = key
    with tools.transaction() as session:
        working.still(session, work.task)
        catalogue.hang(
            session,
            Photograph(
                brand_id=work.brand_id,
                style_id=wanted["style_id"],
                colour=wanted["colour"],
                position=wanted["position"],
                filename=drawn.name.rsplit("/", 1)[-1],
                sha256=drawn.sha256,
                width=drawn.width,
                height=drawn.height,
                widths=widths,
                paper=drawn.paper,
            ),
        )


def _finish(tools: Toolbox, task: Task) -> None:
    with tools.transaction() as session:
        row = working.still(session, task)
        IMPORT_LIFECYCLE.check(row.state, ImportState.FINISHED)
        row.state = ImportState.FINISHED
        row.finished_at = clock.now(session)
        counts = {name: row.counts[name] for name in ("new", "changed", "same", "refused")}
        fact = Fact(Event.IMPORT_FINISHED, "import", row.id, brand_id=row.brand_id, data=counts)
        tools.record(session, fact)
