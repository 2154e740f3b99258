"""What a brand tells in confidence, in words."""

from __future__ import annotations

from marketplace.domain.looks import Thing
from marketplace.words import lazy

THINGS = {
    Thing.COMPANY: lazy("The company's file"),
    Thing.BANK: lazy("Bank details"),
    Thing.DOCUMENT: lazy("A document you gave"),
    Thing.COLLECTION: lazy("Collection"),
    Thing.TERMS: lazy("Terms, floors and costs of a deal"),
    Thing.FIGURES: lazy("Figures of a sale"),
}
