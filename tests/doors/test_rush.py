"""The short way to an answer says what the long way says: the same requests, asked with and without it."""

from __future__ import annotations

import re
from datetime import timedelta
from itertools import product
from urllib.parse import urlencode
from uuid import UUID

import pytest

from marketplace.domain.refusals import Busy
from marketplace.domain.sales import SaleState
from marketplace.storefront import rush
from marketplace.toolbox import StoreDown
from marketplace.web.app import FRONT
from tests import factories
from tests.doors import hand

LONG_MS = 600_000
KEY = str(UUID(int=7))
JSON = {"Accept": "application/json"}
OWN = re.compile(
    r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}|[0-9a-f]{32}|nonce-[\w-]+|nonce=\"[^\"]+\""
    r"|data-server-now=\"[^\"]+\"|csrf_token\" value=\"[^\"]+\"|/photographs/[^\" ]+|\d+"
)
"""What differs each time somebody asks."""


@pytest.fixture
def hung():
    """The members' door alone."""
    return ("marketplace.storefront",)


@pytest.fixture(autouse=True, params=["by threads", "on a loop"])
def door(request, app, monkeypatch):
    """Both ways in which a server can bring requests to the house."""
    if request.param == "on a loop":
        whole = app.wsgi_app
        with hand.served(whole, quick=app.extensions[FRONT]) as served:
            monkeypatch.setattr(app, "wsgi_app", served)
            yield
    else:
        yield


@pytest.fixture
def behind(app, monkeypatch):
    """Counts what goes on to Flask."""
    asked = []
    front = app.extensions[FRONT]
    flask = front._behind

    def counted(environ, start_response):
        asked.append(environ["PATH_INFO"])
        return flask(environ, start_response)

    monkeypatch.setattr(front, "_behind", counted)
    return asked


@pytest.fixture
def both(app, database, member_client):
    """Arrange twice, ask once each way; what was answered by the short way and by the long one."""

    def asking(arrange, ask):
        answers = []
        for off in (False, True):
            app.config[rush.OFF] = off
            with database.session() as session:
                sale, (item,) = factories.open_sale(session, units=2)
                member = factories.member(session)
                item.style = session.get_one(factories.Variant, item.variant_id).style_id
                arrange(session, sale, item, member)
            answers.append(told(ask(member_client(member), sale, item), sale.ref))
            app.config[rush.OFF] = False
        return answers

    return asking


def told(answer, ref=""):
    """Status, headers and body, without what differs each time."""
    headers = {
        name: OWN.sub("", value.replace(ref, "") if ref else value)
        for name, value in answer.headers
        if name not in {"X-Request-ID", "Date", "Content-Length", "Set-Cookie"}
    }
    body = answer.get_data(as_text=True)
    return answer.status_code, headers, OWN.sub("", body.replace(ref, "") if ref else body)


def nothing(_session, _sale, _item, _member):
    """An open sale, and nobody in it."""


def held_by(*others, units=1, mine=False):
    def arrange(session, _sale, item, member):
        for _ in others:
            factories.hold(session, by=factories.member(session), on=item, units=units)
        if mine:
            factories.hold(session, by=member, on=item, units=1)

    return arrange


def shifted(**by):
    def arrange(session, sale, _item, _member):
        sale.opens_at += timedelta(**by)
        sale.closes_at += timedelta(**by)
        sale.teaser_at = sale.opens_at - timedelta(days=60)

    return arrange


def stated(state):
    def arrange(_session, sale, _item, _member):
        sale.state = state

    return arrange


def french(session, _sale, item, member):
    held_by(1, 2)(session, _sale, item, member)
    session.get_one(factories.Account, member.account_id).locale = "fr"


def press(client, sale, item, /, *, headers=JSON, token=True, **more):
    form = {"item": item.id, "style": getattr(item, "style", 1), "key": KEY, **more}
    form = {name: value for name, value in form.items() if value is not None}
    return client.post(f"/sales/{sale.ref}/holds", form, headers=headers, token=token)


