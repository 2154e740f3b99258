"""Rows and cells as they came out of a file, and their text made safe to keep."""

from __future__ import annotations

import html
import re
import unicodedata
from dataclasses import dataclass
from functools import lru_cache
from typing import NamedTuple

ROWS_MAX = 50_000
COLUMNS_MAX = 200
SAMPLE_LENGTH_MAX = 60
CELL_LENGTH_MAX = 32_767
"""What a cell of a spreadsheet program can hold."""

REMEMBERED_LENGTH_MAX = 60
REMEMBERED_MAX = 16_384
"""Short texts repeat from row to row; a long one is not worth its memory."""

_UNSEEN = dict.fromkeys(
    (
        *range(9), 11, 12, *range(14, 32), 127, *range(0x80, 0xA0), 0x200B, 0xFEFF, 0x2060,
        *range(0x202A, 0x202F), *range(0x2066, 0x206A),
    )
)  # fmt: skip
"""Control characters, invisible marks and marks that turn the direction of writing."""

_FORMULA_SIGNS = frozenset("=+-@\uff1d\uff20\uff0b\uff0d")
_FORMULA = re.compile(
    r"^[=\uff1d]|^[@+\-\uff20\uff0b\uff0d]\s*[A-Za-z.]+\(|^[@+\-\uff20\uff0b\uff0d]\S*\|.*!"
)
_MARKUP = re.compile(r"</?[A-Za-z!]|&#?[0-9A-Za-z]{2,10};")
_TAG = re.compile(r"<(/?)([A-Za-z][A-Za-z0-9]*|!)[^<>]*>")
_BREAKS = frozenset({"p", "br", "div", "ul", "ol", "tr", "h1", "h2", "h3", "h4", "h5", "h6"})
_SILENT = frozenset({"script", "style", "template", "iframe", "object", "svg", "math", "noscript"})
_QUOTED = re.compile(r"'\s*[-+=@0-9]")
_ERRORS = frozenset({"#N/A", "#REF!", "#VALUE!", "#NAME?", "#DIV/0!", "#NUM!", "#NULL!", "#NV"})


class SizeCell(NamedTuple):
    """The size that one cell of a row stands for: its place in the row, its label, its system if known.

    ``units`` where they are reckoned rather than what the cell itself says.
    """

    place: int
    label: str
    system: str
    units: str = ""


class Title(NamedTuple):
    """The product that a row above names for several: its code, and its name if stated."""

    code: str
    name: str


At = tuple[int, int]
"""Where something stands: the row's number, and which of its sizes (0: the row as a whole)."""


@dataclass(frozen=True, slots=True)
class Row:
    """One row: its number as the spreadsheet shows it, and its cells from column A on.

    Where sizes stand side by side each of them becomes a row of its own: ``part`` counts them from 1 and
    ``size`` says which it is, the number and the cells stay those of the spreadsheet. ``parts`` is how many
    the row became. ``title`` is the product that a row above names.
    """

    number: int
    cells: tuple[str, ...]
    part: int = 0
    size: SizeCell | None = None
    parts: int = 0
    title: Title | None = None

    @property
    def is_blank(self) -> bool:
        """Whether no cell holds anything to read."""
        return not any(cell and not cell.isspace() for cell in self.cells)


class Cell(NamedTuple):
    """The cleaned text of one cell and the column that it stands in.

    A tuple, for a file of fifty thousand rows makes more than a million of them.
    """

    column: str
    text: str


def cleaned(text: str) -> str:
    """``text`` without unseen characters, composed (NFC) and trimmed; a spreadsheet's error is no value.

    The apostrophe with which people and programs keep a spreadsheet from reckoning falls away.
    """
    return _cleaned(text) if len(text) <= REMEMBERED_LENGTH_MAX else _cleaned.__wrapped__(text)


@lru_cache(maxsize=REMEMBERED_MAX)
def _cleaned(text: str) -> str:
    if text.isascii() and text.isprintable():
        stripped = text.strip()
    else:
        stripped = unicodedata.normalize("NFC", text.translate(_UNSEEN)).strip()
    if stripped[:1] == "'" and _QUOTED.match(stripped):
        stripped = stripped[1:].lstrip()
    return "" if stripped in _ERRORS else stripped


def one_line(text: str) -> str:
    """``text`` with every run of white space as one space."""
    return " ".join(text.split())


def is_formula(text: str) -> bool:
    """Whether a spreadsheet program would carry out ``text`` rather than show it."""
    begins = text.lstrip()
    return begins[:1] in _FORMULA_SIGNS and bool(_FORMULA.match(begins))


def plain_text(text: str) -> str:
    """The words of a piece of HTML, one paragraph or list item a line; text without tags stays as it is.

    One pass over the text, whatever it holds: hostile markup costs no more than its length.
    """
    if not _MARKUP.search(text):
        return text
    words: list[str] = []
    silenced = 0
    end = 0
    for tag in _TAG.finditer(text):
        if not silenced:
            words.append(_words(text[end : tag.start()]))
        end = tag.end()
        name = tag.group(2).casefold()
        if name in _SILENT:
            silenced = max(0, silenced + (-1 if tag.group(1) else 1))
        elif name == "li":
            words.append("\n" if tag.group(1) else "\n\u2022 ")
        elif name in _BREAKS:
            words.append("\n")
    words.append("" if silenced else _words(text[end:]))
    lines = (one_line(line) for line in "".join(words).split("\n"))
    return "\n".join(line for line in lines if line not in {"", "\u2022"})


def _words(text: str) -> str:
    """The text between two tags: entities as letters, every white space as one space."""
    return re.sub(r"\s+", " ", html.unescape(text))


def shortened_sample(text: str) -> str:
    """``text`` on one line and short enough to stand under a column's name."""
    line = one_line(text)
    return line if len(line) <= SAMPLE_LENGTH_MAX else line[: SAMPLE_LENGTH_MAX - 1] + "\u2026"
