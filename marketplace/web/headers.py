"""What every answer carries, errors and static files included: what a browser may do with it, and for how long."""

from __future__ import annotations

import secrets
from functools import lru_cache
from http import HTTPStatus
from typing import TYPE_CHECKING

from flask import g, request

from marketplace.web import places, statics

if TYPE_CHECKING:
    from flask import Response

    from marketplace.config import Settings

NONCE_BYTES = 16
YEAR_SECONDS = 31_536_000
NOT_KEPT = "no-store"
NONCE_SLOT = "nonce-of-this-answer"

POLICY = {
    "default-src": "'none'",
    "script-src": "'self' 'nonce-{nonce}'",
    "style-src": "'self'",
    "img-src": "'self'",
    "font-src": "'self'",
    "connect-src": "'self' {live}",
    "frame-src": "'self'",
    "form-action": "'self' {checkout}",
    "base-uri": "'none'",
    "frame-ancestors": "'none'",
    "object-src": "'none'",
}
PERMISSIONS = ", ".join(
    f"{feature}=()"
    for feature in (
        *("accelerometer", "autoplay", "browsing-topics", "camera", "display-capture"),
        *(
            "encrypted-media",
            "fullscreen",
            "geolocation",
            "gyroscope",
            "magnetometer",
            "microphone",
        ),
        *("midi", "payment", "publickey-credentials-get", "screen-wake-lock", "usb"),
    )
)


def nonce() -> str:
    """The word that marks this answer's own scripts."""
    if "csp_nonce" not in g:
        g.csp_nonce = new_nonce()
    word: str = g.csp_nonce
    return word


def new_nonce() -> str:
    """A word that marks the scripts of one answer."""
    return secrets.token_urlsafe(NONCE_BYTES)


@lru_cache(maxsize=4)
def standing(settings: Settings) -> tuple[tuple[str, str], ...]:
    """What every answer carries, whatever it is."""
    lasting = f"max-age={YEAR_SECONDS}; includeSubDomains"
    safe = settings.public_url.startswith("https:")
    return (
        ("X-Content-Type-Options", "nosniff"),
        ("Referrer-Policy", "same-origin"),
        ("Cross-Origin-Opener-Policy", "same-origin"),
        ("Cross-Origin-Resource-Policy", "same-origin"),
        ("Permissions-Policy", PERMISSIONS),
        ("X-Robots-Tag", "noindex, nofollow"),
        *([("Strict-Transport-Security", lasting)] if safe else ()),
    )


def dress(response: Response) -> Response:
    """After each view: complete the headers; what a view has set itself stays."""
    settings = places.premises().settings
    headers = response.headers
    headers.setdefault("Content-Security-Policy", policy(settings, nonce()))
    if "referrer_policy" in g:
        headers.setdefault("Referrer-Policy", g.referrer_policy)
    for name, value in standing(settings):
        headers.setdefault(name, value)
    if request.endpoint == "static":
        headers["Cache-Control"] = _static_lasts(response)
    headers.setdefault("Cache-Control", NOT_KEPT)
    return response


def policy(settings: Settings, nonce: str) -> str:
    """What an answer lets a browser load and run; ``nonce`` marks its own scripts."""
    return _policy(settings).replace(NONCE_SLOT, nonce)


@lru_cache(maxsize=4)
def _policy(settings: Settings) -> str:
    filled = {
        "nonce": NONCE_SLOT,
        "live": places.origin(settings.live_url) if settings.live_url else "",
        "checkout": " ".join(settings.checkout_origins),
    }
    return "; ".join(f"{name} {value.format(**filled).strip()}" for name, value in POLICY.items())


def _static_lasts(response: Response) -> str:
    named, found = request.args.get("v"), response.status_code < HTTPStatus.BAD_REQUEST
    if found and named and named == statics.version_of(request.path.split("/", 2)[2]):
        return f"public, max-age={YEAR_SECONDS}, immutable"
    return "no-cache"


def no_referrer() -> None:
    """A page whose address is itself a secret: no address at all leaves it."""
    g.referrer_policy = "no-referrer"
