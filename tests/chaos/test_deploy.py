"""A deploy at the peak: nobody is hung up on, and nobody is told that something is broken.

With `CHAOS_DEPLOY=1`, on a machine that does nothing else: a browser that gets no turn for longer than a server drains
asks on a connection that is gone by then.
"""

from __future__ import annotations

import os

import pytest

from marketplace.web.server import DRAIN_VARIABLE
from tests.chaos import deploy
from tests.chaos.alone import aside

pytestmark = [
    pytest.mark.slow,
    pytest.mark.timeout(600),
    pytest.mark.skipif("CHAOS_DEPLOY" not in os.environ, reason="wants a machine of its own"),
]

BUYERS = 24


def test_a_deploy_in_the_sale_hangs_up_on_nobody(tmp_path_factory, monkeypatch):
    folder = tmp_path_factory.mktemp("deploy")

    monkeypatch.setenv(DRAIN_VARIABLE, str(deploy.DRAIN_SECONDS))

    found = aside(deploy.run(folder, BUYERS))

    assert found.lost == []
    assert found.broken == []
    assert found.restarted == [
        "web-2 ended with 0",
        "web",
        "worker-clock",
        "worker-default",
        "worker-gate",
        "clock-1",
        "clock-2",
    ]
    assert found.paid > 0
    assert found.asked > 10 * BUYERS
    assert all(found.taken.values())


def test_without_a_goodbye_somebody_is_hung_up_on(tmp_path_factory, monkeypatch):
    """The twin: servers that stop at once cut connections that are kept open, and the test sees it."""
    folder = tmp_path_factory.mktemp("deploy")

    monkeypatch.setenv(DRAIN_VARIABLE, "0")

    found = aside(deploy.run(folder, BUYERS))

    assert found.lost
