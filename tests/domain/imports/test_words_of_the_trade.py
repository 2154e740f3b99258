"""Compositions, sizes, countries, conditions and currencies as brands write them."""

from __future__ import annotations

import pytest

from marketplace.domain.imports import compositions, conditions, countries, currencies, sizes
from marketplace.domain.imports.compositions import Fibre, Part
from marketplace.domain.imports.conditions import Condition

COTTON_ELASTANE = (Part("", (Fibre("coton", 9700), Fibre("élasthanne", 300))),)


@pytest.mark.parametrize(
    ("text", "parts"),
    [
        ("100 % coton", (Part("", (Fibre("coton", 10_000),)),)),
        ("97 % coton 3 % élasthanne", COTTON_ELASTANE),
        ("97% coton, 3% élasthanne", COTTON_ELASTANE),
        ("97% coton / 3% élasthanne", COTTON_ELASTANE),
        ("coton 97%, élasthanne 3%", COTTON_ELASTANE),
        ("97,5% lin - 2,5% soie", (Part("", (Fibre("lin", 9750), Fibre("soie", 250))),)),
        (
            "Tissu: 60% laine vierge, 40% polyester; Doublure: 100% viscose",
            (
                Part("Tissu", (Fibre("laine vierge", 6000), Fibre("polyester", 4000))),
                Part("Doublure", (Fibre("viscose", 10_000),)),
            ),
        ),
        (
            "Shell: 100% Wool Lining: 100% Silk",
            (Part("Shell", (Fibre("Wool", 10_000),)), Part("Lining", (Fibre("Silk", 10_000),))),
        ),
        ("Dessus cuir", ()),
    ],
)
def test_compositions_are_taken_apart(text, parts):
    assert compositions.parsed(text) == parts


def test_a_part_that_does_not_add_to_a_hundred_is_found():
    parts = compositions.parsed("Shell: 60% wool, 30% silk; Lining: 100% viscose")

    wrong = compositions.wrong_parts(parts)

    assert [part.name for part in wrong] == ["Shell"]
    assert compositions.in_percent(wrong[0].total_bps) == "90"
    assert compositions.in_percent(9750) == "97.5"


@pytest.mark.parametrize(
    ("label", "system", "expected"),
    [
        ("38", "FR", ("38", "FR")),
        ("FR 38", "", ("38", "FR")),
        ("38 IT", "", ("38", "IT")),
        ("M", "", ("M", "INT")),
        ("TU", "FR", ("", "")),
        ("One Size", "", ("", "")),
        ("Einheitsgröße", "", ("", "")),
        ("42 1/2", "EU shoe", ("42.5", "EU")),
        ("85", "", ("85", "")),
    ],
)
def test_sizes_keep_their_label_and_their_system(label, system, expected):
    assert sizes.understood(label, system) == expected


def test_sizes_stand_in_the_order_in_which_people_read_them():
    shuffled = ["XL", "10", "M", "8", "XS", "42 1/2", "42", "S", "L", "XXL", "43"]

    assert sorted(shuffled, key=sizes.rank) == [
        "XS", "S", "M", "L", "XL", "XXL", "8", "10", "42", "42 1/2", "43",
    ]  # fmt: skip
    assert sizes.rank("") == 0


def test_a_hostile_size_costs_no_time():
    assert sizes.understood("a" + " " * 30_000 + "b") != ("", "")


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("PT", "PT"), ("pt", "PT"), ("Portugal", "PT"), ("Italie", "IT"), ("Turquie", "TR"),
        ("Made in Italy", "IT"), ("Fabriqué au Portugal", "PT"), ("Deutschland", "DE"),
        ("Vereinigtes Königreich", "GB"), ("Cina", "CN"), ("Marruecos", "MA"), ("USA", "US"),
        ("P.R.C.", "CN"), ("Atlantis", ""), ("", ""),
    ],
)  # fmt: skip
def test_countries_are_known_by_code_and_by_name(text, code):
    assert countries.code_of(text) == code


def test_no_two_countries_share_a_name():
    names = [name for line in countries._LINES for name in line[1:]]
    folded = {}
    for line in countries._LINES:
        for name in line[1:]:
            assert folded.setdefault(conditions.folded(name), line[0]) == line[0], name
    assert len(countries.CODES) > 240
    assert len(names) > 500


@pytest.mark.parametrize(
    ("text", "condition"),
    [
        ("Neuf avec étiquette", Condition.NEW_WITH_TAGS),
        ("new without tags", Condition.NEW_WITHOUT_TAGS),
        ("2. Wahl", Condition.SECOND_CHOICE),
        ("Retour client", Condition.CUSTOMER_RETURN),
        ("new_with_tags", Condition.NEW_WITH_TAGS),
        ("comme neuf", None),
    ],
)
def test_conditions_are_a_closed_list(text, condition):
    assert conditions.named(text) is condition


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("95,00 €", "EUR"), ("EUR 95", "EUR"), ("£80", "GBP"), ("$12", "USD"), ("CHF 12.-", "CHF"),
        ("Prix public (EUR)", "EUR"), ("95", None), ("€ or £", None), ("Europe", None), ("HUF 9", None),
    ],
)  # fmt: skip
def test_currencies_are_known_by_sign_code_and_word(text, code):
    assert currencies.named_in(text) == code


def test_signs_and_tax_words_leave_the_number_alone():
    assert currencies.without_signs("1 129,00 € TTC") == "1 129,00"
    assert currencies.without_signs("PA HT") == "PA"
