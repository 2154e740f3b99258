"""Guessing what columns mean, from their names first and from what stands in them second."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

from marketplace.domain.imports import (
    assortments,
    barcodes,
    conditions,
    countries,
    dates,
    figures,
    headers,
    matrices,
    profiles,
    records,
    sizes,
    titles,
)
from marketplace.domain.imports.arranging import TELLS_APART
from marketplace.domain.imports.blocks import BY_SIZE
from marketplace.domain.imports.currencies import named_in, without_signs
from marketplace.domain.imports.fields import BY_NAME, PRICE_FIELDS, Kind
from marketplace.domain.imports.layouts import (
    PRESETS,
    header_of,
    layout_of,
    preset_field,
)
from marketplace.domain.imports.readings import Choice, Guess, Header, Layout
from marketplace.domain.imports.records import ABSENT
from marketplace.domain.imports.rows import cleaned, shortened_sample

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from marketplace.domain.imports.rows import Row

ROWS_LOOKED_AT_MAX = 200
SAMPLES_SHOWN_MAX = 3
CONFIDENCE_MIN = 40
CONTRADICTED = 45
"""How much surer the words must be when the content speaks against them."""
BY_CONTENT_ALONE = 60
BY_LOOKS = 45
FITS_MOSTLY = 50
FITS_SURELY = 80

_IMAGE = re.compile(r"(?i)^(https?://\S+|[^,|;]+\.(jpe?g|png|webp|avif))([\s,|;]|$)")
_CN = re.compile(r"[\d .]{6,14}")
_SIZE_LENGTH_MAX = 12
NAME_LENGTH_USUAL_MAX = 80
NAMES_BELOW_MIN = 2
"""Names of columns below one another in the first column: the list lies on its side, and its cells tell nothing."""

CARRIED_FROM_PERCENT = 40
"""Fewer rows without a style code are rows that lack it, unless they lack its name and prices too."""

_MERGED_WITH_IT = frozenset({"style_name", *PRICE_FIELDS})


def _is_number(text: str) -> bool:
    try:
        figures.parsed(without_signs(text), point=",")
    except figures.NotANumber:
        return False
    return True


def _is_barcode(text: str) -> bool:
    reading = barcodes.read(text)
    return bool(reading.gtin) or reading.fault in {"scientific", "check_digit"}


_FITS: Mapping[Kind, Callable[[str], bool]] = {
    Kind.GTIN: _is_barcode,
    Kind.COMPOSITION: lambda text: "%" in text and any(each.isalpha() for each in text),
    Kind.COUNTRY: lambda text: bool(countries.code_of(text)),
    Kind.CONDITION: lambda text: conditions.named(text) is not None,
    Kind.CURRENCY: lambda text: named_in(text) is not None,
    Kind.SIZE: lambda text: sizes.is_likely(text) or len(text) <= _SIZE_LENGTH_MAX,
    Kind.SIZE_SYSTEM: lambda text: bool(sizes.system_named(text)),
    Kind.CN_CODE: lambda text: bool(_CN.fullmatch(text)),
    Kind.MONEY: _is_number,
    Kind.DATE: lambda text: dates.read(text) is not None,
    Kind.UNITS: lambda text: _is_number(figures.without_units(text)),
    Kind.GRAMS: _is_number,
    Kind.IMAGES: lambda text: bool(_IMAGE.match(text)),
}
_FIELD_FITS: Mapping[str, Callable[[str], bool]] = {
    "style_code": profiles.is_code,
    "colour_name": lambda text: any(each.isalpha() for each in text),
    "attributes": records.holds_pairs,
    "sku": lambda text: not records.holds_pairs(text),
    "assortment": lambda text: bool(assortments.parsed(text)),
}
"""Fields of plain text whose words are often used for something else."""

_BY_CONTENT = ("gtin", "composition", "images")


_LOOKS: Mapping[str, Callable[[Sequence[str]], bool]] = {
    "units_offered": profiles.are_units,
    "style_name": profiles.are_names,
    "rrp": profiles.are_prices,
}
_STANDS_FOR = {"rrp": ("shop_price",), "style_name": ("description",)}


@dataclass(frozen=True, slots=True, order=True)
class _Claim:
    """A column's claim to a field; sorts the strongest first, whatever the order of the columns."""

    weakness: int
    column: str
    field: str
    place: int


