"""The pages' own scripts in a real browser, on pages made of the real macros, with every request answered here."""

from __future__ import annotations

import json
import mimetypes
import shutil
from pathlib import Path

import pytest
from jinja2 import Environment, FileSystemLoader
from playwright.sync_api import expect, sync_playwright

from marketplace.web import statics

WEB = Path(__file__).resolve().parents[2] / "marketplace" / "web"
CHROMIUM = next(
    filter(None, map(shutil.which, ("chromium", "chromium-browser", "google-chrome"))), None
)
HOUSE = "http://house.test"
SIX_HOURS_MS = 6 * 3_600_000
POLICY = "default-src 'none'; script-src 'self'; style-src 'self'; font-src 'self'; img-src 'self'; connect-src 'self'"

pytestmark = [
    pytest.mark.browser,
    pytest.mark.skipif(CHROMIUM is None, reason="no Chromium was found"),
]


@pytest.fixture(scope="module")
def chromium():
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(
            executable_path=CHROMIUM, args=["--no-sandbox", "--disable-gpu"]
        )
        yield browser
        browser.close()


def rendered(main):
    jinja = Environment(
        loader=FileSystemLoader(WEB / "templates"), autoescape=True, extensions=["jinja2.ext.i18n"]
    )
    jinja.install_null_translations(newstyle=True)
    jinja.globals |= {
        "url_for": lambda _endpoint, filename: f"/static/{filename}",
        "csrf_token": lambda: "token",
    }
    return jinja.from_string(
        '{% extends "layout/brand.html" %}{% import "macros/shop.html" as shop %}'
        '{% import "macros/desk.html" as desk %}{% import "macros/forms.html" as forms %}'
        "{% block main %}" + main + "{% endblock %}"
    ).render()


class Visit:
    """One page in one browser context; remembers what it asked for and what it complained of."""

    def __init__(self, browser, main, answers, **context):
        self.asked = []
        self.complaints = []
        self.answers = {"/": (200, "text/html", rendered(main)), **answers}
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


@pytest.fixture
def visit(chromium):
    visits = []

    def visiting(main, answers=None, **context):
        visits.append(Visit(chromium, main, answers or {}, **context))
        return visits[-1]

    yield visiting
    for made in visits:
        made.context.close()
        assert made.complaints == []


COUNTDOWN = '{{ shop.countdown("2026-11-24T06:00:00+00:00", "2026-11-24T05:00:00+00:00", "Opens at 07:00"%s) }}'
HOLD = (
    '{% call shop.hold_clock(7, "2026-11-24T05:02:10Z", "2026-11-24T05:00:00Z", "Held until 06:02") %}'
    '{{ forms.post_button("Extend by 5 minutes", "/renew") }}{% endcall %}'
)


@pytest.mark.parametrize("wrong_by", [-SIX_HOURS_MS, 0, SIX_HOURS_MS])
def test_a_countdown_follows_the_servers_clock_whatever_this_machines_clock_says(visit, wrong_by):
    here = visit(COUNTDOWN % "")
    here.page.add_init_script(
        f"const wall = Date.now; Date.now = () => wall.call(Date) + {wrong_by};"
    )

    here.page.goto(HOUSE)

    figures = here.page.locator(".countdown-figures")
    figures.wait_for(state="visible")
    assert figures.inner_text() in {"in 1:00:00", "in 59:59", "in 59:58"}
    assert here.page.locator(".countdown-text").inner_text() == "Opens at 07:00"


def test_without_scripts_the_words_of_the_deadline_remain(visit):
    here = visit(COUNTDOWN % "" + HOLD, java_script_enabled=False)

    here.page.goto(HOUSE)

    assert here.page.get_by_text("Opens at 07:00").is_visible()
    assert here.page.get_by_text("Held until 06:02").is_visible()
    assert here.page.get_by_role("button", name="Extend by 5 minutes").is_visible()
    assert not here.page.locator(".countdown-figures").is_visible()
    assert here.asked[0] == "/"


