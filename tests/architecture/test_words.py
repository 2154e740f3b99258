from __future__ import annotations

import ast
import re
from pathlib import Path

import pytest
from babel.messages.extract import extract

from marketplace.domain.events import Event
from marketplace.words import LOCALES, catalogues, deeds

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
            elif file.suffix in TEMPLATES and {"templates", "letters"} & set(file.parts):
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


def test_no_message_hides_inside_an_f_string_where_its_extraction_cannot_see_it():
    hidden = [
        f"{file.relative_to(ROOT)}:{call.lineno}"
        for file, method in files()
        if method == "python"
        for text in ast.walk(ast.parse(file.read_text()))
        if isinstance(text, ast.JoinedStr)
        for call in ast.walk(text)
        if isinstance(call, ast.Call)
        and isinstance(call.func, ast.Name)
        and call.func.id in KEYWORDS
    ]

    assert hidden == []


@pytest.mark.parametrize("locale", LOCALES[1:])
def test_a_translation_names_the_same_facts(locale):
    wrong = [
        f"{file}: {message.string!r}"
        for file, message in catalogues.entries(locale)
        if not all(
            same_facts(message.id, number, string)
            for number, string in enumerate(forms(message.string))
        )
    ]

    assert wrong == []


def forms(string):
    return string if isinstance(string, tuple | list) else (string,)


def same_facts(message, number, string):
    """A form for one may leave out how many there are, as its source does."""
    sources = forms(message)
    own, all_of_them = (
        set(FACT.findall(sources[place])) for place in (min(number, len(sources) - 1), -1)
    )
    named = set(FACT.findall(string))
    return named <= all_of_them and own - named <= {"%(num)s"}


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


def test_every_event_is_told_in_words():
    assert [event for event in Event if event not in deeds.DEEDS] == []


def test_every_fact_of_an_event_has_a_name():
    told = re.compile(r"(?<![a-z])data=\{([^{}]*)\}|\bdata = \{([^{}]*)\}|\bdata\[(\"\w+\")\] =")
    named = {
        name
        for file in sorted((ROOT / "marketplace" / "services").rglob("*.py"))
        for found in told.finditer(file.read_text())
        for name in re.findall(r'"(\w+)"(?=:|$)', "".join(filter(None, found.groups())))
    }

    assert {"units", "version", "visibility"} <= named
    assert sorted(named - set(deeds.FACTS)) == []
