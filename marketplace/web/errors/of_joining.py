"""Answers to what is asked before a brand begins: its list, its file, its bank details, its people."""

from __future__ import annotations

from marketplace.words import Lazy, lazy

CONFLICT, UNFIT = 409, 422

ANSWERS: dict[str, tuple[int, Lazy]] = {
    # Joining
    "brand_stopped": (
        CONFLICT,
        lazy("The house does not work with this brand at present, so nothing new begins."),
    ),
    "brand_stopped.suspended": (
        CONFLICT,
        lazy(
            "Your brand is suspended, so nothing new begins. The reason stands under Your house; the "
            "house answers what you write to it."
        ),
    ),
    "brand_still_open": (
        CONFLICT,
        lazy("Something is still open between this brand and the house. See below what it is."),
    ),
    "gate_closed": (
        CONFLICT,
        lazy("%(missing)s of %(total)s items are missing. See the list under Your house."),
    ),
    "gate_closed.submission": (
        CONFLICT,
        lazy(
            "Before the first collection is submitted, %(missing)s of %(total)s items of your list are "
            "missing. Open Your house to see which, and what to do."
        ),
    ),
    "gate_closed.payout": (
        CONFLICT,
        lazy(
            "Before the first payout, %(missing)s of %(total)s items of the list are missing. Open the "
            "list to see which."
        ),
    ),
    "answer_refused": (
        UNFIT,
        lazy("This cannot be taken for this item. Open the page again and give it once more."),
    ),
    "answer_refused.kind_of_file": (
        UNFIT,
        lazy("This kind of file is not taken. Send a PDF or a picture (PNG, JPEG, WebP)."),
    ),
    "answer_refused.size_of_file": (
        UNFIT,
        lazy("The file is empty or larger than 10 MiB, and was not kept. Send a smaller one."),
    ),
    "answer_refused.not_agreed": (
        UNFIT,
        lazy("The statement is not signed yet. Tick the box under it if it is true."),
    ),
    "answer_refused.not_asked": (
        CONFLICT,
        lazy("The statement was rewritten meanwhile. Read it again, then sign it."),
    ),
    "checklist_full": (
        CONFLICT,
        lazy("The list has %(most)s items, and no room for more. Take one off first."),
    ),
    "kyb_refused": (
        UNFIT,
        lazy("Some entries cannot be right. Nothing was changed; correct what is marked."),
    ),
    # Where money goes
    "bank_refused": (
        UNFIT,
        lazy("This is not an account number. Type the IBAN as your bank's document has it."),
    ),
    "bank_refused.length": (
        UNFIT,
        lazy(
            "This IBAN has too many or too few characters for its country. Compare it with your bank's "
            "document, and type all of it."
        ),
    ),
    "bank_refused.check_digit": (
        UNFIT,
        lazy(
            "The check digits of this IBAN do not agree: a character is mistyped or two changed "
            "places. Compare it character by character."
        ),
    ),
    "bank_refused.country": (
        UNFIT,
        lazy(
            "No country's IBAN is written like this. It begins with two letters of the bank's country, "
            "such as FR."
        ),
    ),
    "bank_change_cooling": (
        CONFLICT,
        lazy(
            "Another change is under way and takes effect on %(in_force_at)s. Cancel it first if it is "
            "wrong."
        ),
    ),
    "bank_change_over": (
        CONFLICT,
        lazy("This change has taken effect or was cancelled already: there is nothing to cancel."),
    ),
    "no_bank_details": (
        CONFLICT,
        lazy("No bank details are in force, so there is nowhere to pay to."),
    ),
    # The people of a brand
    "last_owner": (
        CONFLICT,
        lazy(
            "Without this person nobody could let people in or out. Make somebody else an owner "
            "first, and wait until they have come in."
        ),
    ),
    "team_full": (
        CONFLICT,
        lazy("A brand has at most %(most)s people here. Let somebody go first."),
    ),
    "invitation_followed": (
        CONFLICT,
        lazy("This person has come in already. Open the page again to see them among your people."),
    ),
}
