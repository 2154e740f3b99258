"""The control API under ``/_simulator/``: for tests, benches and load drivers, in JSON.

It is there only when the simulator was started with SIMULATOR_CONTROL=1. It asks for no key; it
asks that the request be JSON and name the loopback address, so that no web page can reach it.
"""

from __future__ import annotations

import json
from collections import Counter
from typing import TYPE_CHECKING, Any
from urllib.parse import parse_qs

from marketplace.local.stripe import disputes, sweep
from marketplace.local.stripe.api import LOOPBACK
from marketplace.local.stripe.call import Call
from marketplace.local.stripe.checkout import Entry, Result
from marketplace.local.stripe.errors import ApiError, Record
from marketplace.local.stripe.faults import FaultError, draw
from marketplace.local.stripe.forms import AMOUNT_MAX
from marketplace.local.stripe.limits import Rates
from marketplace.local.stripe.store import read
from marketplace.local.stripe.wire import Answer, Request

if TYPE_CHECKING:
    from collections.abc import Callable

    from marketplace.local.stripe.api import Api
    from marketplace.local.stripe.deliveries import Courier
    from marketplace.local.stripe.faults import WebhookFaults
    from marketplace.local.stripe.till import Sale, Till

ROWS_MAX = 1_000
ADVANCE_SECONDS_MAX = 400 * 24 * 3_600
RATE_MAX = 1_000_000
COPIES_MAX = 100

Values = dict[str, Any]


class ReplyLostError(Exception):
    """A fault wants the answer to a payment lost; the payment was made."""


