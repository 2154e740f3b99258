"""The glossary and the catalogues say the same: its words are used, and what it rules out is not."""

from __future__ import annotations

import re
from dataclasses import dataclass
from pathlib import Path

import pytest

from marketplace.words import catalogues
from tests.architecture.test_words import messages

ROOT = Path(__file__).resolve().parents[2]
PAGE = ROOT / "docs" / "glossary.md"
ROW = re.compile(r"^\| (?P<cells>.+) \|$", re.MULTILINE)
ROOMS = ("marketplace", "supplier_portal", "jobs")


@dataclass(frozen=True)
class Term:
    """One row of the glossary."""

    english: str
    french: str
    code: str
    meaning: str
    unsaid: tuple[str, ...]


def _terms():
    rows = [found["cells"].split(" | ") for found in ROW.finditer(PAGE.read_text())]
    return [
        Term(english, french, code, meaning, tuple(unsaid.split(", ")))
        for english, french, code, meaning, unsaid in rows[1:]
    ]


TERMS = _terms()
EACH = pytest.mark.parametrize("term", TERMS, ids=lambda term: term.english)


@pytest.fixture(scope="module")
def said():
    """Everything the house says: English and French, in lower case, each as one text."""
    told = [message for _file, message in catalogues.entries("fr")]
    english = [form for each in [*messages(), *(each.id for each in told)] for form in _forms(each)]
    french = [form for each in told for form in _forms(each.string)]
    return {"en": "\n".join(english).casefold(), "fr": "\n".join(french).casefold()}


def _forms(message):
    return message if isinstance(message, tuple | list) else (message,)


def _stands(word, text):
    """Whether ``word`` stands in ``text`` as a word of its own, in one or in many."""
    parts = (rf"{re.escape(part)}(?:s|x|es)?" for part in word.casefold().split(" "))
    return re.search(rf"(?<![\w-]){' '.join(parts)}(?![\w-])", text) is not None


def test_the_glossary_has_a_row_for_each_word_once():
    words = [term.english for term in TERMS]

    assert len(words) >= 40
    assert sorted(words) == sorted(set(words))


@EACH
def test_each_word_is_said_in_both_languages(said, term):
    assert _stands(term.english, said["en"])
    assert _stands(term.french, said["fr"])


@EACH
def test_what_the_glossary_rules_out_is_never_said(said, term):
    assert [word for word in term.unsaid for text in said.values() if _stands(word, text)] == []


@EACH
def test_each_name_in_code_is_one(term):
    name = term.code.strip("`").rpartition(".")[2]

    assert any(
        re.search(rf"\b{name}\b", file.read_text()) or file.stem == name
        for room in ROOMS
        for file in (ROOT / room).rglob("*.py")
    )


def test_a_word_is_found_only_where_it_stands_alone():
    assert _stands("bag", "your bags")
    assert not _stands("bag", "baggage")
    assert not _stands("cart", "carton")
