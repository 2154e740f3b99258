"""Collections.

The brand's brief, what a style still lacks before it may be sold, and what a file would change.

A file never blanks what is known: where it says nothing, what a person or an earlier file said
stays.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING, Any

from marketplace.domain.imports import compositions, conditions, countries
from marketplace.domain.imports.rows import one_line
from marketplace.domain.prices import evidence_holds
from marketplace.domain.refusals import Refusal

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping
    from datetime import date

    from marketplace.domain.imports.lines import StyleLine, VariantLine

STYLES_COMPLETED_AT_ONCE_MAX = 5_000

STYLE_COLUMNS = (
    "name",
    "description",
    "category",
    "gender",
    "composition",
    "composition_parts",
    "origin",
    "condition",
    "manufacturer",
    "details",
)
VARIANT_COLUMNS = (
    "colour",
    "size",
    "sku",
    "colour_code",
    "size_system",
    "size_rank",
    "gtin",
    "currency",
    "rrp_minor",
    "target_minor",
    "floor_minor",
    "cost_minor",
    "wholesale_minor",
    "units_offered",
    "weight_g",
    "cn_code",
)
"""What a file may change of a style and of a variant; colour and size only where its SKU tells it.
"""

OF_THE_DEAL = {
    "style.condition": "condition",
    "variant.colour": "colour_name",
    "variant.size": "size_label",
    "variant.sku": "sku",
    "variant.size_system": "size_system",
    "variant.currency": "currency",
    "variant.rrp_minor": "rrp",
    "variant.target_minor": "target_price",
    "variant.floor_minor": "floor_price",
    "variant.cost_minor": "cost",
    "variant.wholesale_minor": "wholesale",
    "variant.units_offered": "units_offered",
}
"""What no longer changes by file once the deal is agreed, and the field of the file that says it.

Words, photographs, barcodes, customs codes and weights may still be mended, in a live sale too.
"""

UNSHOWN = frozenset({"composition_parts", "size_rank"})
"""Columns that follow from others: a change in them is made, but told by the others."""


class CollectionFrozen(Refusal):
    """The deal about this collection is agreed; what the deal speaks of no longer changes."""

    code = "collection_frozen"


class BriefIncomplete(Refusal):
    """The collection cannot be submitted yet; ``lacks`` names what is missing."""

    code = "brief_incomplete"


class BriefRefused(Refusal):
    """A part of the brief cannot be taken; ``field`` and ``reason`` say which and why."""

    code = "brief_refused"


class EvidenceRefused(Refusal):
    """The public price's evidence cannot be taken; ``reason`` says why."""

    code = "evidence_refused"


class FactRefused(Refusal):
    """What was filled in about a style cannot be taken.

    ``field`` and ``reason`` say which and why.
    """

    code = "fact_refused"


class EvidenceKind(StrEnum):
    """Where a public price was really asked."""

    OWN_SHOP = "own_shop"
    PRICE_LIST = "price_list"
    RETAILER = "retailer"
    LABEL = "label"
    INVOICE = "invoice"


class Fact(StrEnum):
    """What the law or a sale asks of every style."""

    NAME = "name"
    DESCRIPTION = "description"
    COMPOSITION = "composition"
    CONDITION = "condition"
    MANUFACTURER = "manufacturer"
    ORIGIN = "origin"
    PHOTOGRAPH = "photograph"


BLOCKING = (
    Fact.NAME,
    Fact.DESCRIPTION,
    Fact.COMPOSITION,
    Fact.CONDITION,
    Fact.MANUFACTURER,
    Fact.PHOTOGRAPH,
)
"""What must be there before a sale is scheduled: Regulations (EU) 1007/2011 art.

16 and 2023/988 art. 19.
"""

WRITTEN = tuple(fact for fact in Fact if fact is not Fact.PHOTOGRAPH)
"""Facts that a person can state in words."""

FILLED_AT_ONCE = (Fact.COMPOSITION, Fact.ORIGIN, Fact.CONDITION, Fact.MANUFACTURER)
"""Facts that are often the same for many styles and may be filled in for all that lack them."""


@dataclass(frozen=True, slots=True)
class StyleFacts:
    """What is known of a style.

    ``not_textile`` is the brand's statement that no composition is owed.
    """

    name: str
    description: str
    composition: str
    condition: str
    manufacturer: str
    origin: str
    photographs: int
    not_textile: bool = False


def lacking(facts: StyleFacts) -> tuple[Fact, ...]:
    """What the style still lacks, in the order of :class:`Fact`.

    Origin is wished and blocks nothing.
    """
    known = {
        Fact.NAME: bool(facts.name),
        Fact.DESCRIPTION: bool(facts.description),
        Fact.COMPOSITION: bool(facts.composition) or facts.not_textile,
        Fact.CONDITION: bool(facts.condition),
        Fact.MANUFACTURER: bool(facts.manufacturer),
        Fact.ORIGIN: bool(facts.origin),
        Fact.PHOTOGRAPH: facts.photographs > 0,
    }
    return tuple(fact for fact in Fact if not known[fact])


