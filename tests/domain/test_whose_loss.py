"""Whose loss a refund is: what the house or a carrier lost is taken from no brand, and every cent is somebody's."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from marketplace.domain.ledger import Priced, shares
from marketplace.domain.money import Money, vat_within, zero
from marketplace.domain.orders import RefundTooLarge
from marketplace.domain.refunds import Bearer, Line, reversal

NOTHING = zero("EUR")
BORNE = (Bearer.HOUSE, Bearer.CARRIER)


def given_back(line: Line, units: int, bearer: Bearer):
    return reversal({1: line}, {1: units}, bearer=bearer, shipping=NOTHING, vat_bps=2_000)


def priced(minor=4_000, vat_bps=2_000, commission_bps=2_500):
    return Priced(Money(minor, "EUR"), vat_bps, commission_bps, None)


def test_a_unit_that_the_house_lost_costs_the_brand_nothing_and_the_house_its_price():
    back = given_back(Line(1, 7, priced(), 3), 1, Bearer.HOUSE)

    assert back.member == Money(4_000, "EUR")
    assert (back.brand, back.commission) == (NOTHING, NOTHING)
    assert (back.loss.minor, back.vat.minor) == (3_333, 667)
    assert back.lines[0].left == shares(priced(), 3)


def test_what_comes_back_afterwards_is_taken_from_what_the_brand_is_still_owed():
    line = Line(1, 7, priced(), kept=2, borne=1)

    back = given_back(line, 2, Bearer.BRAND)

    assert back.brand == shares(priced(), 3).brand - shares(priced(), 1).brand
    assert back.lines[0].left == shares(priced(), 1)
    assert back.loss == NOTHING


def test_no_more_is_refunded_than_is_kept_though_the_brand_is_owed_more():
    with pytest.raises(RefundTooLarge):
        given_back(Line(1, 7, priced(), kept=1, borne=2), 2, Bearer.CARRIER)


PAY = st.one_of(
    st.tuples(st.integers(0, 9_000), st.none()), st.tuples(st.none(), st.integers(1, 200_000))
)


@given(
    price=st.integers(1, 99_999),
    vat_bps=st.integers(0, 2_700),
    pay=PAY,
    units=st.integers(1, 12),
    deeds=st.lists(st.tuples(st.sampled_from(Bearer), st.integers(1, 4)), max_size=8),
)
def test_in_any_order_every_cent_is_somebodys_and_the_brand_gives_only_its_own(
    price, vat_bps, pay, units, deeds
):
    commission_bps, cost = pay
    line = Priced(
        Money(price, "EUR"), vat_bps, commission_bps, None if cost is None else Money(cost, "EUR")
    )
    kept, borne = units, 0
    brand = shares(line, units).brand
    commission, vat = shares(line, units).commission, shares(line, units).vat
    loss = member = NOTHING
    for bearer, asked in deeds:
        if asked > kept:
            continue
        back = given_back(Line(1, 7, line, kept, borne), asked, bearer)
        kept -= asked
        borne += asked if bearer in BORNE else 0
        brand, commission, vat = (
            brand - back.brand,
            commission - back.commission,
            vat - back.vat,
        )
        loss, member = loss + back.loss, member + back.member
        assert back.member == line.price * asked
        assert back.lines[0].left == shares(line, kept + borne)

    owed = shares(line, kept + borne)
    assert (brand, commission) == (owed.brand, owed.commission)
    assert loss == line.price * borne - vat_within(line.price * borne, vat_bps)
    assert vat == owed.vat - vat_within(line.price * borne, vat_bps)
    assert brand + commission + vat - loss == line.price * kept
    assert member == line.price * (units - kept)
