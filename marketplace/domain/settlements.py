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


@dataclass(frozen=True, slots=True)
class Sold:
    """Units of one variant sold at one price: ``price`` includes VAT at ``vat_bps``.

    ``returned`` of the ``units`` came back. ``unit_cost`` (without VAT) pays the brand where there
    is no commission.
    """

    variant_id: int
    units: int
    price: Money
    vat_bps: int
    returned: int = 0
    unit_cost: Money | None = None

    @property
    def kept(self) -> int:
        """Units that stayed sold."""
        return self.units - self.returned


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


def settle(lines: Sequence[Sold], currency: str, *, commission_bps: int | None) -> Settlement:
    """Settle ``lines``.

    With ``commission_bps`` of the net, or by the lines' unit costs where it is None.
    """
    assert all(0 <= line.returned <= line.units for line in lines), (
        "no more comes back than was sold"
    )
    rates = sorted({line.vat_bps for line in lines})
    nets = [net_of_vat(_kept_gross(lines, rate, currency), rate) for rate in rates]
    net = total(nets, currency)
    if commission_bps is None:
        dues = [_owed_by_cost(lines, rate, currency) for rate in rates]
    else:
        commissions = _split(share(net, commission_bps), [each.minor for each in nets])
        dues = [each - taken for each, taken in zip(nets, commissions, strict=True)]
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
        shares=_shares(lines, sums, by_cost=commission_bps is None),
    )


def _kept_gross(lines: Sequence[Sold], rate: int, currency: str) -> Money:
    return total((each.price * each.kept for each in lines if each.vat_bps == rate), currency)


def _owed_by_cost(lines: Sequence[Sold], rate: int, currency: str) -> Money:
    return total((_cost_of(line) for line in lines if line.vat_bps == rate), currency)


def _cost_of(line: Sold) -> Money:
    assert line.unit_cost is not None, "without a commission each line names its unit cost"
    return line.unit_cost * line.kept


def _shares(lines: Sequence[Sold], sums: Sequence[RateSum], *, by_cost: bool) -> tuple[Share, ...]:
    """Each line's part, in the order of ``lines``."""
    shares: dict[int, Share] = {}
    for each in sums:
        places = [place for place, line in enumerate(lines) if line.vat_bps == each.vat_bps]
        weights = [lines[place].price.minor * lines[place].kept for place in places]
        nets = _split(each.net, weights)
        dues = (
            [_cost_of(lines[place]) for place in places] if by_cost else _split(each.due, weights)
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
class Example:
    """What the brand would receive at one sell-through, before returns.

    ``recovered_bps`` is the part of the whole lot's cost that ``due`` covers; None where the cost
    is unknown.
    """

    sell_through_bps: int
    units: int
    settlement: Settlement
    recovered_bps: int | None


EXAMPLES_BPS = (6_000, 8_000, 10_000)
"""The sell-throughs at which every proposal shows its example."""


def example(
    lines: Sequence[Sold],
    currency: str,
    *,
    commission_bps: int | None,
    sell_through_bps: int,
    cost: Money | None,
) -> Example:
    """``lines`` as they would settle if ``sell_through_bps`` of their units were sold and all kept.

    The units are spread over the lines in proportion, whole units, by largest remainder.
    """
    whole = sum(line.units for line in lines)
    wanted = divided(whole * sell_through_bps, BASIS)
    spread = split(Money(wanted, currency), [line.units for line in lines]) if whole else ()
    sold = [
        replace(line, units=part.minor, returned=0)
        for line, part in zip(lines, spread, strict=bool(whole))
    ]
    settlement = settle(sold, currency, commission_bps=commission_bps)
    recovered = bps_of(settlement.due.minor, cost.minor) if cost else None
    return Example(sell_through_bps, wanted, settlement, recovered)
