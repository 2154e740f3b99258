"""Answers about money that is owed to brands: payouts and charges."""

from __future__ import annotations

from marketplace.words import Lazy, lazy

CONFLICT, UNFIT = 409, 422

ANSWERS: dict[str, tuple[int, Lazy]] = {
    "charge_not_agreed": (
        UNFIT,
        lazy(
            "The signed tariff names nothing for this fault, so nothing is charged for it. Choose one that it names."
        ),
    ),
    "charge_units_refused": (
        UNFIT,
        lazy(
            "Not so many units can be charged for this fault: at most %(most)s. See what was charged for it already."
        ),
    ),
    "contest_running": (
        CONFLICT,
        lazy(
            "The brand may still contest this charge, until %(until)s. Until then it can be withdrawn, and not upheld."
        ),
    ),
    "second_person_needed": (
        CONFLICT,
        lazy(
            "Two persons do this: whoever began it does not end it. Ask somebody else of the house."
        ),
    ),
    "bank_changed": (
        CONFLICT,
        lazy(
            "Other bank details are in force than those that were approved. Approve the payout again before it is paid."
        ),
    ),
}
