"""What a hot statement reads does not grow with what others did: not with the holds of a sale, not with past sales.

Measured on a connection that made its plans while the tables were empty, as those of a morning are made: PostgreSQL
keeps such a plan, whatever the tables hold an hour later.
"""

from __future__ import annotations

import hashlib

import psycopg
import pytest
from sqlalchemy import text

from tests import factories

CROWD = 2_000
TOUCHED_MAX = 60
"""Rows that one ask may read, of all tables together: those of its item, its member, and what they hold."""
TOUCHED = """
    SELECT coalesce(sum(coalesce(seq_tup_read, 0) + coalesce(idx_tup_fetch, 0)), 0)::bigint
    FROM pg_stat_xact_user_tables WHERE schemaname = 'public'
"""
DECIDE = "SELECT outcome FROM decide_holds(%s::bigint[], %s::bigint[], %s::int[], %s::uuid[])"
KNOCK = "SELECT member_id FROM knock_each(%s::bytea[], %s::text[], %s::interval[], %s::interval[])"
GLANCE = "SELECT * FROM bag_at_a_glance(%s)"
MEMBERS = """
    WITH people AS (
        INSERT INTO accounts (realm, email, email_key, name, password_hash)
        SELECT 'member', 'c' || n || '@example.org', 'c' || n || '@example.org', 'Member ' || n, 'none'
        FROM generate_series(1, :size) n RETURNING id, email
    ), signed_in AS (
        INSERT INTO sessions (account_id, realm, token_hash, idle_until, expires_at)
        SELECT id, 'member', sha256(convert_to(email, 'UTF8')), house_now() + interval '1 day',
               house_now() + interval '1 day' FROM people
    )
    INSERT INTO members (account_id) SELECT id FROM people RETURNING id
"""
KEY = "SELECT gen_random_uuid() FROM generate_series(1, %s)"


@pytest.fixture
def scene(database):
    """Two items of a sale, one of them scarce; a connection that asked for both when nobody else had."""
    with database.session() as session:
        sale, (plenty,) = factories.open_sale(session, units=CROWD * 2)
        scarce = factories.sale_item(session, of=sale, units=5)
        early = [factories.member(session).id for _ in range(8)]
    url = database.app_url.replace("+psycopg", "")
    with psycopg.connect(url, autocommit=True, prepare_threshold=0) as connection:
        for member in early[:6]:
            ask(connection, [member], [plenty.id])
            ask(connection, [member], [scarce.id])
            knock(connection, [b"nobody"])
            connection.execute(GLANCE, [member])
        yield connection, plenty.id, scarce.id, early


@pytest.fixture
def crowd(database, scene):
    """A crowd that has come meanwhile, and holds."""
    _, plenty, _, _ = scene
    with database.session() as session:
        members = [row[0] for row in session.execute(text(MEMBERS), {"size": CROWD})]
    with psycopg.connect(database.app_url.replace("+psycopg", ""), autocommit=True) as others:
        ask(others, members, [plenty] * CROWD)
    return members


def ask(connection, members, items):
    keys = [row[0] for row in connection.execute(KEY, [len(members)])]
    rows = connection.execute(DECIDE, (members, items, [1] * len(members), keys)).fetchall()
    return [row[0] for row in rows]


def knock(connection, hashes):
    size = len(hashes)
    told = (hashes, ["member"] * size, ["1 day"] * size, ["1 minute"] * size)
    return connection.execute(KNOCK, told).fetchall()


def touched(connection, deed):
    """How many rows ``deed`` reads, in a transaction of its own."""
    with connection.transaction():
        before = connection.execute(TOUCHED).fetchone()[0]
        answer = deed()
        return answer, connection.execute(TOUCHED).fetchone()[0] - before


def test_a_hold_reads_its_own_rows_whoever_holds_besides(scene, crowd):
    connection, plenty, _, early = scene

    answer, rows = touched(connection, lambda: ask(connection, [early[6]], [plenty]))

    assert answer == ["held"]
    assert rows <= TOUCHED_MAX


def test_a_no_reads_no_more_either_and_writes_nothing(database, scene, crowd):
    connection, _, scarce, early = scene
    before = database.value("SELECT pg_current_xact_id()::text::bigint")

    answer, rows = touched(connection, lambda: ask(connection, [early[7]], [scarce]))

    assert answer == ["all_in_bags"]
    assert rows <= TOUCHED_MAX
    after = database.value("SELECT pg_current_xact_id()::text::bigint")
    assert after == before + 1, "a no took a transaction number: it wrote something"


def test_a_no_waits_for_nobody_who_locks_the_shelf(database, scene):
    connection, _, scarce, early = scene

    with database.session() as session:
        session.execute(text("SELECT FROM sale_items FOR UPDATE"))
        connection.execute("SET lock_timeout = '200ms'")
        answer = ask(connection, [early[7]], [scarce])

    assert answer == ["all_in_bags"]


def test_knowing_a_visitor_reads_their_own_rows(scene, crowd):
    connection, *_ = scene

    found, rows = touched(connection, lambda: knock(connection, [_of("c7@example.org")]))

    assert len(found) == 1
    assert rows <= TOUCHED_MAX


def test_a_bags_glance_reads_its_own_rows(scene, crowd):
    connection, *_ = scene

    _, rows = touched(connection, lambda: connection.execute(GLANCE, [crowd[0]]).fetchall())

    assert rows <= TOUCHED_MAX


def _of(address):
    return hashlib.sha256(address.encode()).digest()
