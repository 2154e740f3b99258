"""Races that are not left to luck: threads with connections of their own, brought to one point and let go together."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import contextmanager

import pytest
from sqlalchemy import text

from marketplace.db import session
from marketplace.db.session import Vault

RUNNERS_MAX = 60
GATE = 20_260_701
PATIENCE_MS = 40_000
"""How long a race's own connections wait for a lock: a slow machine takes seconds to bring a dozen to one point."""
WAITING_SECONDS_MAX = 30
"""Shorter than that: a race that does not assemble fails before its locks do."""

LOOK_SECONDS = 0.01
WAITING = text(
    "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() AND wait_event_type = 'Lock'"
)


class Course:
    """Where a race is run: starts deeds at once, holds them at a gate or a row, and looks whether all have come."""

    def __init__(self, database, vault) -> None:
        self._database = database
        self._vault = vault
        self._pool = ThreadPoolExecutor(RUNNERS_MAX)

    def close(self) -> None:
        self._pool.shutdown()

    def together(self, deeds: Sequence[Callable[[], object]]) -> list[object]:
        """Do all ``deeds`` at the same moment; their results in the same order."""
        start = threading.Barrier(len(deeds))

        def runner(deed: Callable[[], object]) -> object:
            self._vault.call(text("SELECT 1"), {})
            start.wait()
            return deed()

        return [future.result() for future in [self._pool.submit(runner, deed) for deed in deeds]]

    def begin(self, deed: Callable[[], object], *, waiting: int) -> Future[object]:
        """Start ``deed`` and go on once ``waiting`` statements stand in line for a lock."""
        future = self._pool.submit(deed)
        self.until_waiting(waiting)
        return future

    def until_waiting(self, number: int) -> None:
        """Go on once ``number`` statements of this test stand in line for a lock."""
        deadline = time.monotonic() + WAITING_SECONDS_MAX
        with self._database.owner.connect().execution_options(
            isolation_level="AUTOCOMMIT"
        ) as looking:
            while (found := looking.execute(WAITING).scalar_one()) != number:
                assert time.monotonic() < deadline, f"{found} of {number} came to the line"
                threading.Event().wait(LOOK_SECONDS)

    @contextmanager
    def closed(self, statement: str, **parameters: object) -> Iterator[None]:
        """Hold the locks of ``statement`` for the length of the block."""
        with self._database.session() as holding:
            holding.execute(text(statement), parameters)
            yield

    def gate(self):
        """Hold the gate that :meth:`rewrite` can build into a function."""
        return self.closed("SELECT pg_advisory_xact_lock(:gate)", gate=GATE)

    def rewrite(self, function: str, *changes: tuple[str, str]) -> None:
        """Put another body in place of ``function``'s: each change is found exactly once."""
        source = str(
            self._database.value("SELECT pg_get_functiondef(CAST(:f AS regprocedure))", f=function)
        )
        for old, new in changes:
            assert source.count(old) == 1, f"{source.count(old)} times in {function}: {old}"
            source = source.replace(old, new)
        with self._database.owner.begin() as connection:
            connection.exec_driver_sql(source.replace("%", "%%"))


@pytest.fixture
def vault(database, monkeypatch) -> Iterator[Vault]:
    """Transactions as the application opens them, but more patient."""
    monkeypatch.setattr(session, "LOCK_TIMEOUT_MS", PATIENCE_MS)
    monkeypatch.setattr(session, "STATEMENT_TIMEOUT_MS", PATIENCE_MS)
    engine = session.engine_for(database.app_url, pool_size=RUNNERS_MAX, application="aubaine-test")
    yield session.Vault(engine)
    engine.dispose()


@pytest.fixture
def course(database, vault) -> Iterator[Course]:
    """A course on this test's database."""
    running = Course(database, vault)
    yield running
    running.close()
