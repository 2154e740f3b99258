"""The short way to a hold says what the long way says: the same requests, asked with and without it."""

from __future__ import annotations

from urllib.parse import urlencode

import pytest

from marketplace.domain.refusals import Busy
from marketplace.storefront import rush
from marketplace.toolbox import StoreDown
from tests import factories
from tests.doors.rush.worlds import JSON, KEY, WORLDS, nothing, press


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


def test_a_hold_whose_answer_is_lost_is_told_so_both_ways(both, monkeypatch):
    def lost(*_args, **_more):
        raise StoreDown

    monkeypatch.setattr(rush.holds, "take_for", lost)
    monkeypatch.setattr(rush.holds, "take", lost)

    short, long = both(nothing, press)

    assert short == long
    assert short[0] == 503
