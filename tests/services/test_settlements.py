"""Statements at their days: once each, numbered, sealed and booked; paid by two persons; charges contested."""

from __future__ import annotations

from dataclasses import replace

import pytest

from marketplace.domain.brands.bank import NoBankDetails
from marketplace.domain.brands.checklist import GateClosed
from marketplace.domain.deals import ChargeReason
from marketplace.domain.lifecycle import IllegalMove
from marketplace.domain.reasons import ReasonMissing
from marketplace.domain.refusals import NotFound
from marketplace.domain.reports import sealed
from marketplace.domain.settlements import (
    BankChanged,
    ChargeNotAgreed,
    ChargeUnitsRefused,
    ContestOver,
    ContestRunning,
    SecondPersonNeeded,
    from_stored,
)
from marketplace.queries import statements as asked
from marketplace.services import settlements
from marketplace.toolbox import Upload
from tests.settlement_scenes import IBAN, bought, closed, issued, payable, selling, sent_back

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


def test_the_books_owe_the_brand_what_its_statements_say_and_nothing_once_it_is_paid(
    database, paying, clock, sold
):
    scene, orders = sold
    payable(database, scene.brand_id)
    closed(paying, clock)
    sent_back(database, paying, orders[2], 2)
    clock.turn(days=46)
    issued(paying)

    for (payout_id,) in database.rows("SELECT id FROM payouts ORDER BY id"):
        settlements.approve(scene.first(paying), payout_id=payout_id)
        settlements.pay(scene.second(paying), payout_id=payout_id, reference=f"SEPA {payout_id}")

    owed = "SELECT coalesce(sum(amount_minor), 0) FROM posting_lines WHERE book = 'brand_payable'"
    assert database.value(owed) == 0
    assert database.value("SELECT -sum(amount_minor) FROM posting_lines WHERE book = 'bank'") == (
        24_000 - 700
    )
    assert database.rows(
        "SELECT kept_at IS NOT NULL FROM promises WHERE subject_type = 'statement' ORDER BY id"
    ) == [(True,), (True,)]


def test_nothing_is_approved_before_the_list_is_settled_and_an_account_is_in_force(
    database, paying, clock, sold
):
    scene, _ = sold
    closed(paying, clock)
    clock.turn(days=16)
    issued(paying)
    payout_id = database.value("SELECT id FROM payouts")

    with pytest.raises(GateClosed):
        settlements.approve(scene.first(paying), payout_id=payout_id)
    assert asked.listed(scene.brand(paying)).statements[0].waits == "list"
    payable(database, scene.brand_id)
    database.run("UPDATE bank_details SET in_force_at = house_now() + interval '1 hour'")
    with pytest.raises(NoBankDetails):
        settlements.approve(scene.first(paying), payout_id=payout_id)
    assert asked.listed(scene.brand(paying)).statements[0].waits == "account"
    clock.turn(hours=1)
    settlements.approve(scene.first(paying), payout_id=payout_id)
    assert asked.listed(scene.brand(paying)).statements[0].waits == "transfer"


def test_two_persons_pay_and_only_to_the_details_that_were_approved(database, paying, clock, sold):
    scene, _ = sold
    payable(database, scene.brand_id)
    closed(paying, clock)
    clock.turn(days=16)
    issued(paying)
    payout_id = database.value("SELECT id FROM payouts")

    with pytest.raises(IllegalMove):
        settlements.pay(scene.second(paying), payout_id=payout_id, reference="SEPA 1")
    settlements.approve(scene.first(paying), payout_id=payout_id)
    with pytest.raises(SecondPersonNeeded):
        settlements.pay(scene.first(paying), payout_id=payout_id, reference="SEPA 1")
    with pytest.raises(ReasonMissing):
        settlements.pay(scene.second(paying), payout_id=payout_id, reference=" ")
    database.run(
        "INSERT INTO bank_details (brand_id, holder, iban, last_four, country, asked_by_id, asked_at, in_force_at)"
        " SELECT brand_id, holder, iban, last_four, country, asked_by_id, asked_at, house_now() FROM bank_details"
    )
    clock.turn(seconds=1)
    with pytest.raises(BankChanged):
        settlements.pay(scene.second(paying), payout_id=payout_id, reference="SEPA 1")
    settlements.approve(scene.first(paying), payout_id=payout_id)
    settlements.pay(scene.second(paying), payout_id=payout_id, reference="SEPA 1")
    with pytest.raises(IllegalMove):
        settlements.pay(scene.second(paying), payout_id=payout_id, reference="SEPA 1")
    with pytest.raises(NotFound):
        settlements.approve(scene.first(paying), payout_id=payout_id + 1)

    assert database.rows("SELECT state, reference FROM payouts") == [("paid", "SEPA 1")]
    assert database.value("SELECT count(*) FROM postings WHERE cause = 'payout'") == 1


def test_an_approved_payout_becomes_one_file_for_the_bank_that_names_the_brands_account(
    database, paying, clock, sold
):
    scene, _ = sold
    payable(database, scene.brand_id)
    closed(paying, clock)
    clock.turn(days=16)
    (statement_id,) = issued(paying)
    payout_id = database.value("SELECT id FROM payouts")
    nameless, house = replace(paying, house_iban=""), paying
    with pytest.raises(NotFound):
        asked.transfer(scene.second(house), statement_id=statement_id)

    settlements.approve(scene.first(house), payout_id=payout_id)
    settlements.keep_transfer(nameless, payout_id=payout_id)
    assert database.value("SELECT transfer_key FROM payouts") is None
    settlements.keep_transfer(house, payout_id=payout_id)
    key = database.value("SELECT transfer_key FROM payouts")
    settlements.keep_transfer(house, payout_id=payout_id)

    assert database.value("SELECT transfer_key FROM payouts") == key
    name, content = asked.transfer(scene.second(house), statement_id=statement_id)
    assert name == f"payout-{payout_id}.xml"
    assert IBAN.encode() in content
    assert b"DE89370400440532013000" in content


