"""Holds as members meet them: taken, renewed once, given back, lapsed; and refused with what the sentence needs."""

from __future__ import annotations

from datetime import timedelta
from uuid import uuid4

import pytest

from marketplace.domain.doors import Door
from marketplace.domain.holds import (
    EXTRA_TIME,
    HOLD_LENGTH,
    RENEWAL_LENGTH,
    AllInBags,
    AlreadyBought,
    AlreadyHeld,
    Answer,
    Ask,
    HoldLapsed,
    HoldOutcome,
    ItemStopped,
    KeyReused,
    LimitReached,
    QuantityRefused,
    RenewalUsed,
    SaleClosed,
    SaleNotOpen,
    SalePaused,
    SoldOut,
    TooMany,
)
from marketplace.domain.refusals import NotFound, Refusal
from marketplace.domain.sales import SaleState
from marketplace.services import holds
from tests import factories

COUNTERS = "SELECT available, held, sold FROM sale_items ORDER BY id"


def asked(tools, member, item, units=1, key=None) -> Answer:
    """One ask of one member."""
    ask = Ask(item.id, units, key or uuid4())
    return holds.take(tools, member_id=member.id, asks=[ask])[0]


def bought(database, member, *held: Answer) -> None:
    """The member ordered what is held and paid."""
    with database.session() as session:
        order = factories.order(session, by=member, hold_ids=[each.hold_id for each in held])
        assert factories.sell(session, of=order) == "sold"


def no(answer: Answer) -> Refusal:
    """The refusal in an answer that must hold one."""
    refusal = answer.refusal()
    assert refusal is not None
    return refusal


@pytest.fixture
def scene(database):
    """An open sale of one item with three units, and two members."""
    with database.session() as session:
        sale, (item,) = factories.open_sale(session, units=3)
        return sale, item, factories.member(session), factories.member(session)


def test_a_hold_lasts_ten_minutes_at_the_price_of_now(database, tools, clock, scene):
    _, item, member, _ = scene
    before = clock.now()

    answer = asked(tools, member, item, 2)

    assert answer.outcome is HoldOutcome.HELD
    assert answer.price_minor == 6_000
    assert before + HOLD_LENGTH <= answer.expires_at <= clock.now() + HOLD_LENGTH
    assert database.rows(COUNTERS) == [(1, 2, 0)]
    assert database.rows("SELECT cap_at - created_at, renewals, extra_seconds FROM holds") == [
        (HOLD_LENGTH + RENEWAL_LENGTH, 0, 0)
    ]


def test_several_asks_are_answered_in_order_each_for_itself(database, tools):
    with database.session() as session:
        _, (first, second) = factories.open_sale(session, units=1, items=2)
        member, other = factories.member(session), factories.member(session)
        factories.hold(session, by=other, on=first)
    asks = [Ask(second.id, 1, uuid4()), Ask(first.id, 1, uuid4()), Ask(0, 1, uuid4())]

    answers = holds.take(tools, member_id=member.id, asks=asks)

    outcomes = [answer.outcome for answer in answers]
    assert outcomes == [HoldOutcome.HELD, HoldOutcome.ALL_IN_BAGS, HoldOutcome.NOT_FOUND]
    assert isinstance(no(answers[2]), NotFound)
    assert database.rows(COUNTERS) == [(0, 1, 0), (0, 1, 0)]


def test_the_same_key_twice_is_one_hold(database, tools, scene):
    _, item, member, _ = scene
    key = uuid4()
    first = asked(tools, member, item, key=key)

    again = asked(tools, member, item, key=key)

    assert again == first
    assert database.rows(COUNTERS) == [(2, 1, 0)]


def test_two_members_may_use_the_same_key(database, tools, scene):
    _, item, member, other = scene
    key = uuid4()

    answers = [asked(tools, member, item, key=key), asked(tools, other, item, key=key)]

    assert answers[0].hold_id != answers[1].hold_id
    assert database.rows(COUNTERS) == [(1, 2, 0)]


