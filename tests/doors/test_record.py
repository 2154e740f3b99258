from __future__ import annotations

import json
import socket
import urllib.request

import pytest
import structlog
from prometheus_client import REGISTRY

from marketplace.db import passwords
from marketplace.domain.refusals import Busy
from marketplace.services import accounts
from marketplace.web import metrics
from tests import factories

TABLES_OF_USE = {"sessions", "pulses", "test_clock", "alembic_version"}
"""What may change by being used."""


@pytest.fixture
def written():
    """The lines of the log, as a deployment writes them."""
    lines = []

    def keep(_logger, _name, event):
        lines.append(json.loads(structlog.processors.JSONRenderer(sort_keys=True)(None, "", event)))
        raise structlog.DropEvent

    before = structlog.get_config()
    structlog.configure(
        processors=[
            structlog.contextvars.merge_contextvars,
            structlog.processors.format_exc_info,
            keep,
        ],
        cache_logger_on_first_use=False,
    )
    yield lines
    structlog.configure(**before)


@pytest.fixture
def hung():
    return ()  # the hallway alone


def test_each_request_is_one_line_without_personal_data(anonymous, database, written):
    with database.session() as session:
        factories.member(
            session, email="camille@example.org", password_hash=passwords.hashed(factories.PASSWORD)
        )
    token = anonymous.token()
    written.clear()

    answer = anonymous.post(
        "/sign-in?next=/account",
        {"email": "camille@example.org", "password": factories.PASSWORD, "csrf_token": token},
        token=False,
    )

    reference = anonymous.get_cookie("__Host-aubaine-member-8000").value
    assert answer.status_code == 303
    assert len(written) == 1
    line = written[0]
    assert {"event", "method", "ms", "request_id", "route", "status"} <= line.keys()
    assert (line["route"], line["status"], line["method"]) == ("/sign-in", 303, "POST")
    assert type(line["ms"]) is int
    assert line["request_id"] == answer.headers["X-Request-ID"]
    for secret in ("camille", factories.PASSWORD, reference, token, "127.0.0.1"):
        assert secret not in json.dumps(written)


def test_a_secret_address_is_not_written_down(anonymous, written):
    anonymous.get("/reset/a-word-that-opens-an-account")

    assert "a-word-that-opens-an-account" not in json.dumps(written)
    assert [line["route"] for line in written if line["event"] == "request"] == ["/reset/<word>"]


def test_what_is_recorded_carries_the_number_of_the_request(database, member_client, anonymous):
    answer = anonymous.post(
        "/sign-in", {"email": "nobody@example.org", "password": "nothing at all"}
    )

    assert database.rows("SELECT name, request_id FROM events") == [
        ("account.sign_in_failed", answer.headers["X-Request-ID"])
    ]


def counted(route, status):
    return REGISTRY.get_sample_value(
        "aubaine_requests_total", {"route": route, "method": "GET", "status": str(status)}
    )


def test_requests_are_counted_by_route_and_not_by_address(anonymous):
    before = counted("/pages/<slug>", 200) or 0

    anonymous.get("/pages/terms")
    anonymous.get("/pages/privacy")

    assert counted("/pages/<slug>", 200) == before + 2


def test_figures_are_served_on_a_port_of_their_own(anonymous):
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    anonymous.get("/pages/terms")

    metrics.serve(port)

    with urllib.request.urlopen(f"http://127.0.0.1:{port}/metrics") as answer:
        said = answer.read().decode()
    assert "aubaine_requests_total" in said
    assert anonymous.get("/metrics").status_code == 404


def test_no_port_no_figures():
    assert metrics.serve(0) is None


def test_a_house_too_busy_to_know_the_visitor_says_so(anonymous, monkeypatch):
    anonymous.set_cookie("__Host-aubaine-member-8000", "x" * 43, secure=True)

    def busy(*_args, **_more):
        raise Busy

    monkeypatch.setattr(accounts, "knock", busy)

    answer = anonymous.get("/account")

    assert (answer.status_code, answer.headers["Retry-After"]) == (503, "2")
    assert "Content-Security-Policy" in answer.headers


def contents(database):
    """What each table holds, but for those that change by being used."""
    names = [
        name
        for (name,) in database.rows("SELECT relname FROM pg_stat_user_tables ORDER BY relname")
        if name not in TABLES_OF_USE
    ]
    return {
        name: database.value(
            f"SELECT md5(coalesce(string_agg(t::text, '' ORDER BY t::text), '')) FROM {name} t"
        )
        for name in names
    }


@pytest.mark.parametrize(
    "hung", [("marketplace.storefront", "supplier_portal", "marketplace.admin")]
)
def test_looking_changes_nothing(
    app, database, member_client, brand_client, operator_client, anonymous
):
    with database.session() as session:
        somebody = factories.member(session)
        sale, _items = factories.open_sale(session)
        speaker = factories.brand_user(session, of=session.get_one(factories.Brand, sale.brand_id))
        operator = factories.operator(session)
    visitors = (
        anonymous,
        member_client(somebody),
        brand_client(speaker),
        operator_client(operator),
    )
    plain = [
        rule.rule
        for rule in app.url_map.iter_rules()
        if "GET" in rule.methods and not rule.arguments
    ]
    before = contents(database)

    seen = {client.get(path).status_code for path in plain for client in visitors}

    assert contents(database) == before
    assert max(seen) < 500
