"""The clauses of a proposal as a form: what is typed, what is shown again, and the terms that come of it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from marshmallow import fields as base

from marketplace.domain import deals as rules
from marketplace.domain.deals import (
    Bearer,
    Charge,
    ChargeReason,
    DataShared,
    Days,
    Exclusivity,
    Mode,
    Scope,
    Terms,
    Tier,
    UnsoldRule,
)
from marketplace.domain.money import Money
from marketplace.domain.territories import TERRITORIES
from marketplace.web import fields, inputs
from marketplace.words import _, countries, dealing, formats

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import date

    from marketplace.queries.deals import Draft

COMMISSION_BPS = 3_000
PAYMENT_DAYS = 30
NOTE_LENGTH_MAX = 2_000
ANSWER_LENGTH_MAX = 1_000
ADDRESS_LENGTH_MAX = 500
BLACKOUTS_SHOWN = 3
"""Rows for blackout days that a page has at least; one more than are filled."""


class ClausesForm(inputs.Schema):
    """The terms; tiers, blackout days and lines come as rows of their own."""

    mode = fields.Choice(Mode, load_default=Mode.CONSIGNMENT)
    commission = fields.Percent(load_default=None)
    minimum = fields.MoneyField(load_default=0)
    discounts_by = fields.Choice(Bearer, load_default=Bearer.BRAND)
    returns_by = fields.Choice(Bearer, load_default=Bearer.HOUSE)
    return_fee = fields.MoneyField(load_default=0)
    freight_by = fields.Choice(Bearer, load_default=Bearer.HOUSE)
    freight = fields.MoneyField(load_default=0)
    reserve = fields.Percent(load_default=0)
    payment_days = fields.Whole(required=True, min=1, max=365)
    charge_short = fields.MoneyField(load_default=None)
    charge_not_as_named = fields.MoneyField(load_default=None)
    charge_damaged = fields.MoneyField(load_default=None)
    charge_unlabelled = fields.MoneyField(load_default=None)
    territories = base.List(fields.Trimmed(max=2), load_default=list)
    exclusive_scope = fields.Choice(Scope, load_default=None)
    exclusive_until = fields.Day(load_default=None)
    deliver_by = fields.Day(load_default=None)
    deliver_to = fields.Trimmed(lines=True, max=ADDRESS_LENGTH_MAX, load_default="")
    unsold_rule = fields.Choice(UnsoldRule, required=True)
    exit_on = fields.Day(required=True)
    photographs_from = fields.Day(load_default=None)
    photographs_until = fields.Day(load_default=None)
    data_shared = base.List(fields.Choice(DataShared), load_default=list)
    further = fields.Trimmed(lines=True, max=NOTE_LENGTH_MAX, load_default="")


class AnsweringForm(inputs.Schema):
    """The house's answers to the brand's brief, point by point."""

    problem_answer = fields.Trimmed(lines=True, max=ANSWER_LENGTH_MAX, load_default="")
    deadline_answer = fields.Trimmed(lines=True, max=ANSWER_LENGTH_MAX, load_default="")
    never_answer = fields.Trimmed(lines=True, max=ANSWER_LENGTH_MAX, load_default="")


class TierForm(inputs.Schema):
    """One tier: from which share of the units, at what commission."""

    from_share = fields.Percent(load_default=None)
    rate = fields.Percent(load_default=None)


class BlackoutForm(inputs.Schema):
    """Days of no sale, first and last included; one day alone needs no end."""

    first = fields.Day(load_default=None)
    last = fields.Day(load_default=None)


GROUPS = {"tier": TierForm, "blackout": BlackoutForm}
ANSWERS = ("problem_answer", "deadline_answer", "never_answer")


def usual(draft: Draft) -> Terms:
    """What the house proposes unless there is a reason: nothing exclusive, and everything out by the deadline."""
    return Terms(
        mode=Mode.CONSIGNMENT,
        currency=draft.currency,
        territories=("FR",),
        commission_bps=COMMISSION_BPS,
        payment_days=PAYMENT_DAYS,
        unsold_rule=UnsoldRule.RETURN,
        exit_on=draft.deadline or draft.today,
    )


def given(terms: Terms, *, exit_known: bool) -> dict[str, Any]:
    """The form as these terms fill it in."""
    shown: dict[str, Any] = {
        "mode": str(terms.mode),
        "commission": percent(
            COMMISSION_BPS if terms.commission_bps is None else terms.commission_bps
        ),
        "minimum": _amount(terms.minimum_minor, terms),
        "discounts_by": str(terms.discounts_by),
        "returns_by": str(terms.returns_by),
        "return_fee": _amount(terms.return_minor, terms),
        "freight_by": str(terms.freight_by),
        "freight": _amount(terms.freight_minor, terms),
        "reserve": percent(terms.reserve_bps) if terms.reserve_bps else "",
        "payment_days": str(terms.payment_days),
        "territories": list(terms.territories),
        "exclusive_scope": str(terms.exclusivity.scope) if terms.exclusivity else "",
        "exclusive_until": _day(terms.exclusivity.until if terms.exclusivity else None),
        "deliver_by": _day(terms.deliver_by),
        "deliver_to": terms.deliver_to,
        "unsold_rule": str(terms.unsold_rule),
        "exit_on": _day(terms.exit_on) if exit_known else "",
        "photographs_from": _day(terms.photographs_from),
        "photographs_until": _day(terms.photographs_until),
        "data_shared": [str(each) for each in terms.data_shared],
        "further": terms.note,
        **{name: getattr(terms, name) for name in ANSWERS},
    }
    for charge in terms.chargebacks:
        shown[f"charge_{charge.reason}"] = _amount(charge.minor, terms)
    for place, tier in enumerate(terms.tiers, start=1):
        shown[f"tier.{place}.from_share"] = percent(tier.from_bps)
        shown[f"tier.{place}.rate"] = percent(tier.commission_bps)
    for place, days in enumerate(terms.blackouts, start=1):
        shown[f"blackout.{place}.first"] = _day(days.first)
        shown[f"blackout.{place}.last"] = _day(days.last)
    return shown


def understood(draft: Draft, values: Mapping[str, Any], *, by_cost: bool) -> Terms:
    """The terms that were typed; answers that this side's form does not have stay the house's."""
    before = draft.terms
    answers = {name: values.get(name, getattr(before, name, "")) for name in ANSWERS}
    return Terms(
        mode=values["mode"],
        currency=draft.currency,
        territories=tuple(dict.fromkeys(values["territories"])),
        commission_bps=None if by_cost else values["commission"],
        payment_days=values["payment_days"],
        unsold_rule=values["unsold_rule"],
        exit_on=values["exit_on"],
        note=values["further"],
        tiers=_tiers(values),
        minimum_minor=values["minimum"],
        discounts_by=values["discounts_by"],
        returns_by=values["returns_by"],
        return_minor=values["return_fee"],
        freight_by=values["freight_by"],
        freight_minor=values["freight"],
        reserve_bps=values["reserve"],
        chargebacks=tuple(
            Charge(reason, values[f"charge_{reason}"])
            for reason in ChargeReason
            if values[f"charge_{reason}"]
        ),
        deliver_by=values["deliver_by"],
        deliver_to=values["deliver_to"],
        exclusivity=_exclusivity(values),
        blackouts=tuple(
            Days(row["first"], row["last"] or row["first"])
            for row in _rows(values, "blackout")
            if row["first"]
        ),
        photographs_from=values["photographs_from"],
        photographs_until=values["photographs_until"],
        data_shared=tuple(each for each in DataShared if each in values["data_shared"]),
        **answers,
    )


def lacking(values: Mapping[str, Any]) -> dict[str, list[str]]:
    """What was typed by half, in sentences by field."""
    wrong: dict[str, list[str]] = {}
    if (values["exclusive_scope"] is None) != (values["exclusive_until"] is None):
        wrong["exclusive_until"] = [
            _("An exclusivity needs both its scope and its last day. Name both, or neither.")
        ]
    if any((row["from_share"] is None) != (row["rate"] is None) for row in _rows(values, "tier")):
        wrong["tiers"] = [
            _("A tier needs both its share and its commission. Name both, or neither.")
        ]
    if any(row["last"] and not row["first"] for row in _rows(values, "blackout")):
        wrong["blackouts"] = [_("Blackout days need their first day. Name it.")]
    return wrong


def _rows(values: Mapping[str, Any], group: str) -> list[dict[str, Any]]:
    return [row for _place, row in sorted(values[group].items())]


def _tiers(values: Mapping[str, Any]) -> tuple[Tier, ...]:
    rows = [row for row in _rows(values, "tier") if row["from_share"] is not None]
    return tuple(Tier(row["from_share"], row["rate"]) for row in rows)


def _exclusivity(values: Mapping[str, Any]) -> Exclusivity | None:
    if values["exclusive_scope"] is None or values["exclusive_until"] is None:
        return None
    return Exclusivity(values["exclusive_scope"], values["exclusive_until"])


def percent(bps: int) -> str:
    """A rate as it is typed."""
    whole, rest = divmod(bps, 100)
    return f"{whole}.{rest:02d}" if rest else f"{whole}"


def _amount(minor: int, terms: Terms) -> str:
    return formats.amount_text(Money(minor, terms.currency)) if minor else ""


def _day(day: date | None) -> str:
    return day.isoformat() if day else ""


def choices(shown: Mapping[str, Any]) -> dict[str, Any]:
    """What the form's lists offer.

    Contracts that are not carried out are offered too, and refused in words.
    """
    filled = sum(1 for name in shown if name.startswith("blackout.") and name.endswith(".first"))
    return {
        "modes": _options(dealing.MODES),
        "unsold": _options(dealing.UNSOLD),
        "bearers": _options(dealing.BEARERS),
        "scopes": _options(dealing.SCOPES),
        "shared": _options(dealing.SHARED),
        "charges": _options(dealing.CHARGES),
        "territories": countries.options(TERRITORIES),
        "tiers": range(1, rules.TIERS_MAX + 1),
        "blackouts": range(1, min(rules.BLACKOUTS_MAX, max(BLACKOUTS_SHOWN, filled + 1)) + 1),
    }


def _options(labels: Mapping[Any, Any]) -> list[tuple[str, str]]:
    return [(str(key), str(label)) for key, label in labels.items()]


def labels() -> dict[str, str]:
    """What each clause of the form is called, so that a list of errors can name it."""
    named = {
        "commission": "commission_bps",
        "reserve": "reserve_bps",
        "minimum": "minimum_minor",
        "exclusive_until": "exclusivity",
        "return_fee": "returns_by",
        "freight": "freight_by",
        "further": "note",
    }
    same = (
        "payment_days",
        "territories",
        "unsold_rule",
        "exit_on",
        "mode",
        "tiers",
        "chargebacks",
        "blackouts",
        "deliver_by",
        "deliver_to",
        "photographs_from",
        "photographs_until",
        *ANSWERS,
    )
    return {
        **{name: str(dealing.TERMS[name]) for name in same},
        **{name: str(dealing.TERMS[term]) for name, term in named.items()},
        "valid_days": _("Stands for"),
    }
