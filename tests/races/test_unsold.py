"""Freeing what was not sold against a payment that comes late: a unit goes one way, whoever comes first."""

from __future__ import annotations

import pytest
from sqlalchemy.exc import IntegrityError

from marketplace.db import sales as shelf
from marketplace.db import unsold
from marketplace.db.sales import SaleItem
from marketplace.services import holds, orders, payments, sales
from tests.scenes import bag_of, opened

SHELF = "SELECT FROM sale_items FOR UPDATE"
COUNTS = "SELECT available, held, sold, freed FROM sale_items"


@pytest.fixture
def scene(database, paying, simulator, clock):
    """A sale that has ended with its last unit on the shelf, and a payment for it of which nobody has heard."""
    with database.session() as session:
        bag = bag_of(session, units=1, stock=1)
    _, ref = opened(paying, bag)
    simulator.pay(ref)
    answer = paying.payments.look_up(ref)
    database.run("UPDATE sales SET closes_at = house_now() + interval '20 minutes'")
    clock.turn(minutes=31)
    sales.record_due_transitions(paying, limit=10)
    holds.sweep(paying, most=10)
    orders.lapse_unpaid(paying)
    clock.turn(minutes=62)
    return answer


def settle(tools, answer):
    return lambda: payments.settle(tools, answer=answer)


def test_a_payment_that_comes_to_the_shelf_first_keeps_its_unit(database, paying, course, scene):
    with course.closed(SHELF):
        paid = course.begin(settle(paying, scene), waiting=1)
        freed = course.begin(lambda: sales.free_unsold(paying), waiting=2)

    assert (paid.result(), freed.result()) == ("paid_late", 0)
    assert database.rows(COUNTS) == [(0, 0, 1, 0)]
    assert database.value("SELECT state FROM orders") == "paid"
    assert database.value("SELECT allocated FROM lots") == 1


def test_a_payment_that_comes_after_the_unit_was_freed_goes_back_in_full(
    database, paying, course, scene
):
    with course.closed(SHELF):
        freed = course.begin(lambda: sales.free_unsold(paying), waiting=1)
        paid = course.begin(settle(paying, scene), waiting=2)

    assert (freed.result(), paid.result()) == (1, "paid_late")
    assert database.rows(COUNTS) == [(0, 0, 0, 1)]
    assert database.rows("SELECT cause, amount_minor FROM refunds") == [("paid_late", 6_590)]
    assert database.value("SELECT allocated FROM lots") == 0


def test_freeing_that_looks_before_it_locks_gives_away_what_was_paid(
    database, paying, course, scene, monkeypatch
):
    """With the shelf read before it is locked, the unit that was just sold would be freed as well."""

    def looked_at_before(session, sale_id):
        found = session.query(SaleItem).filter_by(sale_id=sale_id).all()
        session.execute(
            SaleItem.__table__.select().where(SaleItem.sale_id == sale_id).with_for_update()
        )
        return {item.id: item for item in found}

    first_look = unsold.to_free
    monkeypatch.setattr(shelf, "items_locked", looked_at_before)
    monkeypatch.setattr(
        unsold, "to_free", lambda session, sale_id=None: sale_id or first_look(session)
    )
    with course.closed(SHELF):
        paid = course.begin(settle(paying, scene), waiting=1)
        freed = course.begin(lambda: sales.free_unsold(paying), waiting=2)

    assert paid.result() == "paid_late"
    with pytest.raises(IntegrityError, match="conserved"):
        freed.result()
