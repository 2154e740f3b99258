"""The operators' door: a sale from its draft to the live board, as somebody at the desk does it."""

from __future__ import annotations

from datetime import timedelta

import pytest

from marketplace.db.accounts import Account
from marketplace.domain.moments import wall_time
from marketplace.services import sales
from tests import sale_scenes
from tests.sale_scenes import ZONE


@pytest.fixture
def at(database):
    """A desk with goods."""
    with database.session() as session:
        return sale_scenes.desk(session)


@pytest.fixture
def desk(at, database, operator_client):
    """A browser of the operator at that desk."""
    with database.session() as session:
        return operator_client(session.get_one(Account, at.operator_id))


def text(answer):
    return answer.get_data(as_text=True)


def plan(at, **more):
    opens = wall_time(at.now + timedelta(days=2), ZONE).replace(second=0, microsecond=0)
    return {
        "title": "The winter house",
        "line": "",
        "territory": "FR",
        "zone": ZONE,
        "opens_wall": f"{opens:%Y-%m-%dT%H:%M}",
        "closes_wall": f"{opens + timedelta(days=3):%Y-%m-%dT%H:%M}",
        "teaser_days": "3",
        "limit_per_member": "4",
        "manager_id": str(at.operator_id),
        "version": "0",
        **more,
    }


def drafted(desk, at, **more):
    answer = desk.post("/admin/sales/new", {"deal": str(at.deal_id), **plan(at, **more)})
    assert answer.status_code == 303, text(answer)
    return answer.headers["Location"].split("/")[3]


def test_the_week_shows_a_sale_on_its_day(at, desk, tools):
    ref = sale_scenes.scheduled(tools, at)
    opens = wall_time(at.now + timedelta(days=2), ZONE).date()

    page = text(desk.get(f"/admin/?day={opens}"))

    assert f"/admin/sales/{ref}" in page
    assert "Scheduled" in page


def test_a_sale_is_drafted_filled_looked_at_and_scheduled(at, desk, tools, database):
    ref = drafted(desk, at)
    page = desk.get(f"/admin/sales/{ref}/items")
    assert page.status_code == 200

    filled = desk.post(f"/admin/sales/{ref}/items/fill", {"version": "1", "saving": "50"})
    assert filled.status_code == 303
    assert database.rows("SELECT price_minor, units FROM sale_items") == [(6_000, 10), (6_000, 10)]

    rows = text(desk.get(f"/admin/sales/{ref}/preflight"))
    assert "The brand has not approved this sale." in rows
    assert "Schedule the sale" not in rows
    sales.approve(at.brand(tools), ref=ref, version=2)
    assert "Schedule the sale" in text(desk.get(f"/admin/sales/{ref}/preflight"))

    done = desk.post(f"/admin/sales/{ref}/schedule", {"version": "2"})

    assert done.status_code == 303
    assert database.value("SELECT state FROM sales") == "scheduled"
    assert "Scheduled" in text(desk.get(f"/admin/sales/{ref}"))
