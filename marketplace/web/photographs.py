"""Photographs: same origin, under addresses that cannot be guessed, for those who are signed in, kept by their browser.

An address holds the photograph's number, the width and the last day of its life, signed. It changes once a day, so a
browser that comes back asks again at most once a day for each photograph.
"""

from __future__ import annotations

from datetime import date, timedelta
from http import HTTPStatus
from typing import TYPE_CHECKING

from flask import Blueprint, make_response, request, url_for
from itsdangerous import BadSignature, URLSafeSerializer

from marketplace.domain.refusals import NotFound
from marketplace.queries import photographs as asked
from marketplace.toolbox import GatewayRefusal
from marketplace.web import access, identity, places

if TYPE_CHECKING:
    from flask import Response

SALT = "photograph"
DAYS = 2
KEPT_SECONDS = 86_400

door = Blueprint("photographs", __name__)


def url(photograph_id: int, width: int) -> str:
    """The signed address of a photograph, about ``width`` pixels wide."""
    until = (identity.now().date() + timedelta(days=DAYS)).toordinal()
    signed = _signer(places.premises().settings.secret_key).dumps([photograph_id, width, until])
    return url_for("photographs.show", signed=signed)


@door.get("/photographs/<signed>")
@access.anyone
def show(signed: str) -> Response:
    """The photograph's bytes, for anybody who is signed in at any door."""
    photograph_id, width, until = _read(signed)
    if not identity.anybody() or until < identity.now().date():
        raise NotFound
    tools = places.premises().tools
    kinds = ("avif",) if "image/avif" in request.accept_mimetypes.values() else ()
    key = asked.storage_key(
        tools,
        photograph_id=photograph_id,
        width=width,
        kinds=kinds,
        for_members=not identity.works_here(),
    )
    try:
        content = tools.files.get(key)
    except GatewayRefusal as missing:
        raise NotFound from missing
    answer = make_response(content, HTTPStatus.OK)
    answer.content_type = _media(content)
    answer.vary.add("Accept")
    answer.headers["Cache-Control"] = f"private, max-age={KEPT_SECONDS}, immutable"
    return answer


def _media(content: bytes) -> str:
    if content[4:12] == b"ftypavif":
        return "image/avif"
    return "image/webp" if content[8:12] == b"WEBP" else "image/jpeg"


def _read(signed: str) -> tuple[int, int, date]:
    settings = places.premises().settings
    for key in (settings.secret_key, *settings.secret_key_fallbacks):
        try:
            photograph_id, width, until = _signer(key).loads(signed)
        except BadSignature:
            continue
        return photograph_id, width, date.fromordinal(until)
    raise NotFound


def _signer(key: str) -> URLSafeSerializer:
    return URLSafeSerializer(key, salt=SALT)
