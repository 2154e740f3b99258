from __future__ import annotations

import pytest
from flask import Blueprint

from marketplace.db.session import StoreDown
from marketplace.domain.accounts import TooManyAttempts
from marketplace.domain.refusals import Busy, NotFound, Stale
from marketplace.web import access, fields, inputs
from marketplace.web.app import create_app


@pytest.fixture
def hung():
    return ()  # the hallway alone


JSON = {"Accept": "application/json"}
SECRET = "postgresql://aubaine:hunter2@db/aubaine"


class Form(inputs.Schema):
    """A form of this test."""

    name = fields.Trimmed(required=True, max=5)


@pytest.fixture
def client(settings, tools, compiled):
    """A browser in front of views that say no, and that break."""
    door = Blueprint("broken", __name__)
    raised = {
        "stale": Stale(latest=3),
        "busy": Busy(),
        "many": TooManyAttempts(seconds=17),
        "none": NotFound(),
        "store": StoreDown(SECRET),
        "fault": RuntimeError(SECRET),
    }

    @door.get("/raise/<name>")
    @access.anyone
    def breaks(name):
        raise raised[name]

    @door.get("/form")
    @access.anyone
    def form():
        return inputs.query(Form())["name"]

    app = create_app(settings, tools, [door])
    app.jinja_env.bytecode_cache = compiled
    return app.test_client()


@pytest.mark.parametrize(
    ("name", "status", "said"),
    [
        ("stale", 409, "Somebody changed this"),
        ("busy", 503, "Many are asking at once"),
        ("many", 429, "Wait 17 seconds"),
        ("store", 503, "busy for a moment"),
        ("fault", 500, "A fault on our side"),
    ],
)
def test_every_no_and_every_fault_is_a_page_in_words(client, name, status, said):
    answer = client.get(f"/raise/{name}")

    assert answer.status_code == status
    assert said in answer.get_data(as_text=True)
    assert answer.headers["Cache-Control"] == "no-store"


@pytest.mark.parametrize(
    ("name", "status", "code"),
    [
        ("stale", 409, "stale"),
        ("busy", 503, "busy"),
        ("many", 429, "too_many_attempts"),
        ("none", 404, "not_found"),
        ("store", 503, "store_down"),
        ("fault", 500, "fault"),
    ],
)
def test_a_program_gets_a_problem_with_a_stable_code(client, name, status, code):
    answer = client.get(f"/raise/{name}", headers=JSON)

    assert answer.status_code == status
    assert answer.content_type == "application/problem+json"
    assert answer.json["code"] == code
    assert answer.json["status"] == status
    assert answer.json["request_id"] == answer.headers["X-Request-ID"]


def test_who_must_wait_is_told_how_long(client):
    seconds = [
        client.get(f"/raise/{name}").headers["Retry-After"] for name in ("many", "busy", "store")
    ]

    assert seconds == ["17", "2", "5"]


@pytest.mark.parametrize("headers", [{}, JSON])
@pytest.mark.parametrize("name", ["fault", "store"])
def test_a_fault_shows_its_number_and_nothing_else(client, name, headers):
    answer = client.get(f"/raise/{name}", headers=headers)

    text = answer.get_data(as_text=True)
    assert answer.headers["X-Request-ID"] in text
    for inside in ("hunter2", "Traceback", "RuntimeError", "test_errors"):
        assert inside not in text


def test_what_cannot_be_taken_is_said_by_field(client):
    page = client.get("/form?name=too+long")
    problem = client.get("/form?name=too+long&other=1", headers=JSON)

    assert page.status_code == problem.status_code == 422
    assert "at most 5 characters" in page.get_data(as_text=True)
    assert problem.json["errors"] == {
        "name": ["This is too long. Shorten it to at most 5 characters."],
        "other": ["This form has no such field. Open the page again and send it once more."],
    }


def test_a_verb_that_a_page_does_not_know_is_refused(client):
    assert client.put("/sign-in", headers={"Sec-Fetch-Site": "same-origin"}).status_code == 404
