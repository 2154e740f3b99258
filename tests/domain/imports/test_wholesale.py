"""What shops pay a brand stands beside what the public pays, and is never taken for it."""

from __future__ import annotations

import pytest

from marketplace.domain.imports import guessing
from tests.domain.imports.reading import codes, judged, rows


@pytest.mark.parametrize(
    "header",
    [
        "Wholesale", "WHS Price (EUR)", "EUR Unit Wholesale Price", "Recommended wholesale price", "WSP",
        "Prix de gros HT", "Tarif de gros", "Prix revendeur",
        "Großhandelspreis", "Händler-EK", "HEK netto",
        "Prezzo all'ingrosso", "Listino ingrosso",
        "Precio mayorista", "Precio al por mayor", "P.V.D. mayorista",
    ],
)  # fmt: skip
def test_shops_prices_are_known_by_their_words(header):
    said = guessing.guess(rows(f"Ref|Size|Units|{header}|RRP", "A1|S|2|40,00|95,00")).mapping

    assert said == {
        "Ref": "style_code",
        "Size": "size_label",
        "Units": "units_offered",
        header: "wholesale",
        "RRP": "rrp",
    }


@pytest.mark.parametrize("header", ["Wholesale date", "Wholesale total", "Wholesale discount"])
def test_words_beside_it_say_something_else(header):
    said = guessing.guess(rows(f"Ref|Size|Units|{header}|RRP", "A1|S|2|40,00|95,00")).mapping

    assert "wholesale" not in said.values()


def test_a_row_keeps_its_shops_price_in_minor_units():
    each = judged("Ref|Size|Units|Cost|Wholesale|RRP", "A1|S|2|18,00|40,50 €|95,00")[2]

    assert codes(each)[:1] != ["price_unreadable"]
    assert (each.variant.cost_minor, each.variant.wholesale_minor, each.variant.rrp_minor) == (
        1_800,
        4_050,
        9_500,
    )


def test_of_lists_for_several_markets_the_public_prices_own_is_taken():
    header = "Ref|Size|Units|Wholesale USD|Wholesale EUR|Retail EUR"

    assert guessing.guess(rows(header, "A1|S|2|44|40|95")).mapping == {
        "Ref": "style_code",
        "Size": "size_label",
        "Units": "units_offered",
        "Wholesale EUR": "wholesale",
        "Retail EUR": "rrp",
    }


def test_a_shops_price_in_another_money_keeps_no_row_out():
    each = judged("Ref|Size|Units|Wholesale USD|Retail EUR", "A1|S|2|44|95")[2]

    assert not each.is_refused
    assert (each.variant.wholesale_minor, each.variant.rrp_minor) == (None, 9_500)


def test_shops_prices_stand_beside_each_size():
    found = judged(
        "Ref|Colour|36|38|40|Wholesale 36|Wholesale 38|Wholesale 40",
        "A1|Black|1|2|3|20,00|21,00|22,00",
    )

    assert found[2].variant.wholesale_minor == 2_200
