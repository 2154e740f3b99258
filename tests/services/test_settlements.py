"""Statements at their days: once each, numbered, sealed and booked; paid by two persons; charges contested."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest

from jobs import registry
from jobs.settlements import StatementsMissingError
from marketplace.domain.doors import Door
from marketplace.domain.refusals import NotFound
from marketplace.domain.sealing import sealed
from marketplace.domain.settlements import (
    from_stored,
)
from marketplace.domain.stock import Count
from marketplace.queries import statements as asked
from marketplace.services import orders, purchases, settlements
from tests import factories
from tests.purchase_scenes import ordered
from tests.settlement_scenes import (
    bought,
    closed,
    issued,
    selling,
    sent_back,
    taken_off_the_shelf,
)

TARIFF = [{"reason": "damaged", "minor": 450}]


def told(database):
    return database.rows(
        "SELECT number, kind, change_minor, to_pay_minor, closing_minor FROM statements ORDER BY id"
    )


@pytest.fixture
def sold(database, paying, simulator):
    """Ten units in three orders, delivered; a tenth waits, each return costs the brand 3.50."""
    scene = selling(database, reserve_bps=1_000, returns_by="brand", return_minor=350)
    orders = bought(database, paying, simulator, scene, 5, 3, 2)
    return scene, orders


def test_a_sale_is_stated_provisionally_and_finally_and_the_reserve_is_released(
    database, paying, clock, sold
):
    scene, orders = sold
    closed(paying, clock)
    sent_back(database, paying, orders[1], 2)

    assert issued(paying) == []
    clock.turn(days=15)
    assert len(issued(paying)) == 1
    sent_back_late = orders[0]
    # Two came back before: 8 kept at 40.00 are 266.67 net, 200.00 due, less 7.00 for the way back; a tenth waits.
    assert told(database) == [(1, "provisional", 24_000 - 700 - 1_930, 21_370, 0)]
    database.run("UPDATE orders SET delivered_at = house_now()")
    sent_back(database, paying, sent_back_late, 1)
    clock.turn(days=30)
    assert len(issued(paying)) == 1
    # 7 kept: 233.33 net, 175.00 due, 35.00 VAT, three ways back at 3.50.
    assert told(database)[1] == (2, "final", 21_000 - 1_050 - 21_370, 0, 19_950 - 21_370)
    assert asked.coming(scene.brand(paying)) == ()


def test_what_was_carried_is_made_up_by_the_guaranteed_minimum_of_the_last_statement(
    database, paying, simulator, clock
):
    scene = selling(database, minimum_minor=30_000, ends_in_days=60)
    bought(database, paying, simulator, scene, 5)
    closed(paying, clock)
    clock.turn(days=60)

    assert len(issued(paying)) == 3

    # 5 kept: 166.67 net, 125.00 due and 25.00 VAT; the minimum of 300.00 makes up 175.00.
    assert [(kind, change) for _, kind, change, _, _ in told(database)] == [
        ("provisional", 15_000),
        ("final", 0),
        ("last", 17_500),
    ]
    assert database.rows("SELECT amount_minor FROM payouts ORDER BY id") == [(15_000,), (17_500,)]


def test_what_comes_back_after_the_last_statement_is_on_a_later_one_and_no_statement_changes(
    database, paying, simulator, clock
):
    scene = selling(database, ends_in_days=46)
    (order,) = bought(database, paying, simulator, scene, 4)
    closed(paying, clock)
    clock.turn(days=60)
    issued(paying)
    kept = database.rows("SELECT id, figures, sha256 FROM statements ORDER BY id")
    assert len(kept) == 3

    database.run("UPDATE orders SET delivered_at = house_now()")
    sent_back(database, paying, order, 1)
    assert issued(paying) == []
    clock.turn(days=31)
    assert len(issued(paying)) == 1

    assert told(database)[3] == (4, "later", -3_000, 0, -3_000)
    assert (
        database.rows("SELECT id, figures, sha256 FROM statements WHERE number < 4 ORDER BY id")
        == kept
    )
    assert all(sealed(figures) == seal for _, figures, seal in kept)


def test_a_statement_drawn_up_late_is_the_one_that_was_due(database, paying, clock, sold):
    _scene, orders = sold
    closed(paying, clock)
    clock.turn(days=20)
    database.run("UPDATE orders SET delivered_at = house_now()")
    sent_back(database, paying, orders[0], 5)
    clock.turn(days=1)

    issued(paying)

    ((figures,),) = database.rows("SELECT figures FROM statements")
    found = from_stored(figures)
    assert (found.sections[0].units, found.sections[0].returned) == (10, 0)
    as_of = database.value(
        "SELECT as_of = s.closes_at + interval '15 days' FROM statements t JOIN sales s ON s.id = t.sale_id"
    )
    assert as_of


def test_a_statement_is_printed_in_every_language_and_told_once_to_whom_it_concerns(
    database, paying, clock, sold
):
    scene, _ = sold
    closed(paying, clock)
    clock.turn(days=16)
    (statement_id,) = issued(paying)

    for _ in range(2):
        settlements.keep_paper(paying, statement_id=statement_id)
        settlements.tell_statement(paying, statement_id=statement_id)

    assert database.rows("SELECT locale FROM statement_papers ORDER BY locale") == [
        ("en",),
        ("fr",),
    ]
    name, content = asked.paper(scene.brand(paying), number=1, locale="fr")
    assert (name, content[:5]) == ("statement-1-fr.pdf", b"%PDF-")
    assert database.rows("SELECT kind FROM letters WHERE kind LIKE 'statement%'") == [
        ("statement_ready",)
    ]


def test_a_brand_reads_its_own_statements_and_no_others(database, paying, clock, sold):
    scene, _ = sold
    other = selling(database)
    closed(paying, clock)
    clock.turn(days=16)
    issued(paying)

    mine, theirs = asked.listed(scene.brand(paying)), asked.listed(other.brand(paying))

    assert [each.brand_id for each in mine.statements] == [scene.brand_id]
    assert [each.brand_id for each in theirs.statements] == [other.brand_id]
    assert asked.one(scene.brand(paying), number=1).summary.to_pay.minor > 0
    assert asked.one(other.brand(paying), number=1).summary.to_pay.minor == 0
    with pytest.raises(NotFound):
        asked.one(other.brand(paying), number=2)


def test_what_comes_long_after_the_last_statement_is_on_one_later_statement(
    database, paying, simulator, clock
):
    scene = selling(database, ends_in_days=46)
    (order,) = bought(database, paying, simulator, scene, 4)
    closed(paying, clock)
    clock.turn(days=180)
    issued(paying)
    database.run("UPDATE orders SET delivered_at = house_now()")
    sent_back(database, paying, order, 1)
    clock.turn(days=1)
    issued(paying)
    clock.turn(days=60)
    issued(paying)

    assert told(database)[3:] == [(4, "later", -3_000, 0, -3_000)]
    assert scene.deal_id == database.value("SELECT max(deal_id) FROM statements")


def test_a_sale_after_the_last_statement_does_not_take_the_minimum_back(
    database, paying, simulator, clock
):
    scene = selling(database, minimum_minor=30_000, ends_in_days=46)
    bought(database, paying, simulator, scene, 5)
    closed(paying, clock)
    clock.turn(days=60)
    issued(paying)
    with database.session() as session:
        deal = session.get_one(factories.Deal, scene.deal_id)
        again = factories.sale(session, under=deal, limit_per_member=10)
        item = factories.sale_item(session, of=again, units=5, price_minor=4_000)
        again.opened_at = again.opens_at
        later = replace(scene, item_id=item.id)
    taken_off_the_shelf(database, later, 2)
    closed(paying, clock)
    clock.turn(days=46)
    issued(paying)

    # Seven kept are 125.00 and 50.00 due, both under the minimum of 300.00: of the later two the VAT alone is added.
    changes = [change for _, kind, change, _, _ in told(database) if kind != "later"]
    assert changes == [15_000, 0, 17_500, 1_000, 0]


def test_goods_that_were_ordered_after_the_sale_are_stated_once_they_have_come(
    database, paying, simulator, clock
):
    scene, ref, _ = ordered(database, paying, simulator, clock, 2, 1)
    line_id = database.value("SELECT id FROM purchase_lines")
    house = paying.at_door(Door.OPERATOR, account_id=operator_id(database))
    clock.turn(days=100)
    assert [kind for _, kind, *_ in told_kinds(database, paying)] == []

    lines = [purchases.Line(line_id, Count(2, 2, 0), Count(0, 0, 0), "One was missing.")]
    purchases.count(house, ref=ref, lines=lines)
    orders.close_purchase(house, ref=ref, reason="One was broken.")
    clock.turn(minutes=1)
    kinds = told_kinds(database, paying)

    assert [kind for _, kind, *_ in kinds] == ["provisional"]
    ((figures,),) = database.rows("SELECT figures FROM statements")
    (section,) = from_stored(figures).sections
    assert (section.units, section.cancelled) == (3, 1)
    assert scene.brand_id == database.value("SELECT brand_id FROM statements")
    clock.turn(days=45)
    assert [kind for _, kind, *_ in told_kinds(database, paying)][:2] == ["provisional", "final"]


def told_kinds(database, tools):
    issued(tools)
    return [row for row in told(database) if row[1] != "last"]


def operator_id(database):
    with database.session() as session:
        return factories.operator(session).id


def test_a_deal_that_cannot_be_drawn_up_does_not_keep_money_from_the_others(
    database, paying, simulator, clock
):
    sick, well = selling(database), selling(database)
    for each in (sick, well):
        bought(database, paying, simulator, each, 1)
    closed(paying, clock)
    clock.turn(days=16)
    sick_terms = (
        "UPDATE deal_versions SET terms = terms - 'commission_bps' || '{\"commission_bps\": null}'"
    )
    database.run(
        f"{sick_terms} FROM deals d WHERE d.accepted_version_id = deal_versions.id AND d.id = :d",
        d=sick.deal_id,
    )

    with pytest.raises(StatementsMissingError, match=f"^{sick.deal_id}$"):
        registry.JOBS["settlements.issue"].act(paying, {})

    assert database.rows("SELECT deal_id FROM statements") == [(well.deal_id,)]


def test_a_statement_waits_until_nobody_can_still_be_writing_before_its_instant(
    database, paying, clock, sold
):
    closed(paying, clock)
    instant = database.value("SELECT closes_at + interval '15 days' FROM sales")

    clock.set(instant + timedelta(seconds=10))
    assert issued(paying) == []
    clock.set(instant + timedelta(seconds=40))
    assert len(issued(paying)) == 1


def test_what_one_deal_leaves_owing_is_made_up_by_the_brands_other_deal(
    database, paying, simulator, clock
):
    first = selling(database, freight_by="brand", freight_minor=10_000, ends_in_days=200)
    other = selling(database, brand_id=first.brand_id, ends_in_days=200)
    bought(database, paying, simulator, first, 1)
    bought(database, paying, simulator, other, 5)
    closed(paying, clock)
    clock.turn(days=16)
    issued(paying)

    # One unit is 25.00 due and 5.00 VAT, less 100.00 of freight; five are 150.00, of which 70.00 make that up.
    assert told(database) == [
        (1, "provisional", -7_000, 0, -7_000),
        (2, "provisional", 15_000, 8_000, 0),
    ]
