"""One style: its facts, its photographs, and its colours by sizes with units and prices."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING

from sqlalchemy import select

from marketplace.db import brands, deals
from marketplace.db.catalogue import (
    Collection,
    Photograph,
    PhotographState,
    RrpEvidence,
    Style,
    Variant,
)
from marketplace.domain.catalogue import lacking
from marketplace.domain.imports.styles import DAYS
from marketplace.domain.money import Money
from marketplace.domain.refusals import NotFound
from marketplace.queries.collections import Proof, facts_of

if TYPE_CHECKING:
    from collections.abc import Sequence

    from sqlalchemy.orm import Session

    from marketplace.domain.catalogue import Fact
    from marketplace.toolbox import Toolbox

PHOTOGRAPHS_SHOWN_MAX = 60
VARIANTS_SHOWN_MAX = 2_000


@dataclass(frozen=True, slots=True)
class Picture:
    """A photograph of the style; ``colour`` empty: of the style as a whole."""

    photograph_id: int
    colour: str
    filename: str
    width: int
    height: int
    paper: str


@dataclass(frozen=True, slots=True)
class Cell:
    """A variant in the table; ``units`` None is unknown, which is not zero."""

    variant_id: int
    sku: str
    gtin: str
    units: int | None
    rrp: Money | None
    floor: Money | None
    wholesale: Money | None


@dataclass(frozen=True, slots=True)
class ColourRow:
    """A colour and its cell under each size of the table.

    None where it does not come in that size.
    """

    colour: str
    cells: tuple[Cell | None, ...]


@dataclass(frozen=True, slots=True)
class StylePage:
    """A style as its brand sees it. ``parts`` is the composition as it was understood."""

    style_id: int
    collection_id: int
    collection: str
    code: str
    name: str
    description: str
    category: str
    gender: str
    composition: str
    origin: str
    condition: str
    defects: str
    manufacturer: str
    details: dict[str, str]
    not_textile: bool
    lacks: tuple[Fact, ...]
    photographs: tuple[Picture, ...]
    sizes: tuple[str, ...]
    rows: tuple[ColourRow, ...]
    evidence: tuple[Proof, ...]
    frozen: bool

    @property
    def days(self) -> dict[str, date]:
        """Those of the further facts that are days."""
        return {
            name: date.fromisoformat(self.details[name]) for name in DAYS if name in self.details
        }


def one(tools: Toolbox, *, style_id: int) -> StylePage:
    """The style, if it is the brand's own; the house sees every one."""
    with tools.reading() as session:
        wanted = (
            select(Style, Collection.name)
            .join(Collection, Collection.id == Style.collection_id)
            .where(Style.id == style_id, brands.within(tools.brand_id, Style.brand_id))
        )
        found = session.execute(wanted).one_or_none()
        if found is None:
            raise NotFound
        style, collection = found
        photographs = _photographs(session, style.id)
        variants = session.scalars(
            select(Variant)
            .where(Variant.style_id == style.id, Variant.withdrawn_at.is_(None))
            .order_by(Variant.colour, Variant.size_rank, Variant.size)
            .limit(VARIANTS_SHOWN_MAX)
        ).all()
        sizes = tuple(dict.fromkeys(each.size for each in sorted(variants, key=_by_size)))
        return StylePage(
            style_id=style.id,
            collection_id=style.collection_id,
            collection=collection,
            code=style.code,
            name=style.name,
            description=style.description,
            category=style.category,
            gender=style.gender,
            composition=style.composition,
            origin=style.origin,
            condition=style.condition,
            defects=style.details.get("defects", ""),
            manufacturer=style.manufacturer,
            details={
                k: v for k, v in style.details.items() if isinstance(v, str) and k != "defects"
            },
            not_textile=bool(style.details.get("not_textile")),
            lacks=lacking(facts_of(style, len(photographs))),
            photographs=photographs,
            sizes=sizes,
            rows=_rows(variants, sizes),
            evidence=_evidence(session, style),
            frozen=deals.is_agreed(session, style.collection_id),
        )


def _by_size(variant: Variant) -> tuple[int, str]:
    return variant.size_rank, variant.size


def _photographs(session: Session, style_id: int) -> tuple[Picture, ...]:
    wanted = (
        select(
            Photograph.id,
            Photograph.colour,
            Photograph.filename,
            Photograph.width,
            Photograph.height,
            Photograph.paper,
        )
        .where(Photograph.style_id == style_id, Photograph.state == PhotographState.READY)
        .order_by(Photograph.position, Photograph.id)
        .limit(PHOTOGRAPHS_SHOWN_MAX)
    )
    return tuple(Picture(*row) for row in session.execute(wanted))


def _rows(variants: Sequence[Variant], sizes: tuple[str, ...]) -> tuple[ColourRow, ...]:
    cells: dict[str, dict[str, Cell]] = {}
    for each in variants:
        cells.setdefault(each.colour, {})[each.size] = _cell(each)
    return tuple(
        ColourRow(colour, tuple(of_colour.get(size) for size in sizes))
        for colour, of_colour in cells.items()
    )


def _cell(variant: Variant) -> Cell:
    def money(minor: int | None) -> Money | None:
        return None if minor is None else Money(minor, variant.currency)

    return Cell(
        variant.id,
        variant.sku,
        variant.gtin,
        variant.units_offered,
        money(variant.rrp_minor),
        money(variant.floor_minor),
        money(variant.wholesale_minor),
    )


def _evidence(session: Session, style: Style) -> tuple[Proof, ...]:
    """What stands for this style: its own evidence, and that of its whole collection."""
    wanted = (
        select(RrpEvidence)
        .where(
            RrpEvidence.collection_id == style.collection_id,
            RrpEvidence.style_id.is_(None) | (RrpEvidence.style_id == style.id),
        )
        .order_by(RrpEvidence.id.desc())
    )
    return tuple(
        Proof(
            each.id,
            each.kind,
            each.reference,
            each.seen_on,
            None if each.style_id is None else style.code,
            None,
        )
        for each in session.scalars(wanted)
    )
