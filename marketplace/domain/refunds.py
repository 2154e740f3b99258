"""Refunds: what a member gets for units that go back, and what each party gives back for it.

The page that shows the effects of a refund and the service that writes it in the books both ask here.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING

from marketplace.domain.ledger import Shares, shares, shipping_shares, taken_back
from marketplace.domain.money import Money, total, vat_within, zero
from marketplace.domain.orders import RefundTooLarge
from marketplace.domain.refusals import NotFound

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from marketplace.domain.ledger import Priced


class Bearer(StrEnum):
    """Whose loss a unit is that was refunded after packing: who had it in hand when it was lost or spoilt.

    Only what the brand bears is taken from its sum. What the house or a carrier lost was sold, as far as the brand is
    concerned: the house pays for it, and claims it of its carrier.
    """

    BRAND = "brand"
    HOUSE = "house"
    CARRIER = "carrier"


@dataclass(frozen=True, slots=True)
class Line:
    """A line of an order as it stands: ``kept`` units have neither left the parcel nor come back.

    ``borne`` units of those that are no longer kept are the house's loss: the brand is owed them as sold.
    """

    line_id: int
    brand_id: int
    priced: Priced
    kept: int
    borne: int = 0

    @property
    def owed(self) -> int:
        """Units that the brand is owed for."""
        return self.kept + self.borne

    @property
    def price(self) -> Money:
        """The price of one unit, with VAT."""
        return self.priced.price


@dataclass(frozen=True, slots=True)
class Back:
    """Units of one line on their way back: what each party gives for them, and what stays with it.

    ``loss``: what the house pays out of its own pocket, without VAT; none where the brand gives back its share.
    """

    line: Line
    units: int
    given: Shares
    left: Shares
    loss: Money

    @property
    def member(self) -> Money:
        """What the member gets for them."""
        return self.given.whole() + self.loss


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
        return self._sum(back.member for back in self.lines) + self.shipping

    @property
    def brand(self) -> Money:
        """What the brands are owed less."""
        return self._sum(back.given.brand for back in self.lines)

    @property
    def commission(self) -> Money:
        """What the house earns less, without shipping."""
        return self._sum(back.given.commission for back in self.lines)

    @property
    def loss(self) -> Money:
        """What the house pays for units that it or a carrier lost, without VAT."""
        return self._sum(back.loss for back in self.lines)

    @property
    def vat(self) -> Money:
        """The VAT that is no longer due, that of shipping included."""
        return self._sum(back.given.vat for back in self.lines) + self.shipping_vat

    def _sum(self, amounts: Iterable[Money]) -> Money:
        return total(amounts, self.shipping.currency)


def reversal(
    lines: Mapping[int, Line],
    units: Mapping[int, int],
    *,
    bearer: Bearer,
    shipping: Money,
    vat_bps: int,
) -> Reversal:
    """What it means to give back ``units`` (line id to units; zero is none) and ``shipping``, at whose loss.

    NotFound for a line that is not the order's; RefundTooLarge for more units than are kept.
    """
    income, vat = shipping_shares(shipping, vat_bps)
    back = tuple(
        _back(lines, line_id, asked, bearer) for line_id, asked in sorted(units.items()) if asked
    )
    return Reversal(back, shipping, income, vat)


def _back(lines: Mapping[int, Line], line_id: int, asked: int, bearer: Bearer) -> Back:
    line = lines.get(line_id)
    if line is None:
        raise NotFound
    if not 0 < asked <= line.kept:
        raise RefundTooLarge(most=line.kept)
    if bearer is not Bearer.BRAND:
        return _borne(line, asked)
    after = line.owed - asked
    return Back(
        line,
        asked,
        given=taken_back(line.priced, kept_before=line.owed, kept_after=after),
        left=shares(line.priced, after),
        loss=zero(line.price.currency),
    )


def _borne(line: Line, asked: int) -> Back:
    """The sale to the member is undone with its VAT, and nothing of what it brought the brand or the house.

    VAT as the difference of two whole sums, so that units refunded one by one come to the same as all at once.
    """
    nothing = zero(line.price.currency)
    whole, before = (
        vat_within(line.price * units, line.priced.vat_bps)
        for units in (line.borne + asked, line.borne)
    )
    vat = whole - before
    return Back(
        line,
        asked,
        given=Shares(brand=nothing, commission=nothing, vat=vat, due=nothing),
        left=shares(line.priced, line.owed),
        loss=line.price * asked - vat,
    )
