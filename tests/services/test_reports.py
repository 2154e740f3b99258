"""Reports: what sold and what could have sold, as of an instant, the same each time it is derived."""

from __future__ import annotations

from datetime import timedelta
from uuid import uuid4

import pytest
from sqlalchemy import select, text

from marketplace.db import reports as vault_reports
from marketplace.db import stock
from marketplace.db.sales import Sale, SaleItem
from marketplace.db.stock import Lot, Movement
from marketplace.domain.doors import Door
from marketplace.domain.holds import Ask
from marketplace.domain.reports import as_stored, sealed
from marketplace.queries import sell_through
from marketplace.services import holds, orders, payments, reports, sales
from tests import factories, morning_scenes
from tests.morning_scenes import OPENING
from tests.scenes import Bag, bag_of, paid_order


@pytest.fixture
def bag(database) -> Bag:
    with database.session() as session:
        return bag_of(session, units=2, price_minor=4_000, stock=3)


def _brand_tools(tools, bag):
    return tools.at_door(Door.BRAND, account_id=None, brand_id=bag.item.brand_id)


def _ref(database):
    return database.value("SELECT ref FROM sales")


def _refused(tools, bag, database):
    with database.session() as session:
        other = factories.member(session)
    answers = holds.take(
        tools.at_door(Door.MEMBER, account_id=other.account_id),
        member_id=other.id,
        asks=[Ask(bag.item.id, 2, uuid4())],
    )
    assert not answers[0].held


def test_the_live_page_tells_what_is_paid_in_bags_and_refused(
    database, paying, simulator, bag, clock
):
    paid_order(paying, simulator, bag)
    with database.session() as session:
        factories.hold(session, by=factories.member(session), on=bag.item)
    _refused(paying, bag, database)
    clock.turn(minutes=2)

    seen = sell_through.live(_brand_tools(paying, bag), sale_ref=_ref(database))

    (row,) = seen.figures.variants
    assert (row.accepted, row.paid, row.in_bags, row.refused_adds) == (3, 2, 1, 1)
    assert row.wanted_by is None
    assert seen.figures.whole.gross_bps == 6_667
    whole = seen.figures.whole
    assert (whole.gross_minor, whole.due_minor, whole.due_vat_minor) == (8_000, 5_000, 1_000)


def test_a_hold_that_ran_out_is_told_as_expired_without_a_sweeper(database, paying, bag, clock):
    clock.turn(minutes=11)

    seen = sell_through.live(_brand_tools(paying, bag), sale_ref=_ref(database))

    (row,) = seen.figures.variants
    assert (row.in_bags, row.expired_holds, row.expired_units) == (0, 1, 2)


def test_nine_people_stay_fewer_than_ten_and_the_tenth_makes_them_countable(
    database, paying, bag, clock
):
    with database.session() as session:
        factories.hold(session, by=factories.member(session), on=bag.item)
    for _ in range(9):
        _refused(paying, bag, database)
    clock.turn(minutes=2)
    nine = sell_through.live(_brand_tools(paying, bag), sale_ref=_ref(database)).figures.variants[0]
    _refused(paying, bag, database)
    clock.turn(minutes=2)
    ten = sell_through.live(_brand_tools(paying, bag), sale_ref=_ref(database)).figures.variants[0]

    assert (nine.refused_adds, nine.wanted_by) == (9, None)
    assert (ten.refused_adds, ten.wanted_by) == (10, 10)


def test_what_came_back_lowers_the_net_and_leaves_the_gross(database, paying, simulator, bag):
    order = paid_order(paying, simulator, bag)
    refund_id = orders.cancel(paying, order_id=order.order_id, member_id=bag.member_id)
    payments.send_refund(paying, refund_id=refund_id)

    whole = sell_through.live(_brand_tools(paying, bag), sale_ref=_ref(database)).figures.whole

    assert (whole.paid, whole.cancelled, whole.kept) == (2, 2, 0)
    assert (whole.gross_bps, whole.net_bps, whole.due_minor) == (6_667, 0, 0)


def _closed(database, paying, clock):
    sales.record_due_transitions(paying, limit=10)
    clock.turn(days=3)
    sales.record_due_transitions(paying, limit=10)
    return database.value("SELECT id FROM sales")


def test_the_closing_report_is_taken_once_and_told_to_the_brands_people_once(
    database, paying, simulator, bag, clock
):
    with database.session() as session:
        brand = session.get_one(type(factories.brand(session)), bag.item.brand_id)
        factories.brand_user(session, of=brand)
    paid_order(paying, simulator, bag)
    sale_id = _closed(database, paying, clock)

    taken = [reports.take_closing(paying, sale_id=sale_id) for _ in range(2)]

    assert taken == [True, False]
    assert database.value("SELECT count(*) FROM letters WHERE kind = 'report_closing'") == 1
    (stored,) = database.rows("SELECT figures -> 'variants' -> 0 ->> 'paid' FROM reports")
    assert stored == ("2",)


