"""What a server serves in a test of its end: answers that take their time, and one of many pieces."""

from __future__ import annotations

import time

from marketplace.web.leaving import Leaving
from marketplace.web.rsgi import Front

SECONDS = 1.5
PIECES, PIECE = 200, b"x" * 65_536


SEEN: list[str] = []


def served(environ, start_response):
    SEEN.append(environ["PATH_INFO"])
    if environ["PATH_INFO"] == "/slow":
        time.sleep(SECONDS)
    if environ["PATH_INFO"] == "/seen":
        told = str(SEEN.count("/left")).encode()
        start_response(
            "200 OK", [("Content-Type", "text/plain"), ("Content-Length", str(len(told)))]
        )
        return [told]
    if environ["PATH_INFO"] == "/body":
        environ["wsgi.input"].read()
    if environ["PATH_INFO"] == "/pieces":
        start_response("200 OK", [("Content-Type", "text/plain")])
        return iter([PIECE] * PIECES)
    start_response("200 OK", [("Content-Type", "text/plain"), ("Content-Length", "4")])
    return [b"told"]


app = Leaving(served)
app.heed()
front = Front(app, threads=4)
