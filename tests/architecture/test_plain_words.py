"""Nothing that a person reads stands in a source without a catalogue knowing it."""

from __future__ import annotations

from pathlib import Path

import pytest

from marketplace.words import LOCALES, catalogues
from tests.architecture import plain_words

ROOT = Path(__file__).resolve().parents[2]
ROOMS = ("marketplace", "supplier_portal", "jobs")
DRESSING = {"web", "storefront", "admin", "words", "supplier_portal"}
"""Rooms whose single words reach pages; those below say whole sentences only."""

NAMES = {
    "Aubaine": "the house's name is the same in every language",
    "· Aubaine": "the house's name is the same in every language",
    "English": "a language is offered in its own name",
    "Français": "a language is offered in its own name",
}
OF_MACHINES = {
    **{
        ("admin/design.py", word): "stands for what brands send, on the page of components"
        for word in (
            "Garonne",
            "Estuaire",
            "Brume",
            "Maison Verrier",
            "Atelier Sorel",
        )
    },
    ("macros/forms.html", 'aria-describedby="-hint -error" aria-invalid="true"'): "attributes",
    ("api/document.py", "Aubaine for brands"): "the published document speaks English alone",
    ("web/bearer.py", 'Bearer realm="aubaine-brand"'): "a header's value",
    ("web/bearer.py", "Authorization"): "a header's name",
    ("web/errors/__init__.py", "Allow"): "a header's name",
    ("web/csrf.py", "Origin"): "a header's name",
    ("web/fields.py", "Cc"): "Unicode's name of a class of letters",
    ("web/fields.py", "Cs"): "Unicode's name of a class of letters",
    ("web/places.py", "Lax"): "a cookie's attribute",
    ("web/places.py", "Strict"): "a cookie's attribute",
    ("web/statics.py", "Vary"): "a header's name",
    ("storefront/rush.py", "Cookie"): "a header's name",
    ("storefront/rush.py", "Vary"): "a header's name",
    ("storefront/sales.py", "Cookie"): "a header's name",
    ("storefront/waiting.py", "Cookie"): "a header's name",
    ("storefront/waiting.py", "Vary"): "a header's name",
    ("storefront/sales.py", "Vary"): "a header's name",
    ("words/figures.py", "H 'h' mm 'min' ss 's'"): "Babel's pattern of a time",
    ("words/formats.py", "H 'h' mm"): "Babel's pattern of a time",
    ("web/errors/__init__.py", "This is not a name of this house."): (
        "answered before any language is known, as plain text"
    ),
    ("marketplace/config.py", "Aubaine <no-reply@aubaine.example>"): "the house's name",
    (
        "marketplace/config.py",
        "A live Stripe key may only be used with an https STRIPE_API_BASE.",
    ): "ends the process at a terminal, before any language is known",
}


def _files():
    for room in ROOMS:
        for file in sorted((ROOT / room).rglob("*")):
            if file.is_file() and "local" not in file.parts:
                yield file, file.relative_to(ROOT).as_posix()


def _found(file):
    folders = set(file.parts)
    if file.suffix == ".py":
        return plain_words.of_python(file.read_text(), dresses_pages=bool(DRESSING & folders))
    if file.suffix in {".html", ".svg"} and {"templates", "letters"} & folders:
        return plain_words.of_page(file.read_text())
    if file.suffix == ".txt" and "letters" in folders:
        return plain_words.of_text(file.read_text())
    return []


@pytest.mark.parametrize("locale", LOCALES[1:])
def test_no_words_are_shown_that_no_catalogue_knows(locale):
    whole = catalogues.merged(locale)

    plain = [
        f"{path}:{line}: {said}"
        for file, path in _files()
        for line, said in _found(file)
        if said.strip() not in NAMES
        and not any(path.endswith(end) and said.strip() == of for end, of in OF_MACHINES)
        and whole.get(said) is None
    ]

    assert plain == []


def test_every_exception_is_still_needed():
    found = {(path, said.strip()) for file, path in _files() for _line, said in _found(file)}

    idle = [
        (end, of)
        for end, of in OF_MACHINES
        if not any(path.endswith(end) and said == of for path, said in found)
    ]

    assert idle == []


@pytest.mark.parametrize(
    ("template", "shown"),
    [
        ("<p>\nSold</p>", (2, "Sold")),
        ('<img alt="A red shoe">', (1, "A red shoe")),
        ('<input type="submit" value="Send">', (1, "Send")),
        ('{{ page.heading("Your orders") }}', (1, "Your orders")),
        ('{% set name = x or "Nobody" %}', (1, "Nobody")),
        ("<b>{{ n }} pieces</b>", (1, "pieces")),
    ],
)
def test_a_template_that_forgets_gettext_is_found(template, shown):
    assert plain_words.of_page(template) == [shown]


@pytest.mark.parametrize(
    "template",
    [
        '<p class="Sold">{{ _("Sold") }}</p>',
        "{% trans %}Sold{% endtrans %}",
        "{# Sold #}<p>· 12 €</p>",
        '<meta name="robots" content="noindex"><input type="hidden" value="Sold">',
        "<style>p { color: red }</style>",
    ],
)
def test_what_is_translated_or_not_read_is_left_alone(template):
    assert plain_words.of_page(template) == []


@pytest.mark.parametrize(
    ("source", "shown"),
    [
        ("flash('Saved.')", "Saved."),
        ("LABELS = {1: 'All pieces'}", "All pieces"),
        ("return_ = f'Report of {x}'", "Report of "),
    ],
)
def test_python_that_forgets_gettext_is_found(source, shown):
    assert plain_words.of_python(source, dresses_pages=True) == [(1, shown)]


def test_what_documents_or_ends_a_program_is_left_alone():
    source = (
        '"""About it."""\nassert x, "It is so."\nraise ValueError("It is so.")\nlazy("It is so.")'
    )

    assert plain_words.of_python(source, dresses_pages=True) == []
