"""A unit that comes back reads no more for thousands who wait than for one: the line is read from its head.

Measured as in ``test_rows_touched``: on a connection whose plans were made while nobody waited.
"""

from __future__ import annotations

import psycopg
import pytest

from tests import factories
from tests.db.test_rows_touched import MEMBERS, touched

CROWD = 2_000
FEW = 150
"""Rows that passing one unit on may read: ten who are next, with what is asked of each."""
JOIN = "SELECT outcome FROM join_line(%s, %s, 1, 10)"
PASS_ON = "SELECT wait_id FROM pass_on(100)"
RELEASE = "SELECT * FROM release_holds(%s, %s, 'by_member')"
ALL_WAIT = """
    WITH standing AS (
        INSERT INTO waits (sale_id, style_id, member_id, units)
        SELECT i.sale_id, v.style_id, m.id, 1 FROM sale_items i JOIN variants v ON v.id = i.variant_id, members m
        WHERE i.id = :item AND m.id > :last ORDER BY m.id RETURNING id, sale_id
    ), named AS (
        INSERT INTO wait_items (sale_id, sale_item_id, wait_id) SELECT sale_id, :item, id FROM standing
    )
    UPDATE sale_items SET awaited = true WHERE id = :item
"""


@pytest.fixture
def scene(database):
    """An item all in bags, what holds it, and a connection that joined, left and passed on when nobody else had."""
    with database.session() as session:
        sale, _ = factories.open_sale(session, items=0)
        sale.limit_per_member = 40
        (item,) = factories.sizes_on_sale(session, of=sale, sizes=("S",), units=3)
        first, early = factories.member(session), factories.member(session)
    with database.session() as session:
        held = [factories.hold(session, by=first, on=item) for _ in range(2)]
        held.append(factories.hold(session, by=early, on=item))
    with psycopg.connect(
        database.owner_url.replace("+psycopg", ""), autocommit=True, prepare_threshold=0
    ) as connection:
        for _ in range(6):
            connection.execute(JOIN, [early.id, [item.id]])
            connection.execute("SELECT leave_line(%s, max(id)) FROM waits", [early.id])
            connection.execute(PASS_ON)
        yield connection, item, first, held


@pytest.fixture
def crowd(database, scene):
    """Thousands in line, in tables that no plan was made for."""
    last = database.value("SELECT max(id) FROM members")
    database.run(MEMBERS, size=CROWD)
    database.run(ALL_WAIT, item=scene[1].id, last=last)
    assert database.value("SELECT count(*) FROM wait_items WHERE open") == CROWD


@pytest.mark.usefixtures("crowd")
def test_giving_back_and_passing_on_read_the_head_of_the_line(scene):
    connection, _, first, held = scene

    _, read = touched(
        connection, lambda: connection.execute(RELEASE, [first.id, held[:1]]).fetchall()
    )
    given, passed = touched(connection, lambda: connection.execute(PASS_ON).fetchall())

    assert read < FEW
    assert len(given) == 1
    assert passed < FEW


@pytest.mark.usefixtures("crowd")
def test_looking_whether_something_came_back_reads_next_to_nothing(scene):
    connection = scene[0]

    given, read = touched(connection, lambda: connection.execute(PASS_ON).fetchall())

    assert given == []
    assert read < 20


@pytest.mark.usefixtures("crowd")
def test_joining_reads_the_members_own_rows(database, scene):
    connection, item, _, _ = scene
    with database.session() as session:
        last = factories.member(session)

    answer, read = touched(
        connection, lambda: connection.execute(JOIN, [last.id, [item.id]]).fetchall()
    )

    assert answer == [("waiting",)]
    assert read < 60
