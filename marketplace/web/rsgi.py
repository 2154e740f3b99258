"""The doors on an event loop: what a crowd asks is answered there, and everything else by threads, as WSGI.

RSGI is granian's own interface. A request that waits for its turn in the line to PostgreSQL costs a coroutine here and
no thread, so that a whole crowd waits at once and travels together (docs/decisions/the-crowd-waits-on-a-loop.md). The
application behind stays a WSGI one and is served by any other server without this.
"""

from __future__ import annotations

import asyncio
import sys
from concurrent.futures import ThreadPoolExecutor
from contextvars import copy_context
from io import BufferedReader, BytesIO, RawIOBase
from typing import TYPE_CHECKING, Any, NamedTuple, Protocol

import structlog
from werkzeug.wsgi import FileWrapper

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Callable, Iterable, Iterator
    from contextvars import Context

    from marketplace.toolbox import Asking, Toolbox

    Environ = dict[str, Any]
    Headers = list[tuple[str, str]]

THREADS = 16
"""In each process, for all that is not answered on its loop."""
WAITING_MAX = 112
"""Who waits for one of them at the most. At the thirty pages a second that a busy process makes it is through with them
in four seconds: nobody who is served has lost patience, and nobody is served who has (docs/decisions)."""
FIRST = ("/health", "/webhooks/")
"""What is told here waits in a line twice as long: it is what the house is kept alive and paid by."""
READ_AHEAD_BYTES_MAX = 65_536
"""Of a body that is read before a thread is given to its request: most forms, and no file."""
WHOLE_BYTES_MAX = 1_048_576
"""Of an answer that leaves in one piece; a larger one is asked for piece by piece, as its reader takes it."""
PIECE_BYTES = 65_536

ALWAYS = {
    "GATEWAY_INTERFACE": "CGI/1.1",
    "SCRIPT_NAME": "",
    "wsgi.errors": sys.stderr,
    "wsgi.file_wrapper": lambda file, _size=0: FileWrapper(file, PIECE_BYTES),
    "wsgi.input_terminated": True,
    "wsgi.multiprocess": True,
    "wsgi.multithread": True,
    "wsgi.run_once": False,
    "wsgi.version": (1, 0),
}
NAMES = {"content-type": "CONTENT_TYPE", "content-length": "CONTENT_LENGTH"}
"""How CGI calls what is no header to it; the others are found once and kept here, up to :data:`NAMES_MAX`."""
NAMES_MAX = 500

log = structlog.get_logger()


class Answer(NamedTuple):
    """What a request is answered, whole."""

    status: int
    headers: Headers
    body: bytes


class Quick(Protocol):
    """Answers some requests without the application behind it, and without a thread."""

    @property
    def tools(self) -> Toolbox:
        """With which it asks."""

    def covers(self, path: str) -> bool:
        """Whether it may have an answer for something at ``path``."""

    def asking(self, environ: Environ) -> Asking[Answer | None]:
        """The answer, or None where the application is to be asked."""

    def behind(self, environ: Environ, start_response: Any) -> Iterable[bytes]:  # noqa: ANN401 - WSGI's own
        """The application's answer."""


class Application(Protocol):
    """A WSGI application that may be about to go."""

    @property
    def going(self) -> bool:
        """Whether it is; it then says so in each answer."""

    def __call__(self, environ: Environ, start_response: Any, /) -> Iterable[bytes]:  # noqa: ANN401 - WSGI's own
        """As WSGI has it."""


def turned_away(_environ: Environ) -> Answer:
    """What somebody is told for whom there is no room, where the house says nothing of its own."""
    kind = ("content-type", "text/plain; charset=utf-8")
    return Answer(503, [kind, ("retry-after", "5")], b"Busy. Nothing was changed.\n")


