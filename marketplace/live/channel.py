"""The live channel: server-sent events for pages that are open, from one process of its own.

It asks the same services and queries as the pages, on two threads with a connection each; everything else waits in
asyncio, so that an open page costs a few kilobytes and no thread. Nothing here decides: a page that hears nothing
asks the house itself.
"""

from __future__ import annotations

import asyncio
import re
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from functools import partial
from http import HTTPStatus
from http.cookies import CookieError, SimpleCookie
from secrets import randbelow
from typing import TYPE_CHECKING, Any, TypeVar

import structlog

from marketplace.domain.doors import Door, Realm
from marketplace.domain.refusals import Busy, NotFound
from marketplace.live.rooms import Listener, Room, Seen
from marketplace.queries import sale_pulse, stock_words
from marketplace.services import accounts
from marketplace.toolbox import StoreDown
from marketplace.web import places
from marketplace.words import shelves

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Awaitable, Callable, MutableMapping

    from marketplace.config import Settings
    from marketplace.services.accounts import Knocked
    from marketplace.toolbox import Toolbox

    Scope = MutableMapping[str, Any]
    Receive = Callable[[], Awaitable[MutableMapping[str, Any]]]
    Send = Callable[[MutableMapping[str, Any]], Awaitable[None]]

Answer = TypeVar("Answer")

THREADS = 2
LISTENERS_MAX = 10_000
LISTENERS_OF_ONE_MAX = 12
"""Open pages of one person: more than anybody looks at, fewer than would crowd out others."""
HEARTBEAT_SECONDS = 20
LASTS_SECONDS = 15 * 60
"""A stream ends after this time and the page comes back by itself, so that whoever signed out stops listening."""
RETRY_MS, RETRY_SPREAD_MS = 1_000, 3_000
"""After how long a page that lost its stream comes back: not all of them in one instant."""
REFERENCE_LENGTH_MAX = 64

PATHS = re.compile(r"/live/(?P<brand>brand/)?sales/(?P<ref>[A-Za-z0-9_-]{1,80})")
HEARTBEAT = b": here\n\n"

log = structlog.get_logger()


@dataclass(frozen=True, slots=True)
class Guest:
    """Who wants to listen, and to which sale."""

    account_id: int
    brand_id: int | None
    ref: str
    kept_from: frozenset[int] = frozenset()
    territory: str | None = None

    @property
    def room(self) -> tuple[int | None, str]:
        """A brand's people share a room of their brand; all members share one."""
        return self.brand_id, self.ref