def guess(rows: Sequence[Row]) -> Guess:
    """What the first rows of a file say about its build and its columns; always correctable."""
    looked_at = rows[:ROWS_LOOKED_AT_MAX]
    header = header_of(looked_at)
    texts = _texts(header, looked_at)
    layout = layout_of(header)
    if layout in PRESETS:
        fields = {place: preset_field(layout, name) for place, name in enumerate(header.columns)}
        choices = {place: (field, headers.CERTAIN) for place, field in fields.items() if field}
        return Guess(layout, header, _as_choices(header, choices, texts))
    choices = _with_style_code(_named(_awarded(_claims(header, texts)), texts), texts)
    by_size = matrices.laid_out(header, texts, choices)
    if by_size:
        layout = Layout.MATRIX
        choices = matrices.as_matrix(header, choices, by_size)
    choices = _in_one_currency(header, _by_looks(header, choices, texts))
    carried = _is_carried(choices, header, looked_at)
    titled = _are_titled(choices, looked_at)
    if titled:
        choices = {p: said for p, said in choices.items() if said[0] != "style_code"}
    return Guess(
        layout, header, _as_choices(header, choices, texts), carried and not titled, titled
    )


def _is_carried(
    choices: Mapping[int, tuple[str, int]], header: Header, rows: Sequence[Row]
) -> bool:
    """Whether the style code stands on the first row of each style only, as merged cells are sent."""
    place = next((place for place, (field, _) in choices.items() if field == "style_code"), None)
    if place is None:
        return False
    apart = [p for p, (field, _) in choices.items() if field in TELLS_APART]
    goods = [
        row
        for row in rows
        if row.number > header.ends and any(p < len(row.cells) and row.cells[p] for p in apart)
    ]
    stated = [_says(row, place) for row in goods]
    blank = [row for row, says in zip(goods, stated, strict=True) if not says]
    if not blank or not stated[0]:
        return False
    beside = [p for p, (field, _) in choices.items() if field in _MERGED_WITH_IT]
    merged = bool(beside) and not any(_says(row, p) for row in blank for p in beside)
    return merged or len(blank) * 100 >= len(stated) * CARRIED_FROM_PERCENT


def _says(row: Row, place: int) -> bool:
    return place < len(row.cells) and bool(cleaned(row.cells[place]))


def _are_titled(choices: Mapping[int, tuple[str, int]], rows: Sequence[Row]) -> bool:
    """Whether products are named above their rows, where no column surely holds their codes."""
    sure = {field for field, confidence in choices.values() if confidence > BY_LOOKS}
    return not sure & {"style_code", "sku", "parent_sku"} and any(map(titles.title_in, rows))


def _as_choices(
    header: Header, fields: Mapping[int, tuple[str, int]], texts: Sequence[Sequence[str]]
) -> tuple[Choice, ...]:
    choices = []
    for place, column in enumerate(header.columns):
        field, confidence = fields.get(place, (None, 0))
        samples = tuple(map(shortened_sample, dict.fromkeys(texts[place])))
        choices.append(Choice(column, field, confidence, samples[:SAMPLES_SHOWN_MAX]))
    return tuple(choices)


def _texts(header: Header, rows: Sequence[Row]) -> list[list[str]]:
    """The filled cells of each column below the header."""
    texts: list[list[str]] = [[] for _ in header.columns]
    for row in rows:
        if row.number > header.ends:
            for place, cell in enumerate(row.cells):
                if text := cleaned(cell):
                    texts[place].append(text)
    return texts


def _claims(header: Header, texts: Sequence[Sequence[str]]) -> list[_Claim]:
    claims = []
    for place, column in enumerate(header.columns):
        named = _named_by(column)
        alone = None if named else profiles.field_of(texts[place])
        for field in {*named, *_BY_CONTENT, *([alone] if alone else ())}:
            fit = FITS_SURELY if field == alone else _fit(field, texts[place])
            strength = _strength(named.get(field, 0), fit)
            if strength >= CONFIDENCE_MIN:
                claims.append(_Claim(-strength, column, field, place))
    return sorted(claims)


