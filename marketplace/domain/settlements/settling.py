"""Settlements: what the units sold pay the brand, the same in the worked example and the statement.

The house rounds **per statement**: sums with VAT are added for each VAT rate, VAT is taken out of
each sum once, and the commission is taken once from the whole net. Lines show their share of these
sums by largest remainder, so that the lines always add to the statement to the cent. Rounding each
unit instead drifts by as much as half a cent a unit (88 units at 40.00 with 20 % VAT differ by
0.29).
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from marketplace.domain.deals import BRAND_BEARS_BPS
from marketplace.domain.money import (
    BASIS,
    Money,
    bps_of,
    divided,
    net_of_vat,
    share,
    split,
    total,
    zero,
)

if TYPE_CHECKING:
    from collections.abc import Sequence

    from marketplace.domain.deals import Bearer, Terms


@dataclass(frozen=True, slots=True)
class Sold:
    """Units of one variant sold at one price: ``price`` includes VAT at ``vat_bps``.

    ``returned`` of the ``units`` came back. ``unit_cost`` (without VAT) pays the brand where there
    is no commission. ``target`` (with VAT) is what was meant to be asked: a lower price is a discount.
    """

    variant_id: int
    units: int
    price: Money
    vat_bps: int
    returned: int = 0
    unit_cost: Money | None = None
    target: Money | None = None

    @property
    def kept(self) -> int:
        """Units that stayed sold."""
        return self.units - self.returned


@dataclass(frozen=True, slots=True)
class Pay:
    """How the deal pays the brand.

    ``commission_bps`` of the net, or None: by the lines' unit costs. Each of ``tiers`` (from which
    share of the ``committed`` units, at what commission, both in basis points) holds for the units
    sold past its share; ``already`` of the committed units were settled before these. The house
    bears ``discount_bps`` of every discount.
    """

    commission_bps: int | None
    tiers: tuple[tuple[int, int], ...] = ()
    committed: int = 0
    already: int = 0
    discount_bps: int = 0


def pay_of(terms: Terms, *, committed: int, already: int = 0) -> Pay:
    """How these terms pay a lot of ``committed`` units of which ``already`` were settled."""
    return Pay(
        terms.commission_bps,
        tuple((tier.from_bps, tier.commission_bps) for tier in terms.tiers),
        committed,
        already,
        BASIS - BRAND_BEARS_BPS[terms.discounts_by],
    )


@dataclass(frozen=True, slots=True)
class Share:
    """One line's part of a statement; over all lines each amount adds to the statement's."""

    variant_id: int
    kept: int
    gross: Money
    net: Money
    commission: Money
    due: Money


@dataclass(frozen=True, slots=True)
class RateSum:
    """What was sold at one VAT rate, after returns.

    With VAT, without it, and the brand's part of it.
    """

    vat_bps: int
    gross: Money
    net: Money
    due: Money
    due_vat: Money


@dataclass(frozen=True, slots=True)
class Settlement:
    """A statement's figures.

    ``due`` is without VAT, ``payable`` with the VAT the brand invoices on it.

    ``gross`` and ``returns`` include VAT; ``net`` is what stayed sold, without VAT; ``commission``
    is what the house keeps of it (below zero where unit costs exceed the net).
    """

    units: int
    returned: int
    gross: Money
    returns: Money
    net: Money
    commission: Money
    due: Money
    due_vat: Money
    rates: tuple[RateSum, ...]
    shares: tuple[Share, ...]

    @property
    def kept_gross(self) -> Money:
        """Sales with VAT after returns."""
        return self.gross - self.returns

    @property
    def payable(self) -> Money:
        """What is paid out: ``due`` with its VAT."""
        return self.due + self.due_vat


def settle(lines: Sequence[Sold], currency: str, *, pay: Pay) -> Settlement:
    """Settle ``lines`` as ``pay`` says.

    Where the house bears a part of the discounts, the brand is credited as if that part had been
    asked of the member, and the house's commission is so much less.
    """
    assert all(0 <= line.returned <= line.units for line in lines), (
        "no more comes back than was sold"
    )
    rates = sorted({line.vat_bps for line in lines})
    nets = [net_of_vat(_kept_gross(lines, rate, currency), rate) for rate in rates]
    net = total(nets, currency)
    if pay.commission_bps is None:
        dues = [_owed_by_cost(lines, rate, currency) for rate in rates]
    else:
        credited = [net_of_vat(_credited(lines, rate, pay, currency), rate) for rate in rates]
        taken = _commission(total(credited, currency), sum(line.kept for line in lines), pay)
        parts = _split(taken, [each.minor for each in credited])
        dues = [each - part for each, part in zip(credited, parts, strict=True)]
    sums = tuple(
        RateSum(rate, _kept_gross(lines, rate, currency), net_, due, share(due, rate))
        for rate, net_, due in zip(rates, nets, dues, strict=True)
    )
    gross = total((line.price * line.units for line in lines), currency)
    due = total(dues, currency)
    return Settlement(
        units=sum(line.units for line in lines),
        returned=sum(line.returned for line in lines),
        gross=gross,
        returns=gross - total((each.gross for each in sums), currency),
        net=net,
        commission=net - due,
        due=due,
        due_vat=total((each.due_vat for each in sums), currency),
        rates=sums,
        shares=_shares(lines, sums, pay),
    )


def _commission(credited: Money, kept: int, pay: Pay) -> Money:
    """The commission on ``credited`` for ``kept`` units, each tier's units at its rate; rounded once.

    A unit that sells past a share counts like every other: the tiers share the net by units.
    """
    assert pay.commission_bps is not None, "a commission has a rate"
    if not kept or not pay.tiers or not pay.committed:
        return share(credited, pay.commission_bps)
    begins = [0, *(pay.committed * from_bps for from_bps, _ in pay.tiers)]
    rates = [pay.commission_bps, *(rate for _, rate in pay.tiers)]
    low, high = pay.already * BASIS, (pay.already + kept) * BASIS
    ends = [*begins[1:], max(high, begins[-1])]
    weighed = sum(
        max(0, min(high, end) - max(low, begin)) * rate
        for begin, end, rate in zip(begins, ends, rates, strict=True)
    )
    return Money(divided(credited.minor * weighed, kept * BASIS * BASIS), credited.currency)


def _kept_gross(lines: Sequence[Sold], rate: int, currency: str) -> Money:
    return total((each.price * each.kept for each in lines if each.vat_bps == rate), currency)


def _credit(line: Sold, pay: Pay) -> Money:
    """What the brand is credited for one unit, with VAT."""
    if line.target is None or line.target <= line.price:
        return line.price
    return line.price + share(line.target - line.price, pay.discount_bps)


def _credited(lines: Sequence[Sold], rate: int, pay: Pay, currency: str) -> Money:
    return total(
        (_credit(each, pay) * each.kept for each in lines if each.vat_bps == rate), currency
    )


def _owed_by_cost(lines: Sequence[Sold], rate: int, currency: str) -> Money:
    return total((_cost_of(line) for line in lines if line.vat_bps == rate), currency)


def _cost_of(line: Sold) -> Money:
    assert line.unit_cost is not None, "without a commission each line names its unit cost"
    return line.unit_cost * line.kept


def _shares(lines: Sequence[Sold], sums: Sequence[RateSum], pay: Pay) -> tuple[Share, ...]:
    """Each line's part, in the order of ``lines``."""
    shares: dict[int, Share] = {}
    for each in sums:
        places = [place for place, line in enumerate(lines) if line.vat_bps == each.vat_bps]
        weights = [lines[place].price.minor * lines[place].kept for place in places]
        nets = _split(each.net, weights)
        credits_ = [_credit(lines[place], pay).minor * lines[place].kept for place in places]
        by_cost = pay.commission_bps is None
        dues = (
            [_cost_of(lines[place]) for place in places] if by_cost else _split(each.due, credits_)
        )
        for place, net, due in zip(places, nets, dues, strict=True):
            line = lines[place]
            gross = line.price * line.kept
            shares[place] = Share(line.variant_id, line.kept, gross, net, net - due, due)
    return tuple(shares[place] for place in range(len(lines)))


