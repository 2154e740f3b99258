"""Buyers from the hold to the paid order, with the payment service between: as fast as it goes, and as fast as it may.

Ungated, the account is permitted a thousand calls a second, and beside it stands the simulator driven alone. Gated,
the simulator enforces Stripe's own limits, and everybody comes at once; the permitted rate stands beside it.
"""

from __future__ import annotations

import asyncio
import random
import re
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from marketplace.config import PACE_MAX
from marketplace.local.stripe import limits
from marketplace.local.stripe.driver import API_KEY, Simulator
from tests import factories
from tests.benchmarks import driver, whole
from tests.benchmarks.driver import Met
from tests.benchmarks.lines import Line
from tests.benchmarks.whole import Watch, Whole
from tests.chaos import browser
from tests.chaos.browser import Answer
from tests.chaos.crowd import ADDRESS, GOOD_CARD
from tests.chaos.scene import Member

UNGATED_FLOOR, GATED_FLOOR = 100, 0.95
BUYERS, WARM_BUYERS, GATED_BUYERS, ALONE = 1_500, 40, 1_500, 1_000
TIMES = 3
AT_ONCE = 32
PIECES = 20
UNITS = 1_000_000
SECONDS_MAX = 240.0
LOOK_AGAIN_SECONDS = (2.0, 3.0)
NEARLY_OVER = "2 minutes"
"""What is left of the holds of all who wait when the wait begins: shorter than the wait of most."""
UNGATED = {
    "STRIPE_ENDPOINT_PER_SECOND": str(PACE_MAX),
    "STRIPE_OVERALL_PER_SECOND": str(PACE_MAX),
    "SIMULATOR_LIMITS": "0",
}
SEE_OTHER = 303
OPENS = "POST /v1/checkout/sessions"
_SESSION = re.compile(r"/c/pay/(cs_[A-Za-z0-9_]+)")
_REF = re.compile(r"/orders/([A-Za-z0-9]+)/turn")


@dataclass
class Street:
    """Where everybody is, what is offered, and what they met."""

    there: Whole
    sale: str
    items: tuple[int, ...]
    dice: random.Random
    met: Met = field(default_factory=Met)
    seconds: list[float] = field(default_factory=list)
    waited: int = 0

    async def buy(self, line: driver.Line, who: Member, pay: driver.Line) -> None:
        """Hold, order and pay; a step that is not answered as is due is the last one, and the order is missing."""
        begun = time.monotonic()
        form = {"item": self.dice.choice(self.items), "units": 1, "style": 1}
        key = {
            "key": f"{self.dice.getrandbits(32):08x}-0000-4000-8000-{self.dice.getrandbits(48):012x}"
        }
        path = f"/sales/{self.sale}/holds"
        held = await self._post(line, who, path, {**form, **key}, accept="application/json")
        if held.status != 201:
            return
        session = await self._session(line, who)
        if session and await self._paid(pay, session):
            self.seconds.append(time.monotonic() - begun)

    async def _session(self, line: driver.Line, who: Member) -> str:
        """The page on which it is paid; whoever is told to wait looks again, as the page does."""
        sent = await self._post(line, who, "/checkout", ADDRESS)
        waits = _REF.search(sent.location)
        self.waited += waits is not None
        while waits is not None:
            await asyncio.sleep(self.dice.uniform(*LOOK_AGAIN_SECONDS))
            url = f"{self.there.web}/orders/{waits[1]}/turn"
            sent = await self._ask(line, browser.request(url, who.cookie, None, "text/html"))
            if sent.status != 200:
                break
        found = _SESSION.search(sent.location)
        return found[1] if found else ""

    async def _paid(self, pay: driver.Line, session: str) -> bool:
        answer = await pay.ask(paying(pay.url, session))
        return answer.status == SEE_OTHER

    async def _post(
        self,
        line: driver.Line,
        who: Member,
        path: str,
        form: dict[str, object],
        accept: str = "text/html",
    ) -> Answer:
        filled = {name: str(each) for name, each in form.items()} | {"csrf_token": who.token}
        url = f"{self.there.web}{path}"
        return await self._ask(line, browser.request(url, who.cookie, filled, accept))

    async def _ask(self, line: driver.Line, request: bytes) -> Answer:
        begun = time.monotonic()
        return self.met.note(await line.ask(request), time.monotonic() - begun)


