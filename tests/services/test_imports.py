"""A brand's file becomes a collection.

Seen before it counts, refused where it must be, never doubled.
"""

from __future__ import annotations

from pathlib import Path

import pytest

from marketplace.domain.doors import Door
from marketplace.domain.imports.unreadable import FileUnreadable
from marketplace.domain.lifecycle import IllegalMove
from marketplace.domain.refusals import NotFound
from marketplace.queries import import_desk, refused_rows
from marketplace.services import imports
from marketplace.toolbox import Upload
from tests import factories
from tests.import_scenes import HEADER, SMALL, Desk, counts, opened, state

DATA = Path(__file__).resolve().parents[1] / "data"


@pytest.fixture
def desk(database, tools, tmp_path) -> Desk:
    return opened(database, tools, tmp_path)


VARIANTS = "SELECT sku, units_offered FROM variants ORDER BY sku"


def test_an_uploaded_file_is_read_guessed_and_shown(database, desk):
    number = desk.uploaded(desk.file(SMALL))

    imports.read(desk.worker, import_id=number)

    assert database.rows(
        "SELECT state, encoding, delimiter, header_row, rows_total FROM imports"
    ) == [("mapping", "utf-8", ";", 1, 4)]
    mapping = database.value("SELECT mapping FROM imports")
    assert mapping["Units"] == "units_offered"
    assert mapping["Size"] == "size_label"
    assert database.rows("SELECT number, cells->>4 FROM import_rows ORDER BY number") == [
        (1, "SKU"),
        (2, "K1-NS"),
        (3, "K1-NM"),
        (4, "K2-CM"),
    ]


def test_nothing_enters_the_collection_before_the_brand_confirms(database, desk):
    number = desk.previewed(desk.file(SMALL))

    assert state(database, number) == "previewed"
    assert counts(database, number) == {"new": 3, "changed": 0, "same": 0, "refused": 0}
    assert database.value("SELECT count(*) FROM variants") == 0


def test_a_confirmed_file_becomes_styles_and_variants(database, desk):
    number = desk.imported(desk.file(SMALL))

    assert state(database, number) == "finished"
    assert database.rows(VARIANTS) == [("K1-NM", 6), ("K1-NS", 4), ("K2-CM", 3)]
    assert database.rows(
        "SELECT code, name, origin, condition, details FROM styles ORDER BY code"
    ) == [
        ("K1", "Knit", "PT", "", {"season": "FW25"}),
        ("K2", "Coat", "IT", "", {"season": "FW25"}),
    ]
    assert database.rows("SELECT rrp_minor FROM variants WHERE sku = 'K2-CM'") == [(48_000,)]
    assert database.value("SELECT count(*) FROM import_rows WHERE applied_at IS NOT NULL") == 3


def test_a_file_sent_again_shows_what_it_changes_and_doubles_nothing(database, desk):
    desk.imported(desk.file(SMALL))
    again = SMALL.replace("K1-NS;4;", "K1-NS;9;") + "K2;Coat;Camel;L;K2-CL;2;480,00;IT;FW25\n"

    number = desk.previewed(desk.file(again))

    assert counts(database, number) == {"new": 1, "changed": 1, "same": 2, "refused": 0}
    assert database.value("SELECT changes FROM import_rows WHERE verdict = 'changed'") == {
        "variant.units_offered": [4, 9]
    }
    desk.finish(number)
    assert database.rows(VARIANTS) == [("K1-NM", 6), ("K1-NS", 9), ("K2-CL", 2), ("K2-CM", 3)]
    assert database.value("SELECT count(*) FROM styles") == 2


def test_a_blank_cell_blanks_nothing(database, desk):
    desk.imported(desk.file(SMALL))

    desk.imported(desk.file(SMALL.replace(";4;120,00;PT;", ";;;;")))

    assert database.rows("SELECT units_offered, rrp_minor FROM variants WHERE sku = 'K1-NS'") == [
        (4, 12_000)
    ]
    assert database.value("SELECT origin FROM styles WHERE code = 'K1'") == "PT"


def test_what_a_person_completed_stays_when_the_file_says_nothing_of_it(database, desk):
    desk.imported(desk.file(SMALL))
    database.run("UPDATE styles SET composition = '100% wool'")

    number = desk.previewed(desk.file(SMALL))

    assert counts(database, number) == {"new": 0, "changed": 0, "same": 3, "refused": 0}


def test_a_colour_renamed_under_its_sku_stays_the_same_variant(database, desk):
    desk.imported(desk.file(SMALL))
    before = database.value("SELECT id FROM variants WHERE sku = 'K2-CM'")

    desk.imported(desk.file(SMALL.replace("Camel", "Tobacco")))

    assert database.rows("SELECT id, colour FROM variants WHERE sku = 'K2-CM'") == [
        (before, "Tobacco")
    ]
    assert database.value("SELECT count(*) FROM variants") == 3


