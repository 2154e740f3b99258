from __future__ import annotations

import re
from pathlib import Path

import pytest
from babel.messages.extract import extract

from marketplace.words import LOCALES, catalogues

ROOT = Path(__file__).resolve().parents[2]
ROOMS = ("marketplace", "supplier_portal", "jobs")
KEYWORDS = {"_": None, "gettext": None, "ngettext": (1, 2), "lazy": None}
FACT = re.compile(r"%\(\w+\)s|\{\w+\}")
TEMPLATES = {".html", ".txt", ".svg"}


def files():
    for room in ROOMS:
        for file in sorted((ROOT / room).rglob("*")):
            if "stripe" in file.parts and "local" in file.parts:
                continue  # the simulator speaks as Stripe does
            if file.suffix == ".py":
                yield file, "python"
            elif file.suffix in TEMPLATES and "templates" in file.parts or "letters" in file.parts:
                yield file, "jinja2.ext:babel_extract"


def messages():
    """Every message in the sources: what it is, and where it was found first."""
    found = {}
    for file, method in files():
        if not file.is_file() or (method != "python" and file.suffix not in TEMPLATES):
            continue
        with file.open("rb") as source:
            for line, message, _comments, _context in extract(
                method, source, keywords=KEYWORDS, options={"newstyle_gettext": "true"}
            ):
                found.setdefault(message, f"{file.relative_to(ROOT)}:{line}")
    return found


@pytest.fixture(scope="module")
def said():
    return messages()


def translation(locale, message):
    found = catalogues.merged(locale).get(message if isinstance(message, str) else message[:2])
    return None if found is None else found.string


@pytest.mark.parametrize("locale", LOCALES[1:])
def test_everything_a_person_sees_is_said_in_every_language(said, locale):
    whole = catalogues.merged(locale)

    unsaid = [
        f"{where}: {message!r}"
        for message, where in said.items()
        if message
        and whole.get(message if isinstance(message, str) else tuple(message[:2])) is None
    ]

    assert unsaid == []


@pytest.mark.parametrize("locale", LOCALES[1:])
def test_a_translation_names_the_same_facts(locale):
    wrong = []
    for file, message in catalogues.entries(locale):
        ids = message.id if isinstance(message.id, tuple) else (message.id,)
        strings = message.string if isinstance(message.string, tuple | list) else (message.string,)
        wanted = set(FACT.findall(ids[-1]))
        for string in strings:
            if set(FACT.findall(string)) - wanted or (
                wanted - set(FACT.findall(string)) - {"%(num)s"}
            ):
                wrong.append(f"{file}: {string}")

    assert wrong == []


@pytest.mark.parametrize("locale", LOCALES[1:])
def test_no_two_catalogues_contradict_each_other(locale):
    first = {}
    contradictions = []
    for file, message in catalogues.entries(locale):
        known = first.setdefault(message.id, (file, message.string))
        if known[1] != message.string:
            contradictions.append(
                f"{message.id!r}: {known[0]} {known[1]!r}, {file} {message.string!r}"
            )

    assert contradictions == []


@pytest.mark.parametrize("locale", LOCALES[1:])
def test_nothing_is_translated_that_nobody_says(said, locale):
    spoken = {message if isinstance(message, str) else tuple(message[:2]) for message in said}

    assert [
        f"{file}: {message.id!r}"
        for file, message in catalogues.entries(locale)
        if message.id not in spoken
    ] == []