def paying(url: str, session: str) -> bytes:
    """The form of the payment service's page, filled in."""
    card = {
        "number": GOOD_CARD,
        "expiry": "12/34",
        "cvc": "123",
        "name": "Camille",
        "email": "c@d.fr",
    }
    return browser.request(f"{url}/c/pay/{session}", "", card, "text/html")


def orders_ungated(seed: int) -> Iterator[Line]:
    """From the hold to the paid order, for buyers who come as fast as they are served."""
    with whole.opened(seed=seed, **UNGATED) as there:
        size = whole.share(BUYERS)
        members = iter(there.invite(size * TIMES + WARM_BUYERS))
        offered = _sale(there)
        _bought(there, offered, [next(members) for _ in range(WARM_BUYERS)])
        runs = []
        for _ in range(TIMES):
            with Watch({"stripe": there.house.pids()["stripe"]}) as watch:
                run = _bought(there, offered, [next(members) for _ in range(size)])
            runs.append((run, watch.shares["stripe"]))
        broken = len(there.house.broken())
        alone, used, own = _alone(there)
    (chosen, share) = driver.middle(runs, lambda each: each[0].per_second)
    failures = sum(run.failures for run, _ in runs) + broken
    said = f"the simulator alone ({used} of a core, its driver {own}; beside the house {share}, {chosen.driver})"
    yield Line(
        name="orders_ungated",
        value=round(chosen.per_second, 1),
        unit="orders/s",
        p50_ms=round(driver.percentile(chosen.seconds, 0.5) * 1_000, 1),
        p99_ms=round(driver.percentile(chosen.seconds, 0.99) * 1_000, 1),
        failures=failures,
        limit_name=said,
        limit_value=round(alone, 1),
        ratio=round(chosen.per_second / alone, 3),
        floor=round(UNGATED_FLOOR / alone, 3),
        ok=chosen.per_second >= UNGATED_FLOOR and not failures,
    )


@dataclass(frozen=True)
class Bought:
    """One run: paid orders a second from the first hold to the last paid order."""

    per_second: float
    seconds: Sequence[float]
    failures: int
    driver: float


def _bought(
    there: Whole, offered: tuple[str, tuple[int, ...]], members: Sequence[Member]
) -> Bought:
    street = Street(there, *offered, there.random)
    before = there.count(PAID)
    begun = time.monotonic()
    _came, own = driver.run(lambda: _all_buy(street, members, at_once=AT_ONCE))
    paid = there.until(PAID, before + len(members), seconds_max=SECONDS_MAX) - before
    took = time.monotonic() - begun
    missing = len(members) - paid
    return Bought(paid / took, street.seconds, missing + street.met.failed(), own)


PAID = "SELECT count(*) FROM orders WHERE state = 'paid'"


async def _all_buy(street: Street, members: Sequence[Member], *, at_once: int) -> None:
    url = street.there.simulator.url

    async def one(line: driver.Line, who: Member) -> None:
        pay = driver.Line(url)
        await street.buy(line, who, pay)
        pay.hang_up()

    await driver.each(street.there.web, members, one, connections=at_once)


def _sale(there: Whole) -> tuple[str, tuple[int, ...]]:
    with there.house.session() as session:
        sale, items = factories.open_sale(session, units=UNITS, items=PIECES)
        return sale.ref, tuple(each.id for each in items)


def _alone(there: Whole) -> tuple[float, float, float]:
    """Sessions opened and paid a second at a simulator with nobody behind it; its share of a core, the driver's."""
    folder = Path(there.house.folder) / "alone"
    folder.mkdir()
    with Simulator.started(folder, limits=False) as simulator:
        assert simulator.process is not None, "it was started here"
        number = whole.share(ALONE)
        with Watch({"stripe": simulator.process.pid}) as watch:
            done, own = driver.run(lambda: _opened_and_paid(simulator.url, number))
        assert done == number, f"{done} of {number} sessions were paid"
    return number / watch.seconds, watch.shares["stripe"], own


