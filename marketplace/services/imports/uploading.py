"""Taking a brand's file in: kept under a random name before anything looks into it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from marketplace.db import brands, imports, locks
from marketplace.db.catalogue import Collection
from marketplace.db.imports import Import
from marketplace.domain.events import Event, Fact
from marketplace.domain.imports.unreadable import FileUnreadable
from marketplace.domain.refusals import Refusal

if TYPE_CHECKING:
    from sqlalchemy.orm import Session

    from marketplace.toolbox import Toolbox, Upload

IMPORTS_AT_ONCE_MAX = 3
SHEET_BYTES_MAX = 10 * 1024 * 1024
IMAGES_BYTES_MAX = 256 * 1024 * 1024
SHEET_ENDINGS = (".csv", ".txt", ".tsv", ".xlsx")
IMAGES_ENDINGS = (".zip",)


class TooManyImports(Refusal):
    """The brand has as many imports under way as it may; ``most`` says how many that is."""

    code = "too_many_imports"


def upload(
    tools: Toolbox, *, collection_id: int, sheet: Upload, images: Upload | None = None
) -> int:
    """Keep the files and begin an import of them; returns its id.

    Refuses a collection that is not the brand's own, more imports at once than
    ``IMPORTS_AT_ONCE_MAX``, and files of a kind or size that is not read. A collection that is
    agreed on takes further words and photographs, but nothing that the deal speaks of.
    """
    assert tools.brand_id is not None, "files come through the brand's door"
    _check_file(sheet, SHEET_ENDINGS, SHEET_BYTES_MAX, "extension")
    if images is not None:
        _check_file(images, IMAGES_ENDINGS, IMAGES_BYTES_MAX, "not_zip")
    with tools.transaction() as session:
        _check_room(tools, session, collection_id)
    kept = [tools.keep(each) for each in (sheet, images) if each is not None]
    with tools.transaction() as session:
        _check_room(tools, session, collection_id)
        files = [
            brands.keep_file(
                session, each, brand_id=tools.brand_id, by_id=tools.actor.account_id
            ).id
            for each in kept
        ]
        row = Import(
            brand_id=tools.brand_id,
            collection_id=collection_id,
            file_id=files[0],
            images_file_id=files[1] if images is not None else None,
            uploaded_by_id=tools.actor.account_id,
        )
        session.add(row)
        session.flush()
        fact = Fact(Event.FILE_UPLOADED, "import", row.id, brand_id=row.brand_id)
        tools.record(session, fact)
        return row.id


def _check_file(given: Upload, endings: tuple[str, ...], most: int, reason: str) -> None:
    if not given.name.casefold().endswith(endings):
        raise FileUnreadable(reason, name=given.name)
    size = given.path.stat().st_size
    if size == 0:
        raise FileUnreadable("empty", name=given.name)
    if size > most:
        raise FileUnreadable("too_large", name=given.name, most=f"{most // 1024 // 1024} MiB")


def _check_room(tools: Toolbox, session: Session, collection_id: int) -> None:
    """Looked at before the files are kept, to refuse early, and again with the import itself."""
    assert tools.brand_id is not None, "files come through the brand's door"
    under_way = imports.count_in_progress(session, tools.brand_id)
    locks.one(
        session,
        Collection,
        collection_id,
        brands.within(tools.brand_id, Collection.brand_id),
    )
    if under_way >= IMPORTS_AT_ONCE_MAX:
        raise TooManyImports(most=IMPORTS_AT_ONCE_MAX)
