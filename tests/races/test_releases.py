"""Releases at one moment: the hard stop is never passed, and one press counts once however often it arrives."""

from __future__ import annotations

import threading

import pytest
from sqlalchemy import select

from marketplace.db import stock
from marketplace.db.deals import Deal
from marketplace.db.stock import Lot
from marketplace.domain.deals import HardStop
from marketplace.domain.doors import Door
from marketplace.services import deals
from marketplace.services.deals import releasing
from tests import morning_scenes
from tests.morning_scenes import OPENING

PRESSES = 6
WAIT_SECONDS = 10
COMMITTED = (
    "SELECT sum(units)::bigint FROM stock_movements"
    " WHERE movement = 'committed' AND lot_id = (SELECT lot_id FROM sale_items WHERE id = :id)"
)


@pytest.fixture
def morning(database, clock):
    """Five are committed and seven more may be."""
    clock.set(OPENING)
    with database.session() as session:
        scene = morning_scenes.set_out(session)
        morning_scenes.may_release(session, scene.item("M"), hard_stop=12)
    return scene


def press(tools, morning, key):
    at_brand = tools.at_door(Door.BRAND, brand_id=morning.brand_id)

    def deed():
        try:
            return deals.release_into(
                at_brand, ref=morning.ref, item_id=morning.item("M"), units=3, key=key
            )
        except HardStop:
            return None

    return deed


def test_six_releases_of_three_at_once_stop_before_the_hard_stop(database, tools, course, morning):
    done = course.together([press(tools, morning, f"press-{each}") for each in range(PRESSES)])

    assert len([each for each in done if each]) == 2
    assert database.value(COMMITTED, id=morning.item("M")) == 11


def test_one_press_that_arrives_six_times_at_once_counts_once(database, tools, course, morning):
    done = course.together([press(tools, morning, "press")] * PRESSES)

    assert sorted(each.again for each in done) == [False] + [True] * (PRESSES - 1)
    assert database.value(COMMITTED, id=morning.item("M")) == 8


def test_without_the_locks_the_hard_stop_would_be_passed(
    database, tools, course, morning, monkeypatch
):
    met = threading.Barrier(PRESSES, timeout=WAIT_SECONDS)

    def unlocked(session, deal_id, *, variant_ids):
        lots = session.scalars(
            select(Lot).where(Lot.deal_id == deal_id, Lot.variant_id.in_(variant_ids))
        ).all()
        met.wait()
        return {lot.variant_id: lot for lot in lots}

    monkeypatch.setattr(stock, "locked_of_deal", unlocked)
    monkeypatch.setattr(
        releasing.locks, "one", lambda session, _table, row_id, *_: session.get_one(Deal, row_id)
    )

    done = course.together([press(tools, morning, f"press-{each}") for each in range(PRESSES)])

    assert len([each for each in done if each]) == PRESSES
    assert database.value(COMMITTED, id=morning.item("M")) == 23
    database.run(
        "UPDATE lots SET offered = 23, committed = 23 FROM sale_items i WHERE lots.id = i.lot_id AND i.id = :id",
        id=morning.item("M"),
    )