def test_a_key_used_for_something_else_is_refused(database, tools, scene):
    _, item, member, _ = scene
    key = uuid4()
    asked(tools, member, item, key=key)

    answer = asked(tools, member, item, 2, key=key)

    assert isinstance(no(answer), KeyReused)
    assert answer.hold_id is None
    assert database.rows(COUNTERS) == [(2, 1, 0)]


def test_the_key_of_a_lapsed_hold_does_not_bring_it_back(database, tools, clock, scene):
    _, item, member, _ = scene
    key = uuid4()
    asked(tools, member, item, key=key)
    clock.turn(minutes=10)

    answer = asked(tools, member, item, key=key)

    assert isinstance(no(answer), HoldLapsed)
    assert database.rows(COUNTERS) == [(3, 0, 0)]


def test_the_key_of_a_hold_that_was_paid_says_so(database, tools, scene):
    _, item, member, _ = scene
    key = uuid4()
    hold = asked(tools, member, item, key=key)
    bought(database, member, hold)

    answer = asked(tools, member, item, key=key)

    assert isinstance(no(answer), AlreadyBought)
    with pytest.raises(AlreadyBought):
        holds.renew(tools, member_id=member.id, hold_id=hold.hold_id)
    assert holds.release(tools, member_id=member.id, hold_ids=[hold.hold_id]) == ()
    assert database.rows(COUNTERS) == [(2, 0, 1)]


def test_units_are_free_at_the_end_of_a_hold_with_no_sweeper(database, tools, clock, scene):
    _, item, member, other = scene
    asked(tools, member, item, 2)
    asked(tools, other, item)
    clock.turn(minutes=10)

    answer = asked(tools, other, item, 2)

    assert answer.held
    assert database.rows(COUNTERS) == [(1, 2, 0)]
    assert database.rows("SELECT state, ended_at = expires_at FROM holds ORDER BY id") == [
        ("expired", True),
        ("expired", True),
        ("held", None),
    ]


def test_a_refusal_in_bags_says_how_many_come_back_and_when(database, tools, clock, scene):
    _, item, member, other = scene
    with database.session() as session:
        third = factories.member(session)
    first = asked(tools, member, item, 2)
    clock.turn(minutes=5)
    asked(tools, third, item)

    answer = asked(tools, other, item)

    refusal = no(answer)
    assert isinstance(refusal, AllInBags)
    assert refusal.facts == {"next_release_at": first.expires_at, "next_release_units": 2}
    assert database.rows("SELECT signal, units, times FROM demand_signals") == [
        ("refused_in_bags", 1, 1)
    ]


def test_asking_in_vain_again_counts_the_times_not_the_members(database, tools, scene):
    _, item, member, other = scene
    asked(tools, member, item, 2)

    first = asked(tools, other, item, 2)
    second = asked(tools, other, item, 2)

    assert isinstance(no(first), TooMany)
    assert no(second).facts["most"] == 1
    assert database.rows("SELECT signal, units, times FROM demand_signals") == [
        ("refused_in_bags", 2, 2)
    ]
    assert database.rows(COUNTERS) == [(1, 2, 0)]


def test_sold_out_says_since_when(database, tools, clock):
    with database.session() as session:
        _, (item,) = factories.open_sale(session, units=1)
        member, other = factories.member(session), factories.member(session)
    hold = asked(tools, member, item)
    taken_at = database.value("SELECT created_at FROM holds")
    clock.turn(minutes=5)
    bought(database, member, hold)
    clock.turn(minutes=30)

    answer = asked(tools, other, item)

    assert isinstance(no(answer), SoldOut)
    assert no(answer).facts == {"sold_out_at": taken_at}
    assert database.rows("SELECT signal FROM demand_signals") == [("refused_sold_out",)]


def test_a_members_own_hold_is_never_called_sold_out_to_them(database, tools, scene):
    _, item, member, other = scene
    asked(tools, other, item, 2)
    mine = asked(tools, member, item)

    answer = asked(tools, member, item)

    assert isinstance(no(answer), AlreadyHeld)
    assert answer.hold_id == mine.hold_id
    assert answer.expires_at == mine.expires_at
    assert database.value("SELECT count(*) FROM demand_signals") == 0


