"""The judgement of the pre-flight: one row for each check, from the figures of one sale."""

from __future__ import annotations

from dataclasses import dataclass

from marketplace.domain.brands import guard_rails
from marketplace.domain.brands.states import BrandState
from marketplace.domain.catalogue import BLOCKING, Fact
from marketplace.domain.closures import closed_on
from marketplace.domain.moments import still_means, wall_time
from marketplace.domain.preflight.figures import (
    BRAND_GAP,
    NAMED_MAX,
    Check,
    Figures,
    Level,
    Row,
    Undercut,
)
from marketplace.domain.prices import EVIDENCE_AGE_MAX, PRIOR_PERIOD
from marketplace.domain.rights import RightState
from marketplace.domain.sales import AHEAD_MAX, LENGTH_MAX, LENGTH_MIN, LENGTH_USUAL_MIN

_FACTS = tuple(fact for fact in Fact if fact is not Fact.PHOTOGRAPH)
"""What every style owes; photographs are looked at for each of its colours."""


OF_THE_WINDOW = (Check.RIGHT, Check.BLACKOUT, Check.GAP, Check.PHOTOGRAPH_RIGHTS)
"""What a later closing can break: days that the terms, the brand or a proof set."""
OF_THE_CALENDAR = (Check.BLACKOUT, Check.CLOSURE, Check.GAP, Check.YEARLY, Check.MORNING)
"""What another day would mend: shown to whoever plans the week."""


@dataclass(frozen=True, slots=True)
class Readiness:
    """All rows of one sale. ``ready`` of ``total`` rows do not block."""

    rows: tuple[Row, ...]

    @property
    def total(self) -> int:
        """How many rows there are."""
        return len(self.rows)

    @property
    def ready(self) -> int:
        """How many of them do not block."""
        return self.total - len(self.blocking)

    @property
    def blocking(self) -> tuple[Row, ...]:
        """The rows that keep the sale from being scheduled."""
        return tuple(row for row in self.rows if row.level is Level.BLOCK)

    @property
    def warning(self) -> tuple[Row, ...]:
        """The rows that ask for a second look."""
        return tuple(row for row in self.rows if row.level is Level.WARN)


def judge(found: Figures) -> Readiness:
    """The rows for these figures, one for each check."""
    return Readiness(
        (
            _brand(found),
            _yes_or_block(Check.DEAL, holds=found.deal_agreed, reason="deal_open"),
            _yes_or_block(
                Check.TERRITORY, holds=found.territory_agreed, reason="territory_not_agreed"
            ),
            _right(found),
            _exclusivity(found),
            _blackout(found),
            _closure(found),
            _gap(found),
            _yearly(found),
            _morning(found),
            _window(found),
            _items(found),
            _none_or_block(Check.FLOOR, found.below_floor, "below_floor"),
            _stock(found),
            _photographs(found),
            _photograph_rights(found),
            _hero(found),
            *(_fact(fact, found.lacking.get(fact, ())) for fact in _FACTS),
            _none_or_block(Check.DEFECTS, found.without_defects, "no_defects"),
            _comparison(found),
            _approval(found),
            _yes_or_block(Check.MANAGER, holds=found.has_manager, reason="no_manager"),
            _frequency(found),
        )
    )


def _brand(found: Figures) -> Row:
    """No sale of a brand that the house does not know, or that it has stopped (DSA, art. 30)."""
    if found.brand_state is BrandState.READY:
        return Row(Check.BRAND, Level.OK, "well")
    return Row(Check.BRAND, Level.BLOCK, f"brand_{found.brand_state}")


def _yes_or_block(check: Check, *, holds: bool, reason: str) -> Row:
    return Row(check, Level.OK, "well") if holds else Row(check, Level.BLOCK, reason)


def _none_or_block(check: Check, faulty: tuple[str, ...], reason: str) -> Row:
    if not faulty:
        return Row(check, Level.OK, "well")
    return Row(check, Level.BLOCK, reason, {"count": len(faulty)}, faulty[:NAMED_MAX])


def _fact(fact: Fact, styles: tuple[str, ...]) -> Row:
    check = Check(str(fact))
    if not styles:
        return Row(check, Level.OK, "well")
    level = Level.BLOCK if fact in BLOCKING else Level.WARN
    return Row(check, level, f"no_{fact}", {"count": len(styles)}, styles[:NAMED_MAX])


