"""Statements: what all sales of a deal have earned a brand by an instant, and what of it is paid now.

Each statement tells the whole deal as of its instant and pays the difference to what was told before. So a unit is
settled once, whatever came back meanwhile, and a return after the last statement is on the next one: a statement that
was given never changes.

A sale is stated twice (domain.md 2.2): provisionally, when most parcels have arrived, and finally, when what members
may send back has come back. Goods that are ordered after the sale leave later, so both come later.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from enum import StrEnum
from typing import TYPE_CHECKING

from marketplace.domain.deals import Mode
from marketplace.domain.money import Money, total, zero
from marketplace.domain.settlements.settling import (
    freight_borne,
    pay_of,
    reserved,
    returns_borne,
    settle,
    topped_up,
)

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import date

    from marketplace.domain.deals import Terms
    from marketplace.domain.settlements.settling import Settlement, Sold


class StatementKind(StrEnum):
    """Why a statement is drawn up, in the order in which those of one instant follow each other."""

    PROVISIONAL = "provisional"
    """Of a sale, most of whose parcels have arrived."""
    FINAL = "final"
    """Of a sale, when nothing more comes back: its reserve is released."""
    LAST = "last"
    """Of a deal, when every unit has left and every sale is final: the guaranteed minimum is made up."""
    LATER = "later"
    """Of a deal whose last statement was given, because of what came after it."""


@dataclass(frozen=True, slots=True)
class Calendar:
    """How long after its close a sale is stated."""

    provisional: timedelta
    final: timedelta


CALENDAR = {
    Mode.CONSIGNMENT: Calendar(timedelta(days=15), timedelta(days=45)),
    Mode.CONDITIONAL: Calendar(timedelta(days=30), timedelta(days=75)),
}
"""Parcels leave within ten days, members have fourteen days from delivery and fourteen more for the way back; what is
ordered after the sale arrives three weeks later."""
LATER = timedelta(days=30)
"""What came after a deal's last statement is told so long after the statement before."""


@dataclass(frozen=True, slots=True)
class Counted:
    """Units of one item at one price that were paid, with what of them never left and what was refunded afterwards.

    ``sent_back`` of the ``returned`` came back because members withdrew: the way back of others is the house's own.
    """

    sold: Sold
    cancelled: int
    returned: int
    sent_back: int


@dataclass(frozen=True, slots=True)
class SaleSold:
    """What one sale sold by an instant; ``final``: nothing more comes back."""

    sale_id: int
    final: bool
    counted: tuple[Counted, ...]


@dataclass(frozen=True, slots=True)
class Section:
    """One sale's part of a position. Amounts with VAT: ``gross`` paid, ``cancelled`` and ``returned`` of it."""

    sale_id: int
    units: int
    cancelled_units: int
    returned_units: int
    gross: Money
    cancelled: Money
    returned: Money
    settlement: Settlement
    outlay: Money
    reserve: Money


@dataclass(frozen=True, slots=True)
class Position:
    """What a deal has earned its brand by an instant, all sums since it began.

    ``due`` without VAT; ``due_vat`` the VAT on it; ``guarantee`` what the minimum adds; ``freight``, ``returns`` and
    ``charges`` are taken off, each without VAT; ``reserve`` waits.
    """

    due: Money
    due_vat: Money
    guarantee: Money
    freight: Money
    returns: Money
    charges: Money
    reserve: Money

    @property
    def earned(self) -> Money:
        """What is the brand's, with the VAT that it invoices, whether it is paid yet or waits."""
        taken = self.freight + self.returns + self.charges
        return self.due + self.due_vat + self.guarantee - taken

    @property
    def payable(self) -> Money:
        """What is to be paid by now in all."""
        return self.earned - self.reserve


def sections(sales: Sequence[SaleSold], terms: Terms, *, committed: int) -> tuple[Section, ...]:
    """Settle the sales of a deal, in the order of their openings.

    What earlier sales kept counts towards the tiers.
    """
    found: list[Section] = []
    already = 0
    for sale in sales:
        pay = pay_of(terms, committed=committed, already=already)
        settled = settle([each.sold for each in sale.counted], terms.currency, pay=pay)
        found.append(_section(sale, settled, terms))
        already += settled.units - settled.returned
    return tuple(found)


def _section(sale: SaleSold, settled: Settlement, terms: Terms) -> Section:
    returned = sum(each.returned for each in sale.counted)
    outlay = returns_borne(terms, sum(each.sent_back for each in sale.counted))
    nothing = zero(terms.currency)
    return Section(
        sale_id=sale.sale_id,
        units=settled.units,
        cancelled_units=sum(each.cancelled for each in sale.counted),
        returned_units=returned,
        gross=settled.gross,
        cancelled=total(
            (each.sold.price * each.cancelled for each in sale.counted), terms.currency
        ),
        returned=total((each.sold.price * each.returned for each in sale.counted), terms.currency),
        settlement=settled,
        outlay=outlay,
        reserve=nothing if sale.final else reserved(terms, settled.due - outlay),
    )


def position(
    found: Sequence[Section],
    terms: Terms,
    *,
    charges: Sequence[Money],
    has_come: bool,
    is_last: bool,
) -> Position:
    """Add the sections up.

    ``charges`` are those that are final. Freight is paid once goods have come, the minimum is made up once the deal is
    at its end.
    """
    currency = terms.currency
    due = total((each.settlement.due for each in found), currency)
    return Position(
        due=due,
        due_vat=total((each.settlement.due_vat for each in found), currency),
        guarantee=topped_up(terms, due) if is_last else zero(currency),
        freight=freight_borne(terms) if has_come else zero(currency),
        returns=total((each.outlay for each in found), currency),
        charges=total(charges, currency),
        reserve=total((each.reserve for each in found), currency),
    )


@dataclass(frozen=True, slots=True)
class Balance:
    """A statement's bottom lines: ``opening`` + ``change`` = ``to_pay`` + ``closing``.

    ``opening`` and ``closing`` are zero or less: what the brand owes is carried to its next statement, never claimed.
    """

    opening: Money
    change: Money
    to_pay: Money
    closing: Money


def balanced(opening: Money, change: Money) -> Balance:
    """What is paid of ``change`` once what was carried here is made up, and what is carried on."""
    nothing = zero(change.currency)
    assert opening <= nothing, "what is the brand's was paid, so nothing of it is carried"
    whole = opening + change
    return Balance(opening, change, max(whole, nothing), min(whole, nothing))


def due_day(issued: date, terms: Terms) -> date:
    """The last day on which a statement is paid.

    Terms never name more than 45 days, the most that the law allows from invoices for a period (Code de commerce,
    L441-10; the statement is the brand's invoice, made out by the house).
    """
    return issued + timedelta(days=terms.payment_days)


def last_payment_day(terms: Terms) -> date:
    """By when a deal is wholly paid: its last unit leaves, its last sale becomes final, its last statement is paid."""
    return due_day(terms.exit_on + CALENDAR[terms.mode].final, terms)