def test_a_sku_of_another_variant_in_the_collection_is_refused(database, desk):
    desk.imported(desk.file(SMALL))
    clash = f"{HEADER}\nK1;Knit;Navy;S;K2-CM;4;120,00;PT;FW25\n"

    number = desk.previewed(desk.file(clash))

    assert counts(database, number)["refused"] == 1
    problems = database.value("SELECT problems FROM import_rows WHERE verdict = 'refused'")
    assert [each["code"] for each in problems] == ["sku_taken"]
    assert problems[0]["details"]["other"] == "Camel / M"


def test_another_currency_than_the_collections_is_refused(database, desk):
    text = SMALL.replace("120,00", "120,00 USD").replace("480,00", "480,00 USD")

    number = desk.previewed(desk.file(text))

    assert counts(database, number) == {"new": 0, "changed": 0, "same": 0, "refused": 3}
    desk.finish(number)
    assert database.value("SELECT count(*) FROM variants") == 0


def test_refused_rows_never_enter(database, desk):
    given = Upload("lot-faulty.csv", DATA / "lot-faulty.csv")

    number = desk.imported(given)

    assert counts(database, number)["refused"] > 0
    refused = database.rows(
        "SELECT number FROM import_rows WHERE verdict = 'refused' AND applied_at IS NOT NULL"
    )
    assert refused == []
    new = counts(database, number)["new"]
    assert database.value("SELECT count(*) FROM variants") == new


def test_every_problem_of_a_row_is_kept_with_its_column_and_value(database, desk):
    number = desk.previewed(desk.file(SMALL.replace(";3;480", ";-3;480")))

    (problem,) = database.value(
        "SELECT problems FROM import_rows WHERE import_id = :id AND verdict = 'refused'", id=number
    )

    assert (problem["row"], problem["column"], problem["value"]) == (4, "Units", "-3")
    assert (problem["code"], problem["severity"]) == ("units_negative", "block")


def test_the_mapping_is_correctable_and_remembered_for_the_next_file(database, desk):
    text = SMALL.replace("Origin", "Zz")
    first = desk.uploaded(desk.file(text))
    imports.read(desk.worker, import_id=first)
    desk.mapped(first, {"Zz": "country_of_origin", "Season": None})
    imports.cancel(desk.brand, import_id=first)

    second = desk.uploaded(desk.file(text))
    imports.read(desk.worker, import_id=second)

    mapping, guess = database.rows("SELECT mapping, guess FROM imports WHERE id = :id", id=second)[
        0
    ]
    assert (mapping["Zz"], mapping["Season"]) == ("country_of_origin", None)
    assert guess["remembered"] is True


def test_a_mapping_of_one_brand_is_not_remembered_for_another(database, tools, desk, tmp_path):
    number = desk.uploaded(desk.file(SMALL))
    imports.read(desk.worker, import_id=number)
    desk.mapped(number, {"Season": None})
    with database.session() as session:
        of = factories.brand(session)
        speaker = factories.brand_user(session, of=of)
        offered = factories.collection(session, of=of)
    other = Desk(
        offered.id,
        tools.at_door(Door.BRAND, account_id=speaker.account_id, brand_id=of.id),
        tools,
        tmp_path,
    )

    second = other.uploaded(other.file(SMALL))
    imports.read(tools, import_id=second)

    assert database.value("SELECT guess->>'remembered' FROM imports WHERE id = :id", id=second) == (
        "false"
    )


def test_a_field_given_to_two_columns_is_refused(database, desk):
    number = desk.uploaded(desk.file(SMALL))
    imports.read(desk.worker, import_id=number)

    with pytest.raises(FileUnreadable):
        imports.confirm_mapping(
            desk.brand, import_id=number, columns={"Colour": "size_label", "Size": "size_label"}
        )

    assert state(database, number) == "mapping"


def test_from_the_preview_one_may_go_back_and_map_again(database, desk):
    number = desk.previewed(desk.file(SMALL))

    desk.mapped(number, {"Units": None})

    assert state(database, number) == "previewed"
    assert database.value("SELECT counts->>'unknown' FROM imports") == "3"


def test_a_file_that_cannot_be_read_fails_with_its_reason(database, desk):
    number = desk.uploaded(desk.file("PK\x03\x04 no workbook", "lot.xlsx"))

    imports.read(desk.worker, import_id=number)

    assert state(database, number) == "failed"
    assert '"reason"' in database.value("SELECT error FROM imports")
    assert database.value("SELECT count(*) FROM import_rows") == 0


@pytest.mark.parametrize("name", ["lot.pdf", "lot", "lot.xlsm"])
def test_a_file_of_another_kind_is_not_taken_in(database, desk, name):
    with pytest.raises(FileUnreadable):
        desk.uploaded(desk.file(SMALL, name))

    assert database.value("SELECT count(*) FROM stored_files") == 0


