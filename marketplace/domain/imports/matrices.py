"""Which columns of a file hold the units of one size each, by their headers and by what stands in them."""

from __future__ import annotations

from itertools import groupby
from typing import TYPE_CHECKING

from marketplace.domain.imports import figures, headers, size_columns, sizes
from marketplace.domain.imports.arranging import DASHES
from marketplace.domain.imports.readings import SIZE_FIELD

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from marketplace.domain.imports.readings import Header

COLUMNS_MIN = 3
COLUMNS_MIN_IF_SURE = 2
UNITS_PERCENT_MIN = 60
"""So many of a hundred filled cells must be whole numbers; the others are faults to be told."""

_ONE_SIZE_EACH = ("size_label", "units_offered")
Choices = dict[int, tuple[str, int]]


def size_places(
    header: Header, texts: Sequence[Sequence[str]], choices: Mapping[int, tuple[str, int]]
) -> tuple[int, ...]:
    """Places of the columns that hold the units of one size; empty where sizes stand below one another."""
    places = [place for place, column in enumerate(header.columns) if size_columns.named(column)]
    runs = [
        run
        for run in _runs(places)
        if _is_row_of_sizes(header, run) and _are_units([c for place in run for c in texts[place]])
    ]
    found = tuple(place for run in runs for place in run)
    if not found or not any(texts[place] for place in found):
        return ()
    long = {field: place for place, (field, _) in choices.items() if place not in found}
    if all(field in long for field in _ONE_SIZE_EACH) and _one_size_a_row(texts, long):
        return ()
    return found


def _runs(places: Sequence[int]) -> list[list[int]]:
    """Neighbouring places together."""
    pairs = groupby(enumerate(places), key=lambda pair: pair[1] - pair[0])
    return [[place for _, place in run] for _, run in pairs]


def _are_units(texts: Sequence[str]) -> bool:
    told = [text for text in texts if text not in DASHES]
    return sum(map(_is_whole, told)) * 100 >= len(told) * UNITS_PERCENT_MIN


def _is_whole(text: str) -> bool:
    try:
        return figures.whole(figures.parsed(text, point=",")) is not None
    except figures.NotANumber:
        return False


def _is_row_of_sizes(header: Header, run: Sequence[int]) -> bool:
    names = [size_columns.named(header.columns[place]) for place in run]
    ranks = [sizes.rank(each.label) for each in names if each]
    grouped = any(size_columns.speaks_of_sizes(header.group(place)) for place in run)
    sure = grouped or all(each.sure for each in names if each)
    if len(run) < (COLUMNS_MIN_IF_SURE if sure else COLUMNS_MIN):
        return grouped or any(each and not sizes.understood(each.label)[0] for each in names)
    return sure or ranks == sorted(ranks)


def _one_size_a_row(texts: Sequence[Sequence[str]], long: Mapping[str, int]) -> bool:
    """Whether the column of sizes names one size in each row rather than a grid or a range."""
    told = texts[long["size_label"]]
    single = sum(
        size_columns.named(text) is not None or sizes.is_one_size(text)
        for text in told
        if not any(mark in text for mark in ("-", "/", " à ", " to ", " bis "))
    )
    return bool(told) and single * 2 > len(told)


def as_matrix(choices: Mapping[int, tuple[str, int]], side_by_side: Sequence[int]) -> Choices:
    """The choices with ``side_by_side`` taken for sizes.

    A column that sums them, or that names the range of sizes, says nothing more; a code that stands for all
    sizes of a row is the style's.
    """
    kept = {
        place: said
        for place, said in choices.items()
        if place not in side_by_side and said[0] not in _ONE_SIZE_EACH
    }
    fields = {field for field, _ in kept.values()}
    if not fields & {"style_code", "parent_sku"}:
        kept = {
            place: ("style_code", sure) if field == "sku" else (field, sure)
            for place, (field, sure) in kept.items()
        }
    return kept | dict.fromkeys(side_by_side, (SIZE_FIELD, headers.CERTAIN))
