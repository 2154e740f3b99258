"""A language that nobody speaks: every message comes back in marks, in other letters and a third longer.

What a page still shows in plain letters was never said through a catalogue. It may be data, a figure or a format of
Babel's; anything else is a word somebody forgot.
"""

from __future__ import annotations

import re
import string
from gettext import NullTranslations
from html.parser import HTMLParser

from babel import Locale
from sqlalchemy import text

from marketplace.domain.looks import first_name

LATIN = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ"
OTHER = "ạḅċḍẹḟġḥịĵḳḷṃṇọṗʠṛṣṭụṿẉẋỵẓẠḄĊḌẸḞĠḤỊĴḲḶṂṆỌṖɊṚṢṬỤṾẈẊỴẒ"
OPENS, CLOSES, FILLER = "⟦", "⟧", "¤"

READ = {"alt", "title", "aria-label", "aria-description", "placeholder", "label"}
UNREAD = {"script", "style", "svg", "template", "code"}
"""``code`` holds names of the program, secrets and addresses: no words of a language."""
LANGUAGES = ("en_GB", "fr")
NAMES = {"Aubaine", "English", "Français", "en", "fr"}

_KEPT = re.compile(r"%%|%\(\w+\)s|\{\w+\}")
_LETTERS = re.compile(r"[^\W\d_]{2,}")
_EDGES = "".join(sorted(set(string.punctuation + string.whitespace) - {"_"})) + (
    "\u00a0\u202f\u2013\u2014\u2019\u00d7·…€£“”«»→←↑↓"
)
_BETWEEN = re.compile(rf"[{OPENS}{CLOSES}{FILLER}{OTHER}]+")
_OF_PROGRAM = re.compile(r"[a-z]+(?:_[a-z]+)*")
_PROSE_PARTS = re.compile(r"\n|\*+|#+ |\d+\. |- |[\[\]()]")
_PROSE_WORDS_MIN = 4
_REFERENCES = {"ref", "sale_ref", "order_ref"}
"""Columns of random letters that may look like a word of the program."""


class Pseudo(NullTranslations):
    """Says every message in marks."""

    def gettext(self, message):
        return marked(message)

    def ngettext(self, msgid1, msgid2, n):
        return marked(msgid1 if n == 1 else msgid2)


def marked(message):
    """``message`` in marks and in other letters; the names of its facts stay."""
    if not message.strip():
        return message
    table = str.maketrans(LATIN, OTHER)
    plain = _KEPT.split(message)
    facts = [*_KEPT.findall(message), ""]
    said = "".join(part.translate(table) + fact for part, fact in zip(plain, facts, strict=True))
    return f"{OPENS}{said}{FILLER * (len(message) // 3)}{CLOSES}"


class Shown(HTMLParser):
    """What people read on a page: its text, and the attributes that are read."""

    def __init__(self):
        super().__init__()
        self.texts, self.links = [], []
        self._unread = 0

    def handle_starttag(self, tag, attrs):
        about = dict(attrs)
        self._unread += tag in UNREAD
        pressed = tag == "input" and about.get("type") in {"submit", "button"}
        read = READ | ({"value"} if pressed else set())
        self.texts += [value for name, value in attrs if name in read and value]
        if tag == "meta" and about.get("name") == "description":
            self.texts.append(about["content"])
        if tag == "a" and about.get("href"):
            self.links.append(about["href"])

    def handle_endtag(self, tag):
        self._unread -= tag in UNREAD

    def handle_data(self, data):
        if not self._unread:
            self.texts.append(data)


def shown(page):
    """The texts and links of ``page``."""
    reader = Shown()
    reader.feed(page)
    reader.close()
    return reader


class Data:
    """All that people have written down in the house, and the words that Babel puts into dates and names."""

    def __init__(self, values):
        told = list(values)
        self.values = {" ".join(value.split()) for value in told} | NAMES
        self.values |= {part.strip() for value in told for part in _PROSE_PARTS.split(value)}
        self.values |= _of_babel()
        self.values |= {value.strip(_EDGES) for value in self.values}
        self._prose = "\n".join(
            value for value in self.values if len(value.split()) >= _PROSE_WORDS_MIN
        )

    def unknown(self, text):
        """The parts of a shown ``text`` that no catalogue said and nobody wrote."""
        parts = (" ".join(part.split()).strip(_EDGES) for part in _BETWEEN.split(text))
        return [part for part in parts if _LETTERS.search(part) and not self._knows(part)]

    def _knows(self, part):
        words = part.split(" ")
        if len(words) >= _PROSE_WORDS_MIN and part in self._prose:
            return True
        return not any(_LETTERS.search(word) for word in self._left(words))

    def _left(self, words):
        """What is left when the longest known values have been taken out, and what holds a figure."""
        left, place = [], 0
        while place < len(words):
            for end in range(len(words), place, -1):
                tried = " ".join(words[place:end])
                if tried in self.values or tried.strip(_EDGES) in self.values:
                    place = end
                    break
            else:
                if not re.search(r"\d", words[place]):
                    left.append(words[place])
                place += 1
        return left


def _of_babel():
    found = set()
    for language in LANGUAGES:
        locale = Locale.parse(language)
        for names in (locale.months, locale.days):
            for context in names.values():
                for width in ("wide", "abbreviated"):
                    found |= set(context.get(width, {}).values())
        found |= set(locale.territories.values()) | set(locale.currencies)
        found |= {
            str(zone)
            for meta in locale.meta_zones.values()
            for zone in meta.get("long", {}).values()
        }
    return {" ".join(str(value).split()) for value in found} | {"EUR", "min", "Time", "heure"}


def written(connection):
    """Every text that stands in the house's tables."""
    columns = connection.execute(
        text(
            "SELECT c.table_name, c.column_name FROM information_schema.columns c"
            " JOIN information_schema.tables t USING (table_schema, table_name)"
            " WHERE c.table_schema = 'public' AND t.table_type = 'BASE TABLE'"
            " AND c.data_type IN ('text', 'character varying', 'character', 'jsonb')"
        )
    ).all()
    for table, column in columns:
        found = connection.execute(text(f'SELECT DISTINCT "{column}" FROM "{table}"')).scalars()
        for value in found:
            for said in _strings(value):
                if column in _REFERENCES or not _OF_PROGRAM.fullmatch(said):
                    yield said
                if (table, column) == ("accounts", "name"):
                    yield first_name(said)


def _strings(value):
    if isinstance(value, str):
        yield value
    elif isinstance(value, dict):
        for each in value.values():
            yield from _strings(each)
    elif isinstance(value, list):
        for each in value:
            yield from _strings(each)
