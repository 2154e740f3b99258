"""What the lines of the bench rest on: nobody is left out, and what failed is counted. No time is asserted."""

from __future__ import annotations

import asyncio
from concurrent.futures import ThreadPoolExecutor

from tests.benchmarks import __main__ as bench
from tests.benchmarks import driver, opening, whole
from tests.benchmarks.driver import Met
from tests.benchmarks.opening import Away
from tests.chaos import browser
from tests.chaos.browser import Answer

NAMES = {
    *(
        "sale_page",
        "hold_hot",
        "hold_refused",
        "hold_spread",
        "order_completion",
        "orders_ungated",
        "order_now",
    ),
    *("orders_gated", "exact_stock", "opening_lateness", "doors_open", "live_channel"),
    *("import_50k", "growth", "sale_seen", "empty_view"),
}


def test_every_line_can_be_asked_for_by_its_name():
    assert set(bench.KNOWN) == NAMES


async def _server(answers):
    """A server that gives the next answer to each request, and hangs up where there is none."""

    async def serve(read, write):
        while await read.readline():
            while (await read.readline()).strip():
                pass
            status = next(answers)
            if status:
                write.write(f"HTTP/1.1 {status} -\r\nContent-Length: 2\r\n\r\nok".encode())
                await write.drain()
            else:
                break
        write.close()

    return await asyncio.start_server(serve, "127.0.0.1", 0)


def _met(statuses, number, connections):
    async def course():
        server, met = await _server(iter(statuses)), Met()
        url = f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}"

        async def ask(line, _):
            met.note(await line.ask(browser.request(url, "", None, "text/html")), 0.0)

        await driver.each(url, range(number), ask, connections=connections)
        server.close()
        return met

    with ThreadPoolExecutor(1) as alone:
        return alone.submit(asyncio.run, course()).result()


def test_everybody_is_served_once_however_many_ask_at_once():
    met = _met([200] * 40, number=40, connections=8)

    assert met.statuses == {200: 40}
    assert met.failed() == 0


def test_whoever_is_hung_up_on_or_sent_away_is_counted():
    met = _met([200, 0, 503, 429, 200, 409], number=6, connections=1)

    assert met.statuses == {200: 2, 0: 1, 503: 1, 429: 1, 409: 1}
    assert met.failed() == 3


def test_the_driver_tells_its_own_share_of_a_core():
    async def nothing():
        return "done"

    came, share = driver.run(nothing)

    assert came == "done"
    assert share >= 0


def test_percentiles_are_of_what_was_met():
    assert driver.percentile([], 0.99) == 0
    assert driver.percentile(list(range(100)), 0.5) == 50
    assert driver.percentile([3.0, 1.0, 2.0], 0.99) == 3.0
    assert driver.middle([5, 1, 9], lambda each: each) == 5


def test_an_opening_while_the_store_is_away_is_due_when_it_accepts_again():
    away = (Away(10.0, 14.0),)

    assert opening._accepted(9.9, away) == 9.9
    assert opening._accepted(12.0, away) == 14.0
    assert opening._accepted(14.0, away) == 14.0


def test_a_share_of_the_people_tries_a_line(monkeypatch):
    monkeypatch.setenv(whole.SHARE_VARIABLE, "5")

    assert whole.share(2_000) == 100
    assert whole.share(10) == 4


def test_a_status_of_nothing_is_no_answer():
    met = Met()
    met.note(Answer(), 1.0)

    assert (met.failed(), met.seconds) == (1, [1.0])
