"""The pay button pressed in many tabs at once: one order and one payment, because the member's row is locked first."""

from __future__ import annotations

import threading

import pytest

from marketplace.db.members import Member
from marketplace.services import orders
from marketplace.services.orders import placing
from tests.scenes import bag_of

TABS = 16


@pytest.fixture
def bag(database):
    with database.session() as session:
        return bag_of(session)


def press(tools, bag):
    return lambda: orders.place(tools, member_id=bag.member_id, address_id=bag.address_id).ref


def test_sixteen_tabs_make_one_order(database, tools, course, bag):
    refs = course.together([press(tools, bag)] * TABS)

    assert len(set(refs)) == 1
    assert database.value("SELECT count(*) FROM orders") == 1
    assert database.value("SELECT count(*) FROM payments") == 1


def test_without_the_members_row_locked_two_tabs_make_two_orders(
    database, tools, course, bag, monkeypatch
):
    both_have_looked = threading.Barrier(2)
    look, lock = placing._awaiting, placing.locks.one

    def looked(session, member_id):
        found = look(session, member_id)
        both_have_looked.wait(timeout=5)
        return found

    def unlocked(session, table, row_id, *where):
        return (
            session.get(table, row_id) if table is Member else lock(session, table, row_id, *where)
        )

    monkeypatch.setattr(placing, "_awaiting", looked)
    monkeypatch.setattr(placing.locks, "one", unlocked)

    refs = course.together([press(tools, bag)] * 2)

    assert len(set(refs)) == 2
    assert database.value("SELECT count(*) FROM orders WHERE state = 'awaiting_payment'") == 2
