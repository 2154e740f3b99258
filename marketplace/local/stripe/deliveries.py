"""Delivers webhooks: signed, at least once, in no promised order, until taken or given up.

A delivery is a row, written with its event; it is pending until the endpoint answers 2xx. What was
being sent when the process died is sent again. Failed ones wait longer each time, on the
simulator's clock, and are given up after three days as Stripe does.
"""

from __future__ import annotations

import hashlib
import hmac
import http.client
import queue
import threading
import time
from dataclasses import dataclass
from datetime import timedelta
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from marketplace.local.stripe import sweep
from marketplace.local.stripe.events import ENVIRONMENT_ENDPOINT

if TYPE_CHECKING:
    import sqlite3

    from marketplace.local.stripe.events import Announcer
    from marketplace.local.stripe.settings import Settings
    from marketplace.local.stripe.store import Books, Store

SENDERS = 4
AT_ONCE_MAX = 64
ANSWER_SECONDS_MAX = 10
GIVEN_UP_AFTER_MS = 72 * 3_600 * 1_000
# Stripe waits minutes and hours; on one machine nobody should have to. Then every hour.
RETRIES_MS = (1_000, 2_000, 4_000, 8_000, 15_000, 30_000, 60_000, 300_000, 900_000, 3_600_000)
SWEEP_EVERY_NS = 1_000_000_000

DELIVERED = range(200, 300)


@dataclass(frozen=True, slots=True)
class Parcel:
    """One delivery about to be sent."""

    row: int
    url: str
    secret: str
    body: bytes


class Courier(threading.Thread):
    """The delivery thread, with a few senders beside it so that a slow endpoint delays little."""

    def __init__(self, store: Store, announcer: Announcer, settings: Settings) -> None:
        super().__init__(name="courier", daemon=True)
        self._store = store
        self._announcer = announcer
        self._settings = settings
        self._awake = threading.Event()
        self._stopped = False
        self._parcels: queue.SimpleQueue[Parcel] = queue.SimpleQueue()
        with store.transaction() as books:
            books.connection.execute("update deliveries set state='pending' where state='sending'")

    def wake(self) -> None:
        """Something may be due."""
        self._awake.set()

    def stop(self) -> None:
        """Send nothing more; what is pending stays in the file."""
        self._stopped = True
        self._awake.set()

    def run(self) -> None:
        """Until stopped: send what is due, and once a second do what time alone brings about."""
        for _ in range(SENDERS):
            threading.Thread(target=self._send, name="sender", daemon=True).start()
        swept = 0
        while not self._stopped:
            self._awake.clear()
            parcels = self._claimed()
            for parcel in parcels:
                self._parcels.put(parcel)
            if time.monotonic_ns() - swept > SWEEP_EVERY_NS:
                swept = time.monotonic_ns()
                sweep.forgotten(self._store, self._announcer)
            if len(parcels) < AT_ONCE_MAX:
                self._awake.wait(self._pause().total_seconds())

    def _claimed(self) -> list[Parcel]:
        with self._store.transaction() as books:
            rows = books.connection.execute(
                "select seq, event, endpoint from deliveries where state='pending' and due_ms <= ?"
                " order by due_ms, seq limit ?",
                (books.now_ms, AT_ONCE_MAX),
            ).fetchall()
            parcels = [parcel for row in rows if (parcel := self._parcel(books, row))]
            books.connection.executemany(
                "update deliveries set state='sending' where seq=?",
                [(parcel.row,) for parcel in parcels],
            )
        return parcels

    def _parcel(self, books: Books, row: sqlite3.Row) -> Parcel | None:
        """The delivery made ready; a row whose endpoint is gone is dropped."""
        (text,) = books.connection.execute(
            "select body from objects where id=?", (row["event"],)
        ).fetchone()
        body = str(text).encode()
        if row["endpoint"] == ENVIRONMENT_ENDPOINT:
            if self._settings.webhook_url:
                secret = self._settings.webhook_secret
                return Parcel(row["seq"], self._settings.webhook_url, secret, body)
        else:
            endpoint = books.find("webhook_endpoint", row["endpoint"])
            if endpoint:
                return Parcel(row["seq"], endpoint["url"], endpoint["_secret"], body)
        books.connection.execute("update deliveries set state='dropped' where seq=?", (row["seq"],))
        return None

    def _pause(self) -> timedelta:
        with self._store.transaction() as books:
            (due,) = books.connection.execute(
                "select min(due_ms) from deliveries where state='pending'"
            ).fetchone()
        wait_ms = 1_000 if due is None else max(1, min(1_000, due - self._store.now_ms()))
        return timedelta(milliseconds=wait_ms)

    def _send(self) -> None:
        while not self._stopped:
            self._deliver(self._parcels.get())

    def _deliver(self, parcel: Parcel) -> None:
        answer = post(parcel.url, parcel.body, parcel.secret)
        if self._stopped:
            return
        with self._store.transaction() as books:
            if answer.isdecimal() and int(answer) in DELIVERED:
                books.connection.execute(
                    "update deliveries set state='delivered', attempts=attempts+1, answer=?"
                    " where seq=?",
                    (answer, parcel.row),
                )
            else:
                _postpone(books, parcel.row, answer)


def _postpone(books: Books, row: int, answer: str) -> None:
    attempts, queued_ms = books.connection.execute(
        "select attempts, queued_ms from deliveries where seq=?", (row,)
    ).fetchone()
    wait_ms = RETRIES_MS[min(attempts, len(RETRIES_MS) - 1)]
    gone = books.now_ms - queued_ms >= GIVEN_UP_AFTER_MS
    books.connection.execute(
        "update deliveries set state=?, attempts=attempts+1, due_ms=?, answer=? where seq=?",
        ("failed" if gone else "pending", books.now_ms + wait_ms, answer, row),
    )


def signature(body: bytes, secret: str, second: int) -> str:
    """The ``Stripe-Signature`` header: scheme v1, HMAC-SHA256 over ``second.body``."""
    signed = f"{second}.".encode() + body
    digest = hmac.new(secret.encode(), signed, hashlib.sha256).hexdigest()
    return f"t={second},v1={digest}"


def post(url: str, body: bytes, secret: str) -> str:
    """Send one webhook; the endpoint's status, or what went wrong. Redirects are not followed.

    The signature carries the machine's own time, not the simulator's: whoever checks it does not
    know that the simulator's clock was turned.
    """
    parts = urlsplit(url)
    made = http.client.HTTPSConnection if parts.scheme == "https" else http.client.HTTPConnection
    connection = made(parts.netloc, timeout=ANSWER_SECONDS_MAX)
    target = f"{parts.path or '/'}{'?' if parts.query else ''}{parts.query}"
    headers = {
        "Content-Type": "application/json; charset=utf-8",
        "Stripe-Signature": signature(body, secret, time.time_ns() // 1_000_000_000),
        "User-Agent": "Stripe/1.0 (+https://stripe.com/docs/webhooks; simulator)",
    }
    try:
        connection.request("POST", target, body, headers)
        answer = connection.getresponse()
        answer.read(65_536)
    except (OSError, http.client.HTTPException) as trouble:
        return f"{type(trouble).__name__}: {trouble}"
    else:
        return str(answer.status)
    finally:
        connection.close()
