"""Owners add endpoints, see what arrived there, send it again, and take them away."""

from __future__ import annotations

import re
from dataclasses import replace

import pytest

from marketplace.domain.doors import BrandRole
from marketplace.gateways.outward import OutwardCalls
from marketplace.services import deliveries
from marketplace.web.app import create_app
from tests import factories
from tests.doors.conftest import Client
from tests.listener import listening

SECRET = re.compile(r"whsec_[\w-]{43}")


@pytest.fixture
def tools(tools):
    """Tools that may call this machine."""
    return replace(tools, outward=OutwardCalls(anywhere=True))


@pytest.fixture
def hung():
    return ("supplier_portal",)


@pytest.fixture
def listener():
    with listening() as running:
        yield running


@pytest.fixture
def owner(database):
    with database.session() as session:
        return factories.brand_user(session, of=factories.brand(session))


def sent(tools):
    for claimed in deliveries.claim(tools):
        deliveries.send(tools, claimed=claimed)


def test_an_endpoint_is_added_tried_and_taken_away(database, tools, brand_client, owner, listener):
    browser = brand_client(owner)
    listener.answers = [500, 200]

    made = browser.post("/brand/machines/endpoints", {"url": listener.url, "told": ["sale.opened"]})
    (secret,) = set(SECRET.findall(made.text))
    number = database.value("SELECT id FROM endpoints")
    page = f"/brand/machines/endpoints/{number}"
    assert browser.post(f"{page}/ping").status_code == 303
    sent(tools)
    tried = browser.get(page).text
    database.run("UPDATE deliveries SET due_at = house_now()")
    sent(tools)
    arrived = browser.get(page).text

    assert "500" in tried
    assert "again at" in tried
    assert "Arrived" in arrived
    assert secret not in tried
    delivery = database.value("SELECT id FROM deliveries")
    assert browser.post(f"/brand/machines/deliveries/{delivery}/again").status_code == 303
    assert database.value("SELECT state FROM deliveries") == "waiting"

    anew = browser.post(f"{page}/secret")
    assert set(SECRET.findall(anew.text)) != {secret}
    assert listener.url in browser.get("/brand/machines").text
    assert browser.get(f"{page}/remove").status_code == 200
    browser.post(f"{page}/remove")
    assert browser.get(page).status_code == 404
    assert listener.url not in browser.get("/brand/machines").text


def test_an_address_inside_is_refused_on_its_field(
    settings, tools, compiled, brand_client, app, database, owner
):
    strict = create_app(settings, replace(tools, outward=OutwardCalls()), [app.blueprints["brand"]])
    strict.test_client_class = Client
    browser = brand_client(owner)
    browser.application = strict

    answer = browser.post(
        "/brand/machines/endpoints", {"url": "https://10.0.0.1/", "told": ["sale.opened"]}
    )

    assert answer.status_code == 422
    assert "leads into a private network" in answer.text
    assert database.value("SELECT count(*) FROM endpoints") == 0


def test_an_endpoint_that_hears_of_nothing_is_not_added(brand_client, owner, listener):
    answer = brand_client(owner).post("/brand/machines/endpoints", {"url": listener.url})

    assert answer.status_code == 422
    assert "Choose at least one thing to be told of" in answer.text


@pytest.mark.parametrize("role", [BrandRole.COMMERCIAL, BrandRole.VIEWER])
def test_nobody_but_an_owner_sees_endpoints(database, brand_client, owner, role):
    with database.session() as session:
        other = factories.brand_user(session, of=factories.brand(session), role=role)

    assert brand_client(other).get("/brand/machines/endpoints").status_code == 403
