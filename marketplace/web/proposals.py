"""Proposals as both doors write them: terms, a line for each variant, and what that would pay.

A lot of more lines than a page can carry is proposed by rule: whole, with the brand's own floors,
else a share of the public price. A counter to such a proposal keeps its lines.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import StrEnum
from typing import TYPE_CHECKING, Any

from flask import request
from marshmallow import fields as base

from marketplace.domain import deals as rules
from marketplace.domain.deals import Line, Mode, Terms, UnsoldRule
from marketplace.domain.money import MINOR_DIGITS, Money, share
from marketplace.domain.refusals import Refusal
from marketplace.domain.territories import TERRITORIES
from marketplace.queries import deals as asked
from marketplace.web import errors, fields, identity, inputs
from marketplace.words import _, countries, dealing, formats

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import date

    from marketplace.queries.deals import Draft, DraftLine, Worked

LINES_BY_HAND_MAX = 1_200
NOTE_LENGTH_MAX = 2_000
TERMS_NOTE_LENGTH_MAX = 2_000
COMMISSION_BPS = 3_000
FLOOR_OF_RRP_BPS = 2_500
PAYMENT_DAYS = 30


class Do(StrEnum):
    """Which of the form's buttons was pressed."""

    SHOW = "show"
    FILL = "fill"
    SEND = "send"


class Pay(StrEnum):
    """How the brand is paid."""

    COMMISSION = "commission"
    UNIT_COST = "unit_cost"


class ProposalForm(inputs.Schema):
    """The terms; lines come as rows of their own."""

    do = fields.Choice(Do, load_default=Do.SHOW)
    answers = fields.Whole(required=True)
    mode = fields.Choice(Mode, load_default=Mode.CONSIGNMENT)
    pay = fields.Choice(Pay, required=True)
    commission = fields.Percent(load_default=None)
    payment_days = fields.Whole(required=True, min=1, max=365)
    territories = base.List(fields.Trimmed(max=2), load_default=list)
    unsold_rule = fields.Choice(UnsoldRule, required=True)
    exit_on = fields.Day(required=True)
    valid_days = fields.Whole(required=True, min=1, max=rules.VALID_DAYS_MAX)
    floor_of_rrp = fields.Percent(load_default=FLOOR_OF_RRP_BPS)
    further = fields.Trimmed(lines=True, max=TERMS_NOTE_LENGTH_MAX, load_default="")
    note = fields.Trimmed(lines=True, max=NOTE_LENGTH_MAX, load_default="")


class LineForm(inputs.Schema):
    """One variant: units, floor and, where that pays the brand, unit cost."""

    units = fields.Whole(load_default=0, max=1_000_000)
    floor = fields.MoneyField(load_default=None)
    cost = fields.MoneyField(load_default=None)


@dataclass(frozen=True, slots=True)
class Proposal:
    """A form that was understood."""

    do: Do
    answers: int
    terms: Terms
    lines: tuple[Line, ...]
    note: str
    valid_days: int


@dataclass(slots=True)
class Sheet:
    """What the form shows.

    What was given or is suggested, what is wrong with it, what it would pay.
    """

    draft: Draft
    given: dict[str, Any]
    by_hand: bool
    errors: dict[str, list[str]] = field(default_factory=dict)
    worked: Worked | None = None

    @property
    def wrong_lines(self) -> frozenset[int]:
        """Variants whose line has an error, so that the page unfolds them."""
        named = (name.split(".") for name in self.errors if name.startswith("line."))
        return frozenset(int(parts[1]) for parts in named)


def first(draft: Draft) -> Sheet:
    """The form before anything was typed: the newest version's terms, else the house's usual ones."""
    terms = draft.terms
    given: dict[str, Any] = {
        "answers": str(draft.answers),
        "mode": str(terms.mode if terms else Mode.CONSIGNMENT),
        "pay": str(Pay.UNIT_COST if terms and terms.commission_bps is None else Pay.COMMISSION),
        "commission": _percent(
            terms.commission_bps if terms and terms.commission_bps is not None else COMMISSION_BPS
        ),
        "payment_days": str(terms.payment_days if terms else PAYMENT_DAYS),
        "territories": list(terms.territories) if terms else ["FR"],
        "unsold_rule": str(terms.unsold_rule if terms else UnsoldRule.RETURN),
        "exit_on": _day(terms.exit_on if terms else draft.deadline),
        "valid_days": str(rules.VALID_DAYS),
        "floor_of_rrp": _percent(FLOOR_OF_RRP_BPS),
        "further": terms.note if terms else "",
        "note": "",
    }
    by_hand = len(draft.lines) <= LINES_BY_HAND_MAX
    if by_hand:
        for each in draft.lines:
            given |= _line_given(each, suggested(each, FLOOR_OF_RRP_BPS))
    return Sheet(draft, given, by_hand)


