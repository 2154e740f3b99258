"""Reading a brand's spreadsheet: a child process opens it, this process sees only text.

The rows wait in a temporary file, not in memory, and can be gone through as often as wanted.
"""

from __future__ import annotations

import json
import tempfile
from contextlib import contextmanager
from dataclasses import dataclass
from typing import IO, TYPE_CHECKING, Any

from marketplace.domain.imports.given import SheetText
from marketplace.domain.imports.rows import Row
from marketplace.domain.imports.unreadable import FileUnreadable
from marketplace.gateways.confined import starting

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

WALL_SECONDS_MAX = 40
BLOCK_BYTES = 256 * 1024


@dataclass(frozen=True, slots=True)
class SpooledRows:
    """The filled rows of one sheet; every iteration begins anew. Usable while the file is opened."""

    spool: IO[bytes]
    begins_at: int
    count: int

    def __len__(self) -> int:
        """How many rows are filled."""
        return self.count

    def __iter__(self) -> Iterator[Row]:
        """The rows in order, a block at a time."""
        place, left = self.begins_at, self.count
        while left:
            self.spool.seek(place)
            lines = self.spool.readlines(BLOCK_BYTES)[:left]
            place += sum(map(len, lines))
            left -= len(lines)
            for line in lines:
                number, cells = json.loads(line)
                yield Row(number, tuple(cells))


@contextmanager
def opened(path: Path, *, name: str, sheet: str | None = None) -> Iterator[SheetText]:
    """The spreadsheet at ``path``, called ``name`` by the brand (its ending must fit its content).

    ``sheet`` chooses one of a workbook's sheets; without it the first that holds anything is read.
    Raises :class:`FileUnreadable`.
    """
    with tempfile.TemporaryFile() as spool:
        try:
            with path.open("rb") as given:
                arguments = [name] if sheet is None else [name, sheet]
                ended_well = starting.run(
                    "sheets", arguments, given=given, answer=spool, seconds=WALL_SECONDS_MAX
                )
        except OSError as no:
            raise FileUnreadable("missing", name=name) from no
        yield _answered(spool, name, ended_well=ended_well)


def _answered(spool: IO[bytes], name: str, *, ended_well: bool) -> SheetText:
    first, last = _ends(spool)
    for line in (first, last):
        if "refused" in line:
            raise FileUnreadable(line["refused"], **{"name": name, **line["facts"]})
    if not ended_well or "end" not in last:
        raise FileUnreadable("limits", name=name)
    spool.seek(0)
    begins_at = len(spool.readline())
    return SheetText(
        encoding=first["encoding"],
        delimiter=first["delimiter"],
        sheet=first["sheet"],
        sheets=tuple(first["sheets"]),
        uneven_quotes=first["uneven"],
        rows=SpooledRows(spool, begins_at, last["end"]),
        hidden=tuple(first.get("hidden", ())),
    )


def _ends(spool: IO[bytes]) -> tuple[dict[str, Any], dict[str, Any]]:
    """The first and the last line of the answer; empty where the child did not finish one."""
    size = spool.seek(0, 2)
    spool.seek(0)
    first = spool.readline()
    spool.seek(max(0, size - _LAST_LINE_BYTES_MAX))
    tail = spool.read().splitlines(keepends=True)
    return _object(first), _object(tail[-1] if tail else b"")


_LAST_LINE_BYTES_MAX = 64 * 1024


def _object(line: bytes) -> dict[str, Any]:
    if not line.startswith(b"{") or not line.endswith(b"\n"):
        return {}
    found = json.loads(line)
    return found if isinstance(found, dict) else {}
