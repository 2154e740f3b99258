"""Static files as browsers get them: one stylesheet for each door, compressed once, named by their content.

Every component has a sheet of its own in ``static/css/``. A door's sheet, such as ``css/door-member.css``, is those its
pages use, one after the other, unchanged: what a reader finds in the file is what the browser applies, and a page asks
once. The order is the cascade's: ground before parts, parts before pages.
"""

from __future__ import annotations

import gzip
import hashlib
import mimetypes
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING

from flask import Response, current_app, request

if TYPE_CHECKING:
    from flask import Flask

FOLDER = Path(__file__).parent / "static"
VERSION_HEX = 12
COMPRESSED = {".css", ".js", ".svg"}
"""Kinds of files that become smaller; fonts and photographs are compressed in themselves."""

GROUND = (
    "fonts",
    "tokens",
    "ground",
    "words",
    "arrangement",
    "frame",
    "heading",
    "notice",
    "said",
    "toast",
)
ENTRY = ("button", "field", "tick")
READING = (
    "crumbs",
    "calm-list",
    "empty",
    "confirm",
    "dialog",
    "definitions",
    "timeline",
    "pagination",
    "thread",
)
GOODS = ("photograph", "price", "state", "clock")
FIGURES = ("table", "stacks", "diff", "heat", "figure", "progress", "chart")
DESK = (
    "stepper",
    *READING,
    *ENTRY,
    "file",
    *GOODS,
    *FIGURES,
    "thumb",
    "ledger",
    "fold",
    "approval",
    "filters",
)
ALWAYS = ("motion", "print")

ADMIN = (
    *GROUND, *DESK, "sizes", "line", "totals", "grid", "cards", "hero", "gallery", "sale-figures",
    "cells", "lanes", "preflight", "pictures", "board", "waiting", "factor",
)  # fmt: skip

DOORS: dict[str, tuple[str, ...]] = {
    "bare": (*GROUND, *READING, *ENTRY, "table", "mail", "factor", "slip", *ALWAYS),
    "member": (
        *GROUND, *READING, *ENTRY, *GOODS,
        "sizes", "line", "totals", "grid", "cards", "hero", "gallery", "table", "factor",
        "filters", "greeting", "piece", "waiting", "fold", "mail", *ALWAYS,
    ),
    "brand": (*GROUND, *DESK, "grid", "cards", "hero", "sale-figures", "factor", *ALWAYS),
    "admin": (*ADMIN, *ALWAYS),
    "design": (*ADMIN, "design", *ALWAYS),
}  # fmt: skip
"""The sheets of each door, and of the page of components, in the order in which they apply."""


@dataclass(frozen=True, slots=True)
class Packed:
    """A file of text as it leaves: plain, compressed, and the word that changes with its content."""

    plain: bytes
    small: bytes
    version: str


def serve(app: Flask) -> None:
    """Let ``app`` answer for its static files here, and put the version of each into its address."""
    app.view_functions["static"] = _answer

    @app.url_defaults
    def _add_version(endpoint: str, values: dict[str, object]) -> None:
        filename = values.get("filename")
        if endpoint == "static" and isinstance(filename, str):
            values.setdefault("v", version_of(filename))


def exists(filename: str) -> bool:
    """Whether a static file has this name, a door's sheet among them."""
    file = FOLDER / filename
    return _door(filename) is not None or (file.resolve().is_relative_to(FOLDER) and file.is_file())


def content(filename: str) -> bytes:
    """What is sent for a file that exists: a door's sheet put together, any other as it lies there."""
    door = _door(filename)
    if door is None:
        return (FOLDER / filename).read_bytes()
    return b"\n".join((FOLDER / "css" / f"{part}.css").read_bytes() for part in DOORS[door])


def version_of(filename: str) -> str | None:
    """A word that changes with the content of a static file; None where there is no such file."""
    return _packed(filename).version if exists(filename) else None


def _door(filename: str) -> str | None:
    door = filename.removeprefix("css/door-").removesuffix(".css")
    return door if door in DOORS and filename == f"css/door-{door}.css" else None


def _answer(filename: str) -> Response:
    if not exists(filename) or Path(filename).suffix not in COMPRESSED:
        return current_app.send_static_file(filename)
    packed = _packed(filename)
    accepts = request.accept_encodings.best_match(["gzip"]) is not None
    answer = Response(packed.small if accepts else packed.plain)
    answer.mimetype = mimetypes.types_map[Path(filename).suffix]
    answer.headers["Vary"] = "Accept-Encoding"
    if accepts:
        answer.headers["Content-Encoding"] = "gzip"
    answer.set_etag(f"{packed.version}-{'gzip' if accepts else 'plain'}")
    answer.make_conditional(request)
    return answer


@cache
def _packed(filename: str) -> Packed:
    """Made once for each file that exists, of which there are few."""
    plain = content(filename)
    version = hashlib.sha256(plain).hexdigest()[:VERSION_HEX]
    return Packed(plain, gzip.compress(plain, 9, mtime=0), version)
