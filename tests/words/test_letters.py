"""Every kind of letter: in the house's look by day and by night, discreet, whole as plain text, in every language."""

from __future__ import annotations

import re
from dataclasses import fields, is_dataclass, replace
from unittest import mock

import pytest

from marketplace.domain.money import Money
from marketplace.queries import letters as composing
from marketplace.words import catalogues, letters
from tests.journeys import looking
from tests.journeys.person import CHROMIUM, FLAGS
from tests.words import examples, pseudo

EACH = pytest.mark.parametrize(("kind", "locale"), examples.EACH)
GLANCE = re.compile(r'aria-hidden="true"[^>]*>(.*?)&#847;', re.DOTALL)
MAIL_BYTES_MAX = 40_000
"""Below 102 kB, where the largest reader of mails begins to cut."""
SUBJECT_LETTERS_MAX = 70
NEVER_A_BRAND = {"ref", "sponsor", "named"}
"""Facts that a subject may tell: an order's reference, a member's name, that of a brand which lets it stand there."""


def glance(letter):
    return GLANCE.search(letter.html)[1].strip()


def test_every_letter_that_can_be_asked_for_has_a_text_and_an_example():
    assert letters.kinds() == composing.KINDS == tuple(sorted({kind for kind, _ in examples.EACH}))


@EACH
def test_a_letter_stands_on_the_houses_sheet(kind, locale):
    letter = examples.letter(kind, locale)

    assert f'<html lang="{locale}"' in letter.html
    assert f"<title>{letter.subject}</title>" in letter.html.replace("&#39;", "'")
    assert "max-width:560px" in letter.html
    assert "prefers-color-scheme: dark" in letter.html
    assert letter.html.count('class="act"') == 1
    assert letter.html.count("<h1") == 1
    assert len(letter.html.encode()) < MAIL_BYTES_MAX


@EACH
def test_a_letter_asks_nobody_for_anything(kind, locale):
    page = examples.letter(kind, locale).html

    assert re.findall(r"<(?:img|link|script|iframe)|url\(|@import|background=", page) == []
    assert set(re.findall(r'href="https://([^/"]+)', page)) == {"aubaine.example"}


@EACH
def test_the_list_of_mails_shows_a_subject_and_a_sentence_that_goes_on(kind, locale):
    letter = examples.letter(kind, locale)

    assert 0 < len(letter.subject) <= SUBJECT_LETTERS_MAX
    assert not letter.subject.endswith(".")
    assert glance(letter).endswith(".")
    assert glance(letter) != f"{letter.subject}."


@EACH
def test_the_plain_text_says_all_that_the_sheet_says(kind, locale):
    letter = examples.letter(kind, locale)
    shown = pseudo.shown(letter.html.partition("<h1")[2].partition(">")[2].partition("</h1>")[2])
    text = " ".join(letter.text.split())

    said = [part for part in (" ".join(each.split()) for each in shown.texts) if part]

    assert [part for part in said if part not in text] == []
    assert all(link in letter.text for link in shown.links)
    assert "<" not in letter.text
    assert "\n\n\n" not in letter.text


@EACH
def test_a_brands_name_never_stands_where_a_lock_screen_shows_it(kind, locale):
    if kind in examples.TO_BRANDS:
        pytest.skip("goes to the brand itself")

    letter = examples.letter(kind, locale, **_branded(examples.FACTS))

    assert examples.BRAND not in letter.subject
    assert examples.BRAND not in glance(letter)


def test_a_subject_that_tells_the_brand_would_be_found():
    facts = _branded(examples.FACTS)

    assert facts["order"].lines[0].name == facts["brand_name"] == examples.BRAND
    assert facts["order"].carrier == facts["acknowledgement"] == examples.BRAND
    assert facts["order"].ref == examples.ORDER.ref
    assert examples.BRAND in examples.letter("brand_invitation", "en", **facts).subject


def _branded(value, name=""):
    """The facts with the brand's name in every one of them that could ever hold it."""
    match value:
        case dict():
            return {key: _branded(each, key) for key, each in value.items()}
        case tuple():
            return tuple(_branded(each, name) for each in value)
        case str() if name not in NEVER_A_BRAND | {"url", "link", "stop", "zone"}:
            return examples.BRAND
        case Money():
            return value
    if is_dataclass(value):
        changed = {
            each.name: _branded(getattr(value, each.name), each.name) for each in fields(value)
        }
        return replace(value, **changed)
    return value


@pytest.mark.parametrize("kind", letters.kinds())
def test_every_word_of_a_letter_comes_from_a_catalogue(kind):
    given = re.findall(r"'([^']*)'", repr(tuple(examples.FACTS.values())))
    data = pseudo.Data([line for each in given for line in each.split("\\n")])

    with mock.patch.object(catalogues, "of", return_value=pseudo.Pseudo()):
        letter = examples.letter(kind, "en")

    parts = [*pseudo.shown(letter.html).texts, letter.subject, *letter.text.splitlines()]
    assert [each for part in parts for each in data.unknown(re.sub(r"https://\S+", "", part))] == []


@pytest.fixture(scope="module")
def browser(playwright):
    chromium = playwright.chromium.launch(executable_path=CHROMIUM, args=FLAGS)
    yield chromium
    chromium.close()


@pytest.mark.browser
@pytest.mark.skipif(CHROMIUM is None, reason="no Chromium was found")
@pytest.mark.parametrize(
    ("scheme", "locale", "width"), [("light", "en", 1280), ("dark", "fr", 390)]
)
def test_everybody_can_read_every_letter_by_day_and_by_night(browser, scheme, locale, width):
    faults = []
    context = browser.new_context(viewport={"width": width, "height": 800}, color_scheme=scheme)
    page = context.new_page()
    for kind in letters.kinds():
        page.set_content(examples.letter(kind, locale).html)
        found = looking.broken(page)
        faults += [f"{kind}: {rule} at {html[:120]}" for rule, html in found]
        if page.evaluate("document.documentElement.scrollWidth") > width:
            faults.append(f"{kind}: wider than {width} px")
    context.close()

    assert faults == []