def _named_by(column: str) -> dict[str, int]:
    """What the header's words say, with the currency and the tax that they name and without."""
    bare = dict(headers.meanings(without_signs(column) or column))
    whole = headers.meanings(column)
    return {**bare, **{field: max(sure, bare.get(field, 0)) for field, sure in whole}}


def _strength(by_name: int, fit: int | None) -> int:
    if not by_name:
        return BY_CONTENT_ALONE if fit is not None and fit >= FITS_SURELY else 0
    return by_name if fit is None or fit >= FITS_MOSTLY else by_name - CONTRADICTED


def _fit(field: str, texts: Sequence[str]) -> int | None:
    """How many of a hundred cells look like ``field``; None where there is nothing to look at."""
    fits = _FIELD_FITS.get(field) or _FITS.get(BY_NAME[field].kind)
    told = [text for text in texts if text.casefold() not in ABSENT]
    if fits is None or not told:
        return None
    return sum(map(fits, told)) * 100 // len(told)


def _named(
    choices: dict[int, tuple[str, int]], texts: Sequence[Sequence[str]]
) -> dict[int, tuple[str, int]]:
    """Many lists call the product's name its description: a short one is the name if there is no other."""
    fields = {field: place for place, (field, _) in choices.items()}
    place = fields.get("description")
    if place is None or "style_name" in fields or not texts[place]:
        return choices
    if max(map(len, texts[place])) > NAME_LENGTH_USUAL_MAX:
        return choices
    return {**choices, place: ("style_name", choices[place][1] - CONTRADICTED // 2)}


def _with_style_code(
    choices: dict[int, tuple[str, int]], texts: Sequence[Sequence[str]]
) -> dict[int, tuple[str, int]]:
    """Without any code of a product nothing can come in: the first column that looks like codes is proposed."""
    if {"style_code", "sku", "parent_sku"} & {field for field, _ in choices.values()}:
        return choices
    free = (place for place, cells in enumerate(texts) if place not in choices)
    place = next((place for place in free if profiles.are_codes(texts[place])), None)
    return choices if place is None else {**choices, place: ("style_code", BY_LOOKS)}


def _by_looks(
    header: Header, choices: dict[int, tuple[str, int]], texts: Sequence[Sequence[str]]
) -> dict[int, tuple[str, int]]:
    """What no words told is proposed by the looks of the cells, to be checked: units, name, public price.

    Prices only where the header speaks of one, for which of several prices it is no cell tells.
    """
    if any(sum(map(headers.is_header_word, cells)) >= NAMES_BELOW_MIN for cells in texts[:1]):
        return choices
    for field, looks in _LOOKS.items():
        said = {BY_SIZE.get(each, each) for each, _ in choices.values()}
        if said & {field, *_STANDS_FOR.get(field, ())}:
            continue
        free = [place for place, cells in enumerate(texts) if place not in choices and looks(cells)]
        free = [place for place in free if headers.may_mean(header.columns[place], field)]
        if free:
            choices = {**choices, free[0]: (field, BY_LOOKS)}
    return choices


def _in_one_currency(
    header: Header, choices: dict[int, tuple[str, int]]
) -> dict[int, tuple[str, int]]:
    """Lists for several markets name prices of each: shops' prices are those in the public price's currency."""
    places = {field: place for place, (field, _) in choices.items()}
    public, shops = places.get("rrp"), places.get("wholesale")
    if public is None or shops is None:
        return choices
    wanted, named = (named_in(header.columns[place]) for place in (public, shops))
    if wanted is None or named in {None, wanted}:
        return choices
    kept = {place: said for place, said in choices.items() if place != shops}
    for place, column in enumerate(header.columns):
        sure = _named_by(column).get("wholesale", 0)
        if place not in kept and sure >= CONFIDENCE_MIN and named_in(column) == wanted:
            return {**kept, place: ("wholesale", sure)}
    return kept


def _awarded(claims: Sequence[_Claim]) -> dict[int, tuple[str, int]]:
    """The strongest claim first; a column means one thing, and a field is filled by one column."""
    awarded: dict[int, tuple[str, int]] = {}
    taken: set[str] = set()
    for claim in claims:
        free = claim.field not in taken or BY_NAME[claim.field].repeats
        if free and claim.place not in awarded:
            awarded[claim.place] = (claim.field, -claim.weakness)
            taken.add(claim.field)
    return awarded
