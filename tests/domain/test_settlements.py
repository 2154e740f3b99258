"""What the brand is owed, to the cent, and always the same however the lines are cut."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from marketplace.domain import settlements
from marketplace.domain.money import Money, total
from marketplace.domain.settlements import Sold


def eur(minor: int) -> Money:
    return Money(minor, "EUR")


def test_the_trades_worked_example_settles_to_the_cent():
    sold = Sold(1, units=100, returned=12, price=eur(4_000), vat_bps=2_000)

    statement = settlements.settle([sold], "EUR", commission_bps=2_500)

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

    statement = settlements.settle(lines, "EUR", commission_bps=None)

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

    statement = settlements.settle(lines, "EUR", commission_bps=1_000)

    assert [(each.vat_bps, each.net) for each in statement.rates] == [
        (1_900, eur(2_521)),
        (2_000, eur(2_500)),
    ]
    assert statement.net == eur(5_021)
    assert statement.commission == eur(502)
    assert statement.due == eur(4_519)


def test_when_everything_came_back_nothing_is_owed():
    sold = Sold(1, units=4, returned=4, price=eur(4_000), vat_bps=2_000)

    statement = settlements.settle([sold], "EUR", commission_bps=2_500)

    assert statement.payable == eur(0)
    assert statement.returns == statement.gross == eur(16_000)


def test_an_empty_statement_is_a_statement_of_nothing():
    statement = settlements.settle([], "EUR", commission_bps=2_500)

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
    statement = settlements.settle(lines, "EUR", commission_bps=bps)

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
        settlements.settle(shuffled, "EUR", commission_bps=bps).payable
        == settlements.settle(lines, "EUR", commission_bps=bps).payable
    )


def test_the_example_at_sixty_percent_of_the_lot():
    lines = [Sold(1, 60, eur(6_000), 2_000), Sold(2, 40, eur(3_000), 2_000)]

    shown = settlements.example(
        lines, "EUR", commission_bps=3_000, sell_through_bps=6_000, cost=eur(150_000)
    )

    assert shown.units == 60
    assert shown.settlement.kept_gross == eur(36 * 6_000 + 24 * 3_000)
    assert shown.settlement.net == eur(240_000)
    assert shown.settlement.due == eur(168_000)
    assert shown.recovered_bps == 11_200


def test_an_example_of_an_unknown_cost_says_nothing_about_its_recovery():
    lines = [Sold(1, 10, eur(6_000), 2_000)]

    shown = settlements.example(
        lines, "EUR", commission_bps=3_000, sell_through_bps=10_000, cost=None
    )

    assert shown.recovered_bps is None


@given(lines=LINES, bps=st.sampled_from(settlements.EXAMPLES_BPS))
def test_an_example_never_sells_more_of_a_variant_than_there_is(lines, bps):
    shown = settlements.example(lines, "EUR", commission_bps=2_500, sell_through_bps=bps, cost=None)

    sold = [part.kept for part in shown.settlement.shares]
    assert sum(sold) == shown.units
    assert all(part <= line.units for part, line in zip(sold, lines, strict=bool(sold)))
