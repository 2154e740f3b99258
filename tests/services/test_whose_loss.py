"""Whose loss a refund is, in the books and on statements: the brand is owed what the house or a carrier lost."""

from __future__ import annotations

import pytest

from marketplace.db import invariants
from marketplace.domain.refunds import Bearer
from marketplace.domain.refusals import Invalid
from marketplace.domain.settlements import from_stored
from marketplace.services import orders, settlements
from marketplace.services.orders import RefundLine
from marketplace.words import settling, speaking
from tests.settlement_scenes import bought, closed, issued, payable, selling, sent_back

BOOKED = (
    "SELECT book, sum(amount_minor)::bigint FROM posting_lines l JOIN postings p ON p.id = l.posting_id"
    " WHERE p.kind = 'reversed' GROUP BY book ORDER BY book"
)
RETURNS = "SELECT way, units, borne_by FROM line_returns ORDER BY id"


@pytest.fixture
def sold(database, paying, simulator):
    """Ten units in three orders, delivered, at a commission of a quarter."""
    scene = selling(database, returns_by="brand", return_minor=350)
    return scene, bought(database, paying, simulator, scene, 5, 3, 2)


def refunded(database, tools, scene, order, units: int, bearer: Bearer, *, shipping=False) -> int:
    _bag, placed = order
    line = database.value("SELECT id FROM order_lines WHERE order_id = :o", o=placed.order_id)
    return orders.refund(
        scene.first(tools),
        order_id=placed.order_id,
        parts=[RefundLine(line, units)],
        shipping=shipping,
        reason="Crushed on its way.",
        bearer=bearer,
    )


@pytest.mark.parametrize("bearer", [Bearer.HOUSE, Bearer.CARRIER])
def test_what_the_house_or_a_carrier_lost_is_booked_as_its_loss_alone(
    database, paying, sold, bearer
):
    scene, placed = sold

    refunded(database, paying, scene, placed[0], 1, bearer)

    assert database.rows(RETURNS) == [("returned", 1, str(bearer))]
    assert database.rows(BOOKED) == [
        ("losses", 3_333),
        ("member_payable", -4_000),
        ("vat_payable", 667),
    ]


def test_what_the_brand_bears_is_taken_from_it_as_before(database, paying, sold):
    scene, placed = sold

    refunded(database, paying, scene, placed[0], 1, Bearer.BRAND)

    assert database.rows(RETURNS) == [("returned", 1, "brand")]
    assert [book for book, _ in database.rows(BOOKED)] == [
        "brand_payable",
        "commission",
        "member_payable",
        "vat_payable",
    ]


def test_before_packing_nothing_is_lost_whoever_is_named(database, paying, sold):
    scene, placed = sold
    database.run(
        "UPDATE orders SET state = 'paid', packed_at = NULL, shipped_at = NULL, delivered_at = NULL"
        " WHERE id = :o",
        o=placed[0][1].order_id,
    )

    refunded(database, paying, scene, placed[0], 1, Bearer.HOUSE)

    assert database.rows(RETURNS) == [("cancelled", 1, "brand")]
    assert "losses" not in dict(database.rows(BOOKED))


def test_the_brand_is_paid_for_lost_units_as_sold_and_its_account_is_at_zero(
    database, paying, clock, sold
):
    scene, placed = sold
    payable(database, scene.brand_id)
    refunded(database, paying, scene, placed[0], 1, Bearer.HOUSE, shipping=True)
    refunded(database, paying, scene, placed[1], 1, Bearer.BRAND)
    closed(paying, clock)
    sent_back(database, paying, placed[1], 1)
    refunded(database, paying, scene, placed[2], 2, Bearer.CARRIER)
    clock.turn(days=46)
    issued(paying)

    told = from_stored(
        database.value("SELECT figures FROM statements ORDER BY number DESC LIMIT 1")
    )
    (section,) = told.sections
    (line,) = section.lines
    assert (section.units, section.returned, section.borne) == (10, 2, 3)
    assert (line.units, line.returned, line.borne) == (10, 2, 3)
    # Eight are owed at 40.00: 266.67 without VAT, a quarter of it commission.
    assert (section.net_minor, section.due_minor) == (26_667, 20_000)
    with speaking("en"):
        assert "3 units were lost by the house or its carrier" in settling.units(section)
        assert settling.table(told)[0][-1] == "3"
    for (payout_id,) in database.rows("SELECT id FROM payouts ORDER BY id"):
        settlements.approve(scene.first(paying), payout_id=payout_id)
        settlements.pay(scene.second(paying), payout_id=payout_id, reference=f"SEPA {payout_id}")
    owed = "SELECT coalesce(sum(amount_minor), 0) FROM posting_lines WHERE book = 'brand_payable'"
    assert database.value(owed) == 0
    # Eight units with VAT at 30.00 each of the brand, less one way back at 3.50.
    assert database.value("SELECT -sum(amount_minor) FROM posting_lines WHERE book = 'bank'") == (
        24_000 - 350
    )


def test_a_unit_lost_after_the_last_statement_brings_no_further_one(database, paying, clock, sold):
    scene, placed = sold
    closed(paying, clock)
    clock.turn(days=120)
    issued(paying)
    assert database.value("SELECT count(*) FROM statements WHERE kind = 'last'") == 1

    refunded(database, paying, scene, placed[0], 1, Bearer.HOUSE)
    clock.turn(days=40)

    assert issued(paying) == []
    refunded(database, paying, scene, placed[0], 1, Bearer.BRAND)
    clock.turn(days=40)
    assert len(issued(paying)) == 1


def test_a_statement_of_the_form_before_is_still_read(database, paying, clock, sold):
    closed(paying, clock)
    clock.turn(days=16)
    issued(paying)
    kept = database.value("SELECT figures FROM statements")
    for part in (*kept["sections"], *(line for each in kept["sections"] for line in each["lines"])):
        del part["borne"]

    assert from_stored(kept | {"form": 1}).sections[0].borne == 0


def test_the_books_notice_a_lost_unit_that_was_taken_from_the_brand(database, paying, sold):
    scene, placed = sold
    refunded(database, paying, scene, placed[0], 1, Bearer.BRAND)
    database.run("ALTER TABLE line_returns DISABLE TRIGGER USER")
    database.run("UPDATE line_returns SET borne_by = 'house'")

    with database.session() as session:
        found = {each.name for each in invariants.broken(session)}
    database.run("UPDATE line_returns SET borne_by = 'brand'")
    database.run("ALTER TABLE line_returns ENABLE TRIGGER USER")

    assert found == {"what the house or a carrier lost is taken from no brand"}


def test_packed_units_do_not_go_back_without_a_word_about_whose_loss_they_are(
    database, paying, sold
):
    scene, placed = sold

    with pytest.raises(Invalid) as no:
        refunded(database, paying, scene, placed[0], 1, None)

    assert no.value.facts["field"] == "borne_by"
    assert database.value("SELECT count(*) FROM refunds") == 0
    refunded(database, paying, scene, placed[0], 0, None, shipping=True)
    assert database.value("SELECT count(*) FROM refunds") == 1
