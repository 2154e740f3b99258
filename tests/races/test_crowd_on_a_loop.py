"""A crowd on the event loop, as one server and as two: two hundred pieces are held two hundred times, not once more."""

from __future__ import annotations

import asyncio
from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import replace
from urllib.parse import urlencode
from uuid import uuid4

import pytest

from marketplace import storefront
from marketplace.db import clock as house_clock
from marketplace.db.accounts import Account, begin_session
from marketplace.db.session import Vault
from marketplace.domain.doors import Door, Realm
from marketplace.web import csrf, places
from marketplace.web.app import FRONT, create_app
from marketplace.web.leaving import Leaving
from marketplace.web.rsgi import Front
from tests import factories
from tests.doors.hand import Headers, Protocol, Scope
from tests.races.test_asks_together import BELIEVED, CARELESS
from tests.races.test_last_unit import COUNTERS, TAKE, UNCONDITIONAL

UNITS, MEMBERS = 200, 600
PATIENCE_SECONDS = 90


@pytest.fixture
def server(settings, tools, vault):
    """Another server of the house each time, as one process has it."""

    @contextmanager
    def serving():
        together = Vault(vault.engine, together=True)
        hung = create_app(
            settings,
            replace(tools, vault=together),
            [storefront.door],
            front=storefront.rush.Rush,
        )
        front = Front(Leaving(hung), threads=4, quick=hung.extensions[FRONT])
        yield front
        front.__rsgi_del__(None)
        together.close()

    return serving


@pytest.fixture
def crowd(database, settings, tools):
    """Members with sessions, and one piece of which there is ``units``: what each of them sends."""

    def gather(members, units):
        with database.session() as session:
            sale, (item,) = factories.open_sale(session, units=units)
            people = [factories.member(session).account_id for _ in range(members)]
        with tools.at_door(Door.HALLWAY).transaction() as session:
            at = house_clock.now(session)
            shown = [
                begin_session(
                    session, session.get_one(Account, each), at=at, second_factor_at=at
                ).reference
                for each in people
            ]
        return [partly(settings, sale.ref, item.id, reference) for reference in shown]

    return gather


def partly(settings, ref, item_id, reference):
    """One member's press."""
    name = places.cookie_of(places.of_realm(Realm.MEMBER), settings)
    form = {"item": item_id, "style": 1, "key": uuid4()}
    body = urlencode({**form, csrf.FIELD: csrf.of_session(reference, settings)}).encode()
    headers = Headers(
        ("host", "localhost"),
        ("cookie", f"{name}={reference}"),
        ("accept", "application/json"),
        ("sec-fetch-site", "same-origin"),
        ("content-type", "application/x-www-form-urlencoded"),
        ("content-length", str(len(body))),
    )
    return Scope("POST", f"/sales/{ref}/holds", headers=headers), body


def pressed(front, presses):
    """What each is answered when all press at once."""

    async def all_of_them():
        protocols = [Protocol(body) for _, body in presses]
        await asyncio.gather(
            *(
                front.__rsgi__(scope, protocol)
                for (scope, _), protocol in zip(presses, protocols, strict=True)
            )
        )
        return [each.status for each in protocols]

    with ThreadPoolExecutor(1) as people:
        return people.submit(asyncio.run, all_of_them()).result(PATIENCE_SECONDS)


def test_a_crowd_at_one_server_holds_each_piece_once(database, server, crowd):
    presses = crowd(MEMBERS, UNITS)

    with server() as front:
        answers = pressed(front, presses)

    assert Counter(answers) == {201: UNITS, 409: MEMBERS - UNITS}
    assert database.rows(COUNTERS) == [(0, UNITS, 0)]
    assert database.value("SELECT count(DISTINCT member_id) FROM holds") == UNITS
    assert database.value("SELECT sum(times) FROM demand_signals") == MEMBERS - UNITS


def test_who_comes_first_is_served_first(server, crowd):
    presses = crowd(20, 7)

    with server() as front:
        assert pressed(front, presses) == [201] * 7 + [409] * 13


def test_a_crowd_at_two_servers_holds_each_piece_once(database, server, crowd):
    presses = crowd(MEMBERS, UNITS)

    with server() as one, server() as other, ThreadPoolExecutor(2) as people:
        halves = [
            people.submit(pressed, front, presses[place::2])
            for place, front in enumerate((one, other))
        ]
        answers = [status for half in halves for status in half.result()]

    assert Counter(answers) == {201: UNITS, 409: MEMBERS - UNITS}
    assert database.rows(COUNTERS) == [(0, UNITS, 0)]


def test_a_crowd_that_presses_twice_holds_no_more(database, server, crowd):
    presses = crowd(40, UNITS)

    with server() as front:
        answers = pressed(front, [*presses, *presses])

    assert answers == [201] * 80
    assert database.rows(COUNTERS) == [(UNITS - 40, 40, 0)]


def test_without_the_guard_the_same_crowd_holds_more_than_there_is(database, server, crowd, course):
    course.rewrite(TAKE, CARELESS, UNCONDITIONAL, BELIEVED)
    database.run("ALTER TABLE sale_items DROP CONSTRAINT ck_sale_items_not_negative")
    presses = crowd(12, 5)

    with server() as front:
        answers = pressed(front, presses)

    assert Counter(answers)[201] > 5
    assert database.value("SELECT available FROM sale_items") < 0
