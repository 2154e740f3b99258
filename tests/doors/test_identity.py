from __future__ import annotations

import hashlib
from datetime import timedelta

import pytest
from sqlalchemy import event

from marketplace.domain.doors import Realm
from tests import factories


@pytest.fixture
def hung():
    return ()  # the hallway alone


LIMITS = [
    (Realm.MEMBER, {"days": 30}, {"days": 90}),
    (Realm.BRAND, {"minutes": 30}, {"hours": 12}),
    (Realm.OPERATOR, {"minutes": 15}, {"hours": 8}),
]


@pytest.fixture
def at(database, signed_in):
    """A browser in which somebody of a realm is signed in."""

    def make(realm: Realm):
        with database.session() as session:
            if realm is Realm.MEMBER:
                account_id = factories.member(session).account_id
            elif realm is Realm.BRAND:
                user = factories.brand_user(session, of=factories.brand(session))
                account_id = user.account_id
            else:
                account_id = factories.operator(session).id
        return signed_in(account_id)

    return make


def is_in(client) -> bool:
    return client.get(f"{client.place.prefix}/account").status_code == 200


@pytest.mark.parametrize(("realm", "idle", "_absolute"), LIMITS)
def test_a_session_that_is_not_used_ends(at, clock, realm, idle, _absolute):
    client = at(realm)
    clock.turn(**idle)

    assert not is_in(client)


@pytest.mark.parametrize(("realm", "idle", "_absolute"), LIMITS)
def test_using_a_session_keeps_it(at, clock, realm, idle, _absolute):
    client = at(realm)
    for _ in range(2):
        clock.turn(**{unit: number - 1 for unit, number in idle.items()})
        assert is_in(client)
        clock.turn(seconds=50)


@pytest.mark.parametrize(("realm", "idle", "absolute"), LIMITS)
def test_a_session_ends_in_the_end_however_much_it_is_used(
    at, clock, database, realm, idle, absolute
):
    client = at(realm)
    assert is_in(client)
    database.run("UPDATE sessions SET idle_until = expires_at, last_seen_at = expires_at")
    clock.turn(**absolute)

    assert not is_in(client)


def test_the_houses_clock_decides_and_not_the_cookies(at, clock):
    client = at(Realm.OPERATOR)
    clock.turn(minutes=14, seconds=55)
    assert is_in(client)


def test_signing_out_ends_the_session_and_takes_the_cookie_back(at, database):
    client = at(Realm.MEMBER)

    answer = client.post("/sign-out")

    client.set_cookie("__Host-aubaine-member-8000", client.reference, secure=True)
    assert answer.status_code == 303
    assert "Expires=Thu, 01 Jan 1970" in answer.headers["Set-Cookie"]
    assert not is_in(client)


def test_signing_out_everywhere_ends_every_session(database, signed_in):
    with database.session() as session:
        somebody = factories.member(session)
    here, there = signed_in(somebody.account_id), signed_in(somebody.account_id)

    here.post("/account/sign-out-everywhere")

    assert (is_in(here), is_in(there)) == (False, False)


def test_disabling_an_account_ends_its_sessions_at_the_next_request(at, database):
    client = at(Realm.BRAND)
    assert is_in(client)

    database.run("UPDATE accounts SET state = 'disabled'")

    assert not is_in(client)


def test_a_role_taken_away_is_gone_at_the_next_request(at, database):
    client = at(Realm.BRAND)
    assert is_in(client)

    database.run("DELETE FROM brand_users")

    assert not is_in(client)


def test_a_members_cookie_opens_nothing_at_the_other_doors(at):
    client = at(Realm.MEMBER)
    client.set_cookie("__Host-aubaine-brand-8000", client.reference, secure=True)
    client.set_cookie("__Host-aubaine-admin-8000", client.reference, secure=True)

    answers = [client.get(path).status_code for path in ("/brand/account", "/admin/account")]

    assert answers == [404, 404]


def test_a_made_up_reference_opens_nothing(anonymous):
    anonymous.set_cookie("__Host-aubaine-member-8000", "x" * 43, secure=True)

    assert not is_in(anonymous)


def test_what_stands_in_the_table_opens_nothing(at, database, anonymous):
    client = at(Realm.MEMBER)
    kept = bytes(database.value("SELECT token_hash FROM sessions"))
    assert kept == hashlib.sha256(client.reference.encode()).digest()

    for guess in (kept.hex(), kept.decode("latin-1")):
        anonymous.set_cookie("__Host-aubaine-member-8000", guess, secure=True)
        assert not is_in(anonymous)


