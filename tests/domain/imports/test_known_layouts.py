"""Magento's and Shopify's exports, their own rows, continuation rows, attributes and options."""

from __future__ import annotations

import csv
from pathlib import Path

import pytest

from marketplace.domain.imports import checking, judging, lines, surveys
from marketplace.domain.imports.given import SheetText
from marketplace.domain.imports.lines import RowKind
from marketplace.domain.imports.readings import Layout, reading
from marketplace.domain.imports.rows import Row
from tests.domain.imports.reading import codes, judged

SAMPLES = Path(__file__).resolve().parents[2] / "data"


def sheet(path: Path, *, encoding: str = "utf-8", delimiter: str = ",") -> SheetText:
    """The file as the standard library reads it: independent of the house's own reader."""
    with path.open(encoding=encoding, newline="") as file:
        records = list(csv.reader(file, delimiter=delimiter))
    found = [Row(n, tuple(cells)) for n, cells in enumerate(records, start=1) if any(cells)]
    return SheetText(encoding, delimiter, None, (), uneven_quotes=False, rows=found)


def report(path: Path, **how):
    return checking.check(sheet(path, **how))


def verdicts(path: Path, **how):
    given = sheet(path, **how)
    guess = checking.guessed(given)
    survey = surveys.survey(reading(guess, point=checking.usual_point(given)), given.rows)
    return {each.number: each for each in judging.judged(survey, given.rows)}


def told(found):
    return {(problem.row, problem.code, str(problem.severity)) for problem in found.problems}


def test_our_magento_file_becomes_styles_with_their_variants():
    found = report(SAMPLES / "magento-tops.csv")

    assert found.guess.layout is Layout.MAGENTO
    assert found.counts == lines.Counts(112, 12, 100, 750, 0, 0)
    assert not found.blocks
    assert {row for row, _, _ in told(found)} == {1}


def test_a_magento_variant_belongs_to_the_row_that_names_it():
    found = verdicts(SAMPLES / "magento-tops.csv")

    assert found[2].style.code == "OR01"
    assert found[2].style.name == "Brume Crew Neck"
    assert found[2].style.category == "Men / Tops / Sweaters"
    assert found[2].style.description.splitlines() == [
        "Brume Crew Neck in a heavy, washed cloth.", "• Cut straight", "• Made to be worn in & out",
    ]  # fmt: skip
    assert (found[2].variant.colour, found[2].variant.size) == ("Ink", "S")
    assert found[2].variant.rrp_minor == 6800
    assert found[2].variant.rrp_from_shop
    assert found[10].kind is RowKind.EXTRA
    assert found[10].style_images == ("/o/r/or01-ink_main.jpg", "/o/r/or01-ink_back.jpg")


def test_our_shopify_file_counts_no_image_row_as_a_variant():
    found = report(SAMPLES / "shopify-small.csv")
    rows = verdicts(SAMPLES / "shopify-small.csv")

    assert found.guess.layout is Layout.SHOPIFY
    assert found.counts == lines.Counts(7, 3, 6, 16, 0, 1)
    assert not found.blocks
    assert (4, "units_offered_missing", "warn") in told(found)
    assert rows[5].kind is RowKind.EXTRA
    assert rows[3].variant.key == ("anse-tee", "chalk", "m")
    assert rows[6].variant.key == ("galet-scarf", "", "")
    assert (rows[6].variant.rrp_minor, rows[6].variant.rrp_from_shop) == (6000, False)
    assert rows[7].variant.key == ("dune-denim", "ink", "31 / 32")


def test_our_faulty_file_is_told_row_by_row():
    found = report(SAMPLES / "lot-faulty.csv", encoding="cp1252", delimiter=";")

    assert found.counts == lines.Counts(21, 4, 7, 48, 14, 1)
    assert {each for each in told(found) if each[0] > 1} == {
        (6, "gtin_scientific", "block"), (7, "gtin_check_digit", "block"),
        (8, "composition_sum", "block"), (9, "floor_above_target", "block"),
        (10, "target_above_rrp", "block"), (11, "units_offered_missing", "warn"),
        (12, "units_negative", "block"), (13, "variant_twice", "block"),
        (14, "variant_twice", "block"), (15, "formula", "block"),
        (16, "style_code_missing", "block"), (17, "price_unreadable", "block"),
        (17, "composition_without_percentages", "warn"), (18, "gtin_shared", "block"),
        (19, "gtin_shared", "block"), (20, "units_unreadable", "block"),
        (21, "condition_unknown", "warn"), (22, "country_unknown", "warn"),
    }  # fmt: skip


