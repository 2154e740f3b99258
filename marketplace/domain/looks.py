"""Looks: a person of the house opened what a brand told it in confidence. The brand reads who, what and when.

Kept for :data:`KEPT_DAYS`; the database's own function forgets what is older.
"""

from __future__ import annotations

from enum import StrEnum

KEPT_DAYS = 365


class Thing(StrEnum):
    """What was looked at."""

    COMPANY = "company"
    BANK = "bank"
    DOCUMENT = "document"
    COLLECTION = "collection"
    TERMS = "terms"
    FIGURES = "figures"


OF_BRAND = frozenset({Thing.COMPANY, Thing.BANK, Thing.DOCUMENT})
"""Things of which a brand has one set: the number beside them is the brand's own."""


def first_name(name: str) -> str:
    """How the brand is told of a person of the house."""
    return name.split(maxsplit=1)[0] if name.strip() else ""
