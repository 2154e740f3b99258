"""Machines that speak for a brand: a key in the ``Authorization`` header, asked of the database once a request.

A key is never a session and a session never a key: cookies are not looked at where machines knock, and nothing else
looks at this header. What a key may do is done in its brand's hands, behind the same walls as a person of the brand.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import structlog
from flask import g, request

from marketplace.domain.doors import Door
from marketplace.domain.keys import AskedTooOften, KeyRefused, ScopeMissing
from marketplace.services import keys
from marketplace.web import places

if TYPE_CHECKING:
    from flask import Response

    from marketplace.domain.keys import Scope
    from marketplace.services.keys import Bearer
    from marketplace.toolbox import Toolbox

SCHEME = "bearer"
REALM = 'Bearer realm="aubaine-brand"'
POLICY = '"brand";q={requests};w={seconds}'
STATE = '"brand";r={left};t={seconds}'


def admit(scope: Scope) -> None:
    """Let in whoever shows a good key that opens ``scope`` and has not asked too often."""
    g.challenge = REALM
    bearer = keys.knock(_hallway(), words=_words())
    g.bearer = bearer
    structlog.contextvars.bind_contextvars(api_key=bearer.prefix)
    del g.challenge
    if bearer.allowance.is_spent:
        raise AskedTooOften(seconds=bearer.allowance.wait_seconds)
    if scope not in bearer.scopes:
        g.challenge = f'{REALM}, error="insufficient_scope", scope="{scope}"'
        raise ScopeMissing(scope=str(scope))


def present() -> Bearer | None:
    """Whose key came with the request, once it was let in."""
    found: Bearer | None = g.get("bearer")
    return found


def tools() -> Toolbox:
    """The tools in the hands of the key's brand."""
    bearer = present()
    assert bearer is not None, "this view lets no machine in"
    base = places.premises().tools.during(g.request_id)
    return base.at_door(Door.BRAND, account_id=bearer.account_id, brand_id=bearer.brand_id)


def dress(response: Response, *, requests: int, seconds: int) -> None:
    """Say how much may still be asked, and how to prove oneself where that failed.

    ``RateLimit`` and ``RateLimit-Policy`` as in draft-ietf-httpapi-ratelimit-headers.
    """
    if (challenge := g.get("challenge")) is not None:
        response.headers["WWW-Authenticate"] = challenge
    if (bearer := present()) is not None:
        left = bearer.allowance
        response.headers["RateLimit-Policy"] = POLICY.format(requests=requests, seconds=seconds)
        response.headers["RateLimit"] = STATE.format(left=left.left, seconds=left.full_in_seconds)


def _words() -> str:
    scheme, _, words = request.headers.get("Authorization", "").partition(" ")
    if scheme.casefold() != SCHEME:
        raise KeyRefused
    g.challenge = f'{REALM}, error="invalid_token"'
    return words.strip()


def _hallway() -> Toolbox:
    return places.premises().tools.during(g.request_id).at_door(Door.HALLWAY)
