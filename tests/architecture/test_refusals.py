from __future__ import annotations

import importlib
import pkgutil
import re

import pytest

from marketplace.domain.refusals import every_refusal
from marketplace.web.errors.answers import ANSWERS
from marketplace.words import LOCALES, catalogues
from tests.architecture import refusals_page, shape

ROOMS = (
    "marketplace.domain",
    "marketplace.services",
    "marketplace.queries",
    "marketplace.web",
    "jobs",
)


@pytest.fixture(scope="module", autouse=True)
def whole_house():
    """Load every module that can say no."""
    for room in ROOMS:
        package = importlib.import_module(room)
        for found in pkgutil.walk_packages(package.__path__, f"{room}."):
            if not found.name.endswith("__main__"):
                importlib.import_module(found.name)


def test_every_refusal_has_a_status_and_a_sentence():
    assert sorted(code for code in every_refusal() if code not in ANSWERS) == []
    assert all(400 <= answer.status < 600 for answer in ANSWERS.values())


def test_every_sentence_is_said_in_every_language():
    unsaid = [
        (locale, code)
        for locale in LOCALES[1:]
        for code, answer in ANSWERS.items()
        if catalogues.of(locale).gettext(answer.sentence.message) == answer.sentence.message
    ]

    assert unsaid == []


def test_no_answer_is_kept_for_a_refusal_that_nobody_says():
    shape.import_everything()
    known = every_refusal()

    assert [key for key in ANSWERS if key.partition(".")[0] not in known] == []


def test_a_translated_sentence_names_the_same_facts():
    named = re.compile(r"%\(\w+\)s")

    different = [
        (locale, key)
        for locale in LOCALES[1:]
        for key, answer in ANSWERS.items()
        if sorted(named.findall(answer.sentence.message))
        != sorted(named.findall(catalogues.of(locale).gettext(answer.sentence.message)))
    ]

    assert different == []


def test_a_code_says_what_it_is_in_lowercase_words():
    assert [code for code in every_refusal() if not re.fullmatch(r"[a-z]+(_[a-z]+)*", code)] == []


def test_the_list_of_refusals_says_what_the_house_says():
    assert refusals_page.PAGE.read_text() == refusals_page.page(), (
        "write it anew: python -m tests.architecture.refusals_page"
    )


@pytest.mark.parametrize("locale", LOCALES)
def test_a_sentence_says_what_happened_and_what_to_do(locale):
    """Two clauses at least, the last of which ends: one for what is, one for what follows from it."""
    curt = []
    for key, answer in ANSWERS.items():
        said = catalogues.of(locale).gettext(answer.sentence.message)
        clauses = re.split(r"[.:;](?:\s|$)|\u202f;|\u00a0:|, (?:and|so|then|or|et|ou|puis)\b", said)
        if len(list(filter(None, clauses))) < 2 or not said.endswith("."):
            curt.append((key, said))

    assert curt == []