async def _opened_and_paid(url: str, number: int) -> int:
    done = 0

    async def one(line: driver.Line, which: int) -> None:
        nonlocal done
        session = _SESSION.search((await line.ask(_opening(url, which))).text)
        if session and (await line.ask(paying(url, session[1]))).status == SEE_OTHER:
            done += 1

    await driver.each(url, range(number), one, connections=AT_ONCE)
    return done


def _opening(url: str, which: int) -> bytes:
    form = {
        "mode": "payment",
        "success_url": "http://localhost/",
        "line_items[0][quantity]": "1",
        "line_items[0][price_data][currency]": "eur",
        "line_items[0][price_data][unit_amount]": "6000",
        "line_items[0][price_data][product_data][name]": "Manteau",
        "metadata[payment_key]": f"alone-{which}",
    }
    asked = browser.request(f"{url}/v1/checkout/sessions", "", form, "application/json")
    key = f"Authorization: Bearer {API_KEY}\r\nIdempotency-Key: alone-{which}\r\n".encode()
    return asked.replace(b"Accept: ", key + b"Accept: ", 1)


def orders_gated(seed: int) -> Iterator[Line]:
    """Everybody orders at once under Stripe's limits: nobody is refused there, no hold ends in the wait for it."""
    with whole.opened(seed=seed) as there:
        members = there.invite(whole.share(GATED_BUYERS))
        street = Street(there, *_sale(there), there.random)
        begun = time.monotonic()
        _came, own = driver.run(lambda: _all_wait(street, members))
        paid = there.until(PAID, len(members), seconds_max=SECONDS_MAX)
        lost = there.count(
            "SELECT count(*) FROM order_lines l JOIN holds h ON h.id = l.hold_id WHERE h.state NOT IN ('held', 'sold')"
        )
        refused = sum(each.get("429", 0) for each in there.simulator.counters().values())
        broken = len(there.house.broken())
        rate, permitted = _rate(there)
    took = time.monotonic() - begun
    failures = len(members) - paid + lost + refused + broken + street.met.failed()
    ratio = rate / permitted
    told = f"permitted calls ({street.waited} waited, {lost} holds lost, {refused} times 429, driver {own})"
    yield Line(
        name="orders_gated",
        value=round(rate, 2),
        unit="checkouts/s",
        p50_ms=round(driver.percentile(street.seconds, 0.5) * 1_000, 1),
        p99_ms=round(driver.percentile(street.seconds, 0.99) * 1_000, 1),
        failures=failures,
        limit_name=f"{told}, {took:.0f} s",
        limit_value=permitted,
        ratio=round(ratio, 3),
        floor=GATED_FLOOR,
        ok=ratio >= GATED_FLOOR and not failures,
    )


async def _all_wait(street: Street, members: Sequence[Member]) -> None:
    """Everybody at once; meanwhile the holds of those who wait are made to be nearly over."""
    shortened = asyncio.create_task(asyncio.to_thread(_shorten, street.there, len(members)))
    await _all_buy(street, members, at_once=len(members))
    await shortened


def _shorten(there: Whole, number: int) -> None:
    there.until("SELECT count(*) FROM payments", number, seconds_max=SECONDS_MAX)
    with there.house.owner.begin() as connection:
        connection.exec_driver_sql(
            f"UPDATE holds SET expires_at = house_now() + interval '{NEARLY_OVER}' WHERE state = 'held'"
        )


def _rate(there: Whole) -> tuple[float, float]:
    """Checkouts opened a second while somebody waited, and how many the payment service permits."""
    opened = sorted(
        each["at_ms"] / 1_000
        for each in there.simulator.requests()
        if each["operation"] == OPENS and each["status"] == 200
    )
    assert len(opened) > 1, "nobody came to the payment service"
    return (len(opened) - 1) / (opened[-1] - opened[0]), float(limits.ENDPOINT_PER_SECOND)
