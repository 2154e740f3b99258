"""Barcodes, and the ways in which spreadsheets destroy them."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st
from stdnum import ean

from marketplace.domain.imports import barcodes


def test_the_check_digit_of_the_standard_s_example():
    assert barcodes.check_digit("400638133393") == "1"


@given(st.from_regex(r"\A(?:[0-9]{7}|[0-9]{11,13})\Z"))
def test_check_digits_agree_with_an_independent_library(body):
    whole = body + barcodes.check_digit(body)

    assert barcodes.is_sound(whole)
    assert ean.is_valid(whole) or len(whole) not in {8, 12, 13, 14}


@given(st.from_regex(r"\A[0-9]{12}\Z"), st.integers(0, 12), st.integers(1, 9))
def test_one_wrong_digit_is_always_noticed(body, place, shift):
    whole = body + barcodes.check_digit(body)
    wrong = whole[:place] + str((int(whole[place]) + shift) % 10) + whole[place + 1 :]

    assert barcodes.read(wrong).fault == "check_digit"


@pytest.mark.parametrize(
    "text",
    ["4006381333931", " 4006381333931 ", "'4006381333931", "4 006381 333931", "4006381333931.0"],
)
def test_a_sound_barcode_is_kept_as_text(text):
    assert barcodes.read(text) == barcodes.Reading("4006381333931")


@pytest.mark.parametrize("text", ["4.00638E+12", "3,70123E+12", "4E12", "4.00638e+12"])
def test_scientific_notation_is_told(text):
    assert barcodes.read(text).fault == "scientific"


def test_a_lost_zero_is_put_back_where_the_column_has_thirteen_digits():
    sound = "0" + "36000291452"
    whole = sound + barcodes.check_digit(sound)

    assert (
        barcodes.read(whole[1:], usual_length=13).gtin == "0" + whole if len(whole) == 12 else whole
    )
    assert barcodes.read("614141000036", usual_length=13) == barcodes.Reading(
        "0614141000036", repaired=True
    )
    assert barcodes.read("614141000036") == barcodes.Reading("614141000036")
    assert barcodes.read("14141000031").fault == "length"


def test_a_missing_last_digit_is_named():
    read = barcodes.read("400638133393", usual_length=13)

    assert read.fault == "check_digit"
    assert read.expected == "4006381333931"


@pytest.mark.parametrize(
    ("text", "fault"),
    [
        ("40063813339x", "unreadable"),
        ("12345", "length"),
        ("4006381333932", "check_digit"),
        ("٣" * 13, "unreadable"),
    ],
)
def test_what_is_no_barcode_is_told(text, fault):
    assert barcodes.read(text).fault == fault


@pytest.mark.parametrize("text", ["", "none", "Sans", "N/A", "-"])
def test_the_word_none_is_an_answer(text):
    assert barcodes.read(text) == barcodes.Reading()