def test_the_limit_of_an_item_counts_what_is_held(database, tools, scene):
    _, item, member, _ = scene
    asked(tools, member, item, 2)

    answer = asked(tools, member, item)

    assert isinstance(no(answer), LimitReached)
    assert no(answer).facts == {"most": 0}
    assert database.rows(COUNTERS) == [(1, 2, 0)]
    assert database.value("SELECT count(*) FROM demand_signals") == 0


def test_the_limit_of_a_sale_counts_over_all_its_items(database, tools):
    with database.session() as session:
        sale, items = factories.open_sale(session, units=5, items=3)
        member = factories.member(session)
        sale.limit_per_member = 3
    for item, units in zip(items, (2, 0, 0), strict=True):
        if units:
            asked(tools, member, item, units)

    second = asked(tools, member, items[1], 2)
    third = asked(tools, member, items[2], 1)

    assert no(second).facts == {"most": 1}
    assert third.held


def test_a_lapsed_hold_of_another_item_no_longer_counts_against_the_sale(database, tools, clock):
    with database.session() as session:
        sale, (first, second) = factories.open_sale(session, units=5, items=2)
        member = factories.member(session)
        sale.limit_per_member = 2
    asked(tools, member, first, 2)
    clock.turn(minutes=10)

    answer = asked(tools, member, second, 2)

    assert answer.held
    assert database.rows("SELECT state FROM holds ORDER BY id") == [("held",), ("held",)]


def test_units_that_came_back_no_longer_count_against_the_limit(database, tools, scene):
    _, item, member, _ = scene
    bought(database, member, asked(tools, member, item, 2))
    before = asked(tools, member, item)
    database.run("SELECT restock_line(id, 1, 'withdrawn') FROM order_lines")

    after = asked(tools, member, item)
    beyond = asked(tools, member, item)

    assert isinstance(no(before), LimitReached)
    assert after.held
    assert isinstance(no(beyond), LimitReached)
    assert database.rows(COUNTERS) == [(1, 1, 1)]


@pytest.mark.parametrize("units", [0, -1, 11])
def test_a_number_of_units_that_cannot_be_is_refused_before_the_shelf_is_asked(
    database, tools, scene, units
):
    _, item, member, _ = scene

    with pytest.raises(QuantityRefused):
        asked(tools, member, item, units)

    assert database.rows(COUNTERS) == [(3, 0, 0)]


@pytest.mark.parametrize(
    ("change", "refusal"),
    [
        ({"state": SaleState.PAUSED}, SalePaused),
        ({"state": SaleState.CLOSED}, SaleClosed),
        ({"state": SaleState.CANCELLED}, NotFound),
        ({"state": SaleState.DRAFT}, NotFound),
        ({"opens_in": timedelta(minutes=1)}, SaleNotOpen),
        ({"opens_in": timedelta(days=4)}, NotFound),
        ({"opens_in": timedelta(days=-3)}, SaleClosed),
    ],
)
def test_nothing_is_held_outside_the_window(database, tools, change, refusal):
    with database.session() as session:
        _, (item,) = factories.open_sale(session, units=1, **change)
        member = factories.member(session)

    answer = asked(tools, member, item)

    assert type(no(answer)) is refusal
    assert database.rows(COUNTERS) == [(1, 0, 0)]
    assert database.value("SELECT count(*) FROM holds") == 0


def test_a_sale_opens_and_closes_to_the_instant_of_its_row(database, tools, clock, scene):
    sale, item, member, other = scene
    opens_at, closes_at = sale.opens_at, sale.closes_at

    clock.set(opens_at - timedelta(seconds=1))
    early = asked(tools, member, item)
    clock.set(opens_at)
    at_opening = asked(tools, member, item)
    clock.set(closes_at)
    late = asked(tools, other, item)

    assert no(early).facts == {"opens_at": opens_at}
    assert at_opening.held
    assert isinstance(no(late), SaleClosed)


def test_a_stopped_item_is_not_held(database, tools, clock, scene):
    _, item, member, _ = scene
    database.run("UPDATE sale_items SET stopped_at = house_now()")

    assert isinstance(no(asked(tools, member, item)), ItemStopped)
    assert database.rows(COUNTERS) == [(3, 0, 0)]


