"""The import desk in a brand's browser: send, map, look, confirm; every step says what is next."""

from __future__ import annotations

import io
from pathlib import Path

import pytest

from marketplace.db.brands import Brand
from marketplace.domain.doors import BrandRole
from marketplace.services import imports
from tests import factories

DATA = Path(__file__).resolve().parents[1] / "data"
LOT = """Style code;Style name;Colour;Size;SKU;Units;RRP
K1;Knit;Navy;S;K1-NS;4;120,00
K1;Knit;Navy;M;K1-NM;-6;120,00
"""


@pytest.fixture
def speaker(database):
    with database.session() as session:
        return factories.brand_user(session, of=factories.brand(session, name="Maison Brume"))


@pytest.fixture
def collection(database, speaker):
    with database.session() as session:
        return factories.collection(session, of=session.get_one(Brand, speaker.brand_id))


@pytest.fixture
def client(brand_client, speaker):
    return brand_client(speaker)


def send(client, collection, text=LOT, name="lot.csv", **more):
    return client.post(
        f"/brand/collections/{collection.id}/files",
        {"sheet": (io.BytesIO(text.encode()), name), **more},
        content_type="multipart/form-data",
    )


def words(answer) -> str:
    return " ".join(answer.get_data(as_text=True).split())


@pytest.fixture
def mapped(client, collection, tools, database) -> int:
    """An import that waits for its mapping to be confirmed."""
    send(client, collection)
    number = database.value("SELECT id FROM imports")
    imports.read(tools, import_id=number)
    return number


@pytest.fixture
def previewed(mapped, client, tools) -> int:
    """An import that waits to be let in."""
    client.post(
        f"/brand/imports/{mapped}/mapping",
        {
            "column.0.field": "style_code",
            "column.1.field": "style_name",
            "column.2.field": "colour_name",
            "column.3.field": "size_label",
            "column.4.field": "sku",
            "column.5.field": "units_offered",
            "column.6.field": "rrp",
        },
    )
    imports.judge(tools, import_id=mapped)
    return mapped


def test_a_sent_file_waits_to_be_read(client, collection, database):
    answer = send(client, collection)

    assert answer.status_code == 303
    page = client.get(answer.location)
    assert "Waiting to be read" in words(page)
    assert 'http-equiv="refresh"' in words(page)
    assert database.value("SELECT filename FROM stored_files") == "lot.csv"


@pytest.mark.parametrize(
    ("name", "says"),
    [("lot.pdf", "Send a .csv or an .xlsx file."), ("lot.xls", "Send a .csv or an .xlsx file.")],
)
def test_a_file_of_another_kind_is_refused_on_the_page(client, collection, database, name, says):
    answer = send(client, collection, name=name)

    assert answer.status_code == 422
    assert says in words(answer)
    assert database.value("SELECT count(*) FROM imports") == 0


def test_no_file_at_all_is_asked_for(client, collection):
    answer = client.post(
        f"/brand/collections/{collection.id}/files", {}, content_type="multipart/form-data"
    )

    assert answer.status_code == 422
    assert "Choose a file first." in words(answer)


def test_the_mapping_shows_the_brands_own_cells_beside_the_guess(client, mapped):
    page = words(client.get(f"/brand/imports/{mapped}"))

    assert "K1-NS" in page
    assert '<option value="units_offered" selected>Units offered</option>' in page
    assert "semicolons" in page
    assert "utf-8" in page


def test_a_field_taken_twice_is_named_on_the_page(client, mapped, database):
    answer = client.post(
        f"/brand/imports/{mapped}/mapping",
        {"column.0.field": "sku", "column.4.field": "sku"},
    )

    assert answer.status_code == 422
    assert "Two columns are taken for “SKU”" in words(answer)
    assert database.value("SELECT state FROM imports") == "mapping"


def test_a_field_nobody_knows_is_refused(client, mapped, database):
    answer = client.post(f"/brand/imports/{mapped}/mapping", {"column.0.field": "price_of_tea"})

    assert answer.status_code == 422
    assert database.value("SELECT state FROM imports") == "mapping"


def test_an_unknown_entry_is_refused(client, mapped, database):
    answer = client.post(f"/brand/imports/{mapped}/mapping", {"brand_id": "7"})

    assert answer.status_code == 422
    assert database.value("SELECT state FROM imports") == "mapping"


def test_the_preview_counts_and_names_each_problem_with_its_mend(client, previewed):
    page = words(client.get(f"/brand/imports/{previewed}"))
    rows = words(client.get(f"/brand/imports/{previewed}/rows?code=units_negative"))

    assert "Let 1 row in" in page
    assert "A quantity cannot be below zero." in page
    assert 'Units: <span class="was">-6</span>' in rows
    assert "Fill in the number of units that you offer; 0 if there are none." in rows


def test_letting_in_begins_the_work_and_the_page_follows_it(client, previewed, tools, database):
    answer = client.post(f"/brand/imports/{previewed}/confirm")
    during = client.get(f"/brand/imports/{previewed}/progress")
    imports.apply(tools, import_id=previewed)
    imports.draw(tools, import_id=previewed)
    after = client.get(f"/brand/imports/{previewed}/progress")

    assert answer.status_code == 303
    assert "HX-Refresh" not in during.headers
    assert after.headers["HX-Refresh"] == "true"
    page = words(client.get(f"/brand/imports/{previewed}"))
    assert "1 variant of this file is in your collection." in page
    assert database.value("SELECT sku FROM variants") == "K1-NS"


