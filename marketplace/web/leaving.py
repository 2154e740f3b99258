"""A process that is about to go: it says so to whoever sends people here, and sees those off who are here still."""

from __future__ import annotations

import signal
import threading
from http import HTTPStatus
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable
    from wsgiref.types import StartResponse, WSGIApplication, WSGIEnvironment

SIGNAL = signal.SIGUSR1
"""From the server to each of its processes: it will be stopped soon."""
HEALTH_PATH = "/health"
SAID = b'{"status":"leaving"}\n'
CLOSE = ("connection", "close")


class Leaving:
    """An application that can be told to go: ``/health`` answers 503 from then on, all else is answered as before.

    Each answer then closes its connection, so that none is open when the server stops listening.
    """

    def __init__(self, app: WSGIApplication) -> None:
        """``app`` is asked for everything as long as nobody goes."""
        self._app = app
        self.going = False

    def heed(self) -> None:
        """Go when this process is signalled; only the main thread can be, and a test's is somebody else's."""
        if threading.current_thread() is threading.main_thread():
            signal.signal(SIGNAL, lambda *_: self.go())

    def go(self) -> None:
        """There is no way back: a process that goes is followed by another."""
        self.going = True

    def __call__(self, environ: WSGIEnvironment, start_response: StartResponse) -> Iterable[bytes]:
        """Answer; where nobody goes, this costs one look at a flag."""
        if not self.going:
            return self._app(environ, start_response)
        if environ.get("PATH_INFO") == HEALTH_PATH:
            gone = HTTPStatus.SERVICE_UNAVAILABLE
            length = ("Content-Length", str(len(SAID)))
            kind = ("Content-Type", "application/json")
            start_response(f"{gone.value} {gone.phrase}", [kind, length, CLOSE])
            return [SAID]

        def closing(status, headers, *trouble):  # type: ignore[no-untyped-def]  # noqa: ANN001, ANN002, ANN202 - WSGI's own
            kept = [each for each in headers if each[0].lower() != CLOSE[0]]
            return start_response(status, [*kept, CLOSE], *trouble)

        return self._app(environ, closing)
