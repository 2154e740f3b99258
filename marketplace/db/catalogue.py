"""The catalogue: collections, styles, variants, photographs, and the evidence for public prices."""

from __future__ import annotations

from datetime import date, datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import CheckConstraint, Date, ForeignKeyConstraint, Index, String, UniqueConstraint
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

    ``unit_costs_shared`` says whether the brand told its cost; it is confidential and shown to the operator only.
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

    ``units_offered`` is None where the file left it blank: unknown is not zero. ``cost_minor`` is confidential.
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
    units_offered: Mapped[int | None]
    weight_g: Mapped[int | None]
    cn_code: Mapped[str] = mapped_column(String(20), server_default="")
    withdrawn_at: Mapped[datetime | None]
    created_at: Mapped[CreatedAt]


class Photograph(Base):
    """A photograph of a style (of one colour, where ``colour`` says so), re-encoded in several widths.

    ``widths`` maps a width in pixels to a storage key; ``paper`` is its mean colour, shown while it loads.
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
    created_at: Mapped[CreatedAt]


class RrpEvidence(Base):
    """Why a public price may be shown struck through: kind, where it was seen, when. Without it, none is shown.

    Source of the rule: Directive 98/6/EC art. 6a and the UCPD guidance on comparisons with a recommended price.
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