class Front:
    """An RSGI application before a WSGI one."""

    def __init__(
        self,
        app: Application,
        *,
        threads: int = THREADS,
        waiting: int = WAITING_MAX,
        quick: Quick | None = None,
        seen: Callable[[Environ, Any], object] | None = None,
        full: Callable[[Environ], Answer] = turned_away,
    ) -> None:
        """``app`` is served by ``threads``, for which up to ``waiting`` wait; who is one too many is told ``full``.

        ``quick`` is asked first, about visitors as ``seen`` describes them.
        """
        self._app = app
        self._quick = quick
        self._seen = seen
        self._threads = ThreadPoolExecutor(threads, thread_name_prefix="door")
        self._size = threads
        self._room = threads + waiting
        self._inside = 0
        self._full = full
        self._is_full = False

    def __rsgi_del__(self, _loop: asyncio.AbstractEventLoop) -> None:
        """At the end of the process, when nothing is under way any more."""
        self._threads.shutdown()

    async def __rsgi__(self, scope: Any, protocol: Any) -> None:  # noqa: ANN401 - granian's own
        """One request."""
        environ = surroundings(scope)
        environ["wsgi.input"] = await _body(environ, protocol)
        within, app = copy_context(), self._app
        quick = self._quick
        if quick is not None and not app.going and quick.covers(environ["PATH_INFO"]):
            if self._seen is not None:
                self._seen(environ, None)
            answer = await quick.tools.awaited(quick.asking(environ), within)
            if answer is not None:
                protocol.response_bytes(*answer)
                return
            await self._threaded(quick.behind, environ, protocol, within)
            return
        await self._threaded(app, environ, protocol, within)

    async def _threaded(
        self,
        app: Callable[..., Iterable[bytes]],
        environ: Environ,
        protocol: Any,  # noqa: ANN401 - granian's own
        within: Context,
    ) -> None:
        """What ``app`` answers in a thread: at once, or piece by piece, for each of which a thread is asked."""
        if not self._has_room(environ["PATH_INFO"]):
            protocol.response_bytes(*self._full(environ))
            return
        self._inside += 1
        try:
            told = await self._told(app, environ, protocol, within)
        finally:
            self._inside -= 1
        loop = asyncio.get_running_loop()
        if told is None:
            return
        if told.rest is None:
            protocol.response_bytes(told.status, told.headers, told.body)
            return
        try:
            stream = protocol.response_stream(told.status, told.headers)
            piece: bytes | None = told.body
            while piece is not None:
                if piece:
                    await stream.send_bytes(piece)
                piece = await loop.run_in_executor(
                    self._threads, within.run, _next, told.rest.pieces
                )
        finally:
            await loop.run_in_executor(self._threads, within.run, told.rest.close)

    def _has_room(self, path: str) -> bool:
        """Whether somebody may wait for a thread; when nobody may any more, that is written down once."""
        room = self._room * 2 if path.startswith(FIRST) else self._room
        if self._inside < room:
            self._is_full = self._is_full and self._inside > self._size
            return True
        if not self._is_full:
            self._is_full = True
            log.warning("turned_away", waiting=self._inside - self._size)
        return False

    async def _told(
        self,
        app: Callable[..., Iterable[bytes]],
        environ: Environ,
        protocol: Any,  # noqa: ANN401 - granian's own
        within: Context,
    ) -> Told | None:
        """What a thread is told; None, and nothing was asked, where whoever asks hung up before it was their turn."""
        work = self._threads.submit(within.run, _asked, app, environ)
        turn = asyncio.wrap_future(work)
        if self._inside > self._size:
            gone = asyncio.ensure_future(protocol.client_disconnect())
            await asyncio.wait({turn, gone}, return_when=asyncio.FIRST_COMPLETED)
            left = gone.done()
            gone.cancel()
            if left and work.cancel():
                return None
        return await turn


def surroundings(scope: Any) -> Environ:  # noqa: ANN401 - granian's own
    """What WSGI calls the environment of a request, but for its body."""
    host, _, port = scope.server.rpartition(":")
    environ: Environ = {
        **ALWAYS,
        "SERVER_NAME": host,
        "SERVER_PORT": port,
        "SERVER_PROTOCOL": f"HTTP/{scope.http_version}",
        "REMOTE_ADDR": scope.client.rpartition(":")[0],
        "REQUEST_METHOD": scope.method,
        "PATH_INFO": scope.path.encode().decode("latin-1"),
        "QUERY_STRING": scope.query_string,
        "wsgi.url_scheme": scope.scheme,
    }
    for name, value in scope.headers.items():
        key = NAMES.get(name) or _name(name)
        if key in environ:
            # Several cookies of one browser are one header in pieces (RFC 9113, 8.2.3).
            value = f"{environ[key]}{';' if name == 'cookie' else ','}{value}"  # noqa: PLW2901
        environ[key] = value
    if scope.authority and "HTTP_HOST" not in environ:
        environ["HTTP_HOST"] = scope.authority
    return environ