def test_at_zero_the_server_is_asked_once_more(visit):
    here = visit(COUNTDOWN % ', at_zero="reload"')
    here.page.clock.install(time="2026-11-24T05:00:00Z")
    here.page.goto(HOUSE)

    here.page.clock.fast_forward(3_601_000)
    with here.page.expect_navigation():
        here.page.clock.run_for(1_500)

    assert here.asked.count("/") == 2


def test_a_page_whose_time_is_over_already_does_not_ask_again_and_again(visit):
    here = visit(COUNTDOWN.replace("T06:00", "T04:59") % ', at_zero="reload"')
    here.page.clock.install(time="2026-11-24T05:00:00Z")
    here.page.goto(HOUSE)

    here.page.clock.run_for(10_000)

    assert not here.page.locator(".countdown-figures").is_visible()
    assert here.page.get_by_text("Opens at 07:00").is_visible()
    assert here.asked.count("/") == 1


def test_a_hold_warns_before_its_end_announces_it_and_can_still_be_extended(visit):
    here = visit(HOLD)
    here.page.clock.install(time="2026-11-24T05:00:00Z")
    here.page.goto(HOUSE)
    here.page.clock.run_for(1_000)
    assert here.page.locator("#announcer").inner_text() == ""

    here.page.clock.run_for(12_000)

    assert "Two minutes left" in here.page.locator("#announcer").inner_text()
    assert here.page.locator("#hold-7.hold-near").is_visible()
    assert here.page.get_by_role("button", name="Extend by 5 minutes").is_visible()


def test_a_hold_whose_time_is_over_says_so_and_offers_nothing_more(visit):
    here = visit(HOLD)
    here.page.clock.install(time="2026-11-24T05:00:00Z")
    here.page.goto(HOUSE)

    here.page.clock.fast_forward(131_000)
    here.page.clock.run_for(1_000)

    assert here.page.locator(".hold-over").is_visible()
    assert not here.page.get_by_role("button", name="Extend by 5 minutes").is_visible()
    assert "returned to the sale" in here.page.locator("#announcer").inner_text()


SHELF = (
    '{% call shop.live("/stream", poll="/stock", every=1) %}{{ shop.state("available", "style-3") }}'
    '{{ shop.size_picker("variant", "Size", [{"value": 12, "label": "M", "state": "available"}], value=12) }}'
    "{% endcall %}"
)


def test_states_follow_the_stream_in_the_words_of_the_page(visit):
    told = 'event: stock\ndata: {"variant-12": "gone", "style-3": "few", "style-9": "gone"}\n\n'
    here = visit(SHELF, {"/stream": (200, "text/event-stream", told)})

    here.page.goto(HOUSE)

    style = here.page.locator('[data-shelf="style-3"]')
    style.filter(has_text="Few left").wait_for()
    assert style.get_attribute("class") == "state state-few"
    assert here.page.locator('[data-shelf="variant-12"]').inner_text() == "Sold out"
    assert here.page.locator("#f-variant-1").is_disabled()
    assert not here.page.locator("#f-variant-1").is_checked()


def test_when_the_stream_fails_the_states_are_polled(visit):
    here = visit(SHELF, {"/stock": (200, "application/json", json.dumps({"style-3": "held"}))})

    here.page.goto(HOUSE)

    here.page.locator('[data-shelf="style-3"]').filter(has_text="All in bags").wait_for()
    assert "/stock" in here.asked


def test_progress_is_replaced_until_the_work_is_done(visit):
    done = '<div class="progress" data-progress-over="9 rows read"><p>9 rows read</p></div>'
    here = visit(
        '{{ desk.progress("i", "Reading", 3, 9, "3 of 9 rows", poll="/progress") }}',
        {"/progress": (200, "text/html", done)},
    )

    here.page.goto(HOUSE)
    assert here.page.title().startswith("3 of 9 rows")
    here.page.get_by_text("9 rows read").first.wait_for()

    expect(here.page).to_have_title("Private sales · Aubaine")
    assert here.page.locator("#announcer").inner_text() == "9 rows read"
    assert here.asked.count("/progress") == 1
