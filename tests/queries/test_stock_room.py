"""The stock room, promises and trails: what an operator reads before acting."""

from __future__ import annotations

from datetime import timedelta

import pytest

from marketplace.db import promises as promise_rows
from marketplace.domain.doors import Realm
from marketplace.domain.promises import Keeping, PromiseKind
from marketplace.domain.refusals import NotFound
from marketplace.queries import audit_trail, promises, sale_desk, stock_room
from marketplace.queries.promises import Shown
from marketplace.services import sales
from tests import sale_scenes


@pytest.fixture
def at(database):
    """A desk with goods."""
    with database.session() as session:
        return sale_scenes.desk(session)


@pytest.fixture
def house(at, tools):
    """The operator's tools."""
    return at.operator(tools)


def test_a_deals_goods_are_summed_and_told_by_lot(at, house, tools):
    sale_scenes.ready(tools, at)

    (deal,) = stock_room.deals(house).deals
    goods = stock_room.of_deal(house, deal_id=at.deal_id)

    assert (deal.lots, deal.counts.accepted, deal.counts.allocated, deal.counts.free) == (
        2,
        20,
        10,
        10,
    )
    assert [(line.size, line.counts.allocated) for line in goods.lines] == [("M", 5), ("S", 5)]
    assert goods.stock == deal


def test_every_movement_of_a_lot_says_why_who_and_where(at, house, tools):
    ref = sale_scenes.scheduled(tools, at)
    sales.cancel(house, ref=ref, reason="the brand asked")

    found = stock_room.movements(house, lot_id=at.lot_ids[0])

    newest = found.moved[0]
    assert (newest.movement, newest.units, newest.reason, newest.sale_ref) == (
        "deallocated",
        -5,
        "the brand asked",
        ref,
    )
    assert newest.who is not None
    assert found.total == 5


def test_a_deal_or_lot_that_is_not_there_is_not_found(house):
    with pytest.raises(NotFound):
        stock_room.of_deal(house, deal_id=999_999)
    with pytest.raises(NotFound):
        stock_room.movements(house, lot_id=999_999)


def test_the_desk_shows_what_the_deal_lets_a_sale_offer(at, house, tools):
    ref = sale_scenes.ready(tools, at, units=4)

    table = sale_desk.lines(house, ref=ref)

    line = table.lines[0]
    assert (line.units, line.most, line.price.minor, line.floor.minor) == (4, 10, 6_000, 3_000)
    assert (line.compare.minor, line.saving_bps) == (12_000, 5_000)
    assert (table.sale.items, table.sale.units, table.total) == (2, 8, 2)


def test_promises_are_listed_by_how_they_stand(house, tools, database, clock):
    with database.session() as session:
        promise_rows.make(
            session,
            kind=PromiseKind.ANSWER,
            subject_type="message",
            subject_id=1,
            realm=Realm.MEMBER,
            due_at=clock.now() + timedelta(days=2),
        )
    assert promises.listed(house, shown=Shown.PENDING).counts[Shown.PENDING] == 1

    clock.turn(days=2, minutes=1)
    (line,) = promises.listed(house, shown=Shown.BROKEN).lines
    assert (line.kind, line.keeping) == (PromiseKind.ANSWER, Keeping.BROKEN)

    with tools.transaction() as session:
        promise_rows.keep(session, kind=PromiseKind.ANSWER, subject_type="message", subject_id=1)
    (line,) = promises.listed(house, shown=Shown.LATE).lines
    assert line.keeping is Keeping.LATE
    assert promises.listed(house, shown=Shown.BROKEN).lines == ()


def test_the_trail_tells_who_did_what_and_why_newest_first(at, house, tools, database):
    ref = sale_scenes.scheduled(tools, at)
    sales.unschedule(house, ref=ref, reason="a day later")
    sale_id = database.value("SELECT id FROM sales")

    trail = audit_trail.of(house, subject_type="sale", subject_id=sale_id)

    assert [line.name for line in trail.lines] == [
        "sale.unscheduled",
        "sale.scheduled",
        "sale.approved_by_brand",
        "sale.items_changed",
        "sale.drafted",
    ]
    assert (trail.lines[0].reason, trail.lines[0].actor, trail.total) == (
        "a day later",
        "operator",
        5,
    )
