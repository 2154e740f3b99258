"""The parts that pages are made of: what they say, what they tie together, and what they may never hold."""

from __future__ import annotations

import re
from html.parser import HTMLParser
from pathlib import Path

import pytest
from jinja2 import Environment, FileSystemLoader

from marketplace.web import stacking
from marketplace.web.errors.statuses import said_of

ROOT = Path(__file__).resolve().parents[2]
WEB = ROOT / "marketplace" / "web"
STATIC = WEB / "static"
TEMPLATES = sorted(
    path
    for package in ("marketplace", "supplier_portal")
    for path in (ROOT / package).rglob("*.html")
    if "templates" in path.parts
)
OURS = sorted((WEB / "templates" / "macros").glob("*.html"))

VOID = {"input", "img", "link", "meta", "br", "hr", "path", "circle", "rect", "polyline"}


@pytest.fixture(scope="module")
def jinja() -> Environment:
    made = Environment(
        loader=FileSystemLoader(WEB / "templates"),
        autoescape=True,
        extensions=["jinja2.ext.i18n"],
    )
    made.install_null_translations(newstyle=True)
    made.globals |= {
        "url_for": lambda _endpoint, filename: f"/static/{filename}",
        "csrf_token": lambda: "token-of-this-page",
        "get_flashed_messages": lambda **_: [("good", "Saved."), ("message", "A plain word.")],
    }
    made.filters["stacked"] = stacking.stacked
    return made


@pytest.fixture(scope="module")
def say(jinja):
    """Render a line that may use every macro, as a page does."""
    imports = "".join(f'{{% import "macros/{path.name}" as {path.stem} %}}' for path in OURS)

    def said(source: str, **context: object) -> str:
        return jinja.from_string(imports + source).render(**context)

    return said


class Tags(HTMLParser):
    """Every tag with its attributes; asserts that what is opened is closed."""

    def __init__(self, page: str) -> None:
        super().__init__()
        self.found: list[tuple[str, dict[str, str | None]]] = []
        self.open: list[str] = []
        self.feed(page)
        self.close()
        assert self.open == []

    def handle_starttag(self, tag, attrs):
        self.found.append((tag, dict(attrs)))
        if tag not in VOID:
            self.open.append(tag)

    def handle_startendtag(self, tag, attrs):
        self.found.append((tag, dict(attrs)))

    def handle_endtag(self, tag):
        assert self.open
        assert self.open.pop() == tag

    def ids(self):
        return [attrs["id"] for _, attrs in self.found if "id" in attrs]

    def one(self, tag, **wanted):
        (found,) = [
            attrs
            for name, attrs in self.found
            if name == tag and all(attrs.get(key) == value for key, value in wanted.items())
        ]
        return found


SHOW = {
    "field": '{{ forms.field("email", label, value, hint=hint, errors=errors) }}',
    "textarea": '{{ forms.textarea("email", label, value, hint=hint, errors=errors) }}',
    "select": '{{ forms.select("email", label, [(value, label)], value, hint=hint, errors=errors) }}',
    "checkbox": '{{ forms.checkbox("email", label, hint=hint, errors=errors) }}',
    "file": '{{ forms.file("email", label, hint=hint, errors=errors) }}',
}
NASTY = '<script>alert("&")</script>'


@pytest.mark.parametrize("kind", SHOW)
def test_a_field_is_tied_to_its_label_its_hint_and_its_error(say, kind):
    page = say(SHOW[kind], label="Mail", value="a", hint="As on your card.", errors=["Missing."])

    tags = Tags(page)
    (control,) = [attrs for tag, attrs in tags.found if tag in {"input", "select", "textarea"}]
    assert control["aria-describedby"].split() == ["f-email-hint", "f-email-error"]
    assert control["aria-invalid"] == "true"
    assert set(control["aria-describedby"].split()) < set(tags.ids())
    assert tags.one("label")["for"] == control["id"] == "f-email"


@pytest.mark.parametrize("kind", SHOW)
def test_a_field_without_hint_and_error_describes_nothing(say, kind):
    page = say(SHOW[kind], label="Mail", value="a", hint=None, errors=None)

    assert "aria-describedby" not in page
    assert "aria-invalid" not in page


@pytest.mark.parametrize("kind", SHOW)
def test_what_people_write_is_shown_and_never_run(say, kind):
    page = say(SHOW[kind], label=NASTY, value=NASTY, hint=NASTY, errors=[NASTY])

    assert "<script" not in page
    assert "&lt;script&gt;" in page


def test_a_password_is_never_sent_back(say):
    page = say('{{ forms.field("password", "Password", "hunter2", type="password") }}')

    assert "hunter2" not in page


