"""Orders: one bag is one order; changing one's mind gives back what is owed, once."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta

import pytest

from marketplace.domain.doors import Door
from marketplace.domain.lifecycle import IllegalMove
from marketplace.domain.orders import (
    AddressMissing,
    AlreadyPacked,
    BagEmpty,
    RefundTooLarge,
    WithdrawalOver,
)
from marketplace.domain.refusals import NotFound
from marketplace.services import orders, payments
from tests import factories
from tests.scenes import Bag, bag_of, paid_order


@pytest.fixture
def bag(database) -> Bag:
    with database.session() as session:
        return bag_of(session, units=2, price_minor=4_000)


def _place(tools, bag):
    at = tools.at_door(Door.MEMBER, account_id=bag.account_id)
    return orders.place(at, member_id=bag.member_id, address_id=bag.address_id)


def test_a_bag_becomes_an_order_with_its_sums_and_its_payment(database, tools, bag):
    placed = _place(tools, bag)

    assert database.rows(
        "SELECT state, items_minor, shipping_minor, total_minor, vat_minor FROM orders"
    ) == [("awaiting_payment", 8_000, 590, 8_590, 1_432)]
    assert database.rows("SELECT key, amount_minor, state FROM payments") == [
        (f"pay-{placed.ref}-1", 8_590, "prepared")
    ]


def test_twenty_presses_at_once_make_one_order(database, tools, bag):
    with ThreadPoolExecutor(20) as pool:
        placed = list(pool.map(lambda _: _place(tools, bag), range(20)))

    assert len({each.ref for each in placed}) == 1
    assert database.value("SELECT count(*) FROM orders") == 1
    assert database.value("SELECT count(*) FROM payments") == 1


def test_a_changed_bag_makes_a_new_order_and_cancels_the_unpaid_one(database, tools, bag):
    first = _place(tools, bag)
    with database.session() as session:
        factories.hold(session, by=bag.member, on=bag.item)

    second = _place(tools, bag)

    assert second.ref != first.ref
    assert database.rows("SELECT state, items_minor FROM orders ORDER BY id") == [
        ("cancelled", 8_000),
        ("awaiting_payment", 12_000),
    ]


def test_an_empty_bag_is_refused_and_nothing_is_written(database, tools, bag, clock):
    clock.turn(minutes=10)

    with pytest.raises(BagEmpty):
        _place(tools, bag)

    assert database.value("SELECT count(*) FROM orders") == 0


def test_somebody_elses_address_is_refused(database, tools, bag):
    with database.session() as session:
        other = factories.address(session, of=factories.member(session))

    with pytest.raises(AddressMissing):
        orders.place(
            tools.at_door(Door.MEMBER, account_id=bag.account_id),
            member_id=bag.member_id,
            address_id=other.id,
        )


def test_an_order_not_paid_in_time_lapses_and_its_units_are_free(database, tools, bag, clock):
    _place(tools, bag)
    clock.turn(minutes=11)

    assert orders.lapse_unpaid(tools) == 1

    assert database.value("SELECT state FROM orders") == "lapsed"
    with database.session() as session:
        factories.hold(session, by=factories.member(session), on=bag.item, units=2)


def test_cancelling_before_packing_asks_for_everything_back(database, paying, bag, simulator):
    order = paid_order(paying, simulator, bag)

    refund_id = orders.cancel(paying, order_id=order.order_id, member_id=bag.member_id)
    payments.send_refund(paying, refund_id=refund_id)

    assert database.rows("SELECT state, refunded_minor FROM orders") == [("cancelled", 8_590)]
    assert database.rows("SELECT state, amount_minor FROM refunds") == [("succeeded", 8_590)]
    assert database.rows("SELECT available, sold FROM sale_items") == [(5, 0)]
    assert (
        database.value(
            "SELECT coalesce(sum(amount_minor), 0) FROM posting_lines WHERE book <> 'stripe'"
        )
        == 0
    )


def test_units_are_not_on_sale_again_before_their_buyer_is_refunded(
    database, paying, bag, simulator
):
    order = paid_order(paying, simulator, bag)

    orders.cancel(paying, order_id=order.order_id, member_id=bag.member_id)

    assert database.rows("SELECT available, sold FROM sale_items") == [(3, 2)]


def test_a_packed_order_is_not_cancelled(database, paying, bag, simulator):
    order = paid_order(paying, simulator, bag)
    orders.pack(paying, order_id=order.order_id)

    with pytest.raises(AlreadyPacked):
        orders.cancel(paying, order_id=order.order_id, member_id=bag.member_id)

    assert database.value("SELECT count(*) FROM refunds") == 0


def test_somebody_elses_order_is_not_there(paying, bag, simulator, database):
    order = paid_order(paying, simulator, bag)
    with database.session() as session:
        other = factories.member(session)

    with pytest.raises(NotFound):
        orders.cancel(paying, order_id=order.order_id, member_id=other.id)


def test_refunding_unit_by_unit_leaves_nothing_behind_in_the_books(
    database, paying, bag, simulator
):
    order = paid_order(paying, simulator, bag)
    (line_id,) = database.rows("SELECT id FROM order_lines")[0]
    for shipping in (False, True):
        refund_id = orders.refund(
            paying,
            order_id=order.order_id,
            parts=(orders.RefundLine(line_id, 1),),
            shipping=shipping,
            reason="a stain on the sleeve",
        )
        payments.send_refund(paying, refund_id=refund_id)

    assert database.rows("SELECT amount_minor FROM refunds ORDER BY id") == [(4_000,), (4_590,)]
    assert database.value("SELECT state FROM orders") == "refunded"
    assert (
        database.rows(
            "SELECT book, sum(amount_minor) FROM posting_lines GROUP BY book HAVING sum(amount_minor) <> 0"
        )
        == []
    )


def test_more_than_is_left_on_a_line_is_refused(database, paying, bag, simulator):
    order = paid_order(paying, simulator, bag)
    (line_id,) = database.rows("SELECT id FROM order_lines")[0]

    with pytest.raises(RefundTooLarge):
        orders.refund(
            paying,
            order_id=order.order_id,
            parts=(orders.RefundLine(line_id, 3),),
            shipping=False,
            reason="too generous",
        )

    assert database.value("SELECT count(*) FROM refunds") == 0


def _delivered(paying, simulator, bag, database, at: datetime):
    order = paid_order(paying, simulator, bag)
    orders.pack(paying, order_id=order.order_id)
    orders.ship(paying, order_id=order.order_id, carrier="La Poste", tracking="6A123")
    orders.deliver(paying, order_id=order.order_id)
    database.run("UPDATE orders SET delivered_at = :at", at=at)
    return order


def _withdraw(paying, order, bag, database, key="once"):
    (line_id,) = database.rows("SELECT id FROM order_lines")[0]
    return orders.withdraw(
        paying,
        order_id=order.order_id,
        member_id=bag.member_id,
        units={line_id: 2},
        key=key,
        words="I withdraw from 2 pieces.",
    )


def test_withdrawal_is_taken_until_the_last_minute_of_the_fourteenth_day(
    database, paying, bag, simulator, clock
):
    order = _delivered(paying, simulator, bag, database, at=clock.now())
    # Delivered on 1 March at 10:00 in Paris: the right ends at midnight after 15 March.
    database.run("UPDATE orders SET delivered_at = :at", at=datetime(2027, 3, 1, 9, tzinfo=UTC))
    clock.set(datetime(2027, 3, 15, 22, 59, tzinfo=UTC))

    first = _withdraw(paying, order, bag, database)
    again = _withdraw(paying, order, bag, database)

    assert again == first
    assert database.value("SELECT count(*) FROM withdrawals") == 1
    assert database.value("SELECT count(*) FROM letters WHERE kind = 'withdrawal_received'") == 1


def test_withdrawal_is_refused_after_the_fourteenth_day(database, paying, bag, simulator, clock):
    order = _delivered(paying, simulator, bag, database, at=clock.now())
    database.run("UPDATE orders SET delivered_at = :at", at=datetime(2027, 3, 1, 9, tzinfo=UTC))
    clock.set(datetime(2027, 3, 15, 23, 0, 1, tzinfo=UTC))

    with pytest.raises(WithdrawalOver):
        _withdraw(paying, order, bag, database)

    assert database.value("SELECT count(*) FROM withdrawals") == 0


def test_goods_that_came_back_are_refunded_once_and_the_promise_is_kept(
    database, paying, bag, simulator, clock
):
    order = _delivered(paying, simulator, bag, database, at=clock.now())
    withdrawal_id = _withdraw(paying, order, bag, database)

    refund_id = orders.receive_return(paying, withdrawal_id=withdrawal_id)
    assert orders.receive_return(paying, withdrawal_id=withdrawal_id) == refund_id
    payments.send_refund(paying, refund_id=refund_id)

    assert database.rows("SELECT amount_minor, cause FROM refunds") == [(8_590, "withdrawn")]
    assert database.rows("SELECT available, sold FROM sale_items") == [(3, 2)]
    assert database.value(
        "SELECT kept_at IS NOT NULL FROM promises WHERE subject_type = 'withdrawal'"
    )


def test_a_parcel_is_not_shipped_before_it_is_packed(paying, bag, simulator):
    order = paid_order(paying, simulator, bag)

    with pytest.raises(IllegalMove):
        orders.ship(paying, order_id=order.order_id, carrier="La Poste", tracking="6A1")


def test_delivery_keeps_the_promise_that_was_made_with_the_order(
    database, paying, bag, simulator, clock
):
    order = paid_order(paying, simulator, bag)
    orders.pack(paying, order_id=order.order_id)
    orders.ship(paying, order_id=order.order_id, carrier="La Poste", tracking="6A123")
    clock.turn(days=timedelta(days=2).days)

    orders.deliver(paying, order_id=order.order_id)

    assert database.value(
        "SELECT kept_at IS NOT NULL AND kept_at < due_at FROM promises WHERE kind = 'delivery'"
    )
