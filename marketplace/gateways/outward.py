"""Calls to addresses that a stranger named: a brand's endpoint for messages, a brand's photographs.

A name is asked for once; every address it stands for must belong to the open internet, and the connection goes to one
of those very addresses, so that a name that answers otherwise a moment later leads nowhere (DNS rebinding). The name
itself is still what TLS must prove. No proxy, no cookie, no credentials; bounded in seconds and in bytes.
"""

from __future__ import annotations

import http.client
import socket
import ssl
from functools import cache
from threading import Timer
from time import monotonic
from typing import TYPE_CHECKING, Self
from urllib.parse import urljoin

from marketplace.db.session import assert_outside_transaction
from marketplace.domain import outward as rules
from marketplace.domain.outward import AddressRefused, Fault
from marketplace.toolbox import Fetched, GatewayRefusal, GatewayTrouble, Reply

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

    from marketplace.config import Settings
    from marketplace.domain.outward import Place

ADDRESSES_MAX = 4
"""Of a name that stands for many addresses, so many are tried."""
SEND_SECONDS_MAX = 10
FETCH_SECONDS_MAX = 30
ANSWER_BYTES_MAX = 16 * 1024
"""What is read of an answer to a message; the rest is left unread."""
REDIRECTS_MAX = 3
CHUNK_BYTES = 64 * 1024
AGENT = "Aubaine/1"
MOVED = frozenset((301, 302, 303, 307, 308))


class OutwardCalls:
    """Calls out. ``anywhere`` lets everything be called, over plain http too: where both sides are one's own."""

    def __init__(
        self, *, anywhere: bool = False, context: ssl.SSLContext | None = None, seconds: int = 0
    ) -> None:
        """``seconds`` shortens the patience of every call; ``context`` says whose certificates are believed."""
        self._anywhere = anywhere
        self._context = context or _usual_trust()
        self._seconds = seconds

    def check(self, url: str) -> None:
        """AddressRefused unless ``url`` may be called, as far as can be told now."""
        assert_outside_transaction("a name was looked up")
        self._addresses(rules.place_of(url, anywhere=self._anywhere))

    def send(self, url: str, *, body: bytes, headers: Mapping[str, str]) -> Reply:
        """POST ``body``; no redirect is followed, whatever the answer is."""
        began = monotonic()
        with self._call(url, "POST", self._seconds or SEND_SECONDS_MAX) as call:
            answer = call.ask(body, headers)
            start = call.read(answer, ANSWER_BYTES_MAX)
        return Reply(answer.status, start, int((monotonic() - began) * 1_000))

    def fetch(self, url: str, path: Path, *, bytes_max: int, kinds: frozenset[str]) -> Fetched:
        """GET ``url`` into ``path``. A redirect is followed a few times, each looked at like the first address."""
        for _ in range(REDIRECTS_MAX + 1):
            with self._call(url, "GET", self._seconds or FETCH_SECONDS_MAX) as call:
                answer = call.ask(b"", {"Accept": ", ".join(sorted(kinds))})
                target = answer.getheader("Location", "") if answer.status in MOVED else None
                if target is None:
                    return _kept(call, answer, path, bytes_max, kinds)
            url = urljoin(url, target)
        raise GatewayRefusal("redirects", f"more than {REDIRECTS_MAX} redirects")

    def _call(self, url: str, method: str, seconds: int) -> _Call:
        assert_outside_transaction("a stranger was called")
        place = rules.place_of(url, anywhere=self._anywhere)
        return _Call(place, self._addresses(place), method, seconds, self._context)

    def _addresses(self, place: Place) -> tuple[str, ...]:
        """What the name stands for now; AddressRefused if a single one of them is not public."""
        found = addresses_of(place.host, place.port)
        if not self._anywhere and not all(map(rules.is_public, found)):
            raise AddressRefused(reason="not_public", host=place.host)
        return found[:ADDRESSES_MAX]


@cache
def _usual_trust() -> ssl.SSLContext:
    """The certificates that this machine believes, read once for all calls."""
    return ssl.create_default_context()


def addresses_of(host: str, port: int) -> tuple[str, ...]:
    """Every address that ``host`` stands for; AddressRefused ``unknown_host`` if there is none."""
    try:
        answers = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM, proto=socket.IPPROTO_TCP)
    except (OSError, UnicodeError) as no:
        raise AddressRefused(reason="unknown_host", host=host) from no
    return tuple(dict.fromkeys(str(answer[4][0]) for answer in answers))


