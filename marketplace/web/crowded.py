"""What people and programs are told when a process has no room for them: one page, written before anybody asks.

It is answered on the event loop, where nothing may wait and no template is filled.
"""

from __future__ import annotations

from contextvars import copy_context
from http import HTTPStatus
from typing import TYPE_CHECKING, Any

from flask import make_response, render_template
from werkzeug.datastructures import LanguageAccept, MIMEAccept
from werkzeug.http import parse_accept_header
from werkzeug.test import create_environ

from marketplace import words
from marketplace.web import headers
from marketplace.web.closed import away, without_stores
from marketplace.web.errors.answers import ANSWERS
from marketplace.web.rsgi import Answer

if TYPE_CHECKING:
    from collections.abc import Callable

    from flask import Flask, Response

    from marketplace.config import Settings

AGAIN_SECONDS = 5
CODE = "busy"
PAGE, PROGRAM = "text/html", "application/json"


def turning_away(settings: Settings) -> Callable[[dict[str, Any]], Answer]:
    """Who tells it, in the language and the form that a request asks for."""
    app = without_stores(settings)
    kinds = {PAGE: _to_people, PROGRAM: _to_programs}
    written = {
        (locale, kind): copy_context().run(_written, app, settings, locale, tell)
        for locale in words.LOCALES
        for kind, tell in kinds.items()
    }

    def told(environ: dict[str, Any]) -> Answer:
        locales = parse_accept_header(environ.get("HTTP_ACCEPT_LANGUAGE"), LanguageAccept)
        wanted = parse_accept_header(environ.get("HTTP_ACCEPT"), MIMEAccept)
        locale = locales.best_match(words.LOCALES) or words.SOURCE_LOCALE
        return written[locale, wanted.best_match((PAGE, PROGRAM), PAGE)]

    return told


def _written(app: Flask, settings: Settings, locale: str, tell: Callable[[], Response]) -> Answer:
    """The answer as it leaves. Its nonce stays the same: there is nothing of a visitor in it to be marked by that."""
    with app.request_context(create_environ("/", settings.public_url)):
        words.begin(locale)
        answer = headers.dress(tell())
        answer.headers["Retry-After"] = str(AGAIN_SECONDS)
        return Answer(answer.status_code, list(answer.headers), answer.get_data())


def _to_people() -> Response:
    page = render_template(
        "crowded.html",
        sentence=str(ANSWERS[CODE].sentence),
        locale=words.locale(),
        csp_nonce=headers.nonce(),
    )
    return make_response(page, HTTPStatus.SERVICE_UNAVAILABLE)


def _to_programs() -> Response:
    return away(str(ANSWERS[CODE].sentence), CODE)
