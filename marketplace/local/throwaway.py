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
    with folder() as made, postgres.running(made / "postgres", durable=False) as server:
        yield server


@contextmanager
def stores(place: Path | None = None) -> Iterator[Stores]:
    """Run a fast PostgreSQL and a Valkey that keep nothing, in ``place`` where one is named."""
    with (
        folder(place) as made,
        postgres.running(made / "postgres", durable=False) as database,
        valkey.running(made / "valkey", durable=False) as carrier,
    ):
        yield Stores(database, carrier)


@contextmanager
def folder(place: Path | None = None) -> Iterator[Path]:
    """Make a folder for servers, which the account that runs them can pass through."""
    made = Path(tempfile.mkdtemp(prefix="aubaine-", dir=place))
    made.chmod(0o711)
    try:
        yield made
    finally:
        shutil.rmtree(made, ignore_errors=True)
