"""Brands apart: every route and verb with another brand's object, with and without the application's own wall.

The matrix is made from the routes themselves: a new route of the brands' door that takes something in its address
fails here until ``brand_scene`` knows what that something is.
"""

from __future__ import annotations

import importlib
import json
import re

import pytest
from sqlalchemy import text, true
from sqlalchemy.exc import DBAPIError

from marketplace.db import brands
from marketplace.db.session import Vault
from marketplace.domain.doors import Door
from marketplace.web.app import create_app
from tests.architecture import brand_scene
from tests.architecture.brand_scene import BODIES, EXTRA, FILES, NO_REF, NOTHING
from tests.doors.conftest import Client, brand_client, client_at, compiled, signed_in

__all__ = ("brand_client", "client_at", "compiled", "signed_in")

pytestmark = pytest.mark.timeout(900)
CHANGING = re.compile(
    r'nonce="[^"]*"|nonce-[\w+/=-]+|name="csrf_token" value="[^"]*"|[0-9a-f]{32}|value="[\w-]{16}"'
)
SEES_A_COLLECTION = "brand.collection"


@pytest.fixture
def app(settings, tools, compiled):
    """The brands' door alone."""
    built = create_app(settings, tools, [importlib.import_module("supplier_portal").door])
    built.test_client_class = Client
    built.jinja_env.bytecode_cache = compiled
    return built


@pytest.fixture
def ours(database, tools, tmp_path):
    return brand_scene.furnished(database, tools, tmp_path, name="Ours")


@pytest.fixture
def theirs(database, tools, tmp_path):
    return brand_scene.furnished(database, tools, tmp_path, name="Theirs")


def routes(app):
    """Endpoint, verb and rule of everything at the brands' door that takes something in its address."""
    for rule in sorted(app.url_map.iter_rules(), key=lambda each: each.endpoint):
        if rule.endpoint.startswith("brand.") and rule.arguments:
            for verb in sorted(rule.methods - {"HEAD", "OPTIONS"}):
                yield rule.endpoint, verb, rule


def address(app, rule, ids) -> str:
    values = {name: ids.get(name, EXTRA.get(name)) for name in rule.arguments}
    with app.test_request_context():
        return app.url_map.bind("localhost").build(rule.endpoint, values)


def asked(app, client, endpoint, verb, rule, ids):
    """Status and body of the answer, without what differs in every answer."""
    url = address(app, rule, ids)
    if verb == "GET":
        answer = client.get(url)
    else:
        more = {"content_type": "multipart/form-data"} if endpoint in FILES else {}
        answer = client.post(url, BODIES[endpoint](), **more)
    body = answer.get_data().decode("utf-8", "replace")
    for value in ids.values():
        body = body.replace(f"/{value}", "/-").replace(f"%2F{value}", "%2F-")
    return answer.status_code, CHANGING.sub("", body)


def nothing(ids) -> dict:
    """Names of things that nobody has."""
    return {name: NO_REF if name in {"ref", "order_ref"} else NOTHING for name in ids}


def everything_of(database, brand_id: int) -> str:
    """All rows of a brand, as one text: the same before and after, if nothing was touched."""
    tables = database.rows(
        "SELECT c.relname FROM pg_policy p JOIN pg_class c ON c.oid = p.polrelid"
        " JOIN pg_attribute a ON a.attrelid = c.oid AND a.attname = 'brand_id'"
        " WHERE p.polname = 'brand_wall' ORDER BY 1"
    )
    return json.dumps(
        {
            table: database.rows(
                f"SELECT t::text FROM {table} t WHERE brand_id = :b ORDER BY 1", b=brand_id
            )
            for (table,) in tables
        },
        default=str,
    )


def test_every_route_of_the_brands_door_is_in_the_matrix(app, ours):
    unknown = [
        (endpoint, verb)
        for endpoint, verb, rule in routes(app)
        if not rule.arguments <= ours.ids.keys() | EXTRA.keys()
        or (verb != "GET" and endpoint not in BODIES)
    ]

    assert unknown == []


@pytest.mark.parametrize("wall", ["both walls", "row-level security alone"])
def test_another_brands_things_are_not_there(
    app, database, brand_client, ours, theirs, monkeypatch, wall
):
    if wall == "row-level security alone":
        monkeypatch.setattr(brands, "within", lambda _brand_id, _owner: true())
    client = brand_client(ours.owner)
    before = everything_of(database, theirs.brand_id)

    answers = {
        (endpoint, verb): (
            asked(app, client, endpoint, verb, rule, theirs.ids),
            asked(app, client, endpoint, verb, rule, nothing(theirs.ids)),
        )
        for endpoint, verb, rule in routes(app)
    }

    assert {key: foreign[0] for key, (foreign, _) in answers.items() if foreign[0] != 404} == {}
    told_apart = [key for key, (foreign, missing) in answers.items() if foreign != missing]
    assert told_apart == []
    assert everything_of(database, theirs.brand_id) == before


def test_a_viewer_is_told_the_same_of_anothers_things_as_of_nothing(
    app, brand_client, ours, theirs
):
    client = brand_client(ours.viewer)

    told_apart = [
        (endpoint, verb)
        for endpoint, verb, rule in routes(app)
        if asked(app, client, endpoint, verb, rule, theirs.ids)
        != asked(app, client, endpoint, verb, rule, nothing(theirs.ids))
    ]

    assert told_apart == []


