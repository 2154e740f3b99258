"""Proposals as both doors write them: terms, a line for each variant, and what that would pay.

A lot of more lines than a page can carry is proposed by rule: whole, with the brand's own floors,
else a share of the public price. A counter to such a proposal keeps its lines.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field, replace
from enum import StrEnum
from typing import TYPE_CHECKING, Any

from flask import request
from marshmallow import ValidationError

from marketplace.domain import deals as rules
from marketplace.domain.deals import Line, Side, Terms
from marketplace.domain.money import MINOR_DIGITS, Money, share
from marketplace.domain.prices import CHANGE_BPS_MAX, PriceRule
from marketplace.domain.refusals import Refusal
from marketplace.queries import deals as asked
from marketplace.web import clauses, errors, fields, identity, inputs
from marketplace.words import _, formats

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from marketplace.queries.deals import Draft, DraftLine, Worked

LINES_BY_HAND_MAX = 900
"""Each has five fields, and a form carries ``inputs.FIELDS_MAX`` of them."""
NOTE_LENGTH_MAX = 2_000
FLOOR_OF_RRP_BPS = 2_500
_CHANGE = re.compile(r"([+\-\u2212]?)\s*([0-9]{1,3})(?:[.,]([0-9]{1,2}))?\s*%?")


class Do(StrEnum):
    """Which of the form's buttons was pressed."""

    SHOW = "show"
    FILL = "fill"
    REPRICE = "reprice"
    SEND = "send"


class Pay(StrEnum):
    """How the brand is paid."""

    COMMISSION = "commission"
    UNIT_COST = "unit_cost"


class Ending(StrEnum):
    """To which ending a price rule rounds."""

    NONE = ""
    NINETY = "90"
    WHOLE = "00"


class Change(fields.Typed):
    """A change in percent with its sign (``-10``, ``+5 %``) in basis points."""

    def read(self, text: str) -> int:
        """Basis points, below zero for lower."""
        found = _CHANGE.fullmatch(text.strip())
        rate = int(found[2]) * 100 + int((found[3] or "").ljust(2, "0")) if found else -1
        if found is None or not 0 <= rate <= CHANGE_BPS_MAX:
            raise ValidationError(_("This is not a change in percent. It looks like -10."))
        return -rate if found[1] in {"-", "\u2212"} else rate


class ProposalForm(clauses.ClausesForm):
    """The terms; lines come as rows of their own."""

    do = fields.Choice(Do, load_default=Do.SHOW)
    answers = fields.Whole(required=True)
    pay = fields.Choice(Pay, required=True)
    valid_days = fields.Whole(required=True, min=1, max=rules.VALID_DAYS_MAX)
    floor_of_rrp = fields.Percent(load_default=FLOOR_OF_RRP_BPS)
    cost_of_wholesale = fields.Percent(load_default=None)
    price_change = Change(load_default=0)
    price_ending = fields.Choice(Ending, load_default=Ending.NONE)
    note = fields.Trimmed(lines=True, max=NOTE_LENGTH_MAX, load_default="")


class HouseForm(ProposalForm, clauses.AnsweringForm):
    """The house's proposal answers the brief; a brand's counter leaves those answers as they are."""


class LineForm(inputs.Schema):
    """One variant: units, prices and, where that pays the brand, unit cost."""

    units = fields.Whole(load_default=0, max=1_000_000)
    floor = fields.MoneyField(load_default=None)
    target = fields.MoneyField(load_default=None)
    cost = fields.MoneyField(load_default=None)
    hard_stop = fields.Whole(load_default=None, max=1_000_000)


@dataclass(frozen=True, slots=True)
class Proposal:
    """A form that was understood."""

    do: Do
    answers: int
    terms: Terms
    lines: tuple[Line, ...]
    note: str
    valid_days: int


@dataclass(frozen=True, slots=True)
class Filling:
    """What a line is given where nobody wrote it.

    A floor in a share of the public price; where ``cost_of_wholesale_bps`` says so, a unit cost in a
    share of the wholesale price.
    """

    floor_of_rrp_bps: int = FLOOR_OF_RRP_BPS
    cost_of_wholesale_bps: int | None = None


