"""The coming openings as a calendar: for the signed-in member, and under a signed address for their calendar program.

A program cannot sign in. Its address names one member and is signed, so that it cannot be guessed; it tells no more
than the first page does, and nothing once the account is closed.
"""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from flask import Response, url_for
from itsdangerous import BadSignature, URLSafeSerializer

from marketplace import words
from marketplace.domain.doors import Door
from marketplace.domain.refusals import NotFound
from marketplace.queries import todays_sales
from marketplace.storefront import door, whose
from marketplace.web import access, identity, inputs, places
from marketplace.words import _, formats

if TYPE_CHECKING:
    from collections.abc import Iterator
    from datetime import datetime

    from marketplace.queries.todays_sales import SaleCard

SALT = "calendar"
SIGNED_LENGTH_MAX = 200
SHOWN_FOR = timedelta(minutes=30)
"""How long an opening takes in a calendar: long enough to be seen, no longer than it takes."""
FOLD_BYTES = 73
"""RFC 5545, 3.1: a line has at most 75 octets, the space of a continuation included."""


class Whose(inputs.Schema):
    """The signed name of a member; nothing for whoever is signed in."""

    member = inputs.Trimmed(max=SIGNED_LENGTH_MAX, load_default="")


def address() -> str:
    """The signed address of the visitor's calendar."""
    signed = _signer(places.premises().settings.secret_key).dumps(
        [whose.member_id(), words.locale()]
    )
    return url_for("storefront.calendar", member=signed)


@door.get("/calendar.ics")
@access.anyone
def calendar() -> Response:
    """The openings of the coming week (RFC 5545)."""
    member_id, locale = _who(inputs.query(Whose())["member"])
    tools = places.premises().tools.at_door(Door.MEMBER)
    found = todays_sales.look(tools, member_id=member_id)
    with words.speaking(locale):
        content = "".join(_folded(line) for line in _lines(found.all, found.now, tools.public_url))
    answer = Response(content, content_type="text/calendar; charset=utf-8")
    answer.headers["Content-Disposition"] = 'inline; filename="aubaine.ics"'
    return answer


def _who(signed: str) -> tuple[int, str]:
    if not signed:
        if identity.present() is None:
            raise NotFound
        return whose.member_id(), words.locale()
    settings = places.premises().settings
    for key in (settings.secret_key, *settings.secret_key_fallbacks):
        try:
            member_id, locale = _signer(key).loads(signed)
        except BadSignature:
            continue
        return member_id, locale
    raise NotFound


def _signer(key: str) -> URLSafeSerializer:
    return URLSafeSerializer(key, salt=SALT)


def _lines(cards: tuple[SaleCard, ...], now: datetime, public_url: str) -> Iterator[str]:
    name = _("Aubaine: openings")
    yield from ("BEGIN:VCALENDAR", "VERSION:2.0", "PRODID:-//Aubaine//Openings//EN")
    yield f"X-WR-CALNAME:{_escaped(name)}"
    for card in cards:
        yield from _event(card, now, public_url)
    yield "END:VCALENDAR"


def _event(card: SaleCard, now: datetime, public_url: str) -> Iterator[str]:
    named = card.brand or _("A brand named at the opening")
    opens = _("Opens: %(brand)s", brand=named)
    closes = _("Closes %(moment)s.", moment=formats.moment(card.closes_at))
    yield "BEGIN:VEVENT"
    yield f"UID:{card.ref}@{urlsplit(public_url).hostname}"
    yield f"DTSTAMP:{_instant(now)}"
    yield f"DTSTART:{_instant(card.opens_at)}"
    yield f"DTEND:{_instant(card.opens_at + SHOWN_FOR)}"
    yield f"SUMMARY:{_escaped(opens)}"
    yield f"DESCRIPTION:{_escaped(closes)}"
    yield f"URL:{public_url.rstrip('/')}{url_for('storefront.sale', ref=card.ref)}"
    yield "END:VEVENT"


def _instant(at: datetime) -> str:
    return f"{at:%Y%m%dT%H%M%SZ}"


def _escaped(text: str) -> str:
    for mark in ("\\", ";", ","):
        text = text.replace(mark, f"\\{mark}")
    return text.replace("\n", "\\n")


def _folded(line: str) -> str:
    """``line`` in pieces of at most 75 octets, never cut within a letter."""
    pieces, piece = [], ""
    for letter in line:
        if len((piece + letter).encode()) > FOLD_BYTES:
            pieces.append(piece)
            piece = ""
        piece += letter
    return "\r\n ".join([*pieces, piece]) + "\r\n"
