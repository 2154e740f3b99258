"""A vault whose every transaction is a part of one that is undone in the end: a thousand endings of one beginning."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from typing import Any

from sqlalchemy import Engine, Row, TextClause, text
from sqlalchemy.orm import Session, sessionmaker

from marketplace.db.session import Vault, assert_outside_transaction


class Undone(Vault):
    """One connection. What a service commits is a savepoint that was released; what it undoes is one rolled back.

    For one thread. The connection belongs to the owner, who can look past the walls at what is not committed yet.
    """

    def __init__(self, engine: Engine) -> None:
        super().__init__(engine)
        self._connection = engine.connect()
        self._sessions = sessionmaker(
            self._connection,
            expire_on_commit=False,
            autoflush=False,
            join_transaction_mode="create_savepoint",
        )

    @contextmanager
    def ending(self) -> Iterator[None]:
        """What is done in the block is done, seen, held against the deferred constraints, and then undone."""
        whole = self._connection.begin()
        try:
            yield
            self._connection.execute(text("SET CONSTRAINTS ALL IMMEDIATE"))
        finally:
            whole.rollback()

    def call(self, statement: TextClause, parameters: Mapping[str, object]) -> Sequence[Row[Any]]:
        """As the owner, inside."""
        assert_outside_transaction("a hold was asked for")
        with self._connection.begin_nested():
            self._connection.execute(text("RESET ROLE"))
            return self._connection.execute(statement, parameters).all()

    def look(self, statement: str) -> list[tuple[Any, ...]]:
        """What stands there now, past all walls."""
        self._connection.execute(text("RESET ROLE"))
        return [tuple(row) for row in self._connection.execute(text(statement))]

    @contextmanager
    def owners(self) -> Iterator[Session]:
        """A session of the owner's, inside."""
        self._connection.execute(text("RESET ROLE"))
        with self._sessions() as session:
            yield session

    def close(self) -> None:
        """Give the connection back."""
        self._connection.close()
