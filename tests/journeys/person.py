"""Somebody at a real browser: what they open, press and type, what they read, and what the browser complained of.

Buttons, links, labels and sentences are named by their English message and looked up in the catalogue of the language
that the person reads; what is in no catalogue, such as a brand's name, stays as it is.
"""

from __future__ import annotations

import re
import shutil
from urllib.parse import urlsplit

from playwright.sync_api import expect

from marketplace.words import catalogues

CHROMIUM = next(
    filter(None, map(shutil.which, ("chromium", "chromium-browser", "google-chrome"))), None
)
FLAGS = (
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
)
DESK = {"width": 1280, "height": 860}
PHONE = {"width": 390, "height": 844}
PATIENCE_MS = 90_000
OURS = {"localhost", "127.0.0.1"}
TAGS = {"en": "en-GB", "fr": "fr-FR"}
"""The browser's language tag for each language that the house speaks."""

SCROLLING_TABLES = """
() => [...document.querySelectorAll('.table-frame')].filter((each) => each.scrollWidth > each.clientWidth + 1)
    .map((each) => each.getAttribute('aria-label'))
"""
WIDER_THAN_ITS_WINDOW = "document.documentElement.scrollWidth - innerWidth"
TAKEN_BACK = "net::ERR_ABORTED"
"""A page that is left takes back what it was still asking for."""

OF_AN_ANSWER = "Failed to load resource"
"""The console repeats each answer above 399; the answers themselves are looked at."""


