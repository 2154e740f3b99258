"""Transactions: the only place that commits, and the wall that each door's role puts around it."""

from __future__ import annotations

import asyncio
import threading
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import psycopg.errors
from psycopg.rows import namedtuple_row
from sqlalchemy import create_engine, event, text
from sqlalchemy.exc import DBAPIError, IntegrityError
from sqlalchemy.exc import TimeoutError as PoolTimeout
from sqlalchemy.orm import Session, sessionmaker

from marketplace.db import arrays
from marketplace.db.together import Errands, Line
from marketplace.domain.refusals import Busy, Refusal

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from sqlalchemy import Connection, Engine, Row, TextClause

    from marketplace.domain.doors import Door

LOCK_TIMEOUT_MS = 2_000
STATEMENT_TIMEOUT_MS = 15_000
IDLE_IN_TRANSACTION_MS = 15_000
POOL_TIMEOUT_S = 3

_inside: ContextVar[bool] = ContextVar("inside_a_transaction", default=False)

_ENTER = text(
    "SELECT set_config('role', :role, true), set_config('aubaine.brand_id', :brand, true)"
)


class StoreDown(Exception):
    """PostgreSQL cannot be reached or broke off; whether the last commit was done is not known."""


def assert_outside_transaction(what: str) -> None:
    """A bug if called while a transaction is open: nobody holds locks while a stranger takes their time."""
    assert not _inside.get(), f"{what} inside a transaction"


def engine_for(url: str, *, pool_size: int, application: str) -> Engine:
    """An engine whose connections carry the house's limits; ``pool_size`` connections and not one more."""
    options = (
        f"-c lock_timeout={LOCK_TIMEOUT_MS} -c statement_timeout={STATEMENT_TIMEOUT_MS} "
        f"-c idle_in_transaction_session_timeout={IDLE_IN_TRANSACTION_MS} -c timezone=UTC"
    )
    return create_engine(
        url,
        pool_size=pool_size,
        max_overflow=0,
        pool_timeout=POOL_TIMEOUT_S,
        pool_pre_ping=True,
        connect_args={
            "options": options,
            "application_name": application,
            "connect_timeout": POOL_TIMEOUT_S,
        },
    )


@dataclass(frozen=True, eq=False)
class Each:
    """A statement that answers many asks at once: it takes an array for each of ``columns``, and has a row for each.

    Each is itself alone: the callers who ask by the same one stand in one line.
    """

    statement: TextClause
    columns: tuple[str, ...]

    def told(self, asked: Sequence[tuple[object, ...]]) -> dict[str, object]:
        """The parameters for ``asked``, each of which has a value for each column."""
        return dict(zip(self.columns, map(list, zip(*asked, strict=True)), strict=True))

    def written(self, asked: Sequence[tuple[object, ...]]) -> dict[str, str]:
        """The same as PostgreSQL reads it."""
        columns = zip(*asked, strict=True)
        return dict(zip(self.columns, map(arrays.written, columns), strict=True))


class Vault:
    """Opens transactions on one engine."""

    def __init__(self, engine: Engine, *, together: bool = False) -> None:
        """``engine`` connects as a login that may take the role of every door.

        ``together``: callers that ask the same at once are carried in one round trip, as a crowd's process needs it.
        """
        self.engine = engine
        self._autocommit = engine.execution_options(isolation_level="AUTOCOMMIT")
        self._sessions = sessionmaker(engine, expire_on_commit=False, autoflush=False)
        self._together = together
        self._lines: dict[Each, Line[tuple[object, ...], Row[Any]]] = {}
        self._carriers: list[Carrier] = []
        self._errands: dict[Each, Errands[tuple[object, ...]]] = {}
        self._opening = threading.Lock()

    @contextmanager
    def transaction(self, door: Door, *, brand_id: int | None = None) -> Iterator[Session]:
        """One transaction in the role of ``door``: committed when the block ends, undone when it raises.

        A lock that stays taken becomes :class:`Busy`; a lost connection becomes :class:`StoreDown`.
        """
        assert_outside_transaction("another transaction was opened")
        mark = _inside.set(True)
        try:
            with self._sessions() as session, _in_words():
                _enter(session, door, brand_id)
                yield session
                session.flush()
                session.commit()
        finally:
            _inside.reset(mark)

    def call(self, statement: TextClause, parameters: Mapping[str, object]) -> Sequence[Row[Any]]:
        """One autocommitted round trip as the login itself: for the functions that decide about holds."""
        assert_outside_transaction("a hold was asked for")
        with _in_words(), self._autocommit.connect() as connection:
            return connection.execute(statement, parameters).all()

    def call_each(self, each: Each, asked: Sequence[tuple[object, ...]]) -> Sequence[Row[Any]]:
        """A row for each of ``asked``, in order, by one round trip that other callers' asks may share.

        The functions called so decide each ask for itself, and the same again where it is asked again.
        """
        if not asked:
            return ()
        assert_outside_transaction("something was asked together with others")
        return (
            self._line(each).ask(asked)
            if self._together
            else self.call(each.statement, each.told(asked))
        )

    async def call_each_seated(
        self, each: Each, asked: Sequence[tuple[object, ...]]
    ) -> Sequence[Row[Any]]:
        """The same for a coroutine, in one line with the threads that ask the same."""
        if not asked:
            return ()
        assert_outside_transaction("something was asked together with others")
        if not self._together:
            return await asyncio.to_thread(self.call, each.statement, each.told(asked))
        return await self._line(each).ask_seated(asked)

    def _line(self, each: Each) -> Line[tuple[object, ...], Row[Any]]:
        line = self._lines.get(each)
        if line is None:
            with self._opening:
                line = self._lines.get(each)
                if line is None:
                    self._carriers.append(Carrier(self._autocommit, each))
                    line = Line(self._carriers[-1].carry, of_all=(Busy, StoreDown))
                    self._lines[each] = line
        return line

    def note(self, each: Each, rows: Sequence[tuple[object, ...]]) -> None:
        """Write ``rows`` down by the statement of ``each``; in a crowd's process a moment later, with everybody's.

        For counts alone: what a process has not yet written when it is killed is lost.
        """
        if not rows:
            return
        if not self._together:
            self.call(each.statement, each.told(rows))
            return
        with self._opening:
            errands = self._errands.get(each)
            if errands is None:
                carrier = Carrier(self._autocommit, each)
                self._carriers.append(carrier)
                errands = self._errands[each] = Errands(carrier.carry, kept=(Busy, StoreDown))
        errands.leave(rows)

    def close(self) -> None:
        """Close every connection, those that are kept for journeys too; whoever asks afterwards opens new ones."""
        for line in self._lines.values():
            line.close()
        for errands in self._errands.values():
            errands.end()
        for carrier in self._carriers:
            carrier.let_go()
        self.engine.dispose()

    @contextmanager
    def reading(self, door: Door, *, brand_id: int | None = None) -> Iterator[Session]:
        """A transaction that can only look: PostgreSQL itself refuses a write in it."""
        assert_outside_transaction("a reading was opened")
        mark = _inside.set(True)
        try:
            with self._sessions() as session, _in_words():
                session.execute(text("SET TRANSACTION READ ONLY"))
                _enter(session, door, brand_id)
                yield session
                session.expunge_all()  # what was read stays readable after the look is over
                session.rollback()
        finally:
            _inside.reset(mark)


