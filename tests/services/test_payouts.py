"""Payouts: approved by one person and paid by another, to the account that was approved, once."""

from __future__ import annotations

import re
from dataclasses import replace

import pytest

from marketplace.domain.brands.bank import NoBankDetails
from marketplace.domain.brands.checklist import GateClosed
from marketplace.domain.lifecycle import IllegalMove
from marketplace.domain.reasons import ReasonMissing
from marketplace.domain.refusals import NotFound
from marketplace.domain.settlements import (
    BankChanged,
    SecondPersonNeeded,
)
from marketplace.queries import statements as asked
from marketplace.services import settlements
from tests.settlement_scenes import (
    IBAN,
    bought,
    closed,
    issued,
    payable,
    selling,
    sent_back,
)

TARIFF = [{"reason": "damaged", "minor": 450}]


@pytest.fixture
def sold(database, paying, simulator):
    """Ten units in three orders, delivered; a tenth waits, each return costs the brand 3.50."""
    scene = selling(database, reserve_bps=1_000, returns_by="brand", return_minor=350)
    orders = bought(database, paying, simulator, scene, 5, 3, 2)
    return scene, orders


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
    assert asked.listed(scene.brand(paying)).statements[0].waits == "approval"
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
    with pytest.raises(SecondPersonNeeded):
        asked.transfer(scene.first(house), statement_id=statement_id)
    database.run("UPDATE bank_details SET cancelled_at = house_now()")
    with pytest.raises(BankChanged):
        asked.transfer(scene.second(house), statement_id=statement_id)
    assert b"DE89370400440532013000" in content


MESSAGE = re.compile(rb"<MsgId>(.+?)</MsgId>")


def test_two_files_never_share_a_name_and_one_payment_never_has_two_of_one_account(
    database, paying, clock, sold
):
    scene, _ = sold
    payable(database, scene.brand_id)
    closed(paying, clock)
    clock.turn(days=16)
    (statement_id,) = issued(paying)
    payout_id = database.value("SELECT id FROM payouts")

    def handed_over():
        settlements.approve(scene.first(paying), payout_id=payout_id)
        settlements.keep_transfer(paying, payout_id=payout_id)
        return asked.transfer(scene.second(paying), statement_id=statement_id)[1]

    first = handed_over()
    again = handed_over()
    database.run(
        "INSERT INTO bank_details (brand_id, holder, iban, last_four, country, asked_by_id, asked_at, in_force_at)"
        " SELECT brand_id, holder, iban, last_four, country, asked_by_id, asked_at, house_now() FROM bank_details"
    )
    clock.turn(seconds=1)
    to_another = handed_over()

    assert again == first
    assert MESSAGE.findall(to_another) != MESSAGE.findall(first)
    ends = [re.findall(rb"<EndToEndId>(.+?)</EndToEndId>", each) for each in (first, to_another)]
    assert ends[0] == ends[1]


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
