"""Copies of a scene, so that the same job can be run in each from the same beginning, and what came of it compared."""

from __future__ import annotations

import itertools
import json
import os
import re
from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import replace
from typing import Any

from sqlalchemy import create_engine
from sqlalchemy.orm import Session

from marketplace import bootstrap
from marketplace.db import invariants
from marketplace.db.session import Vault, engine_for
from tests.conftest import APP_PASSWORD, Clock, Database
from tests.jobs.stage import Stage

PASSING = ("gates", "call_tokens")
"""The pace of calls is no effect of a job."""
POOL_SIZE = 8
NUMBERS = itertools.count(1)
NEW, SET = "new", "set"
DRAWN = {
    ("deal_papers", "storage_key"),
    ("exit_papers", "storage_key"),
    ("payouts", "transfer_key"),
    ("purchases", "ref"),
    ("statement_papers", "storage_key"),
}
"""Drawn at random each time: it matters only whether it is there."""
CHANCE = re.compile(
    r"\d{4}-\d\d-\d\d[T ]\d\d:\d\d:\d\d[.\d]*(?:Z|[+-]\d\d(?::?\d\d)?)?"
    r"|\b(?:photographs|uploads|papers)/[0-9A-Za-z_/-]+"
    r"|\bmsg_[0-9a-f]+"
    r"|(?<=late_ms)\W+\d+"
)
"""Inside of texts: moments, where files lie, what a message to a machine is called, how late somebody was."""


TABLES = (
    "SELECT c.relname FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace"
    " WHERE n.nspname = 'public' AND c.relkind = 'r' AND c.relname <> ALL (:passing) ORDER BY 1"
)
NUMBERED = (
    "SELECT c.conrelid::regclass::text, a.attname, c.confrelid::regclass::text"
    " FROM pg_constraint c, unnest(c.conkey, c.confkey) AS k (here, there)"
    " JOIN pg_attribute a ON a.attnum = k.here"
    " JOIN pg_attribute b ON b.attnum = k.there"
    " WHERE c.contype = 'f' AND c.connamespace = 'public'::regnamespace AND b.attname = 'id'"
    "   AND a.attrelid = c.conrelid AND b.attrelid = c.confrelid"
)
"""Which columns hold the number of a row of which table."""

Rows = dict[str, list[dict[str, Any]]]
Make = Callable[[Database, Vault], Stage]


def contents(database: Database) -> dict[str, tuple[int, str]]:
    """How many rows each table has, and a word for what is in them, to the last bit."""
    looks = (
        f"SELECT '{name}', count(*), md5(coalesce(string_agg(t::text, chr(10) ORDER BY t::text), '')) FROM \"{name}\" t"
        for name in _tables(database)
    )
    return {name: (rows, word) for name, rows, word in database.rows(" UNION ALL ".join(looks))}


class Scene:
    """A scene as it was arranged: what its copies are compared by."""

    def __init__(self, database: Database) -> None:
        self._newest = {
            name: database.value(f'SELECT coalesce(max(id), 0) FROM "{name}"')
            for (name,) in database.rows(
                "SELECT table_name FROM information_schema.columns JOIN pg_tables ON tablename = table_name"
                " WHERE column_name = 'id' AND data_type = 'bigint' AND schemaname = 'public'"
            )
        }
        self._numbered = {(table, column): of for table, column, of in database.rows(NUMBERED)}

    def rows(self, database: Database) -> Rows:
        """Every row of every table. Rows made since then have no numbers: at once, a number may be left out."""
        return {
            table: [
                {column: self._told(table, column, value) for column, value in row.items()}
                for (row,) in database.rows(f'SELECT to_jsonb(t) FROM "{table}" t')
            ]
            for table in _tables(database)
        }

    def _told(self, table: str, column: str, value: Any) -> str:
        of = table if column == "id" else self._numbered.get((table, column))
        if of in self._newest and isinstance(value, int) and value > self._newest[of]:
            return NEW
        if (table, column) in DRAWN and value is not None:
            return SET
        return CHANCE.sub(SET, json.dumps(_without_numbers(value), sort_keys=True))


def _without_numbers(value: Any) -> Any:
    if isinstance(value, dict):
        return {
            name: NEW if name.endswith(("_id", "_ids")) else _without_numbers(each)
            for name, each in value.items()
        }
    return value


def differences(one: Rows, other: Rows) -> Iterator[str]:
    """Table by table, what one has and the other has not."""
    for table, rows in one.items():
        here, there = (Counter(map(_whole, each)) for each in (rows, other[table]))
        if here != there:
            yield f"{table}: {dict(here - there)} against {dict(there - here)}"


def _whole(row: dict[str, str]) -> str:
    return ", ".join(f"{name}={value}" for name, value in row.items())


def _tables(database: Database) -> list[str]:
    return [name for (name,) in database.rows(TABLES, passing=list(PASSING))]


class Copies:
    """Makes copies of a stage; each has a database of its own, whose books must be sound in the end."""

    def __init__(self, stores: Any, settings: Any) -> None:
        self._postgres = stores.postgres
        self._settings = settings

    @contextmanager
    def of(
        self,
        stage: Stage,
        dressed: Callable[[Any], Any],
        vault: Callable[[Any], Vault] = Vault,
    ) -> Iterator[Stage]:
        """A copy of ``stage`` as it stands; ``dressed`` makes its tools what the stage's are."""
        stage.tools.vault.close()
        stage.database.owner.dispose()
        name = f"copy{next(NUMBERS)}_{os.getpid()}"
        source = stage.database.owner_url.rpartition("/")[2]
        owner_url = self._postgres.create_database(name, template=source)
        app_url = self._postgres.url(name, user="aubaine_app", password=APP_PASSWORD)
        database = Database(owner_url, app_url, create_engine(owner_url, pool_pre_ping=True))
        engine = engine_for(app_url, pool_size=POOL_SIZE, application="aubaine-test")
        settings = replace(self._settings, database_url=app_url)
        tools = dressed(bootstrap.assembled(settings, vault(engine)))
        try:
            yield replace(stage, database=database, tools=tools, clock=Clock(database))
            for statement in reversed(stage.mends):
                database.run(statement)
            _sound(database)
        finally:
            engine.dispose()
            database.owner.dispose()
            self._postgres.drop_database(name)


def _sound(database: Database) -> None:
    with Session(database.owner) as session:
        found: Mapping[str, Any] | Any = invariants.broken(session)
    assert not found, "\n".join(f"broken: {each.name}: {each.row}" for each in found)
