"""Deals in words: contracts, terms, and what becomes of goods that were not sold."""

from __future__ import annotations

from typing import TYPE_CHECKING

from marketplace.domain.deals import DealState, Mode, Side, UnsoldRule
from marketplace.domain.promises import PromiseKind
from marketplace.words import _, countries, formats, lazy
from marketplace.words.formats import HOUSE_ZONE

if TYPE_CHECKING:
    from marketplace.domain.deals import Terms
    from marketplace.words import Lazy

MODES: dict[Mode, Lazy] = {
    Mode.CONSIGNMENT: lazy("Consignment: you own the goods until they are sold"),
    Mode.CONDITIONAL: lazy("Conditional: ordered from the brand after the sale"),
    Mode.FIRM: lazy("Firm: the house buys the goods"),
    Mode.CONNECTED: lazy("Connected: the brand ships each order"),
}

STATES: dict[DealState, Lazy] = {
    DealState.OPEN: lazy("In talks"),
    DealState.AGREED: lazy("Agreed"),
    DealState.ENDED: lazy("Ended"),
}

SIDES: dict[Side, Lazy] = {
    Side.HOUSE: lazy("The house"),
    Side.BRAND: lazy("The brand"),
}

UNSOLD: dict[UnsoldRule, Lazy] = {
    UnsoldRule.RETURN: lazy("They go back to the brand"),
    UnsoldRule.NEXT_SALE: lazy("They are kept for a next sale, then go back"),
    UnsoldRule.DONATE: lazy("They are given to a charity that both sides know"),
}

TERMS: dict[str, Lazy] = {
    "mode": lazy("Contract"),
    "currency": lazy("Currency"),
    "territories": lazy("Territories"),
    "commission_bps": lazy("The house keeps"),
    "payment_days": lazy("Paid within"),
    "unsold_rule": lazy("Units not sold"),
    "exit_on": lazy("Every unit has left by"),
    "note": lazy("Further terms"),
}

PROMISES: dict[PromiseKind, Lazy] = {
    PromiseKind.EXIT_OF_STOCK: lazy("Every unit has left the house by"),
    PromiseKind.PAYOUT: lazy("The last payment is made by"),
}

ROUNDING = lazy(
    "Sums with VAT are added first; VAT is taken out of each sum once and the commission once from the whole. "
    "Lines show their share, so that they add to the total to the cent."
)
"""The rule of ``domain.settlements``, printed wherever its figures are."""


def spelled(terms: Terms) -> list[tuple[str, str, str]]:
    """Each term as its name in code, its label and its value, in the order of the page."""
    values = {
        "mode": str(MODES[terms.mode]),
        "territories": ", ".join(countries.name(code) for code in terms.territories),
        "commission_bps": _pay(terms),
        "payment_days": _("%(days)s days of each statement", days=terms.payment_days),
        "unsold_rule": str(UNSOLD[terms.unsold_rule]),
        "exit_on": formats.day(terms.exit_on, HOUSE_ZONE),
    }
    if terms.note:
        values["note"] = terms.note
    return [(name, str(TERMS[name]), value) for name, value in values.items()]


def _pay(terms: Terms) -> str:
    if terms.commission_bps is None:
        return _("What exceeds the unit cost that each line names")
    return _("%(share)s of net sales without VAT", share=formats.bps(terms.commission_bps))
