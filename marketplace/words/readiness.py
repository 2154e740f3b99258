"""The pre-flight in words: what each row looks at, what is wrong, and what to do about it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from marketplace.domain.preflight import Check
from marketplace.words import formats, lazy

if TYPE_CHECKING:
    from marketplace.domain.preflight import Row
    from marketplace.words import Lazy

NAMED_AND_MORE = lazy("%(names)s and %(more)s more")

TITLES: dict[Check, Lazy] = {
    Check.BRAND: lazy("The brand"),
    Check.DEAL: lazy("The deal"),
    Check.TERRITORY: lazy("The territory"),
    Check.RIGHT: lazy("The right to sell"),
    Check.EXCLUSIVITY: lazy("Exclusivity"),
    Check.BLACKOUT: lazy("Days without a sale"),
    Check.CLOSURE: lazy("The brand's closed days"),
    Check.GAP: lazy("Days between the brand's sales"),
    Check.YEARLY: lazy("Sales of the brand in a year"),
    Check.MORNING: lazy("Other brands on the same morning"),
    Check.WINDOW: lazy("Opening and closing"),
    Check.ITEMS: lazy("Items"),
    Check.FLOOR: lazy("Prices and floors"),
    Check.STOCK: lazy("Stock"),
    Check.PHOTOGRAPHS: lazy("Photographs"),
    Check.PHOTOGRAPH_RIGHTS: lazy("Rights in the photographs"),
    Check.HERO: lazy("The opening photograph"),
    Check.NAME: lazy("Names"),
    Check.DESCRIPTION: lazy("Descriptions"),
    Check.COMPOSITION: lazy("Composition"),
    Check.CONDITION: lazy("Condition"),
    Check.DEFECTS: lazy("Defects"),
    Check.MANUFACTURER: lazy("Manufacturer"),
    Check.ORIGIN: lazy("Origin"),
    Check.COMPARISON: lazy("Comparison prices"),
    Check.APPROVAL: lazy("The brand's approval"),
    Check.MANAGER: lazy("Who answers"),
    Check.FREQUENCY: lazy("How often the brand sells"),
}

WELL: dict[str, Lazy] = {
    "deal.well": lazy("Accepted by both sides."),
    "brand.well": lazy("Known and ready."),
    "territory.well": lazy("Agreed in the deal."),
    "right.proved": lazy("Proved and accepted, until %(valid_until)s."),
    "exclusivity.well": lazy("None: the brand may sell elsewhere."),
    "exclusivity.exclusive": lazy("The house alone sells these goods until %(until)s."),
    "closure.well": lazy("The brand is open on the day of the opening."),
    "blackout.well": lazy("The sale touches none of the brand's days without a sale."),
    "gap.well": lazy("The brand has set no bound."),
    "gap.kept": lazy("At least %(bound)s, as the brand wants it."),
    "yearly.well": lazy("The brand has set no bound."),
    "yearly.kept": lazy("At most %(bound)s, as the brand wants it."),
    "morning.well": lazy("None that a brand does not want beside it."),
    "photograph_rights.well": lazy("They have no end."),
    "photograph_rights.held": lazy("They may be shown until %(until)s."),
    "window.well": lazy("In the future, and of a usual length."),
    "items.items": lazy("Items in the sale: %(count)s."),
    "floor.well": lazy("Every price keeps its floor."),
    "stock.units": lazy("Units in the sale: %(units)s, all of them accepted."),
    "stock.units_pledged": lazy(
        "Units in the sale: %(units)s. The brand keeps %(pledged)s for the house; what is sold is"
        " ordered after the sale."
    ),
    "photographs.well": lazy("Every style has one in each of its colours."),
    "hero.well": lazy("Chosen."),
    "comparison.well": lazy("None is shown."),
    "comparison.compared": lazy(
        "Items that show one: %(compared)s, each with evidence of the last year."
    ),
    "approval.approved": lazy("Version %(version)s is approved as it stands."),
    "manager.well": lazy("Somebody of the house is named."),
    "frequency.well": lazy("No other sale of this brand is near."),
}
ALL_STATED = lazy("Stated for every style.")

WRONG: dict[str, tuple[Lazy, Lazy]] = {
    "brand.brand_onboarding": (
        lazy("The brand is still joining: the house does not know all that the law asks."),
        lazy("Look at its list: accept what it gave, or say what is missing."),
    ),
    "brand.brand_suspended": (
        lazy("The brand is suspended."),
        lazy("Take it up again first, with the reason."),
    ),
    "brand.brand_terminated": (
        lazy("The brand has left the house."),
        lazy("Nothing of it can be sold any more."),
    ),
    "deal.deal_open": (
        lazy("The deal is not accepted."),
        lazy("Bring the talks to an end: only an accepted deal can be sold."),
    ),
    "territory.territory_not_agreed": (
        lazy("The deal does not name this territory."),
        lazy("Choose a territory of the deal."),
    ),
    "right.right_missing": (
        lazy("The brand has not proved its right to sell these goods."),
        lazy("Ask the brand to send its proof: its collection has a page for it."),
    ),
    "right.right_stated": (
        lazy("The proof of the right to sell waits for a look."),
        lazy(
            "An operator opens the file on the collection's page and accepts it, or says why not."
        ),
    ),
    "right.right_refused": (
        lazy("The newest proof of the right to sell was not accepted."),
        lazy("Ask the brand for another one: the reason stands on the collection's page."),
    ),
    "right.right_lapses": (
        lazy("The right to sell ends on %(valid_until)s, before the sale does."),
        lazy("Ask the brand for a newer proof, or close the sale by that day."),
    ),
    "exclusivity.exclusivity_ends": (
        lazy("The exclusivity ends on %(until)s, before the sale does."),
        lazy("From then on the brand may sell elsewhere: make sure that this is meant."),
    ),
    "blackout.on_a_blackout": (
        lazy("The brand asked for no sale from %(first)s to %(last)s."),
        lazy("Choose other days, or agree on others with the brand."),
    ),
    "closure.closed": (
        lazy("The brand is closed from %(first)s to %(last)s: nobody is there on the first day."),
        lazy("Let the sale open on another day, or ask the brand to take its closed days back."),
    ),
    "gap.too_near": (
        lazy(
            "The brand wants %(days)s days between its sales; %(ref)s runs from %(first)s to %(last)s."
        ),
        lazy("Choose days further away: the brand alone can change its guard-rails."),
    ),
    "yearly.year_full": (
        lazy("The brand wants at most %(most)s sales in a year, and %(year)s has them already."),
        lazy("Choose another year: the brand alone can change its guard-rails."),
    ),
    "morning.shared": (
        lazy(
            "%(brand)s opens its sale %(ref)s on %(day)s too, and the two do not share a morning."
        ),
        lazy("Choose another morning, and give neither brand the reason: it is confidential."),
    ),
    "photograph_rights.photographs_too_early": (
        lazy("The photographs may be shown from %(from)s on, and the sale opens before."),
        lazy("Open the sale on that day or later, or ask the brand for other photographs."),
    ),
    "photograph_rights.photographs_lapse": (
        lazy("The photographs may be shown until %(until)s, and the sale lasts longer."),
        lazy("Close the sale by that day, or ask the brand for photographs of longer rights."),
    ),
    "window.zone_moved": (
        lazy("The rules of the zone %(zone)s have changed since the times were typed."),
        lazy("Open the plan and save it again, so that the instants are computed anew."),
    ),
    "window.opening_past": (
        lazy("The opening, %(opens_at)s, has passed."),
        lazy("Choose an opening in the future."),
    ),
    "window.too_far_ahead": (
        lazy("The opening is more than %(most_days)s days away."),
        lazy("Choose a nearer day."),
    ),
    "window.length": (
        lazy("The sale is too short or longer than %(most_days)s days."),
        lazy("Change its opening or closing."),
    ),
    "window.short": (
        lazy("The sale lasts less than twelve hours."),
        lazy("Make sure that this is meant."),
    ),
    "items.no_items": (
        lazy("There is nothing in the sale."),
        lazy("Put units of the accepted stock into it."),
    ),
    "items.not_in_deal": (
        lazy("Not in the accepted deal: %(names)s."),
        lazy("Take them out of the sale."),
    ),
    "floor.below_floor": (
        lazy("Under the floor that was promised to the brand: %(names)s."),
        lazy("Raise them to the floor or above."),
    ),
    "stock.no_units": (
        lazy("There are no units in the sale."),
        lazy("Receive and accept the goods, then put units into the sale."),
    ),
    "stock.short_delivery": (
        lazy(
            "Of %(committed)s committed units %(received)s have arrived; the sale offers %(units)s."
        ),
        lazy("Make sure that the brand knows what is short."),
    ),
    "photographs.no_photograph": (
        lazy("Colours without a photograph: %(names)s."),
        lazy("Ask the brand for them, or take the items out."),
    ),
    "photographs.no_watermark": (
        lazy("The watermark is not drawn yet on: %(names)s."),
        lazy(
            "Come back in some minutes. If they are still here, ask the brand to send these photographs again."
        ),
    ),
    "hero.no_hero": (
        lazy("No photograph is chosen to open the sale with."),
        lazy("Choose one in the plan; until then the page opens without."),
    ),
    "name.no_name": (
        lazy("Styles without a name: %(names)s."),
        lazy("Ask the brand to complete its collection."),
    ),
    "description.no_description": (
        lazy("Styles without a description: %(names)s."),
        lazy("Ask the brand to complete its collection."),
    ),
    "composition.no_composition": (
        lazy("Styles that do not say what they are made of: %(names)s."),
        lazy("The law asks for it before a textile is bought: ask the brand for it."),
    ),
    "condition.no_condition": (
        lazy("Styles that do not say whether they are new: %(names)s."),
        lazy("Ask the brand to complete its collection."),
    ),
    "defects.no_defects": (
        lazy("Second choice that does not say what is wrong with it: %(names)s."),
        lazy("Members are told each flaw before they buy: ask the brand for it."),
    ),
    "manufacturer.no_manufacturer": (
        lazy("Styles that do not say who makes them: %(names)s."),
        lazy("The law asks for name and addresses: ask the brand for them."),
    ),
    "origin.no_origin": (
        lazy("Styles that do not say where they were made: %(names)s."),
        lazy("Careful buyers ask for it: ask the brand."),
    ),
    "comparison.stale": (
        lazy("Comparison prices whose evidence is older than %(most_days)s days: %(names)s."),
        lazy("Ask the brand for newer evidence, then save the items again."),
    ),
    "comparison.undercut": (
        lazy(
            "On sale within %(days)s days before the opening for less than the comparison shown now: %(names)s."
            " Sale %(ref)s asked %(price)s for %(sku)s."
        ),
        lazy(
            "The law lets a saving be told only from the lowest price of those days: save the items again,"
            " and they show none; or open the sale later."
        ),
    ),
    "comparison.uncompared": (
        lazy(
            "Items with a public price but no evidence for it: %(count)s. They show no comparison."
        ),
        lazy("If the brand has evidence, let it be added and save the items again."),
    ),
    "approval.not_approved": (
        lazy("The brand has not approved this sale."),
        lazy("Ask the brand to look at version %(version)s and approve it."),
    ),
    "approval.approved_earlier": (
        lazy("The brand approved version %(approved)s; this is version %(version)s."),
        lazy("Ask the brand to look at what changed and approve it."),
    ),
    "manager.no_manager": (
        lazy("Nobody of the house is named for this sale."),
        lazy("Name somebody in the plan: the brand needs a person to ask."),
    ),
    "frequency.soon": (
        lazy("The brand has another sale within %(days)s days: %(ref)s, %(opens_at)s."),
        lazy("Make sure that the brand wants both: rare offers are wanted more."),
    ),
}


@dataclass(frozen=True, slots=True)
class Said:
    """A row in words; ``mend`` is empty where nothing is wrong."""

    title: str
    reason: str
    mend: str


def said(row: Row, zone: str = formats.HOUSE_ZONE) -> Said:
    """The row in the reader's language, instants in ``zone``."""
    facts = {name: formats.fact(value, zone) for name, value in row.facts.items()}
    facts["names"] = _names(row)
    title = str(TITLES[row.check])
    key = f"{row.check}.{row.reason}"
    if key in WRONG:
        reason, mend = WRONG[key]
        return Said(title, reason % facts, mend % facts)
    return Said(title, WELL.get(key, ALL_STATED) % facts, "")


def _names(row: Row) -> str:
    names = ", ".join(row.named)
    count = row.facts.get("count", 0)
    more = (count if isinstance(count, int) else 0) - len(row.named)
    return NAMED_AND_MORE % {"names": names, "more": formats.count(more)} if more > 0 else names
