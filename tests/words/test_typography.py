"""How words are set: apostrophes, spaces before signs, and the calm of the house's voice, in every language."""

from __future__ import annotations

import re

import pytest

from marketplace.words import LOCALES, catalogues, speaking
from tests.architecture.test_words import forms, messages

NARROW, WIDE = "\u202f", "\u00a0"
LOUD = {
    "an exclamation mark": re.compile(r"!"),
    "a sign of embarrassment": re.compile(r"\b(?:oops|ups|oups|sorry|désolée?s?)\b", re.IGNORECASE),
    "a hurry": re.compile(
        r"\bhurry|\bdon.t miss|\bdépêchez|\bvite\b|ne manquez pas|last chance", re.IGNORECASE
    ),
    "an emoji": re.compile("[\U0001f300-\U0001faff\u2600-\u27bf]"),
    "three points": re.compile(r"\.\.\."),
}
FACTS = re.compile(r"%\(\w+\)s|\{\w+\}|%%")


def _said(locale):
    """Every form of every message as readers of ``locale`` meet it, with the message."""
    spoken = catalogues.of(locale)
    for message in messages() if locale == "en" else _translated(locale):
        if isinstance(message, tuple | list):
            yield from ((message, spoken.ngettext(*message[:2], count)) for count in (1, 2))
        elif message:
            yield message, spoken.gettext(message)


def _translated(locale):
    return [message.id for _file, message in catalogues.entries(locale)]


@pytest.fixture(scope="module", params=LOCALES)
def said(request):
    return [(message, text) for message, text in _said(request.param)]


def test_apostrophes_are_curved(said):
    assert [text for _message, text in said if "'" in text] == []


@pytest.mark.parametrize("fault", LOUD)
def test_the_house_does_not_raise_its_voice(said, fault):
    assert [text for _message, text in said if LOUD[fault].search(text)] == []


def test_no_space_is_doubled_or_left_at_an_end(said):
    loose = [
        text
        for message, text in said
        if "  " in text or (text != text.strip() and str(message) == str(message).strip())
    ]

    assert loose == []


def _wrongly_spaced(text):
    """What is wrong with the spaces of a French text."""
    bare = FACTS.sub("x", text.replace("https:", "").replace("mailto:", ""))
    return (
        re.findall(rf"[^{NARROW}][;?!]", bare)
        + re.findall(rf"[^{WIDE}](?::(?!\d)|»)", bare)
        + re.findall(rf"«[^{WIDE}]", bare)
        + re.findall(rf"\d[^\d,.{WIDE}{NARROW}]?[%€]", bare)
        + re.findall(r"(?<=\s)\"|\"(?=\s|$)", bare)
    )


def test_french_signs_have_the_spaces_that_printers_give_them():
    wrong = [(text, _wrongly_spaced(text)) for _message, text in _said("fr")]

    assert [each for each in wrong if each[1]] == []


@pytest.mark.parametrize("text", ["Pourquoi ?", "Note : x", "«x»", "80 % laine", "10 €", "Fin; x"])
def test_a_wrong_space_is_found(text):
    assert _wrongly_spaced(text)


def test_french_capitals_keep_their_accents():
    bare = re.compile(r"(?:^|[.:] )A |\b(?:Eta[tp]\w*|Ech[ué]\w*|Ecrit\w*|Epuis\w*|Etes)\b")

    assert [text for _message, text in _said("fr") if bare.search(text)] == []


def test_french_speaks_to_everyone_as_vous():
    familiar = re.compile(r"\b(?:tu|toi|ton|tes|t\u2019)\b", re.IGNORECASE)

    assert [text for _message, text in _said("fr") if familiar.search(text)] == []


def test_english_sets_apostrophes_in_plurals_too():
    with speaking("en"):
        assert (
            catalogues.of("en").ngettext("the member's", "the members'", 2) == "the members\u2019"
        )
    assert forms("one") == ("one",)
