"""Reports to brands: immutable snapshots of a sale's figures, one for each hour and one at close."""

from __future__ import annotations

from datetime import datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from marketplace.db.base import Base, CreatedAt, Pk, refers, states


class ReportKind(StrEnum):
    """When a report is taken."""

    HOURLY = "hourly"
    CLOSING = "closing"


class Report(Base):
    """The figures of a sale as of ``as_of``; ``sha256`` seals them. It can be derived again from events."""

    __tablename__ = "reports"
    __table_args__ = (UniqueConstraint("sale_id", "kind", "as_of"),)

    id: Mapped[Pk]
    brand_id: Mapped[int] = refers("brands.id", index=True)
    sale_id: Mapped[int] = refers("sales.id")
    kind: Mapped[ReportKind] = mapped_column(states(ReportKind))
    as_of: Mapped[datetime]
    figures: Mapped[dict[str, Any]]
    sha256: Mapped[str] = mapped_column(String(64))
    created_at: Mapped[CreatedAt]
