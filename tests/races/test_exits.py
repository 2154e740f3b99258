"""Goods that leave against goods that are put into a sale: a unit goes one way, whoever comes first."""

from __future__ import annotations

import pytest
from sqlalchemy import select
from sqlalchemy.exc import IntegrityError

from marketplace.db import locks, stock
from marketplace.db.sales import Sale, SaleItem
from marketplace.db.stock import Lot
from marketplace.domain.exits import ExitKind, ExitUnitsRefused, UnitsTakenBackRefused
from tests import factories
from tests.exit_scenes import asked, leave, left_over, take_back

LOTS = "SELECT FROM lots FOR UPDATE"
COUNTS = "SELECT accepted, allocated, exited FROM lots"


@pytest.fixture
def scene(database, tools, clock):
    """Three units are free in the house and go back; a further sale of the deal is drafted."""
    scene = left_over(database, tools, clock)
    asked(tools, clock, silent=True)
    with database.session() as session:
        under = session.get_one(factories.Deal, scene.deal_id)
        factories.sale(session, under=under, state="draft")
    return scene


def sold_again(database, scene, units: int = 2):
    """Put units of the lot into the further sale, as its editor does: the lot locked, its free units looked at."""

    def deed() -> int:
        with database.session() as session:
            (lot,) = stock.locked_of_deal(session, scene.deal_id).values()
            taken = min(units, stock.counts(lot).free)
            if taken:
                sale = session.scalars(select(Sale).where(Sale.state == "draft")).one()
                item = SaleItem(
                    brand_id=lot.brand_id,
                    sale_id=sale.id,
                    variant_id=lot.variant_id,
                    lot_id=lot.id,
                    price_minor=4_000,
                    units=taken,
                    available=taken,
                )
                session.add(item)
                session.flush()
                stock.allocate(session, lot, taken, sale_item_id=item.id)
            return taken

    return deed


def test_units_that_leave_first_are_in_no_sale(database, tools, course, scene):
    with course.closed(LOTS):
        left = course.begin(lambda: leave(database, tools, scene, 3), waiting=1)
        sold = course.begin(sold_again(database, scene), waiting=2)

    assert (left.result(), sold.result()) == (1, 0)
    assert database.rows(COUNTS) == [(5, 2, 3)]


def test_units_that_a_sale_took_first_do_not_leave(database, tools, course, scene):
    with course.closed(LOTS):
        sold = course.begin(sold_again(database, scene), waiting=1)
        left = course.begin(lambda: leave(database, tools, scene, 3), waiting=2)

    assert sold.result() == 2
    with pytest.raises(ExitUnitsRefused):
        left.result()
    assert database.rows(COUNTS) == [(5, 4, 0)]


def test_two_notes_of_the_same_goods_do_not_both_come_about(database, tools, course, scene):
    deeds = [lambda key=key: _outcome(database, tools, scene, key) for key in ("one", "two")]

    assert sorted(course.together(deeds)) == ["left", "refused"]
    assert database.rows(COUNTS) == [(5, 2, 3)]


def _outcome(database, tools, scene, key: str) -> str:
    try:
        leave(database, tools, scene, 3, key=key, kind=ExitKind.RETURN)
    except ExitUnitsRefused:
        return "refused"
    return "left"


def taken_back(database, tools, scene, key: str) -> str:
    try:
        take_back(database, tools, scene, 2, key=key)
    except UnitsTakenBackRefused:
        return "refused"
    return "taken back"


def test_two_corrections_of_one_note_take_no_unit_back_twice(database, tools, course, scene):
    leave(database, tools, scene, 3)
    deeds = [
        lambda key=key: taken_back(database, tools, scene, key) for key in ("one", "two", "three")
    ]

    assert sorted(course.together(deeds)) == ["refused", "refused", "taken back"]
    assert database.rows(COUNTS) == [(5, 2, 1)]


def test_corrections_that_lock_nothing_would_both_look_before_either_wrote(
    database, tools, course, scene, monkeypatch
):
    """With brand, deal and lots read without a lock, only the numbering keeps units from coming back twice."""
    leave(database, tools, scene, 3)
    monkeypatch.setattr(locks, "one", lambda session, table, found: session.get_one(table, found))
    monkeypatch.setattr(stock, "locked_of_deal", _unlocked)
    with course.closed(LOTS):
        first = course.begin(lambda: taken_back(database, tools, scene, "one"), waiting=1)
        second = course.begin(lambda: taken_back(database, tools, scene, "two"), waiting=2)

    assert first.result() == "taken back"
    with pytest.raises(IntegrityError, match="uq_exits_brand_id_number"):
        second.result()


def _unlocked(session, deal_id):
    found = session.scalars(select(Lot).where(Lot.deal_id == deal_id)).all()
    return {lot.variant_id: lot for lot in found}


def test_goods_looked_at_before_they_are_locked_would_leave_and_be_sold(
    database, tools, course, scene, monkeypatch
):
    """With the lot read before it is locked only the table's own rule keeps the units from going two ways."""

    def looked_at_before(session, deal_id, *, variant_ids=None):
        found = session.scalars(select(Lot).where(Lot.deal_id == deal_id)).all()
        session.execute(select(Lot.id).where(Lot.deal_id == deal_id).with_for_update())
        return {lot.variant_id: lot for lot in found}

    deed = sold_again(database, scene)
    with course.closed(LOTS):
        sold = course.begin(deed, waiting=1)
        monkeypatch.setattr(stock, "locked_of_deal", looked_at_before)
        left = course.begin(lambda: leave(database, tools, scene, 3), waiting=2)

    assert sold.result() == 2
    with pytest.raises(IntegrityError, match="accepted_allocated"):
        left.result()
    assert database.rows(COUNTS) == [(5, 4, 0)]
