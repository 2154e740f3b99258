"""Browsers that have signed in to an account before: their failures are counted apart from everybody else's.

So nobody who guesses at somebody's password can make that person wait at their own browser. The cookie proves nothing
else and opens nothing.
"""

from __future__ import annotations

import hashlib
import secrets
from datetime import timedelta
from typing import TYPE_CHECKING

from flask import request
from itsdangerous import BadSignature, URLSafeSerializer

from marketplace.web import places

if TYPE_CHECKING:
    from flask import Response

KEPT = timedelta(days=365)
WORD_BYTES = 16
ACCOUNT_HEX = 16
WHAT = "known"


def word_for(email: str) -> str | None:
    """The word of this browser, if it has signed in to the account of ``email`` before."""
    given = request.cookies.get(places.cookie_name(places.current(), WHAT))
    if not given:
        return None
    settings = places.premises().settings
    for key in (settings.secret_key, *settings.secret_key_fallbacks):
        try:
            account, word = _signer(key).loads(given)
        except (BadSignature, ValueError, TypeError):
            continue
        return str(word) if account == _account(email) else None
    return None


def remember(response: Response, email: str) -> None:
    """This browser gave the right password for ``email``."""
    if word_for(email) is not None:
        return
    place = places.current()
    word = secrets.token_urlsafe(WORD_BYTES)
    signed = _signer(places.premises().settings.secret_key).dumps([_account(email), word])
    response.set_cookie(
        places.cookie_name(place, WHAT),
        str(signed),
        max_age=KEPT,
        path="/",
        secure=True,
        httponly=True,
        samesite=place.same_site,
    )


def _account(email: str) -> str:
    place = places.current()
    about = f"{place.realm}:{email.strip().casefold()}"
    return hashlib.sha256(about.encode()).hexdigest()[:ACCOUNT_HEX]


def _signer(key: str) -> URLSafeSerializer:
    return URLSafeSerializer(key, salt="known-browser")
