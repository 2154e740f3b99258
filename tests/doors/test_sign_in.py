from __future__ import annotations

import re

import pyotp
import pytest

from marketplace.db import passwords
from marketplace.domain.doors import Realm
from tests import factories


@pytest.fixture
def hung():
    return ()  # the hallway alone


WRONG = "the wrong sentence entirely"


@pytest.fixture(scope="module")
def kept() -> str:
    return passwords.hashed(factories.PASSWORD)


@pytest.fixture
def somebody(database, kept):
    with database.session() as session:
        return factories.member(session, email="Camille@example.org", password_hash=kept)


def sign_in(client, email="camille@example.org", password=factories.PASSWORD, **more):
    data = {"email": email, "password": password, **more}
    return client.post(f"{client.place.prefix}/sign-in", data)


def cookies(answer):
    return {line.split("=", 1)[0]: line for line in answer.headers.getlist("Set-Cookie")}


def code_of(database, account_id, steps=0):
    secret = database.value("SELECT totp_secret FROM accounts WHERE id = :id", id=account_id)
    now = database.value("SELECT extract(epoch FROM house_now())::bigint")
    return pyotp.TOTP(secret).at(now + 30 * steps)


def test_the_front_step_is_the_one_page_that_strangers_get_and_loses_nobody(anonymous):
    step, elsewhere = anonymous.get("/"), anonymous.get("/nothing-here")

    assert step.status_code == elsewhere.status_code == 404
    assert "By invitation only" in step.get_data(as_text=True)
    assert "We cannot show you this page" not in step.get_data(as_text=True)
    assert _without_the_way_back(step) == _without_the_way_back(elsewhere)


def _without_the_way_back(answer):
    """The page without its nonce, its token and the address that signing in leads back to."""
    page = answer.get_data(as_text=True)
    return re.sub(r'(nonce|value|href|content)="[^"]*"', "", page)


def test_the_right_password_opens_the_members_door(anonymous, somebody):
    answer = sign_in(anonymous)

    assert (answer.status_code, answer.headers["Location"]) == (303, "/")
    cookie = cookies(answer)["__Host-aubaine-member-8000"]
    assert "Secure" in cookie
    assert "HttpOnly" in cookie
    assert "Path=/" in cookie
    assert "SameSite=Lax" in cookie
    assert "Domain" not in cookie
    assert anonymous.get("/account").status_code == 200


def test_what_is_kept_of_a_session_cannot_open_the_door(anonymous, somebody, database):
    sign_in(anonymous)
    reference = anonymous.get_cookie("__Host-aubaine-member-8000").value

    kept = database.value("SELECT token_hash FROM sessions")

    assert len(reference) >= 43  # 256 bits
    assert reference.encode() not in bytes(kept)
    assert len(bytes(kept)) == 32


def test_a_wrong_password_opens_nothing_and_is_counted(anonymous, somebody, database):
    answer = sign_in(anonymous, password=WRONG)

    assert answer.status_code == 422
    assert "__Host-aubaine-member-8000" not in cookies(answer)
    assert database.value("SELECT count(*) FROM sessions") == 0
    assert database.value("SELECT sum(count) FROM attempts") == 2  # the account and the network
    assert database.rows("SELECT name, actor FROM events") == [
        ("account.sign_in_failed", "hallway")
    ]


def test_the_right_password_is_not_counted(anonymous, somebody, database):
    sign_in(anonymous)

    assert database.value("SELECT sum(count) FROM attempts") == 0


def test_an_account_and_no_account_are_answered_alike(client_at, somebody):
    known = sign_in(client_at(Realm.MEMBER), email="camille@example.org", password=WRONG)
    unknown = sign_in(client_at(Realm.MEMBER), email="nobody1@example.org", password=WRONG)
    no_address = sign_in(client_at(Realm.MEMBER), email="no address at all", password=WRONG)

    assert known.status_code == unknown.status_code == no_address.status_code == 422
    assert [name for name, _ in known.headers] == [name for name, _ in unknown.headers]
    assert len(known.data) == len(unknown.data)


def test_after_five_failures_the_next_attempt_waits_half_a_minute(client_at, somebody, clock):
    clock.set(clock.now().replace(second=1, microsecond=0))
    for _ in range(5):
        assert sign_in(client_at(Realm.MEMBER), password=WRONG).status_code == 422

    refused = sign_in(client_at(Realm.MEMBER))
    clock.turn(seconds=31)
    let_in = sign_in(client_at(Realm.MEMBER))

    assert refused.status_code == 429
    assert 1 <= int(refused.headers["Retry-After"]) <= 30
    assert let_in.status_code == 303


def test_a_stranger_who_guesses_does_not_make_the_member_wait_at_their_own_browser(
    anonymous, client_at, somebody
):
    sign_in(anonymous)
    anonymous.post("/sign-out")
    for _ in range(5):
        sign_in(client_at(Realm.MEMBER), password=WRONG)

    assert sign_in(client_at(Realm.MEMBER)).status_code == 429
    assert sign_in(anonymous).status_code == 303


def test_a_network_may_fail_twenty_times_in_five_minutes(client_at, somebody, clock):
    clock.set(clock.now().replace(second=1, microsecond=0))
    for number in range(20):
        failed = sign_in(client_at(Realm.MEMBER), email=f"n{number}@example.org", password=WRONG)
        assert failed.status_code == 422

    refused = sign_in(client_at(Realm.MEMBER))
    clock.turn(minutes=5, seconds=6)
    let_in = sign_in(client_at(Realm.MEMBER))

    assert refused.status_code == 429
    assert let_in.status_code == 303


