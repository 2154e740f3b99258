"""What was written outlives the process: stopped, killed, or left by the one that started it."""

import os
import signal
import socket
import subprocess
import sys
import threading
from pathlib import Path

import pytest
import stripe

from marketplace.local.stripe.driver import Simulator
from tests.local.stripe import shop


@pytest.fixture
def inbox():
    inbox = shop.Inbox()
    listener = shop.Listener(inbox)
    thread = threading.Thread(target=listener.serve_forever, args=(0.05,))
    thread.start()
    yield inbox
    listener.shutdown()
    thread.join()
    listener.server_close()


def test_a_killed_simulator_comes_back_with_objects_keys_faults_clock_and_webhooks(tmp_path, inbox):
    with Simulator.started(tmp_path, limits=False, webhook_url=inbox.url) as first:
        api = shop.client(first.url).v1
        first.webhook_fault("withhold")
        first.fault("error_500", method="GET", path="/v1/charges", count=2)
        session = api.checkout.sessions.create(shop.order(), {"idempotency_key": "order-1"})
        first.pay(session.id)
        with pytest.raises(stripe.APIError):
            api.charges.list()
        first.advance(3_600)
        second_on_the_clock = first.now()
        first.kill()

    with Simulator.started(tmp_path, limits=False, webhook_url=inbox.url) as again:
        api = shop.client(again.url).v1
        replayed = api.checkout.sessions.create(shop.order(), {"idempotency_key": "order-1"})
        with pytest.raises(stripe.APIError):
            api.charges.list()
        released = again.release()

        assert replayed.id == session.id
        assert api.checkout.sessions.retrieve(session.id).status == "complete"
        assert len(api.charges.list().data) == 1
        assert 0 <= again.now() - second_on_the_clock < 30
        assert released == 4
        assert "checkout.session.completed" in inbox.types(4)
        lines = [line["operation"] for line in again.requests()]
        assert lines.count("POST /v1/checkout/sessions") == 2


def test_what_was_being_sent_when_it_died_is_sent_again(tmp_path, inbox):
    inbox.forget()
    with Simulator.started(tmp_path, limits=False, webhook_url=inbox.url) as first:
        api = shop.client(first.url).v1
        with inbox.arrived:  # the endpoint has the request and does not answer
            api.customers.create({})
            assert inbox.reached.wait(5)
            first.kill()

    with Simulator.started(tmp_path, limits=False, webhook_url=inbox.url):
        events = inbox.wait_for(2)

    assert events[0]["id"] == events[1]["id"]


def test_the_address_to_pay_at_follows_the_new_port(tmp_path):
    with Simulator.started(tmp_path) as first:
        session = shop.client(first.url).v1.checkout.sessions.create(shop.order())
    with Simulator.started(tmp_path) as again:
        shown = shop.client(again.url).v1.checkout.sessions.retrieve(session.id)

        assert shown.url == f"{again.url}/c/pay/{session.id}"
        assert shop.browse(shown.url).status == 200


def test_sigterm_ends_it_with_status_zero(tmp_path):
    with Simulator.started(tmp_path) as simulator:
        simulator.process.send_signal(signal.SIGTERM)

        assert simulator.process.wait(5) == 0


def test_an_endpoint_that_never_answers_does_not_keep_it_from_ending(tmp_path):
    with socket.create_server(("127.0.0.1", 0)) as silent:
        url = f"http://127.0.0.1:{silent.getsockname()[1]}/"
        with Simulator.started(tmp_path, webhook_url=url) as simulator:
            shop.client(simulator.url).v1.customers.create({})
            shop.until(lambda: simulator.deliveries()["states"] == {"sending": 1})
            simulator.process.send_signal(signal.SIGTERM)

            assert simulator.process.wait(3) == 0


def test_it_ends_with_the_one_that_holds_its_leash(tmp_path):
    with Simulator.started(tmp_path) as simulator:
        simulator.process.stdin.close()

        assert simulator.process.wait(5) == 0


@pytest.mark.parametrize(
    ("environment", "sentence"),
    [
        ({}, "SIMULATOR_STATE is not set."),
        ({"SIMULATOR_STATE": "state"}, "STRIPE_API_KEY is not set."),
        (
            {"SIMULATOR_STATE": "s", "STRIPE_API_KEY": "sk", "SIMULATOR_PORT": "http"},
            "SIMULATOR_PORT must be a whole number from 0 to 65535, not 'http'.",
        ),
        (
            {"SIMULATOR_STATE": "s", "STRIPE_API_KEY": "sk", "SIMULATOR_WEBHOOK_URL": "http://x"},
            "SIMULATOR_WEBHOOK_URL needs STRIPE_WEBHOOK_SECRET to sign what is sent there.",
        ),
        (
            {"SIMULATOR_STATE": "s", "STRIPE_API_KEY": "sk", "SIMULATOR_LIMITS": "no"},
            "SIMULATOR_LIMITS must be 0 or 1, not 'no'.",
        ),
    ],
)
def test_a_wrong_setting_is_said_in_one_sentence(tmp_path, environment, sentence):
    kept = {name: os.environ[name] for name in ("PATH", "PYTHONPATH") if name in os.environ}
    ended = subprocess.run(
        [sys.executable, "-m", "marketplace.local.stripe"],
        env={"PYTHONPATH": str(Path.cwd()), **kept, **environment},
        capture_output=True,
        text=True,
        check=False,
        timeout=20,
    )

    assert ended.returncode == 2
    assert ended.stderr == f"The Stripe simulator cannot start: {sentence}\n"
