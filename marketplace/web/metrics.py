"""Figures for the scraper, on a port of their own that no visitor reaches.

Several processes count together through ``PROMETHEUS_MULTIPROC_DIR``; whichever of them answers gives the sum.
"""

from __future__ import annotations

import os
import threading
from functools import lru_cache
from socketserver import ThreadingMixIn
from typing import TYPE_CHECKING
from wsgiref.simple_server import WSGIRequestHandler, WSGIServer, make_server

from prometheus_client import REGISTRY, CollectorRegistry, Counter, Histogram, make_wsgi_app
from prometheus_client.multiprocess import MultiProcessCollector

if TYPE_CHECKING:
    from prometheus_client.registry import Collector

LOOPBACK = "127.0.0.1"
METHODS = frozenset({"GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"})

REQUESTS = Counter("aubaine_requests", "Requests answered", ("route", "method", "status"))
SECONDS = Histogram(
    "aubaine_request_seconds",
    "How long a request took",
    ("route",),
    buckets=(0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5),
)


def count_request(*, route: str, method: str, status: int, ms: int) -> None:
    """Count one answered request of ``ms`` milliseconds."""
    counted, timed = _figures(route, method if method in METHODS else "other", status)
    counted.inc()
    timed.observe(ms / 1000)


@lru_cache(maxsize=2_000)
def _figures(route: str, method: str, status: int) -> tuple[Counter, Histogram]:
    """Where these requests are counted; looked up once."""
    return REQUESTS.labels(route, method, status), SECONDS.labels(route)


class _Server(ThreadingMixIn, WSGIServer):
    """Shared by all processes of the door: the kernel gives a question to any of them."""

    allow_reuse_port = True
    daemon_threads = True


class _Quiet(WSGIRequestHandler):
    """A scraper's visit is no news."""

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002 - the library's own word
        """Say nothing."""


def serve(port: int) -> threading.Thread | None:
    """Answer the scraper on loopback ``port`` beside the doors; nothing where ``port`` is 0."""
    if not port:
        return None
    server = make_server(
        LOOPBACK, port, make_wsgi_app(registry()), server_class=_Server, handler_class=_Quiet
    )
    thread = threading.Thread(target=server.serve_forever, name="metrics", daemon=True)
    thread.start()
    return thread


def registry() -> Collector | CollectorRegistry:
    """The figures of all processes where they count together, else those of this one."""
    if "PROMETHEUS_MULTIPROC_DIR" not in os.environ:
        return REGISTRY
    summed = CollectorRegistry()
    MultiProcessCollector(summed)  # type: ignore[no-untyped-call]  # the library's own
    return summed
