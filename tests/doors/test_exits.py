"""What was not sold, at both doors: the brand chooses, an operator writes down what left, both read the notes."""

from __future__ import annotations

import io
import json
import re
from datetime import timedelta

import pytest
from python_calamine import CalamineWorkbook
from sqlalchemy import select

from marketplace import queries
from marketplace.db.brands import BrandUser
from marketplace.db.sales import Sale
from marketplace.domain.doors import BrandRole
from marketplace.services import exits
from tests import factories
from tests.exit_scenes import asked, left_over, lot_of, today

OVER = "UPDATE exit_plans SET choose_by = house_now() - interval '1 second'"


def words(answer) -> str:
    return " ".join(re.sub(r"<[^>]+>", " ", answer.get_data(as_text=True)).split())


@pytest.fixture
def scene(database, tools, clock):
    """Three of five units are left, and the brand is asked."""
    found = left_over(database, tools, clock)
    asked(tools, clock)
    return found


@pytest.fixture
def brand(scene, database, brand_client):
    with database.session() as session:
        wanted = select(BrandUser).where(BrandUser.account_id == scene.account_id)
        return brand_client(session.scalars(wanted).one())


@pytest.fixture
def operator(scene, database, operator_client):
    with database.session() as session:
        return operator_client(session.get_one(factories.Account, scene.first_id))


def note(database, scene, units="3", **more) -> dict[str, str]:
    """The form of an operator who counted units of the scene's lot."""
    return {
        "key": "k",
        "kind": "return",
        "left_on": today(database).isoformat(),
        "received_by": "DPD 123",
        f"line.{lot_of(database, scene)}.unsold": units,
        **more,
    }


def test_a_brand_is_asked_on_its_home_and_chooses_on_the_page(brand, scene, database):
    page = f"/brand/deals/{scene.deal_id}/exits"
    assert "Choose what becomes of what" in words(brand.get("/brand/"))
    shown = words(brand.get(page))
    assert "If you say nothing: Back to the brand, by" in shown
    assert "Kept for a next sale" not in shown

    refused = brand.post(page, {"number": "1", "kind": "destroy"})
    done = brand.post(page, {"number": "1", "kind": "donate", "said": "To Emmaüs."})

    assert refused.status_code == 422
    assert "only for a reason that the law names. Choose the one that holds." in words(refused)
    assert done.status_code == 303
    assert database.rows("SELECT chosen, said FROM exit_plans") == [("donate", "To Emmaüs.")]
    assert "Choose what becomes of what" not in words(brand.get("/brand/"))
    assert "Given to a charity, by" in words(brand.get(page))


def test_a_viewer_reads_and_does_not_choose(scene, database, brand_client):
    with database.session() as session:
        of = session.get_one(factories.Brand, scene.brand_id)
        person = factories.brand_user(session, of=of, role=BrandRole.VIEWER)
    viewer = brand_client(person)
    page = f"/brand/deals/{scene.deal_id}/exits"

    assert "A word about it" not in words(viewer.get(page))
    assert viewer.post(page, {"number": "1", "kind": "donate"}).status_code == 403


def test_an_operator_writes_down_what_left_and_is_told_what_cannot_be(operator, scene, database):
    page = f"/admin/stock/{scene.deal_id}/exits"
    assert "The brand may choose until" in words(operator.get("/admin/stock/exits"))
    early = operator.post(page, note(database, scene))
    database.run(OVER)
    many = operator.post(page, note(database, scene, "4"))
    none = operator.post(page, note(database, scene, ""))

    done = operator.post(page, note(database, scene))

    assert "The brand may still choose" in words(early)
    assert "At most 3." in words(many)
    assert "no unit was counted" in words(none)
    assert [answer.status_code for answer in (early, many, none, done)] == [422, 422, 422, 303]
    assert "Return note 1" in words(operator.get(page))
    assert "Nothing waits to leave." in words(operator.get("/admin/stock/exits"))


def test_an_operator_offers_a_day_until_which_goods_are_kept(operator, brand, scene, database):
    leaves_by = database.value("SELECT leave_by FROM exit_plans")
    ask = f"/admin/stock/{scene.deal_id}/exits/ask"

    later = leaves_by + timedelta(days=40)

    refused = operator.post(ask, {"keep_until": leaves_by.isoformat()})
    done = operator.post(ask, {"keep_until": later.isoformat()})

    assert (refused.status_code, done.status_code) == (422, 303)
    assert "Kept for a next sale" in words(brand.get(f"/brand/deals/{scene.deal_id}/exits"))