def test_the_promise_of_the_last_payment_is_kept_when_the_last_statement_is_paid(
    database, paying, simulator, clock
):
    scene = selling(database, ends_in_days=46)
    payable(database, scene.brand_id)
    bought(database, paying, simulator, scene, 1)
    database.run(
        "INSERT INTO promises (kind, subject_type, subject_id, realm, brand_id, due_at)"
        " VALUES ('payout', 'deal', :d, 'brand', :b, house_now() + interval '200 days')",
        d=scene.deal_id,
        b=scene.brand_id,
    )
    kept = (
        "SELECT kept_at IS NOT NULL FROM promises WHERE subject_type = 'deal' AND kind = 'payout'"
    )
    closed(paying, clock)
    clock.turn(days=50)
    issued(paying)
    assert database.value(kept) is False

    payout_id = database.value("SELECT id FROM payouts")
    settlements.approve(scene.first(paying), payout_id=payout_id)
    settlements.pay(scene.second(paying), payout_id=payout_id, reference="SEPA 1")

    assert database.value(kept) is True


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


@pytest.fixture
def charging(database, tools, tmp_path):
    scene = selling(database, chargebacks=TARIFF)
    path = tmp_path / "box.pdf"
    path.write_bytes(b"%PDF-1.7")

    def propose(units=3, reason=ChargeReason.DAMAGED, found="Three wet boxes, seen at the dock."):
        return settlements.propose(
            scene.first(tools),
            deal_id=scene.deal_id,
            reason=reason,
            units=units,
            found=found,
            file=Upload("box.pdf", path),
        )

    return scene, propose


def test_a_charge_comes_from_the_signed_tariff_with_its_words_and_its_proof(database, charging):
    _, propose = charging

    with pytest.raises(ChargeNotAgreed):
        propose(reason=ChargeReason.SHORT)
    with pytest.raises(ReasonMissing):
        propose(found="  ")
    propose(units=15)
    with pytest.raises(ChargeUnitsRefused) as refused:
        propose(units=6)

    assert refused.value.facts["most"] == 5
    assert database.rows("SELECT units, each_minor, state FROM charges") == [(15, 450, "proposed")]


def test_nobody_contested_it_in_ten_days_and_it_is_final_then_and_not_before(
    database, tools, clock, charging
):
    scene, propose = charging
    charge_id = propose()

    with pytest.raises(ContestRunning):
        settlements.decide(scene.second(tools), charge_id=charge_id, units=3, decision="Clear.")
    clock.turn(days=9, hours=23)
    assert settlements.end_uncontested(tools) == 0
    clock.turn(hours=1)
    with pytest.raises(ContestOver):
        settlements.contest(scene.brand(tools), charge_id=charge_id, objection="No.")
    assert settlements.end_uncontested(tools) == 1
    assert settlements.end_uncontested(tools) == 0

    assert database.rows("SELECT state, upheld FROM charges") == [("final", 3)]


def test_what_is_contested_is_decided_by_another_person_and_never_by_the_clock(
    database, tools, clock, charging
):
    scene, propose = charging
    charge_id = propose()
    settlements.contest(scene.brand(tools), charge_id=charge_id, objection="They were dry.")
    clock.turn(days=30)

    assert settlements.end_uncontested(tools) == 0
    with pytest.raises(SecondPersonNeeded):
        settlements.decide(scene.first(tools), charge_id=charge_id, units=3, decision="Wet.")
    settlements.decide(scene.second(tools), charge_id=charge_id, units=1, decision="One was wet.")
    with pytest.raises(IllegalMove):
        settlements.decide(scene.second(tools), charge_id=charge_id, units=0, decision="Again.")

    assert database.rows("SELECT state, upheld, decision FROM charges") == [
        ("final", 1, "One was wet.")
    ]


def test_whoever_proposed_a_charge_may_withdraw_it(database, tools, charging):
    scene, propose = charging

    settlements.decide(scene.first(tools), charge_id=propose(), units=0, decision="My mistake.")

    assert database.rows("SELECT state, upheld FROM charges") == [("withdrawn", 0)]


def test_only_a_final_charge_is_taken_off_a_statement(database, paying, simulator, clock, tmp_path):
    scene = selling(database, chargebacks=TARIFF)
    bought(database, paying, simulator, scene, 2)
    path = tmp_path / "box.pdf"
    path.write_bytes(b"%PDF-1.7")
    closed(paying, clock)
    charges = [
        settlements.propose(
            scene.first(paying),
            deal_id=scene.deal_id,
            reason=ChargeReason.DAMAGED,
            units=2,
            found="Wet.",
            file=Upload("box.pdf", path),
        )
        for _ in range(3)
    ]
    settlements.contest(scene.brand(paying), charge_id=charges[0], objection="No.")
    settlements.decide(scene.second(paying), charge_id=charges[1], units=0, decision="Dry.")
    clock.turn(days=16)
    settlements.end_uncontested(paying)
    issued(paying)
    # The contested one waits, the withdrawn one is gone, the third ended on the sixteenth day, after the statement's.
    assert told(database) == [(1, "provisional", 6_000, 6_000, 0)]

    clock.turn(days=30)
    issued(paying)

    assert told(database)[1] == (2, "final", -900, 0, -900)
    ((figures,),) = database.rows("SELECT figures FROM statements WHERE number = 2")
    assert [(each.units, each.minor) for each in from_stored(figures).charges] == [(2, 900)]