def _kept(
    call: _Call,
    answer: http.client.HTTPResponse,
    path: Path,
    bytes_max: int,
    kinds: frozenset[str],
) -> Fetched:
    kind = answer.headers.get_content_type()
    if answer.status != http.client.OK:
        raise GatewayRefusal(f"status_{answer.status}", "the answer is not the file")
    if kind not in kinds or answer.getheader("Content-Encoding", "identity") != "identity":
        raise GatewayRefusal("kind", f"not a kind of file that is fetched: {kind}")
    if (answer.length or 0) > bytes_max:
        raise GatewayRefusal("too_large", f"larger than {bytes_max} bytes")
    try:
        return Fetched(kind, _written(call, answer, path, bytes_max))
    except BaseException:
        path.unlink(missing_ok=True)
        raise


def _written(call: _Call, answer: http.client.HTTPResponse, path: Path, bytes_max: int) -> int:
    size = 0
    with path.open("wb") as file:
        while chunk := call.read(answer, CHUNK_BYTES):
            size += len(chunk)
            if size > bytes_max:
                raise GatewayRefusal("too_large", f"larger than {bytes_max} bytes")
            file.write(chunk)
    if answer.length:
        raise GatewayTrouble(Fault.UNREADABLE)  # it broke off before its declared end
    return size


class _Call(http.client.HTTPConnection):
    """One call to a place at addresses that were looked at; cut off when its seconds are over, whatever it does."""

    def __init__(
        self,
        place: Place,
        addresses: tuple[str, ...],
        method: str,
        seconds: int,
        context: ssl.SSLContext,
    ) -> None:
        super().__init__(place.host, place.port, timeout=seconds)
        self._place = place
        self._addresses = addresses
        self._method = method
        self._context = context
        self._until = monotonic() + seconds
        self._late = False
        self._watch: Timer | None = None
        self._answer: http.client.HTTPResponse | None = None

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        if self._watch is not None:
            self._watch.cancel()
        if self._answer is not None:
            self._answer.close()
        self.close()

    def ask(self, body: bytes, headers: Mapping[str, str]) -> http.client.HTTPResponse:
        """Connect, send, and hear the first of the answer."""
        try:
            self.putrequest(
                self._method, self._place.path, skip_host=True, skip_accept_encoding=True
            )
            own = {"Host": self._place.authority, "User-Agent": AGENT, "Connection": "close"}
            own |= {"Accept-Encoding": "identity"}
            if body:
                own["Content-Length"] = str(len(body))
            for name, value in {**headers, **own}.items():
                self.putheader(name, value)
            self.endheaders(body or None)
            self._answer = self.getresponse()
        except (OSError, http.client.HTTPException, ValueError) as trouble:
            raise self._named(trouble) from trouble
        return self._answer

    def read(self, answer: http.client.HTTPResponse, most: int) -> bytes:
        """The next of the answer, ``most`` bytes of it."""
        try:
            found = answer.read(most)
        except (OSError, http.client.HTTPException, ValueError) as trouble:
            raise self._named(trouble) from trouble
        if self._late:
            raise GatewayTrouble(Fault.SLOW)
        return found

    def connect(self) -> None:
        """To the first address that answers; TLS proves the name, not the address."""
        last: OSError = TimeoutError()
        for address in self._addresses:
            left = self._until - monotonic()
            if left <= 0:
                break
            try:
                bare = socket.create_connection((address, self._place.port), timeout=left)
            except OSError as no:
                last = no
                continue
            self._secure(bare)
            return
        raise last

    def _secure(self, bare: socket.socket) -> None:
        self.sock = bare
        if self._place.secure:
            self.sock = self._context.wrap_socket(
                bare, server_hostname=self._place.host, do_handshake_on_connect=False
            )
        self._watch = Timer(max(0.0, self._until - monotonic()), self._cut, (self.sock,))
        self._watch.daemon = True
        self._watch.start()
        if isinstance(self.sock, ssl.SSLSocket):
            self.sock.do_handshake()

    def _cut(self, connection: socket.socket) -> None:
        self._late = True
        try:
            # Not SSLSocket.shutdown: that one would let what follows be read as if it were not ciphered.
            socket.socket.shutdown(connection, socket.SHUT_RDWR)
        except OSError:
            return  # the other side was faster, or it is closed already

    def _named(self, trouble: Exception) -> GatewayTrouble:
        if self._late or isinstance(trouble, TimeoutError):
            return GatewayTrouble(Fault.SLOW)
        if isinstance(trouble, ssl.SSLError):
            return GatewayTrouble(Fault.TLS)
        if isinstance(trouble, OSError) and self._watch is None:
            return GatewayTrouble(Fault.NO_CONNECTION)
        return GatewayTrouble(Fault.UNREADABLE)


def chosen(settings: Settings) -> OutwardCalls:
    """The open internet alone, unless ``OUTWARD_ANYWHERE`` says that both sides are one's own."""
    return OutwardCalls(anywhere=settings.outward_anywhere)
