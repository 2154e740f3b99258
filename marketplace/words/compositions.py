"""What a piece is made of, in the reader's language: the law wants its fibres named so before it is bought.

Source: Regulation (EU) 1007/2011, art. 9 (by descending share), 11 (part by part) and 16 (language, before purchase).
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from marketplace import words
from marketplace.domain.imports import fibres
from marketplace.words import _, formats

if TYPE_CHECKING:
    from collections.abc import Sequence


def said(parts: Sequence[dict[str, Any]], text: str) -> str:
    """The composition in words; the brand's own ``text`` where a fibre or a part is not known by its name."""
    if not parts or not all(map(_is_known, parts)):
        return text
    return (
        "; ".join(map(_part, parts))
        if words.locale() == "en"
        else "\u202f; ".join(map(_part, parts))
    )


def _is_known(part: dict[str, Any]) -> bool:
    named = not part["part"] or part.get("part_code")
    return bool(named) and all(fibre.get("code") for fibre in part["fibres"])


def _part(part: dict[str, Any]) -> str:
    falling = sorted(part["fibres"], key=lambda fibre: -int(fibre["bps"]))
    made_of = ", ".join(f"{formats.bps(fibre['bps'])} {_name(fibre['code'])}" for fibre in falling)
    if not part["part"]:
        return made_of
    name = _name(part["part_code"])
    return _("%(part)s: %(made_of)s", part=name[:1].upper() + name[1:], made_of=made_of)


def _name(code: str) -> str:
    found = fibres.name(code, words.locale())
    return found if words.locale() == "de" else found.lower()
