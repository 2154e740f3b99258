"""Pages: what every template may use, and the ways a view answers."""

from __future__ import annotations

from http import HTTPStatus
from typing import TYPE_CHECKING, Any
from urllib.parse import quote

from flask import current_app, flash, g, make_response, redirect, render_template, request, url_for

from marketplace import words
from marketplace.web import (
    csrf,
    errors,
    headers,
    identity,
    photographs,
    places,
    returning,
    stacking,
)
from marketplace.words import _, formats

if TYPE_CHECKING:
    from collections.abc import Callable
    from datetime import datetime

    from flask import Flask, Response

    from marketplace.domain.doors import Realm
    from marketplace.web.identity import Visitor

    Frame = Callable[[Visitor], dict[str, object]]

LANGUAGES = {"en": "English", "fr": "Français"}
LEGAL = ("terms", "privacy", "returns", "imprint")

_frames: dict[Realm, Frame] = {}


def render(template: str, *, status: int = HTTPStatus.OK, **context: Any) -> Response:  # noqa: ANN401 - what a template is given
    """The page, in the visitor's language."""
    return make_response(render_template(template, **context), status)


def go(endpoint: str, *, notice: str | None = None, kind: str = "good", **values: Any) -> Response:  # noqa: ANN401 - what an address is made of
    """See other: the page of ``endpoint``; ``notice`` is shown there once, as info, good, warn or bad."""
    if notice:
        flash(notice, kind)
    answer: Response = make_response(redirect(url_for(endpoint, **values), HTTPStatus.SEE_OTHER))
    return answer


problem = errors.problem


def around(realm: Realm) -> Callable[[Frame], Frame]:
    """Say what frames every page of a signed-in visitor of ``realm``, such as ``nav_items`` and ``bag``.

    The doors say it; the hallway's own pages (account, legal texts, errors) are framed by the same.
    """

    def keep(frame: Frame) -> Frame:
        _frames[realm] = frame
        return frame

    return keep


def equip(app: Flask) -> None:
    """Give the templates of ``app`` their words, formats and context."""
    env = app.jinja_env
    words.teach(env)
    env.globals |= {
        "csrf_token": csrf.token,
        "photograph_url": photographs.url,
        "shown_url": photographs.shown_url,
    }
    env.filters |= {
        "money": formats.money,
        "minor": formats.minor,
        "money_short": formats.money_short,
        "amount_text": formats.amount_text,
        "count": formats.count,
        "bps": formats.bps,
        "day": _day,
        "day_short": _day_short,
        "clock": _clock,
        "wall": formats.wall,
        "moment": _moment,
        "moment_short": _moment_short,
        "stacked": stacking.stacked,
    }
    app.context_processor(_context)


def _context() -> dict[str, object]:
    visitor = identity.present()
    place = places.current()
    context: dict[str, object] = {
        "layout": place.layout if visitor is not None else "layout/bare.html",
        "locale": words.locale(),
        "csp_nonce": headers.nonce(),
        "home_url": place.home,
        "server_now": identity.now(),
        "visitor": visitor,
        "languages": _languages(),
        "legal_links": _legal_links(),
    }
    if visitor is not None:
        frame = _hung(visitor.realm)
        context |= {
            "person_name": visitor.name,
            "brand_name": visitor.brand_name,
            "account_url": place.url("account"),
            "sign_out_url": place.url("sign_out"),
            **(frame(visitor) if frame and "frameless" not in g else {}),
        }
    return context


def _hung(realm: Realm) -> Frame | None:
    """The frame of ``realm``, where its door hangs in this application."""
    frame = _frames.get(realm)
    if frame is None:
        return None
    rooms = (each.import_name for each in current_app.blueprints.values())
    return frame if any(frame.__module__.startswith(room) for room in rooms) else None


def _languages() -> list[dict[str, object]]:
    back = returning.allowed(request.path) if identity.present() is not None else None
    query = f"?next={quote(back)}" if back else ""
    return [
        {
            "code": code,
            "label": label,
            "href": f"{places.current().url('language')}{query}",
            "current": code == words.locale(),
        }
        for code, label in LANGUAGES.items()
    ]


def _legal_links() -> list[dict[str, str]]:
    labels = {
        "terms": _("Terms"),
        "privacy": _("Privacy"),
        "returns": _("Delivery and returns"),
        "imprint": _("Imprint"),
    }
    return [{"label": labels[slug], "href": url_for("legal.page", slug=slug)} for slug in LEGAL]


def _zone() -> str:
    visitor = identity.present()
    return visitor.zone if visitor is not None else formats.HOUSE_ZONE


def _day(value: datetime) -> str:
    return formats.day(value, _zone())


def _day_short(value: datetime) -> str:
    return formats.day_short(value, _zone())


def _clock(at: datetime) -> str:
    return formats.clock(at, _zone())


def _moment(at: datetime) -> str:
    return formats.moment(at, _zone())


def _moment_short(at: datetime) -> str:
    return formats.moment_short(at, _zone())