WORLDS = {
    "free": nothing,
    "all in bags": held_by(1, 2),
    "too few": held_by(1),
    "mine already": held_by(1, mine=True),
    "at the limit": held_by(mine=True),
    "not open": shifted(days=2),
    "closed": shifted(days=-30),
    "paused": stated(SaleState.PAUSED),
    "cancelled": stated(SaleState.CANCELLED),
    "in French": french,
}


@pytest.mark.parametrize("world", WORLDS)
@pytest.mark.parametrize("units", [None, "2"])
@pytest.mark.parametrize("accept", ["application/json", "text/html"])
def test_a_hold_is_answered_the_same_both_ways(both, world, units, accept):
    short, long = both(
        WORLDS[world], lambda *who: press(*who, headers={"Accept": accept}, units=units)
    )

    assert short == long


FORMS = {
    "no piece": {"item": None},
    "a word for a number": {"item": "one"},
    "other digits": {"item": "\u0661"},
    "no units": {"units": "0"},
    "too many": {"units": "11"},
    "less than none": {"units": "-1"},
    "no style": {"style": None},
    "no key": {"key": None},
    "another key": {"key": "not-a-key"},
    "an unknown field": {"price": "1"},
    "a large number": {"item": "9" * 30},
    "nothing of that number": {"item": "999999"},
    "much of it": {"key": "x" * 6_000},
}


@pytest.mark.parametrize("form", FORMS)
@pytest.mark.parametrize("accept", ["application/json", "text/html"])
def test_what_is_not_plain_is_answered_by_the_long_way(both, behind, form, accept):
    short, long = both(nothing, lambda *who: press(*who, headers={"Accept": accept}, **FORMS[form]))

    assert short == long


def forged(client, sale, item, **more):
    return press(client, sale, item, token=False, csrf_token="another", **more)


def from_elsewhere(client, sale, item):
    return press(client, sale, item, headers={**JSON, "Sec-Fetch-Site": "cross-site"})


def by_nobody(client, sale, item):
    name = next(each.key for each in client._cookies.values() if "member" in each.key)
    client.set_cookie(name, "somebody-else", secure=True)
    return press(client, sale, item, token=False)


def with_a_field_twice(client, sale, item):
    body = urlencode(
        [
            ("item", item.id),
            ("item", item.id),
            ("style", 1),
            ("key", KEY),
            ("csrf_token", client.token()),
        ]
    )
    return client.post(
        f"/sales/{sale.ref}/holds",
        body,
        content_type="application/x-www-form-urlencoded",
        headers=JSON,
    )


def at_another_host(client, sale, item):
    return press(client, sale, item, headers={**JSON, "Host": "elsewhere.example"})


def test_a_field_that_comes_twice_is_read_the_long_way(both):
    short, long = both(nothing, with_a_field_twice)

    assert short == long


@pytest.mark.parametrize("ask", [forged, from_elsewhere, by_nobody, at_another_host])
def test_what_is_refused_is_refused_both_ways(both, database, ask):
    short, long = both(nothing, ask)

    assert short == long
    assert short[0] in {400, 403, 404}
    assert database.value("SELECT count(*) FROM holds") == 0


@pytest.mark.parametrize(
    "change", ["revoked_at = house_now()", "idle_until = house_now()", "realm = 'brand'"]
)
def test_a_session_that_ended_holds_nothing(database, app, member_client, change):
    with database.session() as session:
        sale, (item,) = factories.open_sale(session)
        member = factories.member(session)
    client = member_client(member)
    token = client.token()
    database.run(f"UPDATE sessions SET {change}")

    answer = press(client, sale, item, token=False, csrf_token=token)

    assert answer.status_code in {403, 404}
    assert database.value("SELECT count(*) FROM holds") == 0


