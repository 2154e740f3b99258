"""The line for what is gone at its edges: who may stand in it, when it ends, what is told of it, and to whom."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from marketplace.domain.doors import Door
from marketplace.domain.holds import (
    HOLD_LENGTH,
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
from marketplace.queries import live_board
from marketplace.services import holds, sales, waits
from tests import factories, wait_scenes


@pytest.fixture
def scene(database, tools, clock):
    return wait_scenes.made(database, tools, clock)


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


def test_a_paused_sale_keeps_no_other_sale_from_its_line(scene):
    with scene.database.session() as session:
        other, (item,) = factories.open_sale(session, units=1)
        holder = factories.member(session)
    with scene.database.session() as session:
        held = factories.hold(session, by=holder, on=item)
    scene.join(scene.members[0])
    waits.join(scene.tools, member_id=scene.members[1].id, items=[item.id], units=1)
    scene.give_back()
    holds.release(scene.tools, member_id=holder.id, hold_ids=[held])
    scene.database.run("UPDATE sales SET state = 'paused' WHERE id <> :other", other=other.id)

    waits.pass_on(scene.tools.at_door(Door.WORKER), most=1)

    assert scene.live(scene.members[1]) == [(item.id, 1)]


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
    claire = wait_scenes.operator(scene.database)
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
    claire = wait_scenes.operator(scene.database)

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
    assert wait_scenes.values(scene, "SELECT reason FROM letters") == ["no_longer_held"]


@pytest.mark.parametrize("hour", [22, 3])
def test_an_offer_made_by_night_lasts_until_the_morning(scene, hour):
    wait_scenes.at_hour(scene.clock, hour)
    with scene.database.session() as session:
        fresh = factories.hold(session, by=scene.members[2], on=scene.items[0])
    scene.join(scene.members[0])
    holds.release(scene.tools, member_id=scene.members[2].id, hold_ids=[fresh])

    scene.pass_on()

    until = scene.database.value(
        "SELECT h.expires_at FROM waits w JOIN holds h ON h.id = w.hold_id"
    )
    wall = until.astimezone(wait_scenes.PARIS)
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


def test_a_stopped_piece_is_offered_to_nobody_until_it_goes_on(scene):
    scene.join(scene.members[0])
    scene.give_back()
    scene.database.run("UPDATE sale_items SET stopped_at = house_now()")

    scene.pass_on()
    assert scene.counters()[0] == (1, 0, 0, 0, True)
    assert scene.states() == ["waiting"]


def test_operators_see_how_many_wait_and_that_what_lapsed_is_theirs(scene):
    for each in scene.members:
        scene.join(each)
    claire = wait_scenes.operator(scene.database)
    scene.clock.turn(seconds=int(HOLD_LENGTH.total_seconds()) + 1)

    board = live_board.of_sale(
        scene.tools.at_door(Door.OPERATOR, account_id=claire), ref=scene.sale.ref
    )

    assert board.totals.on_wait_lists == 3
    free = {each.item_id: each.available for each in board.items}
    assert free == {scene.items[0].id: 0, scene.items[1].id: 1}
