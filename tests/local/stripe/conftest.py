"""The run's one simulator for tests that leave its clock and faults alone; each module's own for others."""

from __future__ import annotations

import threading

import pytest

from marketplace.local.stripe.driver import Simulator
from tests.local.stripe import shop


@pytest.fixture
def api(simulator):
    return shop.client(simulator.url).v1


@pytest.fixture(scope="module")
def _own_simulator(tmp_path_factory):
    inbox = shop.Inbox()
    listener = shop.Listener(inbox)
    thread = threading.Thread(target=listener.serve_forever, args=(0.05,))
    thread.start()
    folder = tmp_path_factory.mktemp("stripe")
    with Simulator.started(folder, limits=False, webhook_url=inbox.url) as started:
        yield started, inbox
    listener.shutdown()
    thread.join()
    listener.server_close()


@pytest.fixture
def own(_own_simulator):
    """The module's own simulator: faults are cleared after each test, its clock may be turned."""
    started, inbox = _own_simulator
    inbox.forget()
    yield started
    started.clear_faults()
    started.release()
    shop.until(lambda: not set(started.deliveries()["states"]) & {"pending", "sending"})


@pytest.fixture
def inbox(_own_simulator):
    """Where the module's own simulator sends its webhooks."""
    return _own_simulator[1]


@pytest.fixture
def own_api(own):
    return shop.client(own.url).v1
