"""Where the header stands, and which known build a file has.

Magento 2 and Shopify export with fixed column names; everything else is read by header words and content.
Sources: Adobe Commerce "Data transfer, product attributes"; Shopify help "Product CSV file columns".
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from marketplace.domain.imports import headers, sizes
from marketplace.domain.imports.conditions import folded
from marketplace.domain.imports.readings import Header, Layout, named_columns
from marketplace.domain.imports.rows import Row, cleaned

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

HEADER_SEARCHED_MAX = 30
"""Title rows, notes and logos above the header never take more rows than this."""

HEADER_WORDS_MIN = 2
SIZES_SIDE_BY_SIDE_MIN = 3

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

PRESETS: Mapping[Layout, Mapping[str, str]] = {Layout.MAGENTO: MAGENTO, Layout.SHOPIFY: SHOPIFY}
_MAGENTO_SIGNS = {"sku", "product_type", "additional_attributes"}
_SHOPIFY_SIGNS = ({"handle", "option1 name", "option1 value"}, {"url handle", "option1 name"})


def header_of(rows: Sequence[Row]) -> Header:
    """The header among the first rows: the one with the most known words; else the first that is filled."""
    filled = [row for row in rows[:HEADER_SEARCHED_MAX] if not row.is_blank]
    assert filled, "a file without a filled row never comes this far"
    best = max(filled, key=lambda row: (_words_in(row), -row.number))
    chosen = best if _words_in(best) >= HEADER_WORDS_MIN else filled[0]
    width = max(len(row.cells) for row in rows)
    cells = [cleaned(cell) for cell in chosen.cells] + [""] * (width - len(chosen.cells))
    return Header(chosen.number, named_columns(cells))


def _words_in(row: Row) -> int:
    return sum(headers.is_header_word(cleaned(cell)) for cell in row.cells)


def layout_of(header: Header) -> Layout:
    """Magento or Shopify by the names that only they have; else one row per SKU."""
    plain = set(header.columns)
    named = {folded(column) for column in header.columns}
    if plain >= _MAGENTO_SIGNS:
        return Layout.MAGENTO
    if any(named >= signs for signs in _SHOPIFY_SIGNS):
        return Layout.SHOPIFY
    return Layout.LONG


def sizes_side_by_side(header: Header, rows: Sequence[Row]) -> tuple[str, ...]:
    """Sizes that stand as columns, in the header or in a second header row below it; empty if none do."""
    below = next((row.cells for row in rows if row.number == header.number + 1), ())
    second = below if not any(cleaned(cell) for cell in below[:1]) else ()
    for cells in (header.columns, second):
        found = tuple(label for cell in cells if _names_a_size(label := cleaned(cell)))
        if len(found) >= SIZES_SIDE_BY_SIDE_MIN and len(set(found)) == len(found):
            return found
    return ()


def _names_a_size(label: str) -> bool:
    return sizes.is_likely(label) and not headers.is_header_word(label)


def preset_field(layout: Layout, column: str) -> str | None:
    """What a known build means by ``column``; None where it says nothing that we keep."""
    preset = PRESETS[layout]
    return preset.get(column) if layout is Layout.MAGENTO else preset.get(folded(column))
