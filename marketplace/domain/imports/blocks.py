"""Columns that say the same thing of one size each: the units, the barcode or the price of 36, of 38, of 40.

A file may hold several such blocks: what is in stock and what is ordered, units and barcodes. Which columns
stand together is read from the header alone; what a block holds is decided by its words and its cells.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import lru_cache
from typing import TYPE_CHECKING

from marketplace.domain.imports import headers, size_columns, sizes
from marketplace.domain.imports.conditions import folded

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from marketplace.domain.imports.readings import Header
    from marketplace.domain.imports.size_columns import SizeName

UNITS = "units_by_size"
LABEL = "label_by_size"
BY_SIZE = {
    UNITS: "units_offered",
    "gtin_by_size": "gtin",
    "sku_by_size": "sku",
    "rrp_by_size": "rrp",
    "cost_by_size": "cost",
    "wholesale_by_size": "wholesale",
    LABEL: "size_label",
}
"""Fields that columns of one size each may hold, and what they say of the variant."""

FROM_VARIANT = {said: by_size for by_size, said in BY_SIZE.items() if by_size != LABEL}
COLUMNS_MIN = 3
COLUMNS_MIN_IF_SURE = 2
REMEMBERED_MAX = 2_048

OFFERED = frozenset(
    {"available", "dispo", "disponible", "disponibles", "disponibile", "disponibili", "disponibilita", "verfugbar",
     "offered", "angeboten", "ofrecidas", "offerte", "restant", "restants", "reste", "rest", "free", "frei", "libre",
     "net", "ats", "offer"}
)  # fmt: skip
"""Words over units that may be offered."""

TAKEN = frozenset(
    {"committed", "commande", "commandes", "commandees", "ordered", "order", "orders", "sold", "vendu", "vendus",
     "vendido", "vendidas", "venduto", "venduti", "verkauft", "reserved", "reserve", "reservees", "reservado",
     "reservadas", "riservato", "riservati", "reserviert", "bestellt", "ordini", "ordinato", "pedido", "pedidos",
     "incoming", "arrivage", "transit", "received", "recu", "delivered", "livre", "livrees", "cours"}
)  # fmt: skip
"""Words over units that others have, or that are not there yet."""


@dataclass(frozen=True, slots=True)
class Block:
    """Columns of one size each. ``words`` as the header writes what they hold; empty where it says nothing."""

    words: str
    places: tuple[int, ...]
    labels: tuple[str, ...]
    sure: bool

    @property
    def means(self) -> str:
        """The field that the words name, such as ``gtin_by_size``; empty where they name none."""
        return _means(self.words)

    @property
    def weight(self) -> int:
        """How likely its units are those offered, by its words: most if they say so, 0 where others have them."""
        said = set(folded(self.words).split())
        if said & TAKEN:
            return 0
        if said & OFFERED:
            return 4
        if said & size_columns.UNIT_WORDS:
            return 3
        of_sizes = said <= size_columns.SIZE_WORDS or size_columns.speaks_of_sizes(self.words)
        return 2 if of_sizes else 1

    def columns(self, header: Header) -> tuple[str, ...]:
        """The names of its columns."""
        return tuple(header.columns[place] for place in self.places)

    def title(self, header: Header) -> str:
        """What to call it: its words with the first and the last of its sizes; else the names of its columns."""
        first, *others = self.columns(header)
        span = f"{self.labels[0]}\u2013{self.labels[-1]}" if others else self.labels[0]
        return (
            f"{self.words} {span}"
            if self.words
            else f"{first} \u2026 {others[-1]}"
            if others
            else first
        )


@lru_cache(maxsize=REMEMBERED_MAX)
def _means(words: str) -> str:
    for field, _ in headers.meanings(words) if words else ():
        if field in FROM_VARIANT:
            return FROM_VARIANT[field]
    return ""


def named(column: str) -> tuple[str, SizeName] | None:
    """The words of a column's header and the size that it names; None where it names none."""
    return _named(column)


@lru_cache(maxsize=REMEMBERED_MAX)
def _named(column: str) -> tuple[str, SizeName] | None:
    plain = size_columns.unnumbered(column)
    alone = size_columns.named(plain)
    if alone is not None:
        return size_columns.beside(plain, alone.label), alone
    words = re.split(r"[\s_:/-]+", plain)
    for cut in range(1, len(words)):
        for said, rest in ((words[:cut], words[cut:]), (words[cut:], words[:cut])):
            found = size_columns.named(" ".join(rest))
            if found is not None and _means(" ".join(said)):
                return " ".join(said), found
    return None


def blocks_of(header: Header) -> tuple[Block, ...]:
    """All blocks that ``header`` names, in the order of their first columns."""
    open_: dict[str, list[tuple[int, SizeName, str]]] = {}
    closed: list[list[tuple[int, SizeName, str]]] = []
    for place, column in enumerate(header.columns):
        found = named(column)
        if found is None:
            continue
        group = header.group(place)
        words = f"{'' if size_columns.named(group) else group} {found[0]}".strip()
        key = folded(words)
        begun = open_.get(key, [])
        if begun and _begins_anew(begun, place, found[1], lettered=bool(found[0])):
            closed.append(open_.pop(key))
        open_.setdefault(key, []).append((place, found[1], words))
    runs = sorted([*closed, *open_.values()])
    kept = [_block(header, run) for run in runs]
    of_units = {label for block in kept if block and _stands_alone(block) for label in block.labels}
    return tuple(
        block for block in kept if block and (_stands_alone(block) or set(block.labels) & of_units)
    )


def _begins_anew(
    begun: Sequence[tuple[int, SizeName, str]], place: int, size: SizeName, *, lettered: bool
) -> bool:
    """Whether a column opens another block of the same words: a size comes again, or other columns lie between.

    Columns that each say what they hold may alternate with others, as units and barcodes of each size do.
    """
    again = any(size.label == each.label for _, each, _ in begun)
    return again or (not lettered and place != begun[-1][0] + 1)


def _block(header: Header, run: Sequence[tuple[int, SizeName, str]]) -> Block | None:
    places = tuple(place for place, _, _ in run)
    names = [name for _, name, _ in run]
    ranks = [sizes.rank(name.label) for name in names]
    grouped = any(size_columns.speaks_of_sizes(header.group(place)) for place in places)
    sure = grouped or all(name.sure for name in names)
    words = run[0][2]
    if len(run) < (COLUMNS_MIN_IF_SURE if sure else COLUMNS_MIN):
        alone = grouped or any(not sizes.understood(name.label)[0] for name in names)
        if not alone and not _means(words):
            return None
    elif not sure and ranks != sorted(ranks):
        return None
    return Block(words, places, tuple(name.label for name in names), sure)


def _stands_alone(block: Block) -> bool:
    """Whether the block may be one of units; barcodes and prices only go with units of the same sizes."""
    return block.means in {"", UNITS}


def unused(header: Header, places: Iterable[int]) -> tuple[Block, ...]:
    """Blocks of which no column is among ``places``."""
    taken = set(places)
    return tuple(block for block in blocks_of(header) if not taken & set(block.places))
