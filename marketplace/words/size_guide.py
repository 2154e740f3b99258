"""What the sizes of a piece are called in other countries, in a line for each."""

from __future__ import annotations

from typing import TYPE_CHECKING

from marketplace.domain import size_tables
from marketplace.words import _

if TYPE_CHECKING:
    from collections.abc import Iterable


def said(labels: Iterable[str], *, system: str, gender: str, category: str) -> str:
    """``FR 38: IT 42, UK 10 …`` for each of the sizes; empty where no table is known for such goods."""
    lines = []
    kind = size_tables.kind_of(gender=gender, category=category)
    for label in dict.fromkeys(labels):
        tall = size_tables.childrens(label) if system == "AGE" else None
        others = size_tables.corsetry(label, system)
        if kind is not None and not others:
            others = size_tables.equivalents(label, system, kind)
        if tall is not None:
            lines.append(_("%(own)s is %(height)s cm tall", own=label, height=tall))
        elif others:
            own = f"{system} {label}" if system != "INT" else label
            same = ", ".join(f"{name} {size}" if name != "INT" else size for name, size in others)
            lines.append(_("%(own)s is %(same)s", own=own, same=same))
    return "; ".join(lines)
