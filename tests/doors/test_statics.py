"""Static files: each there, named by its content, within its budget; each door's sheet whole, compressed and kept."""

from __future__ import annotations

import gzip
import hashlib
import re
from pathlib import Path

import pytest

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
    assert len(list(STATIC.rglob("*.LICENSE.txt"))) == 5


LATER = "uplot.iife.min.js"
"""Asked for by a script, on the one page that draws with it."""
LIVE = ROOT / "supplier_portal" / "templates" / "brand" / "live.html"
SKELETON = WEB / "templates" / "layout" / "skeleton.html"


def weights(pattern):
    return {path.name: len(gzip.compress(path.read_bytes(), 9)) for path in STATIC.rglob(pattern)}


def test_all_style_there_is_to_load_stays_within_its_budget():
    assert sum(weights("*.css").values()) <= CSS_BYTES_MAX


def test_all_scripts_there_are_for_any_page_stay_within_their_budget():
    sizes = weights("*.js")

    assert sum(size for name, size in sizes.items() if name != LATER) <= JS_BYTES_MAX


def test_the_page_with_the_library_of_charts_stays_within_the_same_budget():
    sizes = weights("*.js")
    told = SKELETON.read_text() + LIVE.read_text()
    named = {name.rsplit("/", 1)[-1] for name in re.findall(r"[\"']([\w./-]+\.js)[\"']", told)}

    assert LATER in named
    assert named <= set(sizes)
    assert sum(sizes[name] for name in named) <= JS_BYTES_MAX


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


@pytest.fixture
def hung():
    """No door: the hallway serves the files."""
    return ()


def test_a_sheet_comes_compressed_to_whoever_reads_that_and_is_kept_for_a_year(anonymous):
    version = statics.version_of("css/door-member.css")
    address = f"/static/css/door-member.css?v={version}"

    small = anonymous.get(address, headers={"Accept-Encoding": "br, gzip"})
    plain = anonymous.get(address, headers={"Accept-Encoding": "identity"})

    assert gzip.decompress(small.data) == plain.data == statics.content("css/door-member.css")
    assert (small.headers["Content-Encoding"], small.mimetype) == ("gzip", "text/css")
    assert "Content-Encoding" not in plain.headers
    for answer in (small, plain):
        assert "immutable" in answer.headers["Cache-Control"]
        assert answer.headers["Vary"] == "Accept-Encoding"


def test_what_a_browser_has_already_is_not_sent_again(anonymous):
    coming = {"Accept-Encoding": "gzip"}
    first = anonymous.get("/static/js/clock.js", headers=coming)

    again = anonymous.get(
        "/static/js/clock.js", headers={**coming, "If-None-Match": first.headers["ETag"]}
    )

    assert (again.status_code, again.data) == (304, b"")


@pytest.mark.parametrize(
    "name", ["css/door-nobody.css", "../app.py", "css/../../app.py", "/etc/passwd", "css"]
)
def test_nothing_but_a_static_file_is_sent(anonymous, name):
    assert not statics.exists(name)
    assert statics.version_of(name) is None
    assert anonymous.get(f"/static/{name}").status_code == 404
