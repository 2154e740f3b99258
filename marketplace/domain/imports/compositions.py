"""Compositions: parts, fibres and shares out of the text that a brand writes on its labels.

Regulation (EU) 1007/2011 art. 9 and 11: fibres by descending weight, each part of a product on its own,
adding to 100 %. A text without percentages is no textile composition; leather and the like need none,
so it is told, not refused.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import lru_cache

from marketplace.domain.imports import fibres

HUNDRED_PERCENT_BPS = 10_000
FIBRES_MAX = 40
REMEMBERED_MAX = 4_096

_SHARE = re.compile(r"(\d{1,3}(?:[.,]\d{1,2})?)\s*%")
_SHARE_WITHOUT_SIGN = re.compile(r"(?<![\d.,])(\d{1,3}(?:[.,]\d{1,2})?)(?![\d.,])")
_PART_WITHOUT_COLON = re.compile(
    r"(?i)(?<![^\W\d_])("
    + "|".join(sorted(map(re.escape, fibres.PART_WORDS), key=len, reverse=True))
    + r")\s+(?=\d{1,3}(?:[.,]\d{1,2})?\s*%)"
)
_PART_BREAK = re.compile(r"[;\n\r|]+")
_COMMA = re.compile(r"[,/.]\s*")
_PART_NAME = re.compile(r"([^:%\d]{2,60}?)\s*:\s*")
_BRACKETED = re.compile(r"\([^)]*\)?")
_JOINED = re.compile(r"(?i)^(?:of|de|d'|di|and|et|und|e|y)\s+|\s+(?:and|et|und|e|y)$")
_EDGES = " \t,;./+&-–—:\u00a0()"  # noqa: RUF001 - dashes of every length separate fibres


@dataclass(frozen=True, slots=True)
class Fibre:
    """A fibre and its share of the part's weight in basis points (100 % is 10000)."""

    name: str
    bps: int


@dataclass(frozen=True, slots=True)
class Part:
    """One part of a product (empty name for the whole) and its fibres as listed."""

    name: str
    fibres: tuple[Fibre, ...]

    @property
    def total_bps(self) -> int:
        """What the shares add to."""
        return sum(fibre.bps for fibre in self.fibres)


def as_plain(parts: tuple[Part, ...]) -> list[dict[str, object]]:
    """The parts as lists and dictionaries, for storing and sending."""
    return [
        {
            "part": part.name,
            "part_code": fibres.part_of(part.name),
            "fibres": [
                {"fibre": f.name, "code": fibres.code_of(f.name), "bps": f.bps} for f in part.fibres
            ],
        }
        for part in parts
    ]


def unknown_fibres(parts: tuple[Part, ...]) -> tuple[str, ...]:
    """Names that Regulation (EU) 1007/2011 does not know, each once."""
    names = (fibre.name for part in parts for fibre in part.fibres)
    return tuple(dict.fromkeys(name for name in names if not fibres.code_of(name)))


@lru_cache(maxsize=REMEMBERED_MAX)
def parsed(text: str) -> tuple[Part, ...]:
    """The parts of ``text``; empty where it names no share.

    A share without its sign counts where all of them are known fibres that add to 100.
    """
    if "%" in text:
        return _parsed(text)
    parts = _parsed(_SHARE_WITHOUT_SIGN.sub(r"\1%", text))
    return () if wrong_parts(parts) or unknown_fibres(parts) else parts


def _parsed(text: str) -> tuple[Part, ...]:
    parts: list[Part] = []
    for piece in _PART_BREAK.split(_PART_WITHOUT_COLON.sub(r"; \1: ", text)):
        parts.extend(_parts_of(piece))
    return tuple(parts)


def wrong_parts(parts: tuple[Part, ...]) -> tuple[Part, ...]:
    """Parts whose shares do not add to 100 %."""
    return tuple(part for part in parts if part.total_bps != HUNDRED_PERCENT_BPS)


def _parts_of(piece: str) -> list[Part]:
    """``Shell: 60% wool, 40% silk Lining: 100% viscose``: a name and a colon begin a part."""
    bodies: list[tuple[str, str]] = []
    name, begins = "", 0
    for match in _PART_NAME.finditer(piece):
        own = _own_name(match.group(1), first=match.start() == 0)
        bodies.append((name, piece[begins : match.end(1) - len(own)]))
        name, begins = own.strip(_EDGES), match.end()
    bodies.append((name, piece[begins:]))
    return [Part(name, fibres) for name, body in bodies if (fibres := _fibres(body))]


def _own_name(text: str, *, first: bool) -> str:
    """The part's name without the last fibre of the part before it: behind the last comma, or the last word."""
    if first:
        return text
    return _COMMA.split(text)[-1] if _COMMA.search(text) else "".join(text.split()[-1:])


def _fibres(body: str) -> tuple[Fibre, ...]:
    shares = list(_SHARE.finditer(body))[:FIBRES_MAX]
    if not shares:
        return ()
    leads = not body[: shares[0].start()].strip(_EDGES)
    names = _names_behind(body, shares) if leads else _names_before(body, shares)
    return tuple(
        Fibre(_fibre_name(name), _bps(share.group(1)))
        for name, share in zip(names, shares, strict=True)
    )


def _fibre_name(text: str) -> str:
    """The fibre's own words, without what joins it to the next and what stands in brackets."""
    bare = _BRACKETED.sub(" ", text).strip(_EDGES)
    return " ".join(_JOINED.sub("", bare).strip(_EDGES).split())


def _names_behind(body: str, shares: list[re.Match[str]]) -> list[str]:
    """``60 % wool, 40 % silk``."""
    ends = [*(share.start() for share in shares[1:]), len(body)]
    return [body[share.end() : end] for share, end in zip(shares, ends, strict=True)]


def _names_before(body: str, shares: list[re.Match[str]]) -> list[str]:
    """``Wool 60 %, silk 40 %``."""
    starts = [0, *(share.end() for share in shares[:-1])]
    return [body[start : share.start()] for start, share in zip(starts, shares, strict=True)]


def _bps(number: str) -> int:
    whole, _, fraction = number.replace(",", ".").partition(".")
    return int(whole) * 100 + int((fraction + "00")[:2])


def in_percent(bps: int) -> str:
    """Basis points as people read a share: 9000 is ``90``, 9750 is ``97.5``."""
    whole, rest = divmod(bps, 100)
    return f"{whole}.{rest:02d}".rstrip("0") if rest else str(whole)
