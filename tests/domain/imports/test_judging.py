"""The verdict on every row, and what is told about it."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from marketplace.domain.imports import guessing, judging, lines, problems, surveys
from marketplace.domain.imports.fields import FIELDS
from marketplace.domain.imports.lines import RowKind
from marketplace.domain.imports.readings import reading
from marketplace.domain.imports.rows import Row
from marketplace.words import _, speaking
from tests.domain.imports.reading import codes, judged, rows, surveyed

HEAD = "Ref | Name | Colour | Size | EAN | RRP | Floor price | Target price | Qty"
SOUND = "A1 | Dress | Black | 38 | 4006381333931 | 95.00 | 30.00 | 45.00 | 12"


def with_cells(**said: str) -> str:
    """The sound row, some of its cells said otherwise."""
    names = [name.strip() for name in HEAD.split("|")]
    cells = [cell.strip() for cell in SOUND.split("|")]
    changed = {name.casefold().replace(" ", "_"): place for place, name in enumerate(names)}
    for name, text in said.items():
        cells[changed[name]] = text
    return " | ".join(cells)


def test_a_sound_row_becomes_a_style_and_a_variant():
    (each,) = judged(HEAD, SOUND).values()

    assert each.problems == ()
    assert (each.style.code, each.style.name) == ("A1", "Dress")
    assert each.variant == lines.VariantLine(
        style_code="A1", sku="A1-Black-38", colour="Black", colour_code="", size="38",
        size_system="", size_rank=4800, gtin="4006381333931", currency="EUR", rrp_minor=9500,
        target_minor=4500, floor_minor=3000, cost_minor=None, units_offered=12, weight_g=None,
        cn_code="",
    )  # fmt: skip


@pytest.mark.parametrize(
    ("said", "code", "severity", "column"),
    [
        ({"ref": ""}, "style_code_missing", "block", "Ref"),
        ({"name": "=1+1"}, "formula", "block", "Name"),
        ({"colour": "@SUM(A1)"}, "formula", "block", "Colour"),
        ({"name": "x" * 201}, "text_too_long", "block", "Name"),
        ({"colour": "x" * 81}, "text_too_long", "block", "Colour"),
        ({"ean": "4.00638E+12"}, "gtin_scientific", "block", "EAN"),
        ({"ean": "4006381333932"}, "gtin_check_digit", "block", "EAN"),
        ({"ean": "12345"}, "gtin_length", "block", "EAN"),
        ({"ean": "see label"}, "gtin_unreadable", "block", "EAN"),
        ({"rrp": "eighty"}, "price_unreadable", "block", "RRP"),
        ({"rrp": "-95.00"}, "price_negative", "block", "RRP"),
        ({"rrp": "99999999999.00"}, "price_too_large", "block", "RRP"),
        ({"rrp": "95.005"}, "price_rounded", "warn", "RRP"),
        ({"floor_price": "50.00"}, "floor_above_target", "block", "Floor price"),
        ({"target_price": "96.00"}, "target_above_rrp", "block", "Target price"),
        ({"qty": ""}, "units_offered_missing", "warn", "Qty"),
        ({"qty": "-3"}, "units_negative", "block", "Qty"),
        ({"qty": "a dozen"}, "units_unreadable", "block", "Qty"),
        ({"qty": "2.5"}, "units_unreadable", "block", "Qty"),
        ({"qty": "1000001"}, "units_too_large", "block", "Qty"),
    ],
)
def test_what_is_wrong_is_told_with_its_place(said, code, severity, column):
    each = judged(HEAD, with_cells(**said), mapping={"Name": "style_name"})[2]

    (problem,) = [problem for problem in each.problems if problem.code == code]
    assert (problem.row, problem.column, str(problem.severity)) == (2, column, severity)
    assert each.is_refused == (severity == "block")
    assert (each.variant is None) == (severity == "block")


def test_a_floor_above_the_public_price_is_refused_without_a_target():
    each = judged(HEAD, with_cells(floor_price="96.00", target_price=""))[2]

    assert codes(each) == ["floor_above_rrp"]


def test_a_blank_quantity_is_unknown_and_zero_is_zero():
    found = judged(HEAD, with_cells(qty=""), with_cells(qty="0", size="40", ean=""))

    assert found[2].variant.units_offered is None
    assert found[3].variant.units_offered == 0
    assert lines.counted(found.values()) == lines.Counts(2, 1, 2, 0, 0, 1)


def test_two_rows_of_one_variant_that_disagree_are_both_refused():
    found = judged(HEAD, SOUND, with_cells(qty="9"), with_cells(size="40", ean=""))

    assert [found[number].variant for number in (2, 3)] == [None, None]
    assert [dict(found[n].problems[0].details)["other"] for n in (2, 3)] == ["3", "2"]
    assert dict(found[2].problems[0].details)["differs"] == "Qty"
    assert lines.counted(found.values()).units == 12


def test_a_row_repeated_word_for_word_is_counted_once():
    found = judged(HEAD, SOUND, SOUND)

    assert codes(found[3]) == ["row_repeated"]
    assert found[3].kind is RowKind.IGNORED
    assert lines.counted(found.values()).units == 12


def test_upper_and_lower_case_do_not_make_another_variant():
    found = judged(HEAD, SOUND, with_cells(ref="a1", colour="BLACK", qty="9"))

    assert codes(found[3])[-1] == "variant_twice"


def test_one_barcode_on_two_variants_refuses_both():
    found = judged(HEAD, SOUND, with_cells(size="40"))

    assert [codes(found[number]) for number in (2, 3)] == [["gtin_shared"], ["gtin_shared"]]


def test_one_sku_on_two_variants_refuses_both():
    found = judged("Ref | Size | SKU | Qty", "A1 | 38 | X | 2", "A1 | 40 | x | 2")

    assert [codes(found[number]) for number in (2, 3)] == [["sku_shared"], ["sku_shared"]]


def test_a_lost_zero_is_put_back_and_told():
    found = judged(HEAD, SOUND, with_cells(size="40", ean="614141000036"))

    assert codes(found[3]) == ["gtin_zero_lost"]
    assert found[3].variant.gtin == "0614141000036"


def test_the_column_decides_what_a_lone_point_means():
    french = judged(HEAD, with_cells(rrp="1.129", floor_price="30,00", target_price="45,00"))[2]
    plain = judged(HEAD, with_cells(rrp="1.129"))[2]

    assert french.variant.rrp_minor == 112_900
    assert plain.variant is None or plain.variant.rrp_minor == 113


def test_a_number_that_could_be_two_is_refused():
    each = judged("Ref | RRP | Qty", "A1 | 1.129 | 2")[2]

    assert codes(each) == ["number_ambiguous"]


def test_a_row_without_price_in_a_file_with_prices_is_told():
    found = judged(HEAD, SOUND, with_cells(size="40", ean="none", rrp=""))

    assert codes(found[3]) == ["rrp_missing"]


def test_what_the_whole_file_lacks_is_told_once_at_its_header():
    survey, table = surveyed(("List", "", "Ref | Size | Qty", "A1 | 38 | 2", "A1 | 40 | 2"))

    told = judging.file_problems(survey)

    assert {problem.row for problem in told} == {3}
    assert {problem.severity for problem in told} == {"warn"}
    assert [problem.code for problem in told] == [
        "style_name_missing", "description_missing", "composition_missing",
        "country_of_origin_missing", "condition_missing", "manufacturer_name_missing",
        "colour_name_missing", "gtin_missing", "cn_code_missing", "weight_g_missing", "rrp_missing",
        "floor_price_missing", "images_missing",
    ]  # fmt: skip
    assert all(not each.problems for each in judging.judged(survey, table))


def test_a_file_without_a_code_column_is_refused_as_a_whole():
    survey, _table = surveyed(("Name | Size | Qty", "Dress | 38 | 2"))

    assert judging.file_problems(survey)[0].code == "style_code_column_missing"
    assert judging.file_problems(survey)[0].severity == "block"


def test_a_file_without_rows_is_told():
    survey, _table = surveyed(("Ref | Size | Qty",))

    assert [problem.code for problem in judging.file_problems(survey)] == ["no_rows"]


def test_a_style_takes_what_its_first_sound_row_says():
    found = judged(
        "Ref | Name | Composition | Size | Qty",
        "A1 | Dress | 60 % silk | 36 | 1",
        "A1 | Dress | 100 % silk | 38 | 1",
        "A1 | Robe | 100 % silk | 40 | 1",
        "A1 | | | 42 | 1",
    )

    assert codes(found[2]) == ["composition_sum"]
    assert codes(found[4]) == ["style_disagrees"]
    assert found[5].style.composition == "100 % silk"
    assert found[5].style.name == "Dress"
    assert found[5].style is found[3].style


def test_a_style_that_no_row_states_soundly_keeps_its_rows_out():
    found = judged("Ref | Name | Size | Qty", "A1 | =1+1 | 36 | 1", "A1 | | 38 | 1")

    assert codes(found[3]) == ["style_refused"]
    assert found[3].is_refused


def test_totals_and_remarks_are_left_out():
    found = judged(HEAD, SOUND, "TOTAL | | | | | | | | 12", "prices without VAT")

    assert codes(found[3]) == codes(found[4]) == ["row_ignored"]
    assert lines.counted(found.values()).units == 12


def test_a_missing_size_is_told_only_where_the_style_has_several():
    found = judged(
        "Ref | Colour | Size | Qty", "A1 | Black | 36 | 1", "A1 | Red | | 1", "B1 | Black | | 1"
    )

    assert codes(found[3]) == ["size_label_missing"]
    assert codes(found[4]) == []


def test_currency_is_taken_from_the_column_the_sign_or_the_header():
    by_column = judged("Ref | RRP | Currency", "A1 | 95 | GBP")[2].variant
    by_sign = judged("Ref | RRP | Qty", "A1 | £95 | 1")[2].variant
    by_header = judged("Ref | RRP (CHF) | Qty", "A1 | 95 | 1")[2].variant
    by_brand = judged("Ref | RRP | Qty", "A1 | 95 | 1", currency="SEK")[2].variant

    assert [v.currency for v in (by_column, by_sign, by_header, by_brand)] == [
        "GBP",
        "GBP",
        "CHF",
        "SEK",
    ]
    assert {v.rrp_minor for v in (by_column, by_sign, by_header, by_brand)} == {9500}


def test_two_currencies_in_a_row_are_refused():
    each = judged("Ref | RRP | Cost | Currency", "A1 | £95 | 20 | EUR")[2]
    unknown = judged("Ref | RRP | Currency", "A1 | 95 | HUF")[2]

    assert codes(each) == ["currency_mixed"]
    assert codes(unknown) == ["currency_unknown"]


def test_weights_are_grams_whatever_the_column_says():
    in_grams = judged("Ref | Weight (g) | Qty", "A1 | 310 | 1")[2].variant
    in_kilos = judged("Ref | Weight (kg) | Qty", "A1 | 0,31 | 1")[2].variant
    in_cell = judged("Ref | Weight | Qty", "A1 | 1.2 kg | 1")[2].variant
    nonsense = judged("Ref | Weight | Qty", "A1 | heavy | 1")[2]

    assert (in_grams.weight_g, in_kilos.weight_g, in_cell.weight_g) == (310, 310, 1200)
    assert codes(nonsense) == ["weight_unreadable"]


def test_quantities_may_carry_their_word():
    assert judged("Ref | Size | Qty", "A1 | 38 | 12 pcs")[2].variant.units_offered == 12


def test_a_row_is_judged_the_same_alone_and_again():
    survey, table = surveyed((HEAD, SOUND, with_cells(size="40", ean="")))

    first = judging.judge(survey, table[2])

    assert judging.judge(survey, table[2]) == first
    assert list(judging.judged(survey, table))[1] == first


def test_problems_are_kept_without_words_and_told_in_any_language():
    (problem,) = judged(HEAD, with_cells(ean="4006381333932"))[2].problems

    back = problems.from_kept(problem.as_kept())

    assert back == problem
    assert back.as_plain() == {
        "row": 2,
        "column": "EAN",
        "value": "4006381333932",
        "code": "gtin_check_digit",
        "severity": "block",
        "message": "The barcode's check digit is wrong: 4006381333932.",
        "mend": "Compare it with the label. A number that would be sound is 4006381333931.",
    }
    with speaking("fr"):
        assert (
            back.message(_)
            == "La clé de contrôle du code-barres est fausse\N{NO-BREAK SPACE}: 4006381333932."
        )


CELLS = st.one_of(
    st.sampled_from(
        ["", "A1", "38", "M", "1.129,00", "-3", "4006381333931", "=1", "100 % lin", "€"]
    ),
    st.text(max_size=15),
)


@settings(max_examples=60, deadline=None)
@given(
    st.lists(
        st.sampled_from([field.label for field in FIELDS]), min_size=1, max_size=8, unique=True
    ),
    st.lists(st.lists(CELLS, min_size=1, max_size=9), min_size=1, max_size=6),
    st.sampled_from([None, ",", "."]),
)
def test_any_row_has_a_verdict(header, table, point):
    given_rows = [Row(n, tuple(cells)) for n, cells in enumerate([header, *table], start=1)]
    guess = guessing.guess(given_rows)
    survey = surveys.survey(reading(guess, point=point), given_rows)

    for each in judging.judged(survey, given_rows):
        assert each.is_refused or each.kind is not RowKind.VARIANT or each.variant is not None
        for problem in each.problems:
            assert problem.message()
            assert problem.mend()


def test_rows_are_numbered_as_the_spreadsheet_shows_them():
    table = [rows(HEAD)[0], Row(9, rows(SOUND)[0].cells)]
    guess = guessing.guess(table)
    survey = surveys.survey(reading(guess), table)

    assert [each.number for each in judging.judged(survey, table)] == [9]
