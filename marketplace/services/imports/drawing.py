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
from marketplace.services.imports import fetching, working
from marketplace.services.imports.working import Overtaken, Task

if TYPE_CHECKING:
    from collections.abc import Sequence

    from sqlalchemy.orm import Session

    from marketplace.domain.imports import given
    from marketplace.toolbox import Toolbox

KEY_BYTES = 24
NAMES_PER_DRAWING_MAX = 200
ADDRESSES_PER_ROUND_MAX = 20
"""Remembered together: a run that is killed calls so many addresses again at most."""


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
        while _fetch_some(tools, work):
            pass
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
        if each.get("address"):
            continue
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
    photograph = _kept(tools, work, wanted, drawn, drawn.name.rsplit("/", 1)[-1])
    with tools.transaction() as session:
        working.still(session, work.task)
        catalogue.hang(session, photograph)


def _kept(
    tools: Toolbox, work: _Work, wanted: dict[str, Any], drawn: given.Photograph, name: str
) -> Photograph:
    """The row of a photograph whose copies are kept."""
    widths = {}
    for copy in drawn.copies:
        key = f"photographs/{secrets.token_hex(KEY_BYTES)}"
        tools.files.put(key, copy.content)
        widths[copy.name] = key
    return Photograph(
        brand_id=work.brand_id,
        style_id=wanted["style_id"],
        colour=wanted["colour"],
        position=wanted["position"],
        filename=name,
        sha256=drawn.sha256,
        width=drawn.width,
        height=drawn.height,
        widths=widths,
        paper=drawn.paper,
    )


def _fetch_some(tools: Toolbox, work: _Work) -> bool:
    """Fetch the next photographs that are named by an address; False once each has its end."""
    with tools.transaction() as session:
        row = working.still(session, work.task)
        waiting = [each for each in row.photographs if fetching.waits(each)]
        styles = catalogue.style_ids(session, row.collection_id)
        known = catalogue.hung_names(session, row.collection_id)
    ends: dict[str, dict[str, Any]] = {}
    hung: list[Photograph] = []
    for each in waiting[:ADDRESSES_PER_ROUND_MAX]:
        style_id = styles.get(catalogue.folded(each["style_code"]))
        name = fetching.filename(each["name"])
        if style_id is None:
            ends[each["name"]] = {"code": "photograph_unmatched"}
        elif (style_id, name) in known:
            ends[each["name"]] = {"sha256": known[style_id, name]}
        else:
            drawn = fetching.fetched(tools, each["name"])
            ends[each["name"]] = _end_of(drawn)
            if drawn.code is None:
                hung.append(_kept(tools, work, {**each, "style_id": style_id}, drawn, name))
    with tools.transaction() as session:
        row = working.still(session, work.task)
        for photograph in hung:
            catalogue.hang(session, photograph)
        row.photographs = [{**each, **ends.get(each["name"], {})} for each in row.photographs]
    return len(waiting) > ADDRESSES_PER_ROUND_MAX


def _end_of(drawn: given.Photograph) -> dict[str, Any]:
    """What is remembered of a photograph that was called for."""
    if drawn.code is not None:
        return {"code": drawn.code, "facts": dict(drawn.facts)}
    return {"sha256": drawn.sha256, "width": drawn.width, "height": drawn.height}


def _finish(tools: Toolbox, task: Task) -> None:
    with tools.transaction() as session:
        row = working.still(session, task)
        IMPORT_LIFECYCLE.check(row.state, ImportState.FINISHED)
        row.state = ImportState.FINISHED
        row.finished_at = clock.now(session)
        counts = {name: row.counts[name] for name in ("new", "changed", "same", "refused")}
        fact = Fact(Event.IMPORT_FINISHED, "import", row.id, brand_id=row.brand_id, data=counts)
        tools.record(session, fact)
