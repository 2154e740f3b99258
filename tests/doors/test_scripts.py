"""The pages' own scripts in a real browser, on pages made of the real macros, with every request answered here."""

from __future__ import annotations

import json
import re

import pytest
from playwright.sync_api import expect

from tests.doors.alone import CHROMIUM, HOUSE, rendered

SIX_HOURS_MS = 6 * 3_600_000

pytestmark = [
    pytest.mark.browser,
    pytest.mark.skipif(CHROMIUM is None, reason="no Chromium was found"),
]

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


def test_a_size_that_goes_while_it_is_chosen_is_said_and_seen_until_it_is_put_away(visit):
    told = 'event: stock\ndata: {"variant-12": "gone"}\n\n'
    here = visit(SHELF, {"/stream": (200, "text/event-stream", told)})

    here.page.goto(HOUSE)

    toast = here.page.get_by_role("status").filter(has_text="M: Sold out")
    toast.wait_for()
    here.page.get_by_role("button", name="Put away").click()
    assert not toast.is_visible()


def test_a_size_that_goes_and_was_not_chosen_interrupts_nobody(visit):
    told = 'event: stock\ndata: {"variant-12": "gone"}\n\n'
    unchosen = SHELF.replace("], value=12)", "])")
    here = visit(unchosen, {"/stream": (200, "text/event-stream", told)})

    here.page.goto(HOUSE)

    here.page.locator('[data-shelf="variant-12"]').filter(has_text="Sold out").wait_for()
    assert here.page.locator(".toast").count() == 0


BAG = (
    '{{ page.bag_link("/bag", 1, clock={"deadline": "2026-11-24T05:02:10Z", "now": "2026-11-24T05:00:00Z",'
    ' "until": now | clock, "warn_seconds": 120}) }}'
)


def test_the_clock_beside_the_bag_warns_once_on_whatever_page_and_says_when_it_is_over(visit):
    here = visit(BAG)
    here.page.clock.install(time="2026-11-24T05:00:00Z")
    here.page.goto(HOUSE)
    here.page.clock.run_for(1_000)
    expect(here.page.locator(".bag-figures")).to_have_text(re.compile(r"^0?2:(?:10|0\d)$"))
    assert not here.page.locator(".bag-until").is_visible()
    assert here.page.locator(".toast").count() == 0

    here.page.clock.run_for(12_000)
    assert "about to return to the sale" in here.page.locator(".toast").inner_text()
    here.page.keyboard.press("Escape")
    here.page.clock.run_for(5_000)
    assert here.page.locator(".toast").count() == 0

    here.page.clock.fast_forward(120_000)
    here.page.clock.run_for(1_000)
    assert "has returned to the sale" in here.page.locator(".toast").inner_text()
    assert not here.page.locator(".bag-clock").is_visible()


ASK = '{{ page.link_button("Cancel the order", "/ask", attrs={"data-dialog": ""}) }}'
ASKED = (
    '{% call page.confirm("Cancel it?", "/cancel", "Yes, cancel", "/order", danger=true) %}'
    "<p>The money goes back.</p>{% endcall %}"
)


def test_a_question_is_asked_over_the_page_and_going_back_leaves_everything_as_it_was(visit):
    here = visit(ASK, {"/ask": (200, "text/html", rendered(ASKED))})
    here.page.goto(HOUSE)

    here.page.get_by_role("link", name="Cancel the order").click()

    dialog = here.page.get_by_role("dialog", name="Cancel it?")
    expect(dialog.get_by_text("The money goes back.")).to_be_visible()
    dialog.get_by_role("link", name="Go back").click()
    expect(dialog).to_have_count(0)
    expect(here.page.get_by_role("link", name="Cancel the order")).to_be_focused()
    assert here.page.url == f"{HOUSE}/"


def test_escape_takes_the_question_away_and_yes_sends_its_form(visit):
    answers = {
        "/ask": (200, "text/html", rendered(ASKED)),
        "/cancel": (200, "text/html", rendered("<h1>Cancelled</h1>")),
    }
    here = visit(ASK, answers)
    here.page.goto(HOUSE)
    here.page.get_by_role("link", name="Cancel the order").press("Enter")
    here.page.get_by_role("dialog").wait_for()
    here.page.keyboard.press("Escape")
    expect(here.page.get_by_role("dialog")).to_have_count(0)

    here.page.keyboard.press("Enter")
    here.page.get_by_role("button", name="Yes, cancel").click()

    expect(here.page.get_by_role("heading", name="Cancelled")).to_be_visible()


@pytest.mark.parametrize(
    "answer", [(404, "text/html", "nothing"), (200, "text/html", "no question")]
)
def test_a_question_that_cannot_be_asked_here_is_asked_on_its_own_page(visit, answer):
    here = visit(ASK, {"/ask": answer})
    here.page.goto(HOUSE)

    here.page.get_by_role("link", name="Cancel the order").click()

    expect(here.page).to_have_url(f"{HOUSE}/ask")


def board(*rows):
    """A part of a page that asks for itself again, with a link in each of its rows."""
    links = "".join(f'<p><a href="/{row}">{row}</a></p>' for row in rows)
    return (
        '<div id="board" hx-get="/board" hx-trigger="every 1s" hx-swap="outerHTML">'
        f"<p>{len(rows)} rows</p>{links}</div>"
    )


def test_the_focus_stays_on_its_row_when_the_board_is_replaced_in_another_order(visit):
    script = '<script src="/static/js/figures.js" defer></script>'
    after = board("new", "second", "first")
    here = visit(script + board("first", "second"), {"/board": (200, "text/html", after)})
    here.page.goto(HOUSE)
    here.page.get_by_role("link", name="first").focus()

    here.page.get_by_text("3 rows").wait_for()

    expect(here.page.get_by_role("link", name="first")).to_be_focused()
