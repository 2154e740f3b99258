"""What each party gets of a line's price, and how it is taken back when units come back.

The house sells in its own name for the brand's account (commissionnaire, Directive 2006/112/EC art. 14(2)(c)): the
member pays a price with VAT; commission is a share of it without VAT; the brand is owed the rest without VAT, and
VAT on that rest; what remains of the VAT is the house's to pay. The three always add to the price, to the cent.
"""

from __future__ import annotations

from dataclasses import dataclass

from marketplace.domain.money import Money, net_of_vat, share, vat_within

BASIS = 10_000


@dataclass(frozen=True, slots=True)
class Shares:
    """A price divided: to the brand (with its VAT), commission (without VAT), and VAT that the house owes.

    ``due`` is the brand's part without its VAT.
    """

    brand: Money
    commission: Money
    vat: Money
    due: Money

    def __sub__(self, other: Shares) -> Shares:
        """What was taken back between two states of a line."""
        return Shares(
            self.brand - other.brand,
            self.commission - other.commission,
            self.vat - other.vat,
            self.due - other.due,
        )

    def whole(self) -> Money:
        """The price that was divided."""
        return self.brand + self.commission + self.vat


@dataclass(frozen=True, slots=True)
class Priced:
    """A line's price and pay: price with VAT per unit, and either a commission rate or a unit cost without VAT."""

    price: Money
    vat_bps: int
    commission_bps: int | None
    unit_cost: Money | None


def shares(line: Priced, units: int) -> Shares:
    """Divide the price of ``units`` pieces; rounded once for the line, not for each piece."""
    gross = line.price * units
    net = net_of_vat(gross, line.vat_bps)
    if line.commission_bps is not None:
        commission = share(net, line.commission_bps)
    else:
        assert line.unit_cost is not None, "a line is paid by commission or by unit cost"
        commission = net - line.unit_cost * units
    due = net - commission
    brand = due + share(due, line.vat_bps)
    return Shares(brand, commission, gross - commission - brand, due)


def taken_back(line: Priced, *, kept_before: int, kept_after: int) -> Shares:
    """What each party gives back when a line shrinks from ``kept_before`` to ``kept_after`` units.

    Taken as the difference of two whole divisions, so that giving all units back one by one leaves nothing behind.
    """
    assert 0 <= kept_after <= kept_before, "a line only shrinks"
    return shares(line, kept_before) - shares(line, kept_after)


def shipping_shares(gross: Money, vat_bps: int) -> tuple[Money, Money]:
    """Shipping paid by the member: income without VAT, and the VAT in it."""
    return net_of_vat(gross, vat_bps), vat_within(gross, vat_bps)
