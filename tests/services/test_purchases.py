"""Conditional deals: sold from the brand's own shelf, ordered once after the close, short units refunded."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from datetime import date, timedelta
from threading import Barrier

import pytest
from sqlalchemy import select

from marketplace.db import purchases as store
from marketplace.db.purchases import PurchaseLine
from marketplace.db.stock import Movement, StockMovement
from marketplace.domain.doors import Door
from marketplace.domain.purchases import (
    GoodsArrived,
    GoodsAwaited,
    MoreThanOrdered,
    ShipDayRefused,
)
from marketplace.domain.reasons import ReasonMissing
from marketplace.domain.refusals import NotFound
from marketplace.domain.stock import Count, CountsRefused
from marketplace.queries import purchases as asked
from marketplace.services import orders, payments, purchases, sales
from marketplace.services.orders import Closed
from marketplace.services.purchases import Line
from tests import factories
from tests.purchase_scenes import Scene, bought, conditional_sale, ordered, over
from tests.scenes import bag_of, paid_order

LOT = "SELECT committed, received, accepted, pledged, allocated FROM lots"
NOTHING = Count(0, 0, 0)


def _counted(database, tools, ref, received, accepted, rejected=0, *, reason="", was=NOTHING):
    line_id = database.value("SELECT id FROM purchase_lines")
    line = Line(line_id, Count(received, accepted, rejected), was, reason)
    return purchases.count(tools.at_door(Door.OPERATOR), ref=ref, lines=[line])


def test_what_was_sold_is_ordered_and_the_rest_never_leaves_the_brand(
    database, paying, simulator, clock
):
    scene = conditional_sale(database)
    assert database.rows(LOT) == [(5, 0, 0, 0, 5)]
    bought(database, paying, simulator, scene, 1, 2)
    over(paying, clock)
    assert database.rows(LOT) == [(5, 0, 0, 0, 3)]

    assert purchases.order_sold(paying) == 3
    assert purchases.order_sold(paying) is None

    assert database.rows("SELECT ordered, confirmed, accepted FROM purchase_lines") == [
        (3, None, 0)
    ]
    assert database.rows("SELECT data->>'units' FROM events WHERE name = 'purchase.ordered'") == [
        ("3",)
    ]


def test_nothing_is_ordered_while_something_may_still_change(database, paying, simulator, clock):
    scene = conditional_sale(database)
    bought(database, paying, simulator, scene, 1)
    assert purchases.order_sold(paying) is None

    clock.turn(minutes=31)
    sales.record_due_transitions(paying, limit=10)
    assert purchases.order_sold(paying) is None, "unsold units are not let go yet"
    sales.free_unsold(paying)

    assert purchases.order_sold(paying) == 1


def test_two_workers_make_one_order(database, paying, simulator, clock):
    scene = conditional_sale(database)
    bought(database, paying, simulator, scene, 1)
    over(paying, clock)

    with ThreadPoolExecutor(4) as pool:
        made = list(pool.map(lambda _: purchases.order_sold(paying), range(4)))

    assert sum(each or 0 for each in made) == 1
    assert database.value("SELECT count(*) FROM purchases") == 1


def test_a_consignment_is_never_ordered(database, paying, simulator, clock):
    with database.session() as session:
        bag = bag_of(session)
    paid_order(paying, simulator, bag)
    database.run("UPDATE sales SET closes_at = house_now() + interval '5 minutes'")
    over(paying, clock, hours=1)

    assert purchases.order_sold(paying) is None


def test_members_are_promised_three_weeks_more(database, paying, simulator):
    scene = conditional_sale(database)
    with database.session() as session:
        bag = bag_of(session)
    database.run("UPDATE sales SET closes_at = (SELECT min(closes_at) FROM sales)")
    paid_order(paying, simulator, bag)
    bought(database, paying, simulator, scene, 1)

    here, later = database.rows("SELECT promised_on FROM orders ORDER BY id")
    assert later[0] - here[0] == timedelta(days=21)


def test_the_brand_confirms_and_may_think_again_until_goods_come(
    database, paying, simulator, clock
):
    scene, ref, _ = ordered(database, paying, simulator, clock, 2, 1)
    brand, line = scene.brand(paying), database.value("SELECT id FROM purchase_lines")
    leaves = database.value("SELECT deliver_by FROM purchases") - timedelta(days=3)

    assert purchases.confirm(brand, ref=ref, units={}, ships_on=leaves) == 0
    assert (
        purchases.confirm(brand, ref=ref, units={line: 2}, ships_on=leaves, note="One is torn") == 1
    )
    assert database.rows("SELECT state, ships_on, note FROM purchases") == [
        ("confirmed", leaves, "One is torn")
    ]
    _counted(database, paying, ref, 2, 2, reason="one missing")
    with pytest.raises(GoodsArrived):
        purchases.confirm(brand, ref=ref, units={}, ships_on=leaves)


def test_a_confirmation_that_cannot_be_is_refused(database, paying, simulator, clock):
    scene, ref, _ = ordered(database, paying, simulator, clock, 2)
    brand, line = scene.brand(paying), database.value("SELECT id FROM purchase_lines")
    by = database.value("SELECT deliver_by FROM purchases")

    with pytest.raises(MoreThanOrdered) as more:
        purchases.confirm(brand, ref=ref, units={line: 3}, ships_on=by)
    assert more.value.facts["most"] == 2
    for day in (by + timedelta(days=1), date(2020, 1, 1)):
        with pytest.raises(ShipDayRefused):
            purchases.confirm(brand, ref=ref, units={}, ships_on=day)
    with pytest.raises(NotFound):
        purchases.confirm(brand, ref=ref, units={line + 1: 1}, ships_on=by)
    other = paying.at_door(Door.BRAND, account_id=scene.account_id, brand_id=scene.brand_id + 1)
    with pytest.raises(NotFound):
        purchases.confirm(other, ref=ref, units={}, ships_on=by)


def test_parcels_wait_for_the_goods_and_leave_with_them(database, paying, simulator, clock):
    _, ref, (first, second) = ordered(database, paying, simulator, clock, 2, 1)
    with pytest.raises(GoodsAwaited):
        orders.pack(paying, order_id=first.order_id)

    assert _counted(database, paying, ref, 2, 2, reason="the rest follows") == 2
    assert database.rows(LOT) == [(5, 2, 2, 0, 3)]
    orders.pack(paying, order_id=first.order_id)
    with pytest.raises(GoodsAwaited):
        orders.pack(paying, order_id=second.order_id)
    _counted(database, paying, ref, 3, 3, was=Count(2, 2, 0))
    orders.pack(paying, order_id=second.order_id)

    house = paying.at_door(Door.OPERATOR)
    assert orders.close_purchase(house, ref=ref, reason="") == Closed(short=0, orders=0)
    assert database.rows(LOT) == [(5, 3, 3, 0, 3)]


def test_two_parcels_never_share_the_last_unit(database, paying, simulator, clock):
    _, ref, placed = ordered(database, paying, simulator, clock, 1, 1, 1)
    _counted(database, paying, ref, 1, 1, reason="the rest is lost")

    def pack(order_id: int) -> bool:
        try:
            orders.pack(paying, order_id=order_id)
        except GoodsAwaited:
            return False
        return True

    with ThreadPoolExecutor(3) as pool:
        packed = list(pool.map(pack, [each.order_id for each in placed]))

    assert packed.count(True) == 1


def test_without_the_lock_two_parcels_do_share_it(database, paying, simulator, clock, monkeypatch):
    """The counter-test of the race above: lines that are read without their lock let both through."""
    _, ref, placed = ordered(database, paying, simulator, clock, 1, 1)
    _counted(database, paying, ref, 1, 1, reason="the rest is lost")
    both = Barrier(2, timeout=10)

    def unlocked(session, sale_item_ids):
        rows = session.scalars(
            select(PurchaseLine).where(PurchaseLine.sale_item_id.in_(sale_item_ids))
        )
        return {row.sale_item_id: row for row in rows}

    def read_together(session, sale_item_ids, *, real=store.packed):
        found = real(session, sale_item_ids)
        both.wait()
        return found

    monkeypatch.setattr(store, "lines_of_items", unlocked)
    monkeypatch.setattr(store, "packed", read_together)
    with ThreadPoolExecutor(2) as pool:
        list(pool.map(lambda each: orders.pack(paying, order_id=each.order_id), placed))

    assert database.value("SELECT count(*) FROM orders WHERE packed_at IS NOT NULL") == 2
    database.run("UPDATE orders SET state = 'paid', packed_at = NULL")


def test_a_count_that_was_wrong_is_taken_back_but_not_what_lies_in_parcels(
    database, paying, simulator, clock
):
    _, ref, (first, _second) = ordered(database, paying, simulator, clock, 2, 1)
    _counted(database, paying, ref, 3, 3)
    _counted(database, paying, ref, 2, 2, reason="counted twice", was=Count(3, 3, 0))
    assert database.rows(LOT) == [(5, 2, 2, 0, 3)]
    orders.pack(paying, order_id=first.order_id)

    with pytest.raises(CountsRefused):
        _counted(database, paying, ref, 2, 1, 1, reason="a stain", was=Count(2, 2, 0))
    with pytest.raises(CountsRefused):
        _counted(database, paying, ref, 9, 9, was=Count(2, 2, 0))


def test_what_never_comes_is_refunded_to_whoever_paid_last(database, paying, simulator, clock):
    scene, ref, (first, second, third) = ordered(database, paying, simulator, clock, 2, 1, 1)
    _counted(database, paying, ref, 3, 2, 1, reason="one torn, one missing")
    house = paying.at_door(Door.OPERATOR)
    assert asked.one(house, ref=ref).without == 2
    with pytest.raises(ReasonMissing):
        orders.close_purchase(house, ref=ref, reason=" ")

    assert orders.close_purchase(house, ref=ref, reason="The atelier found two faults.") == Closed(
        2, 2
    )

    assert database.rows("SELECT order_id, cause, amount_minor FROM refunds ORDER BY id") == [
        (second.order_id, "short", 6_590),
        (third.order_id, "short", 6_590),
    ]
    assert (
        database.rows("SELECT kind FROM letters WHERE kind = 'order_short'")
        == [("order_short",)] * 2
    )
    orders.pack(paying, order_id=first.order_id)
    assert asked.one(scene.brand(paying), ref=ref).order.fill_rate_bps == 5_000


def test_refunded_units_are_let_go_and_the_books_end_at_nothing(database, paying, simulator, clock):
    _, ref, _ = ordered(database, paying, simulator, clock, 2)
    orders.close_purchase(paying.at_door(Door.OPERATOR), ref=ref, reason="Lost on the way.")
    assert database.rows(LOT) == [(5, 0, 0, 0, 2)]

    payments.send_refund(paying, refund_id=database.value("SELECT id FROM refunds"))
    sales.free_unsold(paying)

    assert database.rows(LOT) == [(5, 0, 0, 0, 0)]
    assert database.value("SELECT coalesce(sum(amount_minor), 0) FROM posting_lines") == 0
    assert database.rows("SELECT state FROM orders") == [("refunded",)]
    with pytest.raises(NotFound):
        _counted(database, paying, ref, 1, 1, reason="found after all")


def test_two_sales_of_one_deal_never_reach_into_each_others_goods(
    database, paying, simulator, clock
):
    """Two of ten are given back from the first sale; the second's goods are counted to the last unit."""
    with database.session() as session:
        first, (item,) = factories.open_sale(session, units=5, mode="conditional")
        lot = session.get_one(factories.Lot, item.lot_id)
        lot.offered, lot.committed = 10, 10
        session.add_all(
            StockMovement(brand_id=lot.brand_id, lot_id=lot.id, movement=movement, units=5)
            for movement in (Movement.COMMITTED, Movement.PLEDGED)
        )
        lot.pledged += 5
        session.flush()
        deal = session.get_one(factories.Deal, first.deal_id)
        second = factories.sale(session, under=deal, length=timedelta(days=1, hours=2))
        variant = session.get_one(factories.Variant, item.variant_id)
        other = factories.sale_item(session, of=second, units=5, variant=variant, lot=lot)
        item.limit_per_member = other.limit_per_member = 5
    database.run(
        "UPDATE sales SET closes_at = house_now() + interval '30 minutes' WHERE id = :id",
        id=first.id,
    )
    given_back, *_ = bought(database, paying, simulator, Scene(item, 0, 0, ""), 1, 4)
    bought(database, paying, simulator, Scene(other, 0, 0, ""), 4, 1)
    over(paying, clock)
    assert purchases.order_sold(paying) == 5
    member_id = database.value(
        "SELECT member_id FROM orders WHERE id = :id", id=given_back.order_id
    )
    orders.cancel(paying, order_id=given_back.order_id, member_id=member_id)
    payments.send_refund(paying, refund_id=database.value("SELECT id FROM refunds"))
    sales.free_unsold(paying)
    ref = database.value("SELECT ref FROM purchases")
    _counted(database, paying, ref, 5, 5)
    orders.close_purchase(paying.at_door(Door.OPERATOR), ref=ref, reason="")

    clock.turn(days=2)
    sales.record_due_transitions(paying, limit=10)
    sales.free_unsold(paying)
    assert purchases.order_sold(paying) == 5
    line = database.value("SELECT max(id) FROM purchase_lines")
    house, later = (
        paying.at_door(Door.OPERATOR),
        database.value("SELECT ref FROM purchases WHERE state = 'ordered'"),
    )
    purchases.count(house, ref=later, lines=[Line(line, Count(5, 5, 0), NOTHING)])

    assert database.rows(LOT) == [(10, 10, 10, 0, 9)]
    assert database.value("SELECT count(*) FROM refunds") == 1


