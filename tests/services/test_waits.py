"""The line for what is gone: in order, with an own hold for each, and never for those who pass by meanwhile."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from uuid import uuid4
from zoneinfo import ZoneInfo

import pytest

from jobs.contacts import SEND_LETTERS
from jobs.holds import SWEEP
from jobs.waits import PASS_ON
from marketplace.domain.doors import Door
from marketplace.domain.holds import (
    EXTRA_TIME,
    HOLD_LENGTH,
    RENEWAL_LENGTH,
    Ask,
    HoldOutcome,
    ItemStopped,
    LimitReached,
    QuantityRefused,
    SaleClosed,
    SaleNotOpen,
    SalePaused,
)
from marketplace.domain.refusals import NotFound
from marketplace.domain.waits import (
    LINES_PER_SALE_MAX,
    NIGHT_LENGTH,
    NIGHT_TO,
    OFFER_LENGTH,
    FreeNow,
    TooManyLines,
)
from marketplace.services import holds, sales, waits
from tests import factories

COUNTERS = "SELECT available, held, sold, set_aside, awaited FROM sale_items ORDER BY id"
PARIS = ZoneInfo("Europe/Paris")


@dataclass
class Scene:
    """An open sale of a style in two sizes, one unit of each, both in somebody's bag; and people who come too late."""

    tools: object
    database: object
    clock: object
    sale: object
    items: list
    first: object
    members: list
    holds: list

    def take(self, member, item=0, units=1):
        ask = Ask(self.items[item].id, units, uuid4())
        return holds.take(self.tools, member_id=member.id, asks=[ask])[0]

    def join(self, member, *items, units=1):
        wanted = [self.items[each].id for each in items or (0,)]
        return waits.join(self.tools, member_id=member.id, items=wanted, units=units)

    def leave(self, member, wait_id):
        return waits.leave(self.tools, member_id=member.id, wait_id=wait_id)

    def give_back(self, item=0):
        return holds.release(self.tools, member_id=self.first.id, hold_ids=[self.holds[item]])

    def pass_on(self):
        PASS_ON.act(self.tools.at_door(Door.WORKER), {})

    def live(self, member):
        """Items and units that the member holds at this instant."""
        return self.database.rows(
            "SELECT sale_item_id, units FROM holds WHERE member_id = :member AND state = 'held'"
            " AND expires_at > house_now() ORDER BY id",
            member=member.id,
        )

    def counters(self):
        return self.database.rows(COUNTERS)

    def states(self):
        return [row[0] for row in self.database.rows("SELECT state FROM waits ORDER BY id")]

    def mails(self):
        SEND_LETTERS.act(self.tools.at_door(Door.WORKER), {})
        return self.database.rows("SELECT subject, text FROM captured_mails ORDER BY id")


def at_hour(clock, hour):
    """Turn the house's clock to the next such hour in Paris; offers last longer by night."""
    now = clock.now().astimezone(PARIS)
    then = now.replace(hour=hour, minute=0, second=0, microsecond=0)
    clock.turn(seconds=int((then + timedelta(days=then <= now) - now).total_seconds()) + 1)


def values(scene, statement):
    return [row[0] for row in scene.database.rows(statement)]


def operator(database):
    with database.session() as session:
        return factories.operator(session).id


@pytest.fixture
def scene(database, tools, clock):
    at_hour(clock, 9)
    with database.session() as session:
        sale, _ = factories.open_sale(session, items=0)
        items = factories.sizes_on_sale(session, of=sale, sizes=("S", "M"), spare=3)
        first = factories.member(session)
        members = [factories.member(session) for _ in range(3)]
    with database.session() as session:
        held = [factories.hold(session, by=first, on=item) for item in items]
    return Scene(tools, database, clock, sale, items, first, members, held)


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
    (offered,) = values(scene, "SELECT hold_id FROM waits WHERE hold_id IS NOT NULL")

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
    (offered,) = values(scene, "SELECT hold_id FROM waits WHERE hold_id IS NOT NULL")
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


def test_what_is_free_is_not_waited_for(scene):
    scene.give_back(1)

    with pytest.raises(FreeNow):
        scene.join(scene.members[0], 0, 1)
    assert scene.states() == []


