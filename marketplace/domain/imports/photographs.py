"""Which photograph belongs to which style and colour: by the names that rows give, by SKU, by style code."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from enum import StrEnum
from itertools import islice
from typing import TYPE_CHECKING

from marketplace.domain.imports.conditions import folded
from marketplace.domain.imports.problems import Problem, found

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from marketplace.domain.imports.lines import Judged

ADDRESSES_MAX = 2_000
"""So many photographs of one file are fetched; further ones are sent as a ZIP file."""
PICTURE_ENDINGS = (".jpg", ".jpeg", ".png", ".webp", ".avif")
_BREAK = re.compile(r"[-_. ]+")


class Because(StrEnum):
    """Why a photograph was given to a style; shown beside it."""

    NAMED = "named"
    SKU = "sku"
    STYLE_COLOUR = "style_colour"
    STYLE = "style"


@dataclass(frozen=True, slots=True)
class Match:
    """One photograph and its place. ``style_code`` is None where it belongs to no style."""

    name: str
    style_code: str | None = None
    colour: str = ""
    position: int = 0
    because: Because | None = None


@dataclass(slots=True)
class _Wanted:
    """Where a named photograph goes, and the first row that names it."""

    row: int
    style_code: str
    colour: str
    position: int


@dataclass(slots=True)
class Album:
    """All that the rows say about photographs; filled row by row with :meth:`hear`."""

    named: dict[str, _Wanted] = field(default_factory=dict)
    skus: dict[str, tuple[str, str]] = field(default_factory=dict)
    colours: dict[str, dict[str, str]] = field(default_factory=dict)
    codes: dict[str, str] = field(default_factory=dict)
    positions: dict[str, int] = field(default_factory=dict)
    addresses: dict[str, _Wanted] = field(default_factory=dict)

    def hear(self, judged: Judged) -> None:
        """Take in one accepted row; refused rows want no photographs."""
        if judged.style is None:
            return
        code = judged.style.code
        self.codes.setdefault(folded(code), code)
        variant = judged.variant
        if variant is not None:
            self.skus.setdefault(folded(variant.sku), (code, variant.colour))
            colours = self.colours.setdefault(code, {})
            for spelled in filter(None, (variant.colour, variant.colour_code)):
                colours.setdefault(folded(spelled), variant.colour)
            self._want(judged.number, code, variant.colour, variant.images)
        self._want(judged.number, code, "", judged.style_images)

    def _want(self, row: int, code: str, colour: str, names: Sequence[str]) -> None:
        for name in names:
            base = basename(name)
            known = self.addresses if "://" in name else self.named
            key = name if "://" in name else base
            if key not in known:
                wanted = _Wanted(row, code, colour, self._next(code))
                known[key] = wanted
                self.named.setdefault(base, wanted)

    def matched(self, names: Iterable[str]) -> list[Match]:
        """A place for each of the photographs called ``names``, in their order."""
        return [self._match(name) for name in names]

    def to_fetch(self, sent: Iterable[str]) -> list[Match]:
        """Photographs named by an address that did not come with the file, at most ADDRESSES_MAX."""
        came = {basename(name) for name in sent}
        wanted = ((url, each) for url, each in self.addresses.items() if basename(url) not in came)
        return [
            Match(url, each.style_code, each.colour, each.position, Because.NAMED)
            for url, each in islice(wanted, ADDRESSES_MAX)
        ]

    def _match(self, name: str) -> Match:
        wanted = self.named.get(basename(name))
        if wanted is not None:
            return Match(name, wanted.style_code, wanted.colour, wanted.position, Because.NAMED)
        steps = _BREAK.split(basename(name).rpartition(".")[0])
        for length in range(len(steps), 0, -1):
            opening = folded(" ".join(steps[:length]))
            if opening in self.skus:
                code, colour = self.skus[opening]
                return Match(name, code, colour, self._next(code), Because.SKU)
            if opening in self.codes:
                return self._by_style(name, self.codes[opening], steps[length:])
        return Match(name)

    def _by_style(self, name: str, code: str, rest: Sequence[str]) -> Match:
        colours = self.colours.get(code, {})
        for length in range(len(rest), 0, -1):
            colour = colours.get(folded(" ".join(rest[:length])))
            if colour is not None:
                return Match(name, code, colour, self._next(code), Because.STYLE_COLOUR)
        return Match(name, code, "", self._next(code), Because.STYLE)

    def _next(self, code: str) -> int:
        position = self.positions.get(code, 0)
        self.positions[code] = position + 1
        return position

    def problems(
        self,
        matches: Iterable[Match],
        refused: Mapping[str, tuple[str, Mapping[str, str]]],
        *,
        header_row: int,
        column: str | None,
    ) -> list[Problem]:
        """What is wrong with the photographs: refused ones, strangers, and those named but not sent.

        ``refused`` maps a photograph's name to its problem's code and the facts of its sentence.
        """
        sent = set()
        problems = []
        for match in matches:
            sent.add(basename(match.name))
            wanted = self.named.get(basename(match.name))
            row = wanted.row if wanted else header_row
            if match.name in refused:
                code, facts = refused[match.name]
                problems.append(found(row, column, match.name, code, **facts))
            elif match.style_code is None:
                problems.append(found(header_row, None, match.name, "photograph_unmatched"))
        fetched = {basename(url) for url in self.addresses}
        return problems + [
            found(wanted.row, column, base, "photograph_absent")
            for base, wanted in self.named.items()
            if base not in sent | fetched
        ]


def basename(name: str) -> str:
    """The file's own name in lower case, out of a path or an address."""
    bare = name.split("?", maxsplit=1)[0].split("#", maxsplit=1)[0]
    return bare.replace("\\", "/").rpartition("/")[2].strip().casefold()
