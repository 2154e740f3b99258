"""Which columns of a file hold the units of one size each, and what else is said of each size beside them."""

from __future__ import annotations

from typing import TYPE_CHECKING

from marketplace.domain.imports import barcodes, blocks, figures, headers, size_columns, sizes
from marketplace.domain.imports.arranging import DASHES
from marketplace.domain.imports.blocks import BY_SIZE, LABEL, UNITS
from marketplace.domain.imports.conditions import folded
from marketplace.domain.imports.currencies import without_signs

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from marketplace.domain.imports.blocks import Block
    from marketplace.domain.imports.readings import Header

CELLS_PERCENT_MIN = 60
"""So many of a hundred filled cells must be what the block holds; the others are faults to be told."""

PRICES = frozenset({"rrp_by_size", "cost_by_size", "wholesale_by_size"})
_ONE_SIZE_EACH = ("size_label", "units_offered")
Choices = dict[int, tuple[str, int]]


def laid_out(
    header: Header, texts: Sequence[Sequence[str]], choices: Mapping[int, tuple[str, int]]
) -> Choices:
    """What the columns of one size each hold, by their place; empty where sizes stand below one another.

    Of several blocks of units the one whose words speak of what is offered is taken, else the first; blocks of
    the others are left out, for a person to choose.
    """
    found = blocks.blocks_of(header)
    of_units = [b for b in found if b.means in {"", UNITS} and _holds(b, texts, _is_whole)]
    chosen = _of_offered(of_units, texts)
    places = {place for block in chosen for place in block.places}
    if not any(texts[place] for place in places):
        return {}
    in_blocks = {place for block in found for place in block.places}
    long = {field: place for place, (field, _) in choices.items() if place not in in_blocks}
    if all(field in long for field in _ONE_SIZE_EACH) and _one_size_a_row(texts, long):
        return {}
    said: Choices = dict.fromkeys(sorted(places), (UNITS, headers.CERTAIN))
    labels = {label for block in chosen for label in block.labels}
    for block in found:
        field = _beside(block, texts)
        fresh = field not in {each for each, _ in said.values()}
        if field and fresh and not places & set(block.places) and labels & set(block.labels):
            said |= dict.fromkeys(block.places, (field, headers.LIKELY))
    return said


def _of_offered(found: Sequence[Block], texts: Sequence[Sequence[str]]) -> list[Block]:
    """The block most likely offered, and those of other sizes that go with it."""
    filled = [block for block in found if any(texts[place] for place in block.places)] or found
    best = max(filled, key=lambda block: (block.weight, -block.places[0]), default=None)
    chosen = [best] if best else []
    for block in found:
        known = {label for each in chosen for label in each.labels}
        if best and block.weight == best.weight and not known & set(block.labels):
            chosen.append(block)
    return chosen


def _beside(block: Block, texts: Sequence[Sequence[str]]) -> str:
    """What a block beside the units holds: by its cells where they are barcodes, else by its words."""
    if _holds(block, texts, _is_barcode) and any(texts[place] for place in block.places):
        return "gtin_by_size"
    if block.means in PRICES and _holds(block, texts, _is_number):
        return block.means
    if block.means in {"gtin_by_size", "sku_by_size"}:
        return block.means
    return LABEL if _names_sizes(block, texts) else ""


def _names_sizes(block: Block, texts: Sequence[Sequence[str]]) -> bool:
    """Whether the cells are sizes themselves, beside columns of their units: ``Size 1``, ``Size 1 Qty``."""
    cells = [text for place in block.places for text in texts[place]]
    words = set(folded(block.words).split())
    known = sum(size_columns.named(text) is not None for text in cells)
    return bool(cells) and words <= size_columns.SIZE_WORDS and known == len(cells) and bool(words)


def _holds(block: Block, texts: Sequence[Sequence[str]], fits: Callable[[str], bool]) -> bool:
    cells = (text for place in block.places for text in texts[place])
    filled = [text for text in cells if text not in DASHES]
    told = [text for text in filled if not _is_lettered_size(text)]
    if len(told) * 2 < len(filled):
        return False
    return sum(map(fits, told)) * 100 >= len(told) * CELLS_PERCENT_MIN


def _is_lettered_size(text: str) -> bool:
    """Whether a cell is one of the sizes of another part of the list, as they stand in a repeated header."""
    return not text[:1].isdigit() and size_columns.named(text) is not None


def _is_number(text: str) -> bool:
    try:
        figures.parsed(without_signs(text), point=",")
    except figures.NotANumber:
        return False
    return True


def _is_whole(text: str) -> bool:
    try:
        return figures.whole(figures.parsed(text, point=",")) is not None and not _is_barcode(text)
    except figures.NotANumber:
        return False


def _is_barcode(text: str) -> bool:
    return bool(barcodes.read(text).gtin)


def _one_size_a_row(texts: Sequence[Sequence[str]], long: Mapping[str, int]) -> bool:
    """Whether the column of sizes names one size in each row rather than a grid or a range."""
    told = texts[long["size_label"]]
    single = sum(
        size_columns.named(text) is not None or sizes.is_one_size(text)
        for text in told
        if not any(mark in text for mark in ("-", "/", " à ", " to ", " bis "))
    )
    return bool(told) and single * 2 > len(told)


def as_matrix(header: Header, choices: Mapping[int, tuple[str, int]], said: Choices) -> Choices:
    """The choices with the columns of one size each taken for what is ``said``.

    A column that sums them, or that names the range of sizes, says nothing more; a code that stands for all
    sizes of a row is the style's; a field said of each size is said by no single column besides.
    """
    in_blocks = {place for block in blocks.blocks_of(header) for place in block.places} | set(said)
    by_size = {BY_SIZE[field] for field, _ in said.values()}
    kept = {
        place: choice
        for place, choice in choices.items()
        if place not in in_blocks and choice[0] not in {*_ONE_SIZE_EACH, *by_size}
    }
    fields = {field for field, _ in kept.values()}
    if not fields & {"style_code", "parent_sku"}:
        kept = {
            place: ("style_code", sure) if field == "sku" else (field, sure)
            for place, (field, sure) in kept.items()
        }
    return kept | said
