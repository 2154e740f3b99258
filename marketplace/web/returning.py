"""Where to go after signing in: back to the page that was asked for, and never out of the house."""

from __future__ import annotations

import re
from http import HTTPStatus
from typing import TYPE_CHECKING

from flask import request, session
from werkzeug.utils import redirect

from marketplace.web import places

if TYPE_CHECKING:
    from werkzeug.wrappers import Response

PATH_LENGTH_MAX = 300
NEXT = "next"

_SEGMENTS = re.compile(r"/|(?:/[A-Za-z0-9_-][A-Za-z0-9._-]*)+/?")
_QUERY = re.compile(r"[A-Za-z0-9_.=&+-]*")
_NEVER = ("/sign-in", "/sign-out", "/join", "/reset", "/language")


def allowed(target: str | None) -> str | None:
    """``target`` if it is a plain path of ours, else none.

    An allow-list of what our own addresses are made of: letters, digits and ``. _ -`` between single slashes, and
    the same in a query. Schemes, hosts, backslashes, escapes, dots that climb and control characters have no place
    in it (ASVS 3.7.2).
    """
    if not target or plain(target) is None:
        return None
    path = target.partition("?")[0]
    inner = path.removeprefix(places.of_path(path).prefix)
    return None if inner.startswith(_NEVER) else target


def plain(target: str) -> str | None:
    """``target`` if it is made as our own addresses are, whichever page it is; else none."""
    path, _mark, query = target.partition("?")
    if (
        len(target) > PATH_LENGTH_MAX
        or not _SEGMENTS.fullmatch(path)
        or not _QUERY.fullmatch(query)
    ):
        return None
    return target


def remember() -> None:
    """Keep the page that was asked for, so that signing in leads to it; nothing of it is put into the page."""
    navigates = request.headers.get("Sec-Fetch-Dest", "document") == "document"
    asked = allowed(request.full_path.rstrip("?"))
    if request.method == "GET" and navigates and asked is not None:
        session[NEXT] = asked


def keep(target: str) -> None:
    """Keep ``target`` over the second step of signing in."""
    if allowed(target):
        session[NEXT] = target


def go_on(given: str | None = None) -> Response:
    """To the page asked for before, if it lies behind this door; else to the first one."""
    place = places.current()
    kept = session.pop(NEXT, None)
    target = allowed(given) or allowed(kept) or place.home
    if not place.holds(target.partition("?")[0]) or places.of_path(target) is not place:
        target = place.home
    return redirect(target, HTTPStatus.SEE_OTHER)
