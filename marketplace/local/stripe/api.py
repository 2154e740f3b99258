"""One API request from its arrival to its answer.

In Stripe's order: who asks, which endpoint, how many of late, whether the idempotency key is known,
whether the parameters can be understood. Only then does the endpoint begin to act; what it wrote,
what it answered and the line in the log stand in one transaction.
"""

from __future__ import annotations

import base64
import json
import threading
from dataclasses import dataclass, field
from datetime import timedelta
from typing import TYPE_CHECKING
from urllib.parse import unquote

from marketplace.local.stripe import API_VERSION, forms, idempotency, routes, sweep
from marketplace.local.stripe.call import Call, fresh
from marketplace.local.stripe.dressing import Dresser
from marketplace.local.stripe.errors import (
    ApiError,
    Record,
    invalid,
    too_many,
    trouble,
    unauthorised,
)
from marketplace.local.stripe.idempotency import Saved
from marketplace.local.stripe.store import written
from marketplace.local.stripe.wire import Answer, Request

if TYPE_CHECKING:
    from marketplace.local.stripe.events import Announcer
    from marketplace.local.stripe.faults import ApiFault, ApiFaults
    from marketplace.local.stripe.forms import Values
    from marketplace.local.stripe.idempotency import Underway
    from marketplace.local.stripe.limits import Limiter
    from marketplace.local.stripe.routes import Route
    from marketplace.local.stripe.store import Books, Store

EXPANSIONS_MAX = 20
LOOPBACK = ("127.0.0.1", "localhost")

_EXPAND = forms.rows(forms.text(), maximum=EXPANSIONS_MAX)


@dataclass(slots=True)
class Entry:
    """A request as it goes, and as its line in the log will read."""

    request: Request
    name: str
    key: str = ""
    operation: str = ""
    target: str = ""
    params: Values = field(default_factory=dict)
    expand: list[str] = field(default_factory=list)
    faults: dict[str, ApiFault] = field(default_factory=dict)

    def log(self, books: Books, status: int, body: Record, *, replayed: bool = False) -> None:
        """Write the line; card numbers are left out."""
        shown = {name: "…" if name == "card" else each for name, each in self.params.items()}
        error = body.get("error", {})
        books.connection.execute(
            "insert into requests (at_ms, request, method, path, operation, params, key, status,"
            " target, replayed, fault, code) values (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
            (
                books.now_ms,
                self.name,
                self.request.method,
                self.request.path,
                self.operation,
                json.dumps(shown),
                self.key or None,
                status,
                body.get("id"),
                int(replayed),
                " ".join(self.faults) or None,
                error.get("code") or error.get("type"),
            ),
        )


@dataclass(slots=True)
class Api:
    """The API, and what it needs to answer."""

    store: Store
    announcer: Announcer
    limiter: Limiter
    faults: ApiFaults
    underway: Underway
    api_key: str
    base_url: str

    def answer(self, request: Request) -> Answer:
        """Answer one request."""
        entry = Entry(request, fresh("req"))
        try:
            route = self._admitted(entry)
            with self.underway.claimed(entry.key):
                return self._kept_or_acted(entry, route)
        except ApiError as error:
            body = {"error": error.body}
            with self.store.transaction() as books:
                entry.log(books, error.status, body)
            return _answer(entry, error.status, written(body), error.headers)

    def _admitted(self, entry: Entry) -> Route:
        request = entry.request
        key = _key(request.headers.get("authorization", ""))
        if key != self.api_key:
            raise unauthorised(key)
        version = request.headers.get("stripe-version", API_VERSION)
        if version != API_VERSION:
            message = f"Invalid Stripe API version: {version}. The simulator speaks {API_VERSION}."
            raise invalid(message)
        route, target = routes.found(request.method, unquote(request.path))
        entry.operation, entry.target = route.operation, target
        reason = self.limiter.refusal(route.operation)
        if reason:
            raise too_many(reason)
        body = request.body if request.method == "POST" else b""
        entry.params = {**forms.decode(request.query.encode()), **forms.decode(body)}
        if request.method == "POST":  # keys mean nothing on GET and DELETE
            entry.key = request.headers.get("idempotency-key", "")
        return route

    def _kept_or_acted(self, entry: Entry, route: Route) -> Answer:
        request = entry.request
        if entry.key:
            with self.store.transaction() as books:
                kept = idempotency.saved(
                    books, entry.key, request.method, request.path, entry.params
                )
                if kept:
                    entry.log(books, kept.status, json.loads(kept.body), replayed=True)
            if kept:
                replay = {"Idempotent-Replayed": "true", "Original-Request": kept.request}
                return _answer(entry, kept.status, kept.body, replay)
        params = dict(entry.params)
        entry.expand = _EXPAND(params.pop("expand"), "expand") if "expand" in params else []
        values = route.form(params, "")
        entry.faults = self.faults.strike(request.method, request.path)
        if "delay" in entry.faults:
            pause(entry.faults["delay"].delay_ms)
        return self._acted(entry, route, values)

    def _dresser(self, entry: Entry) -> Dresser:
        """Shows the pay page under the name the shop called: its own idea of where we are."""
        host = entry.request.headers.get("host", "")
        name, _, port = host.rpartition(":")
        if name in LOOPBACK and self.base_url.endswith(f":{port}"):
            return Dresser(f"http://{host}")
        return self.announcer.dresser

    def _acted(self, entry: Entry, route: Route, values: Values) -> Answer:
        with self.store.transaction() as books:
            status, body, headers = self._outcome(books, entry, route, values)
            text = written(body)
            if entry.key:
                request = entry.request
                kept = Saved(status, text, entry.name)
                idempotency.save(books, entry.key, request.method, request.path, entry.params, kept)
            entry.log(books, status, body)
        answer = _answer(entry, status, text, headers)
        answer.drop = "lost_reply" in entry.faults
        return answer

    def _outcome(
        self, books: Books, entry: Entry, route: Route, values: Values
    ) -> tuple[int, Record, dict[str, str]]:
        """The endpoint acts; a no that it says itself is an answer like any other."""
        call = Call(
            books, self.announcer, self.base_url, values, entry.target, entry.name, entry.key
        )
        if "decline" in entry.faults:
            call.decline = entry.faults["decline"].decline_code
        failing = entry.faults.get("error_500")
        try:
            sweep.expired(call)
            if failing and not failing.acts:
                raise trouble()
            with books.attempt():
                record = route.handler(call)
                shown = self._dresser(entry).dressed(books, record, entry.expand)
            if failing:
                raise trouble()
        except ApiError as error:
            if not error.began:
                raise
            return error.status, {"error": error.body}, error.headers
        return 200, shown, {}


def _key(authorisation: str) -> str:
    """The key as Stripe takes it: a bearer's token, or a name without a password."""
    scheme, _, rest = authorisation.partition(" ")
    if scheme.lower() != "basic":
        return rest.strip()
    try:
        return base64.b64decode(rest, validate=True).decode().partition(":")[0]
    except ValueError:
        return ""


def pause(milliseconds: int) -> None:
    """Wait without holding anything."""
    threading.Event().wait(timedelta(milliseconds=milliseconds).total_seconds())


def _answer(entry: Entry, status: int, body: str, headers: dict[str, str]) -> Answer:
    shown = {
        "Content-Type": "application/json",
        "Cache-Control": "no-cache, no-store",
        "Request-Id": entry.name,
        "Stripe-Version": API_VERSION,
        **headers,
    }
    if entry.key:
        shown["Idempotency-Key"] = entry.key
    return Answer(status, body.encode(), shown)
