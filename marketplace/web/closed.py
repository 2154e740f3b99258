"""The house closed for work: one page at every address, and no store is asked for anything.

Served while ``CLOSED_UNTIL`` is set: during a migration, or while a store is moved. Everything else stays as it is:
holds keep their time, Stripe delivers its news again, and jobs that run elsewhere go on.
"""

from __future__ import annotations

from http import HTTPStatus
from typing import TYPE_CHECKING

from flask import Flask, Response, json, make_response, render_template, request

from marketplace import words
from marketplace.web import headers, places, statics
from marketplace.words import _, formats

if TYPE_CHECKING:
    from datetime import datetime

    from marketplace.config import Settings

LOOKS_AGAIN_SECONDS = 60
METHODS = ("GET", "POST", "PUT", "PATCH", "DELETE", "OPTIONS")


def without_stores(settings: Settings) -> Flask:
    """An application that fills pages with words alone."""
    app = Flask("marketplace.web")
    app.config.update(SECRET_KEY=settings.secret_key)
    app.extensions["aubaine"] = places.Shut(settings)
    words.teach(app.jinja_env)
    statics.serve(app)
    return app


def away(title: str, code: str) -> Response:
    """What programs are told by a house that does not answer now."""
    status = HTTPStatus.SERVICE_UNAVAILABLE
    body = {"type": "about:blank", "title": title, "status": int(status), "code": code}
    return Response(json.dumps(body), status, content_type="application/problem+json")


def closed_app(settings: Settings, until: datetime) -> Flask:
    """The application that says until when the house is closed, to people and to programs."""
    app = without_stores(settings)
    app.after_request(headers.dress)

    def shut(path: str) -> Response:  # noqa: ARG001 - every one is answered alike
        words.begin(request.accept_languages.best_match(words.LOCALES) or words.SOURCE_LOCALE)
        asked = request.accept_mimetypes.best_match(("text/html", "application/json"), "text/html")
        answer = _to_people(until) if asked == "text/html" else away(_sentence(until), "closed")
        answer.headers["Retry-After"] = str(LOOKS_AGAIN_SECONDS)
        return answer

    for rule, defaults in (("/", {"path": ""}), ("/<path:path>", None)):
        app.add_url_rule(
            rule, "shut", shut, provide_automatic_options=False, methods=METHODS, defaults=defaults
        )
    return app


def _sentence(until: datetime) -> str:
    return _("We are at work on it until %(moment)s.", moment=formats.moment(until, named=True))


def _to_people(until: datetime) -> Response:
    page = render_template(
        "closed.html",
        sentence=_sentence(until),
        seconds=LOOKS_AGAIN_SECONDS,
        locale=words.locale(),
        csp_nonce=headers.nonce(),
    )
    return make_response(page, HTTPStatus.SERVICE_UNAVAILABLE)
