"""Letting confirmed rows into the collection, a batch in a transaction, each row once."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from marketplace.db import catalogue, deals, imports, locks
from marketplace.db.catalogue import Collection, Style, Variant
from marketplace.db.imports import Import
from marketplace.db.session import refusing
from marketplace.domain import catalogue as rules
from marketplace.domain.catalogue import CollectionFrozen
from marketplace.domain.events import Event, Fact
from marketplace.domain.imports import keeping
from marketplace.domain.imports.steps import IMPORT_LIFECYCLE, ImportState
from marketplace.domain.refusals import Refusal
from marketplace.services.imports import working
from marketplace.services.imports.working import ROWS_PER_TRANSACTION_MAX, Overtaken, Task

if TYPE_CHECKING:
    from sqlalchemy.orm import Session

    from marketplace.db.catalogue import Known
    from marketplace.db.imports import ImportRow
    from marketplace.domain.imports.lines import StyleLine, VariantLine
    from marketplace.toolbox import Toolbox


_Changed = dict[str, list[Any]]


class CollectionChanged(Refusal):
    """Another file changed the collection since this one was previewed: it has to be read again."""

    code = "collection_changed"


CLASHES: dict[str, type[Refusal]] = {
    "uq_variants_brand_id_collection_id_sku": CollectionChanged,
    "uq_variants_brand_id_style_id_colour_size": CollectionChanged,
    "uq_styles_brand_id_collection_id_code": CollectionChanged,
}


def apply(tools: Toolbox, *, import_id: int) -> None:
    """Write styles and variants of all rows that are new or changed; the photographs come after.

    A style, colour and size that is there already is changed, never doubled. A run that was killed
    goes on with the rows that were not applied; two at once take turns.
    """
    try:
        task = _take_up(tools, import_id)
        try:
            while _apply_batch(tools, task):
                pass
        except (CollectionFrozen, CollectionChanged) as no:
            _fail(tools, task, no.code)
    except Overtaken:
        return


def _take_up(tools: Toolbox, import_id: int) -> Task:
    with tools.transaction() as session:
        row = locks.one(session, Import, import_id)
        if row.state is not ImportState.APPLYING:
            raise Overtaken
        return Task(row.id, row.state, working.mark_of(row))


def _apply_batch(tools: Toolbox, task: Task) -> bool:
    """Apply the next rows; False once there are none left, which is recorded once."""
    with tools.transaction() as session:
        row = working.still(session, task)
        rows = imports.to_apply(session, row.id, most=ROWS_PER_TRANSACTION_MAX)
        if not rows:
            _all_applied(tools, session, row)
            return False
        collection = locks.one(session, Collection, row.collection_id)
        if deals.is_agreed(session, collection.id) and not row.counts.get("frozen"):
            raise CollectionFrozen
        with refusing(CLASHES):
            _write(session, collection, rows)
            session.flush()
        imports.mark_applied(session, rows)
        row.rows_done += len(rows)
        return True


def _write(session: Session, collection: Collection, rows: list[ImportRow]) -> None:
    lines = [keeping.variant_from(each.judged["variant"]) for each in rows]
    known = catalogue.known(session, collection.id, lines)
    of_styles: dict[int, _Changed] = {}
    for each in rows:
        if "style" in each.judged:
            style = keeping.style_from(each.judged["style"])
            of_styles[each.id] = _write_style(session, collection, known, style)
    session.flush()
    written: list[tuple[ImportRow, Variant, dict[str, Any]]] = []
    for each, line in zip(rows, lines, strict=True):
        variant_id = each.judged.get("variant_id")
        stored = session.get_one(Variant, variant_id) if variant_id else known.variant(line)
        written.append((each, *_write_variant(session, collection, known, line, stored)))
    session.flush()
    for each, variant, done in written:
        each.undo = {**done, "variant_id": variant.id, "style_id": variant.style_id}
        if each.id in of_styles:
            each.undo["style"] = of_styles[each.id]


def _write_style(
    session: Session, collection: Collection, known: Known, line: StyleLine
) -> _Changed:
    columns = rules.style_columns(line)
    stored = known.style(line.code)
    if stored is not None:
        return _change(stored, columns)
    columns["name"] = line.name
    stored = Style(
        brand_id=collection.brand_id, collection_id=collection.id, code=line.code, **columns
    )
    session.add(stored)
    known.styles[catalogue.folded(line.code)] = stored
    return {}


def _write_variant(
    session: Session,
    collection: Collection,
    known: Known,
    line: VariantLine,
    stored: Variant | None,
) -> tuple[Variant, dict[str, Any]]:
    columns = rules.variant_columns(line)
    if stored is not None:
        was_withdrawn = stored.withdrawn_at is not None
        stored.withdrawn_at = None
        changed = _change(stored, columns)
        return stored, {"new": False, "variant": changed, "was_withdrawn": was_withdrawn}
    style = known.style(line.style_code)
    assert style is not None, "a style comes with the first of its rows"
    variant = Variant(
        brand_id=collection.brand_id, collection_id=collection.id, style_id=style.id, **columns
    )
    session.add(variant)
    known.add(variant)
    return variant, {"new": True}


def _change(stored: Style | Variant, columns: dict[str, Any]) -> _Changed:
    """Write what differs; by column what was and what is."""
    before = {name: getattr(stored, name) for name in columns}
    changed = rules.changes(before, columns)
    for name, new in changed.items():
        setattr(stored, name, new)
    return {name: [before[name], new] for name, new in changed.items()}


def _all_applied(tools: Toolbox, session: Session, row: Import) -> None:
    """The rows are in; what is left is the photographs."""
    if row.counts.get("applied"):
        return
    if row.withdraws:
        imports.withdraw_absent(session, row)
    row.counts = {**row.counts, "applied": True}
    fact = Fact(Event.IMPORT_ROWS_APPLIED, "import", row.id, brand_id=row.brand_id)
    tools.record(session, fact)


def _fail(tools: Toolbox, task: Task, reason: str) -> None:
    """Rows applied before stay; the brand reads the file again and sees what is left to do."""
    with tools.transaction() as session:
        row = working.still(session, task)
        IMPORT_LIFECYCLE.check(row.state, ImportState.FAILED)
        row.state = ImportState.FAILED
        row.error = json.dumps({"reason": reason})
        fact = Fact(Event.IMPORT_FAILED, "import", row.id, brand_id=row.brand_id, reason=reason)
        tools.record(session, fact)
