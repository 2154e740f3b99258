"""Stores that live as long as a block: for tests and checks, never for anything worth keeping."""

from __future__ import annotations

import shutil
import tempfile
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from marketplace.local import postgres, valkey

if TYPE_CHECKING:
    from collections.abc import Iterator


@dataclass(frozen=True, slots=True)
class Stores:
    """A PostgreSQL and a Valkey of their own, empty at first and forgotten at the end."""

    postgres: postgres.Server
    valkey: valkey.Server


@contextmanager
def database_server() -> Iterator[postgres.Server]:
    """Run a fast PostgreSQL that keeps nothing."""
    with _folder() as folder, postgres.running(folder / "postgres", durable=False) as server:
        yield server


@contextmanager
def stores() -> Iterator[Stores]:
    """Run a fast PostgreSQL and a Valkey that keep nothing."""
    with (
        _folder() as folder,
        postgres.running(folder / "postgres", durable=False) as database,
        valkey.running(folder / "valkey", durable=False) as carrier,
    ):
        yield Stores(database, carrier)


@contextmanager
def _folder() -> Iterator[Path]:
    folder = Path(tempfile.mkdtemp(prefix="aubaine-"))
    folder.chmod(0o711)  # an account that runs the server passes through and reads nothing
    try:
        yield folder
    finally:
        shutil.rmtree(folder, ignore_errors=True)