def test_a_unit_whose_money_is_on_its_way_back_is_not_ordered(database, paying, simulator, clock):
    scene = conditional_sale(database)
    first, _ = bought(database, paying, simulator, scene, 1, 2)
    member_id = database.value("SELECT member_id FROM orders WHERE id = :id", id=first.order_id)
    orders.cancel(paying, order_id=first.order_id, member_id=member_id)
    over(paying, clock)

    assert purchases.order_sold(paying) == 2


def test_a_brand_that_is_late_still_says_when_its_goods_leave(database, paying, simulator, clock):
    scene, ref, _ = ordered(database, paying, simulator, clock, 1)
    clock.turn(days=20)
    today = clock.now().date()

    purchases.confirm(scene.brand(paying), ref=ref, units={}, ships_on=today + timedelta(days=3))

    assert asked.one(scene.brand(paying), ref=ref).order.late


def test_what_a_member_gives_back_meanwhile_serves_the_next_who_waits(
    database, paying, simulator, clock
):
    _, ref, (first, _second) = ordered(database, paying, simulator, clock, 1, 1)
    member_id = database.value("SELECT member_id FROM orders WHERE id = :id", id=first.order_id)
    orders.cancel(paying, order_id=first.order_id, member_id=member_id)
    _counted(database, paying, ref, 1, 1, reason="one is missing")

    closed = orders.close_purchase(paying.at_door(Door.OPERATOR), ref=ref, reason="One is missing.")

    assert closed == Closed(short=1, orders=0)
