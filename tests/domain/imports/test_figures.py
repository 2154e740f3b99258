"""Numbers as people type them."""

from __future__ import annotations

from contextlib import suppress
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from marketplace.domain.imports import figures


def number(text, point=None):
    return figures.parsed(text, point=point)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("45,00", "45.00"),
        ("45.5", "45.5"),
        ("1.129,00", "1129.00"),
        ("1,129.00", "1129.00"),
        ("1 129,50", "1129.50"),
        ("1\u202f129,50", "1129.50"),
        ("1'129.50", "1129.50"),
        ("1\u2019129.50", "1129.50"),
        ("1.129.000", "1129000"),
        ("0,125", "0.125"),
        ("1.1250", "1.1250"),
        (",5", "0.5"),
        ("45,-", "45"),
        ("-3", "-3"),
        ("\u22123", "-3"),
        ("(3)", "-3"),
        ("3-", "-3"),
        ("+7", "7"),
        ("007", "7"),
    ],
)
def test_a_number_is_read_as_it_was_meant(text, expected):
    assert number(text) == Decimal(expected)


def test_thousands_or_decimals_are_decided_by_the_column():
    assert number("1.129", ",") == Decimal(1129)
    assert number("1.129", ".") == Decimal("1.129")
    assert number("1,129", ".") == Decimal(1129)


def test_a_number_that_nothing_decides_is_not_guessed():
    with pytest.raises(figures.NotANumber) as no:
        number("1.129")

    assert no.value.reason == "ambiguous"


@pytest.mark.parametrize(
    "text",
    ["quatre-vingts", "", "12a", "1.2.3,4", "12,34,5", "1.12,5.6", "4E3", "٣", "½", "1" * 61],
)
def test_what_is_no_number_is_told_as_words(text):
    with pytest.raises(figures.NotANumber) as no:
        number(text, ",")

    assert no.value.reason == "words"


def test_a_number_past_all_reason_is_refused():
    with pytest.raises(figures.NotANumber) as no:
        number("1" * 19)

    assert no.value.reason == "too_long"


@given(
    st.decimals(0, 10**9, places=2),
    st.sampled_from([(",", "."), (".", ","), (",", " "), (".", "'")]),
)
def test_every_price_comes_back_from_either_style(amount, marks):
    point, thousands = marks
    typed = f"{amount:,.2f}".replace(",", "T").replace(".", point).replace("T", thousands)

    assert number(typed, point) == amount


@given(st.text(max_size=80), st.sampled_from([",", ".", None]))
def test_any_text_is_a_number_or_says_that_it_is_none(text, point):
    with suppress(figures.NotANumber):
        assert number(text, point).is_finite()


@pytest.mark.parametrize(
    ("amount", "currency", "minor", "rounded"),
    [
        ("45", "EUR", 4500, False),
        ("45.005", "EUR", 4501, True),
        ("45.004", "EUR", 4500, True),
        ("1200", "JPY", 1200, False),
        ("1200.5", "JPY", 1201, True),
    ],
)
def test_amounts_become_whole_minor_units(amount, currency, minor, rounded):
    assert figures.in_minor_units(Decimal(amount), currency) == (minor, rounded)


def test_minor_units_are_put_in_words_with_the_currency_s_digits():
    assert figures.in_words(4599, "EUR") == "45.99"
    assert figures.in_words(1200, "JPY") == "1200"
