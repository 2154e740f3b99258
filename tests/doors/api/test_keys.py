"""Who may enter the machines' door, for what, and how often."""

from __future__ import annotations

import pytest

from marketplace.api import problems
from marketplace.db.brands import Brand
from marketplace.domain.keys import REQUESTS, Scope
from marketplace.services import keys
from tests import factories


def code(answer):
    assert answer.content_type == "application/problem+json"
    return answer.status_code, answer.json["code"]


def test_a_good_key_shows_the_brands_own_and_what_may_still_be_asked(database, machine, person):
    with database.session() as session:
        own = factories.collection(
            session, of=session.get_one(Brand, person.brand_id), name="Winter"
        )
        factories.collection(session, of=factories.brand(session, name="Another"))

    answer = machine(person).get("/collections")

    assert answer.status_code == 200
    assert [each["id"] for each in answer.json["data"]] == [own.id]
    assert answer.json["next"] is None
    assert answer.headers["RateLimit-Policy"] == f'"brand";q={REQUESTS};w=60'
    assert answer.headers["RateLimit"] == f'"brand";r={REQUESTS - 1};t=1'
    assert "Set-Cookie" not in answer.headers


@pytest.mark.parametrize(
    ("said", "challenge"),
    [
        (None, 'Bearer realm="aubaine-brand"'),
        ("Basic dXNlcjpwYXNz", 'Bearer realm="aubaine-brand"'),
        ("Bearer", 'Bearer realm="aubaine-brand", error="invalid_token"'),
        ("Bearer nonsense", 'Bearer realm="aubaine-brand", error="invalid_token"'),
        (
            f"Bearer aubk_0123456789_{'a' * 43}",
            'Bearer realm="aubaine-brand", error="invalid_token"',
        ),
    ],
)
def test_without_a_good_key_nobody_enters(app, said, challenge):
    headers = {} if said is None else {"Authorization": said}

    answer = app.test_client().get("/api/brand/v1/collections", headers=headers)

    assert code(answer) == (401, "key_refused")
    assert answer.headers["WWW-Authenticate"] == challenge
    assert answer.json["type"] == "http://localhost:8000/api/brand/v1/problems#key_refused"


def test_a_session_is_no_key_and_a_key_no_session(app, brand_client, machine, person):
    browser = brand_client(person)

    by_cookie = browser.get("/api/brand/v1/collections")
    reference = browser.get(
        "/api/brand/v1/collections", headers={"Authorization": f"Bearer {browser.reference}"}
    )
    by_key = app.test_client().get(
        "/brand/", headers={"Authorization": f"Bearer {machine(person).words}"}
    )

    assert code(by_cookie) == (401, "key_refused")
    assert code(reference) == (401, "key_refused")
    assert by_key.status_code == 404


def test_a_key_opens_its_scopes_alone(machine, person):
    reader = machine(person, Scope.READ_SALES)

    assert reader.get("/sales").status_code == 200
    refused = reader.get("/deals")

    assert code(refused) == (403, "scope_missing")
    assert refused.headers["WWW-Authenticate"] == (
        'Bearer realm="aubaine-brand", error="insufficient_scope", scope="deals:read"'
    )


def test_a_key_is_over_on_its_day_when_revoked_and_when_its_brand_is_suspended(
    database, clock, machine, person, at_brand
):
    short, revoked, good = machine(person, days=1), machine(person), machine(person)
    keys.revoke(at_brand(person), key_id=revoked.key_id)
    clock.turn(days=1, seconds=1)

    assert [each.get("/sales").status_code for each in (short, revoked, good)] == [401, 401, 200]

    database.run("UPDATE brands SET state = 'suspended' WHERE id = :b", b=person.brand_id)
    assert good.get("/sales").status_code == 401


def test_a_replaced_key_is_taken_for_its_overlap_and_no_longer(
    app, clock, machine, person, at_brand
):
    old = machine(person, Scope.READ_SALES)
    made = keys.replace(at_brand(person), key_id=old.key_id, overlap_hours=24, days=90)
    new = type(old)(app.test_client(), made.words)

    assert [each.get("/sales").status_code for each in (old, new)] == [200, 200]
    assert new.get("/deals").status_code == 403
    clock.turn(hours=24, seconds=1)
    assert [each.get("/sales").status_code for each in (old, new)] == [401, 200]


def test_the_day_of_last_use_is_written_once_a_day(database, clock, machine, person):
    asking = machine(person)
    used = "SELECT last_used_on::text || xmin::text FROM api_keys"
    assert database.value("SELECT last_used_on FROM api_keys") is None

    asking.get("/sales")
    first = database.value(used)
    asking.get("/sales")
    again = database.value(used)
    clock.turn(days=1)
    asking.get("/sales")

    assert again == first
    assert database.value(used) != first


def test_a_key_is_kept_as_its_hash_alone(database, machine, person):
    words = machine(person).words

    kept = database.value("SELECT to_jsonb(k)::text FROM api_keys k")

    assert words not in kept
    assert words.rpartition("_")[2] not in kept


def test_whoever_asks_too_often_waits(database, machine, person):
    asking = machine(person)
    asking.get("/sales")
    database.run("UPDATE api_allowances SET full_at = house_now() + interval '60 seconds'")

    refused = asking.get("/sales")

    assert code(refused) == (429, "asked_too_often")
    assert refused.headers["Retry-After"] == "1"
    assert refused.headers["RateLimit"].startswith('"brand";r=0;t=')

    database.run("UPDATE api_allowances SET full_at = house_now() + interval '30 seconds'")
    allowed = asking.get("/sales")
    assert allowed.status_code == 200
    assert allowed.headers["RateLimit"] in {'"brand";r=299;t=31', '"brand";r=300;t=30'}


def test_machines_are_told_no_in_the_language_they_ask_for(machine, person):
    answer = machine(person).get(
        "/deals/7", headers={"Accept-Language": "fr", "Accept": "text/html"}
    )

    assert code(answer) == (404, "not_found")
    assert "existe pas" in answer.json["title"]


def test_what_is_no_address_and_no_verb_is_said_as_a_problem(app, machine, person):
    nowhere = machine(person).get("/nowhere")
    wrong_verb = app.test_client().open("/api/brand/v1/sales", method="DELETE")

    assert code(nowhere) == (404, "not_found")
    assert code(wrong_verb) == (405, "method_not_allowed")
    assert wrong_verb.headers["Allow"] == "GET, HEAD"


def test_documents_are_open_to_whoever_writes_programs(app):
    client = app.test_client()

    document = client.get("/api/brand/v1/openapi.json")
    pages = [client.get(f"/api/brand/v1/{name}") for name in ("", "problems")]

    assert document.json["openapi"] == "3.1.0"
    assert "/api/brand/v1/collections/{collection_id}/imports" in document.json["paths"]
    assert [page.status_code for page in pages] == [200, 200]
    assert 'id="key_refused"' in pages[1].text


def test_every_code_of_the_catalogue_has_its_sentence(app):
    page = app.test_client().get("/api/brand/v1/problems", headers={"Accept-Language": "fr"}).text

    assert [code for code in problems.CODES if f'id="{code}"' not in page] == []
    assert "%(" not in page
