"""Pages made of the real macros, alone in a real browser: every request is answered here."""

from __future__ import annotations

import mimetypes
import shutil
from datetime import UTC, datetime
from pathlib import Path

from jinja2 import Environment, FileSystemLoader

from marketplace.web import statics

WEB = Path(__file__).resolve().parents[2] / "marketplace" / "web"
CHROMIUM = next(
    filter(None, map(shutil.which, ("chromium", "chromium-browser", "google-chrome"))), None
)
MACROS = ("shop", "desk", "forms", "page")
HOUSE = "http://house.test"
POLICY = "default-src 'none'; script-src 'self'; style-src 'self'; font-src 'self'; img-src 'self'; connect-src 'self'"


def rendered(main):
    jinja = Environment(
        loader=FileSystemLoader(WEB / "templates"), autoescape=True, extensions=["jinja2.ext.i18n"]
    )
    jinja.install_null_translations(newstyle=True)
    jinja.filters["clock"] = lambda at: f"{at:%H:%M}"
    jinja.globals |= {
        "url_for": lambda _endpoint, filename: f"/static/{filename}",
        "csrf_token": lambda: "token",
    }
    imports = "".join(f'{{% import "macros/{name}.html" as {name} %}}' for name in MACROS)
    page = f'{{% extends "layout/brand.html" %}}{imports}{{% block main %}}{main}{{% endblock %}}'
    return jinja.from_string(page).render(now=datetime(2026, 11, 24, 5, 2, tzinfo=UTC))


class Visit:
    """One page in one browser context; remembers what it asked for and what it complained of."""

    def __init__(self, browser, main, answers, **context):
        self.asked = []
        self.complaints = []
        whole = main if main.startswith("<!doctype") else rendered(main)
        self.answers = {"/": (200, "text/html", whole), **answers}
        self.context = browser.new_context(**context)
        self.page = self.context.new_page()
        self.page.on("pageerror", lambda error: self.complaints.append(str(error)))
        self.page.on("console", self._heard)
        self.page.route("**/*", self._answer)

    def _heard(self, message):
        if "Content Security Policy" in message.text:
            self.complaints.append(message.text)

    def _answer(self, route):
        path = route.request.url.removeprefix(HOUSE).split("?")[0]
        self.asked.append(path)
        if path.startswith("/static/"):
            name = path.removeprefix("/static/")
            route.fulfill(
                body=statics.content(name),
                content_type=mimetypes.guess_type(name)[0],
                headers={"Date": "Tue, 24 Nov 2026 05:00:00 GMT"},
            )
            return
        status, kind, body = self.answers.get(path, (404, "text/plain", ""))
        route.fulfill(
            status=status,
            body=body,
            headers={"Content-Type": kind, "Content-Security-Policy": POLICY},
        )