def blocking(facts: StyleFacts) -> tuple[Fact, ...]:
    """What the style lacks that keeps it out of a sale."""
    return tuple(fact for fact in lacking(facts) if fact in BLOCKING)


@dataclass(frozen=True, slots=True)
class Brief:
    """What the brand asks of the house. ``cost_total_minor`` is confidential and may stay unsaid."""

    problem: str
    deadline: date | None
    never: str
    cost_total_minor: int | None = None


def check_brief(brief: Brief, *, today: date) -> None:
    """Refuses a deadline that has passed."""
    if brief.deadline is not None and brief.deadline <= today:
        raise BriefRefused(field="deadline", reason="deadline_has_passed")


def check_submission(brief: Brief, *, variants: int, units: int, today: date) -> None:
    """Refuses a collection without a stated problem, a deadline ahead, variants and known units."""
    lacks = tuple(
        name
        for name, present in (
            ("problem", bool(brief.problem.strip())),
            ("deadline", brief.deadline is not None),
            ("variants", variants > 0),
            ("units", units > 0),
        )
        if not present
    )
    if lacks:
        raise BriefIncomplete(lacks=lacks)
    check_brief(brief, today=today)


def understood(fact: Fact, text: str) -> dict[str, Any]:
    """The columns of a style that ``text`` fills when a person states ``fact``.

    Refuses a composition that does not add to 100 %, a country or condition that is not known, and
    nothing.
    """
    said = text.strip()
    assert fact in WRITTEN, f"{fact} is not written by hand"
    if not said:
        raise FactRefused(field=str(fact), reason="blank")
    if fact is Fact.COMPOSITION:
        return _composition(said)
    if fact is Fact.ORIGIN:
        code = countries.code_of(said)
        if not code:
            raise FactRefused(field=str(fact), reason="country_unknown")
        return {"origin": code}
    if fact is Fact.CONDITION:
        condition = conditions.named(said)
        if condition is None:
            raise FactRefused(field=str(fact), reason="condition_unknown")
        return {"condition": str(condition)}
    return {str(fact): said}


def _composition(text: str) -> dict[str, Any]:
    line = one_line(text.replace("\n", "; "))
    parts = compositions.parsed(line)
    if not parts:
        raise FactRefused(field="composition", reason="composition_without_percentages")
    wrong = compositions.wrong_parts(parts)
    if wrong:
        total = compositions.in_percent(wrong[0].total_bps)
        raise FactRefused(field="composition", reason="composition_sum", total=total)
    return {"composition": line, "composition_parts": compositions.as_plain(parts)}


@dataclass(frozen=True, slots=True)
class Evidence:
    """Where and when a public price was really asked; ``reference`` names the place in words."""

    kind: EvidenceKind
    reference: str
    seen_on: date


def check_evidence(stated: Evidence, *, today: date) -> None:
    """Refuses evidence that names no place, lies in the future, or is too old to say anything."""
    if not stated.reference.strip():
        raise EvidenceRefused(reason="no_place")
    if stated.seen_on > today:
        raise EvidenceRefused(reason="in_the_future")
    if not evidence_holds(stated.seen_on, today):
        raise EvidenceRefused(reason="too_old")


def changes(stored: Mapping[str, Any], line: Mapping[str, Any]) -> dict[str, Any]:
    """What the file's ``line`` would change of what is ``stored``: column to new value.

    Empty if nothing.

    Both speak of the same columns. Blank text, no list and None say nothing; ``details`` are added
    to.
    """
    found = {}
    for column, said in line.items():
        known = stored[column]
        new = {**known, **said} if isinstance(said, dict) and isinstance(known, dict) else said
        if says_something(said) and new != known:
            found[column] = new
    return found


def says_something(value: object) -> bool:
    """Whether a file's value speaks at all: zero does, blank does not."""
    return value is not None and value not in ("", [], {}, ())


def style_columns(line: StyleLine) -> dict[str, Any]:
    """The columns of a style as the file states them; its code standing in for a name states none."""
    columns = {name: getattr(line, name) for name in STYLE_COLUMNS}
    named = "" if line.name == line.code else line.name
    return {**columns, "name": named, "composition_parts": list(line.composition_parts)}


def variant_columns(line: VariantLine) -> dict[str, Any]:
    """The columns of a variant as the file states them."""
    return {name: getattr(line, name) for name in VARIANT_COLUMNS}


def grouped(facts: Iterable[tuple[Fact, ...]]) -> dict[Fact, int]:
    """How many styles lack each fact."""
    counts: dict[Fact, int] = {}
    for lacks in facts:
        for fact in lacks:
            counts[fact] = counts.get(fact, 0) + 1
    return counts
