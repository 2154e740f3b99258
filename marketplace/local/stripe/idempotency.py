"""Idempotency keys as in Stripe's API v1 (docs.stripe.com/api/idempotent_requests).

The first answer is saved once the endpoint has begun to act, a 500 included, and given again to
whoever comes with the same key and the same parameters. Refused parameters, 429 and the conflict
with a request still under way are not saved. Keys are forgotten after 24 hours.
"""

from __future__ import annotations

import hashlib
import json
import threading
from contextlib import contextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING

from marketplace.local.stripe.errors import ApiError, invalid

if TYPE_CHECKING:
    from collections.abc import Iterator

    from marketplace.local.stripe.forms import Values
    from marketplace.local.stripe.store import Books

KEPT_SECONDS = 24 * 3_600
KEY_LENGTH_MAX = 255


@dataclass(frozen=True, slots=True)
class Saved:
    """An answer given before."""

    status: int
    body: str
    request: str


class Underway:
    """The keys whose first request is being acted on at this moment."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._keys: set[str] = set()

    @contextmanager
    def claimed(self, key: str) -> Iterator[None]:
        """Hold the key while the request lasts; its concurrent twin gets Stripe's 409."""
        if not key:
            yield
            return
        if len(key) > KEY_LENGTH_MAX:
            message = f"Idempotency keys may have at most {KEY_LENGTH_MAX} characters."
            raise invalid(message)
        with self._lock:
            if key in self._keys:
                raise _in_use(key)
            self._keys.add(key)
        try:
            yield
        finally:
            with self._lock:
                self._keys.discard(key)


def _in_use(key: str) -> ApiError:
    return ApiError(
        409,
        "There is currently another in-progress request using this Idempotent Key (that probably "
        "means you submitted twice, and the other request is still going through): "
        f"{key}. Please try again later.",
        code="idempotency_key_in_use",
        began=False,
    )


def saved(books: Books, key: str, method: str, path: str, params: Values) -> Saved | None:
    """The answer saved under this key, if there is one that is not yet forgotten.

    Raises Stripe's ``idempotency_error`` if the key was first used for another request.
    """
    row = books.connection.execute("select * from keys where key=?", (key,)).fetchone()
    if row is None or row["created"] + KEPT_SECONDS <= books.now:
        return None
    if (row["method"], row["path"]) != (method, path):
        raise _mismatch(
            f"Keys for idempotent requests can only be used for the same endpoint they were first "
            f"used for ('{path}' vs '{row['path']}'). Try using a key other than '{key}' if you "
            "meant to execute a different request."
        )
    if row["params"] != _digest(params):
        raise _mismatch(
            "Keys for idempotent requests can only be used with the same parameters they were "
            f"first used with. Try using a key other than '{key}' if you meant to execute a "
            "different request."
        )
    return Saved(row["status"], row["body"], row["request"])


def _mismatch(message: str) -> ApiError:
    return ApiError(400, message, kind="idempotency_error", began=False)


def save(books: Books, key: str, method: str, path: str, params: Values, answer: Saved) -> None:
    """Keep the answer for whoever comes again with this key."""
    books.connection.execute(
        "insert or replace into keys values (?, ?, ?, ?, ?, ?, ?, ?)",
        (
            key,
            method,
            path,
            _digest(params),
            answer.status,
            answer.body,
            answer.request,
            books.now,
        ),
    )


def prune(books: Books) -> None:
    """Forget the keys whose time is over."""
    books.connection.execute("delete from keys where created <= ?", (books.now - KEPT_SECONDS,))


def _digest(params: Values) -> str:
    """The parameters as one comparable text, which gives no card number away."""
    return hashlib.sha256(json.dumps(params, sort_keys=True).encode()).hexdigest()
