from __future__ import annotations

import pytest

from marketplace.domain.doors import Realm
from marketplace.web import access, returning
from tests import factories


@pytest.fixture
def hung():
    return ()  # the hallway alone


FROM_HERE = {"Sec-Fetch-Site": "same-origin"}


@pytest.fixture
def member(database, member_client):
    with database.session() as session:
        somebody = factories.member(session)
    return member_client(somebody)


def switch(client, *, token=None, headers=None):
    """Ask for another language, as any page of ours may."""
    data = {"locale": "fr"} if token is None else {"locale": "fr", "csrf_token": token}
    return client.post("/language", data, token=False, headers=headers or FROM_HERE)


def test_a_deed_with_the_pages_token_from_here_is_done(member, database):
    answer = switch(member, token=member.token())

    assert answer.status_code == 303
    assert database.value("SELECT locale FROM accounts") == "fr"


@pytest.mark.parametrize("token", [None, "", "x", "A" * 43])
def test_a_deed_without_the_pages_token_is_not_done(member, database, token):
    answer = switch(member, token=token)

    assert answer.status_code == 403
    assert database.value("SELECT locale FROM accounts") == "en"


def test_another_visitors_token_is_worth_nothing(member, database, member_client):
    with database.session() as session:
        other = factories.member(session)
    foreign = member_client(other).token()

    assert switch(member, token=foreign).status_code == 403


def test_the_token_of_nobody_is_worth_nothing_once_signed_in(member, anonymous):
    assert switch(member, token=anonymous.token()).status_code == 403


def test_a_token_of_one_door_is_worth_nothing_at_another(client_at):
    brand = client_at(Realm.BRAND)
    foreign = brand.token()
    brand.place = client_at(Realm.OPERATOR).place

    answer = brand.post("/admin/language", {"locale": "fr", "csrf_token": foreign}, token=False)

    assert answer.status_code == 403


@pytest.mark.parametrize(
    "headers",
    [
        {"Sec-Fetch-Site": "cross-site"},
        {"Sec-Fetch-Site": "same-site"},
        {"Sec-Fetch-Site": "none"},
        {"Sec-Fetch-Site": "cross-site", "Origin": "http://localhost:8000"},
        {"Sec-Fetch-Site": "", "Origin": "http://localhost:8000"},
    ],
)
def test_a_deed_that_the_browser_says_is_not_from_here_is_not_done(member, database, headers):
    answer = switch(member, token=member.token(), headers=headers)

    assert answer.status_code == 403
    assert database.value("SELECT locale FROM accounts") == "en"


@pytest.mark.parametrize(
    ("origin", "status"),
    [
        ("http://localhost:8000", 303),
        ("http://localhost:8001", 403),
        ("https://localhost:8000", 403),
        ("http://evil.example", 403),
        ("null", 403),
        (None, 403),
    ],
)
def test_an_older_browser_is_known_by_its_origin(app, member, origin, status):
    token = member.token()
    headers = {} if origin is None else {"Origin": origin}
    plain = app.test_client()
    plain.set_cookie("__Host-aubaine-member-8000", member.reference, secure=True)

    answer = _raw(plain, token, headers)

    assert answer.status_code == status


def _raw(client, token, headers):
    """A request without the header that this test's browsers add by themselves."""
    from flask.testing import FlaskClient  # noqa: PLC0415

    return FlaskClient.open(
        client,
        "/language",
        method="POST",
        data={"locale": "fr", "csrf_token": token},
        headers=headers,
        base_url="http://localhost:8000",
    )


def test_scripts_of_ours_send_the_token_in_a_header(member, database):
    headers = {**FROM_HERE, "X-CSRF-Token": member.token()}

    assert switch(member, headers=headers).status_code == 303


def test_every_unsafe_route_asks_for_the_token_but_the_one_that_proves_itself(app):
    unsafe = {
        rule.endpoint
        for rule in app.url_map.iter_rules()
        if rule.methods - {"GET", "HEAD", "OPTIONS"}
    }

    free = {name for name in unsafe if access.of_endpoint(app, name).proves_itself}

    assert len(free) <= 1
    assert all("webhook" in name or "stripe" in name for name in free)


BYPASSES = [
    "//evil.example",
    "///evil.example",
    "////evil.example/%2f..",
    "/\\evil.example",
    "\\\\evil.example",
    "\\/evil.example",
    "/\\/evil.example",
    "/%5cevil.example",
    "/%2f/evil.example",
    "/%2fevil.example",
    "https://evil.example",
    "http://evil.example",
    "https:evil.example",
    "http:/evil.example",
    "HTTPS://evil.example",
    "https:///evil.example",
    "ftp://evil.example",
    "javascript:alert(1)",
    "JaVaScRiPt:alert(1)",
    "data:text/html,x",
    "vbscript:x",
    "mailto:a@evil.example",
    "evil.example",
    "www.evil.example",
    "@evil.example",
    "/@evil.example:80/",
    "http://localhost:8000@evil.example",
    "//localhost:8000@evil.example",
    "/%0d%0aLocation:%20http://evil.example",
    "/\r\nLocation: http://evil.example",
    "/\nSet-Cookie: a=b",
    "/%00",
    "/\x00",
    "/\t/evil.example",
    "\t//evil.example",
    " //evil.example",
    "/ /evil.example",
    "/.//evil.example",
    "/..//evil.example",
    "/../evil",
    "/a/../../evil",
    "/a/%2e%2e/evil",
    "/a//evil.example",
    "/a;jsessionid=1",
    "/a?next=//evil.example",
    "/a?u=http:evil",
    "/a?x=%0d%0a",
    "/a#//evil.example",
    "/\u2215evil.example",
    "/\uff0fevil.example",
    "/\u3002evil",
    "?next=/",
    "a/b",
    "",
    "/" + "a" * 400,
    "/sign-out",
    "/brand/sign-out",
    "/language",
]


@pytest.mark.parametrize("target", BYPASSES)
def test_signing_in_never_leads_out_of_the_house(app, target):
    with app.test_request_context("/sign-in"):
        assert returning.allowed(target) is None


@pytest.mark.parametrize(
    "target",
    ["/", "/bag", "/sales/k7f2", "/sales/k7/styles/12", "/orders?page=2", "/brand/imports/7"],
)
def test_our_own_pages_are_led_to(app, target):
    with app.test_request_context("/sign-in"):
        assert returning.allowed(target) == target


def test_a_member_is_not_led_behind_another_door(app):
    with app.test_request_context("/sign-in"):
        assert returning.go_on("/admin/").headers["Location"] == "/"
