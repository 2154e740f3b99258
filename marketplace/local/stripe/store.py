"""Everything the simulator knows, in one SQLite file that outlives a restart.

One process, one connection, one lock: each request acts inside one transaction, so that two rivals
(a payment and an expiry, say) are decided one after the other, whichever thread they came in on.
"""

from __future__ import annotations

import json
import sqlite3
import threading
import time
from contextlib import contextmanager
from typing import TYPE_CHECKING

from marketplace.local.stripe.errors import ApiError, Record, missing

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from pathlib import Path

REQUESTS_KEPT_MAX = 1_000_000

# The fields by which Stripe lets its lists be filtered; kept beside the JSON so that SQL can look.
LINKS = (
    "customer",
    "payment_intent",
    "payment_method",
    "charge",
    "source",
    "status",
    "type",
    "currency",
    "email",
    "transfer_group",
)

_TABLES = f"""
create table if not exists objects (
    seq integer primary key, id text not null unique, object text not null,
    created integer not null, expires_at integer, body text not null,
    {", ".join(f"{name} text" for name in LINKS)}
);
create index if not exists objects_object on objects (object, seq);
create index if not exists objects_expires on objects (expires_at) where expires_at is not null;
create index if not exists objects_intent on objects (payment_intent)
    where payment_intent is not null;
create index if not exists objects_charge on objects (charge) where charge is not null;
create index if not exists objects_customer on objects (customer) where customer is not null;
create index if not exists objects_source on objects (source) where source is not null;
create index if not exists objects_email on objects (email) where email is not null;
create table if not exists keys (
    key text primary key, method text not null, path text not null, params text not null,
    status integer not null, body text not null, request text not null, created integer not null
);
create index if not exists keys_created on keys (created);
create table if not exists requests (
    seq integer primary key, at_ms integer not null, request text not null, method text not null,
    path text not null, operation text not null, params text not null, key text,
    status integer not null, target text, replayed integer not null, fault text, code text
);
create index if not exists requests_operation on requests (operation, status);
create table if not exists deliveries (
    seq integer primary key, event text not null, type text not null, endpoint text not null,
    state text not null, due_ms integer not null, queued_ms integer not null,
    attempts integer not null default 0, answer text
);
create index if not exists deliveries_due on deliveries (state, due_ms);
create index if not exists deliveries_event on deliveries (event);
create table if not exists state (name text primary key, value text not null);
"""


class Store:
    """The file; hands out one :class:`Books` at a time."""

    def __init__(self, folder: Path) -> None:
        folder.mkdir(parents=True, exist_ok=True)
        self._lock = threading.Lock()
        self._connection = sqlite3.connect(
            folder / "stripe.sqlite3", isolation_level=None, check_same_thread=False
        )
        self._connection.row_factory = sqlite3.Row
        # NORMAL keeps every finished transaction when the process is killed; only a power cut
        # could take the last ones, and no promise is made about those.
        for pragma in ("journal_mode=wal", "synchronous=normal", "busy_timeout=5000"):
            self._connection.execute(f"pragma {pragma}")
        self._connection.executescript(_TABLES)
        offset = self._connection.execute("select value from state where name='clock'").fetchone()
        self._offset_ms = int(offset[0]) if offset else 0

    def now_ms(self) -> int:
        """The simulator's clock: the machine's, plus whatever it was advanced by."""
        return time.time_ns() // 1_000_000 + self._offset_ms

    @contextmanager
    def transaction(self) -> Iterator[Books]:
        """All that is written inside stands together or not at all."""
        with self._lock:
            self._connection.execute("begin immediate")
            try:
                yield Books(self._connection, self.now_ms())
            except BaseException:
                self._connection.execute("rollback")
                raise
            self._connection.execute("commit")

    def advance(self, milliseconds: int) -> int:
        """Turn the clock forward; returns the new time in milliseconds."""
        with self.transaction() as books:
            self._offset_ms += milliseconds
            books.keep("clock", str(self._offset_ms))
        return self.now_ms()

    def close(self) -> None:
        """Finish the transaction under way and close the file.

        The lock is kept: a request that comes too late waits until the process is gone, and so
        does nothing and is told nothing, as if it had never been sent.
        """
        self._lock.acquire()
        self._connection.close()


