"""Answers to what is asked about sales, stock and conversations: a status and a sentence for each code."""

from __future__ import annotations

from marketplace.words import Lazy, lazy

CONFLICT, UNFIT = 409, 422

ANSWERS: dict[str, tuple[int, Lazy]] = {
    "reason_missing": (UNFIT, lazy("Say why, in a sentence: it is kept and can be read.")),
    # Entries
    "invalid.title_length": (UNFIT, lazy("A title has between 1 and %(most)s letters.")),
    "invalid.line_length": (UNFIT, lazy("This line has at most %(most)s letters.")),
    "invalid.limit_range": (UNFIT, lazy("A limit is a number from 1 to %(most)s.")),
    "invalid.not_of_the_house": (UNFIT, lazy("Choose somebody of the house.")),
    "invalid.not_of_the_deal": (UNFIT, lazy("Choose a photograph of this deal's collection.")),
    "invalid.units_negative": (UNFIT, lazy("Units are a whole number, 0 or more.")),
    "invalid.units_positive": (UNFIT, lazy("Units are a whole number, 1 or more.")),
    "invalid.saving_range": (
        UNFIT,
        lazy("Choose a saving above nothing and of at most 95 percent."),
    ),
    # Sales
    "territory_unknown": (UNFIT, lazy("The house does not deliver there.")),
    "deal_not_agreed": (
        CONFLICT,
        lazy(
            "A sale is made for a deal that both sides have accepted. This one is still talked about."
        ),
    ),
    "territory_not_agreed": (
        UNFIT,
        lazy("The deal does not let the house sell there. Agreed territories: %(agreed)s."),
    ),
    "sale_not_ready": (
        CONFLICT,
        lazy("The sale is not ready: some rows of its pre-flight block it. It was not scheduled."),
    ),
    "sale_frozen": (
        CONFLICT,
        lazy("This cannot be done to the sale as it stands now. Open it again to see what can be."),
    ),
    "sale_window_refused": (UNFIT, lazy("The sale cannot open and close at these times.")),
    "sale_window_refused.closes_before_opening": (
        UNFIT,
        lazy("The sale would close before it opens. Choose a later closing."),
    ),
    "sale_window_refused.too_short": (
        UNFIT,
        lazy("The sale would be too short: it lasts at least %(least_minutes)s minutes."),
    ),
    "sale_window_refused.too_long": (
        UNFIT,
        lazy("The sale would be too long: it lasts at most %(most_days)s days."),
    ),
    "sale_window_refused.teaser_range": (
        UNFIT,
        lazy("A sale is announced at most %(most_days)s days before it opens."),
    ),
    "sale_window_refused.not_later": (
        UNFIT,
        lazy("The sale closes %(closes_at)s already. Choose a later time, or end it now."),
    ),
    "items_refused": (
        UNFIT,
        lazy("Some lines cannot be as asked. Nothing was changed; the lines say why."),
    ),
    "price_below_floor": (
        UNFIT,
        lazy("The brand was promised that this is not sold below %(floor)s."),
    ),
    "not_enough_stock": (
        UNFIT,
        lazy("That is more than there is: %(free)s units are accepted and in no other sale."),
    ),
    "units_taken": (
        UNFIT,
        lazy("Members hold or have bought %(least)s of these units: so many must stay."),
    ),
    "variant_not_in_deal": (
        UNFIT,
        lazy("This is not in the accepted deal, or its goods are not in the house."),
    ),
    # Stock
    "counts_refused": (
        UNFIT,
        lazy("Some lots cannot be counted so. Nothing was changed; the lines say why."),
    ),
    "nothing_to_count": (
        CONFLICT,
        lazy("Everything of this deal has been received and decided on already."),
    ),
    "count_refused": (UNFIT, lazy("This count cannot be.")),
    "count_refused.negative": (UNFIT, lazy("Units are whole numbers, 0 or more.")),
    "count_refused.more_than_committed": (
        UNFIT,
        lazy("Only %(most)s units were committed. What came beyond that belongs to the brand."),
    ),
    "count_refused.more_than_received": (
        UNFIT,
        lazy("Accepted and rejected together are more than the %(most)s units that arrived."),
    ),
    "count_refused.already_in_sales": (
        UNFIT,
        lazy("%(least)s units are in sales already: fewer cannot be accepted."),
    ),
    # Conversations
    "message_empty": (UNFIT, lazy("Write a few words first.")),
    "message_too_long": (UNFIT, lazy("A message has at most %(most)s letters.")),
    "visibility_refused": (UNFIT, lazy("Only people of the house write notes for the house.")),
}
