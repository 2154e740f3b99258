"""What the workers' steps share: an import is worked on only while it stands where the work began."""

from __future__ import annotations

import json
import tempfile
from contextlib import contextmanager
from dataclasses import dataclass
from itertools import islice
from pathlib import Path
from typing import TYPE_CHECKING, TypeVar

from marketplace.db import imports, locks
from marketplace.db.brands import StoredFile
from marketplace.db.imports import Import
from marketplace.domain.events import Event, Fact
from marketplace.domain.imports.steps import IMPORT_LIFECYCLE, ImportState

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from sqlalchemy.orm import Session

    from marketplace.domain.imports.rows import Row
    from marketplace.domain.imports.unreadable import FileUnreadable
    from marketplace.toolbox import Toolbox

Thing = TypeVar("Thing")

ROWS_PER_TRANSACTION_MAX = 500
ROWS_PER_LOOK = 2_000
FACT_LENGTH_MAX = 200


class Overtaken(Exception):
    """The import no longer stands where this work began: there is nothing left to do here."""


@dataclass(frozen=True, slots=True)
class Task:
    """One import in one state, as a worker took it up. ``mark`` must still hold at every write."""

    import_id: int
    state: ImportState
    mark: str


def mark_of(row: Import) -> str:
    """What a person may change behind a worker's back: the sheet, and what its columns mean."""
    return repr((row.sheet, sorted(row.mapping.items()), row.guess.get("point")))


def still(session: Session, task: Task) -> Import:
    """The import, locked, if it is still the one that ``task`` began.

    :class:`Overtaken` otherwise.
    """
    row = locks.one(session, Import, task.import_id)
    if row.state is not task.state or mark_of(row) != task.mark:
        raise Overtaken
    return row


def fail(tools: Toolbox, task: Task, no: FileUnreadable) -> None:
    """Record why the file cannot be taken, so that it can be said in the reader's language."""
    with tools.transaction() as session:
        row = still(session, task)
        IMPORT_LIFECYCLE.check(row.state, ImportState.FAILED)
        row.state = ImportState.FAILED
        facts = {name: str(value)[:FACT_LENGTH_MAX] for name, value in no.facts.items()}
        row.error = json.dumps(facts, ensure_ascii=False)
        fact = Fact(Event.IMPORT_FAILED, "import", row.id, brand_id=row.brand_id, reason=no.reason)
        tools.record(session, fact)


@contextmanager
def fetched(tools: Toolbox, key: str) -> Iterator[Path]:
    """The stored file as a local one, while the block lasts."""
    with tempfile.TemporaryDirectory(prefix="aubaine-") as folder:
        path = Path(folder) / "given"
        tools.files.fetch_to(key, path)
        yield path


def stored(session: Session, file_id: int | None) -> StoredFile | None:
    """The file's row; None where there is none."""
    return None if file_id is None else session.get_one(StoredFile, file_id)


@dataclass(frozen=True, slots=True)
class KeptRows:
    """The raw rows of an import; every iteration begins anew and holds a part of them at a time."""

    tools: Toolbox
    import_id: int
    count: int

    def __len__(self) -> int:
        """How many rows are kept."""
        return self.count

    def __iter__(self) -> Iterator[Row]:
        """The rows in the file's order."""
        number = 0
        while True:
            with self.tools.reading() as session:
                rows = imports.rows_after(session, self.import_id, number, most=ROWS_PER_LOOK)
            if not rows:
                return
            yield from rows
            number = rows[-1].number


def batches(things: Iterable[Thing], size: int = ROWS_PER_TRANSACTION_MAX) -> Iterator[list[Thing]]:
    """``things`` in lists of at most ``size``, in their order."""
    left = iter(things)
    while batch := list(islice(left, size)):
        yield batch