class Channel:
    """The ASGI application."""

    def __init__(
        self,
        settings: Settings,
        tools: Toolbox,
        heard: Callable[[], AsyncIterator[int]],
        *,
        heartbeat_seconds: float = HEARTBEAT_SECONDS,
    ) -> None:
        """``tools`` have room for :data:`THREADS` connections; ``heard`` tells the sales that change."""
        self._settings = settings
        self._tools = tools
        self._heard = heard
        self._heartbeat_seconds = heartbeat_seconds
        self._origin = places.origin(settings.public_url)
        self._threads = ThreadPoolExecutor(THREADS, thread_name_prefix="live")
        self._rooms: dict[tuple[int | None, str], Room] = {}
        self._opening: dict[tuple[int | None, str], asyncio.Lock] = {}
        self._listening: dict[int, int] = {}
        self._tasks: set[asyncio.Task[None]] = set()

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """One connection."""
        if scope["type"] == "lifespan":
            await self._live(receive, send)
        elif scope["type"] == "http":
            await self._answer(scope, receive, send)

    async def _live(self, receive: Receive, send: Send) -> None:
        """From the start of the process to its end: keep an ear on Valkey."""
        await receive()
        ear = asyncio.create_task(self._listen())
        await send({"type": "lifespan.startup.complete"})
        await receive()
        for task in (ear, *self._tasks):
            task.cancel()
        self._threads.shutdown(wait=False, cancel_futures=True)
        await send({"type": "lifespan.shutdown.complete"})

    async def _listen(self) -> None:
        async for sale_id in self._heard():
            for room in self._rooms.values():
                if room.sale_id == sale_id:
                    room.tell()

    async def _answer(self, scope: Scope, receive: Receive, send: Send) -> None:
        try:
            guest = await self._admitted(scope)
            room = await self._entered(guest)
            self._check_let_in(guest, room)
            self._check_room_left(guest.account_id)
        except NotFound:
            await _plain(send, HTTPStatus.NOT_FOUND)
        except (Busy, StoreDown):
            await _plain(send, HTTPStatus.SERVICE_UNAVAILABLE)
        else:
            await self._stream(guest, room, receive, send)

    async def _admitted(self, scope: Scope) -> Guest:
        """Who asks; NotFound for anybody who may not listen, without a word why."""
        path = PATHS.fullmatch(scope["path"])
        headers = {name.lower(): value.decode("latin-1") for name, value in scope["headers"]}
        if path is None or scope["method"] != "GET" or not self._from_here(headers):
            raise NotFound
        place = places.of_realm(Realm.BRAND if path["brand"] else Realm.MEMBER)
        knocked = await self._knock(place, headers.get(b"cookie", ""))
        if knocked is None or not knocked.complete:
            raise NotFound
        brand_id = knocked.brand_id if path["brand"] else None
        return Guest(
            knocked.account_id, brand_id, path["ref"], knocked.kept_from, knocked.territory
        )

    def _from_here(self, headers: dict[bytes, str]) -> bool:
        """Only pages of the house listen: a browser names where the page came from."""
        return headers.get(b"origin", self._origin) == self._origin

    async def _knock(self, place: places.Place, cookies: str) -> Knocked | None:
        try:
            morsel = SimpleCookie(cookies).get(places.cookie_of(place, self._settings))
        except CookieError:
            return None
        reference = morsel.value if morsel is not None else ""
        if not 0 < len(reference) <= REFERENCE_LENGTH_MAX:
            return None
        return await self._ask(
            partial(accounts.knock, self._tools, reference=reference, realm=place.realm)
        )

    def _check_let_in(self, guest: Guest, room: Room) -> None:
        """NotFound for a member whom the brand keeps out, or of another territory.

        A room that nobody else is in is closed again.
        """
        elsewhere = guest.brand_id is None and room.territory not in {None, guest.territory}
        if room.brand_id not in guest.kept_from and not elsewhere:
            return
        if not room.listeners and self._rooms.get(guest.room) is room:
            del self._rooms[guest.room]
            self._opening.pop(guest.room, None)
        raise NotFound

    def _check_room_left(self, account_id: int) -> None:
        """Busy where the house is full, or one person has as many pages open as anybody may."""
        crowd, own = sum(self._listening.values()), self._listening.get(account_id, 0)
        if crowd >= LISTENERS_MAX or own >= LISTENERS_OF_ONE_MAX:
            raise Busy

    async def _entered(self, guest: Guest) -> Room:
        """The room of the guest's sale, opened by whoever comes first."""
        lock = self._opening.setdefault(guest.room, asyncio.Lock())
        async with lock:
            room = self._rooms.get(guest.room)
            if room is None:
                self._rooms[guest.room] = room = await self._opened(guest)
        return room

    async def _opened(self, guest: Guest) -> Room:
        room = self._new_room(guest)
        try:
            await room.first_look()
        except (NotFound, Busy, StoreDown):
            self._opening.pop(guest.room, None)
            raise
        return room

    def _new_room(self, guest: Guest) -> Room:
        if guest.brand_id is None:
            tools = self._tools.at_door(Door.MEMBER)
            return Room("stock", partial(self._words, tools, guest.ref))
        tools = self._tools.at_door(Door.BRAND, brand_id=guest.brand_id)
        return Room("figures", partial(self._pulse, tools, guest.ref))

    async def _words(self, tools: Toolbox, ref: str) -> Seen:
        found = await self._ask(partial(stock_words.of_sale, tools, ref=ref))
        codes = shelves.codes(found.phase, found.words)
        return Seen(found.sale_id, codes, found.brand_id, found.territory)

    async def _pulse(self, tools: Toolbox, ref: str) -> Seen:
        found = await self._ask(partial(sale_pulse.of_sale, tools, ref=ref))
        return Seen(found.sale_id, {"beat": found.beat})

    async def _ask(self, question: Callable[[], Answer]) -> Answer:
        return await asyncio.get_running_loop().run_in_executor(self._threads, question)

    async def _stream(self, guest: Guest, room: Room, receive: Receive, send: Send) -> None:
        listener = Listener()
        self._come(guest, room, listener)
        watching = asyncio.create_task(_until_closed(receive, listener))
        try:
            await send({"type": "http.response.start", "status": 200, "headers": self._headers()})
            await _send(send, f"retry: {RETRY_MS + randbelow(RETRY_SPREAD_MS)}\n\n".encode())
            await self._tell(room, listener, send)
            if not listener.gone:
                await send({"type": "http.response.body", "body": b""})
        finally:
            watching.cancel()
            self._go(guest, room, listener)

    async def _tell(self, room: Room, listener: Listener, send: Send) -> None:
        """Whatever is new, or a sign of life, until the page is closed or its time is over."""
        ends_at = asyncio.get_running_loop().time() + LASTS_SECONDS
        while not listener.gone and asyncio.get_running_loop().time() < ends_at:
            listener.called.clear()
            await _send(send, room.news(listener) or HEARTBEAT)
            try:
                await asyncio.wait_for(listener.called.wait(), self._heartbeat_seconds)
            except TimeoutError:
                continue

    def _come(self, guest: Guest, room: Room, listener: Listener) -> None:
        self._listening[guest.account_id] = self._listening.get(guest.account_id, 0) + 1
        room.listeners.add(listener)
        if len(room.listeners) == 1:
            task = asyncio.create_task(self._keep(guest, room))
            self._tasks.add(task)
            task.add_done_callback(self._tasks.discard)

    async def _keep(self, guest: Guest, room: Room) -> None:
        """Look while somebody listens; then close the room, unless somebody new has opened it again."""
        await room.keep_looking()
        if self._rooms.get(guest.room) is room and not room.listeners:
            del self._rooms[guest.room]
            self._opening.pop(guest.room, None)

    def _go(self, guest: Guest, room: Room, listener: Listener) -> None:
        room.listeners.discard(listener)
        if not room.listeners:
            room.tell()
        left = self._listening[guest.account_id] - 1
        if left:
            self._listening[guest.account_id] = left
        else:
            del self._listening[guest.account_id]

    def _headers(self) -> list[tuple[bytes, bytes]]:
        return [
            (b"content-type", b"text/event-stream; charset=utf-8"),
            (b"cache-control", b"no-store"),
            (b"x-accel-buffering", b"no"),
            (b"x-content-type-options", b"nosniff"),
            (b"access-control-allow-origin", self._origin.encode()),
            (b"access-control-allow-credentials", b"true"),
            (b"vary", b"Origin, Cookie"),
        ]


async def _until_closed(receive: Receive, listener: Listener) -> None:
    while (await receive())["type"] != "http.disconnect":
        pass
    listener.leave()


async def _send(send: Send, body: bytes) -> None:
    await send({"type": "http.response.body", "body": body, "more_body": True})


async def _plain(send: Send, status: HTTPStatus) -> None:
    """The same answer for everything that is not there and everybody who may not listen."""
    headers = [(b"content-type", b"text/plain; charset=utf-8"), (b"cache-control", b"no-store")]
    if status is HTTPStatus.SERVICE_UNAVAILABLE:
        headers.append((b"retry-after", b"2"))
    await send({"type": "http.response.start", "status": int(status), "headers": headers})
    await send({"type": "http.response.body", "body": f"{status.phrase}\n".encode()})
