"""Programs and people rely on the lists of fields, codes and reasons: document, words and code are one."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from marketplace.domain.imports import codes, fields, unreadable
from marketplace.words import catalogues

DOCUMENT = Path(__file__).resolve().parents[3] / "docs" / "import.md"
PLACES = re.compile(r"%\((\w+)\)s")


def table(title: str) -> list[list[str]]:
    """The rows of the table under ``title`` in the document."""
    part = DOCUMENT.read_text().partition(f"\n## {title}\n")[2].partition("\n## ")[0]
    lines = [line for line in part.splitlines() if line.startswith("| `")]
    return [[cell.strip() for cell in re.split(r"(?<!\\)\|", line)[1:-1]] for line in lines]


def plain(text: str) -> str:
    return text.replace("\\|", "|").replace("%%", "%")


def test_the_codes_are_documented_and_the_reverse():
    documented = [
        (row[0].strip("`"), row[1], plain(row[2]), plain(row[3])) for row in table("Codes")
    ]

    assert documented == [
        (kind.code, str(kind.severity), plain(kind.message), plain(kind.mend))
        for kind in codes.KINDS.values()
    ]


def test_the_fields_are_documented_and_the_reverse():
    documented = [(row[0].strip("`"), plain(row[1])) for row in table("Fields")]

    assert documented == [(each.name, f"{each.label}. {each.meaning}") for each in fields.FIELDS]


def test_the_reasons_are_documented_and_the_reverse():
    documented = {
        row[0].strip("`"): plain(row[1]) for row in table("Reasons why a file cannot be read")
    }

    assert documented == {name: plain(text) for name, text in unreadable.REASONS.items()}


SENTENCES = [
    *(text for kind in codes.KINDS.values() for text in (kind.message, kind.mend)),
    *unreadable.REASONS.values(),
    *(text for each in fields.FIELDS for text in (each.label, each.meaning)),
]


@pytest.mark.parametrize("sentence", dict.fromkeys(SENTENCES))
def test_every_sentence_is_said_in_french_with_the_same_places(sentence):
    french = catalogues.of("fr").gettext(sentence)
    same_word = {"Description", "Composition", "SKU"}

    assert french != sentence or sentence in same_word
    assert set(PLACES.findall(french)) <= set(PLACES.findall(sentence))


def test_a_lack_has_a_code_for_every_field_that_is_wanted():
    wanted = {each.name for each in fields.FIELDS if each.need is not fields.Need.FREE}

    assert {f"{name}_missing" for name in wanted} <= set(codes.KINDS)
