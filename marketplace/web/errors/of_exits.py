"""Answers about goods that leave the house otherwise than to a member."""

from __future__ import annotations

from marketplace.words import Lazy, lazy

CONFLICT, UNFIT = 409, 422

ANSWERS: dict[str, tuple[int, Lazy]] = {
    "choice_over": (
        CONFLICT,
        lazy(
            "This could be chosen until %(until)s. What was signed holds now. Write to the house about anything else."
        ),
    ),
    "choice_refused": (
        UNFIT,
        lazy("This cannot be chosen for these goods. Choose one of the ways that are offered."),
    ),
    "choice_refused.has_left": (
        CONFLICT,
        lazy("Goods have left already as it was chosen. Write to the house about the rest."),
    ),
    "choice_refused.not_offered": (
        UNFIT,
        lazy("The house has offered no day until which it keeps the goods. Ask it for one."),
    ),
    "choice_refused.derogation_missing": (
        UNFIT,
        lazy(
            "Unsold goods may be destroyed only for a reason that the law names. Choose the one that holds."
        ),
    ),
    "keep_day_refused": (
        UNFIT,
        lazy(
            "Goods cannot be kept until that day. Choose one after %(first)s and no later than %(last)s."
        ),
    ),
    "exit_refused": (
        UNFIT,
        lazy("These goods cannot leave so. Choose the way that the brand chose or signed."),
    ),
    "exit_refused.stays": (
        UNFIT,
        lazy("Goods that are kept do not leave. Choose the way by which they did."),
    ),
    "exit_refused.undecided": (
        CONFLICT,
        lazy(
            "The brand may still choose what becomes of these goods. Until then only what was not accepted goes back."
        ),
    ),
    "exit_refused.not_chosen": (
        CONFLICT,
        lazy(
            "This is not what was chosen or signed for these goods. Choose that way, or ask the brand again."
        ),
    ),
    "exit_units_refused": (
        UNFIT,
        lazy("Not so many units are in the house. Count them again and correct the lines below."),
    ),
    "correction_refused": (
        CONFLICT,
        lazy(
            "This note is a correction itself. Write down as gone again what it took back too much."
        ),
    ),
    "units_taken_back_refused": (
        UNFIT,
        lazy("The note does not tell of so many units. Correct the lines below."),
    ),
    "nothing_to_correct": (
        UNFIT,
        lazy("No unit was counted. Type the units that had not left."),
    ),
    "left_day_refused": (
        UNFIT,
        lazy("Choose the day on which the goods left: from %(first)s until %(last)s."),
    ),
    "nothing_to_leave": (
        UNFIT,
        lazy(
            "Nothing is there that could leave, or no unit was counted. Type the units that left."
        ),
    ),
}
