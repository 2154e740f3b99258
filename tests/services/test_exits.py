"""Exits: the brand is asked and chooses, what leaves is counted once, and the promise is kept on its day."""

from __future__ import annotations

from datetime import timedelta

import pytest

from marketplace.domain.exits import (
    ChoiceOver,
    ChoiceRefused,
    Derogation,
    ExitKind,
    ExitRefused,
    ExitUnitsRefused,
    KeepDayRefused,
    LeftDayRefused,
    NothingToLeave,
    Pool,
)
from marketplace.domain.refusals import NotFound, Stale
from marketplace.domain.stock import Count, CountsRefused
from marketplace.services import exits, orders, sales, stock
from marketplace.services.exits import Leaving, Line
from tests import settlement_scenes
from tests.exit_scenes import asked, leave, left_over, lot_of, today

LOT = "SELECT accepted, allocated, exited, sent_back, sent_back_exited, rejected_exited FROM lots"
PLAN = "SELECT number, silent, chosen, derogation, said FROM exit_plans ORDER BY number"
PROMISES = (
    "SELECT subject_type, kept_at IS NOT NULL, void_at IS NOT NULL FROM promises"
    " WHERE kind = 'exit_of_stock' ORDER BY id"
)


@pytest.fixture
def scene(database, tools, clock):
    """Three of five units were not sold; they go back in sixty days."""
    return left_over(database, tools, clock)


def choose(tools, scene, kind, number=1, **more):
    exits.choose(scene.brand(tools), deal_id=scene.deal_id, number=number, kind=kind, **more)


def test_the_brand_is_asked_once_when_the_sale_is_over(database, tools, scene):
    assert exits.ask_next(tools) == scene.deal_id
    assert exits.ask_next(tools) is None

    assert database.rows(PLAN) == [(1, "return", None, None, "")]
    days = "SELECT round(extract(epoch FROM choose_by - created_at) / 86400) FROM exit_plans"
    assert database.value(days) == 10
    assert database.rows(
        "SELECT data->>'kind' FROM events WHERE name = 'exit.asked' AND subject_type = 'deal'"
    ) == [("return",)]


def test_nobody_is_asked_while_a_sale_runs_or_is_drafted_or_when_nothing_is_left(
    database, tools, clock
):
    running = settlement_scenes.selling(database)
    assert exits.ask_next(tools) is None
    settlement_scenes.closed(tools, clock)
    database.run("UPDATE sales SET state = 'draft' WHERE deal_id = :d", d=running.deal_id)
    assert exits.ask_next(tools) is None

    left_over(database, tools, clock, units=2, sold=2)

    assert exits.ask_next(tools) is None


def test_goods_that_no_sale_took_are_asked_about_three_weeks_before_their_day(
    database, tools, clock, scene
):
    database.run("UPDATE sales SET state = 'draft'")
    assert exits.ask_next(tools) is None

    clock.turn(days=38)

    assert exits.ask_next(tools) == scene.deal_id


def test_silence_is_what_was_signed_and_nothing_leaves_before_it_is(database, tools, clock, scene):
    asked(tools, clock)
    with pytest.raises(ExitRefused) as early:
        leave(database, tools, scene, 3)
    clock.turn(days=10, seconds=1)
    with pytest.raises(ExitRefused) as other:
        leave(database, tools, scene, 3, kind=ExitKind.DONATE)

    assert leave(database, tools, scene, 3) == 1

    assert (early.value.facts["reason"], other.value.facts["reason"]) == ("undecided", "not_chosen")
    assert database.rows(LOT) == [(5, 2, 3, 0, 0, 0)]
    assert database.rows("SELECT movement, units, reason FROM stock_movements ORDER BY id DESC")[
        0
    ] == ("exited", 3, "return")
    assert database.rows("SELECT units, weight_g, cn_code, pool FROM exit_lines") == [
        (3, 240, "61099020", "unsold")
    ]
    assert database.rows("SELECT units, weight_g FROM exits") == [(3, 720)]


def test_a_brand_chooses_and_may_choose_again_until_something_has_left(
    database, tools, clock, scene
):
    asked(tools, clock)
    choose(tools, scene, ExitKind.DONATE, said="To La Cravate Solidaire.")
    choose(tools, scene, ExitKind.RETURN)
    choose(tools, scene, ExitKind.DONATE, said="After all.")
    leave(database, tools, scene, 1, kind=ExitKind.DONATE)

    with pytest.raises(ChoiceRefused) as refused:
        choose(tools, scene, ExitKind.RETURN)

    assert refused.value.facts == {"reason": "has_left"}
    assert database.rows(PLAN) == [(1, "return", "donate", None, "After all.")]


