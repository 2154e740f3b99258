"""Refunds: what a member gets for units that go back, and what each party gives back for it.

The page that shows the effects of a refund and the service that writes it in the books both ask here.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from marketplace.domain.ledger import Shares, shares, shipping_shares, taken_back
from marketplace.domain.money import total
from marketplace.domain.orders import RefundTooLarge
from marketplace.domain.refusals import NotFound

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from marketplace.domain.ledger import Priced
    from marketplace.domain.money import Money


@dataclass(frozen=True, slots=True)
class Line:
    """A line of an order as it stands: ``kept`` units have neither left the parcel nor come back."""

    line_id: int
    brand_id: int
    priced: Priced
    kept: int

    @property
    def price(self) -> Money:
        """The price of one unit, with VAT."""
        return self.priced.price


@dataclass(frozen=True, slots=True)
class Back:
    """Units of one line on their way back: what each party gives for them, and what stays with it."""

    line: Line
    units: int
    given: Shares
    left: Shares


@dataclass(frozen=True, slots=True)
class Reversal:
    """A whole refund. ``member`` is what the member gets; the other sums add to it to the cent."""

    lines: tuple[Back, ...]
    shipping: Money
    shipping_income: Money
    shipping_vat: Money

    @property
    def member(self) -> Money:
        """What goes back to the member: the price of each unit, and shipping where it is given back."""
        return self._sum(back.given.whole() for back in self.lines) + self.shipping

    @property
    def brand(self) -> Money:
        """What the brands are owed less."""
        return self._sum(back.given.brand for back in self.lines)

    @property
    def commission(self) -> Money:
        """What the house earns less, without shipping."""
        return self._sum(back.given.commission for back in self.lines)

    @property
    def vat(self) -> Money:
        """The VAT that is no longer due, that of shipping included."""
        return self._sum(back.given.vat for back in self.lines) + self.shipping_vat

    def _sum(self, amounts: Iterable[Money]) -> Money:
        return total(amounts, self.shipping.currency)


def reversal(
    lines: Mapping[int, Line], units: Mapping[int, int], *, shipping: Money, vat_bps: int
) -> Reversal:
    """What it means to give back ``units`` (line id to units; zero is none) and ``shipping``.

    NotFound for a line that is not the order's; RefundTooLarge for more units than are kept.
    """
    income, vat = shipping_shares(shipping, vat_bps)
    back = tuple(_back(lines, line_id, asked) for line_id, asked in sorted(units.items()) if asked)
    return Reversal(back, shipping, income, vat)


def _back(lines: Mapping[int, Line], line_id: int, asked: int) -> Back:
    line = lines.get(line_id)
    if line is None:
        raise NotFound
    if not 0 < asked <= line.kept:
        raise RefundTooLarge(most=line.kept)
    after = line.kept - asked
    return Back(
        line,
        asked,
        taken_back(line.priced, kept_before=line.kept, kept_after=after),
        shares(line.priced, after),
    )