def test_a_form_that_changes_something_carries_the_token_and_one_that_asks_does_not(say):
    post = say('{% call forms.form("/x") %}{% endcall %}')
    get = say('{% call forms.form("/x", method="get") %}{% endcall %}')

    assert 'name="csrf_token" value="token-of-this-page"' in post
    assert "csrf_token" not in get


def test_the_summary_of_errors_links_to_each_field(say):
    page = say(
        '{{ forms.error_summary({"email": ["Missing."], "_schema": ["Too late."]}, {"email": "Mail"}) }}'
    )

    assert "2 entries need your attention" in page
    assert '<a href="#f-email">Mail: Missing.</a>' in page
    assert "<li>Too late.</li>" in page


def test_no_errors_no_summary(say):
    assert say("{{ forms.error_summary({}) }}").strip() == ""


def test_a_comparison_price_is_shown_only_beside_its_evidence(say):
    with_evidence = say('{{ shop.price("€ 120", "€ 240", "RRP, evidence of March 2026") }}')
    without = say('{{ shop.price("€ 120", "€ 240") }}')

    assert "€ 240</s>" in with_evidence
    assert "RRP, evidence of March 2026" in with_evidence
    assert "240" not in without


def test_a_size_that_is_gone_cannot_be_chosen_and_says_so_in_words(say):
    page = say(
        '{{ shop.size_picker("variant", "Size", ['
        '{"value": 1, "label": "S", "state": "gone"}, {"value": 2, "label": "M", "state": "held"}], value=1) }}'
    )

    tags = Tags(page)
    gone, held = tags.one("input", value="1"), tags.one("input", value="2")
    assert "disabled" in gone
    assert "checked" not in gone
    assert "disabled" not in held
    assert "Sold out" in page
    assert "All in bags" in page
    assert 'data-shelf="variant-2"' in page


def test_a_countdown_says_its_deadline_in_words_without_any_script(say):
    page = say(
        '{{ shop.countdown("2026-11-24T06:00:00+00:00", "2026-11-24T05:00:00+00:00", "Opens at 07:00") }}'
    )

    tags = Tags(page)
    figures = tags.one("span", role="timer")
    assert "hidden" in figures
    assert figures["data-deadline"] == "2026-11-24T06:00:00+00:00"
    assert figures["data-server-now"] == "2026-11-24T05:00:00+00:00"
    assert ">Opens at 07:00</time>" in page


def test_a_hold_warns_two_minutes_before_and_offers_its_extension(say):
    page = say(
        '{% call shop.hold_clock(7, "2026-11-24T06:10:00Z", "2026-11-24T06:00:00Z", "Held until 07:10") %}'
        '{{ forms.post_button("Extend by 5 minutes", "/bag/7/renew") }}{% endcall %}'
    )

    assert 'data-warn="120"' in page
    assert "Extend by 5 minutes" in page
    assert 'action="/bag/7/renew"' in page


def test_a_table_without_rows_says_so_over_all_columns(say):
    page = say(
        '{% call desk.table("Orders", [{"label": "Order"}, {"label": "Total", "numeric": true}], 0,'
        ' empty="None yet.") %}'
        "<tr><td>never shown</td></tr>{% endcall %}"
    )

    assert '<td colspan="2">None yet.</td>' in page
    assert "never shown" not in page


def test_a_stacked_table_names_every_cell_by_its_column(say):
    page = say(
        """{% call desk.table("Lines", [{"label": "Style"}, {"label": "Sold & kept"}, {"label": "Owed"}],
        2, stacks=true) %}
        <tr class="top"><th scope="row">A1</th><td class="num">3</td><td></td></tr>
        <tr><td colspan="2">{{ "<b>" }}</td><td>9</td></tr>{% endcall %}"""
    )

    assert 'role="rowheader"><div class="stack-cell">A1</div></th>' in page
    assert (
        '<td class="num" data-label="Sold &amp; kept" role="cell"><div class="stack-cell">3</div>'
        in page
    )
    assert '<td colspan="2" role="cell"><div class="stack-cell">&lt;b&gt;</div>' in page
    assert '<td data-label="Owed" role="cell"><div class="stack-cell">9</div>' in page


def test_a_sorted_column_says_how_it_is_sorted(say):
    page = say(
        '{% call desk.table("Orders", [{"label": "Order", "href": "?sort=order", "sorted": "descending"}], 1) %}'
        "<tr><td>A1</td></tr>{% endcall %}"
    )

    assert Tags(page).one("th")["aria-sort"] == "descending"
    assert 'href="?sort=order"' in page


@pytest.mark.parametrize(
    ("share_bps", "level"), [(-5, 0), (0, 0), (999, 0), (1000, 1), (10_000, 10), (12_000, 10)]
)
def test_heat_has_eleven_depths(say, share_bps, level):
    page = say('{{ desk.heat("x", share) }}', share=share_bps)

    assert f'class="heat heat-{level}"' in page


