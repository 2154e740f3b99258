"""The pace at which Stripe's endpoints are called, kept in PostgreSQL for all processes together.

Stripe answers 25 requests a second for each endpoint and refuses the rest (promises.md S4). Every call first takes
the next free slot of its endpoint and waits for it; a caller that would wait too long is told so at once.
"""

from __future__ import annotations

import time
from typing import TYPE_CHECKING

from sqlalchemy import text

from marketplace.domain.doors import Door
from marketplace.toolbox import GatewayTrouble

if TYPE_CHECKING:
    from marketplace.db.session import Vault

CALLS_PER_SECOND = 20
SLOT_MS = 1_000 // CALLS_PER_SECOND
BURST_MS = 250
"""Slots left unused for this long may be used at once: five calls."""
WAIT_MS_MAX = 8_000

_TAKE_SLOT = text(
    """
    INSERT INTO gates AS g (name, next_at) VALUES (:name, clock_timestamp() + make_interval(secs => :slot / 1000.0))
    ON CONFLICT (name) DO UPDATE SET next_at =
        greatest(g.next_at, clock_timestamp() - make_interval(secs => :burst / 1000.0))
        + make_interval(secs => :slot / 1000.0)
    WHERE g.next_at <= clock_timestamp() + make_interval(secs => :most / 1000.0)
    RETURNING (extract(epoch FROM next_at - clock_timestamp()) * 1000)::bigint - :slot AS wait_ms
    """
)


class Pace:
    """Hands out slots of one call each."""

    def __init__(self, vault: Vault) -> None:
        """Slots are rows in the vault, so that two processes never share one."""
        self._vault = vault

    def wait(self, endpoint: str) -> None:
        """Return when this call's slot has come; GatewayTrouble when it lies too far ahead to wait for."""
        with self._vault.transaction(Door.WORKER) as session:
            wait_ms = session.execute(
                _TAKE_SLOT,
                {"name": endpoint, "slot": SLOT_MS, "burst": BURST_MS, "most": WAIT_MS_MAX},
            ).scalar_one_or_none()
        if wait_ms is None:
            raise GatewayTrouble(f"{endpoint} is busy")
        if wait_ms > 0:
            time.sleep(wait_ms / 1_000)
