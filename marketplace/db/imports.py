"""Imports: a brand's file on its way to a collection, kept row by row so that nothing is lost."""

from __future__ import annotations

from datetime import datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import CheckConstraint, Index, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from marketplace.db.base import (
    CODE_LENGTH_MAX,
    NAME_LENGTH_MAX,
    Base,
    CreatedAt,
    Pk,
    refers,
    states,
)
from marketplace.domain.lifecycle import Lifecycle


class ImportState(StrEnum):
    """Where an import stands. Work happens in ``reading``, ``judging`` and ``applying`` only."""

    UPLOADED = "uploaded"
    READING = "reading"
    MAPPING = "mapping"
    JUDGING = "judging"
    PREVIEWED = "previewed"
    APPLYING = "applying"
    FINISHED = "finished"
    FAILED = "failed"
    CANCELLED = "cancelled"


IMPORT_LIFECYCLE = Lifecycle(
    "import",
    {
        ImportState.UPLOADED: (ImportState.READING, ImportState.FAILED, ImportState.CANCELLED),
        ImportState.READING: (ImportState.MAPPING, ImportState.FAILED, ImportState.CANCELLED),
        ImportState.MAPPING: (ImportState.JUDGING, ImportState.READING, ImportState.CANCELLED),
        ImportState.JUDGING: (ImportState.PREVIEWED, ImportState.FAILED, ImportState.CANCELLED),
        ImportState.PREVIEWED: (ImportState.APPLYING, ImportState.MAPPING, ImportState.CANCELLED),
        ImportState.APPLYING: (ImportState.FINISHED, ImportState.FAILED),
        ImportState.FINISHED: (),
        ImportState.FAILED: (ImportState.READING, ImportState.CANCELLED),
        ImportState.CANCELLED: (),
    },
)


class RowVerdict(StrEnum):
    """What will happen with a row. ``extra`` rows only add a photograph or are a parent without units."""

    PENDING = "pending"
    NEW = "new"
    CHANGED = "changed"
    SAME = "same"
    REFUSED = "refused"
    EXTRA = "extra"


class Import(Base):
    """One upload and all that was understood of it."""

    __tablename__ = "imports"
    __table_args__ = (CheckConstraint("rows_done <= rows_total", name="progress"),)

    id: Mapped[Pk]
    brand_id: Mapped[int] = refers("brands.id", index=True)
    collection_id: Mapped[int] = refers("collections.id", index=True)
    file_id: Mapped[int] = refers("stored_files.id", index=True)
    images_file_id: Mapped[int | None] = refers("stored_files.id", index=True)
    state: Mapped[ImportState] = mapped_column(states(ImportState), server_default="uploaded")
    encoding: Mapped[str | None] = mapped_column(String(20))
    delimiter: Mapped[str | None] = mapped_column(String(4))
    sheet: Mapped[str | None] = mapped_column(String(NAME_LENGTH_MAX))
    sheets: Mapped[list[Any]] = mapped_column(server_default="[]")
    layout: Mapped[str | None] = mapped_column(String(40))
    header_row: Mapped[int | None]
    header: Mapped[list[Any]] = mapped_column(server_default="[]")
    mapping: Mapped[dict[str, Any]] = mapped_column(server_default="{}")
    guess: Mapped[dict[str, Any]] = mapped_column(server_default="{}")
    counts: Mapped[dict[str, Any]] = mapped_column(server_default="{}")
    problems: Mapped[list[Any]] = mapped_column(server_default="[]")
    photographs: Mapped[list[Any]] = mapped_column(server_default="[]")
    rows_total: Mapped[int] = mapped_column(server_default="0")
    rows_done: Mapped[int] = mapped_column(server_default="0")
    error: Mapped[str] = mapped_column(String(1_000), server_default="")
    uploaded_by_id: Mapped[int] = refers("accounts.id", index=True)
    confirmed_by_id: Mapped[int | None] = refers("accounts.id")
    finished_at: Mapped[datetime | None]
    created_at: Mapped[CreatedAt]


class ImportRow(Base):
    """One row as the spreadsheet shows it (``number``, header included), raw and judged."""

    __tablename__ = "import_rows"
    __table_args__ = (
        UniqueConstraint("brand_id", "import_id", "number"),
        Index(
            "ix_import_rows_unapplied", "import_id", "number", postgresql_where="applied_at IS NULL"
        ),
        Index("ix_import_rows_verdict", "import_id", "verdict", "number"),
    )

    id: Mapped[Pk]
    brand_id: Mapped[int] = refers("brands.id")
    import_id: Mapped[int] = refers("imports.id")
    number: Mapped[int]
    cells: Mapped[list[Any]]
    verdict: Mapped[RowVerdict] = mapped_column(states(RowVerdict), server_default="pending")
    judged: Mapped[dict[str, Any]] = mapped_column(server_default="{}")
    changes: Mapped[dict[str, Any]] = mapped_column(server_default="{}")
    problems: Mapped[list[Any]] = mapped_column(server_default="[]")
    applied_at: Mapped[datetime | None]


class RememberedMapping(Base):
    """How a brand's header was read last time, by the header's fingerprint."""

    __tablename__ = "remembered_mappings"
    __table_args__ = (UniqueConstraint("brand_id", "fingerprint"),)

    id: Mapped[Pk]
    brand_id: Mapped[int] = refers("brands.id")
    fingerprint: Mapped[str] = mapped_column(String(CODE_LENGTH_MAX))
    mapping: Mapped[dict[str, Any]]
    used_at: Mapped[CreatedAt]
