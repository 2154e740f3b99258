"""The log of one child: appended to, cut when it has grown too long, read from its last start on."""

from __future__ import annotations

import os
from contextlib import contextmanager
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

BYTES_MAX = 5_000_000
LINES_SHOWN_MAX = 15


class Log:
    """A file that one child after the other writes to."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self._begins = 0

    @contextmanager
    def opened(self) -> Iterator[int]:
        """Give a descriptor for the next child to write to; what it says counts from here."""
        if self.path.exists() and self.path.stat().st_size > BYTES_MAX:
            self.path.replace(self.path.with_suffix(".log.1"))
        flags = os.O_WRONLY | os.O_APPEND | os.O_CREAT | os.O_CLOEXEC
        descriptor = os.open(self.path, flags, 0o600)
        self._begins = os.fstat(descriptor).st_size
        try:
            yield descriptor
        finally:
            os.close(descriptor)

    def said(self) -> str:
        """Return what was written since the last start."""
        with self.path.open("rb") as file:
            file.seek(self._begins)
            return file.read().decode(errors="replace")

    def end(self) -> str:
        """Return the last lines since the last start."""
        return "\n".join(self.said().splitlines()[-LINES_SHOWN_MAX:])
