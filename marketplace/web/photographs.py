"""Photographs: same origin, under addresses that cannot be guessed, for those who are signed in, kept by their browser.

An address holds the photograph's number, the width and the last day of its life, signed. It changes once a day, so a
browser that comes back asks again at most once a day for each photograph. One that was written for members holds the
edition too, so that no browser shows what was drawn before, and opens nothing but what members may see, to anybody.
"""

from __future__ import annotations

from contextlib import suppress
from datetime import date, timedelta
from http import HTTPStatus
from typing import TYPE_CHECKING, Any

from flask import Blueprint, make_response, request, url_for
from itsdangerous import BadSignature, URLSafeSerializer

from marketplace.domain.refusals import NotFound
from marketplace.queries import photographs as asked
from marketplace.toolbox import GatewayRefusal
from marketplace.web import access, identity, places

if TYPE_CHECKING:
    from flask import Response

    from marketplace.queries.sale_page import Picture

SALT = "photograph-2"
DAYS = 2
KEPT = "private, max-age=86400, immutable"

door = Blueprint("photographs", __name__)


def url(photograph_id: int, width: int) -> str:
    """The signed address of a photograph as it was given, for those who work here; about ``width`` pixels wide."""
    return _address([photograph_id, width])


def shown_url(picture: Picture, width: int) -> str:
    """The signed address of a photograph as members see it, about ``width`` pixels wide."""
    return _address([picture.photograph_id, width, picture.edition])


def _address(what: list[int | str]) -> str:
    until = (identity.now().date() + timedelta(days=DAYS)).toordinal()
    signed = _signer(places.premises().settings.secret_key).dumps([until, *what])
    return url_for("photographs.show", signed=signed)


@door.get("/photographs/<signed>")
@access.anyone
def show(signed: str) -> Response:
    """The photograph's bytes, for anybody who is signed in at the door that the address was written for."""
    until, photograph_id, width, *edition = _read(signed)
    works_here = identity.works_here()
    if date.fromordinal(until) < identity.now().date():
        raise NotFound
    tools = places.premises().tools
    kinds = ("avif",) if "image/avif" in request.accept_mimetypes.values() else ()
    wanted = {"photograph_id": photograph_id, "width": width, "kinds": kinds}
    if edition and identity.anybody():
        key, current = asked.shown(tools, **wanted, in_its_days=not works_here)
        return _answer(key, kept=current == edition[0])
    if not works_here or edition:
        raise NotFound
    return _answer(asked.stored(tools, **wanted), kept=True)


def _answer(key: str, *, kept: bool) -> Response:
    """The bytes. What was drawn anew since the address was written is not kept under it."""
    try:
        content = places.premises().tools.files.get(key)
    except GatewayRefusal as missing:
        raise NotFound from missing
    answer = make_response(content, HTTPStatus.OK)
    answer.content_type = _media(content)
    answer.vary.add("Accept")
    answer.headers["Cache-Control"] = KEPT if kept else "no-store"
    return answer


def _media(content: bytes) -> str:
    if content[4:12] == b"ftypavif":
        return "image/avif"
    return "image/webp" if content[8:12] == b"WEBP" else "image/jpeg"


def _read(signed: str) -> list[Any]:
    settings = places.premises().settings
    for key in (settings.secret_key, *settings.secret_key_fallbacks):
        with suppress(BadSignature):
            found: list[Any] = _signer(key).loads(signed)
            return found
    raise NotFound


def _signer(key: str) -> URLSafeSerializer:
    return URLSafeSerializer(key, salt=SALT)
