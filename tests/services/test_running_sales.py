"""A sale that runs: each move guarded, and with a reason for what members feel."""

from __future__ import annotations

from datetime import timedelta

import pytest
from sqlalchemy.exc import DBAPIError

from marketplace.domain.doors import Door
from marketplace.domain.moments import wall_time
from marketplace.domain.refusals import NotFound
from marketplace.domain.sales import (
    NotEnoughStock,
    SaleFrozen,
    SaleNotReady,
    WindowRefused,
)
from marketplace.services import sales
from tests import factories, sale_scenes
from tests.sale_scenes import ZONE

WHY = "the lorry stands in the snow"


@pytest.fixture
def at(database):
    """A desk with a deal of two variants, ten units of each accepted."""
    with database.session() as session:
        return sale_scenes.desk(session)


@pytest.fixture
def house(at, tools):
    """The tools of the operator at that desk."""
    return at.operator(tools)


def test_a_pause_stops_new_holds_and_leaves_the_taken_ones_their_time(
    at, house, tools, database, clock
):
    ref = sale_scenes.opened(tools, clock, at)
    hold_id = sale_scenes.hold(database)

    sales.pause(house, ref=ref, reason=WHY)

    assert sale_scenes.take(database) == "paused"
    assert database.rows(
        "SELECT state, expires_at > house_now() FROM holds WHERE id = :id", id=hold_id
    ) == [("held", True)]
    assert sale_scenes.events(database)[-2:] == ["sale.opened", "sale.paused"]
    sales.resume(house, ref=ref, reason="it is ploughed")
    assert sale_scenes.take(database) == "held"


def test_a_sale_ended_now_is_closed_recorded_once_and_holds_may_still_be_paid(
    at, house, tools, database, clock
):
    ref = sale_scenes.opened(tools, clock, at)
    sale_scenes.hold(database)

    sales.end_now(house, ref=ref, reason=WHY)

    assert sale_scenes.take(database) == "closed"
    assert database.rows("SELECT state, closed_at = closes_at, generation FROM sales") == [
        ("closed", True, 2)
    ]
    assert sale_scenes.events(database)[-2:] == ["sale.ended_early", "sale.closed"]
    assert sales.record_due_transitions(tools, limit=10) == ()
    assert database.value("SELECT state FROM holds") == "held"


def test_an_extension_moves_the_closing_to_a_later_wall_time(at, house, tools, database, clock):
    ref = sale_scenes.opened(tools, clock, at)
    closes_at = database.value("SELECT closes_at FROM sales")
    later = wall_time(closes_at + timedelta(days=1), ZONE)

    with pytest.raises(WindowRefused) as refused:
        sales.extend(house, ref=ref, closes_wall=wall_time(closes_at, ZONE), fold=None, reason=WHY)
    assert refused.value.facts["reason"] == "not_later"

    sales.extend(house, ref=ref, closes_wall=later, fold=None, reason=WHY)

    assert database.value("SELECT closes_at FROM sales") == closes_at + timedelta(days=1)
    assert database.value("SELECT generation FROM sales") == 2
    clock.set(closes_at + timedelta(hours=1))
    assert sale_scenes.take(database) == "held"


@pytest.mark.parametrize(
    "stood_in_the_way",
    [
        (
            "UPDATE deal_versions SET terms = terms || jsonb_build_object('blackouts', jsonb_build_array("
            "jsonb_build_object('first', d.day, 'last', d.day)))"
            " FROM (SELECT closes_wall::date + 1 AS day FROM sales) d"
        ),
        (
            "UPDATE deal_versions SET terms = terms || jsonb_build_object('photographs_until', d.day)"
            " FROM (SELECT closes_wall::date AS day FROM sales) d"
        ),
        "UPDATE rights_to_sell SET valid_until = (SELECT closes_wall::date FROM sales)",
    ],
)
def test_no_sale_is_extended_into_a_day_that_the_brand_or_a_right_closes(
    at, house, tools, database, clock, stood_in_the_way
):
    ref = sale_scenes.opened(tools, clock, at)
    closes_at = database.value("SELECT closes_at FROM sales")
    database.run(stood_in_the_way)

    later = wall_time(closes_at + timedelta(days=1, hours=1), ZONE)
    with pytest.raises(SaleNotReady):
        sales.extend(house, ref=ref, closes_wall=later, fold=None, reason=WHY)

    assert database.value("SELECT closes_at FROM sales") == closes_at