def test_a_chart_draws_whole_numbers_and_repeats_them_as_a_table(say):
    page = say(
        '{{ desk.chart("sold", "Sold", ["07:00", "07:30", "08:00"],'
        ' [{"label": "Now", "points": [0, 30, 40], "kind": "main"},'
        '  {"label": "Before", "points": [0, 20], "kind": "past"}]) }}'
    )

    assert 'points="0,300 500,75 1000,0 "' in page
    assert 'points="0,300 500,150 "' in page
    assert '<td class="num">40</td>' in page
    assert Tags(page).one("svg")["aria-label"] == "Sold"


@pytest.mark.parametrize("points", [[], [0], [0, 0, 0]])
def test_a_chart_of_nothing_is_no_fault(say, points):
    page = say(
        '{{ desk.chart("sold", "Sold", labels, [{"label": "Now", "points": points, "kind": "main"}]) }}',
        points=points,
        labels=[str(point) for point in points],
    )

    assert "<svg" in page


def test_progress_asks_again_only_while_there_is_work(say):
    running = say('{{ desk.progress("i", "Reading", 3, 9, "3 of 9 rows", poll="/p") }}')
    done = say('{{ desk.progress("i", "Reading", 9, 9, "9 rows read") }}')

    assert 'hx-get="/p"' in running
    assert "hx-get" not in done
    assert '<progress id="progress-i-bar" value="9" max="9">9 rows read</progress>' in done


def test_a_message_names_the_role_of_who_speaks_and_who_else_reads_it(say):
    page = say(
        '{{ talk.thread([{"role": "operator", "role_label": "Aubaine", "when": "09:55", "text": text,'
        ' "visible_to": "Only you and Aubaine read this."}]) }}',
        text=NASTY,
    )

    assert '<span class="role role-operator">Aubaine</span>' in page
    assert "Only you and Aubaine read this." in page
    assert "<script" not in page


@pytest.mark.parametrize("door", ["member", "brand", "admin", "bare"])
def test_each_door_frames_a_page_that_can_be_walked_by_keyboard_and_ear(jinja, door):
    source = (
        f'{{% extends "layout/{door}.html" %}}{{% block title %}}Here{{% endblock %}}'
        "{% block main %}<h1>Here</h1>{% endblock %}"
    )
    page = jinja.from_string(source).render(
        locale="fr",
        csp_nonce="n0nce",
        nav_items=[{"label": "Today", "href": "/", "current": True}],
        languages=[{"code": "fr", "label": "FR", "href": "?", "current": True}],
        sign_out_url="/sign-out",
        bag={"href": "/bag", "count": 2},
    )

    tags = Tags(page.replace("<!doctype html>", ""))
    assert tags.one("html") == {"lang": "fr", "class": f"door-{door}"}
    assert tags.one("a", **{"class": "skip"})["href"] == "#main"
    assert tags.one("main")["id"] == "main"
    assert "<title>Here · Aubaine</title>" in page
    assert ("Today" in page) is (door != "bare")
    assert "A plain word." in page
    assert sorted(set(tags.ids())) == sorted(tags.ids())
    assert all(attrs["nonce"] == "n0nce" for tag, attrs in tags.found if tag == "script")


@pytest.mark.parametrize("status", [400, 403, 409, 413, 422, 429, 500, 503, 404, 507])
def test_every_error_has_a_sober_sentence(jinja, status):
    page = jinja.get_template("error.html").render(
        status=status,
        title=said_of(status).title,
        message=said_of(status).sentence,
        request_id="4711",
    )

    assert f"Error {status}" in page
    assert "4711" in page
    assert "!" not in re.sub(r"<[^>]*>", "", page)


def test_the_missing_page_lets_nobody_in_particular_sign_in(jinja):
    page = jinja.get_template("not_found.html").render(sign_in_url="/sign-in")

    form = Tags(page.replace("<!doctype html>", "")).one("form")
    assert form["action"] == "/sign-in"
    assert 'autocomplete="current-password"' in page


@pytest.mark.parametrize("path", TEMPLATES, ids=lambda path: str(path.relative_to(ROOT)))
def test_no_template_needs_what_the_content_security_policy_forbids(path):
    source = re.sub(r"\{#.*?#\}", "", path.read_text(), flags=re.DOTALL)

    assert not re.search(r"<[^>]*\sstyle\s*=", source), "inline style"
    assert not re.search(r"<[^>{]*\son[a-z]+\s*=", source), "inline handler"
    assert not re.search(r"<style\b", source), "inline stylesheet"
    assert not re.search(r"<script(?![^>]*\bsrc=)[^>]*>", source), "inline script"
    assert not re.search(r"(?:href|src|action)\s*=\s*[\"']javascript:", source)