def test_a_renewal_adds_five_minutes_once(database, tools, scene):
    _, item, member, _ = scene
    hold = asked(tools, member, item)

    until = holds.renew(tools, member_id=member.id, hold_id=hold.hold_id)

    assert until == hold.expires_at + RENEWAL_LENGTH
    with pytest.raises(RenewalUsed) as refusal:
        holds.renew(tools, member_id=member.id, hold_id=hold.hold_id)
    assert refusal.value.facts == {"expires_at": until}
    assert database.rows("SELECT renewals, expires_at = cap_at FROM holds") == [(1, True)]


def test_a_renewed_hold_ends_for_good_at_its_cap(database, tools, clock, scene):
    _, item, member, other = scene
    hold = asked(tools, member, item, 2)
    clock.turn(minutes=9)
    holds.renew(tools, member_id=member.id, hold_id=hold.hold_id)
    clock.turn(minutes=5)
    still = asked(tools, other, item, 2)
    clock.turn(minutes=1)

    after = asked(tools, other, item, 2)

    assert isinstance(no(still), TooMany)
    assert after.held


def test_a_lapsed_hold_cannot_be_renewed(database, tools, clock, scene):
    _, item, member, _ = scene
    hold = asked(tools, member, item)
    clock.turn(minutes=10)

    with pytest.raises(HoldLapsed):
        holds.renew(tools, member_id=member.id, hold_id=hold.hold_id)

    assert database.rows(COUNTERS) == [(3, 0, 0)]


def test_another_members_hold_is_neither_renewed_nor_released(database, tools, scene):
    _, item, member, other = scene
    hold = asked(tools, member, item)

    with pytest.raises(NotFound):
        holds.renew(tools, member_id=other.id, hold_id=hold.hold_id)
    released = holds.release(tools, member_id=other.id, hold_ids=[hold.hold_id])

    assert released == ()
    assert database.rows(COUNTERS) == [(2, 1, 0)]


def test_a_released_hold_is_free_for_the_next(database, tools, scene):
    _, item, member, other = scene
    hold = asked(tools, member, item, 2)

    released = holds.release(tools, member_id=member.id, hold_ids=[hold.hold_id])
    again = holds.release(tools, member_id=member.id, hold_ids=[hold.hold_id])

    assert released == (hold.hold_id,)
    assert again == ()
    assert asked(tools, other, item, 2).held
    assert database.rows("SELECT state FROM holds ORDER BY id") == [("released",), ("held",)]


def test_a_member_who_needs_more_time_has_it_on_every_hold_once(database, tools, scene):
    _, item, member, _ = scene
    door = tools.at_door(Door.MEMBER, account_id=member.account_id)
    holds.prefer_more_time(door, member_id=member.id, wanted=True)
    holds.prefer_more_time(door, member_id=member.id, wanted=True)

    hold = asked(tools, member, item)
    until = holds.renew(tools, member_id=member.id, hold_id=hold.hold_id)

    assert database.rows(
        "SELECT expires_at - created_at, cap_at - created_at, extra_seconds FROM holds"
    ) == [
        (HOLD_LENGTH + EXTRA_TIME + RENEWAL_LENGTH, HOLD_LENGTH + EXTRA_TIME + RENEWAL_LENGTH, 300)
    ]
    assert until == hold.expires_at + RENEWAL_LENGTH
    assert database.rows("SELECT name, account_id, data FROM events") == [
        ("member.more_time_preferred", member.account_id, {"wanted": True})
    ]


def test_the_sweep_writes_down_what_time_has_decided(database, tools, clock, scene):
    _, item, member, other = scene
    asked(tools, member, item, 2)
    clock.turn(minutes=5)
    asked(tools, other, item)
    clock.turn(minutes=5)

    freed = holds.sweep(tools, most=100)
    again = holds.sweep(tools, most=100)

    assert (freed, again) == (2, 0)
    assert database.rows(COUNTERS) == [(2, 1, 0)]
    assert database.rows(
        "SELECT movement, units FROM stock_movements WHERE hold_id IS NOT NULL ORDER BY id"
    ) == [
        ("held", 2),
        ("held", 1),
        ("expired", -2),
    ]
