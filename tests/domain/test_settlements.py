"""What the brand is owed, to the cent, and always the same however the lines are cut."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from marketplace.domain import settlements
from marketplace.domain.deals import Bearer, Mode, Terms, Tier, UnsoldRule
from marketplace.domain.money import Money, total
from marketplace.domain.settlements import Pay, Sold, pay_of, received, settle

TIERS = ((6_000, 2_500), (8_000, 2_000))


def eur(minor: int) -> Money:
    return Money(minor, "EUR")


def terms(**changed) -> Terms:
    plain = Terms(
        mode=Mode.CONSIGNMENT,
        currency="EUR",
        territories=("FR",),
        commission_bps=2_500,
        payment_days=30,
        unsold_rule=UnsoldRule.RETURN,
        exit_on=date(2099, 3, 31),
    )
    return replace(plain, **changed)


def sold_at_hundred(units: int, **more) -> Sold:
    """Units at 120.00 with VAT of 20 %: 100.00 net each."""
    return Sold(1, units=units, price=eur(12_000), vat_bps=2_000, **more)


def test_the_trades_worked_example_settles_to_the_cent():
    sold = Sold(1, units=100, returned=12, price=eur(4_000), vat_bps=2_000)

    statement = settlements.settle([sold], "EUR", pay=Pay(2_500))

    assert statement.gross == eur(400_000)
    assert statement.returns == eur(48_000)
    assert statement.kept_gross == eur(352_000)
    assert statement.net == eur(293_333)
    assert statement.commission == eur(73_333)
    assert statement.due == eur(220_000)
    assert statement.due_vat == eur(44_000)
    assert statement.payable == eur(264_000)


def test_a_unit_cost_pays_what_each_kept_unit_costs():
    lines = [
        Sold(1, units=100, returned=12, price=eur(4_000), vat_bps=2_000, unit_cost=eur(1_850)),
        Sold(2, units=3, price=eur(9_900), vat_bps=2_000, unit_cost=eur(5_000)),
    ]

    statement = settlements.settle(lines, "EUR", pay=Pay(None))

    assert statement.due == eur(88 * 1_850 + 3 * 5_000)
    assert statement.net == eur(318_083)
    assert statement.commission == eur(318_083 - 177_800)
    assert statement.due_vat == eur(35_560)
    assert [part.due for part in statement.shares] == [eur(162_800), eur(15_000)]


def test_two_vat_rates_are_taken_out_of_two_sums():
    lines = [
        Sold(1, units=3, price=eur(1_000), vat_bps=2_000),
        Sold(2, units=3, price=eur(1_000), vat_bps=1_900),
    ]

    statement = settlements.settle(lines, "EUR", pay=Pay(1_000))

    assert [(each.vat_bps, each.net) for each in statement.rates] == [
        (1_900, eur(2_521)),
        (2_000, eur(2_500)),
    ]
    assert statement.net == eur(5_021)
    assert statement.commission == eur(502)
    assert statement.due == eur(4_519)


def test_when_everything_came_back_nothing_is_owed():
    sold = Sold(1, units=4, returned=4, price=eur(4_000), vat_bps=2_000)

    statement = settlements.settle([sold], "EUR", pay=Pay(2_500))

    assert statement.payable == eur(0)
    assert statement.returns == statement.gross == eur(16_000)


def test_an_empty_statement_is_a_statement_of_nothing():
    statement = settlements.settle([], "EUR", pay=Pay(2_500))

    assert (statement.units, statement.payable, statement.shares) == (0, eur(0), ())


LINES = st.lists(
    st.builds(
        lambda price, units, back, vat, cost: Sold(
            1, units, eur(price), vat, returned=min(back, units), unit_cost=eur(cost)
        ),
        price=st.integers(1, 500_000),
        units=st.integers(0, 900),
        back=st.integers(0, 900),
        vat=st.sampled_from([2_000, 1_900, 2_100, 2_300]),
        cost=st.integers(0, 300_000),
    ),
    max_size=12,
)


@given(lines=LINES, bps=st.none() | st.integers(0, 7_500))
def test_the_lines_shares_add_to_the_statement_to_the_cent(lines, bps):
    statement = settlements.settle(lines, "EUR", pay=Pay(bps))

    for amount in ("gross", "net", "commission", "due"):
        whole = statement.kept_gross if amount == "gross" else getattr(statement, amount)
        assert total((getattr(part, amount) for part in statement.shares), "EUR") == whole
    assert total((rate.due for rate in statement.rates), "EUR") == statement.due
    assert statement.net - statement.commission == statement.due


@given(lines=LINES, bps=st.integers(0, 7_500), cut=st.randoms(use_true_random=False))
def test_the_order_of_the_lines_changes_nothing(lines, bps, cut):
    shuffled = list(lines)
    cut.shuffle(shuffled)

    assert (
        settlements.settle(shuffled, "EUR", pay=Pay(bps)).payable
        == settlements.settle(lines, "EUR", pay=Pay(bps)).payable
    )


def test_the_example_at_sixty_percent_of_the_lot():
    lines = [Sold(1, 60, eur(6_000), 2_000), Sold(2, 40, eur(3_000), 2_000)]

    shown = settlements.example(
        lines, terms(commission_bps=3_000), sell_through_bps=6_000, cost=eur(150_000)
    )

    assert shown.units == 60
    assert shown.settlement.kept_gross == eur(36 * 6_000 + 24 * 3_000)
    assert shown.settlement.net == eur(240_000)
    assert shown.settlement.due == eur(168_000)
    assert shown.recovered_bps == 11_200


def test_an_example_of_an_unknown_cost_says_nothing_about_its_recovery():
    lines = [Sold(1, 10, eur(6_000), 2_000)]

    shown = settlements.example(
        lines, terms(commission_bps=3_000), sell_through_bps=10_000, cost=None
    )

    assert shown.recovered_bps is None


@given(lines=LINES, bps=st.sampled_from(settlements.EXAMPLES_BPS))
def test_an_example_never_sells_more_of_a_variant_than_there_is(lines, bps):
    shown = settlements.example(lines, terms(), sell_through_bps=bps, cost=None)

    sold = [part.kept for part in shown.settlement.shares]
    assert sum(sold) == shown.units
    assert all(part <= line.units for part, line in zip(sold, lines, strict=bool(sold)))


@pytest.mark.parametrize(
    ("units", "commission"),
    [
        (59, 59 * 3_000),
        (60, 60 * 3_000),
        (61, 60 * 3_000 + 2_500),
        (80, 60 * 3_000 + 20 * 2_500),
        (81, 60 * 3_000 + 20 * 2_500 + 2_000),
        (100, 60 * 3_000 + 20 * 2_500 + 20 * 2_000),
        (110, 60 * 3_000 + 20 * 2_500 + 30 * 2_000),
    ],
)
def test_each_tier_holds_for_the_units_sold_past_its_share(units, commission):
    pay = Pay(3_000, TIERS, committed=100)

    assert settle([sold_at_hundred(units)], "EUR", pay=pay).commission == eur(commission)


def test_units_settled_before_count_towards_the_tiers():
    first = settle([sold_at_hundred(50)], "EUR", pay=Pay(3_000, TIERS, 100))
    then = settle([sold_at_hundred(40)], "EUR", pay=Pay(3_000, TIERS, 100, already=50))
    whole = settle([sold_at_hundred(90)], "EUR", pay=Pay(3_000, TIERS, 100))

    assert first.commission + then.commission == whole.commission


def test_a_return_takes_its_unit_out_of_the_tiers():
    pay = Pay(3_000, TIERS, committed=100)

    back = settle([sold_at_hundred(61, returned=1)], "EUR", pay=pay)

    assert back.due == settle([sold_at_hundred(60)], "EUR", pay=pay).due


@given(
    sold=st.lists(st.tuples(st.integers(1, 90_000), st.integers(0, 40)), min_size=1, max_size=6),
    more=st.tuples(st.integers(0, 90_000), st.integers(1, 30)),
    rates=st.lists(st.integers(0, 7_500), min_size=3, max_size=3),
    committed=st.integers(1, 300),
    minimum=st.integers(0, 500_000),
)
def test_a_brand_never_receives_less_because_more_was_sold(sold, more, rates, committed, minimum):
    base, middle, last = sorted(rates, reverse=True)
    pay = Pay(base, ((6_000, middle), (8_000, last)), committed=committed)
    lines = [Sold(1, units, eur(price), 2_000) for price, units in sold]
    further = [*lines, Sold(1, more[1], eur(more[0]), 2_000)]
    agreed = terms(minimum_minor=minimum)

    before, after = (settle(each, "EUR", pay=pay) for each in (lines, further))

    assert after.due >= before.due
    assert received(after, agreed).total >= received(before, agreed).total >= eur(minimum)


@given(lines=LINES, committed=st.integers(0, 5_000), already=st.integers(0, 5_000))
def test_tiers_too_add_to_the_cent(lines, committed, already):
    pay = Pay(3_000, TIERS, committed, already)

    statement = settle(lines, "EUR", pay=pay)

    assert total((part.due for part in statement.shares), "EUR") == statement.due
    assert total((part.commission for part in statement.shares), "EUR") == statement.commission
    assert statement.net - statement.commission == statement.due


def test_the_guaranteed_minimum_adds_what_the_sales_lack_and_no_more():
    agreed = terms(minimum_minor=500_000)

    little = received(settle([sold_at_hundred(10)], "EUR", pay=Pay(2_500)), agreed)
    enough = received(settle([sold_at_hundred(80)], "EUR", pay=Pay(2_500)), agreed)
    nothing = received(settle([], "EUR", pay=Pay(2_500)), agreed)

    assert (little.due, little.guarantee, little.total) == (
        eur(75_000),
        eur(425_000),
        eur(500_000),
    )
    assert (enough.guarantee, enough.total) == (eur(0), eur(600_000))
    assert (nothing.total, nothing.payable) == (eur(500_000), eur(500_000))


@pytest.mark.parametrize(
    ("by", "due"), [(Bearer.BRAND, 75_000), (Bearer.HOUSE, 93_750), (Bearer.BOTH, 84_375)]
)
def test_who_funds_a_discount_decides_at_which_price_the_brand_is_credited(by, due):
    """Ten units meant for 150.00 and sold for 120.00, with VAT: 125.00 and 100.00 without."""
    line = sold_at_hundred(10, target=eur(15_000))

    statement = settle([line], "EUR", pay=pay_of(terms(discounts_by=by), committed=10))

    assert statement.net == eur(100_000)
    assert statement.due == eur(due)
    assert statement.commission == eur(100_000 - due)


def test_a_price_above_the_target_is_no_discount():
    pay = pay_of(terms(discounts_by=Bearer.HOUSE), committed=1)

    dearer = settle([sold_at_hundred(1, target=eur(11_000))], "EUR", pay=pay)

    assert dearer.due == eur(7_500)


def test_freight_returns_and_the_reserve_are_counted_as_agreed():
    agreed = terms(
        freight_by=Bearer.BOTH,
        freight_minor=30_000,
        returns_by=Bearer.BRAND,
        return_minor=450,
        reserve_bps=1_500,
    )
    statement = settle([sold_at_hundred(100, returned=12)], "EUR", pay=Pay(2_500))

    comes = received(statement, agreed)

    assert (comes.freight, comes.returns) == (eur(15_000), eur(5_400))
    assert comes.total == eur(660_000 - 15_000 - 5_400)
    assert comes.reserve == eur(95_940)
    assert comes.payable == comes.total + eur(132_000)


def test_the_example_is_settled_by_the_terms_it_shows():
    agreed = terms(
        commission_bps=3_000, tiers=(Tier(6_000, 2_500), Tier(8_000, 2_000)), minimum_minor=450_000
    )

    dues = [
        settlements.example([sold_at_hundred(100)], agreed, sell_through_bps=bps, cost=eur(800_000))
        for bps in settlements.EXAMPLES_BPS
    ]

    assert [each.received.total for each in dues] == [eur(450_000), eur(570_000), eur(730_000)]
    assert [each.received.guarantee for each in dues] == [eur(30_000), eur(0), eur(0)]
    assert [each.recovered_bps for each in dues] == [5_625, 7_125, 9_125]
