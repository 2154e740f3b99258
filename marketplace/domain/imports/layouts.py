"""Where the header stands, and which known build a file has.

Magento 2, Shopify and WooCommerce export with fixed column names; all else is read by header words and content.
Sources: Adobe Commerce "Data transfer, product attributes"; Shopify help "Product CSV file columns"; WooCommerce
"Product CSV Importer and Exporter, schema".
"""

from __future__ import annotations

import re
from itertools import pairwise
from typing import TYPE_CHECKING

from marketplace.domain.imports import headers, profiles, size_columns, sizes
from marketplace.domain.imports.conditions import folded
from marketplace.domain.imports.readings import Grid, Header, Layout, named_columns
from marketplace.domain.imports.rows import cleaned, one_line

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from marketplace.domain.imports.rows import Row

HEADER_SEARCHED_MAX = 30
"""Title rows, notes and logos above the header never take more rows than this."""

HEADER_WORDS_MIN = 2
_DATA = re.compile(r"\d{8}|\d{12,14}|.*\d\s*%.*|https?://.*|.+\.(?:jpe?g|png|webp)", re.IGNORECASE)
SIZES_SIDE_BY_SIDE_MIN = 3
GRID_NAMES_MAX = 2
"""What may stand beside a row of sizes: the name of its grid and a word for it."""

MAGENTO: Mapping[str, str] = {
    "sku": "sku",
    "store_view_code": "store_view",
    "product_type": "row_kind",
    "name": "style_name",
    "description": "description",
    "categories": "category",
    "price": "shop_price",
    "msrp_price": "rrp",
    "country_of_manufacture": "country_of_origin",
    "qty": "units_offered",
    "base_image": "images",
    "additional_images": "images",
    "additional_attributes": "attributes",
    "configurable_variations": "variations",
}
"""Magento's ``weight`` is left out: its unit is a setting of the shop and not in the file."""

SHOPIFY: Mapping[str, str] = {
    "handle": "style_code",
    "url handle": "style_code",
    "title": "style_name",
    "body html": "description",
    "description": "description",
    "vendor": "brand_name",
    "type": "category",
    **{
        f"option{place} {part}": f"option_{place}_{part}"
        for place in (1, 2, 3)
        for part in ("name", "value")
    },
    "variant sku": "sku",
    "sku": "sku",
    "variant grams": "weight_g",
    "weight value grams": "weight_g",
    "variant inventory qty": "units_offered",
    "inventory quantity": "units_offered",
    "variant price": "shop_price",
    "price": "shop_price",
    "variant compare at price": "rrp",
    "compare at price": "rrp",
    "variant barcode": "gtin",
    "barcode": "gtin",
    "cost per item": "cost",
    "image src": "style_images",
    "product image url": "style_images",
    "variant image": "images",
    "variant image url": "images",
    "google shopping gender": "gender",
    "google shopping condition": "condition",
}

WOOCOMMERCE: Mapping[str, str] = {
    "type": "row_kind",
    "sku": "sku",
    "parent": "parent_sku",
    "name": "style_name",
    "description": "description",
    "categories": "category",
    "brands": "brand_name",
    "gtin upc ean or isbn": "gtin",
    "stock": "units_offered",
    "weight g": "weight_g",
    "weight kg": "weight_g",
    "regular price": "shop_price",
    "images": "images",
    **{
        f"attribute {place} {words}": f"option_{place}_{part}"
        for place in (1, 2, 3)
        for words, part in (("name", "name"), ("value s", "value"))
    },
}

PRESETS: Mapping[Layout, Mapping[str, str]] = {
    Layout.MAGENTO: MAGENTO,
    Layout.SHOPIFY: SHOPIFY,
    Layout.WOOCOMMERCE: WOOCOMMERCE,
}
_WOOCOMMERCE_SIGNS = {"type", "sku", "parent", "regular price", "attribute 1 name"}
_MAGENTO_SIGNS = {"sku", "product_type", "additional_attributes"}
_SHOPIFY_SIGNS = ({"handle", "option1 name", "option1 value"}, {"url handle", "option1 name"})


def header_of(rows: Sequence[Row]) -> Header:
    """The header among the first rows: the one with the most known words; else the first wide one.

    A header may take several rows: words over a group of columns, names and sizes below them.
    """
    filled = [row for row in rows[:HEADER_SEARCHED_MAX] if not row.is_blank]
    assert filled, "a file without a filled row never comes this far"
    best = max(filled, key=lambda row: (_words_in(row), -row.number))
    chosen = best if _words_in(best) >= HEADER_WORDS_MIN else _first_wide(filled)
    width = max(len(row.cells) for row in rows)
    if not _words_in(chosen) and _is_data(chosen):
        return Header(chosen.number - 1, named_columns([""] * width))
    by_number = {row.number: _texts(row, width) for row in filled}
    return _with_its_rows(chosen.number, by_number)


def _first_wide(filled: Sequence[Row]) -> Row:
    """Titles and notes fill a cell or two; the header is as wide as the list."""
    widths = {row.number: sum(map(bool, map(cleaned, row.cells))) for row in filled}
    most = max(widths.values())
    return next(row for row in filled if widths[row.number] * 2 >= max(most, 1) or not most)


def _is_data(row: Row) -> bool:
    """Whether a row holds goods rather than names of columns: barcodes, prices, compositions, addresses."""
    cells = [text for cell in row.cells if (text := cleaned(cell))]
    told = sum(bool(_DATA.fullmatch(text)) or profiles.are_prices([text] * 3) for text in cells)
    return told > 0 and not sizes_of(cells)


