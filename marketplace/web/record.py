"""What is kept of each request: a number, which route, how it ended and how long it took. No personal data."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING
from uuid import uuid4

import structlog
from flask import g, request

from marketplace.web import metrics

if TYPE_CHECKING:
    from flask import Response

MICROSECONDS = 1_000_000

log = structlog.get_logger()


def begin() -> None:
    """Before everything: number the request."""
    g.request_id = uuid4().hex
    g.begun_ns = time.monotonic_ns()
    structlog.contextvars.clear_contextvars()
    structlog.contextvars.bind_contextvars(request_id=g.request_id)


def end(response: Response) -> Response:
    """After everything: write one line, and count."""
    response.headers["X-Request-ID"] = g.request_id
    took_ms = (time.monotonic_ns() - g.begun_ns) // MICROSECONDS
    route = str(request.url_rule) if request.url_rule else "none"
    metrics.count_request(
        route=route, method=request.method, status=response.status_code, ms=took_ms
    )
    if request.endpoint != "static":
        log.info(
            "request", route=route, method=request.method, status=response.status_code, ms=took_ms
        )
    return response