def test_a_choice_that_comes_too_late_is_refused_and_so_is_one_to_an_older_question(
    database, tools, clock, scene
):
    asked(tools, clock)
    with pytest.raises(Stale):
        choose(tools, scene, ExitKind.DONATE, number=2)
    clock.turn(days=10, seconds=1)

    with pytest.raises(ChoiceOver):
        choose(tools, scene, ExitKind.DONATE)


def test_goods_are_destroyed_only_if_the_brand_asks_and_for_a_reason_of_the_law(
    database, tools, clock, scene
):
    asked(tools, clock)
    with pytest.raises(ChoiceRefused) as refused:
        choose(tools, scene, ExitKind.DESTROY)
    choose(tools, scene, ExitKind.RECYCLE, derogation=Derogation.DAMAGED)

    leave(database, tools, scene, 3, kind=ExitKind.RECYCLE)

    assert refused.value.facts == {"reason": "derogation_missing"}
    assert database.rows("SELECT kind, derogation FROM exits") == [("recycle", "damaged")]
    assert database.value("SELECT figures->>'derogation' FROM exits") == "damaged"


def test_keeping_takes_a_day_that_the_house_offers_and_moves_the_promise_to_it(
    database, tools, clock, scene
):
    asked(tools, clock)
    with pytest.raises(ChoiceRefused) as refused:
        choose(tools, scene, ExitKind.NEXT_SALE)
    leaves_by = database.value("SELECT leave_by FROM exit_plans")
    with pytest.raises(KeepDayRefused):
        exits.ask(scene.first(tools), deal_id=scene.deal_id, keep_until=leaves_by)
    kept = leaves_by + timedelta(days=60)
    exits.ask(scene.first(tools), deal_id=scene.deal_id, keep_until=kept)

    choose(tools, scene, ExitKind.NEXT_SALE)

    assert refused.value.facts == {"reason": "not_offered"}
    assert database.rows(PROMISES) == [("deal", False, True), ("exit_plan", False, False)]
    assert (
        database.value(
            "SELECT (due_at AT TIME ZONE 'Europe/Paris')::date FROM promises WHERE void_at IS NULL"
        )
        == kept
    )
    with pytest.raises(ExitRefused):
        leave(database, tools, scene, 3)
    clock.turn(days=100)
    assert exits.ask_next(tools) == scene.deal_id
    assert database.rows("SELECT number, silent, leave_by FROM exit_plans")[1] == (
        2,
        "return",
        kept,
    )


def test_what_was_signed_to_be_kept_is_asked_about_again_before_its_day(database, tools, clock):
    left_over(database, tools, clock, unsold_rule="next_sale")
    asked(tools, clock, silent=True)
    assert exits.ask_next(tools) is None

    clock.turn(days=30)

    assert exits.ask_next(tools) is not None
    assert database.rows(PLAN) == [
        (1, "next_sale", None, None, ""),
        (2, "return", None, None, ""),
    ]


def test_the_promise_is_kept_on_the_day_on_which_the_last_unit_left(database, tools, clock, scene):
    asked(tools, clock, silent=True)
    leave(database, tools, scene, 2)
    assert database.rows(PROMISES) == [("deal", False, False)]

    clock.turn(days=3)
    leave(database, tools, scene, 1, key="other", days_ago=2)

    assert database.rows(PROMISES) == [("deal", True, False)]
    assert database.value(
        "SELECT (p.kept_at AT TIME ZONE 'Europe/Paris')::date = e.left_on FROM promises p"
        " CROSS JOIN exits e WHERE p.kind = 'exit_of_stock' AND e.number = 2"
    )
    assert exits.keep_promises(tools) == 0


def test_the_promise_of_a_deal_that_sold_out_is_kept_when_its_last_parcel_has_gone(
    database, tools, clock
):
    left_over(database, tools, clock, units=2, sold=2)
    database.run("UPDATE orders SET state = 'packed', shipped_at = NULL")
    assert exits.keep_promises(tools) == 0
    database.run("UPDATE orders SET state = 'shipped', shipped_at = house_now()")

    assert exits.keep_promises(tools) == 1

    assert database.rows(PROMISES) == [("deal", True, False)]