def _texts(row: Row, width: int) -> list[str]:
    cells = [one_line(cleaned(cell)) for cell in row.cells[:width]]
    return cells + [""] * (width - len(cells))


def _words_in(row: Row) -> int:
    """How many different things the row's cells name: what is repeated under each size counts once."""
    return len(
        {headers.meanings(c) for cell in row.cells if headers.is_header_word(c := cleaned(cell))}
    )


def _with_its_rows(number: int, by_number: Mapping[int, list[str]]) -> Header:
    main = by_number[number]
    width = len(main)
    under: list[list[str]] = []
    while (below := by_number.get(number + 1 + len(under))) and _continues(below, main):
        under.append(below)
    sized = [cells for cells in under if sizes_of(cells)]
    second = sized[0] if sized else (under[0] if under else [""] * width)
    if sized and _system_before(main):
        second = [""] * width
    above = by_number.get(number - 1, [])
    over = above if above and _stands_over(above) else [""] * width
    columns, groups = _combined(main, second, over)
    groups = _with_system(main, groups)
    grids = [_grid(cells) for cells in sized]
    grids += [
        _grid(cells) for n, cells in sorted(by_number.items()) if n < number and sizes_of(cells)
    ]
    return Header(
        number,
        named_columns(columns),
        number + len(under),
        tuple(groups),
        tuple(grids) if len(grids) > 1 or any(grid.name for grid in grids) else (),
    )


def sizes_of(cells: Sequence[str]) -> tuple[int, ...]:
    """Places of the sizes in a row of them, rising from left to right, perhaps several times; else empty."""
    found = [place for place, cell in enumerate(cells) if size_columns.named(cell)]
    labels = [size_columns.named(cells[place]) for place in found]
    ranks = [sizes.rank(each.label) for each in labels if each]
    rising = all(low < high or high == ranks[0] for low, high in pairwise(ranks))
    return tuple(found) if len(found) >= SIZES_SIDE_BY_SIDE_MIN and rising else ()


def _continues(below: Sequence[str], main: Sequence[str]) -> bool:
    """Whether a row goes on with the header: sizes or names of columns, and nothing under its first name."""
    first = next((place for place, cell in enumerate(main) if cell), 0)
    if below[first] and below[first] != main[first]:
        return False
    own = [cell for cell, name in zip(below, main, strict=True) if cell and cell != name]
    known = [c for c in own if size_columns.named(c) or headers.is_header_word(c)]
    others = len(own) - len(known)
    return bool(known) and (others == 0 or (others <= GRID_NAMES_MAX and bool(sizes_of(below))))


def _stands_over(above: Sequence[str]) -> bool:
    return bool(sizes_of(above)) or any(size_columns.speaks_of_sizes(cell) for cell in above[1:])


def _grid(cells: Sequence[str]) -> Grid:
    places = sizes_of(cells)
    name = next((cell for cell in reversed(cells[: places[0]]) if cell), "")
    labels = tuple(cell if place in places else "" for place, cell in enumerate(cells))
    return Grid(name, labels)


def _combined(
    main: Sequence[str], under: Sequence[str], over: Sequence[str]
) -> tuple[list[str], list[str]]:
    """One name for each column out of up to three rows, and the words that stand over it."""
    names, groups = [], []
    for place, own in enumerate(main):
        below, above = under[place], over[place]
        group = own or _from_the_left(main, under, place)
        if below and below != own and size_columns.named(below):
            names.append(below)
        elif above and size_columns.named(above) and not size_columns.named(own):
            names.append(above)
        elif below and below != own:
            names.append(f"{group} {below}".strip())
            group = ""
        else:
            names.append(own)
            group = _from_the_left(over, main, place) if size_columns.named(own) else ""
        groups.append(group)
    return names, groups


def _with_system(main: Sequence[str], groups: list[str]) -> list[str]:
    """A word such as ``EU`` that stands before the sizes of its own row is said of all of them."""
    places = sizes_of(main)
    word = _system_before(main)
    if not word:
        return groups
    return [word if place in places and not said else said for place, said in enumerate(groups)]


def _system_before(cells: Sequence[str]) -> str:
    """The word before the sizes of a row, where it names their system."""
    places = sizes_of(cells)
    word = cells[places[0] - 1] if places and places[0] else ""
    return word if sizes.system_named(word) else ""


def _from_the_left(words: Sequence[str], below: Sequence[str], place: int) -> str:
    """The words of the group that ``place`` belongs to: the next to the left that stand over something."""
    for left in range(place, -1, -1):
        if words[left]:
            return words[left] if below[left] else ""
        if not below[left]:
            return ""
    return ""


def layout_of(header: Header) -> Layout:
    """Magento, Shopify or WooCommerce by the names that only they have; else one row per SKU."""
    plain = set(header.columns)
    named = {folded(column) for column in header.columns}
    if plain >= _MAGENTO_SIGNS:
        return Layout.MAGENTO
    if any(named >= signs for signs in _SHOPIFY_SIGNS):
        return Layout.SHOPIFY
    if named >= _WOOCOMMERCE_SIGNS:
        return Layout.WOOCOMMERCE
    return Layout.LONG


def preset_field(layout: Layout, column: str) -> str | None:
    """What a known build means by ``column``; None where it says nothing that we keep."""
    preset = PRESETS[layout]
    return preset.get(column) if layout is Layout.MAGENTO else preset.get(folded(column))
