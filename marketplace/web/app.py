"""Hangs the doors in the hallway: one Flask application, and in which order a request passes through it."""

from __future__ import annotations

import os
from datetime import timedelta
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from flask import Flask, request
from flask.sessions import SecureCookieSessionInterface
from werkzeug.exceptions import SecurityError
from werkzeug.middleware.proxy_fix import ProxyFix

from marketplace import words
from marketplace.web import (
    access,
    csrf,
    entrance,
    errors,
    headers,
    health,
    identity,
    invitations,
    legal,
    mails,
    pages,
    photographs,
    places,
    record,
    statics,
)

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from typing import Any
    from wsgiref.types import WSGIApplication

    from flask import Blueprint

    from marketplace.config import Settings
    from marketplace.toolbox import Toolbox

    Front = Callable[[Flask, Any], Any]

FORM_MEMORY_BYTES_MAX = 1_048_576
FORM_PARTS_MAX = 10_000
FRONT = "aubaine.front"
"""Among an application's extensions: what is asked before it is."""
LOOPBACK_NAMES = ("localhost", "127.0.0.1", "[::1]")


def create_app(
    settings: Settings, tools: Toolbox, doors: Sequence[Blueprint], *, front: Front | None = None
) -> Flask:
    """The application with ``doors`` hung in it; asserts that every route says who may enter.

    ``front`` makes what is asked before the application is, and goes on to it where it has no answer.
    """
    app = Flask("marketplace.web")
    _configure(app, settings)
    app.extensions["aubaine"] = places.Premises(settings, tools)
    app.session_interface = PageMemory()
    app.url_map.strict_slashes = False
    app.url_map.merge_slashes = False
    pages.equip(app)
    statics.serve(app)
    errors.register(app)
    for step in (record.begin, _refuse_foreign_hosts, _speak, access.admit, csrf.check):
        app.before_request(step)
    # Run in the opposite order: what is hung last is done first.
    for finish in (record.end, headers.dress):
        app.after_request(finish)
    own = (invitations.door, legal.door, mails.door, photographs.door, health.door)
    for door in (*entrance.doors(), *own, *doors):
        app.register_blueprint(door)
    access.assert_all_declared(app)
    if front is not None:
        app.wsgi_app = app.extensions[FRONT] = front(app, app.wsgi_app)  # type: ignore[method-assign]  # Flask's own way
    app.wsgi_app = behind_proxies(settings, app.wsgi_app)  # type: ignore[assignment, method-assign]  # Flask's own way
    return app


def behind_proxies(settings: Settings, app: WSGIApplication) -> WSGIApplication:
    """``app`` as it sees visitors through the house's proxies: their addresses, not the proxies'."""
    hops = settings.proxy_hops
    return ProxyFix(app, x_for=hops, x_proto=hops, x_host=hops) if hops else app


def _configure(app: Flask, settings: Settings) -> None:
    assert not app.debug, "debugging shows visitors what is inside: unset FLASK_DEBUG"
    assert not os.environ.get("FLASK_DEBUG"), "debugging shows visitors what is inside"
    loopback = LOOPBACK_NAMES if settings.embedded else ()
    app.config.update(
        SECRET_KEY=settings.secret_key,
        SECRET_KEY_FALLBACKS=list(settings.secret_key_fallbacks),
        TRUSTED_HOSTS=[_host(settings.public_url), *settings.trusted_hosts, *loopback],
        MAX_CONTENT_LENGTH=access.BODY_BYTES_MAX,
        MAX_FORM_MEMORY_SIZE=FORM_MEMORY_BYTES_MAX,
        MAX_FORM_PARTS=FORM_PARTS_MAX,
        PROVIDE_AUTOMATIC_OPTIONS=False,
        SESSION_COOKIE_SECURE=True,
        SESSION_COOKIE_HTTPONLY=True,
        PERMANENT_SESSION_LIFETIME=timedelta(days=365),
        PREFERRED_URL_SCHEME=urlsplit(settings.public_url).scheme,
    )


def _host(url: str) -> str:
    name = urlsplit(url).hostname or ""
    return f"[{name}]" if ":" in name else name


class PageMemory(SecureCookieSessionInterface):
    """A small signed cookie for each door: a notice to show once, a language, where to go after signing in.

    It is no proof of anything: who somebody is stands in PostgreSQL alone.
    """

    def get_cookie_name(self, app: Flask) -> str:  # noqa: ARG002 - Flask's signature
        """That of the door the request came to."""
        return places.cookie_name(places.current(), "page")

    def get_cookie_samesite(self, app: Flask) -> str:  # noqa: ARG002 - Flask's signature
        """That of the door the request came to."""
        return places.current().same_site


def _refuse_foreign_hosts() -> None:
    """A host that is not ours is refused before anything is looked up."""
    if isinstance(request.routing_exception, SecurityError):
        raise request.routing_exception


def _speak() -> None:
    """Speak the visitor's language: that of the account, else the one chosen, else the browser's best."""
    if request.endpoint == "static":
        return
    visitor = identity.present()
    if visitor is not None:
        words.begin(visitor.locale)
        return
    chosen = None if places.for_machines(request.path) else entrance.chosen_language()
    words.begin(chosen or request.accept_languages.best_match(words.LOCALES) or words.SOURCE_LOCALE)
