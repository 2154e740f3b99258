"""The live channel as an open page meets it: who may listen, what is told and when."""

from __future__ import annotations

import asyncio
import json
from concurrent.futures import ThreadPoolExecutor
from contextlib import asynccontextmanager
from datetime import timedelta

import pytest
from sqlalchemy import event as listening

from marketplace.bootstrap import heard
from marketplace.db import clock as house_clock
from marketplace.db.accounts import Account, begin_session
from marketplace.domain.doors import Door, Realm
from marketplace.live import channel as live
from marketplace.live.channel import Channel
from marketplace.services import holds
from marketplace.web import places
from tests import factories

PATIENCE_SECONDS = 3


def carried_out(visit):
    """What ``visit`` comes to, in a loop of its own: a browser of the same process may have left one behind."""
    with ThreadPoolExecutor(1) as beside:
        return beside.submit(asyncio.run, visit).result()


class Page:
    """An open page: sends its request, keeps what it is told."""

    def __init__(self, app, path, *, cookie="", origin="http://localhost:8000", method="GET"):
        headers = [(b"cookie", cookie.encode())]
        if origin:
            headers.append((b"origin", origin.encode()))
        self.scope = {"type": "http", "method": method, "path": path, "headers": headers}
        self.app = app
        self.status = None
        self.headers = {}
        self.ended = False
        self._closed = asyncio.Event()
        self._said = asyncio.Queue()

    async def run(self):
        await self.app(self.scope, self._receive, self._send)
        self.ended = True
        await self._said.put("")

    async def _receive(self):
        await self._closed.wait()
        return {"type": "http.disconnect"}

    async def _send(self, message):
        if message["type"] == "http.response.start":
            self.status = message["status"]
            self.headers = {name.decode(): value.decode() for name, value in message["headers"]}
        else:
            await self._said.put(message["body"].decode())

    def close(self):
        self._closed.set()

    async def next(self, event="stock"):
        """The data of the next event of that name."""
        async with asyncio.timeout(PATIENCE_SECONDS):
            while True:
                said = await self._said.get()
                for part in said.split("\n\n"):
                    if part.startswith(f"event: {event}\n"):
                        return json.loads(part.partition("data: ")[2])


async def silence():
    """A Valkey that never tells anything."""
    await asyncio.Event().wait()
    yield 0


@pytest.fixture
def app(settings, tools):
    """The channel without Valkey: it looks by the clock."""
    return Channel(settings, tools, silence)


@asynccontextmanager
async def opened(app, *asked, **more):
    """Pages that are open for the length of the block."""
    pages = [Page(app, path, **{**more, **extra}) for path, extra in asked]
    tasks = [asyncio.create_task(page.run()) for page in pages]
    try:
        yield pages if len(pages) > 1 else pages[0]
    finally:
        for page in pages:
            page.close()
        await asyncio.wait_for(asyncio.gather(*tasks), PATIENCE_SECONDS)
        await asyncio.wait_for(asyncio.gather(*app._tasks), PATIENCE_SECONDS)


@pytest.fixture
def cookie_of(tools, settings):
    """The cookie of an account that is signed in."""

    def make(account_id, realm=Realm.MEMBER):
        with tools.at_door(Door.HALLWAY).transaction() as session:
            account = session.get_one(Account, account_id)
            at = house_clock.now(session)
            begun = begin_session(session, account, at=at, second_factor_at=at)
        return f"{places.cookie_of(places.of_realm(realm), settings)}={begun.reference}"

    return make


@pytest.fixture
def scene(database, cookie_of):
    """An open sale of one item with two units, a member and their cookie."""
    with database.session() as session:
        sale, (item,) = factories.open_sale(session, units=2)
        member = factories.member(session)
    return sale, item, member, cookie_of(member.account_id)


def held(database, member, item):
    """The member takes a unit."""
    with database.session() as session:
        return factories.hold(session, by=member, on=item)


def test_a_page_is_told_everything_first_and_then_what_changes(database, app, tools, scene):
    sale, item, member, cookie = scene

    async def visit():
        async with opened(app, (f"/live/sales/{sale.ref}", {}), cookie=cookie) as page:
            first = await page.next()
            hold_id = await asyncio.to_thread(held, database, member, item)
            with database.session() as session:
                other = factories.member(session)
            await asyncio.to_thread(held, database, other, item)
            gone = await page.next()
            await asyncio.to_thread(holds.release, tools, member_id=member.id, hold_ids=[hold_id])
            return page, first, gone, await page.next()

    page, first, gone, back = carried_out(visit())
    style = f"style-{database.value('SELECT id FROM styles')}"
    assert page.status == 200
    assert page.headers["content-type"] == "text/event-stream; charset=utf-8"
    assert page.headers["access-control-allow-origin"] == "http://localhost:8000"
    assert page.headers["access-control-allow-credentials"] == "true"
    assert first == {"phase": "open", f"item-{item.id}": "few", style: "few"}
    assert gone == {f"item-{item.id}": "held", style: "held"}
    assert back == {f"item-{item.id}": "few", style: "few"}


