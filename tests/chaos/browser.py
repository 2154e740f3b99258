"""What a buyer's browser does, without the browser: one request to a real socket, and what came back, if anything."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from urllib.parse import urlencode, urlsplit

HEAD_BYTES_MAX = 64 * 1024
ANSWER_SECONDS_MAX = 30.0
"""After this long a person presses the button again. Most faults hang up, which is answer enough."""


@dataclass(frozen=True, slots=True)
class Answer:
    """A status, headers by their lower-case names, and a text; status 0 where no whole answer came."""

    status: int = 0
    headers: Mapping[str, str] = field(default_factory=dict)
    text: str = ""

    @property
    def location(self) -> str:
        """Where it leads."""
        return self.headers.get("location", "")


NOTHING = Answer()


async def ask(
    url: str,
    *,
    cookie: str = "",
    form: Mapping[str, str] | None = None,
    accept: str = "text/html",
    seconds_max: float = ANSWER_SECONDS_MAX,
) -> Answer:
    """GET ``url``, or POST ``form`` to it as a form on a page of its own site does. Redirects are not followed."""
    with suppress(OSError, TimeoutError, asyncio.IncompleteReadError, ValueError):
        return await asyncio.wait_for(_asked(url, cookie, form, accept), seconds_max)
    return NOTHING


async def _asked(url: str, cookie: str, form: Mapping[str, str] | None, accept: str) -> Answer:
    place = urlsplit(url)
    read, write = await asyncio.open_connection("127.0.0.1", place.port, limit=HEAD_BYTES_MAX)
    try:
        write.write(request(url, cookie, form, accept))
        await write.drain()
        return await answered(read)
    finally:
        write.close()


async def answered(read: asyncio.StreamReader) -> Answer:
    """The next answer on a connection; IncompleteReadError where it ends before the answer does."""
    head = (await read.readuntil(b"\r\n\r\n")).decode("latin-1").split("\r\n")
    headers = {
        name.lower(): value.strip()
        for name, _, value in (line.partition(":") for line in head[1:] if line)
    }
    body = await _body(read, headers)
    return Answer(int(head[0].split()[1]), headers, body.decode(errors="replace"))


def request(url: str, cookie: str, form: Mapping[str, str] | None, accept: str) -> bytes:
    place = urlsplit(url)
    path = f"{place.path or '/'}{'?' + place.query if place.query else ''}"
    body = b"" if form is None else urlencode(form).encode()
    lines = [
        f"{'GET' if form is None else 'POST'} {path} HTTP/1.1",
        f"Host: {place.netloc}",
        f"Accept: {accept}",
        "Accept-Language: en",
        "Connection: close",
    ]
    if cookie:
        lines.append(f"Cookie: {cookie}")
    if form is not None:
        lines += [
            "Content-Type: application/x-www-form-urlencoded",
            f"Content-Length: {len(body)}",
            f"Origin: {place.scheme}://{place.netloc}",
            "Sec-Fetch-Site: same-origin",
        ]
    return "\r\n".join((*lines, "", "")).encode() + body


async def _body(read: asyncio.StreamReader, headers: Mapping[str, str]) -> bytes:
    if headers.get("transfer-encoding") == "chunked":
        portions = []
        while size := int((await read.readline()).split(b";")[0], 16):
            portions.append(await read.readexactly(size))
            await read.readline()
        return b"".join(portions)
    if "content-length" in headers:
        return await read.readexactly(int(headers["content-length"]))
    return await read.read()