def _right(found: Figures) -> Row:
    if found.right_state is None or found.right_valid_until is None:
        return Row(Check.RIGHT, Level.BLOCK, "right_missing")
    if found.right_state is not RightState.ACCEPTED:
        return Row(Check.RIGHT, Level.BLOCK, f"right_{found.right_state}")
    facts = {"valid_until": found.right_valid_until}
    if found.right_valid_until < found.last_day:
        return Row(Check.RIGHT, Level.BLOCK, "right_lapses", facts)
    return Row(Check.RIGHT, Level.OK, "proved", facts)


def _exclusivity(found: Figures) -> Row:
    if found.exclusive_until is None:
        return Row(Check.EXCLUSIVITY, Level.OK, "well")
    facts = {"until": found.exclusive_until}
    if found.exclusive_until < found.last_day:
        return Row(Check.EXCLUSIVITY, Level.WARN, "exclusivity_ends", facts)
    return Row(Check.EXCLUSIVITY, Level.OK, "exclusive", facts)


def _blackout(found: Figures) -> Row:
    first, last = found.first_day, found.last_day
    for days in found.blackouts:
        if days.first <= last and first <= days.last:
            facts = {"first": days.first, "last": days.last}
            return Row(Check.BLACKOUT, Level.BLOCK, "on_a_blackout", facts)
    return Row(Check.BLACKOUT, Level.OK, "well")


def _closure(found: Figures) -> Row:
    """Nobody of the brand is there on its first morning: the day is counted where the brand is."""
    opens_on = wall_time(found.opens_at, found.brand_zone).date()
    days = closed_on(opens_on, found.closures)
    if days is None:
        return Row(Check.CLOSURE, Level.OK, "well")
    return Row(Check.CLOSURE, Level.BLOCK, "closed", {"first": days.first, "last": days.last})


def _gap(found: Figures) -> Row:
    span = (found.first_day, found.last_day)
    near = guard_rails.too_near(found.days_apart, span, found.own_sales)
    if near is None:
        return _bounded(Check.GAP, found.days_apart)
    facts = {"days": found.days_apart, "ref": near.ref, "first": near.first, "last": near.last}
    return Row(Check.GAP, Level.BLOCK, "too_near", facts)


def _yearly(found: Figures) -> Row:
    year = found.first_day.year
    others = guard_rails.in_year(year, found.own_sales)
    if found.a_year is None or others < found.a_year:
        return _bounded(Check.YEARLY, found.a_year)
    facts = {"most": found.a_year, "year": str(year)}
    return Row(Check.YEARLY, Level.BLOCK, "year_full", facts)


def _bounded(check: Check, bound: int | None) -> Row:
    """Well: with the brand's bound where it has set one."""
    if bound is None:
        return Row(check, Level.OK, "well")
    return Row(check, Level.OK, "kept", {"bound": bound})


def _morning(found: Figures) -> Row:
    """One row for both directions: who named whom is not in it."""
    other = guard_rails.same_morning(found.first_day, found.avoided_sales)
    if other is None:
        return Row(Check.MORNING, Level.OK, "well")
    facts = {"ref": other.ref, "brand": other.brand, "day": other.first}
    return Row(Check.MORNING, Level.BLOCK, "shared", facts)


def _photographs(found: Figures) -> Row:
    """Members see no photograph before the mark that its brand wants is on it."""
    if found.without_photograph:
        return _none_or_block(Check.PHOTOGRAPHS, found.without_photograph, "no_photograph")
    return _none_or_block(Check.PHOTOGRAPHS, found.without_watermark, "no_watermark")


def _photograph_rights(found: Figures) -> Row:
    if found.photographs_from is not None and found.first_day < found.photographs_from:
        early = {"from": found.photographs_from}
        return Row(Check.PHOTOGRAPH_RIGHTS, Level.BLOCK, "photographs_too_early", early)
    if found.photographs_until is None:
        return Row(Check.PHOTOGRAPH_RIGHTS, Level.OK, "well")
    facts = {"until": found.photographs_until}
    if found.photographs_until < found.last_day:
        return Row(Check.PHOTOGRAPH_RIGHTS, Level.BLOCK, "photographs_lapse", facts)
    return Row(Check.PHOTOGRAPH_RIGHTS, Level.OK, "held", facts)


