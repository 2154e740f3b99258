"""A server's hand: brings requests to the doors as granian does, by RSGI, without a port."""

from __future__ import annotations

import asyncio
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass, field
from http import HTTPStatus
from typing import TYPE_CHECKING, Any

from marketplace.web.leaving import Leaving
from marketplace.web.rsgi import Front

if TYPE_CHECKING:
    from collections.abc import Iterator

THREADS = 2
BROKEN_OFF = b"broken off"
"""A body that begins so cannot be received."""
PIECE_BYTES = 40_000
"""Of a body: it comes in several pieces, as over a network."""


class Headers:
    """A request's, in the order in which they came."""

    def __init__(self, *items: tuple[str, str]) -> None:
        self._items = list(items)

    def items(self) -> list[tuple[str, str]]:
        return self._items


@dataclass
class Scope:
    """A request as granian describes it."""

    method: str = "GET"
    path: str = "/"
    query_string: str = ""
    headers: Headers = field(default_factory=Headers)
    scheme: str = "http"
    http_version: str = "1.1"
    server: str = "127.0.0.1:8000"
    client: str = "127.0.0.1:50000"
    authority: str | None = None


class Gone(Exception):
    """The one who asked is not there any more."""


class Protocol:
    """Brings a body, and takes the answer; ``hangs_up_after`` so many pieces of it, or ``leaves`` before any."""

    def __init__(
        self, body: bytes = b"", *, hangs_up_after: int | None = None, leaves: bool = False
    ) -> None:
        self._body = body
        self._leaves = leaves
        self._left = hangs_up_after
        self._received = False
        self.status = 0
        self.headers: list[tuple[str, str]] = []
        self.pieces: list[bytes] = []

    @property
    def body(self) -> bytes:
        return b"".join(self.pieces)

    async def client_disconnect(self) -> None:
        """At once, or never."""
        if not self._leaves:
            await asyncio.Event().wait()

    async def __call__(self) -> bytes:
        await asyncio.sleep(0)
        body, self._body = self._body, b""
        return body

    def __aiter__(self) -> Protocol:
        if self._received:
            raise RuntimeError("a body is received once")
        self._received = True
        return self

    async def __anext__(self) -> bytes:
        await asyncio.sleep(0)
        if not self._body:
            raise StopAsyncIteration
        if self._body.startswith(BROKEN_OFF):
            raise RuntimeError("the protocol's own")
        piece, self._body = self._body[:PIECE_BYTES], self._body[PIECE_BYTES:]
        return piece

    def response_bytes(self, status: int, headers: list[tuple[str, str]], body: bytes) -> None:
        self.status, self.headers = status, headers
        self.pieces.append(body)

    def response_stream(self, status: int, headers: list[tuple[str, str]]) -> Protocol:
        self.status, self.headers = status, headers
        return self

    async def send_bytes(self, piece: bytes) -> None:
        if self._left is not None:
            if self._left == 0:
                raise Gone
            self._left -= 1
        self.pieces.append(piece)


def asked(front: Front, *requests: tuple[Scope, Protocol]) -> None:
    """All ``requests`` at once, on a loop in a thread of its own."""

    async def all_of_them() -> None:
        await asyncio.gather(*(front.__rsgi__(*each) for each in requests))

    with ThreadPoolExecutor(1) as people:
        people.submit(asyncio.run, all_of_them()).result()


@contextmanager
def served(app: Any, **more: Any) -> Iterator[Any]:
    """``app`` behind a loop, as a WSGI application again, so that a test's client can ask it."""
    front = Front(Leaving(app), threads=THREADS, **more)

    def through(environ: dict[str, Any], start_response: Any) -> list[bytes]:
        length = int(environ.get("CONTENT_LENGTH") or 0)
        protocol = Protocol(environ["wsgi.input"].read(length))
        asked(front, (scope_of(environ), protocol))
        phrase = HTTPStatus(protocol.status).phrase
        start_response(f"{protocol.status} {phrase}", protocol.headers)
        return [protocol.body]

    yield through
    front.__rsgi_del__(None)


def scope_of(environ: dict[str, Any]) -> Scope:
    """The request that WSGI describes so."""
    names = {"CONTENT_TYPE": "content-type", "CONTENT_LENGTH": "content-length"}
    headers = [
        (names.get(name) or name.removeprefix("HTTP_").replace("_", "-").lower(), value)
        for name, value in environ.items()
        if (name.startswith("HTTP_") or name in names) and value
    ]
    return Scope(
        environ["REQUEST_METHOD"],
        environ["PATH_INFO"].encode("latin-1").decode(errors="replace"),
        environ["QUERY_STRING"],
        Headers(*headers),
        environ["wsgi.url_scheme"],
        server=f"{environ['SERVER_NAME']}:{environ['SERVER_PORT']}",
        client=f"{environ.get('REMOTE_ADDR', '127.0.0.1')}:50000",
    )
