"""Deals in words: contracts, terms, and what becomes of goods that were not sold."""

from __future__ import annotations

from typing import TYPE_CHECKING

from marketplace.domain.deals import (
    Bearer,
    ChargeReason,
    DataShared,
    DealState,
    Mode,
    Scope,
    Side,
    UnsoldRule,
)
from marketplace.domain.money import Money
from marketplace.domain.promises import PromiseKind
from marketplace.domain.purchases import DELIVER_DAYS, is_ordered_later
from marketplace.words import _, countries, formats, lazy
from marketplace.words.formats import HOUSE_ZONE

if TYPE_CHECKING:
    from datetime import date

    from marketplace.domain.deals import Terms
    from marketplace.words import Lazy

MODES: dict[Mode, Lazy] = {
    Mode.CONSIGNMENT: lazy("Consignment: you own the goods until they are sold"),
    Mode.CONDITIONAL: lazy(
        "Conditional: you keep the goods, and what is sold is ordered after the sale"
    ),
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

BEARERS: dict[Bearer, Lazy] = {
    Bearer.HOUSE: lazy("The house"),
    Bearer.BRAND: lazy("The brand"),
    Bearer.BOTH: lazy("Both, half each"),
}

SCOPES: dict[Scope, Lazy] = {
    Scope.TERRITORIES: lazy("These goods, in the territories of the deal"),
    Scope.EVERYWHERE: lazy("These goods, everywhere"),
}

SHARED: dict[DataShared, Lazy] = {
    DataShared.HOURLY: lazy("A report of every hour, by mail"),
    DataShared.LIVE: lazy("The figures of the sale while it is open"),
}

CHARGES: dict[ChargeReason, Lazy] = {
    ChargeReason.SHORT: lazy("Missing from the delivery"),
    ChargeReason.NOT_AS_NAMED: lazy("Other goods than named"),
    ChargeReason.DAMAGED: lazy("Damaged on arrival"),
    ChargeReason.UNLABELLED: lazy("Without a readable label"),
}

TERMS: dict[str, Lazy] = {
    "mode": lazy("Contract"),
    "currency": lazy("Currency"),
    "territories": lazy("Territories"),
    "commission_bps": lazy("The house keeps"),
    "tiers": lazy("Commission as more sells"),
    "minimum_minor": lazy("Guaranteed minimum"),
    "discounts_by": lazy("Discounts are borne by"),
    "returns_by": lazy("Members' returns are borne by"),
    "return_minor": lazy("Cost of a return"),
    "freight_by": lazy("Freight to the house is borne by"),
    "freight_minor": lazy("Cost of the freight"),
    "reserve_bps": lazy("Kept for returns"),
    "payment_days": lazy("Paid within"),
    "chargebacks": lazy("Tariff of charges"),
    "deliver_by": lazy("Goods arrive by"),
    "deliver_to": lazy("Goods go to"),
    "exclusivity": lazy("Exclusivity"),
    "blackouts": lazy("No sale on"),
    "photographs_from": lazy("Photographs may be shown from"),
    "photographs_until": lazy("Photographs may be shown until"),
    "data_shared": lazy("Shown to the brand"),
    "unsold_rule": lazy("Units not sold"),
    "exit_on": lazy("Every unit has left by"),
    "note": lazy("Further terms"),
    "problem_answer": lazy("Answer: what should be solved"),
    "deadline_answer": lazy("Answer: every unit out in time"),
    "never_answer": lazy("Answer: what never happens"),
}
CLAUSES = (*(name for name in TERMS if name != "currency"), "lines")
"""What either side may comment on."""

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
        "tiers": _tiers(terms),
        "minimum_minor": _minimum(terms),
        "discounts_by": _discounts(terms),
        "returns_by": _outlay(terms.returns_by, _sum(terms.return_minor, terms), each=True),
        "freight_by": _outlay(terms.freight_by, _sum(terms.freight_minor, terms), each=False),
        "reserve_bps": _reserve(terms),
        "payment_days": _("%(days)s days of each statement", days=terms.payment_days),
        "chargebacks": _charges(terms),
        "deliver_by": _delivery(terms),
        "deliver_to": terms.deliver_to,
        "exclusivity": _exclusivity(terms),
        "blackouts": _blackouts(terms),
        "photographs_from": _day(terms.photographs_from),
        "photographs_until": _day(terms.photographs_until) or _("no end"),
        "data_shared": "; ".join(str(SHARED[each]) for each in terms.data_shared)
        or _("The closing figures alone"),
        "unsold_rule": str(UNSOLD[terms.unsold_rule]),
        "exit_on": formats.day(terms.exit_on, HOUSE_ZONE),
        "note": terms.note,
        "problem_answer": terms.problem_answer,
        "deadline_answer": terms.deadline_answer,
        "never_answer": terms.never_answer,
    }
    return [(name, str(TERMS[name]), value) for name, value in values.items() if value]


