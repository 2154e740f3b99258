"""The import desk and the collection in words: fields, verdicts, facts, states, evidence."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from marketplace.domain.catalogue import EvidenceKind, Fact
from marketplace.domain.imports.blocks import BY_SIZE
from marketplace.domain.imports.conditions import Condition
from marketplace.domain.imports.fields import BY_NAME, FIELDS
from marketplace.domain.imports.photographs import Because
from marketplace.domain.money import MINOR_DIGITS, Money
from marketplace.words import _, countries, formats, lazy

if TYPE_CHECKING:
    from marketplace.words import Lazy

FACTS: dict[Fact, Lazy] = {
    Fact.NAME: lazy("Name"),
    Fact.DESCRIPTION: lazy("Description"),
    Fact.COMPOSITION: lazy("Composition"),
    Fact.CONDITION: lazy("Condition"),
    Fact.MANUFACTURER: lazy("Manufacturer"),
    Fact.ORIGIN: lazy("Country of origin"),
    Fact.PHOTOGRAPH: lazy("Photograph"),
}

CONDITIONS: dict[Condition, Lazy] = {
    Condition.NEW_WITH_TAGS: lazy("New with tags"),
    Condition.NEW_WITHOUT_TAGS: lazy("New without tags"),
    Condition.SECOND_CHOICE: lazy("Second choice"),
    Condition.CUSTOMER_RETURN: lazy("Customer return"),
}

EVIDENCE: dict[EvidenceKind, Lazy] = {
    EvidenceKind.OWN_SHOP: lazy("Our own shop"),
    EvidenceKind.PRICE_LIST: lazy("A published price list"),
    EvidenceKind.RETAILER: lazy("A retailer"),
    EvidenceKind.LABEL: lazy("The price on the label"),
    EvidenceKind.INVOICE: lazy("An invoice"),
}

VERDICTS: dict[str, Lazy] = {
    "new": lazy("New"),
    "changed": lazy("Changed"),
    "same": lazy("The same"),
    "refused": lazy("Refused"),
    "extra": lazy("Adds to others"),
    "spread": lazy("Becomes a row for each size"),
}

IMPORT_STATES: dict[str, Lazy] = {
    "uploaded": lazy("Waiting to be read"),
    "reading": lazy("Being read"),
    "mapping": lazy("Waits for you: what its columns mean"),
    "judging": lazy("Being checked"),
    "previewed": lazy("Waits for you: look and confirm"),
    "applying": lazy("Entering the collection"),
    "finished": lazy("Done"),
    "failed": lazy("Could not be read"),
    "cancelled": lazy("Cancelled"),
    "undoing": lazy("Being taken back"),
    "undone": lazy("Taken back"),
}

WHAT_IS_WRONG = lazy("What is wrong")
"""Heads the column in which a brand's own file comes back with the reasons."""

POLICIES: dict[str, Lazy] = {
    "refuse_failed": lazy("Let the sound rows in; the others wait to be mended"),
    "ignore_failed": lazy("Let rows in without a cell that is wrong, where they can do without it"),
    "refuse_all": lazy("Let nothing in unless every row is sound"),
}

BECAUSE: dict[str, Lazy] = {
    Because.NAMED: lazy("named in the file"),
    Because.SKU: lazy("by its SKU"),
    Because.STYLE_COLOUR: lazy("by style and colour"),
    Because.STYLE: lazy("by its style"),
}

FAILURES: dict[str, Lazy] = {
    "collection_frozen": lazy(
        "The collection was agreed on while the file was entering; what was not in yet stays out."
    ),
    "collection_changed": lazy(
        "Another file changed the collection meanwhile. Read this one again to see what is left of it."
    ),
}

COLUMNS: dict[str, Lazy] = {
    "name": lazy("Name"),
    "description": lazy("Description"),
    "category": lazy("Category"),
    "gender": lazy("For whom"),
    "composition": lazy("Composition"),
    "origin": lazy("Country of origin"),
    "condition": lazy("Condition"),
    "manufacturer": lazy("Manufacturer"),
    "details": lazy("Further facts"),
    "colour": lazy("Colour"),
    "colour_code": lazy("Colour code"),
    "size": lazy("Size"),
    "size_system": lazy("Size system"),
    "sku": lazy("SKU"),
    "gtin": lazy("Barcode"),
    "currency": lazy("Currency"),
    "rrp_minor": lazy("Public price"),
    "target_minor": lazy("Target price"),
    "floor_minor": lazy("Floor price"),
    "cost_minor": lazy("Cost"),
    "wholesale_minor": lazy("Wholesale price"),
    "units_offered": lazy("Units offered"),
    "weight_g": lazy("Weight in grams"),
    "cn_code": lazy("Customs code"),
}

MINOR = "_minor"


def field_options() -> list[tuple[str, str]]:
    """Every field that a column can mean, in the order of the documented list."""
    return [(field.name, _(field.label)) for field in FIELDS]


def block_options() -> list[tuple[str, str]]:
    """What columns of one size each can hold together."""
    return [(name, _(BY_NAME[name].label)) for name in BY_SIZE]


def value(column: str, stored: Any, currency: str) -> str:  # noqa: ANN401 - a value of any column
    """What a column held or will hold, as a person reads it."""
    if stored is None or stored in ("", [], {}):
        return _("nothing")
    if column.endswith(MINOR) and currency in MINOR_DIGITS:
        return formats.money(Money(int(stored), currency))
    if column == "origin":
        return countries.name(str(stored))
    if column == "condition" and stored in set(Condition):
        return str(CONDITIONS[Condition(stored)])
    if isinstance(stored, dict):
        return ", ".join(str(each) for each in stored.values())
    return str(stored)
