"""The live board: what is free, held and sold right now, and whether the machinery is awake."""

from __future__ import annotations

from datetime import timedelta

import pytest

from marketplace.domain.holds import HoldLapsed
from marketplace.domain.refusals import NotFound
from marketplace.domain.sales import Act, Phase, StockWord
from marketplace.queries import live_board
from marketplace.services import runs, sales
from tests import factories, sale_scenes
from tests.sale_scenes import hold, opened


@pytest.fixture
def at(database):
    """A desk with goods."""
    with database.session() as session:
        return sale_scenes.desk(session)


@pytest.fixture
def house(at, tools):
    """The operator's tools."""
    return at.operator(tools)


def test_the_board_counts_what_is_free_held_and_refused(at, house, tools, database, clock):
    ref = opened(tools, clock, at)
    hold(database, units=2)
    hold(database, units=2)
    with database.session() as session:
        member = factories.member(session)
    database.run(
        "SELECT FROM take_holds(ARRAY[:m], ARRAY[(SELECT min(id) FROM sale_items)], ARRAY[2],"
        " ARRAY[gen_random_uuid()])",
        m=member.id,
    )

    board = live_board.of_sale(house, ref=ref)

    first, second = board.items
    assert (first.available, first.held, first.sold, first.refused) == (1, 4, 0, 1)
    assert first.word is StockWord.FEW_LEFT
    assert (second.available, second.held) == (5, 0)
    assert (board.totals.units, board.totals.bags, board.totals.in_bags, board.totals.refused) == (
        10,
        2,
        4,
        1,
    )
    assert board.phase is Phase.OPEN
    assert len(board.holds) == 2


def test_units_of_lapsed_holds_are_free_though_nothing_has_swept(at, house, tools, database, clock):
    ref = opened(tools, clock, at)
    hold_id = hold(database, units=2)
    clock.turn(minutes=11)

    board = live_board.of_sale(house, ref=ref)

    assert (board.items[0].available, board.items[0].held) == (5, 0)
    assert (board.totals.bags, board.totals.lapsed, board.holds) == (0, 1, ())
    assert database.rows("SELECT available, held FROM sale_items ORDER BY id LIMIT 1") == [(3, 2)]
    with pytest.raises(HoldLapsed):
        live_board.hold(house, ref=ref, hold_id=hold_id)


def test_it_says_when_the_opening_was_noted_and_how_late(at, house, tools, database, clock):
    ref = opened(tools, clock, at)
    assert live_board.of_sale(house, ref=ref).edges == ()

    sales.record_due_transitions(tools, limit=10)

    (edge,) = live_board.of_sale(house, ref=ref).edges
    assert edge.transition == "open"
    assert 60_000 <= edge.late_ms < 120_000


def test_a_stopped_item_comes_first_and_offers_to_be_resumed(at, house, tools, database, clock):
    ref = opened(tools, clock, at)
    last = database.value("SELECT max(id) FROM sale_items")

    sales.stop_item(house, ref=ref, item_id=last, reason="a seam")

    board = live_board.of_sale(house, ref=ref)
    assert board.items[0].item_id == last
    assert (board.items[0].stopped, board.items[0].word) == (True, StockWord.STOPPED)
    assert board.totals.stopped == 1
    assert Act.RESUME_ITEM in board.acts


def test_silent_processes_and_waiting_events_are_told(at, house, tools, database, clock):
    ref = opened(tools, clock, at)
    database.run(
        "INSERT INTO pulses (process, beaten_at) VALUES ('clock-1', house_now()),"
        " ('worker-1', house_now() - interval '46 seconds')"
    )

    machinery = live_board.of_sale(house, ref=ref).machinery

    assert [(each.name, each.silent) for each in machinery.processes] == [
        ("clock-1", False),
        ("worker-1", True),
    ]
    assert machinery.waiting_events == database.value(
        "SELECT count(*) FROM events WHERE relayed_at IS NULL"
    )
    assert machinery.oldest_event_at is not None


def _awake(house, ref):
    found = live_board.of_sale(house, ref=ref).machinery.processes
    return [(each.name, each.silent) for each in found]


def test_processes_that_ended_are_shown_for_an_hour_and_the_last_of_all_for_a_day(
    at, house, tools, database, clock
):
    ref = opened(tools, clock, at)
    database.run(
        "INSERT INTO pulses (process, beaten_at) VALUES ('clock-1', house_now() - interval '3 hours'),"
        " ('clock-2', house_now() - interval '59 minutes'), ('clock-3', house_now())"
    )

    assert _awake(house, ref) == [("clock-2", True), ("clock-3", False)]
    clock.turn(hours=2)
    assert _awake(house, ref) == [("clock-3", True)]
    clock.turn(days=1)
    assert _awake(house, ref) == []


def test_the_rows_of_processes_gone_for_a_day_are_cleared(tools, database):
    database.run(
        "INSERT INTO pulses (process, beaten_at) VALUES ('clock-1', house_now() - interval '25 hours'),"
        " ('clock-2', house_now() - interval '23 hours')"
    )

    runs.forget(tools)
    runs.forget(tools)

    assert database.rows("SELECT process FROM pulses") == [("clock-2",)]


def test_items_of_another_sale_are_not_found(at, house, tools, database, clock):
    ref = opened(tools, clock, at)
    with database.session() as session:
        _, (elsewhere,) = factories.open_sale(session)

    with pytest.raises(NotFound):
        live_board.item(house, ref=ref, item_id=elsewhere.id)
    with pytest.raises(NotFound):
        live_board.of_sale(house, ref="nothing")


def test_long_lists_come_in_pages(at, house, tools, database, clock, monkeypatch):
    ref = opened(tools, clock, at, length=timedelta(days=3))
    monkeypatch.setattr(live_board, "ITEMS_PAGE_SIZE", 1)

    first = live_board.of_sale(house, ref=ref)
    second = live_board.of_sale(house, ref=ref, items_page=2)

    assert len(first.items) == len(second.items) == 1
    assert first.items[0].item_id != second.items[0].item_id