class Books:
    """An open transaction: the objects, and what else the simulator keeps."""

    def __init__(self, connection: sqlite3.Connection, now_ms: int) -> None:
        self.connection = connection
        self.now_ms = now_ms
        self.now = now_ms // 1_000

    def find(self, kind: str, name: str) -> Record | None:
        """The object, or ``None``."""
        row = self.connection.execute(
            "select body from objects where id=? and object=?", (name, kind)
        ).fetchone()
        return None if row is None else read(row[0])

    def get(self, kind: str, name: str, *, param: str = "id") -> Record:
        """The object; raises Stripe's ``resource_missing`` if there is none."""
        found = self.find(kind, name)
        if found is None:
            raise missing(kind, name, param=param)
        return found

    def add(self, record: Record) -> None:
        """Store a new object."""
        marks = ", ".join("?" * (5 + len(LINKS)))
        self.connection.execute(
            f"insert into objects (id, object, created, expires_at, body, {', '.join(LINKS)})"  # noqa: S608  # our own names
            f" values ({marks})",
            (
                record["id"],
                record["object"],
                record["created"],
                _expiry(record),
                written(record),
                *_links(record),
            ),
        )

    def save(self, record: Record) -> None:
        """Store a changed object."""
        links = ", ".join(f"{name}=?" for name in LINKS)
        self.connection.execute(
            f"update objects set expires_at=?, body=?, {links} where id=?",  # noqa: S608  # our own names
            (_expiry(record), written(record), *_links(record), record["id"]),
        )

    def remove(self, name: str) -> None:
        """Forget an object (a deleted webhook endpoint)."""
        self.connection.execute("delete from objects where id=?", (name,))

    def matching(self, kind: str, link: str, value: str) -> list[Record]:
        """The objects of one kind that carry ``value`` in ``link``, oldest first."""
        assert link in LINKS
        found = self.connection.execute(
            f"select body from objects where object=? and {link}=? order by seq",  # noqa: S608  # our own name
            (kind, value),
        )
        return [read(row[0]) for row in found]

    def due(self, maximum: int) -> list[Record]:
        """Objects whose time has run out and that still wait for it to be said."""
        found = self.connection.execute(
            "select body from objects where expires_at <= ? order by expires_at limit ?",
            (self.now, maximum),
        )
        return [read(row[0]) for row in found]

    def kept(self, name: str) -> str | None:
        """A value put aside under a name."""
        row = self.connection.execute("select value from state where name=?", (name,)).fetchone()
        return None if row is None else str(row[0])

    def keep(self, name: str, value: str) -> None:
        """Put a value aside under a name."""
        self.connection.execute("insert or replace into state values (?, ?)", (name, value))

    def prune_requests(self) -> None:
        """Drop the oldest lines of the request log beyond what is kept."""
        self.connection.execute(
            "delete from requests where seq <= (select max(seq) from requests) - ?",
            (REQUESTS_KEPT_MAX,),
        )

    @contextmanager
    def attempt(self) -> Iterator[None]:
        """Undo what was written inside when Stripe's answer is a no that leaves no trace."""
        self.connection.execute("savepoint attempt")
        try:
            yield
        except ApiError as error:
            if not error.keeps:
                self.connection.execute("rollback to attempt")
            self.connection.execute("release attempt")
            raise
        self.connection.execute("release attempt")


def _links(record: Record) -> Sequence[str | None]:
    return [value if isinstance(value := record.get(name), str) else None for name in LINKS]


def _expiry(record: Record) -> int | None:
    """When the object changes by itself, if it still does."""
    if record["object"] == "checkout.session" and record["status"] == "open":
        return int(record["expires_at"])
    if record["object"] == "payment_intent" and record["status"] == "requires_capture":
        return int(record["_capture_before"])
    return None


def written(record: Record) -> str:
    """An object as it is stored and sent."""
    return json.dumps(record, separators=(",", ":"), ensure_ascii=False)


def read(body: str) -> Record:
    """An object from its stored text."""
    record: Record = json.loads(body)
    return record
