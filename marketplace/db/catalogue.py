"""The catalogue: collections, styles, variants, photographs, and the evidence for public prices."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from datetime import date, datetime
from enum import StrEnum
from typing import TYPE_CHECKING, Any

from sqlalchemy import (
    Boolean,
    CheckConstraint,
    Date,
    ForeignKeyConstraint,
    Index,
    String,
    UniqueConstraint,
    func,
    select,
    update,
)
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Mapped, mapped_column

from marketplace.db.base import (
    CODE_LENGTH_MAX,
    NAME_LENGTH_MAX,
    TEXT_LENGTH_MAX,
    Base,
    CreatedAt,
    Currency,
    Pk,
    refers,
    states,
)
from marketplace.domain.brands.guard_rails import WATERMARK_MAX

if TYPE_CHECKING:
    from collections.abc import Container, Sequence

    from sqlalchemy.orm import Session

    from marketplace.domain.imports.lines import VariantLine


class CollectionState(StrEnum):
    """A collection is filled by imports, then submitted with its brief; a deal follows."""

    DRAFT = "draft"
    SUBMITTED = "submitted"


class PhotographState(StrEnum):
    """Whether the derivatives of a photograph are ready to be shown."""

    READY = "ready"
    REFUSED = "refused"


class Collection(Base):
    """What a brand offers, and its brief: the problem to solve, the deadline, the never-dos.

    ``unit_costs_shared`` says whether the brand told its cost; it is confidential and shown to the
    operator only. ``confidential``: the brand asks that nothing of it be spoken of outside the house.
    """

    __tablename__ = "collections"

    id: Mapped[Pk]
    brand_id: Mapped[int] = refers("brands.id", index=True)
    name: Mapped[str] = mapped_column(String(NAME_LENGTH_MAX))
    season: Mapped[str] = mapped_column(String(CODE_LENGTH_MAX), server_default="")
    currency: Mapped[Currency] = mapped_column(server_default="EUR")
    state: Mapped[CollectionState] = mapped_column(states(CollectionState), server_default="draft")
    brief_problem: Mapped[str] = mapped_column(String(TEXT_LENGTH_MAX), server_default="")
    brief_deadline: Mapped[date | None] = mapped_column(Date)
    brief_never: Mapped[str] = mapped_column(String(TEXT_LENGTH_MAX), server_default="")
    cost_total_minor: Mapped[int | None]
    confidential: Mapped[bool] = mapped_column(Boolean, server_default="false")
    submitted_at: Mapped[datetime | None]
    created_by_id: Mapped[int] = refers("accounts.id")
    created_at: Mapped[CreatedAt]


class Style(Base):
    """A product of a collection; its variants carry colour and size."""

    __tablename__ = "styles"
    __table_args__ = (
        UniqueConstraint("brand_id", "collection_id", "code"),
        UniqueConstraint("brand_id", "id"),
    )

    id: Mapped[Pk]
    brand_id: Mapped[int] = refers("brands.id")
    collection_id: Mapped[int] = refers("collections.id", index=True)
    code: Mapped[str] = mapped_column(String(CODE_LENGTH_MAX))
    name: Mapped[str] = mapped_column(String(NAME_LENGTH_MAX))
    description: Mapped[str] = mapped_column(String(TEXT_LENGTH_MAX), server_default="")
    category: Mapped[str] = mapped_column(String(NAME_LENGTH_MAX), server_default="")
    gender: Mapped[str] = mapped_column(String(40), server_default="")
    composition: Mapped[str] = mapped_column(String(1_000), server_default="")
    composition_parts: Mapped[list[Any]] = mapped_column(server_default="[]")
    origin: Mapped[str] = mapped_column(String(2), server_default="")
    condition: Mapped[str] = mapped_column(String(40), server_default="new_with_tags")
    manufacturer: Mapped[str] = mapped_column(String(1_000), server_default="")
    details: Mapped[dict[str, Any]] = mapped_column(server_default="{}")
    created_at: Mapped[CreatedAt]


class Variant(Base):
    """A SKU: one style in one colour and one size. Empty text stands for 'only one'.

    ``units_offered`` is None where the file left it blank: unknown is not zero. ``cost_minor``
    and ``wholesale_minor`` (without VAT) are confidential.
    """

    __tablename__ = "variants"
    __table_args__ = (
        ForeignKeyConstraint(
            ("brand_id", "style_id"), ("styles.brand_id", "styles.id"), ondelete="RESTRICT"
        ),
        UniqueConstraint("brand_id", "style_id", "colour", "size"),
        UniqueConstraint("brand_id", "collection_id", "sku"),
        Index("ix_variants_style", "style_id"),
        Index("ix_variants_collection", "collection_id", "style_id"),
        CheckConstraint("units_offered >= 0", name="units_offered"),
        CheckConstraint(
            "rrp_minor > 0 AND floor_minor >= 0 AND target_minor >= 0 AND cost_minor >= 0",
            name="prices",
        ),
        CheckConstraint("wholesale_minor >= 0", name="wholesale"),
    )

    id: Mapped[Pk]
    brand_id: Mapped[int] = refers("brands.id")
    collection_id: Mapped[int] = refers("collections.id")
    style_id: Mapped[int]
    sku: Mapped[str] = mapped_column(String(CODE_LENGTH_MAX))
    gtin: Mapped[str] = mapped_column(String(14), server_default="")
    colour: Mapped[str] = mapped_column(String(CODE_LENGTH_MAX), server_default="")
    colour_code: Mapped[str] = mapped_column(String(CODE_LENGTH_MAX), server_default="")
    size: Mapped[str] = mapped_column(String(40), server_default="")
    size_system: Mapped[str] = mapped_column(String(20), server_default="")
    size_rank: Mapped[int] = mapped_column(server_default="0")
    currency: Mapped[Currency]
    rrp_minor: Mapped[int | None]
    target_minor: Mapped[int | None]
    floor_minor: Mapped[int | None]
    cost_minor: Mapped[int | None]
    wholesale_minor: Mapped[int | None]
    units_offered: Mapped[int | None]
    weight_g: Mapped[int | None]
    cn_code: Mapped[str] = mapped_column(String(20), server_default="")
    withdrawn_at: Mapped[datetime | None]
    created_at: Mapped[CreatedAt]


class Photograph(Base):
    """A photograph of a style (of one colour, if ``colour`` says so), drawn anew in several widths.

    ``widths`` maps a width in pixels to a storage key; ``paper`` is its mean colour, shown while
    it loads. ``marked`` are copies with ``mark`` drawn on them, for members of a brand that wants one;
    ``mark_attempts`` were begun to draw it anew, the last until ``mark_claimed_until``.
    """

    __tablename__ = "photographs"
    __table_args__ = (
        UniqueConstraint("brand_id", "style_id", "sha256"),
        Index("ix_photographs_style_position", "style_id", "position"),
    )

    id: Mapped[Pk]
    brand_id: Mapped[int] = refers("brands.id")
    style_id: Mapped[int] = refers("styles.id")
    colour: Mapped[str] = mapped_column(String(CODE_LENGTH_MAX), server_default="")
    position: Mapped[int]
    filename: Mapped[str] = mapped_column(String(NAME_LENGTH_MAX))
    sha256: Mapped[str] = mapped_column(String(64))
    width: Mapped[int]
    height: Mapped[int]
    widths: Mapped[dict[str, Any]]
    paper: Mapped[str] = mapped_column(String(7), server_default="#F3EFE9")
    state: Mapped[PhotographState] = mapped_column(states(PhotographState), server_default="ready")
    mark: Mapped[str] = mapped_column(String(WATERMARK_MAX), server_default="")
    marked: Mapped[dict[str, Any] | None]
    mark_attempts: Mapped[int] = mapped_column(server_default="0")
    mark_claimed_until: Mapped[datetime | None]
    created_at: Mapped[CreatedAt]


class RrpEvidence(Base):
    """Why a public price may be shown struck through: kind, where it was seen, when.

    Without it, none is shown.

    Source of the rule: Directive 98/6/EC art. 6a and the UCPD guidance on comparisons with a
    recommended price.
    """

    __tablename__ = "rrp_evidence"

    id: Mapped[Pk]
    brand_id: Mapped[int] = refers("brands.id")
    collection_id: Mapped[int] = refers("collections.id", index=True)
    style_id: Mapped[int | None] = refers("styles.id", index=True)
    kind: Mapped[str] = mapped_column(String(20))
    reference: Mapped[str] = mapped_column(String(1_000))
    file_id: Mapped[int | None] = refers("stored_files.id")
    seen_on: Mapped[date] = mapped_column(Date)
    stated_by_id: Mapped[int] = refers("accounts.id")
    created_at: Mapped[CreatedAt]


@dataclass(slots=True)
class Known:
    """What a collection holds already of the variants that a part of a file speaks of.

    ``claimed`` are the keys of all variants in the file: what has a line of its own was not
    renamed.
    """

    claimed: Container[tuple[str, str, str]]
    styles: dict[str, Style] = field(default_factory=dict)
    variants: dict[tuple[int, str, str], Variant] = field(default_factory=dict)
    skus: dict[str, Variant] = field(default_factory=dict)

    def style(self, code: str) -> Style | None:
        """The style of this code."""
        return self.styles.get(folded(code))

    def variant(self, line: VariantLine) -> Variant | None:
        """The variant of this colour and size; else the one of this SKU, if it was renamed."""
        style = self.style(line.style_code)
        if style is None:
            return None
        same = self.variants.get((style.id, folded(line.colour), folded(line.size)))
        return same or self._renamed(line, style)

    def _renamed(self, line: VariantLine, style: Style) -> Variant | None:
        held = self.skus.get(line.sku)
        if held is None or held.style_id != style.id:
            return None
        before = replace(line, colour=held.colour, size=held.size)
        return None if before.key in self.claimed else held

    def holder(self, line: VariantLine) -> Variant | None:
        """Another variant that has this SKU; None where the SKU is free or the variant's own."""
        held = self.skus.get(line.sku)
        return None if held is None or held is self.variant(line) else held

    def add(self, variant: Variant) -> None:
        """Know of a variant that is stored."""
        self.variants[variant.style_id, folded(variant.colour), folded(variant.size)] = variant
        self.skus[variant.sku] = variant