def test_a_report_can_be_derived_again_from_what_happened(database, paying, simulator, bag, clock):
    order = paid_order(paying, simulator, bag)
    with database.session() as session:
        factories.hold(session, by=factories.member(session), on=bag.item)
    _refused(paying, bag, database)
    clock.turn(hours=1, minutes=1)
    sales.record_due_transitions(paying, limit=10)
    assert reports.take_hourly(paying) == 2
    as_of = database.value("SELECT max(as_of) FROM reports")
    refund_id = orders.cancel(paying, order_id=order.order_id, member_id=bag.member_id)
    payments.send_refund(paying, refund_id=refund_id)
    with database.session() as session:
        factories.hold(session, by=factories.member(session), on=bag.item, units=2)
    _refused(paying, bag, database)
    clock.turn(minutes=20)

    with paying.reading() as session:
        sale = session.scalars(select(Sale)).one()
        again = as_stored(vault_reports.snapshot(session, sale, as_of=as_of))

    assert sealed(again) == database.value("SELECT sha256 FROM reports WHERE as_of = :at", at=as_of)


def test_a_piece_cancelled_and_sold_again_never_lifts_the_share_above_the_whole(
    database, paying, simulator, clock
):
    with database.session() as session:
        first = bag_of(session, units=2, price_minor=4_000, stock=2)
        first_id = first.item.id
    order = paid_order(paying, simulator, first)
    refund_id = orders.cancel(paying, order_id=order.order_id, member_id=first.member_id)
    payments.send_refund(paying, refund_id=refund_id)
    with database.session() as session:
        morning_scenes.buy(session, first_id, units=2)

    whole = sell_through.live(_brand_tools(paying, first), sale_ref=_ref(database)).figures.whole

    assert (whole.paid, whole.sold, whole.cancelled, whole.kept) == (4, 2, 2, 2)
    assert (whole.gross_bps, whole.net_bps) == (10_000, 10_000)


def _more_came(session, item_id, units):
    """Further units of an item were committed, received and accepted."""
    lot = session.get_one(Lot, session.get_one(SaleItem, item_id).lot_id)
    lot.offered += units
    for movement in (Movement.COMMITTED, Movement.RECEIVED, Movement.ACCEPTED):
        stock.move(session, lot, movement, units)


def test_units_added_later_do_not_change_what_was_reported_before(database, tools, clock):
    clock.set(OPENING - timedelta(minutes=1))
    with database.session() as session:
        morning = morning_scenes.set_out(session)
        _more_came(session, morning.item(), 4)
    clock.set(OPENING + timedelta(minutes=65))
    sales.record_due_transitions(tools, limit=10)
    reports.take_hourly(tools)
    operator = tools.at_door(Door.OPERATOR)
    sales.add_units(
        operator, ref=morning.ref, item_id=morning.item(), units=4, reason="more came in"
    )

    brand = tools.at_door(Door.BRAND, brand_id=morning.brand_id)
    now = sell_through.live(brand, sale_ref=morning.ref).figures
    with tools.reading() as session:
        sale = session.get_one(Sale, morning.sale_id)
        then = vault_reports.snapshot(session, sale, as_of=OPENING + timedelta(hours=1))

    assert (now.whole.accepted, now.whole.accepted_first, then.whole.accepted) == (19, 15, 15)
    assert sealed(as_stored(then)) == database.value("SELECT sha256 FROM reports")


def _closed_with_a_bag(database, tools, clock):
    """A sale of a brand that closed while a member held two pieces; its closing report is taken."""
    clock.set(OPENING)
    with database.session() as session:
        morning = morning_scenes.set_out(session, length=timedelta(hours=1))
        morning_scenes.buy(session, morning.item("S"))
        morning.person(session)
    clock.set(OPENING + timedelta(minutes=58))
    with database.session() as session:
        member = factories.member(session)
        hold_id = morning_scenes.hold(session, morning.item(), units=2, by=member)
    clock.set(OPENING + timedelta(minutes=60, seconds=5))
    sales.record_due_transitions(tools, limit=10)
    assert reports.take_closing(tools, sale_id=morning.sale_id)
    return morning, member, hold_id