def test_cancelling_says_that_nothing_entered(client, previewed, database):
    answer = client.post(f"/brand/imports/{previewed}/cancel")

    assert "Nothing of lot.csv entered the collection." in words(client.get(answer.location))
    assert database.value("SELECT state FROM imports") == "cancelled"


def test_a_file_that_cannot_be_read_says_why_in_one_sentence(client, collection, tools, database):
    send(client, collection, text="PK\x03\x04 no workbook", name="lot.xlsx")
    number = database.value("SELECT id FROM imports")
    imports.read(tools, import_id=number)

    page = words(client.get(f"/brand/imports/{number}"))

    assert "lot.xlsx is damaged and cannot be opened." in page or "lot.xlsx ends in .xlsx" in page


def test_the_photographs_show_where_each_belongs(client, collection, tools, database):
    with (DATA / "magento-tops-images.zip").open("rb") as images:
        send(
            client,
            collection,
            text=(DATA / "magento-tops.csv").read_text(encoding="utf-8"),
            images=(io.BytesIO(images.read()), "images.zip"),
        )
    number = database.value("SELECT id FROM imports")
    imports.read(tools, import_id=number)
    client.post(f"/brand/imports/{number}/mapping", columns_as_guessed(database))
    imports.judge(tools, import_id=number)

    page = words(client.get(f"/brand/imports/{number}/photographs"))
    preview = words(client.get(f"/brand/imports/{number}"))

    assert "36 of 36 photographs found their style" in preview
    assert "named in the file" in page
    assert "OR01" in page


def columns_as_guessed(database) -> dict[str, str]:
    mapping = database.value("SELECT mapping FROM imports")
    header = database.value("SELECT header FROM imports")
    return {f"column.{place}.field": mapping[name] or "" for place, name in enumerate(header)}


def test_a_viewer_looks_and_changes_nothing(brand_client, database, speaker, previewed):
    with database.session() as session:
        of = session.get_one(Brand, speaker.brand_id)
        viewer = factories.brand_user(session, of=of, role=BrandRole.VIEWER)
    looking = brand_client(viewer)

    page = looking.get(f"/brand/imports/{previewed}")
    answer = looking.post(f"/brand/imports/{previewed}/confirm")

    assert page.status_code == 200
    assert "Let 1 row in" not in words(page)
    assert answer.status_code == 403
    assert database.value("SELECT state FROM imports") == "previewed"


STOCK_AND_ORDERS = """Style;Name;Stock;;;Committed;;;RRP
;;S;M;L;S;M;L;
A1;Tee;10;12;5;2;3;0;29,90
"""


def test_a_block_of_sizes_is_chosen_as_a_whole_and_one_column_of_it_by_itself(
    client, collection, tools, database
):
    send(client, collection, text=STOCK_AND_ORDERS)
    number = database.value("SELECT id FROM imports")
    imports.read(tools, import_id=number)
    page = words(client.get(f"/brand/imports/{number}"))

    client.post(
        f"/brand/imports/{number}/mapping",
        {
            "column.0.field": "style_code",
            "block.0.field": "",
            "block.1.field": "units_by_size",
            "column.5.field": "=",
            "column.7.field": "",
        },
    )

    assert "Say which one holds the units that you offer." in page
    assert "Stock S\u2013L" in page
    assert "Committed S\u2013L" in page
    mapping = database.value("SELECT mapping FROM imports")
    assert {column for column, field in mapping.items() if field} == {"Style", "S (2)", "M (2)"}
    assert database.value("SELECT state FROM imports") == "judging"


SIDE = "Style code;K1;K1;K2\nColour;Navy;Red;Camel\nSize;S;M;L\nUnits;4;many;3\nRRP;120,00;120,00;480,00\n"


@pytest.fixture
def on_its_side(client, collection, tools, database):
    send(client, collection, SIDE)
    number = database.value("SELECT id FROM imports")
    imports.read(tools, import_id=number)
    return number


def test_a_list_on_its_side_is_shown_turned_and_can_be_read_as_it_stands(
    client, on_its_side, database
):
    page = client.get(f"/brand/imports/{on_its_side}").get_data(as_text=True)
    assert "Your list, turned" in page
    assert (
        '<th scope="row" data-label="Your column" role="rowheader"><div class="stack-cell">B'
        in page
    )

    client.post(f"/brand/imports/{on_its_side}/turn")

    assert database.rows("SELECT state, turned FROM imports") == [("reading", False)]


def test_its_refused_articles_come_back_on_their_side(client, on_its_side, tools):
    told = {
        "0": "style_code",
        "1": "colour_name",
        "2": "size_label",
        "3": "units_offered",
        "4": "rrp",
    }
    client.post(
        f"/brand/imports/{on_its_side}/mapping",
        {f"column.{place}.field": field for place, field in told.items()},
    )
    imports.judge(tools, import_id=on_its_side)
    assert ">C</th>" in client.get(f"/brand/imports/{on_its_side}/rows?verdict=refused").get_data(
        as_text=True
    )

    lines = client.get(f"/brand/imports/{on_its_side}/refused").get_data().decode("utf-8-sig")

    first, *_, last = [line.split(";") for line in lines.split("\r\n")[:-1]]
    assert first == ["Style code", "K1"]
    assert last[0] == "What is wrong"
    assert last[1].startswith("Units: ")