def folded(text: str) -> str:
    """The same for two spellings of one code, colour or size."""
    return " ".join(text.split()).casefold()


def known(
    session: Session,
    collection_id: int,
    lines: Sequence[VariantLine],
    *,
    claimed: Container[tuple[str, str, str]] = (),
) -> Known:
    """What the collection holds of the styles, and of the SKUs, that ``lines`` name."""
    codes = {line.style_code.lower() for line in lines}
    wanted = select(Style).where(
        Style.collection_id == collection_id, func.lower(Style.code).in_(codes)
    )
    styles = {folded(each.code): each for each in session.scalars(wanted)}
    found = Known(claimed, styles)
    style_ids = [each.id for each in found.styles.values()]
    for variant in session.scalars(select(Variant).where(Variant.style_id.in_(style_ids))):
        found.add(variant)
    skus = {line.sku for line in lines} - found.skus.keys()
    held = select(Variant).where(Variant.collection_id == collection_id, Variant.sku.in_(skus))
    for variant in session.scalars(held):
        found.skus[variant.sku] = variant
    return found


def holds_anything(session: Session, collection_id: int) -> bool:
    """Whether a file came into the collection before."""
    wanted = select(Variant.id).where(Variant.collection_id == collection_id).limit(1)
    return session.execute(wanted).first() is not None


