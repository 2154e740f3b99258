"""Releases into a running sale: out of the hard stop's balance, once for each press, and sold when they have come."""

from __future__ import annotations

from datetime import timedelta

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as some

from marketplace.domain.deals import HardStop
from marketplace.domain.doors import Door
from marketplace.domain.refusals import NotFound, Refusal
from marketplace.services import deals, sales, stock
from tests import factories, morning_scenes
from tests.morning_scenes import OPENING

HARD_STOP = 12


@pytest.fixture
def morning(database, clock):
    return begun(database, clock)


def begun(database, clock):
    """Five coats of each size are committed; of the M up to twelve may be."""
    clock.set(OPENING)
    with database.session() as session:
        scene = morning_scenes.set_out(session)
        morning_scenes.may_release(session, scene.item("M"), hard_stop=HARD_STOP)
    return scene


def at_brand(tools, morning):
    return tools.at_door(Door.BRAND, brand_id=morning.brand_id)


def released(tools, morning, units, *, key="press", size="M"):
    return deals.release_into(
        at_brand(tools, morning), ref=morning.ref, item_id=morning.item(size), units=units, key=key
    )


def committed(database, morning, size="M"):
    return database.value(
        "SELECT o.committed FROM lots o JOIN sale_items i ON i.lot_id = o.id WHERE i.id = :id",
        id=morning.item(size),
    )


def test_a_release_is_a_movement_with_its_event_up_to_the_hard_stop(database, tools, morning):
    assert released(tools, morning, 4) == deals.Released(4, again=False)
    with pytest.raises(HardStop) as no:
        released(tools, morning, 4, key="another")

    assert no.value.facts == {"most": 3}
    assert committed(database, morning) == 9
    assert database.rows("SELECT units, placed FROM releases") == [(4, 0)]
    assert (
        database.value(
            "SELECT count(*) FROM stock_movements WHERE movement = 'committed' AND units = 4"
        )
        == 1
    )
    assert database.value("SELECT count(*) FROM events WHERE name = 'stock.committed'") == 1


def test_a_second_press_of_the_same_button_releases_nothing(database, tools, morning):
    released(tools, morning, 4)

    assert released(tools, morning, 4) == deals.Released(4, again=True)
    assert committed(database, morning) == 9


def test_without_a_line_that_leaves_more_nothing_is_released(database, tools, morning):
    with pytest.raises(Refusal):
        released(tools, morning, 1, size="S")

    assert database.value("SELECT count(*) FROM releases") == 0


def test_a_sale_that_is_over_takes_no_release(database, tools, morning, clock):
    clock.set(OPENING + timedelta(days=2))

    with pytest.raises(Refusal):
        released(tools, morning, 1)

    assert committed(database, morning) == 5


def counted_in(database, tools, morning):
    deal_id = database.value("SELECT deal_id FROM sales WHERE id = :id", id=morning.sale_id)
    stock.accept_as_committed(tools.at_door(Door.OPERATOR), deal_id=deal_id)
    return [sales.place_released(tools, deal_id=deal_id) for _ in range(2)]


def test_what_was_released_is_on_sale_once_it_is_counted_in_and_once_only(database, tools, morning):
    released(tools, morning, 4)

    assert counted_in(database, tools, morning) == [4, 0]
    item = "SELECT units, available FROM sale_items WHERE id = :id"
    assert database.rows(item, id=morning.item("M")) == [(9, 9)]
    assert database.rows("SELECT units, placed FROM releases") == [(4, 4)]


def test_what_the_brand_keeps_for_the_house_is_on_sale_at_once(database, tools, morning):
    database.run("ALTER TABLE deal_versions DISABLE TRIGGER USER")
    database.run('UPDATE deal_versions SET terms = terms || \'{"mode": "conditional"}\'')
    database.run("UPDATE deals SET mode = 'conditional'")
    database.run("UPDATE lots SET conditional = true")
    assert released(tools, morning, 4) == deals.Released(4, again=False, at_once=True)
    deal_id = database.value("SELECT deal_id FROM sales WHERE id = :id", id=morning.sale_id)

    assert [sales.place_released(tools, deal_id=deal_id) for _ in range(2)] == [4, 0]
    assert database.value("SELECT sum(pledged) FROM lots") == 0, "all of it is in the sale"


def test_what_comes_after_the_close_stays_free_in_its_lot(database, tools, morning, clock):
    released(tools, morning, 4)
    clock.set(OPENING + timedelta(days=2))

    assert counted_in(database, tools, morning) == [0, 0]
    assert database.value("SELECT sum(accepted - allocated)::bigint FROM lots") == 4


def test_another_brand_releases_nothing_here(database, tools, morning):
    with database.session() as session:
        other = factories.brand(session).id

    with pytest.raises(NotFound):
        deals.release_into(
            tools.at_door(Door.BRAND, brand_id=other),
            ref=morning.ref,
            item_id=morning.item(),
            units=1,
            key="press",
        )


@settings(
    max_examples=12, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(presses=some.lists(some.tuples(some.integers(1, 6), some.sampled_from("abcd")), max_size=6))
def test_whatever_is_pressed_never_more_than_the_hard_stop_is_committed(
    database, tools, clock, presses
):
    morning = begun(database, clock)
    done: dict[str, int] = {}
    for units, key in presses:
        if key in done or sum(done.values()) + units <= HARD_STOP - 5:
            assert released(tools, morning, units, key=key).units == done.setdefault(key, units)
        else:
            with pytest.raises(HardStop):
                released(tools, morning, units, key=key)

    assert committed(database, morning) == 5 + sum(done.values())
