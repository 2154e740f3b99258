"""The catalogues: every ``.po`` of a language read at first use and merged in memory.

One file for each part of the house, so that its words live and change with it. That no two of them translate a
message differently is seen to by a test.
"""

from __future__ import annotations

from functools import cache
from gettext import GNUTranslations, NullTranslations
from io import BytesIO
from pathlib import Path
from typing import TYPE_CHECKING

from babel.messages.catalog import Catalog
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po

if TYPE_CHECKING:
    from collections.abc import Iterator

    from babel.messages.catalog import Message

SOURCE_LOCALE = "en"
LOCALES = ("en", "fr")
"""Languages the house speaks; the first is the one that sources are written in."""

FOLDER = Path(__file__).parent / "locales"


class Typeset(NullTranslations):
    """The sources as a printer sets them: they are typed with a straight apostrophe, and read with a curved one."""

    def gettext(self, message: str) -> str:
        """``message``, set."""
        return message.replace("'", "\u2019")

    def ngettext(self, msgid1: str, msgid2: str, n: int) -> str:
        """The form that fits ``n``, set."""
        return self.gettext(msgid1 if n == 1 else msgid2)


@cache
def of(tag: str) -> NullTranslations:
    """The words of ``tag``; of the source language, the sources themselves with their apostrophes set."""
    if tag == SOURCE_LOCALE:
        return Typeset()
    compiled = BytesIO()
    write_mo(compiled, merged(tag))
    compiled.seek(0)
    return GNUTranslations(compiled)


def merged(tag: str) -> Catalog:
    """All catalogues of ``tag`` as one; where two translate the same message, the first file's words are taken."""
    whole = Catalog(locale=tag)
    for _, message in entries(tag):
        if whole.get(message.id) is None:
            whole.add(message.id, message.string)
    return whole


def entries(tag: str) -> Iterator[tuple[str, Message]]:
    """Every translated message of ``tag`` with the name of its file, in the order of files."""
    for file in sorted((FOLDER / tag / "LC_MESSAGES").glob("*.po")):
        with file.open("rb") as text:
            part = read_po(text, locale=tag, abort_invalid=True)
        for message in part:
            if message.id and message.string and not message.fuzzy:
                yield file.name, message
