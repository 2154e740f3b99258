"""The parts that pages are made of: what they say, what they tie together, and what they may never hold."""

from __future__ import annotations

import gzip
import hashlib
import re
from html.parser import HTMLParser
from pathlib import Path

import pytest
from jinja2 import Environment, FileSystemLoader

from marketplace.web import statics

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

PAGES_OF = {
    "bare": WEB / "templates" / "layout",
    "member": ROOT / "marketplace" / "storefront" / "templates" / "storefront",
    "brand": ROOT / "supplier_portal" / "templates" / "brand",
    "admin": ROOT / "marketplace" / "admin" / "templates" / "admin",
    "design": ROOT / "marketplace" / "admin" / "templates" / "admin" / "design",
}
HALLWAY = [
    *(WEB / "templates" / "hallway").glob("*.html"),
    *(WEB / "templates").glob("*.html"),
]
PRINTED = {"slips.html"}
"""A page for paper, of the bare door."""

CSS_BYTES_MAX = 30_000
JS_BYTES_MAX = 45_000
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
    page = jinja.get_template("error.html").render(status=status, request_id="4711")

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


@pytest.mark.parametrize("path", TEMPLATES, ids=lambda path: str(path.relative_to(ROOT)))
def test_every_static_file_that_a_template_names_exists(path):
    named = re.findall(r"filename=['\"]([^'\"]+\.\w+)['\"]", path.read_text())
    named += re.findall(r"script\(['\"]([^'\"]+)['\"]\)", path.read_text())

    assert [name for name in named if not statics.exists(name)] == []


def test_a_stylesheet_names_files_by_their_content():
    for sheet in (STATIC / "css").glob("*.css"):
        for name, version in re.findall(r"url\(\"?([^)\"?]+)\?v=(\w+)\"?\)", sheet.read_text()):
            file = (sheet.parent / name).resolve()
            assert hashlib.sha256(file.read_bytes()).hexdigest().startswith(version), name
        assert not re.search(r"url\((?![^)]*\?v=)", sheet.read_text()), "an address without version"
        assert "http" not in sheet.read_text()


def test_vendored_files_are_what_they_are_said_to_be_and_have_their_licences():
    told = re.findall(
        r"^\| `([^`]+)` \|.*\| `([0-9a-f]{64})` \|$",
        (STATIC / "VENDORED.md").read_text(),
        re.MULTILINE,
    )
    lying_there = [
        *(path for path in (STATIC / "vendor").iterdir() if path.suffix == ".js"),
        *(path for path in (STATIC / "fonts").iterdir() if path.suffix == ".woff2"),
    ]

    assert {STATIC / name for name, _ in told} == set(lying_there)
    for name, digest in told:
        assert hashlib.sha256((STATIC / name).read_bytes()).hexdigest() == digest
    assert len(list(STATIC.rglob("*.LICENSE.txt"))) == 4


@pytest.mark.parametrize(("pattern", "most"), [("*.css", CSS_BYTES_MAX), ("*.js", JS_BYTES_MAX)])
def test_all_there_is_to_load_stays_within_its_budget(pattern, most):
    sizes = {path.name: len(gzip.compress(path.read_bytes(), 9)) for path in STATIC.rglob(pattern)}

    assert sum(sizes.values()) <= most, sizes


def test_a_doors_sheet_is_its_parts_unchanged_and_every_part_is_used():
    parts = {path.stem for path in (STATIC / "css").glob("*.css")}

    for door, used in statics.DOORS.items():
        whole = statics.content(f"css/door-{door}.css").decode()
        assert len(used) == len(set(used)), f"{door} applies a sheet twice"
        assert all((STATIC / "css" / f"{part}.css").read_text() in whole for part in used)
    assert parts == {part for used in statics.DOORS.values() for part in used}


def test_every_sheet_says_first_what_it_is_of():
    for sheet in (STATIC / "css").glob("*.css"):
        assert sheet.read_text().startswith("/* "), sheet.name


@pytest.mark.parametrize("door", PAGES_OF)
def test_a_doors_sheet_dresses_every_class_that_its_pages_use(door):
    known = {
        name for sheet in (STATIC / "css").glob("*.css") for name in selected(sheet.read_text())
    }
    own = selected(statics.content(f"css/door-{door}.css").decode())
    pages = [path for path in PAGES_OF[door].glob("*.html") if path.name not in PRINTED]
    hung = [path for path in HALLWAY if door in doors_of(path.read_text())]

    naked = {path.name: sorted((worn(path.read_text()) & known) - own) for path in (*pages, *hung)}

    assert {name: classes for name, classes in naked.items() if classes} == {}


def doors_of(page):
    """The doors in whose frame a page of the hallway is shown: every one, where the view says which."""
    framed = re.search(r'extends "layout/(\w+)\.html"', page)
    return {framed[1]} if framed else set(PAGES_OF)


def worn(page):
    return {name for words in re.findall(r'class="([^"{]*)', page) for name in words.split()}


def selected(sheet):
    bare = re.sub(r"/\*.*?\*/|url\([^)]*\)", "", sheet, flags=re.DOTALL)
    return set(re.findall(r"\.([a-z][\w-]*)", bare))
