"""What all members see alike is found once a moment, and never outlives what it was true of."""

from __future__ import annotations

import re
import threading
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import timedelta

import pytest
from sqlalchemy import event

from marketplace.domain.sales import SaleState
from marketplace.storefront import sales, showcase
from marketplace.web import shells
from tests import factories

LONG_MS = 600_000


@pytest.fixture
def hung():
    """The members' door alone."""
    return ("marketplace.storefront",)


@pytest.fixture
def keeping(app):
    """An application that keeps what it found for as long as the test lasts."""
    app.config["SHOWCASE_KEPT_MS"] = LONG_MS


@pytest.fixture
def looks(vault):
    """Each look at the styles of a sale."""
    seen = []

    def note(_connection, _cursor, statement, *_):
        if "count(*) OVER () AS total" in statement:
            seen.append(statement)

    event.listen(vault.engine, "before_cursor_execute", note)
    return seen


def a_sale(database, **more):
    """A sale of one item with two units."""
    with database.session() as session:
        return factories.open_sale(session, units=2, **more)


@pytest.fixture
def members(database, member_client):
    """Browsers of as many members as are asked for."""

    def make(number):
        with database.session() as session:
            people = [factories.member(session) for _ in range(number)]
        return [member_client(each) for each in people]

    return make


def test_many_members_cost_one_look(database, keeping, members, looks):
    sale, _ = a_sale(database)

    pages = [client.get(f"/sales/{sale.ref}") for client in members(3)]

    assert [page.status_code for page in pages] == [200, 200, 200]
    assert len(looks) == 1


def test_each_size_and_language_has_its_own(database, keeping, members, looks):
    sale, _ = a_sale(database)
    (client,) = members(1)

    client.get(f"/sales/{sale.ref}")
    filtered = client.get(f"/sales/{sale.ref}?size=XXS")
    database.run("UPDATE accounts SET locale = 'fr'")
    french = client.get(f"/sales/{sale.ref}")

    assert "Knit" not in filtered.get_data(as_text=True)
    assert "60\xa0€" in french.get_data(as_text=True)
    assert len(looks) == 3


def test_what_is_kept_for_all_holds_nothing_of_one(database, keeping, members):
    sale, _ = a_sale(database)
    first, second = members(2)

    pages = [client.get(f"/sales/{sale.ref}").get_data(as_text=True) for client in (first, second)]

    tokens = [set(re.findall(r'name="csrf_token" value="([^"]+)"', page)) for page in pages]
    assert tokens[0]
    assert not tokens[0] & tokens[1]
    grids = [re.search(r'<div class="grid.*?</article>', page, re.DOTALL)[0] for page in pages]
    assert grids[0] == grids[1]


def test_at_the_opening_the_first_request_sees_it_open(database, clock, keeping, members, looks):
    sale, _ = a_sale(database, opens_in=timedelta(minutes=5))
    (client,) = members(1)
    before = client.get(f"/sales/{sale.ref}").get_data(as_text=True)
    clock.turn(minutes=5)

    after = client.get(f"/sales/{sale.ref}").get_data(as_text=True)

    assert "€60" not in before
    assert "€60" in after
    assert len(looks) == 1


def test_at_the_close_nothing_is_shown_any_more(database, clock, keeping, members):
    sale, _ = a_sale(database)
    (client,) = members(1)
    client.get(f"/sales/{sale.ref}")
    clock.set(sale.closes_at)

    assert "€60" not in client.get(f"/sales/{sale.ref}").get_data(as_text=True)


def test_what_is_old_is_found_anew(database, app, members, looks):
    sale, _ = a_sale(database)
    (client,) = members(1)
    client.get(f"/sales/{sale.ref}")
    database.run("UPDATE sales SET state = :state", state=SaleState.PAUSED)

    page = client.get(f"/sales/{sale.ref}").get_data(as_text=True)

    assert "This sale is paused" in page
    assert len(looks) == 2


def test_a_crowd_at_the_opening_costs_one_look(database, clock, keeping, members, looks):
    sale, _ = a_sale(database, opens_in=timedelta(minutes=5))
    clients = members(8)
    for client in clients:
        client.get(f"/sales/{sale.ref}")
    clock.turn(minutes=5)
    start = threading.Barrier(len(clients))

    def visit(client):
        start.wait()
        return client.get(f"/sales/{sale.ref}").get_data(as_text=True)

    with ThreadPoolExecutor(len(clients)) as pool:
        pages = list(pool.map(visit, clients))

    assert ["€60" in page for page in pages] == [True] * 8
    assert len(looks) == 1


def test_what_is_not_there_is_not_kept(database, keeping, members):
    sale, _ = a_sale(database, opens_in=timedelta(days=4))
    (client,) = members(1)

    assert client.get(f"/sales/{sale.ref}").status_code == 404
    database.run("UPDATE sales SET teaser_at = house_now()")

    assert client.get(f"/sales/{sale.ref}").status_code == 200


