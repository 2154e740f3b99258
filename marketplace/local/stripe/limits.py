"""Stripe's rate limits: 25 requests a second for each endpoint and 100 over all.

An endpoint is a named operation (``GET /v1/payment_intents/{id}``), whatever the id. Counted over
every span of one second, by the machine's own monotonic clock: turning the simulator's clock does
not make room. Refused requests do not count.
"""

from __future__ import annotations

import threading
import time
from collections import deque
from dataclasses import dataclass

ENDPOINT_PER_SECOND = 25
OVERALL_PER_SECOND = 100

_SECOND_NS = 1_000_000_000


@dataclass(frozen=True, slots=True)
class Rates:
    """How many requests a second are let through."""

    endpoint: int = ENDPOINT_PER_SECOND
    overall: int = OVERALL_PER_SECOND


class Limiter:
    """Lets requests through, or names the limiter that does not."""

    def __init__(self, *, on: bool) -> None:
        self.on = on
        self.rates = Rates()
        self._lock = threading.Lock()
        self._overall: deque[int] = deque()
        self._endpoints: dict[str, deque[int]] = {}

    def refusal(self, operation: str) -> str:
        """Empty if the request may pass; else Stripe's word for the limiter that was hit."""
        if not self.on:
            return ""
        now = time.monotonic_ns()
        with self._lock:
            endpoint = self._endpoints.setdefault(operation, deque())
            for window in (self._overall, endpoint):
                while window and window[0] <= now - _SECOND_NS:
                    window.popleft()
            if len(self._overall) >= self.rates.overall:
                return "global-rate"
            if len(endpoint) >= self.rates.endpoint:
                return "endpoint-rate"
            self._overall.append(now)
            endpoint.append(now)
            return ""