def read(draft: Draft) -> tuple[Sheet, Proposal | None]:
    """The form that was sent: the sheet to show again, and the proposal where it was understood."""
    tried = inputs.attempt(ProposalForm(), groups={"line": LineForm()})
    given: dict[str, Any] = {**tried.given, "territories": request.form.getlist("territories")}
    sheet = Sheet(draft, given, len(draft.lines) <= LINES_BY_HAND_MAX, dict(tried.errors))
    if tried.values is None:
        return sheet, None
    values = tried.values
    if values["do"] is Do.FILL:
        for each in draft.lines:
            given |= _line_given(each, suggested(each, values["floor_of_rrp"]))
        return sheet, None
    lines = _lines(sheet, values)
    if values["pay"] is Pay.COMMISSION and values["commission"] is None:
        sheet.errors["commission"] = [_("Say what share the house keeps.")]
    if sheet.errors:
        return sheet, None
    proposal = Proposal(
        values["do"],
        values["answers"],
        _terms(draft, values),
        lines,
        values["note"],
        values["valid_days"],
    )
    return sheet, proposal


def work_out(sheet: Sheet, proposal: Proposal) -> None:
    """Put on the sheet what the proposal would pay, or what is wrong with it."""
    try:
        rules.check_terms(proposal.terms, proposal.lines)
        sheet.worked = asked.work_out(
            identity.tools(),
            collection_id=sheet.draft.collection_id,
            terms=proposal.terms,
            lines=proposal.lines,
        )
    except Refusal as no:
        refuse(sheet, no)


def refuse(sheet: Sheet, no: Refusal) -> None:
    """Put the sentence of a refusal on the field it speaks of."""
    named = str(no.facts.get("field", "_schema"))
    variant = no.facts.get("variant")
    places = {"commission_bps": "commission", "currency": "_schema", "lines": "_schema"}
    place = f"line.{variant}.{named}" if variant else places.get(named, named)
    sheet.errors[place if place in sheet.given or variant else "_schema"] = [errors.sentence(no)]


def suggested(line: DraftLine, floor_of_rrp_bps: int) -> Line:
    """The newest version's line.

    Else the whole of what is offered at the brand's floor, or the rule's.
    """
    if line.line is not None:
        return line.line
    return Line(line.variant_id, line.offered or 0, _floor(line, floor_of_rrp_bps))


def _floor(line: DraftLine, floor_of_rrp_bps: int) -> int:
    if line.brand_floor is not None:
        return line.brand_floor.minor
    return share(line.rrp, floor_of_rrp_bps).minor if line.rrp is not None else 0


def _line_given(line: DraftLine, of: Line) -> dict[str, str]:
    name = f"line.{line.variant_id}"
    currency = line_currency(line)
    given = {
        f"{name}.units": str(of.units),
        f"{name}.floor": formats.amount_text(Money(of.floor_minor, currency)),
    }
    if of.unit_cost_minor is not None:
        given[f"{name}.cost"] = formats.amount_text(Money(of.unit_cost_minor, currency))
    return given


def line_currency(line: DraftLine) -> str:
    """The currency that the line's prices count in."""
    named = (line.rrp, line.brand_floor, line.target, line.cost)
    return next((each.currency for each in named if each is not None), next(iter(MINOR_DIGITS)))


def _lines(sheet: Sheet, values: Mapping[str, Any]) -> tuple[Line, ...]:
    """The lines as typed; of a lot too large for that, as the rule says.

    Lines without units are left out.
    """
    if not sheet.by_hand:
        lines = [suggested(each, values["floor_of_rrp"]) for each in sheet.draft.lines]
        return tuple(line for line in lines if line.units)
    lines = []
    for each in sheet.draft.lines:
        typed = values["line"].get(each.variant_id)
        if typed and typed["units"]:
            lines.append(_typed_line(each, typed, values))
    return tuple(lines)


def _typed_line(line: DraftLine, typed: Mapping[str, Any], values: Mapping[str, Any]) -> Line:
    by_cost = values["pay"] is Pay.UNIT_COST
    floor = typed["floor"]
    if floor is None:
        floor = _floor(line, values["floor_of_rrp"])
    return Line(line.variant_id, typed["units"], floor, typed["cost"] if by_cost else None)


def _terms(draft: Draft, values: Mapping[str, Any]) -> Terms:
    by_cost = values["pay"] is Pay.UNIT_COST
    return Terms(
        mode=values["mode"],
        currency=draft.currency,
        territories=tuple(dict.fromkeys(values["territories"])),
        commission_bps=None if by_cost else values["commission"],
        payment_days=values["payment_days"],
        unsold_rule=values["unsold_rule"],
        exit_on=values["exit_on"],
        note=values["further"],
    )


def _percent(bps: int) -> str:
    whole, rest = divmod(bps, 100)
    return f"{whole}.{rest:02d}" if rest else f"{whole}"


def _day(day: date | None) -> str:
    return day.isoformat() if day else ""


def choices() -> dict[str, list[tuple[str, str]]]:
    """What the form's lists offer.

    Contracts that are not carried out are offered too, and refused in words.
    """
    return {
        "modes": [(str(mode), str(label)) for mode, label in dealing.MODES.items()],
        "unsold": [(str(rule), str(label)) for rule, label in dealing.UNSOLD.items()],
        "territories": countries.options(TERRITORIES),
    }


def labels() -> dict[str, str]:
    """What each field of the form is called, so that a list of errors can name it."""
    return {
        "commission": _("The house keeps"),
        "payment_days": str(dealing.TERMS["payment_days"]),
        "territories": str(dealing.TERMS["territories"]),
        "unsold_rule": str(dealing.TERMS["unsold_rule"]),
        "exit_on": str(dealing.TERMS["exit_on"]),
        "valid_days": _("Stands for"),
        "mode": str(dealing.TERMS["mode"]),
    }
