"""What terms and lines may be: each refusal names the field, the reason and what it is measured by."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

from marketplace.domain.deals.talking import Side
from marketplace.domain.deals.terms import Mode
from marketplace.domain.money import MINOR_DIGITS
from marketplace.domain.refusals import Refusal
from marketplace.domain.territories import territory

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence
    from datetime import date

    from marketplace.domain.deals.terms import Brief, Line, Offer, Terms

COMMISSION_BPS_MAX = 7_500
RESERVE_BPS_MAX = 3_000
PAYMENT_DAYS_MAX = 45
"""Periodic invoices are paid within 45 days at the latest (French Commercial Code, art. L.441-10).
"""
TIERS_MAX = 4
BLACKOUTS_MAX = 12
EXCLUSIVE_DAYS_MAX = 183
"""Longer than one season, an exclusivity would have to be justified; the house does not ask for it."""
CHARGE_MINOR_MAX = 50_000
"""For one unit: a tariff covers the work that a fault makes, and is not a fine."""
WHOLE_BPS = 10_000
OFFERED_MODES = (Mode.CONSIGNMENT, Mode.CONDITIONAL)


class ModeNotOffered(Refusal):
    """The house does not carry out this contract yet; consignment and conditional deals are."""

    code = "mode_not_offered"


class TermsRefused(Refusal):
    """A term lies outside what the house or the law allows.

    ``field`` and ``reason`` say which and why.
    """

    code = "terms_refused"


def check_terms(terms: Terms, lines: Sequence[Line]) -> None:
    """Refuses terms that cannot be carried out, naming the field and the reason."""
    _check_mode(terms)
    if not lines:
        raise TermsRefused(field="lines", reason="no_lines")
    if not terms.territories:
        raise TermsRefused(field="territories", reason="no_territory")
    if terms.currency not in MINOR_DIGITS:
        raise TermsRefused(field="currency", reason="currency_unknown")
    for code in terms.territories:
        if territory(code).currency != terms.currency:
            raise TermsRefused(field="territories", reason="currency_of_territory", territory=code)
    _check_pay(terms, lines)
    _check_tiers(terms)
    _check_charges(terms)
    if all(line.units == 0 for line in lines):
        raise TermsRefused(field="units", reason="no_units")


def _check_mode(terms: Terms) -> None:
    if terms.mode not in OFFERED_MODES:
        raise ModeNotOffered(mode=str(terms.mode))
    if terms.mode is Mode.CONDITIONAL and terms.deliver_by is not None:
        raise TermsRefused(field="deliver_by", reason="delivered_after_order")


def _check_pay(terms: Terms, lines: Sequence[Line]) -> None:
    if not 0 < terms.payment_days <= PAYMENT_DAYS_MAX:
        raise TermsRefused(field="payment_days", reason="payment_days_range", most=PAYMENT_DAYS_MAX)
    if not 0 <= terms.reserve_bps <= RESERVE_BPS_MAX:
        raise TermsRefused(field="reserve", reason="reserve_range", most_bps=RESERVE_BPS_MAX)
    if terms.commission_bps is None:
        if any(line.unit_cost_minor is None for line in lines):
            raise TermsRefused(field="unit_cost", reason="unit_cost_missing")
    elif not 0 <= terms.commission_bps <= COMMISSION_BPS_MAX:
        raise TermsRefused(
            field="commission_bps", reason="commission_range", most=COMMISSION_BPS_MAX
        )


def _check_tiers(terms: Terms) -> None:
    """Each tier begins later and takes no more: the brand never receives less because more was sold."""
    if not terms.tiers:
        return
    if terms.commission_bps is None:
        raise TermsRefused(field="tiers", reason="tiers_without_commission")
    if len(terms.tiers) > TIERS_MAX:
        raise TermsRefused(field="tiers", reason="tiers_too_many", most=TIERS_MAX)
    begun, rate = 0, terms.commission_bps
    for tier in terms.tiers:
        if not begun < tier.from_bps < WHOLE_BPS:
            raise TermsRefused(field="tiers", reason="tiers_order")
        if not 0 <= tier.commission_bps <= rate:
            raise TermsRefused(field="tiers", reason="tiers_rise")
        begun, rate = tier.from_bps, tier.commission_bps


def _check_charges(terms: Terms) -> None:
    reasons = [charge.reason for charge in terms.chargebacks]
    if len(set(reasons)) != len(reasons):
        raise TermsRefused(field="chargebacks", reason="charge_twice")
    if not all(0 < charge.minor <= CHARGE_MINOR_MAX for charge in terms.chargebacks):
        raise TermsRefused(field="chargebacks", reason="charge_range", most_minor=CHARGE_MINOR_MAX)


def check_lines(lines: Iterable[Line], offers: Mapping[int, Offer], *, by: Side) -> None:
    """Refuses lines that the collection cannot fill, and a floor below the brand's own.

    The brand may lower its own floor in a counter-proposal; nobody else may.
    """
    seen: set[int] = set()
    for line in lines:
        offer = offers.get(line.variant_id)
        if offer is None or line.variant_id in seen:
            raise TermsRefused(field="lines", reason="unknown_variant", variant=line.variant_id)
        seen.add(line.variant_id)
        _check_units(line, offered=offer.units or 0)
        if by is Side.HOUSE and line.floor_minor < (offer.floor_minor or 0):
            raise TermsRefused(
                field="floor",
                reason="below_brands_floor",
                variant=line.variant_id,
                floor_minor=offer.floor_minor,
            )
        if line.target_minor is not None and line.target_minor < line.floor_minor:
            raise TermsRefused(field="target", reason="target_below_floor", variant=line.variant_id)


def _check_units(line: Line, *, offered: int) -> None:
    if line.units < 0 or line.units > offered:
        raise TermsRefused(
            field="units", reason="more_than_offered", variant=line.variant_id, offered=offered
        )
    if line.hard_stop is not None and not line.units <= line.hard_stop <= offered:
        raise TermsRefused(
            field="hard_stop",
            reason="hard_stop_range",
            variant=line.variant_id,
            least=line.units,
            offered=offered,
        )


def check_days(terms: Terms, *, today: date) -> None:
    """Refuses days that have passed or cannot follow each other: every unit needs a day by which it leaves."""
    if terms.exit_on <= today:
        raise TermsRefused(field="exit_on", reason="exit_has_passed", today=today)
    if terms.deliver_by is not None and not today <= terms.deliver_by < terms.exit_on:
        raise TermsRefused(field="deliver_by", reason="deliver_by_range", exit_on=terms.exit_on)
    if terms.photographs_until is not None and terms.photographs_until < today:
        raise TermsRefused(field="photographs_until", reason="day_has_passed", today=today)
    _check_photographs(terms)
    if len(terms.blackouts) > BLACKOUTS_MAX:
        raise TermsRefused(field="blackouts", reason="blackouts_too_many", most=BLACKOUTS_MAX)
    if any(days.last < days.first for days in terms.blackouts):
        raise TermsRefused(field="blackouts", reason="blackout_order")
    _check_exclusivity(terms, today=today)


def _check_photographs(terms: Terms) -> None:
    first, last = terms.photographs_from, terms.photographs_until or terms.exit_on
    if first is not None and first > last:
        raise TermsRefused(field="photographs_from", reason="photographs_order", last=last)


def _check_exclusivity(terms: Terms, *, today: date) -> None:
    if terms.exclusivity is None:
        return
    latest = today + timedelta(days=EXCLUSIVE_DAYS_MAX)
    if not today < terms.exclusivity.until <= latest:
        raise TermsRefused(field="exclusive_until", reason="exclusivity_range", latest=latest)


def check_answers(terms: Terms, brief: Brief, *, by: Side) -> None:
    """Refuses a proposal of the house that leaves a point of the brand's brief without an answer.

    An exit by the brand's deadline answers it; a later one needs its reason.
    """
    if by is not Side.HOUSE:
        return
    if brief.problem and not terms.problem_answer:
        raise TermsRefused(field="problem_answer", reason="point_unanswered")
    if brief.never and not terms.never_answer:
        raise TermsRefused(field="never_answer", reason="point_unanswered")
    late = brief.deadline is not None and terms.exit_on > brief.deadline
    if late and not terms.deadline_answer:
        raise TermsRefused(
            field="deadline_answer", reason="deadline_unanswered", deadline=brief.deadline
        )
