"""Parts that a person puts in place of the embedded ones: asked first, refused in one sentence."""

from __future__ import annotations

import http.server
import os
import socket
import subprocess
import sys
import threading
import time

import pytest

from marketplace.local import outside, ports
from marketplace.local.state import ROOT


def said(**environment: str) -> str:
    """The sentence with which the environment is refused."""
    with pytest.raises(outside.OutsideError) as no:
        outside.check(environment)
    return str(no.value)


@pytest.fixture
def silent():
    """The port of somebody who accepts connections and never says a word."""
    with socket.create_server(("127.0.0.1", 0)) as server:
        yield server.getsockname()[1]


@pytest.fixture
def stripe_that_answers():
    """A server that answers every request with the status put into its list."""
    status: list[int] = [200]

    class Handler(http.server.BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            self.send_response(status[0])
            self.end_headers()

        def log_message(self, *_: object) -> None:
            """Keep quiet."""

    with http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield f"http://127.0.0.1:{server.server_port}", status
        server.shutdown()


def test_nothing_named_is_nothing_to_ask():
    assert outside.named({}) == ()
    outside.check({})
    outside.refuse({}, "dev.py reset")


def test_stores_that_answer_are_accepted(stores, tmp_path):
    outside.check(
        {
            "DATABASE_URL": stores.postgres.url(),
            "REDIS_URL": stores.valkey.url(),
            "STORAGE_URL": f"file://{tmp_path}",
            "SMTP_URL": "capture://",
        }
    )


def test_a_database_that_is_not_there_is_told_without_its_password():
    url = f"postgresql://app:the-secret@127.0.0.1:{ports.free()}/shop"

    sentence = said(DATABASE_URL=url)

    assert sentence.startswith("DATABASE_URL cannot be used: postgresql://127.0.0.1:")
    assert "refused" in sentence
    assert "the-secret" not in sentence
    assert "\n" not in sentence


def test_a_wrong_password_is_told_as_such(stores):
    url = stores.postgres.url(user="aubaine_owner", password="guessed")

    assert "password authentication failed" in said(DATABASE_URL=url)


def test_somebody_who_never_answers_is_given_up_after_three_seconds(silent):
    begun = time.monotonic()

    sentence = said(
        DATABASE_URL=f"postgresql://app:x@127.0.0.1:{silent}/shop",
        REDIS_URL=f"redis://127.0.0.1:{silent}/0",
        SMTP_URL=f"smtp://127.0.0.1:{silent}",
    )

    assert time.monotonic() - begun < outside.SECONDS_MAX + 1.5
    assert sentence.startswith("DATABASE_URL cannot be used")


@pytest.mark.parametrize(
    ("name", "address", "words"),
    [
        ("DATABASE_URL", "mysql://here/shop", "does not begin with postgresql://"),
        ("REDIS_URL", "redis://127.0.0.1:1/0", "does not answer"),
        ("SMTP_URL", "smtp://127.0.0.1:1", "does not take mail"),
        ("SMTP_URL", "pigeon://loft", "does not begin with smtp:// or smtps:// and a host"),
        ("STORAGE_URL", "file:///nowhere/at/all", "is not a folder that can be written to"),
        ("STORAGE_URL", "ftp://here", "does not begin with file:// or s3://"),
    ],
)
def test_a_wrong_address_is_refused_in_one_sentence(name, address, words):
    sentence = said(**{name: address})

    assert sentence.startswith(f"{name} cannot be used: {address} ")
    assert words in sentence


def test_a_bucket_that_cannot_be_read_is_refused(monkeypatch):
    monkeypatch.setenv("AWS_ENDPOINT", f"http://127.0.0.1:{ports.free()}")
    monkeypatch.setenv("AWS_ALLOW_HTTP", "true")
    monkeypatch.setenv("AWS_ACCESS_KEY_ID", "x")
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "x")

    assert "STORAGE_URL cannot be used: s3://photographs" in said(STORAGE_URL="s3://photographs")


def test_stripe_s_answer_to_the_key_is_told(stripe_that_answers):
    base, status = stripe_that_answers
    stripe = {
        "STRIPE_API_KEY": "sk_test_wrong_key",
        "STRIPE_WEBHOOK_SECRET": "whsec_x",
        "STRIPE_API_BASE": base,
    }
    outside.check(stripe)

    status[0] = 401

    assert said(**stripe) == f"STRIPE_API_KEY cannot be used: sk_test_… is not accepted by {base}."


def test_half_of_stripe_is_refused():
    assert said(STRIPE_API_KEY="sk_test_x") == (
        "Stripe is set in part only: STRIPE_WEBHOOK_SECRET is missing."
    )


def test_an_owner_without_an_application_is_refused():
    assert "set both" in said(MIGRATION_DATABASE_URL="postgresql://here/shop")


@pytest.mark.parametrize("command", ["test", "reset"])
@pytest.mark.parametrize("name", ["DATABASE_URL", "REDIS_URL", "STORAGE_URL", "STRIPE_API_KEY"])
def test_what_fills_or_empties_stores_refuses_any_but_its_own(command, name, tmp_path):
    module = {"test": "marketplace.local.outside", "reset": "marketplace.local.reset"}[command]
    kept = tmp_path / "state"

    done = subprocess.run(
        [sys.executable, "-m", module, f"dev.py {command}"],
        env={**os.environ, name: "postgresql://production/shop", "AUBAINE_STATE": str(kept)},
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
    )

    assert done.returncode == 1
    assert done.stderr == (
        f"`dev.py {command}` touches embedded stores only, and {name} is set: unset first. "
        "Nothing was changed.\n"
    )
    assert not kept.exists()