def test_a_closed_sale_takes_no_move_at_all(at, house, tools, database, clock):
    ref = sale_scenes.opened(tools, clock, at)
    clock.turn(days=4)

    for deed in (sales.pause, sales.end_now, sales.cancel, sales.resume):
        with pytest.raises(SaleFrozen):
            deed(house, ref=ref, reason=WHY)

    assert sale_scenes.state(database) == "scheduled"


def test_a_cancelled_sale_gives_its_units_back(at, house, tools, database):
    ref = sale_scenes.scheduled(tools, at)
    assert sale_scenes.lots(database) == [(10, 5), (10, 5)]

    sales.cancel(house, ref=ref, reason=WHY)

    assert sale_scenes.state(database) == "cancelled"
    assert sale_scenes.lots(database) == [(10, 0), (10, 0)]
    assert database.value("SELECT void_at IS NOT NULL FROM promises") is True


def test_cancelling_a_paused_sale_ends_its_holds_and_keeps_what_was_paid(
    at, house, tools, database, clock
):
    ref = sale_scenes.opened(tools, clock, at)
    sale_scenes.hold(database, units=2)
    sales.pause(house, ref=ref, reason=WHY)

    sales.cancel(house, ref=ref, reason="the goods are wrong")

    assert database.value("SELECT state FROM holds") == "released"
    assert sale_scenes.lots(database) == [(10, 0), (10, 0)]
    assert database.rows(
        "SELECT data->'holds', data->'units' FROM events ORDER BY id DESC LIMIT 1"
    ) == [(1, 10)]


def test_a_stopped_item_takes_no_holds_until_it_is_resumed(at, house, tools, database, clock):
    ref = sale_scenes.opened(tools, clock, at)
    item_id = database.value("SELECT min(id) FROM sale_items")

    sales.stop_item(house, ref=ref, item_id=item_id, reason="a seam opens")
    assert sale_scenes.take(database) == "stopped"

    sales.resume_item(house, ref=ref, item_id=item_id, reason="checked, all is well")
    assert sale_scenes.take(database) == "held"
    assert sale_scenes.events(database)[-2:] == ["sale.item_stopped", "sale.item_resumed"]


def test_a_running_sale_takes_more_units_from_the_accepted_stock_and_no_more_than_there_are(
    at, house, tools, database, clock
):
    ref = sale_scenes.opened(tools, clock, at)
    item_id = database.value("SELECT min(id) FROM sale_items")

    with pytest.raises(NotEnoughStock) as refused:
        sales.add_units(house, ref=ref, item_id=item_id, units=6, reason="demand")
    assert refused.value.facts == {"free": 5}
    sales.add_units(house, ref=ref, item_id=item_id, units=5, reason="demand")

    assert database.rows("SELECT units, available FROM sale_items WHERE id = :id", id=item_id) == [
        (10, 10)
    ]
    assert sale_scenes.lots(database)[0] == (10, 10)


def test_an_operator_releases_a_hold_for_a_reason(at, house, tools, database, clock):
    ref = sale_scenes.opened(tools, clock, at)
    hold_id = sale_scenes.hold(database, units=2)

    sales.release_hold(house, ref=ref, hold_id=hold_id, reason="asked by the member on the phone")

    assert database.value("SELECT state FROM holds") == "released"
    assert database.rows(
        "SELECT movement, units, reason, account_id FROM stock_movements ORDER BY id DESC LIMIT 1"
    ) == [("released", -2, "asked by the member on the phone", at.operator_id)]
    assert sale_scenes.events(database)[-1] == "hold.released_by_operator"


def test_a_hold_of_another_sale_is_not_found(at, house, tools, database, clock):
    ref = sale_scenes.opened(tools, clock, at)
    with database.session() as session:
        _, (item,) = factories.open_sale(session)
        elsewhere = factories.hold(session, by=factories.member(session), on=item)

    with pytest.raises(NotFound):
        sales.release_hold(house, ref=ref, hold_id=elsewhere, reason=WHY)

    assert database.value("SELECT state FROM holds") == "held"


def test_no_door_but_the_operators_can_move_a_sale(at, tools, database):
    ref = sale_scenes.scheduled(tools, at)

    with pytest.raises(DBAPIError, match="permission denied"):
        sales.cancel(at.brand(tools), ref=ref, reason=WHY)

    assert sale_scenes.state(database) == "scheduled"
    assert tools.actor.kind is Door.WORKER