def _name(header: str) -> str:
    name = f"HTTP_{header.upper().replace('-', '_')}"
    if len(NAMES) < NAMES_MAX:
        NAMES[header] = name
    return name


# What is sent


async def _body(environ: Environ, protocol: Any) -> BytesIO | BufferedReader:  # noqa: ANN401 - granian's own
    """A short body whole; of a long one what comes, when the application asks for it."""
    length = environ.get("CONTENT_LENGTH")
    if length is None and "HTTP_TRANSFER_ENCODING" not in environ and _whole_by_now(environ):
        return BytesIO()
    if length is not None and length.isdecimal() and int(length) <= READ_AHEAD_BYTES_MAX:
        return BytesIO(await protocol())
    return BufferedReader(Incoming(asyncio.get_running_loop(), protocol), PIECE_BYTES)


def _whole_by_now(environ: Environ) -> bool:
    """Over HTTP/1 a request that announces no body has none."""
    return str(environ["SERVER_PROTOCOL"]).startswith("HTTP/1") or environ["REQUEST_METHOD"] in {
        "GET",
        "HEAD",
    }


class Incoming(RawIOBase):
    """A body that is still coming, for a thread to read: the loop receives as much as it asks for."""

    def __init__(self, loop: asyncio.AbstractEventLoop, protocol: Any) -> None:  # noqa: ANN401 - granian's own
        """``protocol`` is granian's, of one request on ``loop``."""
        super().__init__()
        self._loop = loop
        self._pieces: AsyncIterator[bytes] = aiter(protocol)
        self._piece = memoryview(b"")

    def readable(self) -> bool:
        """It is."""
        return True

    def readinto(self, into: Any) -> int:  # noqa: ANN401 - whatever can be written to
        """Fill ``into`` with what has come, at least one byte unless it is the end."""
        if not self._piece:
            self._piece = memoryview(self._next())
        size = min(len(into), len(self._piece))
        into[:size], self._piece = self._piece[:size], self._piece[size:]
        return size

    def _next(self) -> bytes:
        return asyncio.run_coroutine_threadsafe(_piece(self._pieces), self._loop).result()


async def _piece(pieces: AsyncIterator[bytes]) -> bytes:
    """The next one that says something; nothing at the end. OSError where the one who sends it hung up."""
    piece = b""
    while not piece:
        try:
            piece = await anext(pieces)
        except StopAsyncIteration:
            return b""
        except RuntimeError as gone:  # granian's: it is broken off
            raise ConnectionResetError from gone
    return piece


# What is answered


class Rest(NamedTuple):
    """What is left of an answer, and what is to be called when nobody wants more of it."""

    pieces: Iterator[bytes]
    close: Callable[[], object]


class Told(NamedTuple):
    """An answer as far as it is known: whole, or with its first piece and the ``rest`` to come."""

    status: int
    headers: Headers
    body: bytes
    rest: Rest | None = None


class _Start:
    """WSGI's ``start_response``: remembers what is said."""

    def __init__(self) -> None:
        self.status = 0
        self.headers: Headers = []
        self.written: list[bytes] = []

    def __call__(
        self, status: str, headers: Headers, _trouble: object = None
    ) -> Callable[[bytes], object]:
        self.status, self.headers = int(status[:3]), headers
        return self.written.append

    @property
    def is_short(self) -> bool:
        """Whether it says that all of it is little."""
        for name, value in self.headers:
            if name.lower() == "content-length":
                return int(value) <= WHOLE_BYTES_MAX
        return False


def _asked(app: Callable[..., Iterable[bytes]], environ: Environ) -> Told:
    """What ``app`` answers, in the thread that asks it."""
    start = _Start()
    answer = app(environ, start)
    close = getattr(answer, "close", _nothing)
    try:
        pieces = iter(answer)
        body = next(pieces, b"")
        body = b"".join((*start.written, body, *(pieces if start.is_short else ())))
    except BaseException:
        close()
        raise
    if not start.is_short:
        return Told(start.status, start.headers, body, Rest(pieces, close))
    close()
    return Told(start.status, start.headers, body)


def _next(pieces: Iterator[bytes]) -> bytes | None:
    """The next one; None after the last."""
    return next(pieces, None)


def _nothing() -> None:
    """An answer that has nothing to close."""


def nobody(_environ: Environ, _start_response: object) -> Iterable[bytes]:
    """An application that answers nothing: what stands before it may look at a visitor all the same."""
    return ()
