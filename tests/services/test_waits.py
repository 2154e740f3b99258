"""The line for what is gone: in order, with an own hold for each, and never for those who pass by meanwhile."""

from __future__ import annotations

import pytest

from jobs.holds import SWEEP
from marketplace.domain.doors import Door
from marketplace.domain.holds import (
    EXTRA_TIME,
    HOLD_LENGTH,
    RENEWAL_LENGTH,
    HoldOutcome,
    LimitReached,
)
from marketplace.domain.refusals import NotFound
from marketplace.domain.waits import (
    OFFER_LENGTH,
)
from marketplace.queries import waits as queries
from marketplace.services import holds, waits
from tests import factories, wait_scenes


@pytest.fixture
def scene(database, tools, clock):
    return wait_scenes.made(database, tools, clock)


def test_what_is_given_back_is_held_for_the_next_in_line_and_for_nobody_else(scene):
    one, two, stranger = scene.members
    scene.join(one)
    scene.join(two)

    scene.give_back()
    passing = scene.take(stranger)
    scene.pass_on()

    assert passing.outcome is HoldOutcome.ALL_IN_BAGS
    assert scene.live(one) == [(scene.items[0].id, 1)]
    assert scene.live(two) == []
    assert scene.states() == ["offered", "waiting"]
    assert scene.counters()[0] == (0, 1, 0, 0, True)


def test_what_lapses_goes_to_the_line_at_its_last_second_whoever_asks_first(scene):
    one, _, stranger = scene.members
    scene.join(one)

    scene.clock.turn(seconds=int(HOLD_LENGTH.total_seconds()) + 1)
    passing = scene.take(stranger)

    assert passing.outcome is HoldOutcome.ALL_IN_BAGS
    assert scene.counters()[0] == (0, 1, 0, 1, True)
    scene.pass_on()
    assert scene.live(one) == [(scene.items[0].id, 1)]


def test_a_lapsed_hold_is_passed_on_although_nobody_asks_and_nobody_sweeps(scene):
    scene.join(scene.members[0])

    scene.clock.turn(seconds=int(HOLD_LENGTH.total_seconds()) + 1)
    scene.pass_on()

    assert scene.live(scene.members[0]) == [(scene.items[0].id, 1)]


def test_the_sweep_sets_aside_what_the_line_wants_and_frees_the_rest(scene):
    scene.join(scene.members[0])

    scene.clock.turn(seconds=int(HOLD_LENGTH.total_seconds()) + 1)
    SWEEP.act(scene.tools.at_door(Door.WORKER), {})

    assert scene.counters() == [(0, 1, 0, 1, True), (1, 0, 0, 0, False)]


def test_an_offer_lasts_a_quarter_of_an_hour_and_five_minutes_more_once(scene):
    one, extra = scene.members[:2]
    holds.prefer_more_time(
        scene.tools.at_door(Door.MEMBER, account_id=extra.account_id),
        member_id=extra.id,
        wanted=True,
    )
    scene.join(one, 0)
    scene.join(extra, 1)
    scene.give_back(0)
    scene.give_back(1)

    scene.pass_on()

    found = scene.database.rows(
        "SELECT h.expires_at - h.created_at, h.cap_at - h.expires_at, h.extra_seconds"
        " FROM waits w JOIN holds h ON h.id = w.hold_id ORDER BY w.id"
    )
    assert found == [
        (OFFER_LENGTH, RENEWAL_LENGTH, 0),
        (OFFER_LENGTH + EXTRA_TIME, RENEWAL_LENGTH, int(EXTRA_TIME.total_seconds())),
    ]


def test_an_offer_that_lapses_goes_to_the_next_and_not_to_the_same_again(scene):
    one, two, _ = scene.members
    scene.join(one)
    scene.join(two)
    scene.give_back()
    scene.pass_on()

    scene.clock.turn(seconds=int(OFFER_LENGTH.total_seconds()) + 1)
    scene.pass_on()

    assert scene.live(one) == []
    assert scene.live(two) == [(scene.items[0].id, 1)]
    scene.clock.turn(seconds=int(OFFER_LENGTH.total_seconds()) + 1)
    scene.pass_on()
    SWEEP.act(scene.tools.at_door(Door.WORKER), {})
    assert scene.live(one) == scene.live(two) == []
    assert scene.counters()[0] == (1, 0, 0, 0, False)


def test_whoever_declines_does_not_get_it_back_but_may_stand_at_the_end(scene):
    one, two, _ = scene.members
    scene.join(one)
    scene.join(two)
    scene.give_back()
    scene.pass_on()
    (offered,) = wait_scenes.values(scene, "SELECT hold_id FROM waits WHERE hold_id IS NOT NULL")

    holds.release(scene.tools, member_id=one.id, hold_ids=[offered])
    again = scene.join(one)
    scene.pass_on()

    assert scene.live(two) == [(scene.items[0].id, 1)]
    assert scene.live(one) == []
    assert scene.database.value("SELECT state FROM waits WHERE id = :id", id=again) == "waiting"


