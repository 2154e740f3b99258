"""Brands apart at the machines' door: every address and verb with another brand's object is as with none.

The matrix is made from the routes themselves, as at the brands' own door.
"""

from __future__ import annotations

import importlib
import re
from itertools import count

import pytest
from sqlalchemy import true

from marketplace.db import brands
from marketplace.domain.doors import Door
from marketplace.domain.keys import Scope
from marketplace.services import keys
from marketplace.web import access
from marketplace.web.app import create_app
from tests.architecture import brand_scene
from tests.architecture.brand_scene import FILES_OF_MACHINES, MACHINE_BODIES
from tests.architecture.test_brand_walls import everything_of, nothing
from tests.doors.conftest import compiled

__all__ = ("compiled",)

DEEDS = count(1)
CHANGING = re.compile(r'"request_id": ?"[0-9a-f]{32}"')


@pytest.fixture
def app(settings, tools, compiled):
    built = create_app(settings, tools, [importlib.import_module("marketplace.api").door])
    built.jinja_env.bytecode_cache = compiled
    return built


@pytest.fixture
def ours(database, tools, tmp_path):
    return brand_scene.furnished(database, tools, tmp_path, name="Ours")


@pytest.fixture
def theirs(database, tools, tmp_path):
    return brand_scene.furnished(database, tools, tmp_path, name="Theirs")


@pytest.fixture
def words(tools, ours):
    """A key of ours that opens everything."""
    of = tools.at_door(Door.BRAND, account_id=ours.owner.account_id, brand_id=ours.brand_id)
    return keys.make(of, name="Everything", scopes=Scope, days=1).words


def routes(app):
    for rule in sorted(app.url_map.iter_rules(), key=lambda each: each.endpoint):
        if rule.endpoint.startswith("api.") and rule.arguments:
            for verb in sorted(rule.methods - {"HEAD", "OPTIONS"}):
                yield rule.endpoint, verb, rule


def asked(app, words, endpoint, verb, rule, ids):
    with app.test_request_context():
        values = {name: ids[name] for name in rule.arguments}
        url = app.url_map.bind("localhost").build(rule.endpoint, values)
    headers = {"Authorization": f"Bearer {words}", "Idempotency-Key": f"deed-{next(DEEDS)}"}
    more = {}
    if verb == "POST":
        said = MACHINE_BODIES[endpoint]()
        more = {"data": said} if endpoint in FILES_OF_MACHINES else {"json": said}
    answer = app.test_client().open(url, method=verb, headers=headers, **more)
    return answer.status_code, CHANGING.sub("", answer.get_data(as_text=True))


def test_every_address_of_the_machines_door_is_in_the_matrix(app, ours):
    unknown = [
        (endpoint, verb)
        for endpoint, verb, rule in routes(app)
        if not rule.arguments <= ours.ids.keys()
        or (verb != "GET" and endpoint not in MACHINE_BODIES)
    ]

    assert unknown == []


def test_every_address_needs_a_scope_but_the_documents(app):
    open_ones = {
        rule.endpoint
        for rule in app.url_map.iter_rules()
        if rule.endpoint.startswith("api.") and access.of_endpoint(app, rule.endpoint).scope is None
    }

    assert open_ones == {"api.openapi", "api.guide", "api.problems"}


@pytest.mark.parametrize("wall", ["both walls", "row-level security alone"])
def test_another_brands_things_are_not_there(app, database, ours, theirs, words, monkeypatch, wall):
    if wall == "row-level security alone":
        monkeypatch.setattr(brands, "within", lambda _brand_id, _owner: true())
    before = everything_of(database, theirs.brand_id)

    answers = {
        (endpoint, verb): (
            asked(app, words, endpoint, verb, rule, theirs.ids),
            asked(app, words, endpoint, verb, rule, nothing(theirs.ids)),
        )
        for endpoint, verb, rule in routes(app)
    }

    assert len(answers) >= 12
    assert {key: foreign[0] for key, (foreign, _) in answers.items() if foreign[0] != 404} == {}
    assert [key for key, (foreign, missing) in answers.items() if foreign != missing] == []
    assert everything_of(database, theirs.brand_id) == before


def test_the_same_addresses_do_show_a_brand_its_own(app, ours, words):
    hidden = [
        endpoint
        for endpoint, verb, rule in routes(app)
        if verb == "GET" and asked(app, words, endpoint, verb, rule, ours.ids)[0] != 200
    ]

    assert hidden == []
