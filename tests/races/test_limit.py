"""The limit per member: two tabs, twelve tabs, and never one unit more."""

from __future__ import annotations

from collections import Counter
from uuid import uuid4

from sqlalchemy import text

from marketplace.domain.holds import Ask
from marketplace.services import holds
from tests import factories
from tests.races.test_last_unit import GATED, TAKE, UNLOCKED, through_the_gate

UNLOCKED_MEMBER = ("PERFORM pg_advisory_xact_lock(m.key) FROM (", "PERFORM m.key FROM (")
COUNTERS = "SELECT available, held, sold FROM sale_items ORDER BY id"

ONE_STATEMENT = """
CREATE FUNCTION take_in_one_statement(member bigint, item bigint) RETURNS bigint LANGUAGE sql AS $$
    WITH locked AS (
        SELECT pg_advisory_xact_lock(member_lock(member, i.sale_id)) FROM sale_items i WHERE i.id = item
    ), allowed AS (
        SELECT i.* FROM sale_items i, locked
        WHERE i.id = item AND i.limit_per_member > (
            SELECT coalesce(sum(h.units), 0) FROM holds h WHERE h.member_id = member AND h.sale_item_id = item
        )
    )
    INSERT INTO holds
        (brand_id, sale_id, sale_item_id, member_id, key, units, price_minor, expires_at, cap_at)
    SELECT brand_id, sale_id, id, member, gen_random_uuid(), 1, price_minor, house_now(), house_now()
    FROM allowed RETURNING id
$$
"""


def scene(database, *, limit, items=1, sale_limit=100):
    """An open sale with plenty of units, and one member."""
    with database.session() as session:
        sale, offered = factories.open_sale(session, units=40, items=items)
        sale.limit_per_member = sale_limit
        for item in offered:
            item.limit_per_member = limit
        return offered, factories.member(session)


def wish(tools, member, item):
    """What one tab asks for."""
    asks = [Ask(item.id, 1, uuid4())]
    return lambda: str(holds.take(tools, member_id=member.id, asks=asks)[0].outcome)


def test_twelve_requests_of_one_member_take_four_where_four_are_allowed(database, tools, course):
    (item,), member = scene(database, limit=4)

    outcomes = course.together(tabs(tools, member, [item] * 12))

    assert Counter(outcomes) == {"held": 4, "limit_reached": 8}
    assert database.rows(COUNTERS) == [(36, 4, 0)]


def tabs(tools, member, items):
    """One request for each item, each with a key of its own."""
    return [wish(tools, member, item) for item in items]


def test_the_limit_of_a_sale_holds_over_tabs_on_different_items(database, tools, course):
    items, member = scene(database, limit=4, items=6, sale_limit=4)

    outcomes = course.together(tabs(tools, member, items * 2))

    assert Counter(outcomes) == {"held": 4, "limit_reached": 8}
    assert database.value("SELECT sum(held) FROM sale_items") == 4


def test_requests_stopped_between_counting_and_taking_still_keep_the_limit(database, tools, course):
    course.rewrite(TAKE, GATED)
    items, member = scene(database, limit=4, items=12, sale_limit=4)

    outcomes = through_the_gate(course, tabs(tools, member, items))

    assert Counter(outcomes) == {"held": 4, "limit_reached": 8}


def test_without_the_members_row_locked_the_same_race_passes_the_limit(database, tools, course):
    course.rewrite(TAKE, GATED, UNLOCKED_MEMBER)
    items, member = scene(database, limit=4, items=12, sale_limit=4)

    outcomes = through_the_gate(course, tabs(tools, member, items))

    assert Counter(outcomes) == {"held": 12}


def test_without_any_lock_the_limit_of_one_item_is_passed_as_well(database, tools, course):
    course.rewrite(TAKE, GATED, UNLOCKED, UNLOCKED_MEMBER)
    (item,), member = scene(database, limit=4)

    outcomes = through_the_gate(course, tabs(tools, member, [item] * 12))

    assert Counter(outcomes) == {"held": 12}


def test_one_statement_that_locks_and_counts_counts_in_its_old_snapshot(database, vault, course):
    (item,), member = scene(database, limit=4)
    database.run(ONE_STATEMENT)
    database.run("GRANT EXECUTE ON FUNCTION take_in_one_statement TO PUBLIC")
    database.run("ALTER FUNCTION take_in_one_statement SECURITY DEFINER")
    taking = text("SELECT take_in_one_statement(:member, :item)")
    wanted = {"member": member.id, "item": item.id}

    lock = "SELECT pg_advisory_xact_lock(member_lock(:member, :sale))"
    with course.closed(lock, member=member.id, sale=item.sale_id):
        waiting = [
            course.begin(lambda: vault.call(taking, wanted)[0][0], waiting=n) for n in range(1, 13)
        ]
    taken = [future.result() for future in waiting]

    assert sum(each is not None for each in taken) == 12
    database.run("DELETE FROM holds")