def forget(app):
    """Let what is kept be old from now on, without waiting for it."""
    app.config["SHOWCASE_KEPT_MS"] = 0


def test_whoever_asks_while_a_page_is_being_written_reads_what_was_there(
    database, app, keeping, members, monkeypatch
):
    sale, (item,) = a_sale(database)
    writer, reader, later = members(3)
    writer.get(f"/sales/{sale.ref}")
    begun, may_end = threading.Event(), threading.Event()
    write = shells.written

    def slowly(*given, **more):
        begun.set()
        assert may_end.wait(30)
        return write(*given, **more)

    monkeypatch.setattr(shells, "written", slowly)
    monkeypatch.setattr(showcase, "WRITTEN_WITHIN_MS", LONG_MS)
    with database.session() as session:
        factories.hold(session, by=factories.member(session), on=item, units=2)
    app.config["SHOWCASE_KEPT_MS"] = 0
    with ThreadPoolExecutor(1) as pool:
        new = pool.submit(writer.get, f"/sales/{sale.ref}")
        assert begun.wait(30)
        app.config["SHOWCASE_KEPT_MS"] = LONG_MS

        old = reader.get(f"/sales/{sale.ref}").get_data(as_text=True)
        may_end.set()
        pages = [new.result(), later.get(f"/sales/{sale.ref}")]

    told = [
        page.count("All in bags")
        for page in (old, *(each.get_data(as_text=True) for each in pages))
    ]
    assert told == [told[0], told[0] + 1, told[0] + 1]


def test_what_was_there_is_shown_no_longer_than_a_moment(database, app, keeping, members):
    sale, _ = a_sale(database)
    (client,) = members(1)
    client.get(f"/sales/{sale.ref}")
    (shown,) = (shown for key, shown in showcase.of(app)._shown.items() if key[0] == sale.ref)
    now = shown.page.header.window.opens_at
    (reader,) = shown.shells
    anew = replace(shown, before=shown, shells={}, _writing={reader: threading.Lock()})
    stale = replace(anew, before=replace(shown, found_ns=shown.found_ns - 60 * 10**9))

    assert anew.shell_ready(reader, now, LONG_MS) is shown.shells[reader]
    assert stale.shell_ready(reader, now, showcase.KEPT_MS) is None


def test_when_a_page_has_aged_the_first_is_sent_to_look_and_the_others_rely_on_it(
    database, app, keeping, members, monkeypatch
):
    sale, _ = a_sale(database)
    members(1)[0].get(f"/sales/{sale.ref}")
    case = showcase.of(app)
    case.kept_ms = showcase.KEPT_MS
    ((key, kept),) = (each for each in case._shown.items() if each[0][0] == sale.ref)
    at, found_ns = kept.page.header.window.opens_at, kept.found_ns

    def asked(*, after_ms):
        monkeypatch.setattr(showcase.time, "monotonic_ns", lambda: found_ns + after_ms * 1_000_000)
        return case.ready(key, at)

    assert asked(after_ms=399) is kept
    assert asked(after_ms=400) is None
    assert [asked(after_ms=each) for each in (400, 450, 499)] == [kept, kept, kept]
    assert asked(after_ms=500) is None
    assert asked(after_ms=510) is kept
    assert asked(after_ms=790) is None
    assert asked(after_ms=799) is kept
    assert asked(after_ms=800) is None
    assert asked(after_ms=899) is None


@pytest.fixture
def writings(monkeypatch):
    """Each time the cards of a sale are written."""
    seen = []
    write = sales._grid

    def noted(found, **more):
        seen.append(found.header.ref)
        return write(found, **more)

    monkeypatch.setattr(sales, "_grid", noted)
    return seen


def test_the_cards_are_written_once_while_their_words_stay_the_same(
    database, app, members, writings
):
    sale, (item,) = a_sale(database)
    (client,) = members(1)
    client.get(f"/sales/{sale.ref}")
    with database.session() as session:
        factories.hold(session, by=factories.member(session), on=item)
    forget(app)

    page = client.get(f"/sales/{sale.ref}").get_data(as_text=True)

    assert "Few left" in page
    assert writings == [sale.ref]


def test_the_cards_are_written_anew_when_a_word_on_them_changes(database, app, members, writings):
    sale, (item,) = a_sale(database)
    (client,) = members(1)
    client.get(f"/sales/{sale.ref}")
    with database.session() as session:
        factories.hold(session, by=factories.member(session), on=item, units=2)
    forget(app)

    page = client.get(f"/sales/{sale.ref}").get_data(as_text=True)

    assert "All in bags" in page
    assert writings == [sale.ref, sale.ref]


def test_a_crowd_writes_the_cards_once(database, keeping, members, writings):
    sale, _ = a_sale(database)
    clients = members(8)
    start = threading.Barrier(len(clients))

    def visit(client):
        start.wait()
        return client.get(f"/sales/{sale.ref}").status_code

    with ThreadPoolExecutor(len(clients)) as pool:
        answers = list(pool.map(visit, clients))

    assert answers == [200] * 8
    assert writings == [sale.ref]
