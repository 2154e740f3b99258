"""The language a visitor reads: their account keeps it; for nobody yet, a cookie does."""

from __future__ import annotations

from http import HTTPStatus
from typing import TYPE_CHECKING

from flask import make_response, redirect, request, session

from marketplace.services import members
from marketplace.web import access, identity, places, returning
from marketplace.words import LOCALES

if TYPE_CHECKING:
    from flask import Response

KEPT = "locale"


def chosen() -> str | None:
    """The language that this browser chose, if it did."""
    found = session.get(KEPT)
    return found if found in LOCALES else None


@access.anyone
def choose() -> Response:
    """Keep the language and go back to the page it was chosen on."""
    wanted = request.form.get("locale", "")
    if wanted in LOCALES:
        visitor = identity.present()
        if visitor is not None:
            members.choose_locale(
                identity.hallway_tools(), account_id=visitor.account_id, locale=wanted
            )
        session[KEPT] = wanted
    back = returning.allowed(request.args.get("next")) or _referring()
    return make_response(redirect(back or places.current().home, HTTPStatus.SEE_OTHER))


def _referring() -> str | None:
    """The page of ours that the request came from, as the browser says."""
    came_from = request.referrer or ""
    own = request.host_url.rstrip("/")
    return came_from.removeprefix(own) if returning.plain(came_from.removeprefix(own)) else None