def test_the_same_routes_do_show_a_brand_its_own_things(app, brand_client, ours):
    client = brand_client(ours.owner)

    hidden = [
        endpoint
        for endpoint, verb, rule in routes(app)
        if verb == "GET" and asked(app, client, endpoint, verb, rule, ours.ids)[0] not in {200, 303}
    ]

    assert hidden == []


def test_with_both_walls_down_another_brands_collection_is_seen(
    app, database, brand_client, ours, theirs, monkeypatch
):
    """The matrix could fail: without the two walls it would."""
    monkeypatch.setattr(brands, "within", lambda _brand_id, _owner: true())
    for (table,) in walled(database):
        database.run(f"ALTER TABLE {table} DISABLE ROW LEVEL SECURITY")
    (rule,) = [each for endpoint, _, each in routes(app) if endpoint == SEES_A_COLLECTION]

    status, _ = asked(app, brand_client(ours.owner), SEES_A_COLLECTION, "GET", rule, theirs.ids)

    assert status == 200


def walled(database) -> list[tuple[str]]:
    """Every table with the wall between brands."""
    return database.rows(
        "SELECT c.relname FROM pg_policy p JOIN pg_class c ON c.oid = p.polrelid"
        " WHERE p.polname = 'brand_wall' ORDER BY 1"
    )


def readable(database) -> list[str]:
    """Walled tables of which a brand's statement may read whose a row is."""
    found = database.rows(
        "SELECT c.relname FROM pg_policy p JOIN pg_class c ON c.oid = p.polrelid"
        " JOIN pg_attribute a ON a.attrelid = c.oid AND a.attname = 'brand_id'"
        " WHERE p.polname = 'brand_wall'"
        " AND has_column_privilege('aubaine_brand', c.oid, a.attnum, 'SELECT') ORDER BY 1"
    )
    return [table for (table,) in found]


def test_every_table_that_names_a_brand_stands_behind_the_wall(database):
    open_tables = database.rows(
        "SELECT c.relname FROM pg_class c JOIN pg_attribute a ON a.attrelid = c.oid"
        " WHERE a.attname = 'brand_id' AND c.relkind = 'r' AND NOT a.attisdropped"
        " AND NOT (c.relrowsecurity AND c.relforcerowsecurity)"
    )

    assert open_tables == []


def test_without_a_brand_no_row_of_any_is_seen(database, vault, ours):
    seen = {}
    with vault.reading(Door.BRAND) as session:
        for table in readable(database):
            seen[table] = session.execute(text(f"SELECT count(brand_id) FROM {table}")).scalar_one()

    assert seen
    assert {table: rows for table, rows in seen.items() if rows} == {}


def test_a_brand_sees_its_own_rows_alone(database, vault, ours, theirs):
    owners = {}
    with vault.reading(Door.BRAND, brand_id=ours.brand_id) as session:
        for table in readable(database):
            statement = text(f"SELECT DISTINCT brand_id FROM {table}")
            owners[table] = set(session.execute(statement).scalars())

    assert {table: seen for table, seen in owners.items() if seen - {ours.brand_id}} == {}
    assert {"deals", "imports", "variants", "lots", "order_lines"} <= {
        table for table, seen in owners.items() if seen
    }


def insertable(database) -> list[str]:
    found = database.rows(
        "SELECT c.relname FROM pg_policy p JOIN pg_class c ON c.oid = p.polrelid"
        " WHERE p.polname = 'brand_wall' AND c.relname <> 'accounts'"
        " AND has_table_privilege('aubaine_brand', c.oid, 'INSERT') ORDER BY 1"
    )
    return [table for (table,) in found]


def attempt(vault: Vault, brand_id: int, statement: str, **parameters) -> str:
    """What PostgreSQL says to a statement of the brand; how many rows it touched if it says nothing."""
    try:
        with vault.transaction(Door.BRAND, brand_id=brand_id) as session:
            touched = session.execute(text(statement), parameters).rowcount
            session.rollback()
            return str(touched)
    except DBAPIError as no:
        return str(no.orig).splitlines()[0]


def test_a_brand_writes_no_row_in_anothers_name(database, vault, ours, theirs):
    answers = {}
    for table in insertable(database):
        rows = database.rows(
            f"SELECT to_jsonb(t)::text FROM {table} t WHERE brand_id = :b LIMIT 1",
            b=theirs.brand_id,
        )
        assert rows, f"{table}: the scene has no row of it"
        answers[table] = attempt(
            vault,
            ours.brand_id,
            f"INSERT INTO {table} OVERRIDING SYSTEM VALUE"
            f" SELECT * FROM jsonb_populate_record(NULL::{table}, CAST(:row AS jsonb))",
            row=rows[0][0],
        )

    assert len(answers) > 15
    let_in = {table: said for table, said in answers.items() if "row-level security" not in said}
    assert let_in == {}


def test_a_brand_changes_no_row_of_another(database, vault, ours, theirs):
    answers = {
        table: attempt(
            vault,
            ours.brand_id,
            f"UPDATE {table} SET id = id WHERE brand_id = :b",
            b=theirs.brand_id,
        )
        for table in readable(database)
    }

    touched = {
        table: said
        for table, said in answers.items()
        if said != "0" and "permission denied" not in said
    }
    assert touched == {}
