"""Answers to what is asked about sales, stock and conversations: a status and a sentence for each code."""

from __future__ import annotations

from marketplace.words import Lazy, lazy

CONFLICT, UNFIT = 409, 422

ANSWERS: dict[str, tuple[int, Lazy]] = {
    "reason_missing": (
        UNFIT,
        lazy("The reason is missing. Say why, in a sentence: it is kept and can be read."),
    ),
    # Entries
    "invalid.title_length": (
        UNFIT,
        lazy("This title does not fit. It has between 1 and %(most)s characters."),
    ),
    "invalid.line_length": (
        UNFIT,
        lazy("This line is too long. Shorten it to at most %(most)s characters."),
    ),
    "invalid.limit_range": (
        UNFIT,
        lazy("This limit does not fit. Choose a number from 1 to %(most)s."),
    ),
    "invalid.not_of_the_house": (
        UNFIT,
        lazy("This is nobody of the house. Choose one of those offered."),
    ),
    "invalid.not_of_the_deal": (
        UNFIT,
        lazy("This photograph is of other goods. Choose one of this deal's collection."),
    ),
    "invalid.units_negative": (
        UNFIT,
        lazy("This is not a number of units. Write a whole number, 0 or more."),
    ),
    "invalid.units_positive": (
        UNFIT,
        lazy("This is not a number of units. Write a whole number, 1 or more."),
    ),
    "invalid.saving_range": (
        UNFIT,
        lazy("This saving does not fit. Choose one above nothing and of at most 95%."),
    ),
    # Sales
    "territory_unknown": (
        UNFIT,
        lazy("The house does not deliver there yet. Choose one of the territories offered."),
    ),
    "deal_not_agreed": (
        CONFLICT,
        lazy(
            "A sale is made for a deal that both sides have accepted. This one is still talked "
            "about: bring the talks to an end first."
        ),
    ),
    "territory_not_agreed": (
        UNFIT,
        lazy("The deal does not let the house sell there. Agreed territories: %(agreed)s."),
    ),
    "sale_not_ready": (
        CONFLICT,
        lazy(
            "The sale is not ready, so it was not scheduled. Its pre-flight says which rows block "
            "it and what mends them."
        ),
    ),
    "sale_frozen": (
        CONFLICT,
        lazy("This cannot be done to the sale as it stands now. Open it again to see what can be."),
    ),
    "room_refused": (
        CONFLICT,
        lazy(
            "The waiting room stays as it is: the sale is over, or everybody has been let in since the draw."
        ),
    ),
    "sale_window_refused": (
        UNFIT,
        lazy("The sale cannot open and close at these times. Nothing was changed; choose others."),
    ),
    "sale_window_refused.closes_before_opening": (
        UNFIT,
        lazy("The sale would close before it opens. Choose a later closing."),
    ),
    "sale_window_refused.too_short": (
        UNFIT,
        lazy(
            "The sale would be too short: it lasts at least %(least_minutes)s minutes. Choose a "
            "later closing."
        ),
    ),
    "sale_window_refused.too_long": (
        UNFIT,
        lazy(
            "The sale would be too long: it lasts at most %(most_days)s days. Choose an earlier "
            "closing."
        ),
    ),
    "sale_window_refused.teaser_range": (
        UNFIT,
        lazy(
            "A sale is announced at most %(most_days)s days before it opens. Choose a smaller number."
        ),
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
        lazy(
            "The brand was promised that this is not sold below %(floor)s. Choose that price or a "
            "higher one."
        ),
    ),
    "not_enough_stock": (
        UNFIT,
        lazy(
            "That is more than there is: %(free)s units are accepted and in no other sale. Choose "
            "at most that many."
        ),
    ),
    "units_taken": (
        UNFIT,
        lazy("Members hold or have bought %(least)s of these units: so many must stay."),
    ),
    "variant_not_in_deal": (
        UNFIT,
        lazy(
            "This is not in the accepted deal, or its goods are not in the house. Leave it out, or "
            "receive the goods first."
        ),
    ),
    # Stock
    "counts_refused": (
        UNFIT,
        lazy("Some lots cannot be counted so. Nothing was changed; the lines say why."),
    ),
    "nothing_to_count": (
        CONFLICT,
        lazy(
            "Everything of this deal has been received and decided on already: nothing is left to "
            "count."
        ),
    ),
    "count_refused": (UNFIT, lazy("This count cannot be. Nothing was changed; count again.")),
    "count_refused.negative": (
        UNFIT,
        lazy("This count is below zero. Write a whole number, 0 or more."),
    ),
    "counted_with_order": (
        CONFLICT,
        lazy(
            "The goods of a conditional deal come after its sale. Count them with their order, under Orders to brands."
        ),
    ),
    "count_refused.more_than_committed": (
        UNFIT,
        lazy("Only %(most)s units were committed. What came beyond that belongs to the brand."),
    ),
    "count_refused.more_than_received": (
        UNFIT,
        lazy(
            "Accepted and rejected together are more than the %(most)s units that arrived. Correct "
            "one of the two."
        ),
    ),
    "count_refused.already_in_sales": (
        UNFIT,
        lazy(
            "%(least)s units are in sales already: fewer cannot be accepted. Take some out of the "
            "sale first."
        ),
    ),
    "count_refused.already_left": (
        UNFIT,
        lazy(
            "Units that were counted here have left the house since. Count at least %(least)s of them."
        ),
    ),
    # Touches
    "invalid.touch_ahead": (
        UNFIT,
        lazy("A touch is planned for a day to come. Choose one within the next %(most)s days."),
    ),
    "invalid.touch_past": (
        UNFIT,
        lazy("Choose the day on which it happened: today or one of the last %(most)s days."),
    ),
    "invalid.touch_full": (
        UNFIT,
        lazy(
            "%(most)s touches are planned already. Say what became of one of them first, or drop one."
        ),
    ),
    # Closed days
    "invalid.closure_order": (
        UNFIT,
        lazy("The last day comes before the first. Turn them round, or choose another."),
    ),
    "invalid.closure_far": (
        UNFIT,
        lazy(
            "These days are past or too far away. Choose days to come, within the next %(most)s days."
        ),
    ),
    "invalid.closure_long": (
        UNFIT,
        lazy(
            "A house is closed for at most %(most)s days at once. Speak with the house if it is more."
        ),
    ),
    "invalid.closure_full": (
        UNFIT,
        lazy("%(most)s closures are stated already. Take one of them back first."),
    ),
    # Conversations
    "message_empty": (
        UNFIT,
        lazy("The message is empty and was not sent. Write a few words first."),
    ),
    "message_too_long": (
        UNFIT,
        lazy(
            "The message is too long and was not sent. Shorten it to at most %(most)s characters."
        ),
    ),
    "attachment_refused": (
        UNFIT,
        lazy("This file cannot go with a message. Choose another one; your words are kept."),
    ),
    "attachment_refused.kind": (
        UNFIT,
        lazy(
            "%(name)s is not what goes with a message: a PDF, a picture (JPEG, PNG, WebP) or a spreadsheet "
            "(XLSX without macros, ODS, CSV), whose name says the same. Choose another file; your words are kept."
        ),
    ),
    "attachment_refused.size": (
        UNFIT,
        lazy(
            "%(name)s is empty or larger than %(most)s MiB. Choose a smaller file; your words are kept."
        ),
    ),
    "attachment_refused.number": (
        UNFIT,
        lazy(
            "At most %(most)s files go with one message. Send the others with the next; your words are kept."
        ),
    ),
    "visibility_refused": (
        UNFIT,
        lazy(
            "Only people of the house write notes for the house. Your message was not sent; address"
            " it to everybody."
        ),
    ),
}
