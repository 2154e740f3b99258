"""No deed without the visitor's will: a token that only our pages know, and a request that came from them.

The token is bound to the session, or for nobody yet to a random word in a signed cookie. Besides it the browser
itself must say that the request came from our own origin (ASVS 3.5.1, 3.5.3).
"""

from __future__ import annotations

import base64
import hmac
import secrets
from typing import TYPE_CHECKING

from flask import g, request, session

from marketplace.domain.refusals import Refusal
from marketplace.web import access, identity, places

if TYPE_CHECKING:
    from marketplace.config import Settings

FIELD = "csrf_token"
HEADER = "X-CSRF-Token"
SEED = "seed"
SEED_BYTES = 16


class RequestForged(Refusal):
    """The request does not come from a page of ours that this visitor has open."""

    code = "request_forged"


def token() -> str:
    """The token of this visitor, for forms and for scripts of ours; its slot, where a page is written for many."""
    slot: str | None = g.get("token_slot")
    return slot if slot is not None else _made(places.premises().settings.secret_key, _binding())


def of_session(reference: str, settings: Settings) -> str:
    """The token on the pages of the session that ``reference`` opens."""
    return _made(settings.secret_key, f"session:{reference}")


def is_of_session(given: str, reference: str, settings: Settings) -> bool:
    """Whether ``given`` is the token of that session's pages."""
    return _is_one(given, f"session:{reference}", settings)


def _is_one(given: str, binding: str, settings: Settings) -> bool:
    keys = (settings.secret_key, *settings.secret_key_fallbacks)
    return any(hmac.compare_digest(_made(key, binding).encode(), given.encode()) for key in keys)


def _made(key: str, binding: str) -> str:
    digest = hmac.digest(key.encode(), f"csrf:{binding}".encode(), "sha256")
    return base64.urlsafe_b64encode(digest).decode().rstrip("=")


def _binding() -> str:
    place = places.current()
    reference = identity.reference_at(place)
    if reference is not None and identity.at_door(place) is not None:
        return f"session:{reference}"
    if SEED not in session:
        session[SEED] = secrets.token_urlsafe(SEED_BYTES)
    return f"seed:{place.name}:{session[SEED]}"


def check() -> None:
    """Before each view: refuse an unsafe request without the token or from elsewhere."""
    if not access.requires_token():
        return
    if not (_from_here() and _has_token()):
        raise RequestForged


def _from_here() -> bool:
    said = request.headers.get("Sec-Fetch-Site")
    if said is not None:
        return said == "same-origin"
    return request.headers.get("Origin") == places.origin(request.host_url)


def _has_token() -> bool:
    given = request.headers.get(HEADER) or request.form.get(FIELD, "")
    return _is_one(given, _binding(), places.premises().settings)