def _split(amount: Money, weights: Sequence[int]) -> tuple[Money, ...]:
    """As :func:`split`, for weights that may all be zero because nothing stayed sold."""
    if not any(weights):
        assert not amount, "nothing sold owes nothing"
        return tuple(zero(amount.currency) for _ in weights)
    return split(amount, weights)


@dataclass(frozen=True, slots=True)
class Received:
    """What a deal pays in all, without VAT, and what is paid when.

    ``due`` comes of the sales; ``guarantee`` is what the guaranteed minimum adds; ``freight`` and
    ``returns`` are the brand's part of what the house laid out. ``reserve`` of the ``total`` waits
    for the final statement. ``payable`` is the total with the VAT that the brand invoices on its
    goods; the house invoices its outlays with their own.
    """

    due: Money
    guarantee: Money
    freight: Money
    returns: Money
    total: Money
    reserve: Money
    payable: Money


def received(settled: Settlement, terms: Terms) -> Received:
    """What the brand receives when the whole lot is settled so."""
    guarantee = topped_up(terms, settled.due)
    freight = freight_borne(terms)
    returns = returns_borne(terms, settled.returned)
    whole = settled.due + guarantee - freight - returns
    return Received(
        due=settled.due,
        guarantee=guarantee,
        freight=freight,
        returns=returns,
        total=whole,
        reserve=reserved(terms, whole),
        payable=whole + settled.due_vat,
    )


