"""Joining in words: states of a brand and of its answers, what the list asks for, what is wrong with a number."""

from __future__ import annotations

from typing import TYPE_CHECKING

from marketplace.domain.brands.applying import ApplicationState
from marketplace.domain.brands.checklist import AnswerState, Gate, ItemKind
from marketplace.domain.brands.kyb import Part
from marketplace.domain.brands.states import BrandState
from marketplace.words import SOURCE_LOCALE, lazy, locale

if TYPE_CHECKING:
    from collections.abc import Mapping

    from marketplace.words import Lazy

STATES: dict[BrandState, Lazy] = {
    BrandState.ONBOARDING: lazy("Joining"),
    BrandState.READY: lazy("Ready"),
    BrandState.SUSPENDED: lazy("Suspended"),
    BrandState.TERMINATED: lazy("Left"),
}

KINDS: dict[ItemKind, Lazy] = {
    ItemKind.UPLOAD: lazy("A document is sent"),
    ItemKind.ATTEST: lazy("A statement is signed"),
    ItemKind.DATA: lazy("A part of the company's file is filled in"),
}

GATES: dict[Gate, Lazy] = {
    Gate.SUBMISSION: lazy("Before the first collection is submitted"),
    Gate.PAYOUT: lazy("Before the first payout"),
}

PARTS: dict[Part, Lazy] = {
    Part.COMPANY: lazy("The company and its register"),
    Part.TAX: lazy("Tax numbers"),
    Part.CONTACT: lazy("Contact"),
    Part.CERTIFICATION: lazy("Self-certification"),
}

ANSWERS: dict[AnswerState | None, Lazy] = {
    None: lazy("Missing"),
    AnswerState.OPEN: lazy("Incomplete"),
    AnswerState.SUBMITTED: lazy("With the house"),
    AnswerState.ACCEPTED: lazy("Accepted"),
    AnswerState.SENT_BACK: lazy("Sent back"),
    AnswerState.WAIVED: lazy("Waived"),
}

APPLICATIONS: dict[ApplicationState, Lazy] = {
    ApplicationState.OPEN: lazy("Waits for an answer"),
    ApplicationState.ACCEPTED: lazy("Accepted"),
    ApplicationState.DECLINED: lazy("Declined"),
}

FIELDS: dict[str, Lazy] = {
    "legal_name": lazy("Legal name"),
    "country": lazy("Country"),
    "address_line": lazy("Street and number"),
    "postcode": lazy("Postcode"),
    "city": lazy("Town"),
    "register_name": lazy("Register"),
    "register_number": lazy("Number in the register"),
    "vat_number": lazy("VAT number"),
    "tin": lazy("Tax number"),
    "contact_name": lazy("Name of the contact"),
    "contact_email": lazy("E-mail address of the contact"),
    "contact_phone": lazy("Telephone of the contact"),
    "certified": lazy("Self-certification"),
}

PROBLEMS: dict[str, Lazy] = {
    "length": lazy(
        "This number has too many or too few characters for its country. Compare it with the document, "
        "and type all of it."
    ),
    "form": lazy(
        "This number is not written as its country writes it. Type letters and digits as the document has "
        "them; spaces do not matter."
    ),
    "check_digit": lazy(
        "The check digit does not agree: a character is mistyped or two changed places. Compare it with the "
        "document, character by character."
    ),
    "country": lazy(
        "This number belongs to another country, or begins with letters that no country has. Check the "
        "country above and the first two letters."
    ),
}
PHONE_PROBLEM = lazy(
    "This telephone number cannot be called from abroad. Begin with + and the country's code, such as +33."
)


def problem(field: str, reason: str) -> Lazy:
    """What is wrong with a field of the company's file, and how to mend it."""
    return PHONE_PROBLEM if field == "contact_phone" else PROBLEMS[reason]


def chosen(by_language: Mapping[str, str]) -> str:
    """What the house wrote, in the language being spoken; in the house's own where it wrote none."""
    return (
        by_language.get(locale())
        or by_language.get(SOURCE_LOCALE)
        or next(iter(by_language.values()), "")
    )
