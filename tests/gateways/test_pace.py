"""Stripe's endpoints are called no faster than agreed, by all processes together."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor

import pytest

from marketplace.gateways import pace
from marketplace.toolbox import GatewayTrouble


@pytest.fixture
def waits(monkeypatch) -> list[float]:
    """Seconds that callers were made to wait, instead of waiting them."""
    found: list[float] = []
    monkeypatch.setattr(pace.time, "sleep", found.append)
    return found


def test_forty_callers_at_once_are_spread_over_two_seconds(vault, waits):
    gate = pace.Pace(vault)

    with ThreadPoolExecutor(20) as pool:
        list(pool.map(lambda _: gate.wait("sessions.create"), range(40)))

    # Five may call at once after a quiet while; the others follow fifty milliseconds apart.
    assert 1.0 < max(waits) <= 2.0
    assert len(waits) >= 30


def test_a_caller_who_would_wait_too_long_is_told_at_once(vault, waits, database):
    database.run(
        "INSERT INTO gates VALUES ('refunds.create', clock_timestamp() + interval '1 minute')"
    )

    with pytest.raises(GatewayTrouble, match="busy"):
        pace.Pace(vault).wait("refunds.create")

    assert waits == []


def test_endpoints_do_not_wait_for_each_other(vault, waits, database):
    database.run(
        "INSERT INTO gates VALUES ('refunds.create', clock_timestamp() + interval '1 minute')"
    )

    pace.Pace(vault).wait("sessions.create")

    assert waits == []