@dataclass(slots=True)
class Sheet:
    """What the form shows.

    What was given or is suggested, what is wrong with it, what it would pay. ``before`` is what it
    would have paid before prices were changed by rule.
    """

    draft: Draft
    given: dict[str, Any]
    by_hand: bool
    errors: dict[str, list[str]] = field(default_factory=dict)
    worked: Worked | None = None
    before: Worked | None = None

    @property
    def wrong_lines(self) -> frozenset[int]:
        """Variants whose line has an error, so that the page unfolds them."""
        named = (name.split(".") for name in self.errors if name.startswith("line."))
        return frozenset(int(parts[1]) for parts in named)


def first(draft: Draft) -> Sheet:
    """The form before anything was typed: the newest version's terms, else the house's usual ones."""
    terms = draft.terms or clauses.usual(draft)
    given: dict[str, Any] = {
        **clauses.given(terms, exit_known=draft.terms is not None or draft.deadline is not None),
        "answers": str(draft.answers),
        "pay": str(Pay.UNIT_COST if terms.commission_bps is None else Pay.COMMISSION),
        "valid_days": str(rules.VALID_DAYS),
        "floor_of_rrp": clauses.percent(FLOOR_OF_RRP_BPS),
        "note": "",
    }
    by_hand = len(draft.lines) <= LINES_BY_HAND_MAX
    if by_hand:
        _fill(given, draft, Filling())
    return Sheet(draft, given, by_hand)


def read(draft: Draft, *, by: Side) -> tuple[Sheet, Proposal | None]:
    """The form that was sent: the sheet to show again, and the proposal where it was understood."""
    groups = {name: form() for name, form in {**clauses.GROUPS, "line": LineForm}.items()}
    tried = inputs.attempt(HouseForm() if by is Side.HOUSE else ProposalForm(), groups=groups)
    given: dict[str, Any] = {
        **tried.given,
        **{name: request.form.getlist(name) for name in ("territories", "data_shared")},
    }
    sheet = Sheet(draft, given, len(draft.lines) <= LINES_BY_HAND_MAX, dict(tried.errors))
    if tried.values is None:
        return sheet, None
    values = tried.values
    if values["do"] is Do.FILL:
        _fill(given, draft, _filling(values))
        return sheet, None
    sheet.errors |= clauses.lacking(values)
    by_cost = values["pay"] is Pay.UNIT_COST
    if not by_cost and values["commission"] is None:
        sheet.errors["commission"] = [_("Say what share the house keeps.")]
    if sheet.errors:
        return sheet, None
    terms = clauses.understood(draft, values, by_cost=by_cost)
    lines = _lines(sheet, values)
    if values["do"] is Do.REPRICE or (values["price_change"] and not sheet.by_hand):
        sheet.before = _worked(draft, terms, lines)
        lines = _repriced(sheet, lines, values)
    return sheet, Proposal(
        values["do"], values["answers"], terms, lines, values["note"], values["valid_days"]
    )


def work_out(sheet: Sheet, proposal: Proposal) -> None:
    """Put on the sheet what the proposal would pay, or what is wrong with it."""
    try:
        rules.check_terms(proposal.terms, proposal.lines)
        sheet.worked = _worked(sheet.draft, proposal.terms, proposal.lines)
    except Refusal as no:
        refuse(sheet, no)


def _worked(draft: Draft, terms: Terms, lines: Sequence[Line]) -> Worked | None:
    if not lines or not terms.territories:
        return None
    by_cost = terms.commission_bps is None
    if by_cost and any(line.unit_cost_minor is None for line in lines):
        return None
    return asked.work_out(
        identity.tools(), collection_id=draft.collection_id, terms=terms, lines=lines
    )


def refuse(sheet: Sheet, no: Refusal) -> None:
    """Put the sentence of a refusal on the field it speaks of."""
    named = str(no.facts.get("field", "_schema"))
    variant = no.facts.get("variant")
    places = {"commission_bps": "commission", "currency": "_schema", "lines": "_schema"}
    place = f"line.{variant}.{named}" if variant else places.get(named, named)
    known = place in sheet.given or place in clauses.labels() or variant
    sheet.errors[place if known else "_schema"] = [errors.sentence(no)]


def suggested(line: DraftLine, by: Filling) -> Line:
    """The newest version's line.

    Else the whole of what is offered at the brand's floor, or the rule's.
    """
    cost = _cost(line, by)
    if line.line is not None:
        return line.line if cost is None else _with_cost(line.line, cost)
    floor = _floor(line, by.floor_of_rrp_bps)
    target = max(line.target.minor, floor) if line.target is not None else None
    return Line(line.variant_id, line.offered or 0, floor, cost, target_minor=target)


