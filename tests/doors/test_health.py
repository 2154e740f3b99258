from __future__ import annotations

from dataclasses import replace

import pytest
from sqlalchemy import text

from marketplace.db.session import Vault, engine_for
from marketplace.gateways.announcements import ValkeyAnnouncer
from marketplace.web.app import create_app
from tests import factories


@pytest.fixture
def hung():
    return ()  # the hallway alone


NOWHERE = "postgresql://nobody@127.0.0.1:9/nothing"


def event_written(database, minutes):
    with database.session() as session:
        session.execute(
            text(
                "INSERT INTO events (name, subject_type, subject_id, actor, created_at) "
                "VALUES ('a', 'b', 1, 'worker', house_now() - :ago * interval '1 minute')"
            ),
            {"ago": minutes},
        )


def test_a_house_in_good_order_says_so_in_one_word(app):
    answer = app.test_client().get("/health", environ_base={"REMOTE_ADDR": "203.0.113.9"})

    assert (answer.status_code, answer.json) == (200, {"status": "ok"})


def test_the_machine_itself_is_told_the_whole(app, database):
    event_written(database, 2)
    database.run(
        "INSERT INTO pulses (process, beaten_at) VALUES ('clock-1', house_now() - interval '3 seconds')"
    )

    told = app.test_client().get("/health").json

    assert told["status"] == "impaired"
    assert told["stores"] == {"postgres": True, "valkey": True}
    assert 120 <= told["outbox_oldest_s"] <= 125
    assert told["pulses_s"].keys() == {"clock-1"}
    assert 3 <= told["pulses_s"]["clock-1"] <= 8
    assert abs(told["clock_lag_ms"]) < 1_000


def test_what_a_proxy_of_this_machine_forwards_is_not_the_machine_itself(app):
    answer = app.test_client().get("/health", headers={"X-Forwarded-For": "203.0.113.9"})

    assert answer.json == {"status": "ok"}


def test_an_operator_is_told_the_whole_from_anywhere(app, database, operator_client):
    with database.session() as session:
        somebody = factories.operator(session)

    told = operator_client(somebody).get("/health", environ_base={"REMOTE_ADDR": "203.0.113.9"})

    assert "stores" in told.json


def test_a_clock_that_is_apart_is_seen(app, clock):
    clock.turn(minutes=10)

    told = app.test_client().get("/health").json

    assert told["status"] == "impaired"
    assert -601_000 < told["clock_lag_ms"] < -599_000


def test_without_valkey_people_are_served_and_it_is_said(settings, tools):
    app = create_app(settings, replace(tools, announcer=ValkeyAnnouncer("redis://127.0.0.1:9")), [])

    answer = app.test_client().get("/health")

    assert (answer.status_code, answer.json["status"]) == (200, "impaired")
    assert answer.json["stores"] == {"postgres": True, "valkey": False}


@pytest.fixture
def without_postgres(settings, tools):
    engine = engine_for(NOWHERE, pool_size=1, application="aubaine-test")
    yield create_app(settings, replace(tools, vault=Vault(engine)), [])
    engine.dispose()


def test_without_postgres_nobody_can_be_served(without_postgres):
    client = without_postgres.test_client()
    client.set_cookie("__Host-aubaine-member-8000", "x" * 43, secure=True)

    health = client.get("/health", environ_base={"REMOTE_ADDR": "203.0.113.9"})
    page = client.get("/account")

    assert (page.status_code, page.headers["Retry-After"]) == (503, "5")
    assert health.status_code == 503


def test_without_postgres_health_says_so(without_postgres):
    answer = without_postgres.test_client().get("/health")

    assert answer.status_code == 503
    assert answer.json["status"] == "down"
    assert answer.json["stores"]["postgres"] is False


def test_captured_mails_are_shown_where_everything_is_on_one_machine(
    settings, tools, database, compiled
):
    with database.owner.begin() as connection:
        mail_id = connection.execute(
            text(
                "INSERT INTO captured_mails (to_address, subject, text, html, attachments) VALUES "
                "('a@example.org', 'Subject', 'Text', '<p onclick=x()>Body</p>', CAST(:files AS jsonb)) RETURNING id"
            ),
            {
                "files": '[{"filename": "report é.csv", "media_type": "text/csv", "content": "YSxi"}]'
            },
        ).scalar_one()
    app = create_app(replace(settings, embedded=True), tools, [])
    client = app.test_client()

    listed = client.get("/mails/").get_data(as_text=True)
    shown = client.get(f"/mails/{mail_id}").get_data(as_text=True)
    body = client.get(f"/mails/{mail_id}/body")
    enclosed = client.get(f"/mails/{mail_id}/attachments/0")

    assert "Subject" in listed
    assert f'src="/mails/{mail_id}/body" sandbox="allow-top-navigation-by-user-activation"' in shown
    assert body.headers["Content-Security-Policy"].startswith(
        "sandbox allow-top-navigation-by-user-activation; default-src 'none'"
    )
    assert enclosed.data == b"a,b"
    assert (
        enclosed.headers["Content-Disposition"]
        == "attachment; filename*=UTF-8''report%20%C3%A9.csv"
    )


def test_there_is_no_such_page_anywhere_else(anonymous, database):
    assert [
        anonymous.get(path).status_code for path in ("/mails/", "/mails/1", "/mails/1/body")
    ] == [404] * 3