def test_a_cancelled_winner_s_piece_goes_to_the_next_in_line(scene):
    one, two, _ = scene.members
    scene.join(one)
    scene.join(two)
    scene.give_back()
    scene.pass_on()
    (offered,) = wait_scenes.values(scene, "SELECT hold_id FROM waits WHERE hold_id IS NOT NULL")
    with scene.database.session() as session:
        order = factories.order(session, by=one, hold_ids=[offered])
        assert factories.sell(session, of=order) == "sold"

    scene.database.run("SELECT restock_line(id, 1, 'refunded') FROM order_lines")
    scene.database.run("UPDATE order_lines SET cancelled_units = 1")
    scene.pass_on()

    assert scene.live(two) == [(scene.items[0].id, 1)]
    assert scene.live(one) == []


def test_an_entry_takes_whichever_of_its_sizes_comes_back_first_and_then_waits_for_none(scene):
    one, two, _ = scene.members
    scene.join(one, 0, 1)
    scene.join(two, 0)

    scene.give_back(1)
    scene.pass_on()
    scene.give_back(0)
    scene.pass_on()

    assert scene.live(one) == [(scene.items[1].id, 1)]
    assert scene.live(two) == [(scene.items[0].id, 1)]


def test_two_sizes_that_come_back_together_do_not_both_go_to_one_entry(scene):
    scene.join(scene.members[0], 0, 1)

    scene.give_back(0)
    scene.give_back(1)
    assert [row[3] for row in scene.counters()] == [1, 1]
    scene.pass_on()

    assert scene.live(scene.members[0]) == [(scene.items[0].id, 1)]
    assert scene.counters() == [(0, 1, 0, 0, False), (1, 0, 0, 0, False)]


def test_who_leaves_is_not_waited_for(scene):
    one, two, stranger = scene.members
    mine = scene.join(one)

    assert scene.leave(one, mine) is True
    assert scene.leave(one, mine) is False
    with pytest.raises(NotFound):
        scene.leave(two, mine)
    scene.give_back()

    scene.pass_on()
    assert scene.take(stranger).held
    assert scene.states() == ["left"]


def test_asked_twice_it_is_one_entry_at_its_place(scene):
    one, two, _ = scene.members
    mine = scene.join(one)
    scene.join(two)

    assert scene.join(one, 0, 1) == mine
    assert len(scene.states()) == 2


def test_up_to_two_units_are_offered_as_far_as_they_come_back(scene):
    scene.join(scene.members[0], units=2)

    scene.give_back()
    scene.pass_on()

    assert scene.live(scene.members[0]) == [(scene.items[0].id, 1)]
    assert scene.states() == ["offered"]


def test_who_bought_as_much_as_is_allowed_meanwhile_is_passed_over(scene):
    one, two, _ = scene.members
    scene.join(one, 0)
    scene.join(two, 0)
    scene.database.run("UPDATE sales SET limit_per_member = 1")
    scene.give_back(1)
    assert scene.take(one, 1).held

    scene.give_back(0)
    scene.pass_on()

    assert scene.states() == ["passed_over", "offered"]
    assert scene.live(two) == [(scene.items[0].id, 1)]


def test_who_has_all_they_may_of_one_size_still_waits_for_another(scene):
    one, two, _ = scene.members
    with scene.database.session() as session:
        small, medium = factories.sizes_on_sale(session, of=scene.sale, sizes=("S", "M"), units=2)
        small.limit_per_member = medium.limit_per_member = 1
        others = [factories.member(session) for _ in range(2)]
    with scene.database.session() as session:
        factories.hold(session, by=one, on=small)
        smalls = factories.hold(session, by=others[0], on=small)
        mediums = [factories.hold(session, by=each, on=medium) for each in others]

    with pytest.raises(LimitReached):
        waits.join(scene.tools, member_id=one.id, items=[small.id], units=1)
    waits.join(scene.tools, member_id=one.id, items=[small.id, medium.id], units=1)
    waits.join(scene.tools, member_id=two.id, items=[small.id], units=1)
    holds.release(scene.tools, member_id=others[0].id, hold_ids=[smalls])
    scene.pass_on()

    assert scene.live(two) == [(small.id, 1)]
    assert scene.states() == ["waiting", "offered"]
    (told,) = queries.of_member(
        scene.tools.at_door(Door.MEMBER, account_id=one.account_id), member_id=one.id
    )
    assert told.items == ("Navy, M",)
    holds.release(scene.tools, member_id=others[0].id, hold_ids=mediums[:1])
    scene.pass_on()
    assert scene.live(one) == [(small.id, 1), (medium.id, 1)]


def test_who_is_no_longer_let_in_is_passed_over(scene):
    one, two, three = scene.members
    for each in (one, two, three):
        scene.join(each)
    scene.database.run("UPDATE accounts SET state = 'disabled' WHERE id = :id", id=one.account_id)
    scene.database.run("UPDATE members SET mark = '\\x01'::bytea WHERE id = :id", id=two.id)
    scene.database.run(
        "INSERT INTO suppressed_marks (brand_id, mark) SELECT brand_id, '\\x01'::bytea FROM sales"
    )

    scene.give_back()
    scene.pass_on()

    assert scene.states() == ["passed_over", "passed_over", "offered"]
