"""The catalogues: every ``.po`` of a language read at first use and merged in memory.

One file for each part of the house, so that its words live and change with it. A message that two files
translate differently is a bug and refused at start.
"""

from __future__ import annotations

from functools import cache
from gettext import GNUTranslations, NullTranslations
from io import BytesIO
from pathlib import Path

from babel.messages.catalog import Catalog
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po

SOURCE_LOCALE = "en"
LOCALES = ("en", "fr")
"""Languages the house speaks; the first is the one that sources are written in."""

FOLDER = Path(__file__).parent / "locales"


@cache
def of(tag: str) -> NullTranslations:
    """The words of ``tag``; of the source language, the sources themselves."""
    if tag == SOURCE_LOCALE:
        return NullTranslations()
    compiled = BytesIO()
    write_mo(compiled, merged(tag))
    compiled.seek(0)
    return GNUTranslations(compiled)


def merged(tag: str) -> Catalog:
    """All catalogues of ``tag`` as one; asserts that no two of them contradict each other."""
    whole = Catalog(locale=tag)
    for file in sorted((FOLDER / tag / "LC_MESSAGES").glob("*.po")):
        with file.open("rb") as text:
            part = read_po(text, locale=tag, abort_invalid=True)
        for message in part:
            if not message.id or message.fuzzy or not message.string:
                continue
            known = whole.get(message.id)
            assert known is None or known.string == message.string, (
                f"{file.name} translates {message.id!r} otherwise than another catalogue of {tag}"
            )
            whole.add(message.id, message.string)
    return whole
