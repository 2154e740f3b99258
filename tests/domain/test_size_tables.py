"""What a size is called elsewhere: the trade's usual table, and silence where it has none."""

from __future__ import annotations

import pytest

from marketplace.domain import size_tables
from marketplace.domain.size_tables import Kind, equivalents


@pytest.mark.parametrize(
    ("label", "system", "kind", "expected"),
    [
        ("38", "FR", Kind.WOMENS_CLOTHING, "IT 42, DE 36, ES 38, UK 10, US 6, INT M"),
        ("42", "IT", Kind.WOMENS_CLOTHING, "FR 38, DE 36, ES 38, UK 10, US 6, INT M"),
        ("M", "INT", Kind.WOMENS_CLOTHING, "FR 38, IT 42, DE 36, ES 38, UK 10, US 6"),
        ("46", "FR", Kind.WOMENS_CLOTHING, "IT 50, DE 44, ES 46, UK 18, US 14"),
        ("40", "UK", Kind.MENS_CLOTHING, "FR 50, IT 50, DE 50, ES 50, US 40, EU 50, INT L"),
        ("38", "EU", Kind.WOMENS_SHOES, "FR 38, IT 37, DE 38, ES 38, UK 5, US 7"),
        ("37,5", "EU", Kind.WOMENS_SHOES, "FR 37.5, IT 36.5, DE 37.5, ES 37.5, UK 4.5, US 6.5"),
        ("42 1/2", "EU", Kind.MENS_SHOES, "FR 42.5, IT 41.5, DE 42.5, ES 42.5, UK 8.5, US 9.5"),
        ("39", "FR", Kind.WOMENS_CLOTHING, ""),
        ("70", "FR", Kind.WOMENS_CLOTHING, ""),
        ("38", "JP", Kind.WOMENS_CLOTHING, ""),
        ("W30", "US", Kind.MENS_CLOTHING, ""),
        ("", "", Kind.WOMENS_CLOTHING, ""),
    ],
)
def test_the_same_size_elsewhere(label, system, kind, expected):
    assert ", ".join(" ".join(pair) for pair in equivalents(label, system, kind)) == expected


@pytest.mark.parametrize("kind", Kind)
def test_the_table_reads_the_same_from_every_side(kind):
    for at in range(34, 51):
        of_first = dict(equivalents(str(at), "FR", kind))
        for system, label in of_first.items():
            back = dict(equivalents(label, system, kind))
            assert back["FR"] == str(at)


@pytest.mark.parametrize(
    ("gender", "category", "kind"),
    [
        ("Femme", "Robes", Kind.WOMENS_CLOTHING),
        ("", "Women's / Dresses", Kind.WOMENS_CLOTHING),
        ("Herren", "Sakkos", Kind.MENS_CLOTHING),
        ("Donna", "Scarpe", Kind.WOMENS_SHOES),
        ("Men", "Boots", Kind.MENS_SHOES),
        ("", "Dresses", None),
        ("Women, men", "Shirts", None),
        ("Femme", "Lingerie", None),
        ("Enfant", "Femme", None),
    ],
)
def test_goods_stand_on_the_ladder_that_they_are_said_to(gender, category, kind):
    assert size_tables.kind_of(gender=gender, category=category) is kind


@pytest.mark.parametrize(
    ("label", "centimetres"),
    [("6 ans", 114), ("6A", 114), ("3M", 60), ("12 Monate", 74), ("2 ans", 86), ("7M", None), ("38", None)],
)  # fmt: skip
def test_a_childs_age_is_a_height(label, centimetres):
    assert size_tables.childrens(label) == centimetres


@pytest.mark.parametrize(
    ("label", "system", "expected"),
    [
        ("85B", "FR", "DE 70B, ES 85B, UK 32B, US 32B, EU 70B"),
        ("70B", "EU", "FR 85B, DE 70B, ES 85B, UK 32B, US 32B"),
        ("36 C", "UK", "FR 95C, DE 80C, ES 95C, US 36C, EU 80C"),
        ("85B", "BRA", ""),
        ("90E", "FR", ""),
        ("38", "FR", ""),
        ("84B", "FR", ""),
        ("33B", "UK", ""),
    ],
)
def test_a_chest_and_its_cup_elsewhere(label, system, expected):
    assert ", ".join(" ".join(pair) for pair in size_tables.corsetry(label, system)) == expected