def test_who_owes_a_second_factor_holds_nothing(database, member_client):
    with database.session() as session:
        sale, (item,) = factories.open_sale(session)
        member = factories.member(session)
    client = member_client(member)
    token = client.token()
    database.run("UPDATE accounts SET totp_secret = 'x', totp_confirmed_at = house_now()")
    database.run("UPDATE sessions SET second_factor_at = NULL")

    answer = press(client, sale, item, token=False, csrf_token=token)

    assert answer.status_code in {403, 404}
    assert database.value("SELECT count(*) FROM holds") == 0


def test_plain_asks_do_not_reach_flask(database, behind, member_client):
    with database.session() as session:
        sale, (item,) = factories.open_sale(session, units=1)
        first, second = factories.member(session), factories.member(session)
    browsers = [member_client(first), member_client(second)]
    tokens = [browser.token() for browser in browsers]
    behind.clear()

    answers = [
        press(browser, sale, item, token=False, csrf_token=token)
        for browser, token in zip(browsers, tokens, strict=True)
    ]

    assert [each.status_code for each in answers] == [201, 409]
    assert behind == []


def test_a_persons_no_is_asked_for_once(database, behind, member_client):
    with database.session() as session:
        sale, (item,) = factories.open_sale(session, units=1)
        factories.hold(session, by=factories.member(session), on=item)
        member = factories.member(session)
    client = member_client(member)

    answer = press(client, sale, item, headers={"Accept": "text/html"})

    assert answer.status_code == 409
    assert behind[-1] == f"/sales/{sale.ref}/holds"
    assert database.rows("SELECT times FROM demand_signals") == [(1,)]


def test_a_house_that_is_busy_says_so_both_ways(both, monkeypatch):
    def busy(*_args, **_more):
        raise Busy

    monkeypatch.setattr(rush.holds, "take_for", busy)
    monkeypatch.setattr(rush.holds, "take", busy)

    short, long = both(nothing, press)

    assert short == long
    assert short[0] == 503


@pytest.mark.parametrize("held", [0, 1, 2])
@pytest.mark.parametrize("locale", ["en", "fr"])
def test_the_page_of_a_sale_is_the_same_both_ways(
    app, database, behind, member_client, locale, held
):
    app.config["SHOWCASE_KEPT_MS"] = LONG_MS
    with database.session() as session:
        sale, items = factories.open_sale(session, units=9, items=3)
        people = [factories.member(session) for _ in range(2)]
        for each, item in product(people, items[:held]):
            factories.hold(session, by=each, on=item)
    database.run("UPDATE accounts SET locale = :locale, zone = 'Asia/Tokyo'", locale=locale)
    browsers = [member_client(each) for each in people]
    long = browsers[0].get(f"/sales/{sale.ref}")
    behind.clear()

    short = browsers[1].get(f"/sales/{sale.ref}")

    assert behind == []
    assert told(short) == told(long)
    ends = [
        re.findall(r"bag-until\">([^<]+)<", page.get_data(as_text=True)) for page in (short, long)
    ]
    assert ends[0] == ends[1]
    assert len(ends[0]) == bool(held)


def test_each_page_carries_its_own_token(app, database, member_client):
    app.config["SHOWCASE_KEPT_MS"] = LONG_MS
    with database.session() as session:
        sale, _ = factories.open_sale(session)
        people = [factories.member(session) for _ in range(2)]
    browsers = [member_client(each) for each in people]
    browsers[0].get(f"/sales/{sale.ref}")

    page = browsers[1].get(f"/sales/{sale.ref}").get_data(as_text=True)

    assert f'value="{browsers[1].token()}"' in page
    assert browsers[0].token() not in page


def test_a_member_whom_a_brand_keeps_out_finds_nothing_there(app, database, member_client):
    app.config["SHOWCASE_KEPT_MS"] = LONG_MS
    with database.session() as session:
        sale, (item,) = factories.open_sale(session)
        let_in, kept_out = factories.member(session), factories.member(session)
    member_client(let_in).get(f"/sales/{sale.ref}")
    mark = "'\\x01'::bytea"
    database.run(f"UPDATE members SET mark = {mark} WHERE id = :id", id=kept_out.id)
    database.run(
        f"INSERT INTO suppressed_marks (brand_id, mark) SELECT brand_id, {mark} FROM sales"
    )

    client = member_client(kept_out)

    assert client.get(f"/sales/{sale.ref}").status_code == 404
    assert press(client, sale, item).status_code == 404


