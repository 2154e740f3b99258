"""The application as browsers meet it: clients with real sessions, tokens and headers."""

from __future__ import annotations

import asyncio
import importlib
import re
from contextlib import ExitStack
from typing import TYPE_CHECKING

import pytest
from flask.testing import FlaskClient
from jinja2 import FileSystemBytecodeCache
from playwright.sync_api import sync_playwright

from marketplace.db import clock as house_clock
from marketplace.db.accounts import Account, begin_session
from marketplace.domain.doors import Door, Realm
from marketplace.storefront.rush import Rush
from marketplace.web import csrf, places
from marketplace.web.app import create_app
from tests.doors import alone

if TYPE_CHECKING:
    from flask import Flask

DOORS = ("marketplace.storefront", "supplier_portal", "marketplace.admin", "marketplace.api")
TOKEN = re.compile(r'name="csrf_token" value="([^"]+)"')


class Client(FlaskClient):
    """A browser at one door: says where its requests come from and fills in the token of the page."""

    place: places.Place = places.of_realm(Realm.MEMBER)
    reference: str | None = None

    def open(self, *args, **more):
        headers = dict(more.pop("headers", None) or {})
        if more.get("method", "GET") not in {"GET", "HEAD"}:
            headers.setdefault("Sec-Fetch-Site", "same-origin")
        return super().open(*args, headers=headers, **more)

    def post(self, url, data=None, *, token=True, **more):
        """Send a form with the token that this browser's pages carry."""
        if token and "json" not in more and not isinstance(data, str | bytes):
            data = {**(data or {}), csrf.FIELD: self.token()}
        return super().post(url, data=data, **more)

    def token(self) -> str:
        """The token on this door's pages for this browser."""
        page = self.get(f"{self.place.prefix}/sign-in/token-of-this-browser")
        return TOKEN.search(page.get_data(as_text=True)).group(1)


@pytest.fixture(scope="session")
def compiled(tmp_path_factory) -> FileSystemBytecodeCache:
    """Templates compiled once for the run."""
    return FileSystemBytecodeCache(str(tmp_path_factory.mktemp("templates")))


@pytest.fixture
def hung() -> tuple[str, ...]:
    """The packages whose doors are hung; tests of the hallway alone hang none."""
    return DOORS


@pytest.fixture(scope="session")
def built() -> dict[tuple[str, ...], Flask]:
    """Applications by the doors that hang in them: hanging hundreds of routes takes longer than most tests."""
    return {}


@pytest.fixture
def app(settings, tools, compiled, hung, built) -> Flask:
    """The application with the doors that this test needs, on the premises of this test."""
    if hung not in built:
        doors = [getattr(importlib.import_module(name), "door", None) for name in hung]
        front = Rush if "marketplace.storefront" in hung else None
        built[hung] = create_app(
            settings, tools, [door for door in doors if door is not None], front=front
        )
        built[hung].test_client_class = Client
        built[hung].jinja_env.bytecode_cache = compiled
    built[hung].config["SHOWCASE_KEPT_MS"] = 0  # what a test arranges is seen at once
    built[hung].extensions["aubaine"] = places.Premises(settings, tools)
    return built[hung]


@pytest.fixture
def client_at(app, settings):
    """A browser of nobody at the door of a realm."""

    def make(realm: Realm) -> Client:
        client = app.test_client()
        client.place = places.of_realm(realm)
        return client

    return make


@pytest.fixture
def anonymous(client_at) -> Client:
    """A browser of nobody at the members' door."""
    return client_at(Realm.MEMBER)


@pytest.fixture
def signed_in(client_at, app, tools, database):
    """A browser signed in as an account, by a session as the house makes it."""

    def make(account_id: int) -> Client:
        with tools.at_door(Door.HALLWAY).transaction() as session:
            account = session.get_one(Account, account_id)
            at = house_clock.now(session)
            begun = begin_session(session, account, at=at, second_factor_at=at)
            realm = account.realm
        client = client_at(realm)
        client.reference = begun.reference
        with app.app_context():
            name = places.cookie_name(client.place)
        client.set_cookie(name, begun.reference, secure=True)
        return client

    return make


@pytest.fixture
def member_client(signed_in):
    """A browser in which this member is signed in."""
    return lambda member: signed_in(member.account_id)


@pytest.fixture
def brand_client(signed_in):
    """A browser in which this person of a brand is signed in."""
    return lambda brand_user: signed_in(brand_user.account_id)


@pytest.fixture
def operator_client(signed_in):
    """A browser in which this operator is signed in."""
    return lambda operator: signed_in(operator.id)


@pytest.fixture(scope="module")
def chromium(request):
    """One browser for the tests of a file, through the journeys' Playwright where that runs in this process already."""
    with ExitStack() as kept:
        try:
            asyncio.get_running_loop()
        except RuntimeError:
            driver = kept.enter_context(sync_playwright())
        else:
            driver = request.getfixturevalue("playwright")
        browser = driver.chromium.launch(
            executable_path=alone.CHROMIUM, args=["--no-sandbox", "--disable-gpu"]
        )
        yield browser
        browser.close()


@pytest.fixture
def visit(chromium):
    """Open pages made of macros; none of them may have complained."""
    visits = []

    def visiting(main, answers=None, **context):
        visits.append(alone.Visit(chromium, main, answers or {}, **context))
        return visits[-1]

    yield visiting
    for made in visits:
        made.context.close()
        assert made.complaints == []
