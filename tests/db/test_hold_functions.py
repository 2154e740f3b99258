"""What the hold functions decide when a payment comes, and that the law in Python and in SQL is one law."""

from __future__ import annotations

import re
from pathlib import Path
from uuid import uuid4

import pytest
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError

from marketplace.domain.doors import Door
from marketplace.domain.holds import (
    EXTRA_TIME,
    HOLD_LENGTH,
    RENEWAL_LENGTH,
    RENEWALS_MAX,
    HoldOutcome,
)
from tests import factories

VERSIONS = Path(__file__).parents[2] / "migrations/versions"
SOURCE = "".join(
    (VERSIONS / name).read_text()
    for name in ("0004_holds.py", "0035_asks_together.py", "0040_admissions.py")
)
COUNTERS = "SELECT available, held, sold FROM sale_items ORDER BY id"


@pytest.fixture
def scene(database):
    """An open sale of one item with two units, and two members."""
    with database.session() as session:
        sale, (item,) = factories.open_sale(session, units=2)
        return sale, item, factories.member(session), factories.member(session)


def ordered(database, member, *hold_ids):
    """An order that waits for its payment."""
    with database.session() as session:
        return factories.order(session, by=member, hold_ids=hold_ids)


def paid(database, order) -> str:
    """The payment comes; what the shelf answers."""
    with database.session() as session:
        return factories.sell(session, of=order)


def held(database, member, item, units=1) -> int:
    """A hold."""
    with database.session() as session:
        return factories.hold(session, by=member, on=item, units=units)


def test_the_lengths_in_the_function_are_those_of_the_law():
    minutes = {int(found) for found in re.findall(r"interval '(\d+) minutes'", SOURCE)}
    extra = int(re.search(r"extra_time THEN (\d+)", SOURCE)[1])
    renewals = int(re.search(r"renewals >= (\d+)", SOURCE)[1])

    assert minutes == {
        HOLD_LENGTH.seconds // 60,
        (HOLD_LENGTH + RENEWAL_LENGTH).seconds // 60,
        RENEWAL_LENGTH.seconds // 60,
    }
    assert extra == EXTRA_TIME.seconds
    assert renewals == RENEWALS_MAX


def test_every_outcome_of_the_functions_is_known_to_the_law():
    said = re.findall(r"(?:outcome := |place\] := |THEN |ELSE )'([a-z_]+)'", SOURCE)
    states = {"sold", "expired", "released", "refused_in_bags", "refused_sold_out"}

    assert {HoldOutcome(word) for word in said if word not in states} == set(HoldOutcome)


def test_a_payment_in_time_sells_what_was_held(database, scene):
    _, item, member, _ = scene
    order = ordered(database, member, held(database, member, item, 2))

    assert paid(database, order) == "sold"
    assert database.rows(COUNTERS) == [(0, 0, 2)]
    assert database.value("SELECT count(*) FROM order_lines WHERE paid_at IS NOT NULL") == 1


def test_a_payment_told_twice_sells_once(database, scene):
    _, item, member, _ = scene
    order = ordered(database, member, held(database, member, item))
    paid(database, order)

    assert paid(database, order) == "already"
    assert database.rows(COUNTERS) == [(1, 0, 1)]


def test_two_orders_of_one_hold_sell_it_to_the_first_that_pays(database, scene):
    _, item, member, _ = scene
    hold = held(database, member, item)
    first, second = ordered(database, member, hold), ordered(database, member, hold)

    assert paid(database, second) == "sold"
    assert paid(database, first) == "gone"
    assert database.rows(COUNTERS) == [(1, 0, 1)]


def test_a_late_payment_takes_the_units_again_while_they_are_free(database, clock, scene):
    _, item, member, _ = scene
    order = ordered(database, member, held(database, member, item, 2))
    clock.turn(minutes=20)

    assert paid(database, order) == "retaken"
    assert database.rows(COUNTERS) == [(0, 0, 2)]
    assert database.rows(
        "SELECT movement, units FROM stock_movements WHERE hold_id > 0 ORDER BY id"
    ) == [
        ("held", 2),
        ("expired", -2),
        ("held", 2),
        ("sold", 2),
    ]


