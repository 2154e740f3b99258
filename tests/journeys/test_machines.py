"""A brand lets a program in: a key that is shown once, an endpoint that the house calls, and both taken back."""

from __future__ import annotations

import hashlib
import hmac
import json
import re

import pytest

from tests import factories
from tests.journeys.person import CHROMIUM
from tests.listener import listening

pytestmark = [
    pytest.mark.browser,
    pytest.mark.slow,
    pytest.mark.timeout(300),
    pytest.mark.skipif(CHROMIUM is None, reason="no Chromium was found"),
]

BRAND, LOT = "Maison Machine", "What a program reads"
API = "/api/brand/v1"


@pytest.fixture
def speaks(place):
    """The owner of a brand that has a collection."""
    with place.house.session() as session:
        of = factories.brand(session, name=BRAND)
        factories.collection(session, of=of, name=LOT)
        return place.brand_user(session, of=of).account_id


@pytest.fixture
def listener():
    with listening() as running:
        yield running


def test_a_program_reads_with_a_key_and_is_told_at_its_endpoint(
    meet, chromium, place, speaks, sees, listener
):
    brand = meet("the owner")
    place.lets_in(brand, speaks)

    key = _a_key_is_made(brand, sees)
    program = chromium.new_context(base_url=place.house.url)
    _the_program_reads(program, key)
    brand.goes(API + "/")
    sees(brand, "what machines can ask")
    secret = _an_endpoint_is_added(brand, listener, sees)
    _a_trial_arrives(brand, place, listener, secret, sees)
    _the_key_is_revoked(brand, program, key)
    program.close()


def _a_key_is_made(brand, sees):
    brand.goes("/brand/machines")
    sees(brand, "/brand/machines, empty")
    brand.says({"Name": "Warehouse", "Read collections, their styles and variants": True})
    brand.presses("Make a key")
    brand.reads("it is shown this once")
    sees(brand, "a key, this once")
    return brand.words("code.seal")


def _asked(program, key, path):
    return program.request.get(f"{API}{path}", headers={"Authorization": f"Bearer {key}"})


def _the_program_reads(program, key):
    answer = _asked(program, key, "/collections")
    assert answer.status == 200
    assert [each["name"] for each in answer.json()["data"]] == [LOT]
    refused = _asked(program, key, "/sales")
    assert refused.status == 403
    assert refused.headers["content-type"] == "application/problem+json"


def _an_endpoint_is_added(brand, listener, sees):
    brand.goes("/brand/machines")
    brand.reads("Warehouse")
    assert "Never" not in brand.words("table")
    brand.follows("Add an endpoint")
    sees(brand, "a new endpoint")
    brand.types(url=listener.url)
    brand.page.get_by_role("checkbox").first.check()
    brand.presses("Add it")
    secret = brand.words("code.seal")
    brand.follows("I have kept it")
    return secret


def _a_trial_arrives(brand, place, listener, secret, sees):
    brand.presses("Send a trial")
    place.house.until(lambda: listener.told, what="the trial")
    headers, body = listener.told[0]
    assert json.loads(body)["type"] == "ping"
    assert _signs(headers["Aubaine-Signature"], secret, body)
    state = "SELECT state FROM deliveries"
    place.house.until(lambda: place.house.value(state) == "delivered", what="its delivery")
    brand.page.reload()
    brand.reads("Arrived", "200")
    brand.keeps_a_picture("endpoint")
    sees(brand, "an endpoint")


def _signs(header, secret, body):
    """Whether a header is the seal of its moment and the body under this secret."""
    parts = dict(part.split("=", 1) for part in header.split(","))
    seal = hmac.new(secret.encode(), f"{parts['t']}.".encode() + body, hashlib.sha256)
    return hmac.compare_digest(seal.hexdigest(), parts["v1"])


def _the_key_is_revoked(brand, program, key):
    brand.goes("/brand/machines")
    brand.keeps_a_picture("machines")
    brand.follows(re.compile("^Revoke"))
    brand.presses("Revoke")
    assert _asked(program, key, "/collections").status == 401
