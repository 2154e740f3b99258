"""What was understood: styles and variants as lines, ready to be stored, compared and counted.

The names of the attributes are those of the catalogue's tables, so that rules written for lines hold for
stored styles and variants too.
"""

from __future__ import annotations

from dataclasses import asdict, dataclass, field
from enum import StrEnum
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Iterable

    from marketplace.domain.imports.problems import Problem


class RowKind(StrEnum):
    """What a row is: a variant, a row that only adds (a parent, a photograph), or one left out."""

    VARIANT = "variant"
    EXTRA = "extra"
    IGNORED = "ignored"


@dataclass(frozen=True, slots=True)
class StyleLine:
    """A style. ``origin`` is an ISO code, ``condition`` one of the known words; empty where unknown.

    ``composition_parts`` as :func:`compositions.as_plain`; ``details`` holds what else the file says.
    """

    code: str
    name: str
    description: str = ""
    category: str = ""
    gender: str = ""
    composition: str = ""
    composition_parts: tuple[dict[str, Any], ...] = ()
    origin: str = ""
    condition: str = ""
    manufacturer: str = ""
    details: dict[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class VariantLine:
    """A variant. Prices in minor units of ``currency``; None where the file says nothing.

    Empty ``colour`` or ``size`` means that there is only one. ``units_offered`` None is unknown, not zero.
    ``rrp_from_shop`` marks a public price that was taken from the brand's own shop.
    """

    style_code: str
    sku: str
    colour: str
    colour_code: str
    size: str
    size_system: str
    size_rank: int
    gtin: str
    currency: str
    rrp_minor: int | None
    target_minor: int | None
    floor_minor: int | None
    cost_minor: int | None
    units_offered: int | None
    weight_g: int | None
    cn_code: str
    rrp_from_shop: bool = False
    images: tuple[str, ...] = ()
    wholesale_minor: int | None = None

    @property
    def key(self) -> tuple[str, str, str]:
        """What makes it the same variant in another file, whatever its upper and lower case."""
        return self.style_code.casefold(), self.colour.casefold(), self.size.casefold()


@dataclass(frozen=True, slots=True)
class Judged:
    """One row and the verdict on it. ``variant`` is None unless the row is an accepted variant.

    ``style_images`` are photographs that the row names for the style as a whole. ``part`` counts the sizes of a
    row that holds several side by side; ``refused`` where what keeps it out was told at another of them. ``spare``
    is what a refused row could enter as, without the cells that are wrong; its style comes with it.
    """

    number: int
    kind: RowKind
    style: StyleLine | None = None
    variant: VariantLine | None = None
    style_images: tuple[str, ...] = ()
    problems: tuple[Problem, ...] = ()
    part: int = 0
    refused: bool = False
    spare: VariantLine | None = None

    @property
    def is_refused(self) -> bool:
        """Whether something about the row keeps it out."""
        lacks_its_line = self.kind is RowKind.VARIANT and self.variant is None
        told = any(problem.severity == "block" for problem in self.problems)
        return lacks_its_line or told or self.refused


@dataclass(frozen=True, slots=True)
class Counts:
    """What would be imported, refused rows left out. ``rows`` counts every filled row below the header.

    ``units`` adds the known quantities; ``unknown`` is how many variants have none.
    """

    rows: int = 0
    styles: int = 0
    variants: int = 0
    units: int = 0
    refused: int = 0
    unknown: int = 0


def counted(judged: Iterable[Judged]) -> Counts:
    """The counts over all rows of one file."""
    styles: set[str] = set()
    rows = variants = units = refused = unknown = 0
    for each in judged:
        rows += each.part <= 1
        refused += each.is_refused
        if each.variant is not None:
            variants += 1
            styles.add(each.variant.style_code.casefold())
            units += each.variant.units_offered or 0
            unknown += each.variant.units_offered is None
    return Counts(rows, len(styles), variants, units, refused, unknown)


def as_plain(line: StyleLine | VariantLine) -> dict[str, Any]:
    """The line as a dictionary of plain values, for storing and comparing."""
    return asdict(line)