def _delivery(terms: Terms) -> str:
    if is_ordered_later(terms.mode):
        return _("within %(days)s days of the order that follows the sale", days=DELIVER_DAYS)
    return _day(terms.deliver_by) or _("as soon as both sides can")


def _pay(terms: Terms) -> str:
    if terms.commission_bps is None:
        return _("What exceeds the unit cost that each line names")
    return _("%(share)s of net sales without VAT", share=formats.bps(terms.commission_bps))


def _tiers(terms: Terms) -> str:
    return "; ".join(
        _(
            "%(rate)s on what sells past %(share)s of the units",
            rate=formats.bps(tier.commission_bps),
            share=formats.bps(tier.from_bps),
        )
        for tier in terms.tiers
    )


def _minimum(terms: Terms) -> str:
    if not terms.minimum_minor:
        return _("None")
    return _("%(sum)s without VAT, whatever sells", sum=_sum(terms.minimum_minor, terms))


def _discounts(terms: Terms) -> str:
    if terms.discounts_by is Bearer.HOUSE:
        return _("The house: the brand is credited the target price")
    if terms.discounts_by is Bearer.BOTH:
        return _("Both: the brand is credited halfway between price and target price")
    return _("The brand: it is credited the price that was asked")


def _outlay(by: Bearer, cost: str, *, each: bool) -> str:
    if by is Bearer.HOUSE:
        return str(BEARERS[by])
    told = _("%(sum)s a unit") if each else _("%(sum)s in all")
    return f"{BEARERS[by]}, {told % {'sum': cost}}"


def _reserve(terms: Terms) -> str:
    if not terms.reserve_bps:
        return _("Nothing")
    share = formats.bps(terms.reserve_bps)
    return _("%(share)s, paid with the final statement", share=share)


def _charges(terms: Terms) -> str:
    if not terms.chargebacks:
        return _("None: the house charges nothing")
    return "; ".join(
        _(
            "%(reason)s, %(sum)s a unit",
            reason=CHARGES[charge.reason],
            sum=_sum(charge.minor, terms),
        )
        for charge in terms.chargebacks
    )


def _exclusivity(terms: Terms) -> str:
    if terms.exclusivity is None:
        return _("None: the brand sells elsewhere as it likes")
    return _(
        "%(scope)s, until %(day)s",
        scope=SCOPES[terms.exclusivity.scope],
        day=_day(terms.exclusivity.until),
    )


def _blackouts(terms: Terms) -> str:
    spans = (
        _day(days.first)
        if days.first == days.last
        else _("%(first)s to %(last)s", first=_day(days.first), last=_day(days.last))
        for days in terms.blackouts
    )
    return "; ".join(spans) or _("Every day is open")


def _day(day: date | None) -> str:
    return formats.day(day, HOUSE_ZONE) if day else ""


def _sum(minor: int, terms: Terms) -> str:
    return formats.money(Money(minor, terms.currency))