def test_a_member_of_another_territory_finds_nothing_there(app, database, member_client):
    app.config["SHOWCASE_KEPT_MS"] = LONG_MS
    with database.session() as session:
        sale, (item,) = factories.open_sale(session)
        style = session.get(factories.Variant, item.variant_id).style_id
        here, elsewhere = factories.member(session), factories.member(session, territory="DE")
    ways = [f"/sales/{sale.ref}{rest}" for rest in ("", "?size=M", "/stock", f"/styles/{style}")]
    first, other = member_client(here), member_client(elsewhere)

    assert [first.get(each).status_code for each in ways] == [200] * 4
    assert [other.get(each).status_code for each in ways] == [404] * 4
    assert [first.get(each).status_code for each in ways] == [200] * 4


def test_a_sale_that_closes_is_not_shown_as_open_a_moment_longer(
    app, database, clock, behind, member_client
):
    app.config["SHOWCASE_KEPT_MS"] = LONG_MS
    with database.session() as session:
        sale, _ = factories.open_sale(session)
        member = factories.member(session)
    client = member_client(member)
    client.get(f"/sales/{sale.ref}")
    client.get(f"/sales/{sale.ref}")
    clock.set(database.value("SELECT closes_at FROM sales"))
    behind.clear()

    short = told(client.get(f"/sales/{sale.ref}"))

    assert behind == [f"/sales/{sale.ref}"]
    app.config[rush.OFF] = True
    assert short == told(client.get(f"/sales/{sale.ref}"))
    app.config[rush.OFF] = False


@pytest.mark.parametrize("known", [None, "the same", '"another"', 'W/"weak"', "*", '"a", "b"'])
def test_the_words_of_the_shelves_are_the_same_both_ways(
    app, database, behind, member_client, known
):
    app.config["SHOWCASE_KEPT_MS"] = LONG_MS
    with database.session() as session:
        sale, _ = factories.open_sale(session, units=9, items=3)
        member = factories.member(session)
    client, address = member_client(member), f"/sales/{sale.ref}/stock"
    first = client.get(address)
    asked = first.headers["ETag"] if known == "the same" else known
    headers = {} if asked is None else {"If-None-Match": asked}
    behind.clear()

    short = told(client.get(address, headers=headers))
    app.config[rush.OFF] = True
    long = told(client.get(address, headers=headers))
    app.config[rush.OFF] = False

    assert short == long
    assert (len(behind) == 1) == (known in {None, "the same", '"another"'})


def test_a_stranger_reads_no_shelf(database, member_client, anonymous):
    with database.session() as session:
        sale, _ = factories.open_sale(session)
        member = factories.member(session)
    member_client(member).get(f"/sales/{sale.ref}/stock")

    assert anonymous.get(f"/sales/{sale.ref}/stock").status_code == 404


@pytest.mark.parametrize("trouble", [Busy, StoreDown])
def test_where_nobody_answers_pages_and_shelves_say_so_both_ways(both, monkeypatch, trouble):
    def silent(*_args, **_more):
        raise trouble

    def ask(client, sale, _item):
        with monkeypatch.context() as while_asking:
            while_asking.setattr(rush.accounts, "knock", silent)
            return client.get(f"/sales/{sale.ref}")

    short, long = both(nothing, ask)

    assert short == long
    assert short[0] == 503


def test_a_hold_whose_answer_is_lost_is_told_so_both_ways(both, monkeypatch):
    def lost(*_args, **_more):
        raise StoreDown

    monkeypatch.setattr(rush.holds, "take_for", lost)
    monkeypatch.setattr(rush.holds, "take", lost)

    short, long = both(nothing, press)

    assert short == long
    assert short[0] == 503
