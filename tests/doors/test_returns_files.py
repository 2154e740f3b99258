"""What members sent back by size and reason, to take away: the page, the CSV, the workbook and the statement agree."""

from __future__ import annotations

import io
import json

import pytest
from python_calamine import CalamineWorkbook
from sqlalchemy import select

from marketplace.db.brands import BrandUser
from marketplace.domain.orders import ReturnReason
from marketplace.services import reports
from tests import factories
from tests.settlement_scenes import bought, closed, issued, selling, sent_back


@pytest.fixture
def scene(database, paying, simulator, clock):
    """Thirteen of fourteen came back, eleven of them for one reason; a report was taken after thirty days."""
    made = selling(database, units=40)
    parcels = bought(database, paying, simulator, made, *(1 for _ in range(11)), 3)
    for parcel in parcels[:11]:
        sent_back(database, paying, parcel, 1, why=ReturnReason.TOO_SMALL)
    sent_back(database, paying, parcels[11], 2)
    closed(paying, clock)
    clock.turn(days=40)
    reports.take_later(paying)
    issued(paying)
    return made


@pytest.fixture
def brand(scene, database, brand_client):
    with database.session() as session:
        wanted = select(BrandUser).where(BrandUser.account_id == scene.account_id)
        return brand_client(session.scalars(wanted).one())


def table(answer) -> list[list[str]]:
    lines = answer.get_data().decode("utf-8-sig").splitlines()
    return [line.split(";") for line in lines]


def test_page_csv_workbook_and_statement_tell_the_same_returns(brand, database, scene):
    report_id = database.value("SELECT id FROM reports WHERE kind = 'day_30'")
    page = brand.get(f"/brand/reports/{report_id}").get_data(as_text=True)

    answer = brand.get(f"/brand/reports/{report_id}/returns.csv")
    head, *lines = table(answer)

    assert answer.mimetype == "text/csv"
    assert f"/brand/reports/{report_id}/returns.csv" in page
    told = dict(zip(head, lines[-1], strict=True))
    assert (told["Too small"], told["No reason told"], told["Sent back by members"]) == (
        *("10", "3", "13"),
    )
    assert [sum(int(line[at]) for line in lines[:-1]) for at in range(1, len(head))] == [
        int(each) for each in lines[-1][1:]
    ]
    book = CalamineWorkbook.from_filelike(
        io.BytesIO(brand.get(f"/brand/reports/{report_id}.xlsx").data)
    )
    kept = book.get_sheet_by_name("Returns").to_python()
    assert [[str(int(each)) for each in row[1:]] for row in kept[1:]] == [
        line[1:] for line in lines
    ]
    stated = json.loads(brand.get("/brand/statements/1/file.json").get_data())
    assert sum(section["returned"] for section in stated["sections"]) == 13
    live = database.value("SELECT ref FROM sales")
    assert table(brand.get(f"/brand/sales/{live}/returns.csv"))[-1] == lines[-1]


def test_where_nothing_came_back_there_is_no_link_and_an_empty_table(
    database, brand_client, paying, simulator
):
    made = selling(database)
    bought(database, paying, simulator, made, 2)
    with database.session() as session:
        wanted = select(BrandUser).where(BrandUser.account_id == made.account_id)
        brand = brand_client(session.scalars(wanted).one())
    live = database.value("SELECT ref FROM sales")

    assert "returns.csv" not in brand.get(f"/brand/sales/{live}").get_data(as_text=True)
    assert len(table(brand.get(f"/brand/sales/{live}/returns.csv"))) == 1


def test_another_brand_finds_no_returns_here(database, scene, brand_client):
    with database.session() as session:
        stranger = factories.brand_user(session, of=factories.brand(session))
    other = brand_client(stranger)
    report_id = database.value("SELECT id FROM reports WHERE kind = 'day_30'")
    live = database.value("SELECT ref FROM sales")

    for path in (f"/brand/reports/{report_id}/returns.csv", f"/brand/sales/{live}/returns.csv"):
        assert other.get(path).status_code == 404
