"""The one gate before Stripe: every call takes a token of all processes together, and gives it back when answered.

PostgreSQL keeps the tokens and Valkey has no part in it, so that losing Valkey neither opens the gate nor shuts it.
"""

from __future__ import annotations

import time
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from typing import TYPE_CHECKING

from marketplace.db.pacing import GIVE_BACK, TAKE
from marketplace.db.session import StoreDown
from marketplace.domain import pacing
from marketplace.domain.refusals import Busy
from marketplace.toolbox import GateFull

if TYPE_CHECKING:
    from collections.abc import Iterator
    from datetime import datetime

    from marketplace.db.session import Vault
    from marketplace.domain.pacing import Urgency

PATIENCE_MS = 8_000
"""For so long a worker waits for its turn; at a door nobody is kept waiting."""
LOOK_AGAIN_MS_MAX = 200
DOOR_PATIENCE_MS = 0


@dataclass(frozen=True, slots=True)
class _Taken:
    own: int
    shared: int
    until: datetime


class Pace:
    """Hands out the right to one call each."""

    def __init__(
        self,
        vault: Vault,
        *,
        patience_ms: int = PATIENCE_MS,
        each_most: int = pacing.ENDPOINT_TOKENS,
        all_most: int = pacing.OVERALL_TOKENS,
    ) -> None:
        """Tokens are rows in the vault, so that two processes never share one.

        ``each_most`` calls a second of one endpoint and ``all_most`` of all: what the account is permitted.
        """
        self._vault = vault
        self._each_most = each_most
        self._all_most = all_most
        self._patience_ms = patience_ms

    @contextmanager
    def turn(self, endpoint: str, urgency: Urgency) -> Iterator[None]:
        """The block is the call. GateFull where no token comes free in the time that may be waited."""
        taken = self._wait(endpoint, urgency)
        try:
            yield
        finally:
            # What Stripe answered counts more than the token: one that is not given back comes back with its lease.
            with suppress(StoreDown, Busy):
                self._vault.call(
                    GIVE_BACK,
                    {
                        "own": taken.own,
                        "shared": taken.shared,
                        "until": taken.until,
                        "after": pacing.BACK_AFTER,
                    },
                )

    def _wait(self, endpoint: str, urgency: Urgency) -> _Taken:
        asked = {
            "endpoint": endpoint,
            "each_most": self._each_most,
            "each_left": pacing.ENDPOINT_LEFT[urgency],
            "all_most": self._all_most,
            "all_left": pacing.OVERALL_LEFT[urgency],
            "lease": pacing.LEASE,
        }
        left_ms = self._patience_ms
        while True:
            (row,) = self._vault.call(TAKE, asked)
            if row.own is not None:
                return _Taken(row.own, row.shared, row.until)
            wait_ms = min(row.wait_ms, LOOK_AGAIN_MS_MAX)
            if wait_ms > left_ms:
                raise GateFull(f"{endpoint} is busy")
            left_ms -= wait_ms
            time.sleep(wait_ms / 1_000)
