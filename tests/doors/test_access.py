from __future__ import annotations

import re

import pytest
from flask import Blueprint, Flask

from marketplace.domain.doors import BrandRole, Realm
from marketplace.web import access, places
from tests import factories


@pytest.fixture
def hung():
    return ()  # the hallway alone


NONCE = re.compile(rb'nonce="[^"]+"')
TOKEN = re.compile(rb'name="csrf_token" value="[^"]+"')


def plain(answer):
    """The page without the two words that are new each time."""
    return TOKEN.sub(b"", NONCE.sub(b"", answer.data))


@pytest.fixture
def probe(settings, tools, compiled, monkeypatch):
    """An application with a view for each kind of visitor."""
    from marketplace.web.app import create_app  # noqa: PLC0415 - hung with views of this test alone
    from tests.doors.conftest import Client  # noqa: PLC0415

    door = Blueprint("probe", __name__)

    @door.get("/probe/<int:number>")
    @access.member
    def for_members(number):
        return f"member {number}"

    @door.get("/brand/probe")
    @access.brand()
    def for_brands():
        return "brand"

    @door.get("/brand/probe/owners")
    @access.brand(BrandRole.OWNER)
    def for_owners():
        return "owner"

    @door.route("/admin/probe", methods=["GET", "POST"])
    @access.operator
    def for_operators():
        return "operator"

    app = create_app(settings, tools, [door])
    app.test_client_class = Client
    app.jinja_env.bytecode_cache = compiled
    return app


def of(client, probe):
    """The same browser, in front of the application of this test."""
    other = probe.test_client()
    other.place = client.place
    with probe.app_context():
        name = places.cookie_name(client.place)
    if client.reference:
        other.set_cookie(name, client.reference, secure=True)
    return other


@pytest.fixture
def people(database, member_client, brand_client, operator_client, anonymous, probe):
    with database.session() as session:
        somebody = factories.member(session)
        house = factories.brand(session)
        viewer = factories.brand_user(session, of=house, role=BrandRole.VIEWER)
        owner = factories.brand_user(session, of=factories.brand(session), role=BrandRole.OWNER)
        operator = factories.operator(session)
    return {
        "nobody": of(anonymous, probe),
        "member": of(member_client(somebody), probe),
        "viewer": of(brand_client(viewer), probe),
        "owner": of(brand_client(owner), probe),
        "operator": of(operator_client(operator), probe),
    }


@pytest.mark.parametrize(
    ("path", "let_in"),
    [
        ("/probe/7", {"member"}),
        ("/brand/probe", {"viewer", "owner"}),
        ("/brand/probe/owners", {"owner"}),
        ("/admin/probe", {"operator"}),
    ],
)
def test_each_door_lets_in_its_own_people_only(people, path, let_in):
    answers = {who: client.get(path).status_code for who, client in people.items()}

    assert {who for who, status in answers.items() if status == 200} == let_in
    assert set(answers.values()) <= {200, 404, 403}


def test_a_person_of_the_brand_in_another_role_is_told_so(people):
    answer = people["viewer"].get("/brand/probe/owners")

    assert answer.status_code == 403
    assert "another role" in answer.get_data(as_text=True)


def test_nobody_sees_the_same_page_for_what_is_there_and_what_is_not(people):
    nobody = people["nobody"]

    there, not_there, nowhere = (
        nobody.get(path) for path in ("/probe/7", "/probe/8", "/no/such/thing/at/all")
    )

    assert there.status_code == not_there.status_code == nowhere.status_code == 404
    assert plain(there) == plain(not_there) == plain(nowhere)
    assert len(there.data) == len(nowhere.data)
    assert b"probe" not in there.data
    assert there.headers["X-Robots-Tag"] == "noindex, nofollow"
    assert b'action="/sign-in"' in there.data


@pytest.mark.parametrize("method", ["POST", "PUT", "PATCH", "DELETE", "OPTIONS", "TRACE"])
def test_nobody_learns_from_a_verb_what_is_there(people, method):
    nobody = people["nobody"]

    there, nowhere = (
        nobody.open(path, method=method) for path in ("/admin/probe", "/admin/nothing")
    )

    assert there.status_code == nowhere.status_code == 404
    assert "Allow" not in there.headers
    assert plain(there) == plain(nowhere)


@pytest.mark.parametrize(
    ("prefix", "action"), [("/brand", "/brand/sign-in"), ("/admin", "/admin/sign-in")]
)
def test_each_door_shows_its_own_sign_in_form(people, prefix, action):
    page = people["nobody"].get(f"{prefix}/anything").get_data(as_text=True)

    assert f'action="{action}"' in page


def test_the_page_for_a_member_who_looks_for_what_is_not_there_has_no_sign_in_form(people):
    answer = people["member"].get("/no/such/thing")

    assert answer.status_code == 404
    assert b'name="password"' not in answer.data


def test_a_view_that_does_not_say_who_may_enter_cannot_be_served(settings, tools):
    from marketplace.web.app import create_app  # noqa: PLC0415

    door = Blueprint("silent", __name__)
    door.add_url_rule("/silent", "silent", lambda: "anybody?")

    with pytest.raises(AssertionError, match=r"silent\.silent does not declare who may enter"):
        create_app(settings, tools, [door])


def test_a_view_for_brands_cannot_hang_at_the_members_door(settings, tools):
    from marketplace.web.app import create_app  # noqa: PLC0415

    door = Blueprint("astray", __name__)
    door.add_url_rule("/astray", "astray", access.brand()(lambda: "brand"))

    with pytest.raises(AssertionError, match="/astray is for brand but stands at member's door"):
        create_app(settings, tools, [door])


def test_every_door_has_its_paths():
    assert [
        places.of_path(path).realm for path in ("/", "/brand", "/brand/", "/brander", "/admin/x")
    ] == [
        Realm.MEMBER,
        Realm.BRAND,
        Realm.BRAND,
        Realm.MEMBER,
        Realm.OPERATOR,
    ]


def test_debugging_is_refused_at_start(settings, tools, monkeypatch):
    from marketplace.web.app import create_app  # noqa: PLC0415

    monkeypatch.setenv("FLASK_DEBUG", "1")

    with pytest.raises(AssertionError, match="debugging"):
        create_app(settings, tools, [])


def test_the_application_is_flasks_own(app):
    assert isinstance(app, Flask)
    assert not app.debug