class Carrier:
    """The one who goes for everybody in a line, on a connection that is kept. Used by one thread at a time."""

    def __init__(self, engine: Engine, each: Each) -> None:
        """Of the statement of ``each``; the connection is opened when it is first needed."""
        self._engine = engine
        self._each = each
        self._statement = str(each.statement.compile(dialect=engine.dialect))
        self._kept: Connection | None = None

    def carry(self, asked: Sequence[tuple[object, ...]]) -> Sequence[Row[Any]]:
        """The answers; asked once more where a kept connection turns out to have been cut."""
        was_kept = self._kept is not None
        try:
            return self._asked(asked)
        except StoreDown:
            if not was_kept:
                raise
        return self._asked(asked)

    def _asked(self, asked: Sequence[tuple[object, ...]]) -> Sequence[Row[Any]]:
        try:
            with _in_words():
                if self._kept is None:
                    self._kept = self._engine.connect()
                driver: Any = self._kept.connection.driver_connection
                with driver.cursor(row_factory=namedtuple_row) as cursor:
                    cursor.execute(self._statement, self._each.written(asked), prepare=True)
                    rows: Sequence[Row[Any]] = cursor.fetchall()
                    return rows
        except StoreDown:
            self.let_go()
            raise

    def let_go(self) -> None:
        """Give the kept connection up."""
        kept, self._kept = self._kept, None
        if kept is not None:
            kept.invalidate()
            kept.close()


def _enter(session: Session, door: Door, brand_id: int | None) -> None:
    session.execute(
        _ENTER,
        {"role": f"aubaine_{door}", "brand": "" if brand_id is None else str(brand_id)},
    )


@contextmanager
def _in_words() -> Iterator[None]:
    try:
        yield
    except PoolTimeout as trouble:
        raise Busy from trouble
    except IntegrityError:
        raise
    except DBAPIError as trouble:
        known = StoreDown(str(trouble.orig)) if trouble.connection_invalidated else None
        raise known or _named(trouble.orig) or trouble from trouble
    except psycopg.Error as trouble:
        raise _named(trouble) or trouble from trouble


def _named(cause: BaseException | None) -> Exception | None:
    if isinstance(cause, psycopg.errors.LockNotAvailable | psycopg.errors.DeadlockDetected):
        return Busy()
    if isinstance(
        cause,
        psycopg.errors.AdminShutdown
        | psycopg.errors.CannotConnectNow
        | psycopg.errors.CrashShutdown,
    ):
        return StoreDown(str(cause))
    if isinstance(cause, psycopg.OperationalError) and cause.sqlstate is None:
        return StoreDown(str(cause))
    return None


@contextmanager
def refusing(names: Mapping[str, type[Refusal]], **facts: object) -> Iterator[None]:
    """Turn the violation of a constraint named in ``names`` into its refusal; others stay what they are.

    Flush inside the block, so that the violation happens there.
    """
    try:
        yield
    except IntegrityError as violation:
        cause = violation.orig
        name = cause.diag.constraint_name if isinstance(cause, psycopg.Error) else None
        refusal = names.get(name or "")
        if refusal is None:
            raise
        raise refusal(**facts) from violation


def prepare(engine: Engine) -> None:
    """Assert once per process that commits are durable; a store that forgets must not sell (promises.md G7)."""

    @event.listens_for(engine, "first_connect")
    def _durable(connection: psycopg.Connection[tuple[str]], _record: object) -> None:
        for setting in ("fsync", "synchronous_commit"):
            row = connection.execute(f"SHOW {setting}").fetchone()
            assert row is not None, f"SHOW {setting} answered nothing"
            if row[0] == "off":
                message = (
                    f"PostgreSQL runs with {setting}=off: it could forget a sale. Switch it on."
                )
                raise StoreDown(message)
        connection.rollback()
