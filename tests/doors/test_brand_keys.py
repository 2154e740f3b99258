"""Owners make, replace and revoke the keys of their machines; nobody else sees them."""

from __future__ import annotations

import re

import pytest

from marketplace.domain.doors import BrandRole
from tests import factories

WORDS = re.compile(r"aubk_[0-9a-f]{10}_[\w-]{43}")
KEY = {"name": "Warehouse", "scopes": ["sales:read", "deals:read"], "days": "30"}


@pytest.fixture
def hung():
    return ("supplier_portal", "marketplace.api")


@pytest.fixture
def owner(database):
    with database.session() as session:
        return factories.brand_user(session, of=factories.brand(session))


def opens(app, words):
    return app.test_client().get(
        "/api/brand/v1/sales", headers={"Authorization": f"Bearer {words}"}
    )


def test_a_key_is_shown_once_and_opens_what_was_ticked(app, brand_client, owner):
    browser = brand_client(owner)

    made = browser.post("/brand/machines/keys", KEY)
    (words,) = set(WORDS.findall(made.text))
    listed = browser.get("/brand/machines")

    assert opens(app, words).status_code == 200
    assert "Warehouse" in listed.text
    assert words[:15] in listed.text
    assert words not in listed.text
    assert made.headers["Cache-Control"] == "no-store"


def test_a_key_that_opens_nothing_is_not_made(database, brand_client, owner):
    answer = brand_client(owner).post("/brand/machines/keys", {"name": "Warehouse", "days": "30"})

    assert answer.status_code == 422
    assert "Choose at least one thing that the key opens" in answer.text
    assert database.value("SELECT count(*) FROM api_keys") == 0


def test_a_key_is_replaced_and_revoked(app, database, brand_client, owner):
    browser = brand_client(owner)
    (old,) = set(WORDS.findall(browser.post("/brand/machines/keys", KEY).text))
    number = database.value("SELECT id FROM api_keys")

    assert browser.get(f"/brand/machines/keys/{number}/replace").status_code == 200
    made = browser.post(f"/brand/machines/keys/{number}/replace", {"hours": "24", "days": "90"})
    (new,) = set(WORDS.findall(made.text))
    again = browser.post(f"/brand/machines/keys/{number}/replace", {"hours": "24", "days": "90"})
    assert again.status_code == 409

    assert browser.get(f"/brand/machines/keys/{number}/revoke").status_code == 200
    browser.post(f"/brand/machines/keys/{number}/revoke")
    assert [opens(app, words).status_code for words in (old, new)] == [401, 200]


@pytest.mark.parametrize("role", [BrandRole.COMMERCIAL, BrandRole.VIEWER])
def test_nobody_but_an_owner_sees_or_makes_keys(database, brand_client, owner, role):
    with database.session() as session:
        other = factories.brand_user(session, of=factories.brand(session), role=role)
    browser = brand_client(other)

    assert browser.get("/brand/machines").status_code == 403
    assert browser.post("/brand/machines/keys", KEY).status_code == 403
    assert "/brand/machines" not in browser.get("/brand/").text