def test_a_members_password_opens_neither_the_brands_nor_the_operators_door(client_at, somebody):
    at_brand = sign_in(client_at(Realm.BRAND))
    at_house = sign_in(client_at(Realm.OPERATOR))

    assert (at_brand.status_code, at_house.status_code) == (422, 422)


def test_a_disabled_account_does_not_come_in(anonymous, somebody, database):
    database.run("UPDATE accounts SET state = 'disabled'")

    assert sign_in(anonymous).status_code == 422


def test_signing_in_leads_to_the_page_that_was_asked_for(anonymous, somebody):
    anonymous.get("/orders/k7")

    answer = sign_in(anonymous)

    assert answer.headers["Location"] == "/orders/k7"


def test_signing_in_again_ends_the_session_that_the_browser_had(anonymous, somebody, database):
    sign_in(anonymous)
    first = anonymous.get_cookie("__Host-aubaine-member-8000").value

    sign_in(anonymous)

    assert anonymous.get_cookie("__Host-aubaine-member-8000").value != first
    assert database.value("SELECT count(*) FROM sessions WHERE revoked_at IS NULL") == 1


def test_an_operator_sets_the_second_step_up_at_the_first_sign_in(client_at, database, kept):
    with database.session() as session:
        operator = factories.operator(session, email="op@example.org", password_hash=kept)
    client = client_at(Realm.OPERATOR)

    entered = sign_in(client, email="op@example.org")
    page = client.get("/admin/sign-in/code").get_data(as_text=True)
    secret = database.value("SELECT totp_secret FROM accounts WHERE id = :id", id=operator.id)
    before = client.get("/admin/account")
    given = client.post("/admin/sign-in/code", {"code": code_of(database, operator.id)})

    assert entered.headers["Location"] == "/admin/sign-in/code"
    assert "<svg" in page
    assert secret[:4] in page
    assert before.status_code == 404
    assert (given.status_code, given.headers["Location"]) == (303, "/admin/account")
    assert client.get("/admin/account").status_code == 200
    assert secret not in client.get("/admin/sign-in/code").get_data(as_text=True)


@pytest.fixture
def operator(database, kept):
    with database.session() as session:
        return factories.operator(
            session,
            email="op@example.org",
            password_hash=kept,
            totp_secret="JBSWY3DPEHPK3PXPJBSWY3DPEHPK3PXP",
            totp_confirmed_at=factories.house_now(session),
        )


def test_an_operator_with_the_password_alone_is_nobody(client_at, operator):
    client = client_at(Realm.OPERATOR)

    answer = sign_in(client, email="op@example.org")

    assert answer.headers["Location"] == "/admin/sign-in/code"
    assert client.get("/admin/account").status_code == 404


def test_the_second_step_gives_a_new_session(client_at, operator, database):
    client = client_at(Realm.OPERATOR)
    sign_in(client, email="op@example.org")
    half = client.get_cookie("__Host-aubaine-admin-8000").value

    answer = client.post("/admin/sign-in/code", {"code": code_of(database, operator.id)})

    cookie = cookies(answer)["__Host-aubaine-admin-8000"]
    assert "SameSite=Strict" in cookie
    assert half not in cookie
    assert database.value("SELECT count(*) FROM sessions WHERE revoked_at IS NULL") == 1


def test_a_code_is_taken_once(client_at, operator, database):
    code = code_of(database, operator.id)
    first, second = client_at(Realm.OPERATOR), client_at(Realm.OPERATOR)
    sign_in(first, email="op@example.org")
    sign_in(second, email="op@example.org")

    taken = first.post("/admin/sign-in/code", {"code": code})
    again = second.post("/admin/sign-in/code", {"code": code})

    assert (taken.status_code, again.status_code) == (303, 422)
    assert second.get("/admin/account").status_code == 404


@pytest.mark.parametrize(("steps", "status"), [(-2, 422), (-1, 303), (0, 303), (1, 303), (2, 422)])
def test_a_code_is_right_one_step_to_each_side(client_at, operator, database, clock, steps, status):
    clock.set(clock.now().replace(second=10, microsecond=0))
    client = client_at(Realm.OPERATOR)
    sign_in(client, email="op@example.org")

    answer = client.post("/admin/sign-in/code", {"code": code_of(database, operator.id, steps)})

    assert answer.status_code == status


def test_five_wrong_codes_and_the_sixth_is_not_looked_at(client_at, operator, database):
    client = client_at(Realm.OPERATOR)
    sign_in(client, email="op@example.org")
    for _ in range(5):
        assert client.post("/admin/sign-in/code", {"code": "000000"}).status_code == 422

    answer = client.post("/admin/sign-in/code", {"code": code_of(database, operator.id)})

    assert answer.status_code == 429
    assert int(answer.headers["Retry-After"]) > 0


def test_the_second_step_must_be_given_within_ten_minutes(client_at, operator, database, clock):
    client = client_at(Realm.OPERATOR)
    sign_in(client, email="op@example.org")
    clock.turn(minutes=10)

    answer = client.post(
        "/admin/sign-in/code", {"code": code_of(database, operator.id)}, token=False
    )

    assert answer.status_code in {303, 403}
    assert client.get("/admin/account").status_code == 404


def test_a_member_may_choose_a_second_step_and_signs_in_with_it_from_then_on(
    anonymous, client_at, somebody, database
):
    sign_in(anonymous)
    anonymous.post("/account/second-step", {"password": factories.PASSWORD})

    confirmed = anonymous.post(
        "/account/second-step/code", {"code": code_of(database, somebody.account_id)}
    )
    other = client_at(Realm.MEMBER)
    entered = sign_in(other)

    assert confirmed.headers["Location"] == "/account"
    assert anonymous.get("/account").status_code == 200
    assert entered.headers["Location"] == "/sign-in/code"
    assert other.get("/account").status_code == 404
