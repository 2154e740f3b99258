"""What a shop and its buyers do, with believable defaults; used by the tests of the simulator."""

from __future__ import annotations

import http.client
import threading
import time
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import urlencode, urlsplit

import stripe

from marketplace.local.stripe.driver import API_KEY, WEBHOOK_SECRET

SUCCESS_URL = "https://shop.example/paid?session={CHECKOUT_SESSION_ID}"
CANCEL_URL = "https://shop.example/bag"
NO_REDIRECTS = {"enabled": True, "allow_redirects": "never"}

SUCCEEDS = "4242424242424242"
DECLINES = "4000000000000002"
NO_FUNDS = "4000000000009995"
ASKS_UNLESS_SET_UP = "4000002500003155"
ASKS_ALWAYS = "4000000000003220"


def client(url: str, *, key: str = API_KEY, retries: int = 0) -> stripe.StripeClient:
    return stripe.StripeClient(key, base_addresses={"api": url}, max_network_retries=retries)


def order(**changes: Any) -> dict[str, Any]:
    """What the shop asks of Stripe for one order of 98.00 €."""
    return {
        "mode": "payment",
        "success_url": SUCCESS_URL,
        "cancel_url": CANCEL_URL,
        "customer_email": "camille@example.com",
        "client_reference_id": "order-1",
        "line_items": [item("Wool coat", 4_900, quantity=2)],
        "metadata": {"order": "1"},
        "payment_intent_data": {"metadata": {"order": "1"}},
        **changes,
    }


def item(name: str, amount: int, *, quantity: int = 1, currency: str = "eur") -> dict[str, Any]:
    price = {"currency": currency, "unit_amount": amount, "product_data": {"name": name}}
    return {"price_data": price, "quantity": quantity}


def charge(amount: int = 9_800, card: str = "pm_card_visa", **changes: Any) -> dict[str, Any]:
    """A payment intent confirmed at once."""
    return {
        "amount": amount,
        "currency": "eur",
        "payment_method": card,
        "confirm": True,
        "automatic_payment_methods": NO_REDIRECTS,
        **changes,
    }


@dataclass
class Page:
    status: int
    text: str
    headers: dict[str, str]


def browse(url: str, form: dict[str, str] | None = None, **headers: str) -> Page:
    """What a browser without JavaScript gets; redirects are looked at, not followed."""
    parts = urlsplit(url)
    connection = http.client.HTTPConnection(parts.netloc, timeout=10)
    try:
        path = parts.path + (f"?{parts.query}" if parts.query else "")
        sent = {name.replace("_", "-"): value for name, value in headers.items()}
        if form is None:
            connection.request("GET", path, headers=sent)
        else:
            sent["Content-Type"] = "application/x-www-form-urlencoded"
            connection.request("POST", path, urlencode(form), sent)
        answer = connection.getresponse()
        text = answer.read().decode()
        return Page(answer.status, text, {k.lower(): v for k, v in answer.getheaders()})
    finally:
        connection.close()


def card_form(number: str = SUCCEEDS, **changes: str) -> dict[str, str]:
    form = {"number": number, "expiry": "12/34", "cvc": "123", "name": "Camille Martin"}
    return {**form, **changes}


@dataclass
class Inbox:
    """A webhook endpoint: takes what comes, and answers as it was told to."""

    url: str = ""
    answers: list[int] = field(default_factory=list)
    got: list[tuple[bytes, str]] = field(default_factory=list)
    arrived: threading.Condition = field(default_factory=threading.Condition)
    reached: threading.Event = field(default_factory=threading.Event)
    """Something has been read here, answered or not."""

    def wait_for(self, count: int, *, seconds: int = 5) -> list[dict[str, Any]]:
        """The events of the first ``count`` deliveries, signatures checked."""
        with self.arrived:
            came = self.arrived.wait_for(lambda: len(self.got) >= count, seconds)
            assert came, f"{len(self.got)} of {count} webhooks came"
            return [opened(body, signature) for body, signature in self.got]

    def types(self, count: int) -> list[str]:
        return [event["type"] for event in self.wait_for(count)]

    def stays_at(self, count: int, *, milliseconds: int = 300) -> None:
        """Nothing more comes for a moment."""
        with self.arrived:
            more = self.arrived.wait_for(lambda: len(self.got) > count, milliseconds / 1_000)
            assert not more, [opened(*each)["type"] for each in self.got]

    def forget(self) -> None:
        with self.arrived:
            self.got.clear()
            self.answers.clear()
            self.reached.clear()


def opened(body: bytes, signature: str) -> dict[str, Any]:
    event = stripe.Webhook.construct_event(body, signature, WEBHOOK_SECRET)
    return event.to_dict()


class Listener(ThreadingHTTPServer):
    daemon_threads = True

    def __init__(self, inbox: Inbox) -> None:
        self.inbox = inbox
        super().__init__(("127.0.0.1", 0), _Post)
        inbox.url = f"http://127.0.0.1:{self.server_address[1]}/stripe"


class _Post(BaseHTTPRequestHandler):
    def do_POST(self) -> None:
        inbox = self.server.inbox
        body = self.rfile.read(int(self.headers["Content-Length"]))
        inbox.reached.set()
        with inbox.arrived:
            status = inbox.answers.pop(0) if inbox.answers else 200
            inbox.got.append((body, self.headers["Stripe-Signature"]))
            inbox.arrived.notify_all()
        self.send_response(status)
        self.send_header("Content-Length", "0")
        self.end_headers()

    def log_message(self, *_args: object) -> None:
        pass


def until(true: Any, *, seconds: int = 5) -> None:
    """Wait for what another process is about to do."""
    end = time.monotonic() + seconds
    while not true():
        assert time.monotonic() < end, "it did not happen"
        time.sleep(0.02)


def together(*deeds: Any) -> list[Any]:
    """Run all deeds at the same moment; their answers or exceptions, in order."""
    barrier = threading.Barrier(len(deeds))
    results: list[Any] = [None] * len(deeds)

    def run(place: int, deed: Any) -> None:
        barrier.wait()
        try:
            results[place] = deed()
        except Exception as error:  # noqa: BLE001  # a result like any other
            results[place] = error

    threads = [threading.Thread(target=run, args=each) for each in enumerate(deeds)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return results