def topped_up(terms: Terms, due: Money) -> Money:
    """What the guaranteed minimum adds to what all sales of the deal are owed."""
    return Money(max(0, terms.minimum_minor - due.minor), terms.currency)


def freight_borne(terms: Terms) -> Money:
    """The brand's part of the goods' way in, once for the deal."""
    return _borne(Money(terms.freight_minor, terms.currency), terms.freight_by)


def returns_borne(terms: Terms, units: int) -> Money:
    """The brand's part of what ``units`` that members sent back cost the house."""
    return _borne(Money(terms.return_minor, terms.currency) * units, terms.returns_by)


def reserved(terms: Terms, amount: Money) -> Money:
    """What of ``amount`` waits for the final statement; of less than nothing, nothing."""
    return share(max(amount, zero(terms.currency)), terms.reserve_bps)


def _borne(cost: Money, by: Bearer) -> Money:
    return share(cost, BRAND_BEARS_BPS[by])


@dataclass(frozen=True, slots=True)
class Example:
    """What the brand would receive at one sell-through, before returns.

    ``recovered_bps`` is the part of the whole lot's cost that comes back; None where the cost is
    unknown.
    """

    sell_through_bps: int
    units: int
    settlement: Settlement
    received: Received
    recovered_bps: int | None


EXAMPLES_BPS = (6_000, 8_000, 10_000)
"""The sell-throughs at which every proposal shows its example."""


def example(
    lines: Sequence[Sold], terms: Terms, *, sell_through_bps: int, cost: Money | None
) -> Example:
    """``lines`` as they would settle if ``sell_through_bps`` of their units were sold and all kept.

    The units are spread over the lines in proportion, whole units, by largest remainder.
    """
    whole = sum(line.units for line in lines)
    wanted = divided(whole * sell_through_bps, BASIS)
    weights = [line.units for line in lines]
    spread = split(Money(wanted, terms.currency), weights) if whole else ()
    sold = [
        replace(line, units=part.minor, returned=0)
        for line, part in zip(lines, spread, strict=bool(whole))
    ]
    settlement = settle(sold, terms.currency, pay=pay_of(terms, committed=whole))
    comes = received(settlement, terms)
    recovered = bps_of(comes.total.minor, cost.minor) if cost else None
    return Example(sell_through_bps, wanted, settlement, comes, recovered)
