"""The house closed for work: one page, in the visitor's language, without any store."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from marketplace.config import Settings, SettingsError, from_environment
from marketplace.web.closed import closed_app

NOWHERE = {
    "DATABASE_URL": "postgresql://nobody@127.0.0.1:1/nothing",
    "REDIS_URL": "redis://127.0.0.1:1",
    "SECRET_KEY": "only for this test, thirty-two letters",
    "PUBLIC_URL": "http://localhost",
    "STRIPE_API_KEY": "sk_test_none",
    "STRIPE_WEBHOOK_SECRET": "whsec_none",
    "STORAGE_URL": "file:///nowhere",
    "CLOSED_UNTIL": "2026-03-05T06:30+01:00",
}


@pytest.fixture
def settings() -> Settings:
    """Stores that are not there."""
    return from_environment(NOWHERE)


@pytest.fixture
def client(settings):
    """A browser before the closed door."""
    return closed_app(settings, settings.closed_until).test_client()


@pytest.mark.parametrize("path", ["/", "/bag", "/brand/deals", "/admin/", "/hooks/stripe"])
@pytest.mark.parametrize("method", ["GET", "POST"])
def test_every_address_says_until_when_and_asks_no_store(client, path, method):
    answer = client.open(path, method=method, headers={"Accept": "text/html"})

    assert answer.status_code == 503
    assert answer.headers["Retry-After"] == "60"
    assert "Thursday 5 March 2026, 06:30" in answer.get_data(as_text=True)
    assert "default-src 'none'" in answer.headers["Content-Security-Policy"]


def test_it_speaks_the_visitors_language_and_looks_as_every_page(client):
    page = client.get("/", headers={"Accept-Language": "fr"}).get_data(as_text=True)

    assert '<html lang="fr"' in page
    assert "jeudi 5 mars 2026" in page
    assert client.get("/static/css/door-bare.css").status_code == 200


def test_programs_get_a_code(client):
    answer = client.get("/", headers={"Accept": "application/json"})

    assert answer.content_type == "application/problem+json"
    assert (answer.json["code"], answer.json["status"]) == ("closed", 503)


def test_the_moment_is_read_with_its_offset(settings):
    assert settings.closed_until == datetime(2026, 3, 5, 5, 30, tzinfo=UTC)


@pytest.mark.parametrize("text", ["tomorrow", "2026-03-05T06:30", "2026-13-05T06:30+01:00"])
def test_a_moment_that_could_be_misread_ends_the_process(text):
    with pytest.raises(SettingsError, match="CLOSED_UNTIL must be an instant with its offset"):
        from_environment({**NOWHERE, "CLOSED_UNTIL": text})
