"""Sales: what one is at an instant, what may be done to it, and which edges have come."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from marketplace.domain import sales
from marketplace.domain.lifecycle import IllegalMove
from marketplace.domain.moments import AmbiguousHour, NoSuchHour
from marketplace.domain.sales import (
    SALE_LIFECYCLE,
    Act,
    Left,
    Phase,
    SaleFrozen,
    SaleState,
    StockWord,
    Transition,
    Window,
    WindowRefused,
    left,
)

OPENS = datetime(2026, 11, 20, 6, 0, tzinfo=UTC)
CLOSES = OPENS + timedelta(days=3)
TEASER = OPENS - timedelta(days=3)
TICK = timedelta(microseconds=1)


def window(state=SaleState.SCHEDULED):
    return Window(state, TEASER, OPENS, CLOSES)


@pytest.mark.parametrize(
    ("at", "phase"),
    [
        (TEASER - TICK, Phase.HIDDEN),
        (TEASER, Phase.TEASER),
        (OPENS - TICK, Phase.TEASER),
        (OPENS, Phase.OPEN),
        (CLOSES - TICK, Phase.OPEN),
        (CLOSES, Phase.CLOSED),
    ],
)
@pytest.mark.parametrize("state", [SaleState.SCHEDULED, SaleState.OPEN])
def test_a_sale_is_what_its_row_and_the_clock_say(state, at, phase):
    assert sales.phase(window(state), at) is phase


@pytest.mark.parametrize("at", [TEASER, OPENS, CLOSES])
@pytest.mark.parametrize("state", [SaleState.DRAFT, SaleState.CANCELLED])
def test_a_draft_and_a_cancelled_sale_are_hidden_at_any_time(state, at):
    assert sales.phase(window(state), at) is Phase.HIDDEN


def test_a_paused_sale_still_closes_at_its_time():
    assert sales.phase(window(SaleState.PAUSED), CLOSES - TICK) is Phase.PAUSED
    assert sales.phase(window(SaleState.PAUSED), CLOSES) is Phase.CLOSED


def test_a_sale_closed_early_stays_closed_before_its_time():
    assert sales.phase(window(SaleState.CLOSED), OPENS) is Phase.CLOSED


@pytest.mark.parametrize(
    ("state", "at", "edges"),
    [
        (SaleState.SCHEDULED, OPENS - TICK, ()),
        (SaleState.SCHEDULED, OPENS, (Transition.OPEN,)),
        (SaleState.SCHEDULED, CLOSES, (Transition.OPEN, Transition.CLOSE)),
        (SaleState.OPEN, CLOSES - TICK, ()),
        (SaleState.OPEN, CLOSES, (Transition.CLOSE,)),
        (SaleState.PAUSED, CLOSES, (Transition.CLOSE,)),
        (SaleState.CLOSED, CLOSES, ()),
        (SaleState.DRAFT, CLOSES, ()),
        (SaleState.CANCELLED, CLOSES, ()),
    ],
)
def test_an_edge_is_due_once_its_instant_has_come_and_the_row_does_not_show_it(state, at, edges):
    assert sales.due(window(state), at) == edges


@given(state=st.sampled_from(SaleState), minutes=st.integers(-10_000, 10_000))
def test_every_act_that_a_page_offers_is_one_that_the_move_allows(state, minutes):
    at = OPENS + timedelta(minutes=minutes)

    for act in Act:
        if act in sales.acts(window(state), at):
            sales.check_act(window(state), at, act)
        else:
            with pytest.raises(SaleFrozen):
                sales.check_act(window(state), at, act)


@pytest.mark.parametrize(
    ("state", "at", "allowed"),
    [
        (SaleState.DRAFT, OPENS, {Act.EDIT, Act.SCHEDULE, Act.CANCEL}),
        (
            SaleState.SCHEDULED,
            TEASER,
            {Act.UNSCHEDULE, Act.CANCEL, Act.STOP_ITEM, Act.RESUME_ITEM, Act.ADD_UNITS},
        ),
        (
            SaleState.SCHEDULED,
            OPENS,
            {Act.PAUSE, Act.END, Act.EXTEND, Act.STOP_ITEM, Act.RESUME_ITEM, Act.ADD_UNITS},
        ),
        (SaleState.OPEN, CLOSES, set()),
        (SaleState.CANCELLED, TEASER, set()),
    ],
)
def test_what_may_be_done_follows_from_what_the_sale_is(state, at, allowed):
    assert set(sales.acts(window(state), at)) == allowed


@pytest.mark.parametrize(
    ("is_now", "wanted"),
    [
        (SaleState.CLOSED, SaleState.OPEN),
        (SaleState.CANCELLED, SaleState.SCHEDULED),
        (SaleState.DRAFT, SaleState.OPEN),
        (SaleState.OPEN, SaleState.DRAFT),
        (SaleState.OPEN, SaleState.CANCELLED),
        (SaleState.SCHEDULED, SaleState.PAUSED),
    ],
)
def test_a_move_that_the_table_does_not_hold_is_refused(is_now, wanted):
    with pytest.raises(IllegalMove):
        SALE_LIFECYCLE.check(is_now, wanted)


def plan(opens, closes, **more):
    return sales.times(opens, closes, "Europe/Paris", teaser_before=timedelta(days=3), **more)


def test_the_times_of_a_sale_keep_what_was_typed_beside_the_instants():
    found = plan(datetime(2026, 10, 23, 7, 0), datetime(2026, 10, 26, 7, 0))

    assert found.opens.at == datetime(2026, 10, 23, 5, 0, tzinfo=UTC)
    assert found.closes.at == datetime(2026, 10, 26, 6, 0, tzinfo=UTC)
    assert found.closes.wall == datetime(2026, 10, 26, 7, 0)
    assert found.teaser_at == datetime(2026, 10, 20, 5, 0, tzinfo=UTC)


def test_the_hours_that_the_change_of_clocks_takes_or_doubles_are_refused():
    with pytest.raises(NoSuchHour):
        plan(datetime(2027, 3, 28, 2, 30), datetime(2027, 3, 30, 7, 0))
    with pytest.raises(AmbiguousHour):
        plan(datetime(2026, 10, 24, 7, 0), datetime(2026, 10, 25, 2, 30))

    chosen = plan(datetime(2026, 10, 24, 7, 0), datetime(2026, 10, 25, 2, 30), closes_fold=1)
    assert chosen.closes.at == datetime(2026, 10, 25, 1, 30, tzinfo=UTC)


@pytest.mark.parametrize(
    ("closes", "reason"),
    [
        (datetime(2026, 11, 20, 7, 0), "closes_before_opening"),
        (datetime(2026, 11, 19, 7, 0), "closes_before_opening"),
        (datetime(2026, 11, 20, 7, 9), "too_short"),
        (datetime(2026, 12, 4, 7, 1), "too_long"),
    ],
)
def test_a_window_out_of_reason_is_refused(closes, reason):
    with pytest.raises(WindowRefused) as refused:
        plan(datetime(2026, 11, 20, 7, 0), closes)

    assert refused.value.facts["reason"] == reason


@pytest.mark.parametrize(
    ("available", "held", "stopped", "word"),
    [
        (4, 0, False, StockWord.AVAILABLE),
        (3, 9, False, StockWord.FEW_LEFT),
        (1, 0, False, StockWord.FEW_LEFT),
        (0, 1, False, StockWord.ALL_IN_BAGS),
        (0, 0, False, StockWord.SOLD_OUT),
        (9, 0, True, StockWord.STOPPED),
    ],
)
def test_the_word_for_a_shelf_is_the_truth_about_it(available, held, stopped, word):
    assert sales.stock_word(available=available, held=held, stopped=stopped) is word


@pytest.mark.parametrize(
    ("units", "available", "held", "word"),
    [
        (10, 10, 0, Left.MOST),
        (10, 5, 5, Left.MOST),
        (10, 4, 0, Left.LESS),
        (10, 2, 0, Left.LESS),
        (10, 1, 9, Left.LITTLE),
        (10, 0, 1, Left.ALL_IN_BAGS),
        (10, 0, 0, Left.SOLD_OUT),
        (0, 0, 0, Left.SOLD_OUT),
    ],
)
def test_how_much_of_a_sale_is_left_is_told_in_words(units, available, held, word):
    assert left(units=units, available=available, held=held) is word
