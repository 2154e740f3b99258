"""Admission: places drawn by a seed that was committed to, late-comers behind, and nobody in but by the rule."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from uuid import uuid4

import pytest
from sqlalchemy import text

from jobs.admissions import TEND
from marketplace.domain import admissions as rule
from marketplace.domain.admissions import RoomRefused, Standing, StillWaiting
from marketplace.domain.doors import Door
from marketplace.domain.holds import Ask
from marketplace.domain.pacing import PERMITTED_PER_SECOND
from marketplace.domain.refusals import NotFound
from marketplace.services import admissions, holds, sales
from tests import factories


@dataclass
class Scene:
    """A sale twenty minutes before its opening, its room, and members who may come."""

    database: object
    tools: object
    clock: object
    sale: object
    item: object
    operator: object

    def member(self, **more):
        with self.database.session() as session:
            return factories.member(session, **more)

    def members(self, number):
        return [self.member() for _ in range(number)]

    def visit(self, member):
        door = self.tools.at_door(Door.MEMBER, account_id=member.account_id)
        return admissions.visit(door, sale_id=self.sale.id, member_id=member.id)

    def desk(self):
        return self.tools.at_door(Door.OPERATOR, account_id=self.operator.id)

    def room(self, **figures):
        wanted = {"at_once": 3, "per_minute": 60} | figures
        admissions.set_up(self.desk(), ref=self.sale.ref, **wanted)

    def hold(self, member, units=1):
        door = self.tools.at_door(Door.MEMBER, account_id=member.account_id)
        asks = (Ask(self.item.id, units, uuid4()),)
        return holds.take(door, member_id=member.id, asks=asks)[0]

    def standings(self, members):
        return [self.visit(each).standing for each in members]

    def value(self, statement):
        return self.database.value(statement)


@pytest.fixture
def scene(database, tools, clock):
    with database.session() as session:
        sale, (item,) = factories.open_sale(session, units=10, opens_in=timedelta(minutes=20))
        sale.limit_per_member = item.limit_per_member = 10
        return Scene(database, tools, clock, sale, item, factories.operator(session))


def at_the_opening(scene, members):
    """The hour comes and everybody is there: the places are drawn, and let in who may. In the order of places."""
    for span in ({"minutes": 19, "seconds": 50}, {"seconds": 10}):
        scene.standings(members)
        scene.clock.turn(**span)
    line = sorted(members, key=lambda each: scene.visit(each).place)
    scene.clock.turn(seconds=2)
    scene.standings(line)
    return line


def test_a_sale_without_a_room_is_what_it_was(scene, clock):
    member = scene.member()
    clock.turn(minutes=20)

    assert scene.visit(member) is None
    assert scene.hold(member).held
    assert scene.value("SELECT count(*) FROM tickets") == 0


def test_who_comes_before_the_opening_is_in_the_draw_and_its_seed_was_committed_to(scene, clock):
    scene.room()
    members = scene.members(5)
    before = [scene.visit(each) for each in members]
    clock.turn(minutes=20)
    after = [scene.visit(each) for each in members]

    seeds = {each.seed for each in after}
    (seed,) = seeds
    assert [each.standing for each in before] == [Standing.IN_DRAW] * 5
    assert {(each.seed, each.place) for each in before} == {(None, None)}
    assert {each.commitment for each in before + after} == {rule.commitment(seed)}
    assert tuple(
        each.number for each in sorted(after, key=lambda each: each.drawn_as)
    ) == rule.draw(seed, [each.number for each in before])
    assert {each.drawn for each in after} == {5}


def test_half_an_hour_before_the_room_opens_and_no_ticket_is_given_earlier(scene, clock):
    with scene.database.session() as session:
        session.execute(
            text("UPDATE sales SET opens_at = opens_at + interval '30 minutes' WHERE id = :sale"),
            {"sale": scene.sale.id},
        )
    scene.room()
    member = scene.member()

    early = scene.visit(member).standing
    clock.turn(minutes=21)

    assert early is Standing.NOT_YET
    assert scene.visit(member).standing is Standing.IN_DRAW


def test_a_member_has_one_ticket_whatever_the_number_of_devices(scene):
    scene.room()
    member = scene.member()

    numbers = {scene.visit(member).number for _ in range(3)}

    assert len(numbers) == 1
    assert scene.value("SELECT count(*) FROM tickets") == 1


def test_late_comers_stand_behind_in_the_order_of_their_coming(scene, clock):
    scene.room(at_once=1)
    early = scene.members(3)
    for each in early:
        scene.visit(each)
    clock.turn(minutes=20)
    late = scene.members(3)

    places = [scene.visit(each).place for each in late]

    assert places == [4, 5, 6]
    assert sorted(scene.visit(each).place for each in early) == [1, 2, 3]
    assert {scene.visit(each).drawn_as for each in late} == {None}


def test_the_clock_draws_as_well_and_drawing_twice_changes_nothing(scene, clock):
    scene.room()
    for each in scene.members(4):
        scene.visit(each)
    clock.turn(minutes=20)

    TEND.act(scene.tools, {})
    drawn = scene.database.rows("SELECT id, place, drawn_as FROM tickets ORDER BY id")
    TEND.act(scene.tools, {})
    TEND.act(scene.tools, {})

    assert sorted(place for _, place, _ in drawn) == [1, 2, 3, 4]
    assert scene.database.rows("SELECT id, place, drawn_as FROM tickets ORDER BY id") == drawn
    assert scene.database.rows(
        "SELECT name, data->>'tickets' FROM events WHERE name = 'sale.places_drawn'"
    ) == [("sale.places_drawn", "4")]


def test_a_hold_is_refused_to_who_waits_and_taken_by_who_is_let_in(scene, clock):
    scene.room(at_once=1)
    unknown = scene.member()
    first, second = at_the_opening(scene, scene.members(2))

    refused = scene.hold(second)
    never_came = scene.hold(unknown)

    assert isinstance(refused.refusal(), StillWaiting)
    assert refused.ahead == 0
    assert isinstance(never_came.refusal(), StillWaiting)
    assert scene.value("SELECT count(*) FROM holds") == 0
    assert scene.value("SELECT count(*) FROM demand_signals") == 0
    assert scene.hold(first).held
    assert scene.hold(first).held


def test_no_more_shop_at_once_than_the_room_allows(scene, clock):
    scene.room(at_once=3)
    line = at_the_opening(scene, scene.members(6))

    at_first = scene.standings(line)
    scene.hold(line[0])
    clock.turn(seconds=30)
    with_a_hold = scene.standings(line)
    clock.turn(minutes=10, seconds=6)
    scene.standings(line)
    clock.turn(seconds=2)
    later = scene.standings(line)

    assert at_first == with_a_hold == [Standing.LET_IN] * 3 + [Standing.WAITING] * 3
    assert later == [Standing.PASSED] * 3 + [Standing.LET_IN] * 3


def test_no_more_are_let_in_within_a_minute_than_the_room_allows(scene, clock):
    scene.room(at_once=100, per_minute=2)
    line = at_the_opening(scene, scene.members(5))

    counts = []
    for _ in range(4):
        counts.append(scene.standings(line).count(Standing.LET_IN))
        clock.turn(seconds=31)

    assert counts == [2, 2, 4, 4]


def test_no_more_are_let_in_than_there_are_units_and_three_in_ten(scene, clock):
    scene.room(at_once=1, per_minute=100)
    keeper, *line = at_the_opening(scene, scene.members(6))
    assert scene.hold(keeper, units=8).held

    scene.room(at_once=100, per_minute=100)
    clock.turn(seconds=2)
    scene.visit(keeper)

    assert scene.standings(line) == [Standing.LET_IN] * 3 + [Standing.WAITING] * 2


def test_all_in_bags_lets_nobody_in_and_says_when_the_next_comes_back(scene, clock):
    scene.room(at_once=1)
    first, second = at_the_opening(scene, scene.members(2))
    assert scene.hold(first, units=10).held
    clock.turn(minutes=3)

    found = scene.visit(second)
    clock.turn(seconds=2)
    found = scene.visit(second)

    assert found.standing is Standing.WAITING
    assert (found.all_in_bags, found.back_minutes) == (True, 7)
    assert found.wait is None


def test_what_is_given_back_goes_to_the_next_in_line(scene, clock):
    scene.room(at_once=1)
    first, second = at_the_opening(scene, scene.members(2))
    answer = scene.hold(first, units=10)
    door = scene.tools.at_door(Door.MEMBER, account_id=first.account_id)

    holds.release(door, member_id=first.id, hold_ids=(answer.hold_id,))
    clock.turn(minutes=11)
    scene.standings([second])
    clock.turn(seconds=2)

    assert scene.visit(second).standing is Standing.LET_IN
    assert scene.hold(second).held


def test_the_room_ends_at_once_when_nothing_is_left(scene, clock):
    scene.room(at_once=1)
    first, second = at_the_opening(scene, scene.members(2))
    answer = scene.hold(first, units=10)
    with scene.database.session() as session:
        order = factories.order(session, by=first, hold_ids=(answer.hold_id,))
        assert factories.sell(session, of=order) == "sold"
    clock.turn(seconds=2)

    found = scene.visit(second)

    assert found.standing is Standing.NOTHING_LEFT
    assert found.may_shop
    assert str(scene.hold(second).outcome) == "sold_out"


def test_a_turn_that_passed_unused_is_taken_again_behind_everybody(scene, clock):
    scene.room(at_once=1)
    first, second = at_the_opening(scene, scene.members(2))
    door = scene.tools.at_door(Door.MEMBER, account_id=first.account_id)
    with pytest.raises(StillWaiting):
        admissions.stand_again(door, sale_id=scene.sale.id, member_id=first.id)
    drawn_as = scene.visit(first).drawn_as
    clock.turn(minutes=10)

    passed = scene.visit(first)
    refused = scene.hold(first)
    admissions.stand_again(door, sale_id=scene.sale.id, member_id=first.id)
    again = scene.visit(first)

    assert passed.standing is Standing.PASSED
    assert isinstance(refused.refusal(), StillWaiting)
    assert again.place == 3
    assert again.drawn_as == drawn_as
    clock.turn(seconds=6)
    scene.visit(second)
    clock.turn(seconds=2)
    assert scene.standings([second, first]) == [Standing.LET_IN, Standing.WAITING]


def test_who_stepped_away_keeps_the_place_and_holds_nobody_up(scene, clock):
    scene.room(at_once=1)
    members = scene.members(3)
    for each in members:
        scene.visit(each)
    clock.turn(minutes=20)
    TEND.act(scene.tools, {})
    by_place = [
        scene.database.value("SELECT member_id FROM tickets WHERE place = :n", n=n)
        for n in (1, 2, 3)
    ]
    of = {each.id: each for each in members}

    there = scene.visit(of[by_place[1]])
    clock.turn(seconds=2)
    there = scene.visit(of[by_place[1]])
    back = scene.visit(of[by_place[0]])

    assert there.standing is Standing.LET_IN
    assert (back.standing, back.ahead, back.place) == (Standing.WAITING, 0, 1)


def test_a_member_with_more_time_has_more_of_it_here_too(scene, clock):
    scene.room()
    member = scene.member()
    scene.database.run("UPDATE members SET extra_time = true")
    scene.visit(member)
    clock.turn(minutes=20)

    found = scene.visit(member)

    assert found.until_at - found.let_in_at == timedelta(minutes=15)


def test_a_room_opened_wide_lets_everybody_hold_and_is_not_shut_again(scene, clock):
    scene.room(at_once=1)
    _, second = at_the_opening(scene, scene.members(2))

    admissions.open_wide(scene.desk(), ref=scene.sale.ref, reason="The house has time for all.")

    assert scene.visit(second) is None
    assert scene.hold(second).held
    with pytest.raises(RoomRefused):
        scene.room()
    with pytest.raises(NotFound):
        admissions.open_wide(scene.desk(), ref=scene.sale.ref, reason="Twice.")


def test_before_the_draw_a_room_opened_wide_may_stand_again(scene):
    scene.room()
    admissions.open_wide(scene.desk(), ref=scene.sale.ref, reason="By mistake.")
    member = scene.member()
    wide = scene.visit(member)

    scene.room(at_once=5)

    assert wide is None
    assert scene.visit(member).standing is Standing.IN_DRAW


def test_a_closed_sale_takes_no_room_and_a_paused_one_lets_nobody_in(scene, clock):
    scene.room(at_once=1)
    first, second = at_the_opening(scene, scene.members(2))
    sales.pause(scene.desk(), ref=scene.sale.ref, reason="A wrong price.")
    clock.turn(minutes=11)
    paused = scene.standings([second])
    clock.turn(days=3)

    assert paused == [Standing.WAITING]
    assert scene.visit(first) is not None
    with pytest.raises(RoomRefused):
        scene.room()


def test_nobody_of_the_house_reads_the_seed_and_no_member_the_tickets(scene):
    scene.room()
    scene.visit(scene.member())

    for door, asked in (
        (Door.OPERATOR, "SELECT seed FROM waiting_rooms"),
        (Door.OPERATOR, "SELECT number FROM tickets"),
        (Door.MEMBER, "SELECT seed FROM waiting_rooms"),
        (Door.MEMBER, "SELECT number FROM tickets"),
        (Door.WORKER, "SELECT seed FROM waiting_rooms"),
        (Door.BRAND, "SELECT sale_id FROM waiting_rooms"),
    ):
        brand = {"brand_id": scene.sale.brand_id} if door is Door.BRAND else {}
        with (
            pytest.raises(Exception, match="permission denied"),
            scene.tools.at_door(door, **brand).reading() as session,
        ):
            session.execute(text(asked)).all()


def test_tickets_belong_to_nobody_a_month_later_and_the_draw_can_be_checked_still(scene, clock):
    scene.room()
    for each in scene.members(3):
        scene.visit(each)
    clock.turn(minutes=20)
    TEND.act(scene.tools, {})
    clock.turn(days=33)

    with scene.tools.at_door(Door.WORKER).transaction() as session:
        gone = session.execute(text("SELECT gone FROM forget_tickets(100)")).scalar_one()

    rows = scene.database.rows("SELECT number FROM tickets ORDER BY drawn_as")
    seed = scene.value("SELECT seed FROM waiting_rooms")
    assert gone == 3
    assert scene.value("SELECT count(*) FROM tickets WHERE member_id IS NOT NULL") == 0
    assert tuple(number for (number,) in rows) == rule.draw(seed, [number for (number,) in rows])


def test_the_rule_knows_the_same_figures_as_the_functions_and_the_gate(scene):
    functions = scene.value(
        "SELECT string_agg(pg_get_functiondef(oid), ' ') FROM pg_proc WHERE proname IN ('visit_room', 'tend_room')"
    )

    for figure in ("30 minutes", "10 minutes", "90 seconds", "5 minutes", "1 minute"):
        assert f"interval '{figure}'" in functions
    assert timedelta(minutes=30) == rule.ROOM_OPENS_BEFORE
    assert timedelta(minutes=10) == rule.ADMISSION_LENGTH
    assert timedelta(seconds=90) == rule.SEEN_WITHIN
    assert timedelta(minutes=5) == rule.PACE_OVER
    assert rule.PAYMENTS_PER_MINUTE == PERMITTED_PER_SECOND * 60