def style_ids(session: Session, collection_id: int) -> dict[str, int]:
    """The styles of a collection by their code."""
    wanted = select(Style.code, Style.id).where(Style.collection_id == collection_id)
    return {folded(row.code): row.id for row in session.execute(wanted)}


def hung(session: Session, collection_id: int) -> set[tuple[int, str]]:
    """Which photographs hang on which styles of a collection: style and content."""
    wanted = (
        select(Photograph.style_id, Photograph.sha256)
        .join(Style, Style.id == Photograph.style_id)
        .where(Style.collection_id == collection_id)
    )
    return {(row.style_id, row.sha256) for row in session.execute(wanted)}


def hung_names(session: Session, collection_id: int) -> dict[tuple[int, str], str]:
    """What the photographs on the styles of a collection are called: style and name, and their content."""
    wanted = (
        select(Photograph.style_id, Photograph.filename, Photograph.sha256)
        .join(Style, Style.id == Photograph.style_id)
        .where(Style.collection_id == collection_id, Photograph.state == PhotographState.READY)
    )
    return {(row.style_id, row.filename): row.sha256 for row in session.execute(wanted)}


def hang(session: Session, new: Photograph) -> None:
    """Hang a photograph on its style, once; one of the same name is no longer shown."""
    replaced = (
        update(Photograph)
        .where(
            Photograph.style_id == new.style_id,
            Photograph.filename == new.filename,
            Photograph.sha256 != new.sha256,
        )
        .values(state=PhotographState.REFUSED)
    )
    session.execute(replaced)
    columns = {
        name: getattr(new, name)
        for name in (
            "brand_id",
            "style_id",
            "colour",
            "position",
            "filename",
            "sha256",
            "width",
            "height",
            "widths",
            "paper",
        )
    }
    session.execute(
        insert(Photograph)
        .values(columns)
        .on_conflict_do_nothing(index_elements=("brand_id", "style_id", "sha256"))
    )