@pytest.mark.parametrize(
    ("name", "layout", "counts"),
    [
        ("magento-mens.csv", Layout.MAGENTO, lines.Counts(678, 48, 630, 63_000, 0, 0)),
        ("shopify-apparel.csv", Layout.SHOPIFY, lines.Counts(22, 20, 22, 22, 0, 0)),
        ("shopify-jewelery.csv", Layout.SHOPIFY, lines.Counts(41, 20, 23, 20, 0, 0)),
    ],
)
def test_real_exports_read_without_correction(shared_data, name, layout, counts):
    found = report(shared_data / name)

    assert found.guess.layout is layout
    assert found.counts == counts
    assert not found.blocks
    assert {row for row, _, _ in told(found)} == {1}


def test_the_counts_of_the_real_magento_export_agree_with_a_count_by_hand(shared_data):
    with (shared_data / "magento-mens.csv").open(newline="") as file:
        simple = [row for row in csv.DictReader(file) if row["product_type"] == "simple"]

    found = report(shared_data / "magento-mens.csv").counts

    assert found.variants == len(simple)
    assert found.units == sum(int(row["qty"]) for row in simple)
    assert found.styles == len({row["sku"].split("-")[0] for row in simple})


def test_every_planted_fault_of_the_real_list_is_told(shared_data):
    found = report(shared_data / "lot-long-faulty.csv", encoding="cp1252", delimiter=";")

    assert found.counts == lines.Counts(20, 3, 9, 184, 11, 1)
    assert {each for each in told(found) if each[0] > 1} == {
        (10, "gtin_scientific", "block"), (11, "gtin_check_digit", "block"),
        (12, "composition_sum", "block"), (13, "floor_above_target", "block"),
        (13, "floor_above_rrp", "block"), (14, "target_above_rrp", "block"),
        (15, "units_offered_missing", "warn"), (16, "units_negative", "block"),
        (17, "variant_twice", "block"), (18, "variant_twice", "block"), (19, "formula", "block"),
        (20, "style_code_missing", "block"), (21, "price_unreadable", "block"),
        (21, "composition_without_percentages", "warn"),
    }  # fmt: skip
    assert all(problem.severity == "warn" for problem in found.problems if problem.row == 1)


def test_thousands_points_of_the_real_list_are_thousands(shared_data):
    found = verdicts(shared_data / "lot-long-faulty.csv", encoding="cp1252", delimiter=";")

    assert found[6].variant.rrp_minor == 112_900
    assert found[6].variant.floor_minor == 30_000


MAGENTO = "sku | product_type | store_view_code | name | price | qty | additional_attributes | configurable_variations"


def test_magento_rows_that_are_no_goods_or_only_translate_are_left_out():
    found = judged(
        MAGENTO,
        "A-S | simple | | A | 10 | 1 | size=S,color=Red |",
        "A-S | simple | fr | A en français | | | |",
        "GIFT | virtual | | Gift card | 50 | 9 | |",
    )

    assert [found[n].kind for n in (2, 3, 4)] == [RowKind.VARIANT, RowKind.IGNORED, RowKind.IGNORED]
    assert lines.counted(found.values()).units == 1


def test_a_magento_variant_without_product_row_finds_its_style_in_its_sku():
    found = judged(
        MAGENTO,
        "WT09-S-Red | simple | | Breathe Tank-S-Red | 10 | 1 | size=S,color=Red |",
        "WT09-M-Red | simple | | Breathe Tank-M-Red | 10 | 1 | size=M,color=Red |",
    )

    assert {found[n].style.code for n in (2, 3)} == {"WT09"}


def test_a_product_row_without_variants_is_told():
    found = judged(
        MAGENTO,
        "A | configurable | | A | 10 | 0 | | sku=A-S,size=S",
        "B-S | simple | | B | 9 | 1 | size=S |",
    )

    assert codes(found[2]) == ["style_without_variants"]
    assert found[2].style is None


def test_attributes_with_commas_and_quotes_are_taken_apart():
    found = judged(
        MAGENTO,
        'A-S | simple | | A | 10 | 1 | care=Wash cold, dry flat,"color=Bleu nuit","size=S",material=Wool |',
    )

    assert found[2].variant.key == ("a", "bleu nuit", "s")


def test_a_list_with_skus_only_is_grouped_by_name():
    found = judged("SKU | Name | Size | Qty", "10001 | Dress | 36 | 1", "10002 | Dress | 38 | 2")

    assert {each.style.code for each in found.values()} == {"Dress"}
