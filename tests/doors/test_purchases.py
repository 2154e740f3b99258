"""An order of the house at both doors: confirmed by its brand, counted and closed; and what members read."""

from __future__ import annotations

import io
import re
from datetime import timedelta

import pytest
from python_calamine import CalamineWorkbook
from sqlalchemy import select

from marketplace.db.brands import BrandUser
from marketplace.domain.doors import BrandRole
from tests import factories
from tests.purchase_scenes import conditional_sale, ordered


def words(answer) -> str:
    return " ".join(re.sub(r"<[^>]+>", " ", answer.get_data(as_text=True)).split())


@pytest.fixture
def order(database, paying, simulator, clock):
    """Three of five pieces were sold to two members, and are ordered: scene and reference."""
    scene, ref, _ = ordered(database, paying, simulator, clock, 2, 1)
    return scene, ref


@pytest.fixture
def brand(order, database, brand_client):
    """The brand's owner."""
    with database.session() as session:
        person = session.scalars(
            select(BrandUser).where(BrandUser.account_id == order[0].account_id)
        ).one()
    return brand_client(person)


@pytest.fixture
def operator(database, operator_client):
    with database.session() as session:
        person = factories.operator(session)
    return operator_client(person)


def line(database) -> int:
    return database.value("SELECT id FROM purchase_lines")


def test_home_asks_for_the_confirmation_until_it_is_given(database, order, brand):
    _, ref = order
    asks = "Confirm what the house ordered of The winter house"
    assert asks in words(brand.get("/brand/"))
    leaves = database.value("SELECT deliver_by FROM purchases") - timedelta(days=1)
    form = {"ships_on": leaves.isoformat(), f"line.{line(database)}.units": "2", "note": "One torn"}

    answer = brand.post(f"/brand/orders/{ref}", form)

    assert answer.status_code == 303
    page = words(brand.get(answer.location))
    assert "The order is confirmed; 1 unit will be missing." in page
    assert "Confirmed" in words(brand.get("/brand/orders"))
    assert asks not in words(brand.get("/brand/"))


def test_what_cannot_be_confirmed_stands_at_its_cell_with_all_that_was_typed(
    database, order, brand
):
    _, ref = order
    name = f"line.{line(database)}.units"
    leaves = database.value("SELECT deliver_by FROM purchases")

    answer = brand.post(
        f"/brand/orders/{ref}", {"ships_on": leaves.isoformat(), name: "9", "note": "Two boxes"}
    )

    assert answer.status_code == 422
    page = answer.get_data(as_text=True)
    assert "the order names 3. Confirm that many or fewer." in page
    assert 'value="9"' in page
    assert "Two boxes" in page
    late = {"ships_on": (leaves + timedelta(days=1)).isoformat(), name: "3"}
    assert "The goods leave between today and" in words(brand.post(f"/brand/orders/{ref}", late))


def test_a_colleague_who_may_not_sign_reads_it_only(database, order, brand_client):
    scene, ref = order
    with database.session() as session:
        of = session.get_one(factories.Brand, scene.brand_id)
        person = factories.brand_user(session, of=of, role=BrandRole.CONTENT)
    colleague = brand_client(person)

    assert "Confirm the order" not in words(colleague.get(f"/brand/orders/{ref}"))
    assert colleague.post(f"/brand/orders/{ref}", {"ships_on": "2099-01-01"}).status_code == 403


def test_the_order_is_taken_along_as_a_workbook(database, order, brand):
    _, ref = order

    answer = brand.get(f"/brand/orders/{ref}/file")

    rows = CalamineWorkbook.from_filelike(io.BytesIO(answer.data)).get_sheet_by_index(0).to_python()
    assert rows[0][-3:] == ["Ordered", "Confirmed", "Accepted"]
    assert rows[1][-3:] == ["3", "", "0"]
    assert f"{ref}.xlsx" in answer.headers["Content-Disposition"]


def test_an_operator_counts_what_came_and_closes_what_will_not(database, order, operator):
    _, ref = order
    name = f"line.{line(database)}"
    assert ref in words(operator.get("/admin/stock/orders"))
    came = {f"{name}.received": "2", f"{name}.accepted": "2", f"{name}.rejected": "0"}
    came[f"{name}.was"] = "0/0/0"

    unsaid = operator.post(f"/admin/stock/orders/{ref}", came)
    assert unsaid.status_code == 422
    assert unsaid.get_data(as_text=True).count("error") > 0
    done = operator.post(f"/admin/stock/orders/{ref}", {**came, f"{name}.reason": "One is torn."})
    assert "2 units are accepted." in words(operator.get(done.location))

    asked = words(operator.get(f"/admin/stock/orders/{ref}/close"))
    assert "1 unit will not come any more." in asked
    assert "1 order of a member goes without something." in asked
    assert operator.post(f"/admin/stock/orders/{ref}/close", {"reason": ""}).status_code == 422
    closed = operator.post(f"/admin/stock/orders/{ref}/close", {"reason": "It was torn."})
    page = words(operator.get(closed.location))
    assert "1 order of a member is refunded for what is missing." in page
    assert "66.67%" in page or "66.67 %" in page
    assert (
        operator.get(
            f"/admin/trail/purchase/{database.value('SELECT id FROM purchases')}"
        ).status_code
        == 200
    )


def test_members_read_that_it_is_ordered_for_them_before_they_buy(database, member_client):
    scene = conditional_sale(database)
    with database.session() as session:
        member = factories.member(session)
        factories.hold(session, by=member, on=session.get_one(factories.SaleItem, scene.item.id))
    client = member_client(member)
    ref, style = database.rows(
        "SELECT s.ref, v.style_id FROM sales s JOIN sale_items i ON i.sale_id = s.id"
        " JOIN variants v ON v.id = i.variant_id"
    )[0]

    assert "The brand sends it to us after the sale." in words(
        client.get(f"/sales/{ref}/styles/{style}")
    )
    assert "in its own name; supplied by" in words(client.get(f"/sales/{ref}/styles/{style}"))
    assert "Some of it is ordered from its brand after the sale" in words(client.get("/bag"))