def test_nobody_waits_for_more_than_their_limit_leaves(scene):
    scene.database.run("UPDATE sale_items SET limit_per_member = 2")
    assert scene.join(scene.members[0], units=2)

    with pytest.raises(LimitReached) as refused:
        scene.join(scene.members[1], units=3)
    assert refused.value.facts == {"most": 2}
    with pytest.raises(QuantityRefused):
        scene.join(scene.members[1], units=0)


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


def test_nobody_stands_in_more_lines_of_a_sale_than_ten(scene):
    with scene.database.session() as session:
        more = [
            item
            for _ in range(LINES_PER_SALE_MAX)
            for item in factories.sizes_on_sale(session, of=scene.sale, sizes=("S",), units=1)
        ]
    with scene.database.session() as session:
        for item in more:
            factories.hold(session, by=factories.member(session), on=item)
    for item in more:
        waits.join(scene.tools, member_id=scene.members[0].id, items=[item.id], units=1)

    with pytest.raises(TooManyLines) as refused:
        scene.join(scene.members[0])
    assert refused.value.facts == {"most": LINES_PER_SALE_MAX}


def test_only_a_running_sale_has_a_line(scene):
    one = scene.members[0]
    scene.database.run("UPDATE sale_items SET stopped_at = house_now()")
    with pytest.raises(ItemStopped):
        scene.join(one)
    scene.database.run("UPDATE sale_items SET stopped_at = NULL")
    scene.database.run("UPDATE sales SET state = 'paused'")
    with pytest.raises(SalePaused):
        scene.join(one)
    scene.database.run(
        "UPDATE sales SET state = 'open', opens_at = opens_at + interval '20 days',"
        " closes_at = closes_at + interval '20 days'"
    )
    with pytest.raises(SaleNotOpen):
        scene.join(one)
    scene.database.run(
        "UPDATE sales SET teaser_at = teaser_at - interval '60 days',"
        " opens_at = opens_at - interval '60 days', closes_at = closes_at - interval '60 days'"
    )
    with pytest.raises(SaleClosed):
        scene.join(one)
    with pytest.raises(NotFound):
        waits.join(scene.tools, member_id=one.id, items=[10_000_000], units=1)
    with pytest.raises(NotFound):
        waits.join(scene.tools, member_id=one.id, items=[], units=1)


def test_a_line_is_for_one_style_and_for_members_whom_the_sale_delivers_to(scene):
    with scene.database.session() as session:
        (other,) = factories.sizes_on_sale(session, of=scene.sale, sizes=("S",), units=1)
        abroad = factories.member(session, territory="DE")

    with pytest.raises(NotFound):
        waits.join(
            scene.tools, member_id=scene.members[0].id, items=[scene.items[0].id, other.id], units=1
        )
    with pytest.raises(NotFound):
        scene.join(abroad)


def test_nothing_is_offered_while_the_sale_is_paused_and_all_of_it_afterwards(scene):
    scene.join(scene.members[0])
    scene.give_back()
    scene.database.run("UPDATE sales SET state = 'paused'")

    scene.pass_on()
    assert scene.counters()[0] == (0, 1, 0, 1, True)
    scene.database.run("UPDATE sales SET state = 'open'")
    scene.pass_on()

    assert scene.live(scene.members[0]) == [(scene.items[0].id, 1)]


def test_the_line_ends_with_the_sale_and_what_was_set_aside_is_unsold(scene):
    scene.join(scene.members[0])
    scene.give_back()
    closes = scene.database.value("SELECT closes_at FROM sales")

    scene.clock.turn(seconds=int((closes - scene.clock.now()).total_seconds()) + 1)
    sales.record_due_transitions(scene.tools.at_door(Door.WORKER), limit=10)
    scene.pass_on()

    assert scene.states() == ["ended"]
    assert scene.counters()[0] == (1, 0, 0, 0, False)
    assert scene.live(scene.members[0]) == []


def test_a_cancelled_sale_has_no_line(scene):
    scene.join(scene.members[0])
    claire = operator(scene.database)
    scene.database.run("UPDATE sales SET state = 'paused'")

    sales.cancel(
        scene.tools.at_door(Door.OPERATOR, account_id=claire),
        ref=scene.sale.ref,
        reason="Goods lost.",
    )

    assert scene.states() == ["ended"]
    assert [row[1:] for row in scene.counters()] == [(0, 0, 0, False)] * 2


