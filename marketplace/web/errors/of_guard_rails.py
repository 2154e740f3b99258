"""Answers to what a brand wants kept in its sales."""

from __future__ import annotations

from marketplace.words import Lazy, lazy

UNFIT = 422

ANSWERS: dict[str, tuple[int, Lazy]] = {
    "guard_rail_refused": (
        UNFIT,
        lazy("This guard-rail cannot be taken as written. Correct it and save again."),
    ),
    "guard_rail_refused.days_range": (
        UNFIT,
        lazy("Choose from 1 to %(most)s days, or leave it empty for no bound."),
    ),
    "guard_rail_refused.year_range": (
        UNFIT,
        lazy("Choose from 1 to %(most)s sales, or leave it empty for no bound."),
    ),
    "guard_rail_refused.too_many_names": (
        UNFIT,
        lazy("These are more than %(most)s names. Keep those that matter most."),
    ),
    "guard_rail_refused.long_name": (
        UNFIT,
        lazy("A name is longer than %(most)s characters. Write one name on each line."),
    ),
    "guard_rail_refused.own_name": (
        UNFIT,
        lazy("Your own name is among them. Your own sales are kept apart by the days above."),
    ),
    "guard_rail_refused.watermark_long": (
        UNFIT,
        lazy("The text of a watermark has at most %(most)s characters. Shorten it."),
    ),
    "guard_rail_refused.watermark_letters": (
        UNFIT,
        lazy("A letter of this text cannot be drawn. Write it in Latin letters."),
    ),
    "suppression_refused": (
        UNFIT,
        lazy("This list cannot be taken, and nothing was changed. Send a text or CSV file."),
    ),
    "suppression_refused.empty": (
        UNFIT,
        lazy(
            "There is no address and no SHA-256 in this file, and nothing was changed. Send one entry on each line."
        ),
    ),
    "suppression_refused.unreadable": (
        UNFIT,
        lazy(
            "This file is no text, and nothing was changed. Save the list as CSV UTF-8 and send it."
        ),
    ),
    "suppression_refused.too_large": (
        UNFIT,
        lazy(
            "The file is larger than %(most)s MiB, and nothing was changed. Leave other columns out."
        ),
    ),
    "suppression_refused.too_many": (
        UNFIT,
        lazy(
            "These are more than %(most)s entries, and nothing was changed. Send the most recent ones."
        ),
    ),
}