def test_a_brand_has_three_imports_under_way_at_most(database, desk):
    for _ in range(3):
        desk.uploaded(desk.file(SMALL))

    with pytest.raises(imports.TooManyImports):
        desk.uploaded(desk.file(SMALL))

    assert database.value("SELECT count(*) FROM imports") == 3
    imports.cancel(desk.brand, import_id=1)
    desk.uploaded(desk.file(SMALL))


def test_a_cancelled_import_changes_nothing(database, desk):
    number = desk.previewed(desk.file(SMALL))

    imports.cancel(desk.brand, import_id=number)
    imports.apply(desk.worker, import_id=number)

    assert state(database, number) == "cancelled"
    assert database.value("SELECT count(*) FROM variants") == 0
    with pytest.raises(IllegalMove):
        imports.confirm(desk.brand, import_id=number)


def test_another_brand_finds_no_collection_and_no_import(database, tools, desk):
    number = desk.previewed(desk.file(SMALL))
    with database.session() as session:
        other = factories.brand_user(session, of=factories.brand(session))
    stranger = tools.at_door(Door.BRAND, account_id=other.account_id, brand_id=other.brand_id)

    with pytest.raises(NotFound):
        imports.upload(stranger, collection_id=desk.collection_id, sheet=desk.file(SMALL))
    for deed in (imports.confirm, imports.cancel, imports.retry):
        with pytest.raises(NotFound):
            deed(stranger, import_id=number)

    assert state(database, number) == "previewed"
    assert database.value("SELECT count(*) FROM stored_files") == 1


def test_the_layout_of_a_shop_comes_in_unaided_with_its_photographs(database, desk):
    images = Upload("images.zip", DATA / "magento-tops-images.zip")

    number = desk.imported(Upload("magento-tops.csv", DATA / "magento-tops.csv"), images)

    assert counts(database, number) | {"refused": 0} == counts(database, number)
    assert database.value("SELECT count(*) FROM styles") == 12
    assert database.value("SELECT count(*) FROM photographs") == 36
    shown = database.rows(
        "SELECT s.code, p.colour, p.filename FROM photographs p JOIN styles s ON s.id = p.style_id"
        " WHERE s.code = 'OR07' ORDER BY p.position"
    )
    assert [row[2] for row in shown] == ["or07-ink_main.jpg", "or07-ink_back.jpg"]
    widths = database.value("SELECT widths FROM photographs LIMIT 1")
    for name, key in widths.items():
        kind = b"avif" if name.endswith(".avif") else b"WEBP"
        assert desk.worker.files.get(key)[8:12] == kind
    codes = {
        each["code"]
        for each in database.value("SELECT problems FROM imports WHERE id = :id", id=number)
    }
    assert "photograph_absent" in codes


def test_a_photograph_is_hung_once_however_often_it_is_sent(database, desk):
    images = Upload("images.zip", DATA / "magento-tops-images.zip")
    sheet = Upload("magento-tops.csv", DATA / "magento-tops.csv")
    desk.imported(sheet, images)

    desk.imported(sheet, images)

    assert database.value("SELECT count(*) FROM photographs") == 36
    assert database.value("SELECT count(*) FROM imports WHERE state = 'finished'") == 2


def test_shops_prices_are_kept_and_a_change_of_them_is_told(database, desk):
    desk.imported(desk.file("Style code;Size;Units;Wholesale price;RRP\nK1;S;4;52,00;120,00\n"))
    assert database.rows("SELECT wholesale_minor, rrp_minor FROM variants") == [(5_200, 12_000)]

    again = desk.previewed(
        desk.file("Style code;Size;Units;Wholesale price;RRP\nK1;S;4;49,50;120,00\n", "next.csv")
    )

    assert counts(database, again) == {"new": 0, "changed": 1, "same": 0, "refused": 0}
    assert import_desk.rows(desk.brand, import_id=again).rows[0].changes == (
        import_desk.Change("variant", "wholesale_minor", 5_200, 4_950),
    )


def test_lists_side_by_side_come_in_and_their_wrong_rows_go_back_as_they_were_sent(database, desk):
    number = desk.imported(
        desk.file(
            "Style;Size;Units;RRP;;Style;Size;Units;RRP\nK1;S;4;120;;M1;L;many;90\n;;;;;M2;L;2;90\n"
        )
    )

    assert counts(database, number) == {"new": 2, "changed": 0, "same": 0, "refused": 1}
    assert database.rows(
        "SELECT s.code, v.size, v.units_offered FROM variants v JOIN styles s ON s.id = v.style_id ORDER BY s.code"
    ) == [("K1", "S", 4), ("M2", "L", 2)]
    (back,) = refused_rows.look(desk.brand, import_id=number).rows
    assert back.cells[:8] == ("K1", "S", "4", "120", "", "M1", "L", "many")