def test_a_late_payment_finds_nothing_when_another_member_holds_the_unit(database, clock, scene):
    _, item, member, other = scene
    order = ordered(database, member, held(database, member, item))
    clock.turn(minutes=10)
    held(database, other, item, 2)

    assert paid(database, order) == "gone"
    assert database.rows(COUNTERS) == [(0, 2, 0)]


def test_a_late_payment_of_two_lines_is_all_or_nothing(database, clock):
    with database.session() as session:
        _, (first, second) = factories.open_sale(session, units=1, items=2)
        member, other = factories.member(session), factories.member(session)
    order = ordered(database, member, held(database, member, first), held(database, member, second))
    clock.turn(minutes=10)
    held(database, other, second)

    assert paid(database, order) == "gone"
    assert database.rows(COUNTERS) == [(1, 0, 0), (0, 1, 0)]


@pytest.mark.parametrize(
    "stopped",
    ["UPDATE sale_items SET stopped_at = house_now()", "UPDATE sales SET state = 'cancelled'"],
)
def test_a_late_payment_does_not_bring_back_what_was_stopped(database, clock, scene, stopped):
    _, item, member, _ = scene
    order = ordered(database, member, held(database, member, item))
    clock.turn(minutes=10)
    database.run(stopped)

    assert paid(database, order) == "gone"
    assert database.rows(COUNTERS) == [(2, 0, 0)]


def test_a_late_payment_cannot_pass_the_limit_of_the_item(database, clock):
    with database.session() as session:
        _, (item,) = factories.open_sale(session, units=9)
        member = factories.member(session)
    late = ordered(database, member, held(database, member, item, 2))
    clock.turn(minutes=10)
    in_time = ordered(database, member, held(database, member, item, 2))

    assert paid(database, in_time) == "sold"
    assert paid(database, late) == "gone"
    assert database.rows(COUNTERS) == [(7, 0, 2)]


def test_a_late_payment_cannot_pass_the_limit_of_the_sale(database, clock):
    with database.session() as session:
        sale, (first, second) = factories.open_sale(session, units=9, items=2)
        sale.limit_per_member = 2
        member = factories.member(session)
    late = ordered(database, member, held(database, member, first, 2))
    clock.turn(minutes=10)
    held(database, member, second)

    assert paid(database, late) == "gone"
    assert database.rows(COUNTERS) == [(9, 0, 0), (8, 1, 0)]


def test_the_sweep_leaves_alone_what_somebody_works_on(database, clock, tools):
    with database.session() as session:
        _, (first, second) = factories.open_sale(session, units=1, items=2)
        member = factories.member(session)
        for item in (first, second):
            factories.hold(session, by=member, on=item)
    clock.turn(minutes=10)

    with database.session() as working:
        working.execute(
            text("SELECT 1 FROM sale_items WHERE id = :id FOR UPDATE"), {"id": first.id}
        )
        with tools.transaction() as session:
            freed = session.execute(text("SELECT sweep_holds(100)")).scalar_one()

    assert freed == 1
    assert database.rows(COUNTERS) == [(0, 1, 0), (1, 0, 0)]
    with tools.transaction() as session:
        session.execute(text("SELECT sweep_holds(100)"))


def test_asks_told_in_arrays_of_unequal_length_are_a_bug(database):
    with pytest.raises(DBAPIError, match="one length"):
        database.rows(
            "SELECT * FROM take_holds(ARRAY[1], ARRAY[1, 2], ARRAY[1], ARRAY[:k])", k=uuid4()
        )


@pytest.mark.parametrize("door", [Door.BRAND, Door.HALLWAY])
@pytest.mark.parametrize(
    "call",
    [
        "SELECT * FROM take_holds('{}', '{}', '{}', '{}')",
        "SELECT * FROM renew_hold(1, 1)",
        "SELECT * FROM release_holds(1, '{}', '')",
        "SELECT sweep_holds(1)",
        "SELECT sell_order(1)",
        "SELECT restock_line(1, 1, '')",
        "SELECT reclaim_lapsed('{}', house_now())",
    ],
)
def test_doors_without_business_on_the_shelf_cannot_call_its_functions(vault, door, call):
    brand_id = 1 if door is Door.BRAND else None

    with (
        pytest.raises(DBAPIError, match="permission denied"),
        vault.transaction(door, brand_id=brand_id) as session,
    ):
        session.execute(text(call))