def test_a_brand_reads_what_left_on_the_page_in_files_and_on_paper(
    operator, brand, scene, database, tools
):
    database.run(OVER)
    operator.post(f"/admin/stock/{scene.deal_id}/exits", note(database, scene))
    page = f"/brand/deals/{scene.deal_id}/exits"
    assert brand.get("/brand/exits/1/paper-en.pdf").status_code == 404
    exits.keep_paper(tools, exit_id=database.value("SELECT id FROM exits"))

    shown = words(brand.get(page))
    csv = brand.get(f"{page}/file.csv").get_data(as_text=True)
    book = CalamineWorkbook.from_filelike(io.BytesIO(brand.get(f"{page}/file.xlsx").data))
    told = json.loads(brand.get(f"{page}/file.json").data)

    assert "Return note 1" in shown
    assert "720 g in all." in shown
    assert "Nothing that could leave is in the house any more." in shown
    assert "61099020" in csv
    assert book.get_sheet_by_name("Exits").to_python()[1][12:17] == ["61", "61099020", 3, 240, 720]
    assert told["exits"][0]["figures"]["weight_g"] == 720
    assert brand.get("/brand/exits/1/paper-fr.pdf").data.startswith(b"%PDF-1.7")
    paper = f"/admin/stock/exits/{database.value('SELECT id FROM exits')}/paper-en.pdf"
    assert operator.get(paper).status_code == 200


def test_a_deal_of_many_lots_is_read_page_by_page_and_its_sums_are_of_all(
    brand, operator, scene, database, monkeypatch
):
    with database.session() as session:
        sold = session.get_one(factories.SaleItem, scene.item_id)
        running = session.get_one(Sale, sold.sale_id)
        factories.sale_item(session, of=running, units=7)
    monkeypatch.setattr(queries.exits, "LINES_PER_PAGE", 1)
    page = f"/brand/deals/{scene.deal_id}/exits"
    first, second = (words(brand.get(f"{page}?page={number}")) for number in (1, 2))
    desk = words(operator.get(f"/admin/stock/{scene.deal_id}/exits?page=2"))

    waits = database.value(
        "SELECT sku FROM variants v JOIN sale_items i ON i.variant_id = v.id WHERE i.id = :item",
        item=scene.item_id,
    )
    assert "Still to leave 3" in first
    assert "Still to leave 3" in second
    assert [waits in each for each in (first, second)] == [True, False]
    assert "Write down what left" not in desk


def test_an_operator_corrects_a_note_and_both_read_the_counter_note(
    operator, brand, scene, database, tools
):
    database.run(OVER)
    page = f"/admin/stock/{scene.deal_id}/exits"
    operator.post(page, note(database, scene))
    exit_id = database.value("SELECT id FROM exits")
    form = f"/admin/stock/exits/{exit_id}/correct"
    line = f"line.{lot_of(database, scene)}.unsold"
    assert "Correct Return note 1" in words(operator.get(page))
    shown = words(operator.get(form))

    many = operator.post(form, {"key": "c", line: "4", "reason": "On the shelf."})
    unsaid = operator.post(form, {"key": "c", line: "1"})
    none = operator.post(form, {"key": "c", "reason": "On the shelf."})
    done = operator.post(form, {"key": "c", line: "1", "reason": "On the shelf."})

    assert "a counter-note takes them back" in shown
    assert "At most 3." in words(many)
    assert "No unit was counted." in words(none)
    assert [each.status_code for each in (many, unsaid, none, done)] == [422, 422, 422, 303]
    counter = database.value("SELECT id FROM exits WHERE corrects_id IS NOT NULL")
    exits.keep_paper(tools, exit_id=counter)
    read = words(brand.get(f"/brand/deals/{scene.deal_id}/exits"))
    assert "Counter-note 2 to note 1" in read
    assert "On the shelf." in read
    assert "Still to leave 1" in read
    assert "Correct Return note" not in read
    assert brand.get("/brand/exits/2/paper-fr.pdf").data.startswith(b"%PDF-1.7")
    csv = brand.get(f"/brand/deals/{scene.deal_id}/exits/file.csv").get_data(as_text=True)
    rows = [row.rstrip("\r").split(";") for row in csv.lstrip("\ufeff").splitlines()]
    assert [row[-1] for row in rows] == ["Corrects note", "", "1"]
    assert [row[-4] for row in rows[1:]] == ["3", "-1"]
    assert operator.get(f"/admin/stock/exits/{counter}/correct").status_code == 404
