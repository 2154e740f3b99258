"""Texts that people of the house write, in a few marks, as markup that can hold nothing else.

``## heading`` · paragraphs apart by an empty line · ``- item`` · ``1. item`` · ``**strong**`` · ``*stressed*`` ·
``[words](address)`` where the address is a path of ours, ``https:`` or ``mailto:``. Everything is escaped first; marks
are the only way to a tag.
"""

from __future__ import annotations

import re
from itertools import groupby

from markupsafe import Markup, escape

HEADINGS = {"# ": "h2", "## ": "h2", "### ": "h3"}
_STRONG = re.compile(r"\*\*(?=\S)(.+?)(?<=\S)\*\*")
_STRESSED = re.compile(r"\*(?=\S)(.+?)(?<=\S)\*")
_LINK = re.compile(r"\[([^\[\]]+)\]\(((?:https://|mailto:|/(?!/))(?:[^\s()<>&\\]|&amp;)*)\)")
_ITEM = re.compile(r"- +(.*)")
_STEP = re.compile(r"[0-9]{1,2}\. +(.*)")


def markup(text: str) -> Markup:
    """``text`` as HTML."""
    blocks = re.split(r"\n\s*\n", text.replace("\r\n", "\n").strip())
    return Markup("\n").join(_block(block) for block in blocks if block.strip())


def _block(block: str) -> Markup:
    lines = [line.strip() for line in block.splitlines()]
    for mark, tag in HEADINGS.items():
        if len(lines) == 1 and lines[0].startswith(mark):
            return _wrapped(tag, _inline(lines[0].removeprefix(mark)))
    parts = [_part(kind, list(grouped)) for kind, grouped in groupby(lines, key=_kind)]
    return Markup("\n").join(parts)


def _kind(line: str) -> str:
    if _ITEM.fullmatch(line):
        return "ul"
    return "ol" if _STEP.fullmatch(line) else "p"


def _part(kind: str, lines: list[str]) -> Markup:
    if kind == "p":
        return _wrapped("p", _inline(" ".join(lines)))
    mark = _ITEM if kind == "ul" else _STEP
    items = (mark.fullmatch(line) for line in lines)
    return _wrapped(
        kind, Markup("\n").join(_wrapped("li", _inline(item[1])) for item in items if item)
    )


def _inline(text: str) -> Markup:
    said = str(escape(text))
    said = _LINK.sub(r'<a href="\2">\1</a>', said)
    said = _STRONG.sub(r"<strong>\1</strong>", said)
    said = _STRESSED.sub(r"<em>\1</em>", said)
    return Markup(said)  # noqa: S704 - escaped above; what was added since is ours


def _wrapped(tag: str, inner: Markup) -> Markup:
    return Markup("<{0}>{1}</{0}>").format(Markup(tag), inner)  # noqa: S704 - a tag of ours