def test_a_visitor_is_looked_up_once_a_request(at, vault):
    client = at(Realm.MEMBER)
    asked = []
    event.listen(
        vault.engine,
        "before_cursor_execute",
        lambda *args: asked.append(args[2]) if "knock" in args[2] else None,
    )

    client.get("/account")

    assert len(asked) == 1


@pytest.mark.parametrize(
    ("realm", "pause"),
    [
        (Realm.MEMBER, timedelta(days=1)),
        (Realm.BRAND, timedelta(minutes=1)),
        (Realm.OPERATOR, timedelta(seconds=30)),
    ],
)
def test_use_is_noted_once_in_a_thirtieth_of_what_it_prolongs(at, database, clock, realm, pause):
    client = at(realm)
    first = database.value("SELECT last_seen_at FROM sessions")

    is_in(client)
    at_once = database.value("SELECT last_seen_at FROM sessions")
    clock.set(first + pause + timedelta(seconds=1))
    is_in(client)
    later = database.value("SELECT last_seen_at FROM sessions")

    assert at_once == first
    assert later > first


def test_changing_the_password_gives_a_new_session_and_ends_the_others(database, signed_in):
    from marketplace.db import passwords  # noqa: PLC0415

    with database.session() as session:
        somebody = factories.member(session, password_hash=passwords.hashed(factories.PASSWORD))
    here, there = signed_in(somebody.account_id), signed_in(somebody.account_id)

    answer = here.post(
        "/account/password",
        {"password": factories.PASSWORD, "new_password": "seven swans at the old mill"},
    )

    changed = here.get_cookie("__Host-aubaine-member-8000").value
    assert answer.status_code == 303
    assert changed != here.reference
    assert (is_in(here), is_in(there)) == (True, False)
    assert database.rows("SELECT name FROM events") == [("account.password_changed",)]
    assert database.rows("SELECT kind, transactional FROM letters") == [("password_changed", True)]


@pytest.mark.parametrize(
    ("given", "said"),
    [
        (
            {"password": "not this one at all", "new_password": "seven swans at the old mill"},
            "present password",
        ),
        ({"password": factories.PASSWORD, "new_password": "short"}, "too short"),
        ({"password": factories.PASSWORD, "new_password": "password123"}, "guessed first"),
        ({"password": factories.PASSWORD, "new_password": "aaaaaaaaaaaaaaaa"}, "guessed first"),
        (
            {"password": factories.PASSWORD, "new_password": "laurentcamille7"},
            "little more than your name",
        ),
    ],
)
def test_a_password_that_cannot_be_taken_changes_nothing(database, signed_in, given, said):
    from marketplace.db import passwords  # noqa: PLC0415

    with database.session() as session:
        somebody = factories.member(
            session, name="Camille Laurent", password_hash=passwords.hashed(factories.PASSWORD)
        )
    client = signed_in(somebody.account_id)
    before = database.value("SELECT password_hash FROM accounts")

    answer = client.post("/account/password", given)

    assert answer.status_code == 422
    assert said in answer.get_data(as_text=True)
    assert database.value("SELECT password_hash FROM accounts") == before
    assert is_in(client)


def test_the_language_of_the_account_is_spoken_and_may_be_changed(at, database):
    client = at(Realm.MEMBER)
    assert '<html lang="en"' in client.get("/account").get_data(as_text=True)

    answer = client.post("/language?next=/account", {"locale": "fr"})

    assert answer.headers["Location"] == "/account"
    assert database.value("SELECT locale FROM accounts") == "fr"
    assert '<html lang="fr"' in client.get("/account").get_data(as_text=True)


def test_nobody_yet_reads_the_browsers_language_or_the_one_they_chose(anonymous):
    asked = {"Accept-Language": "fr-CH, fr;q=0.9, en;q=0.5"}

    first = anonymous.get("/sign-in", headers=asked).get_data(as_text=True)
    anonymous.post(
        "/language", {"locale": "en"}, headers={"Referer": "http://localhost:8000/sign-in"}
    )
    second = anonymous.get("/sign-in", headers=asked).get_data(as_text=True)

    assert '<html lang="fr"' in first
    assert '<html lang="en"' in second