def test_units_that_are_added_go_to_the_line_first(scene):
    scene.join(scene.members[0])
    claire = operator(scene.database)

    sales.add_units(
        scene.tools.at_door(Door.OPERATOR, account_id=claire),
        ref=scene.sale.ref,
        item_id=scene.items[0].id,
        units=2,
        reason="Found in the house.",
    )

    assert scene.counters()[0] == (1, 2, 0, 1, True)
    scene.pass_on()
    assert scene.live(scene.members[0]) == [(scene.items[0].id, 1)]


def test_the_next_in_line_is_written_to_once_while_it_is_held(scene):
    one = scene.members[0]
    scene.join(one)
    scene.give_back()
    scene.pass_on()
    scene.pass_on()

    ((subject, told),) = scene.mails()

    assert subject.startswith("It came back: held for you until ")
    assert "Nothing is paid yet" in told
    assert "/bag" in told


def test_no_letter_tells_of_an_offer_that_is_over(scene):
    scene.join(scene.members[0])
    scene.give_back()
    scene.pass_on()
    scene.clock.turn(seconds=int(OFFER_LENGTH.total_seconds()) + 1)

    assert scene.mails() == []
    assert values(scene, "SELECT reason FROM letters") == ["no_longer_held"]


@pytest.mark.parametrize("hour", [22, 3])
def test_an_offer_made_by_night_lasts_until_the_morning(scene, hour):
    at_hour(scene.clock, hour)
    with scene.database.session() as session:
        fresh = factories.hold(session, by=scene.members[2], on=scene.items[0])
    scene.join(scene.members[0])
    holds.release(scene.tools, member_id=scene.members[2].id, hold_ids=[fresh])

    scene.pass_on()

    until = scene.database.value(
        "SELECT h.expires_at FROM waits w JOIN holds h ON h.id = w.hold_id"
    )
    wall = until.astimezone(PARIS)
    assert (wall.hour, wall.minute) == (NIGHT_TO, NIGHT_LENGTH // timedelta(minutes=1))
    assert timedelta() < until - scene.clock.now() < timedelta(hours=10)


def test_a_night_s_offer_ends_with_the_sale_but_never_before_its_quarter_of_an_hour(database):
    def until(at, closes):
        return database.value(
            "SELECT offer_until(CAST(:at AS timestamptz), 'Europe/Paris', CAST(:closes AS timestamptz), 0)",
            at=at,
            closes=closes,
        )

    night = datetime(2026, 11, 23, 2, 0, tzinfo=UTC)
    assert until(night, night + timedelta(hours=1)) == night + timedelta(hours=1)
    assert until(night, night + timedelta(minutes=5)) == night + OFFER_LENGTH
    assert until(night, night + timedelta(days=1)) == datetime(2026, 11, 23, 6, 15, tzinfo=UTC)
    noon = night + timedelta(hours=10)
    assert until(noon, noon + timedelta(days=1)) == noon + OFFER_LENGTH


def test_what_a_brand_reads_of_vain_wishes_counts_those_who_wait(scene):
    with scene.database.session() as session:
        crowd = [factories.member(session) for _ in range(10)]
    for each in crowd:
        scene.join(each)
    later = scene.clock.now() + timedelta(seconds=1)

    for function in ("people_who_wanted", "people_left_wanting"):
        found = scene.database.rows(
            f"SELECT sale_item_id, people FROM {function}(:sale, :at)",
            sale=scene.sale.id,
            at=later,
        )
        assert found == [(scene.items[0].id, 10)]


def test_a_brand_reads_no_row_of_the_line(scene):
    for table in ("waits", "wait_items"):
        assert not scene.database.value(
            f"SELECT has_table_privilege('aubaine_brand', '{table}', 'SELECT')"
        )


def test_entries_are_forgotten_two_years_after_they_ended(scene):
    mine = scene.join(scene.members[0])
    scene.leave(scene.members[0], mine)
    scene.pass_on()
    forget = "SELECT gone FROM forget_waits(100)"

    assert scene.database.value(forget) == 0
    scene.clock.turn(days=731)
    scene.database.run(forget)
    assert scene.states() == []
    assert scene.database.value("SELECT count(*) FROM wait_items") == 0