class Person:
    """One browser of one person; ``complaints`` is everything that should not have happened.

    At a phone each page that they arrive at must fit its width. ``more``: what else is particular about the browser.
    """

    def __init__(
        self, browser, home, name, *, pictures=None, scripts=True, language="en", size=DESK, **more
    ):
        self.name, self.home, self.scripts = name, home, scripts
        self.language, self.size = language, size
        self.complaints: list[str] = []
        self._pictures = pictures
        self._allowed: set[int] = set()
        self.context = browser.new_context(
            base_url=home,
            java_script_enabled=scripts,
            viewport=size,
            locale=TAGS[language],
            **more,
        )
        self.context.set_default_timeout(PATIENCE_MS)
        self.page = self.context.new_page()
        self.page.on("pageerror", lambda error: self._complain(str(error)))
        self.page.on("console", self._heard)
        self.page.on("request", self._asked)
        self.page.on("response", self._answered)
        self.page.on("requestfailed", self._failed)

    # What they do.

    def goes(self, path):
        """Open an address as if it was typed."""
        self.page.goto(path)
        self._looks()

    def follows(self, link, *, within=None):
        """Follow a link by its words."""
        found = (within or self.page).get_by_role("link", name=self.word(link)).first
        if self.scripts and found.get_attribute("data-dialog") is not None:
            found.click()
            self.page.locator("dialog[open]").wait_for()
            return
        self.arrives_by(found.click)

    def presses(self, button, *, within=None):
        """Press a button by its words, and wait for the page that follows."""
        found = (within or self.page).get_by_role("button", name=self.word(button))
        self.arrives_by(found.first.click)

    def types(self, **fields):
        """Fill in fields by their names, as :meth:`says` does by their labels."""
        for name, value in fields.items():
            self.page.locator(f'[name="{name}"]:visible').first.fill(value)

    def says(self, answers):
        """Fill in a form: labels, and what is typed, chosen, ticked or attached there."""
        for label, value in answers.items():
            self._answer(self._labelled(label), value)

    def _labelled(self, label):
        optional = re.escape(self.word("optional"))
        whole = re.compile(rf"^{re.escape(self.word(label))}(\s*{optional})?$")
        return self.page.get_by_label(whole).first

    @staticmethod
    def _answer(field, value):
        kind = field.evaluate("e => e.type")
        if kind in {"radio", "checkbox"}:
            field.set_checked(value)
        elif kind == "select-one":
            field.select_option(**value if isinstance(value, dict) else {"value": value})
        elif kind == "file":
            field.set_input_files(value)
        else:
            field.fill(value)

    # What they read.

    def reads(self, *sentences):
        """Each of these stands on the page, at once or soon."""
        for sentence in sentences:
            said = self.word(sentence)
            expect(self.page.locator("body")).to_contain_text(said, timeout=PATIENCE_MS)

    def word(self, message, **facts):
        """``message`` as this person reads it, with what stands in it; a pattern stays a pattern."""
        if isinstance(message, re.Pattern):
            return message
        said = catalogues.of(self.language).gettext(message)
        return said % facts if facts else said

    def plural(self, one, many, number):
        """The form of a message that fits a number, as this person reads it."""
        return catalogues.of(self.language).ngettext(one, many, number) % {"num": number}

    def beginning(self, message):
        """A pattern of what this person reads of ``message`` before the first fact in it."""
        said = self.word(message).partition("%(")[0].split()
        return re.compile("^" + r"\s+".join(map(re.escape, said)))

    def words(self, what="main"):
        """The text of a part of the page."""
        return self.page.locator(what).first.inner_text()

    @property
    def path(self):
        """Where they are."""
        return urlsplit(self.page.url).path

    def row(self, words):
        """The row of a table that has these words."""
        return self.page.get_by_role("row").filter(has_text=words).first

    def number(self, pattern, what="main"):
        """The whole number that ``pattern`` finds on the page."""
        found = re.search(pattern, self.words(what))
        assert found, f"{self.name} does not read {pattern!r} in: {self.words(what)}"
        return int(re.sub(r"\D", "", found[1]))

    def keeps_a_picture(self, name):
        """Photograph the whole page as a desk and as a phone show it."""
        if self._pictures is None:
            return
        for size, what in ((DESK, "1280"), (PHONE, "390")):
            self.page.set_viewport_size(size)
            self.page.screenshot(path=self._pictures / f"{name}-{what}.png", full_page=True)
        self.page.set_viewport_size(self.size)

    def wide_on_a_phone(self):
        """How far the page is wider than a phone, in pixels."""
        self.page.set_viewport_size(PHONE)
        over = self.page.evaluate(WIDER_THAN_ITS_WINDOW)
        self.page.set_viewport_size(self.size)
        return max(0, over)

    def tables_that_scroll_on_a_phone(self):
        """The names of tables of this page that a phone shows only in part."""
        self.page.set_viewport_size(PHONE)
        found = self.page.evaluate(SCROLLING_TABLES)
        self.page.set_viewport_size(self.size)
        return found

    def allows(self, *statuses, only=None):
        """From now on these answers are part of the story; ``only`` these, where it is given."""
        self._allowed = set(only) if only is not None else self._allowed | set(statuses)

    def leaves(self):
        """Close the browser."""
        self.context.close()

    def arrives_by(self, act):
        """Do something that leads to another page, and wait until it is there."""
        with self.page.expect_navigation(wait_until="load"):
            act()
        self._looks()

    def _looks(self):
        if self.size == PHONE:
            over = self.page.evaluate(WIDER_THAN_ITS_WINDOW)
            if over > 0:
                self._complain(f"{over} px wider than the phone")

    # What the browser says.

    def _complain(self, what):
        self.complaints.append(f"{self.name} at {self.path}: {what}")

    def _heard(self, message):
        if message.type == "error" and not message.text.startswith(OF_AN_ANSWER):
            self._complain(message.text)

    def _asked(self, request):
        address = urlsplit(request.url)
        if address.scheme in {"http", "https"} and address.hostname not in OURS:
            self._complain(f"asked a stranger: {request.url}")

    def _answered(self, response):
        if response.status >= 400 and response.status not in self._allowed:
            self._complain(f"{response.status} for {response.request.method} {response.url}")

    def _failed(self, request):
        if request.failure != TAKEN_BACK:
            self._complain(f"{request.failure} for {request.url}")