def _filling(values: Mapping[str, Any]) -> Filling:
    by_cost = values["pay"] is Pay.UNIT_COST
    return Filling(values["floor_of_rrp"], values["cost_of_wholesale"] if by_cost else None)


def _cost(line: DraftLine, by: Filling) -> int | None:
    if by.cost_of_wholesale_bps is None or line.wholesale is None:
        return None
    return share(line.wholesale, by.cost_of_wholesale_bps).minor


def _with_cost(line: Line, cost: int) -> Line:
    return line if line.unit_cost_minor is not None else replace(line, unit_cost_minor=cost)


def _floor(line: DraftLine, floor_of_rrp_bps: int) -> int:
    if line.brand_floor is not None:
        return line.brand_floor.minor
    return share(line.rrp, floor_of_rrp_bps).minor if line.rrp is not None else 0


def _fill(given: dict[str, Any], draft: Draft, by: Filling) -> None:
    for each in draft.lines:
        given |= _line_given(each, suggested(each, by))


def _line_given(line: DraftLine, of: Line) -> dict[str, str]:
    name = f"line.{line.variant_id}"
    currency = line_currency(line)
    given = {f"{name}.units": str(of.units)}
    if of.hard_stop is not None:
        given[f"{name}.hard_stop"] = str(of.hard_stop)
    prices = {"floor": of.floor_minor, "target": of.target_minor, "cost": of.unit_cost_minor}
    for part, minor in prices.items():
        if minor is not None:
            given[f"{name}.{part}"] = formats.amount_text(Money(minor, currency))
    return given


def line_currency(line: DraftLine) -> str:
    """The currency that the line's prices count in."""
    named = (line.rrp, line.brand_floor, line.target, line.cost, line.wholesale)
    return next((each.currency for each in named if each is not None), next(iter(MINOR_DIGITS)))


def _lines(sheet: Sheet, values: Mapping[str, Any]) -> tuple[Line, ...]:
    """The lines as typed; of a lot too large for that, as the rule says.

    Lines without units are left out.
    """
    if not sheet.by_hand:
        by = _filling(values)
        lines = [suggested(each, by) for each in sheet.draft.lines]
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
    return Line(
        line.variant_id,
        typed["units"],
        floor,
        typed["cost"] if by_cost else None,
        typed["target"],
        typed["hard_stop"],
    )


def _repriced(sheet: Sheet, lines: Sequence[Line], values: Mapping[str, Any]) -> tuple[Line, ...]:
    """The lines with their target prices changed by the rule; the form shows them, nothing is kept."""
    ending = values["price_ending"]
    rule = PriceRule(values["price_change"], int(ending) if ending else None)
    currency = sheet.draft.currency
    of_draft = {each.variant_id: each for each in sheet.draft.lines}
    changed = []
    for line in lines:
        if line.target_minor is not None:
            floor = Money(line.floor_minor, currency)
            target = rule.of(Money(line.target_minor, currency), floor=floor).minor
            line = replace(line, target_minor=target)  # noqa: PLW2901 - the line with its new price
            if sheet.by_hand:
                sheet.given |= _line_given(of_draft[line.variant_id], line)
        changed.append(line)
    if sheet.by_hand:
        sheet.given["price_change"] = ""
    return tuple(changed)


def endings() -> list[tuple[str, str]]:
    """To which endings a price rule rounds, for a list to choose from."""
    named = {
        Ending.NONE: _("to the cent"),
        Ending.NINETY: _("to .90"),
        Ending.WHOLE: _("to whole amounts"),
    }
    return [(str(key), label) for key, label in named.items()]


def choices(sheet: Sheet) -> dict[str, Any]:
    """What the form's lists offer."""
    return {**clauses.choices(sheet.given), "endings": endings()}


def labels() -> dict[str, str]:
    """What each field of the form is called, so that a list of errors can name it."""
    return {
        **clauses.labels(),
        "floor_of_rrp": _("Floor where the brand names none"),
        "cost_of_wholesale": _("Unit cost where none is written"),
        "price_change": _("Change target prices by"),
    }
