"""What is kept of each request: a number, which route, how it ended and how long it took. No personal data."""

from __future__ import annotations

import time
from dataclasses import dataclass
from typing import TYPE_CHECKING
from uuid import uuid4

import structlog
from flask import g, request

from marketplace.web import metrics

if TYPE_CHECKING:
    from flask import Response

MICROSECONDS = 1_000_000

log = structlog.get_logger()


@dataclass(frozen=True, slots=True)
class Begun:
    """A request's number, and when it came by a clock that only goes forward."""

    request_id: str
    begun_ns: int


def number() -> Begun:
    """Number a request; whatever is logged from now on in this thread of work carries the number."""
    begun = Begun(uuid4().hex, time.monotonic_ns())
    structlog.contextvars.clear_contextvars()
    structlog.contextvars.bind_contextvars(request_id=begun.request_id)
    return begun


def note(begun: Begun, *, route: str, method: str, status: int, silent: bool = False) -> None:
    """Count an answered request, and write its line unless it is to be ``silent``."""
    took_ms = (time.monotonic_ns() - begun.begun_ns) // MICROSECONDS
    metrics.count_request(route=route, method=method, status=status, ms=took_ms)
    if not silent:
        log.info("request", route=route, method=method, status=status, ms=took_ms)


def begin() -> None:
    """Before everything: number the request."""
    g.begun = number()
    g.request_id = g.begun.request_id


def end(response: Response) -> Response:
    """After everything: write one line, and count."""
    response.headers["X-Request-ID"] = g.request_id
    note(
        g.begun,
        route=str(request.url_rule) if request.url_rule else "none",
        method=request.method,
        status=response.status_code,
        silent=request.endpoint == "static",
    )
    return response
