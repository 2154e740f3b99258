"""A price divides between brand, house and tax to the cent, and comes back the same way."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from marketplace.domain.ledger import Priced, shares, taken_back
from marketplace.domain.money import Money

LINES = st.builds(
    Priced,
    price=st.builds(Money, st.integers(1, 500_000), st.just("EUR")),
    vat_bps=st.integers(0, 2_700),
    commission_bps=st.integers(0, 7_500),
    unit_cost=st.none(),
)


@given(LINES, st.integers(1, 50))
def test_the_three_shares_add_to_the_price(line, units):
    assert shares(line, units).whole() == line.price * units


@given(LINES, st.integers(1, 12), st.randoms(use_true_random=False))
def test_giving_back_piece_by_piece_leaves_nothing_with_anybody(line, units, random):
    kept, back = units, shares(line, 0)
    while kept:
        step = random.randint(1, kept)
        taken = taken_back(line, kept_before=kept, kept_after=kept - step)
        back = back - taken
        kept -= step

    first = shares(line, units)
    assert (back.brand + first.brand).minor == 0
    assert (back.commission + first.commission).minor == 0
    assert (back.vat + first.vat).minor == 0


def test_eighty_eight_pieces_at_forty_pay_the_brand_two_thousand_six_hundred_and_forty():
    line = Priced(Money(4_000, "EUR"), 2_000, 2_500, None)

    divided = shares(line, 88)

    assert (divided.brand.minor, divided.commission.minor, divided.vat.minor) == (
        264_000,
        73_333,
        14_667,
    )


def test_a_unit_cost_pays_the_brand_its_cost_and_the_vat_on_it():
    line = Priced(Money(6_000, "EUR"), 2_000, None, Money(3_000, "EUR"))

    divided = shares(line, 2)

    assert (divided.brand.minor, divided.commission.minor, divided.vat.minor) == (7_200, 4_000, 800)
