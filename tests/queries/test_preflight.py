"""Pre-flight: each fault found by name, with the reason and the mend in words."""

from __future__ import annotations

from datetime import timedelta

import pytest

from marketplace.domain.preflight import Check, Level
from marketplace.queries import preflight
from marketplace.services import sales
from marketplace.services.sales import Asked
from marketplace.words import readiness as words
from marketplace.words import speaking
from tests import sale_scenes

TERM = "UPDATE deal_versions SET terms = terms || '{{\"{}\": {}}}'"
CLOSED = (
    "INSERT INTO closures (brand_id, first_on, last_on, stated_by_id)"
    " SELECT brand_id, '2020-01-01', '2099-01-01', account_id FROM brand_users"
)


@pytest.fixture
def at(database):
    """A desk with goods."""
    with database.session() as session:
        return sale_scenes.desk(session)


def rows(tools, at, ref):
    found = preflight.of_sale(at.operator(tools), ref=ref).readiness
    return {row.check: row for row in found.rows}


def test_a_ready_sale_blocks_on_nothing(at, tools):
    ref = sale_scenes.ready(tools, at)

    found = preflight.of_sale(at.operator(tools), ref=ref)

    assert found.readiness.blocking == ()
    assert [row.check for row in found.readiness.warning] == [Check.HERO]
    every = len(Check)
    assert (found.readiness.ready, found.readiness.total, found.version) == (every, every, 2)


@pytest.mark.parametrize(
    ("change", "check", "reason", "named"),
    [
        ("UPDATE styles SET composition = ''", Check.COMPOSITION, "no_composition", True),
        ("UPDATE styles SET manufacturer = ''", Check.MANUFACTURER, "no_manufacturer", True),
        ("UPDATE styles SET condition = 'second_choice'", Check.DEFECTS, "no_defects", True),
        ("UPDATE styles SET description = ''", Check.DESCRIPTION, "no_description", True),
        ("UPDATE photographs SET colour = 'Red'", Check.PHOTOGRAPHS, "no_photograph", True),
        ("UPDATE photographs SET state = 'refused'", Check.PHOTOGRAPHS, "no_photograph", True),
        ("UPDATE brands SET watermark = 'Maison'", Check.PHOTOGRAPHS, "no_watermark", True),
        ("UPDATE sale_items SET price_minor = 2999 WHERE id = (SELECT min(id) FROM sale_items)",
         Check.FLOOR, "below_floor", True),
        ("UPDATE rrp_evidence SET seen_on = '2020-01-01'", Check.COMPARISON, "stale", True),
        ("UPDATE sales SET approved_version = 1", Check.APPROVAL, "approved_earlier", False),
        ("UPDATE sales SET manager_id = NULL", Check.MANAGER, "no_manager", False),
        ("UPDATE sales SET territory = 'DE'", Check.TERRITORY, "territory_not_agreed", False),
        ("UPDATE sales SET opens_wall = opens_wall + interval '1 hour'", Check.WINDOW, "zone_moved", False),
        ("UPDATE deals SET state = 'ended'", Check.DEAL, "deal_open", False),
        ("DELETE FROM rights_to_sell", Check.RIGHT, "right_missing", False),
        ("UPDATE rights_to_sell SET state = 'refused'", Check.RIGHT, "right_refused", False),
        ("UPDATE rights_to_sell SET valid_until = '2020-01-01'", Check.RIGHT, "right_lapses", False),
        (TERM.format("photographs_until", '"2020-01-01"'),
         Check.PHOTOGRAPH_RIGHTS, "photographs_lapse", False),
        (TERM.format("photographs_from", '"2099-01-01"'),
         Check.PHOTOGRAPH_RIGHTS, "photographs_too_early", False),
        (TERM.format("blackouts", '[{"first": "2020-01-01", "last": "2099-01-01"}]'),
         Check.BLACKOUT, "on_a_blackout", False),
        (CLOSED, Check.CLOSURE, "closed", False),
    ],
)  # fmt: skip
def test_a_fault_blocks_and_is_named(at, tools, database, change, check, reason, named):
    ref = sale_scenes.ready(tools, at)
    database.run(change)

    row = rows(tools, at, ref)[check]

    assert (row.level, row.reason, bool(row.named)) == (Level.BLOCK, reason, named)
    database.run("UPDATE sale_items SET price_minor = 6000")


@pytest.mark.parametrize("tongue", ["en", "fr"])
def test_every_row_says_what_is_wrong_and_what_to_do(at, tools, tongue):
    ref = sales.draft(at.operator(tools), deal_id=at.deal_id, plan=at.plan(manager_id=None))

    with speaking(tongue):
        found = preflight.of_sale(at.operator(tools), ref=ref).readiness
        said = {row.check: words.said(row) for row in found.rows}

    assert all(line.title and line.reason for line in said.values())
    assert all(said[row.check].mend for row in (*found.blocking, *found.warning))
    assert not any("%(" in f"{line.reason}{line.mend}" for line in said.values())


def test_origin_is_asked_for_and_does_not_block(at, tools, database):
    ref = sale_scenes.ready(tools, at)
    database.run("UPDATE styles SET origin = ''")

    assert rows(tools, at, ref)[Check.ORIGIN].level is Level.WARN


def test_a_public_price_without_evidence_is_pointed_out(database, tools):
    with database.session() as session:
        at = sale_scenes.desk(session, evidence=False)
    ref = sale_scenes.ready(tools, at)

    row = rows(tools, at, ref)[Check.COMPARISON]

    assert (row.level, row.reason, row.facts["count"]) == (Level.WARN, "uncompared", 2)


def test_a_sale_of_the_same_brand_soon_before_is_pointed_out(at, tools):
    first = sale_scenes.scheduled(tools, at)
    ref = sales.draft(
        at.operator(tools), deal_id=at.deal_id, plan=at.plan(opens_in=timedelta(days=20))
    )

    row = rows(tools, at, ref)[Check.FREQUENCY]

    assert (row.level, row.facts["ref"]) == (Level.WARN, first)


def test_a_window_that_passed_or_is_short_is_told_apart(at, tools, clock):
    short = sales.draft(
        at.operator(tools), deal_id=at.deal_id, plan=at.plan(length=timedelta(hours=3))
    )
    assert rows(tools, at, short)[Check.WINDOW].reason == "short"

    clock.turn(days=3)
    assert rows(tools, at, short)[Check.WINDOW].reason == "opening_past"


def test_an_exclusivity_that_ends_within_the_sale_is_pointed_out(at, tools, database):
    ref = sale_scenes.ready(tools, at)
    assert rows(tools, at, ref)[Check.EXCLUSIVITY].reason == "well"
    database.run(TERM.format("exclusivity", '{"scope": "everywhere", "until": "2020-01-01"}'))

    assert rows(tools, at, ref)[Check.EXCLUSIVITY].level is Level.WARN


def test_an_item_taken_out_of_the_sale_is_not_looked_at(at, tools, database):
    ref = sale_scenes.ready(tools, at)
    database.run("UPDATE styles SET composition = ''")
    out = tuple(Asked(each, 0, 0) for each in at.variant_ids)

    sales.put_items(at.operator(tools), ref=ref, version=2, lines=out)

    found = rows(tools, at, ref)
    assert found[Check.COMPOSITION].level is Level.OK
    assert found[Check.ITEMS].reason == "no_items"


def test_the_brand_reads_the_same_rows_of_its_own_sale(at, tools):
    ref = sale_scenes.ready(tools, at)

    assert preflight.of_sale(at.brand(tools), ref=ref).readiness.blocking == ()
