"""What talks are about, in words."""

from __future__ import annotations

from marketplace.domain.conversations import Subject
from marketplace.words import lazy

SUBJECTS = {
    Subject.COLLECTION: lazy("Collection"),
    Subject.DEAL: lazy("Deal"),
    Subject.SALE: lazy("Sale"),
    Subject.BRAND: lazy("Everything else"),
    Subject.ORDER: lazy("Order"),
}
