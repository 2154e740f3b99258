"""A visitor without JavaScript: keeps cookies, follows redirects, reads forms and sends them back filled.

Speaks real HTTP to real processes. Cookies marked Secure are sent to loopback too, as browsers do.
"""

from __future__ import annotations

import http.client
from dataclasses import dataclass, field
from html.parser import HTMLParser
from http.cookies import SimpleCookie
from urllib.parse import urlencode, urljoin, urlsplit

TIMEOUT_SECONDS = 30
REDIRECTS_MAX = 6


@dataclass
class Form:
    """A form as the page carries it: where it goes, and what its fields hold."""

    action: str
    method: str
    fields: dict[str, str] = field(default_factory=dict)
    choices: dict[str, list[str]] = field(default_factory=dict)
    words: str = ""


@dataclass(frozen=True)
class Page:
    """An answer: its address, status and text."""

    url: str
    status: int
    text: str
    headers: dict[str, str]

    @property
    def forms(self) -> list[Form]:
        reader = _Forms()
        reader.feed(self.text)
        return reader.found

    def form(self, part: str) -> Form:
        """The first form whose action or words contain ``part``."""
        for each in self.forms:
            if part in each.action or part in each.words:
                return each
        raise AssertionError(
            f"no form with {part!r} on {self.url} ({self.status}): {self.text[:2000]}"
        )


class _Forms(HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.found: list[Form] = []
        self._open: Form | None = None
        self._select = ""
        self._area = ""

    def handle_starttag(self, tag, attrs):  # noqa: C901 - one branch for each kind of field
        about = {name: value or "" for name, value in attrs}
        if tag == "form":
            self._open = Form(about.get("action", ""), about.get("method", "get").lower())
            self.found.append(self._open)
        form = self._open
        if form is None:
            return
        name = about.get("name", "")
        if tag == "input" and name and "disabled" not in about:
            self._input(form, name, about)
        elif tag == "select":
            self._select = name
        elif tag == "option" and self._select:
            if "selected" in about or self._select not in form.fields:
                form.fields[self._select] = about.get("value", "")
        elif tag == "textarea":
            self._area = name
            form.fields[name] = ""
        elif tag == "button" and name:
            form.choices.setdefault(name, []).append(about.get("value", ""))

    def _input(self, form, name, about):
        kind = about.get("type", "text")
        if kind in {"radio", "checkbox"}:
            form.choices.setdefault(name, []).append(about.get("value", "on"))
            if "checked" not in about:
                return
        if kind not in {"submit", "file"}:
            form.fields[name] = about.get("value", "on" if kind == "checkbox" else "")

    def handle_endtag(self, tag):
        if tag == "form":
            self._open = None
        elif tag == "select":
            self._select = ""
        elif tag == "textarea":
            self._area = ""

    def handle_data(self, data):
        if self._open is not None:
            self._open.words += data
            if self._area:
                self._open.fields[self._area] += data


class Visitor:
    """One person's browser."""

    def __init__(self, home: str) -> None:
        self._home = home
        self._cookies: dict[tuple[str, str], str] = {}

    def get(self, url: str) -> Page:
        """Open an address, following redirects."""
        return self._follow("GET", urljoin(self._home, url), None, self._home)

    def send(self, page: Page, form: Form, **filled: str) -> Page:
        """Send a form with what it holds and what is filled in."""
        content = urlencode({**form.fields, **filled})
        target = urljoin(page.url, form.action or page.url)
        return self._follow(form.method.upper(), target, content, page.url)

    def sign_in(self, path: str, email: str, password: str, **more: str) -> Page:
        """Come in through the form that every door shows to a stranger."""
        page = self.get(path)
        return self.send(page, page.form("sign-in"), email=email, password=password, **more)

    def _follow(self, method: str, url: str, content: str | None, origin: str) -> Page:
        for _ in range(REDIRECTS_MAX):
            page = self._ask(method, url, content, origin)
            if page.status not in {301, 302, 303, 307}:
                return page
            origin, url = url, urljoin(url, page.headers["location"])
            method, content = "GET", None
        raise AssertionError(f"redirected in circles to {url}")

    def _ask(self, method: str, url: str, content: str | None, origin: str) -> Page:
        place = urlsplit(url)
        connection = http.client.HTTPConnection(place.hostname, place.port, timeout=TIMEOUT_SECONDS)
        host = place.netloc
        headers = {
            "Cookie": "; ".join(f"{n}={v}" for (h, n), v in self._cookies.items() if h == host),
            "Accept": "text/html",
            "Accept-Language": "en",
            "Sec-Fetch-Site": "same-origin" if urlsplit(origin).netloc == host else "cross-site",
        }
        body = None
        if method != "GET":
            body = (content or "").encode()
            headers["Content-Type"] = "application/x-www-form-urlencoded"
            headers["Origin"] = f"{urlsplit(origin).scheme}://{urlsplit(origin).netloc}"
        path = f"{place.path or '/'}{'?' + place.query if place.query else ''}"
        try:
            connection.request(method, path, body, headers)
            answer = connection.getresponse()
            text = answer.read().decode(errors="replace")
            for line in answer.headers.get_all("Set-Cookie") or ():
                self._remember(host, line)
            found = {name.lower(): value for name, value in answer.getheaders()}
            return Page(url, answer.status, text, found)
        finally:
            connection.close()

    def _remember(self, host: str, line: str) -> None:
        for name, morsel in SimpleCookie(line).items():
            if morsel["max-age"] == "0" or not morsel.value:
                self._cookies.pop((host, name), None)
            else:
                self._cookies[host, name] = morsel.value