def test_a_lapsed_hold_is_told_though_nobody_wrote_anything(database, app, clock, scene):
    sale, item, member, cookie = scene
    with database.session() as session:
        other = factories.member(session)
    held(database, member, item)
    held(database, other, item)

    async def visit():
        async with opened(app, (f"/live/sales/{sale.ref}", {}), cookie=cookie) as page:
            before = await page.next()
            clock.turn(minutes=10)
            return before, await page.next()

    before, after = carried_out(visit())
    assert before[f"item-{item.id}"] == "held"
    assert after[f"item-{item.id}"] == "few"


@pytest.mark.parametrize(
    ("change", "event", "phase"),
    [
        ("UPDATE sales SET state = 'paused'", "paused", "paused"),
        ("UPDATE sales SET closes_at = house_now()", "closed", "closed"),
    ],
)
def test_pausing_and_closing_are_told_by_name(database, app, scene, change, event, phase):
    sale, _, _, cookie = scene

    async def visit():
        async with opened(app, (f"/live/sales/{sale.ref}", {}), cookie=cookie) as page:
            await page.next()
            database.run(change)
            await page.next(event)

    async def again():
        async with opened(app, (f"/live/sales/{sale.ref}", {}), cookie=cookie) as page:
            return await page.next()

    carried_out(visit())
    assert carried_out(again())["phase"] == phase


def test_an_opening_is_told_by_the_clock_alone(database, app, clock, cookie_of):
    with database.session() as session:
        sale, _ = factories.open_sale(session, opens_in=timedelta(minutes=5), units=9)
        member = factories.member(session)
    cookie = cookie_of(member.account_id)

    async def visit():
        async with opened(app, (f"/live/sales/{sale.ref}", {}), cookie=cookie) as page:
            before = await page.next()
            clock.turn(minutes=5)
            return before, await page.next("opened")

    before, _ = carried_out(visit())
    assert before == {"phase": "teaser"}


def test_a_word_through_valkey_is_heard_at_once(database, settings, tools, scene, monkeypatch):
    sale, item, _, cookie = scene
    monkeypatch.setattr("marketplace.live.rooms.LOOK_EVERY_SECONDS", 60)

    async def visit():
        app = Channel(settings, tools, lambda: heard(settings))
        listening = asyncio.create_task(app._listen())
        async with opened(app, (f"/live/sales/{sale.ref}", {}), cookie=cookie) as page:
            first = await page.next()
            database.run("UPDATE sale_items SET stopped_at = house_now()")
            telling = asyncio.create_task(tell_until_heard())
            changed = await page.next()
            telling.cancel()
        listening.cancel()
        return first, changed

    async def tell_until_heard():
        while True:
            await asyncio.to_thread(tools.announcer.sale_changed, sale.id)
            await asyncio.sleep(0.05)

    first, changed = carried_out(visit())
    assert first[f"item-{item.id}"] == "few"
    assert changed[f"item-{item.id}"] == "stopped"


def test_all_pages_of_a_sale_share_one_look(app, scene, statements_of_looks):
    sale, _, _, cookie = scene
    asked = [(f"/live/sales/{sale.ref}", {})] * 10

    async def visit():
        async with opened(app, *asked, cookie=cookie) as pages:
            return [await page.next() for page in pages]

    told = carried_out(visit())
    assert len({json.dumps(each) for each in told}) == 1
    assert len(statements_of_looks) <= 2


@pytest.fixture
def statements_of_looks(vault):
    """Each time that the shelves of a sale are looked at."""
    looks = []

    def note(_connection, _cursor, statement, *_):
        if "FROM sales s WHERE s.ref" in statement:
            looks.append(statement)

    listening.listen(vault.engine, "before_cursor_execute", note)
    return looks


