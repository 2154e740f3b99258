"""Statements tell the whole deal and pay the difference: whatever comes back, every cent is paid once."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from marketplace.domain.deals import Bearer, Charge, ChargeReason, Mode, Terms, Tier, UnsoldRule
from marketplace.domain.money import Money, total
from marketplace.domain.settlements import (
    BankChanged,
    ChargeNotAgreed,
    ChargeState,
    ChargeUnitsRefused,
    ContestRunning,
    Counted,
    SaleSold,
    SecondPersonNeeded,
    Sold,
    balanced,
    check_account,
    check_decided_units,
    check_proposed,
    check_second,
    check_upheld,
    due_day,
    last_payment_day,
    pay_of,
    position,
    received,
    sections,
    settle,
    waits_for,
)
from marketplace.domain.settlements.paying import PayoutState, Waits
from marketplace.domain.settlements.transfers import Account, Transfer, message, plain

TARIFF = (Charge(ChargeReason.SHORT, 300), Charge(ChargeReason.DAMAGED, 450))


def eur(minor: int) -> Money:
    return Money(minor, "EUR")


def terms(**changed) -> Terms:
    plain_terms = Terms(
        mode=Mode.CONSIGNMENT,
        currency="EUR",
        territories=("FR",),
        commission_bps=2_500,
        payment_days=30,
        unsold_rule=UnsoldRule.RETURN,
        exit_on=date(2027, 3, 31),
    )
    return replace(plain_terms, **changed)


def counted(units: int, *, cancelled: int = 0, returned: int = 0, price: int = 4_000) -> Counted:
    line = Sold(1, units=units, price=eur(price), vat_bps=2_000, returned=cancelled + returned)
    return Counted(line, cancelled, returned, returned)


def place(agreed: Terms, *sales: SaleSold, charges=(), has_come=True, is_last: bool = False):
    found = sections(sales, agreed, committed=1_000)
    return position(found, agreed, charges=charges, has_come=has_come, is_last=is_last)


def test_the_trades_worked_example_is_stated_to_the_cent():
    found = place(terms(), SaleSold(1, final=True, counted=(counted(100, returned=12),)))

    assert (found.due, found.due_vat) == (eur(220_000), eur(44_000))
    assert found.payable == eur(264_000)


def test_the_reserve_waits_for_the_final_statement_and_is_released_with_it():
    agreed = terms(reserve_bps=1_000)
    sold = (counted(100, returned=12),)

    first = place(agreed, SaleSold(1, final=False, counted=sold))
    last = place(agreed, SaleSold(1, final=True, counted=sold))

    assert first.reserve == eur(22_000)
    assert first.payable == eur(242_000)
    assert last.payable - first.payable == eur(22_000)


def test_the_brand_bears_what_the_terms_say_of_freight_returns_and_charges():
    agreed = terms(
        freight_by=Bearer.BOTH,
        freight_minor=10_001,
        returns_by=Bearer.BRAND,
        return_minor=350,
    )

    found = place(
        agreed,
        SaleSold(1, final=True, counted=(counted(100, cancelled=2, returned=10),)),
        charges=(eur(900), eur(100)),
    )

    assert found.freight == eur(5_001)
    assert found.returns == eur(3_500)
    assert found.charges == eur(1_000)
    assert found.earned == eur(264_000 - 5_001 - 3_500 - 1_000)


def test_the_guaranteed_minimum_is_made_up_when_the_deal_ends_and_not_before():
    agreed = terms(minimum_minor=250_000)
    sale = SaleSold(1, final=True, counted=(counted(100, returned=12),))

    assert place(agreed, sale).guarantee == eur(0)
    assert place(agreed, sale, is_last=True).guarantee == eur(30_000)


def test_a_later_sale_of_the_deal_goes_on_in_the_tiers_where_the_first_ended():
    agreed = terms(tiers=(Tier(1_000, 2_000),))
    both = place(
        agreed,
        SaleSold(1, final=True, counted=(counted(100, price=12_000),)),
        SaleSold(2, final=True, counted=(counted(100, price=12_000),)),
    )

    # A tenth of the 1,000 committed units is the first sale: a quarter is kept of it, a fifth of the second.
    assert both.due == eur(100 * 7_500 + 100 * 8_000)


def test_one_final_sale_of_a_whole_lot_is_what_the_proposals_example_said():
    agreed = terms(minimum_minor=500, freight_by=Bearer.BRAND, freight_minor=4_000, reserve_bps=500)
    line = Sold(1, units=80, price=eur(4_000), vat_bps=2_000)
    told = received(settle([line], "EUR", pay=settle_pay(agreed)), agreed)

    found = place(agreed, SaleSold(1, final=True, counted=(Counted(line, 0, 0, 0),)), is_last=True)

    assert found.payable == told.payable


def settle_pay(agreed: Terms):
    return pay_of(agreed, committed=1_000)


def test_what_a_brand_owes_is_carried_and_never_claimed():
    first = balanced(eur(0), eur(-4_000))
    second = balanced(first.closing, eur(10_000))

    assert (first.to_pay, first.closing) == (eur(0), eur(-4_000))
    assert (second.to_pay, second.closing) == (eur(6_000), eur(0))


@given(st.lists(st.integers(-1_000_000, 1_000_000), min_size=1, max_size=30))
def test_what_is_paid_and_what_is_carried_add_to_what_was_stated(changes):
    opening, paid = eur(0), eur(0)
    for each in changes:
        found = balanced(opening, eur(each))
        assert found.opening + found.change == found.to_pay + found.closing
        assert not (found.to_pay and found.closing)
        opening, paid = found.closing, paid + found.to_pay

    assert paid + opening == total((eur(each) for each in changes), "EUR")


@st.composite
def histories(draw):
    """Cumulative counts of one line at rising instants: units are sold, and then come back."""
    units, cancelled, returned, found = 0, 0, 0, []
    for _ in range(draw(st.integers(1, 6))):
        units += draw(st.integers(0, 40))
        back = draw(st.integers(0, units - cancelled - returned))
        kind = draw(st.booleans())
        cancelled, returned = (cancelled + back, returned) if kind else (cancelled, returned + back)
        found.append(counted(units, cancelled=cancelled, returned=returned, price=3_999))
    return found


@given(
    histories(),
    st.integers(0, 5_000),
    st.integers(0, 3_000),
    st.integers(0, 900),
    st.integers(0, 400_000),
)
def test_however_a_sale_is_cut_into_statements_they_pay_what_one_would(
    history, commission, reserve, back_minor, minimum
):
    agreed = terms(
        commission_bps=commission,
        reserve_bps=reserve,
        returns_by=Bearer.BRAND,
        return_minor=back_minor,
        minimum_minor=minimum,
    )
    known, opening, paid = eur(0), eur(0), eur(0)
    for number, each in enumerate(history, start=1):
        ended = number == len(history)
        now = place(agreed, SaleSold(1, final=ended, counted=(each,)), is_last=ended).payable
        found = balanced(opening, now - known)
        known, opening, paid = now, found.closing, paid + found.to_pay

    once = place(agreed, SaleSold(1, final=True, counted=(history[-1],)), is_last=True).payable
    assert paid + opening == once


def test_the_last_payment_follows_the_last_unit_the_last_return_and_the_days_of_the_terms():
    assert due_day(date(2026, 12, 1), terms()) == date(2026, 12, 31)
    assert last_payment_day(terms()) == date(2027, 6, 14)
    assert last_payment_day(terms(mode=Mode.CONDITIONAL)) == date(2027, 7, 14)


def test_only_the_signed_tariff_is_charged_and_no_more_units_than_the_deal_has():
    agreed = terms(chargebacks=TARIFF)

    assert check_proposed(agreed, ChargeReason.DAMAGED, 4, committed=4) == eur(450)
    with pytest.raises(ChargeNotAgreed):
        check_proposed(agreed, ChargeReason.UNLABELLED, 1, committed=4)
    for units in (0, 5):
        with pytest.raises(ChargeUnitsRefused):
            check_proposed(agreed, ChargeReason.SHORT, units, committed=4)


def test_a_charge_is_upheld_by_a_second_person_after_the_brand_has_spoken():
    until = datetime(2026, 12, 1, tzinfo=UTC)

    assert check_decided_units(0, proposed=3) is ChargeState.WITHDRAWN
    assert check_decided_units(3, proposed=3) is ChargeState.FINAL
    with pytest.raises(ChargeUnitsRefused):
        check_decided_units(4, proposed=3)
    with pytest.raises(ContestRunning):
        check_upheld(is_contested=False, until=until)
    check_upheld(is_contested=True, until=until)
    check_second(1, 2)
    with pytest.raises(SecondPersonNeeded):
        check_second(1, 1)


def test_money_goes_to_the_details_that_were_approved_and_are_still_in_force():
    check_account(4, 4)
    for approved, in_force in ((4, 5), (4, None), (None, None)):
        with pytest.raises(BankChanged):
            check_account(approved, in_force)


@pytest.mark.parametrize(
    ("state", "missing", "account", "same", "waits"),
    [
        (PayoutState.WAITING, True, True, False, Waits.LIST),
        (PayoutState.WAITING, False, False, False, Waits.ACCOUNT),
        (PayoutState.WAITING, False, True, False, Waits.APPROVAL),
        (PayoutState.APPROVED, False, True, True, Waits.TRANSFER),
        (PayoutState.APPROVED, False, True, False, Waits.APPROVAL),
        (PayoutState.APPROVED, False, False, False, Waits.ACCOUNT),
        (PayoutState.PAID, True, False, False, Waits.NOTHING),
    ],
)
def test_a_payout_says_what_it_waits_for(state, missing, account, same, waits):
    found = waits_for(state, list_missing=missing, has_account=account, same_account=same)

    assert found is waits


def test_only_what_members_sent_back_costs_its_way_and_freight_waits_for_goods():
    agreed = terms(
        returns_by=Bearer.BRAND, return_minor=350, freight_by=Bearer.BRAND, freight_minor=900
    )
    line = Sold(1, units=10, price=eur(4_000), vat_bps=2_000, returned=4)
    sale = SaleSold(1, final=True, counted=(Counted(line, 0, 4, 1),))

    assert place(agreed, sale).returns == eur(350)
    assert place(agreed, sale).freight == eur(900)
    assert place(agreed, sale, has_come=False).freight == eur(0)


def test_a_transfer_is_written_as_the_bank_reads_it():
    written = message(
        Transfer(
            ref="AUBAINE-1-7-3",
            message="AUBAINE-1-7-3/9",
            source=Account("Aubaine", "FR7630006000011234567890189"),
            target=Account("Maison Verrier — Été & Cie", "DE89370400440532013000"),
            amount=eur(264_005),
            on=date(2026, 12, 1),
            made_at=datetime(2026, 12, 1, 8, 0, tzinfo=UTC),
            words="Aubaine statement 7",
        )
    ).decode()

    assert '<InstdAmt Ccy="EUR">2640.05</InstdAmt>' in written
    assert "<CtrlSum>2640.05</CtrlSum>" in written
    assert "<MsgId>AUBAINE-1-7-3/9</MsgId>" in written
    assert "<EndToEndId>AUBAINE-1-7-3</EndToEndId>" in written
    assert "<Nm>Maison Verrier Ete Cie</Nm>" in written
    assert "<IBAN>DE89370400440532013000</IBAN>" in written
    assert "<Dt>2026-12-01</Dt>" in written
    assert repr(Account("Aubaine", "FR7630006000011234567890189")) == "Account(…0189)"
    assert plain("x" * 80, 70) == "x" * 70