class Control:
    """Answers drivers."""

    def __init__(
        self, api: Api, till: Till, webhook_faults: WebhookFaults, courier: Courier
    ) -> None:
        self._api = api
        self._store = api.store
        self._till = till
        self._webhook_faults = webhook_faults
        self._courier = courier
        self._deeds: dict[str, Callable[[Values], Any]] = {
            "GET clock": lambda _: self._clock(),
            "POST clock": self._advance,
            "GET faults": lambda _: api.faults.listed(),
            "POST faults": lambda asked: {"id": api.faults.add(asked).id},
            "DELETE faults": lambda asked: {"cleared": api.faults.clear(asked.get("id", ""))},
            "GET webhooks/faults": lambda _: webhook_faults.listed(),
            "POST webhooks/faults": self._add_webhook_fault,
            "DELETE webhooks/faults": self._clear_webhook_faults,
            "GET webhooks": self._deliveries,
            "POST webhooks/release": self._release,
            "POST webhooks/redeliver": self._redeliver,
            "POST pay": self._pay,
            "POST disputes": self._dispute,
            "POST disputes/decide": self._decide,
            "POST limits": self._limits,
            "GET objects": self._objects,
            "GET requests": self._requests,
            "GET counters": lambda _: self._counters(),
        }

    def answer(self, request: Request) -> Answer:
        """Do what is asked, or say in one sentence why not."""
        host = request.headers.get("host", "").rpartition(":")[0]
        kind = request.headers.get("content-type", "").partition(";")[0]
        if host not in LOOPBACK or (request.method != "GET" and kind != "application/json"):
            return _said(403, {"error": "Only JSON requests to the loopback address are answered."})
        deed = self._deeds.get(f"{request.method} {request.path.removeprefix('/_simulator/')}")
        if deed is None:
            return _said(404, {"error": "There is no such deed; see docs/stripe-simulator.md."})
        try:
            return _said(200, deed(_asked(request)))
        except ReplyLostError:
            return Answer(200, drop=True)
        except (FaultError, ValueError) as error:
            return _said(400, {"error": str(error)})
        except ApiError as error:
            return _said(error.status, {"error": str(error)})

    def _clock(self) -> Values:
        return {"now": self._store.now_ms() // 1_000, "now_ms": self._store.now_ms()}

    def _advance(self, asked: Values) -> Values:
        seconds = _whole(asked, "advance_seconds", ADVANCE_SECONDS_MAX)
        self._store.advance(seconds * 1_000)
        with self._store.transaction() as books:
            sweep.expired(Call(books, self._api.announcer, self._api.base_url))
        self._courier.wake()
        return self._clock()

    def _add_webhook_fault(self, asked: Values) -> Values:
        with self._store.transaction() as books:
            return {"id": self._webhook_faults.add(books, asked).id}

    def _clear_webhook_faults(self, asked: Values) -> Values:
        with self._store.transaction() as books:
            return {"cleared": self._webhook_faults.clear(books, asked.get("id", ""))}

    def _deliveries(self, asked: Values) -> Values:
        with self._store.transaction() as books:
            rows = books.connection.execute(
                "select * from deliveries where seq > ? order by seq limit ?",
                (_after(asked), ROWS_MAX),
            ).fetchall()
            states = books.connection.execute(
                "select state, count(*) from deliveries group by state"
            ).fetchall()
        return {"rows": [dict(row) for row in rows], "states": dict(map(tuple, states))}

    def _release(self, asked: Values) -> Values:
        """Let withheld deliveries go, in the order asked for; one millisecond apart."""
        order = asked.get("order", "as_made")
        if order not in {"as_made", "reversed", "shuffled"}:
            message = "order must be as_made, reversed or shuffled."
            raise ValueError(message)
        types, seed = asked.get("types", []), _whole(asked, "seed", 2**63)
        with self._store.transaction() as books:
            found = books.connection.execute(
                "select seq, type from deliveries where state='withheld' order by seq"
            )
            rows = [row["seq"] for row in found if not types or row["type"] in types]
            if order == "reversed":
                rows.reverse()
            elif order == "shuffled":
                rows.sort(key=lambda row: draw(seed, row, 2**62))
            books.connection.executemany(
                "update deliveries set state='pending', due_ms=? where seq=?",
                [(books.now_ms + place, row) for place, row in enumerate(rows)],
            )
        self._courier.wake()
        return {"released": len(rows)}

    def _redeliver(self, asked: Values) -> Values:
        """Deliver an event again, to every endpoint that had it, as often as asked."""
        copies = _whole(asked, "times", COPIES_MAX, otherwise=1)
        with self._store.transaction() as books:
            event = books.get("event", str(asked.get("event", "")))
            endpoints = books.connection.execute(
                "select distinct endpoint from deliveries where event=?", (event["id"],)
            ).fetchall()
            for row in endpoints * copies:
                self._api.announcer.queue(books, event["id"], event["type"], row["endpoint"])
        return {"queued": len(endpoints) * copies}

    def _pay(self, asked: Values) -> Values:
        """Pay a session in a buyer's place; by default the holder approves if the bank asks."""
        entry = Entry(
            number=str(asked.get("card", "4242424242424242")),
            exp_month=12,
            exp_year=34,
            cvc="123",
            name=str(asked.get("name", "Camille Martin")),
            email=str(asked.get("email", "camille@example.com")),
            shipping=str(asked.get("shipping", "")),
        )
        wish = asked.get("authentication", "approve")
        if wish not in {"approve", "deny", "leave"}:
            message = "authentication must be approve, deny or leave."
            raise ValueError(message)
        name = str(asked.get("session", ""))
        sale = self._till.pay(name, entry)
        if sale.result == Result.NEEDS_AUTHENTICATION and wish != "leave":
            sale = self._till.authenticate(name, approve=wish == "approve")
        if sale.drop:
            raise ReplyLostError
        return _told(sale)

    def _dispute(self, asked: Values) -> Values:
        """Ask for a payment's money back in its bank's place."""
        with self._store.transaction() as books:
            return disputes.opened(
                Call(books, self._api.announcer, self._api.base_url),
                str(asked.get("intent", "")),
                amount=_whole(asked, "amount", AMOUNT_MAX),
                reason=str(asked.get("reason", "fraudulent")),
                inquiry=bool(asked.get("inquiry")),
            )

    def _decide(self, asked: Values) -> Values:
        with self._store.transaction() as books:
            return disputes.decided(
                Call(books, self._api.announcer, self._api.base_url),
                str(asked.get("dispute", "")),
                str(asked.get("status", "")),
            )

    def _limits(self, asked: Values) -> Values:
        limiter = self._api.limiter
        rates = limiter.rates
        endpoint = _whole(asked, "endpoint", RATE_MAX, otherwise=rates.endpoint)
        overall = _whole(asked, "overall", RATE_MAX, otherwise=rates.overall)
        limiter.rates = Rates(endpoint, overall)
        limiter.on = bool(asked.get("on", limiter.on))
        return {"on": limiter.on, "endpoint": endpoint, "overall": overall}

    def _objects(self, asked: Values) -> Values:
        """The books themselves, private fields left out: the independent record."""
        kinds = str(asked.get("object", "")).split(",") if asked.get("object") else []
        among = f" and object in ({', '.join('?' * len(kinds))})" if kinds else ""
        with self._store.transaction() as books:
            rows = books.connection.execute(
                f"select seq, body from objects where seq > ?{among} order by seq limit ?",  # noqa: S608  # marks only
                (_after(asked), *kinds, ROWS_MAX),
            ).fetchall()
        plain = self._api.announcer.dresser.plain
        shown = [plain(read(row["body"])) for row in rows]
        return {"rows": shown, "after": rows[-1]["seq"] if rows else None}

    def _requests(self, asked: Values) -> Values:
        with self._store.transaction() as books:
            rows = books.connection.execute(
                "select * from requests where seq > ? order by seq limit ?",
                (_after(asked), ROWS_MAX),
            ).fetchall()
        shown = [{**dict(row), "params": json.loads(row["params"])} for row in rows]
        return {"rows": shown, "after": rows[-1]["seq"] if rows else None}

    def _counters(self) -> Values:
        """How often each endpoint was asked, and how often it said 429."""
        with self._store.transaction() as books:
            rows = books.connection.execute(
                "select operation, status, count(*) as times from requests"
                " group by operation, status"
            ).fetchall()
        endpoints: dict[str, Counter[str]] = {}
        for row in rows:
            counter = endpoints.setdefault(row["operation"] or "(refused at the door)", Counter())
            counter["requests"] += row["times"]
            counter[str(row["status"])] += row["times"]
        return {"endpoints": {name: dict(counter) for name, counter in endpoints.items()}}


def _told(sale: Sale) -> Values:
    error: Record = sale.error or {}
    intent = sale.intent or {}
    return {
        "result": sale.result,
        "session": sale.session["id"],
        "intent": intent.get("id"),
        "code": error.get("code"),
        "decline_code": error.get("decline_code"),
    }


def _asked(request: Request) -> Values:
    if request.method == "GET":
        return {name: values[-1] for name, values in parse_qs(request.query).items()}
    asked = json.loads(request.body or b"{}")
    if not isinstance(asked, dict):
        message = "The request must be a JSON object."
        raise ValueError(message)  # noqa: TRY004  # the person's mistake, not the program's
    return asked


def _whole(asked: Values, name: str, maximum: int, *, otherwise: int = 0) -> int:
    value = asked.get(name, otherwise)
    if type(value) is not int or not 0 <= value <= maximum:
        message = f"{name} must be a whole number from 0 to {maximum}."
        raise ValueError(message)
    return value


def _after(asked: Values) -> int:
    after = str(asked.get("after", "0"))
    if not after.isdecimal():
        message = "after must be a whole number."
        raise ValueError(message)
    return int(after)


def _said(status: int, body: Any) -> Answer:  # noqa: ANN401  # a JSON value
    return Answer(status, json.dumps(body).encode(), {"Content-Type": "application/json"})