def test_notes_are_numbered_and_one_page_sent_twice_is_one_note(database, tools, clock, scene):
    asked(tools, clock, silent=True)

    assert leave(database, tools, scene, 1) == 1
    assert leave(database, tools, scene, 1) == 1
    assert leave(database, tools, scene, 1, key="next") == 2

    assert database.rows(LOT) == [(5, 2, 2, 0, 0, 0)]


def test_no_more_leaves_than_is_there_and_not_on_a_day_to_come(database, tools, clock, scene):
    asked(tools, clock, silent=True)
    lot = lot_of(database, scene)

    with pytest.raises(ExitUnitsRefused) as refused:
        leave(database, tools, scene, 4)
    with pytest.raises(LeftDayRefused):
        leave(database, tools, scene, 3, days_ago=-1)
    with pytest.raises(NothingToLeave):
        leave(database, tools, scene, 0)
    with pytest.raises(NotFound):
        exits.record(
            scene.first(tools),
            deal_id=scene.deal_id,
            leaving=Leaving(ExitKind.RETURN, today(database), "DPD", "k"),
            lines=[Line(lot + 1, Pool.UNSOLD, 1)],
        )

    assert refused.value.facts["rows"] == {f"{lot}.unsold": 3}


def test_what_left_can_no_longer_be_sold_nor_counted_away(database, tools, clock, scene):
    asked(tools, clock, silent=True)
    leave(database, tools, scene, 2)
    lot = lot_of(database, scene)

    with pytest.raises(CountsRefused) as refused:
        stock.count(
            scene.first(tools),
            deal_id=scene.deal_id,
            lines=[stock.Line(lot, Count(5, 3, 2), Count(5, 5, 0), "Torn.")],
        )

    assert refused.value.facts["rows"][lot].facts == {"reason": "already_left", "least": 4}
    assert sales.free_unsold(tools) is None


def test_what_members_sent_back_is_in_the_house_again_and_leaves_too(
    database, paying, simulator, clock
):
    scene = settlement_scenes.selling(database, units=2)
    (order,) = settlement_scenes.bought(database, paying, simulator, scene, 2)
    settlement_scenes.sent_back(database, paying, order, 1)
    settlement_scenes.closed(paying, clock)
    asked(paying, clock)
    assert database.rows(LOT) == [(2, 2, 0, 1, 0, 0)]
    choose(paying, scene, ExitKind.DONATE)

    leave(database, paying, scene, 1, kind=ExitKind.DONATE, pool=Pool.SENT_BACK)

    assert database.rows(LOT) == [(2, 2, 0, 1, 1, 0)]
    withdrawal = database.value("SELECT id FROM withdrawals")
    orders.receive_return(paying, withdrawal_id=withdrawal)
    assert database.rows(LOT) == [(2, 2, 0, 1, 1, 0)]


def test_what_was_not_accepted_goes_back_whatever_becomes_of_the_rest(
    database, tools, clock, scene
):
    lot = lot_of(database, scene)
    stock.count(
        scene.first(tools),
        deal_id=scene.deal_id,
        lines=[stock.Line(lot, Count(5, 4, 1), Count(5, 5, 0), "Torn.")],
    )

    leave(database, tools, scene, 1, pool=Pool.REJECTED)

    assert database.rows(LOT) == [(4, 2, 0, 0, 0, 1)]
    assert database.rows("SELECT plan_id FROM exits") == [(None,)]


def test_the_brand_is_written_to_when_asked_when_its_time_runs_out_and_when_goods_left(
    database, tools, clock, scene
):
    asked(tools, clock)
    for _ in range(2):
        exits.tell_asked(tools, deal_id=scene.deal_id)
    assert exits.remind(tools) == 0
    clock.turn(days=8)
    assert exits.remind(tools) == 1
    assert exits.remind(tools) == 0
    clock.turn(days=3)
    leave(database, tools, scene, 1)
    exits.tell_recorded(tools, exit_id=database.value("SELECT id FROM exits"))

    assert database.rows("SELECT kind FROM letters ORDER BY id") == [
        ("exit_asked",),
        ("exit_due",),
        ("exit_done",),
    ]


def test_a_note_is_printed_once_in_each_language(database, tools, clock, scene):
    asked(tools, clock, silent=True)
    leave(database, tools, scene, 3)
    exit_id = database.value("SELECT id FROM exits")

    for _ in range(2):
        exits.keep_paper(tools, exit_id=exit_id)

    kept = database.rows("SELECT locale, storage_key FROM exit_papers ORDER BY locale")
    assert [locale for locale, _ in kept] == ["en", "fr"]
    assert all(tools.files.get(key).startswith(b"%PDF-1.7") for _, key in kept)