def test_nobody_learns_what_there_is(app, scene, database, cookie_of):
    sale, _, _, cookie = scene
    with database.session() as session:
        announced_later, _ = factories.open_sale(session, opens_in=timedelta(days=9))
        person = factories.brand_user(session, of=factories.brand(session))
        kept_out = factories.member(session, mark=b"theirs")
        session.add(factories.SuppressedMark(brand_id=sale.brand_id, mark=b"theirs"))
    own_customer = cookie_of(kept_out.account_id)
    brand = cookie_of(person.account_id, Realm.BRAND)
    here, there = f"/live/sales/{sale.ref}", "/live/sales/nothing"
    asked = [
        (here, {}),
        (here, {"cookie": cookie.partition("=")[0] + "=made-up"}),
        (here, {"cookie": brand}),
        (here, {"cookie": own_customer}),
        (here, {"cookie": cookie, "origin": "https://elsewhere.example"}),
        (here, {"cookie": cookie, "method": "POST"}),
        (there, {"cookie": cookie}),
        (f"/live/sales/{announced_later.ref}", {"cookie": cookie}),
        (f"/live/brand/sales/{sale.ref}", {"cookie": cookie}),
        (f"/live/brand/sales/{sale.ref}", {"cookie": brand}),
        ("/live/sales/../../etc", {"cookie": cookie}),
        ("/", {"cookie": cookie}),
    ]

    async def visit():
        async with opened(app, *asked) as pages:
            return [(await page._said.get(), page.status, page.headers) for page in pages]

    answers = carried_out(visit())
    assert {(body, status) for body, status, _ in answers} == {("Not Found\n", 404)}
    assert app._rooms == {}
    assert app._opening == {}


def test_a_brands_page_is_told_that_its_figures_moved(database, app, scene, cookie_of):
    sale, item, member, _ = scene
    with database.session() as session:
        of = session.get_one(factories.Brand, sale.brand_id)
        person = factories.brand_user(session, of=of)
    cookie = cookie_of(person.account_id, Realm.BRAND)

    async def visit():
        async with opened(app, (f"/live/brand/sales/{sale.ref}", {}), cookie=cookie) as page:
            before = await page.next("figures")
            await asyncio.to_thread(held, database, member, item)
            return before, await page.next("figures")

    before, after = carried_out(visit())
    assert before["beat"].endswith(":0:0:0")
    assert after["beat"].endswith(":0:1:0")


def test_one_person_may_keep_only_so_many_pages_open(app, scene):
    sale, _, _, cookie = scene
    asked = [(f"/live/sales/{sale.ref}", {})] * (live.LISTENERS_OF_ONE_MAX + 1)

    async def visit():
        async with opened(app, *asked, cookie=cookie) as pages:
            for page in pages:
                await page._said.get()
            return sorted(page.status for page in pages), pages

    statuses, pages = carried_out(visit())
    assert statuses == [200] * live.LISTENERS_OF_ONE_MAX + [503]
    assert app._listening == {}
    assert [page.headers.get("retry-after") for page in pages if page.status == 503] == ["2"]


def test_when_the_last_page_closes_nobody_looks_any_more(app, scene):
    sale, _, _, cookie = scene

    async def visit():
        async with opened(app, (f"/live/sales/{sale.ref}", {}), cookie=cookie) as page:
            await page.next()

    carried_out(visit())
    assert (app._rooms, app._opening, app._tasks) == ({}, {}, set())


def test_a_quiet_sale_still_gives_signs_of_life(settings, tools, scene):
    sale, _, _, cookie = scene
    app = Channel(settings, tools, silence, heartbeat_seconds=0.05)

    async def visit():
        async with opened(app, (f"/live/sales/{sale.ref}", {}), cookie=cookie) as page:
            await page.next()
            return await asyncio.wait_for(page._said.get(), PATIENCE_SECONDS)

    assert carried_out(visit()) == ": here\n\n"


def test_a_stream_ends_by_itself_so_that_whoever_signed_out_stops_listening(
    settings, tools, scene, monkeypatch
):
    sale, _, _, cookie = scene
    monkeypatch.setattr(live, "LASTS_SECONDS", 0.1)
    app = Channel(settings, tools, silence, heartbeat_seconds=0.05)

    async def visit():
        page = Page(app, f"/live/sales/{sale.ref}", cookie=cookie)
        await asyncio.wait_for(page.run(), PATIENCE_SECONDS)
        await asyncio.gather(*app._tasks)
        return page.status

    assert carried_out(visit()) == 200


def test_the_process_starts_and_stops_as_its_server_asks(app):
    said = []
    asked = iter([{"type": "lifespan.startup"}, {"type": "lifespan.shutdown"}])

    async def receive():
        return next(asked)

    async def send(message):
        said.append(message["type"])

    carried_out(app({"type": "lifespan"}, receive, send))

    assert said == ["lifespan.startup.complete", "lifespan.shutdown.complete"]