def _window(found: Figures) -> Row:
    length = found.closes_at - found.opens_at
    typed = ((found.opens_at, found.opens_wall), (found.closes_at, found.closes_wall))
    if not all(still_means(at, wall, found.zone) for at, wall in typed):
        return Row(Check.WINDOW, Level.BLOCK, "zone_moved", {"zone": found.zone})
    if found.opens_at <= found.now:
        return Row(Check.WINDOW, Level.BLOCK, "opening_past", {"opens_at": found.opens_at})
    if found.opens_at > found.now + AHEAD_MAX:
        return Row(Check.WINDOW, Level.BLOCK, "too_far_ahead", {"most_days": AHEAD_MAX.days})
    if not LENGTH_MIN <= length <= LENGTH_MAX:
        return Row(Check.WINDOW, Level.BLOCK, "length", {"most_days": LENGTH_MAX.days})
    if length < LENGTH_USUAL_MIN:
        return Row(Check.WINDOW, Level.WARN, "short")
    return Row(Check.WINDOW, Level.OK, "well")


def _items(found: Figures) -> Row:
    if found.items == 0:
        return Row(Check.ITEMS, Level.BLOCK, "no_items")
    if found.not_in_deal:
        return _none_or_block(Check.ITEMS, found.not_in_deal, "not_in_deal")
    return Row(Check.ITEMS, Level.OK, "items", {"count": found.items})


def _stock(found: Figures) -> Row:
    names = ("units", "committed", "received", "accepted", "pledged")
    facts = {name: getattr(found, name) for name in names}
    if found.units == 0:
        return Row(Check.STOCK, Level.BLOCK, "no_units", facts)
    if found.pledged:
        return Row(Check.STOCK, Level.OK, "units_pledged", facts)
    if found.received < found.committed:
        return Row(Check.STOCK, Level.WARN, "short_delivery", facts)
    return Row(Check.STOCK, Level.OK, "units", facts)


def _hero(found: Figures) -> Row:
    if found.has_hero:
        return Row(Check.HERO, Level.OK, "well")
    return Row(Check.HERO, Level.WARN, "no_hero")


def _comparison(found: Figures) -> Row:
    facts = {"compared": found.compared, "count": found.uncompared}
    if found.stale_evidence:
        most = {"count": len(found.stale_evidence), "most_days": EVIDENCE_AGE_MAX.days}
        return Row(Check.COMPARISON, Level.BLOCK, "stale", most, found.stale_evidence[:NAMED_MAX])
    if found.undercut:
        return _undercut(found.undercut)
    if found.uncompared:
        return Row(Check.COMPARISON, Level.WARN, "uncompared", facts)
    return Row(Check.COMPARISON, Level.OK, "compared" if found.compared else "well", facts)


def _undercut(items: tuple[Undercut, ...]) -> Row:
    """The lowest of the earlier prices stands for the others, with the sale that is the evidence of it."""
    lowest = min(items, key=lambda each: (each.price.minor, each.sku))
    facts = {
        "count": len(items),
        "sku": lowest.sku,
        "price": lowest.price,
        "ref": lowest.ref,
        "days": PRIOR_PERIOD.days,
    }
    names = tuple(each.sku for each in items[:NAMED_MAX])
    return Row(Check.COMPARISON, Level.BLOCK, "undercut", facts, names)


def _approval(found: Figures) -> Row:
    facts = {"version": found.version, "approved": found.approved_version or 0}
    if found.approved_version == found.version:
        return Row(Check.APPROVAL, Level.OK, "approved", facts)
    reason = "not_approved" if found.approved_version is None else "approved_earlier"
    return Row(Check.APPROVAL, Level.BLOCK, reason, facts)


def _frequency(found: Figures) -> Row:
    if found.nearest_sale_at is None:
        return Row(Check.FREQUENCY, Level.OK, "well")
    facts = {
        "ref": found.nearest_sale_ref,
        "opens_at": found.nearest_sale_at,
        "days": BRAND_GAP.days,
    }
    return Row(Check.FREQUENCY, Level.WARN, "soon", facts)