def test_what_is_paid_from_a_bag_after_the_close_gets_a_closing_report_of_its_own(
    database, tools, clock
):
    morning, member, hold_id = _closed_with_a_bag(database, tools, clock)
    assert not reports.take_late_closing(tools)
    clock.turn(minutes=2)
    with database.session() as session:
        order = factories.order(session, by=member, hold_ids=[hold_id])
        assert factories.sell(session, of=order) == "sold"

    taken = [reports.take_late_closing(tools) for _ in range(2)]

    assert taken == [True, False]
    found = sell_through.of_sale(
        tools.at_door(Door.BRAND, brand_id=morning.brand_id), sale_ref=morning.ref
    )
    assert [(line.kind, line.paid) for line in found.reports] == [("closing", 3), ("closing", 1)]
    assert database.value("SELECT count(*) FROM letters WHERE kind = 'report_closing'") == 2


def test_a_late_closing_report_waits_until_every_bag_is_paid_or_empty(database, tools, clock):
    morning, member, hold_id = _closed_with_a_bag(database, tools, clock)
    clock.turn(minutes=1)
    with database.session() as session:
        session.execute(
            text("UPDATE holds SET expires_at = cap_at WHERE id = :id"), {"id": hold_id}
        )
        order = factories.order(session, by=member, hold_ids=[hold_id])
        factories.sell(session, of=order)
    clock.set(OPENING + timedelta(minutes=59))
    with database.session() as session:
        session.execute(text("UPDATE sales SET state = 'open', closed_at = NULL"))
        morning_scenes.hold(session, morning.item("L"))
        session.execute(text("UPDATE sales SET state = 'closed', closed_at = closes_at"))
    clock.set(OPENING + timedelta(minutes=63))

    waiting = reports.take_late_closing(tools)
    clock.turn(minutes=10)

    assert (waiting, reports.take_late_closing(tools)) == (False, True)


def test_nothing_is_reported_late_where_bags_ran_out_unpaid(database, tools, clock):
    _closed_with_a_bag(database, tools, clock)
    clock.turn(minutes=30)

    assert not reports.take_late_closing(tools)
    assert database.value("SELECT count(*) FROM reports") == 1


def test_people_are_counted_in_whole_tens(database, tools, clock):
    clock.set(OPENING)
    with database.session() as session:
        morning = morning_scenes.set_out(
            session, offers=(morning_scenes.Offer("HAT", "Hat", "Camel", (1,), sizes=("",)),)
        )
        item = morning.item("", "HAT", "Camel")
        morning_scenes.buy(session, item)
        for _ in range(19):
            morning_scenes.want(session, item)
    brand = tools.at_door(Door.BRAND, brand_id=morning.brand_id)
    clock.turn(minutes=1)

    (row,) = sell_through.live(brand, sale_ref=morning.ref).figures.variants

    assert (row.refused_adds, row.wanted_by, row.sold_out_minute) == (19, 10, 0)


def test_hours_missed_while_nobody_worked_are_each_reported_once(database, paying, bag, clock):
    sales.record_due_transitions(paying, limit=10)
    clock.turn(hours=3, minutes=1)

    first, second = reports.take_hourly(paying), reports.take_hourly(paying)

    assert (first, second) == (4, 0)


def test_a_deal_that_shares_no_hours_has_no_hourly_report(database, paying, bag, clock):
    database.run('UPDATE deal_versions SET terms = terms || \'{"data_shared": ["live"]}\'')
    sales.record_due_transitions(paying, limit=10)
    clock.turn(hours=3, minutes=1)

    assert reports.take_hourly(paying) == 0


def test_a_sale_is_owed_by_the_tiers_of_its_deal(database, paying, simulator, bag):
    """Two pieces at 40.00 of three committed: 66.67 net, of which 25 % are kept, and nothing past half of the units."""
    paid_order(paying, simulator, bag)
    before = sell_through.live(_brand_tools(paying, bag), sale_ref=_ref(database)).figures.whole
    database.run(
        "UPDATE deal_versions SET terms = terms ||"
        ' \'{"tiers": [{"from_bps": 5000, "commission_bps": 0}]}\''
    )

    after = sell_through.live(_brand_tools(paying, bag), sale_ref=_ref(database)).figures.whole

    assert database.value("SELECT sum(units)::bigint FROM deal_lines") == 3
    assert (before.due_minor, after.due_minor) == (5_000, 5_417)


def test_another_brand_sees_no_figure_of_this_sale(database, paying, bag):
    with database.session() as session:
        other = factories.brand(session)

    with pytest.raises(sell_through.NotFound):
        sell_through.live(paying.at_door(Door.BRAND, brand_id=other.id), sale_ref=_ref(database))
