"""What has a brand set for all of its sales, and who set it? Its people and the house ask."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime
from typing import TYPE_CHECKING

from sqlalchemy import select

from marketplace.db import guard_rails, photographs
from marketplace.db.accounts import Account
from marketplace.db.audit import EventRow
from marketplace.db.brands import Brand
from marketplace.domain.events import Event
from marketplace.domain.refusals import NotFound

if TYPE_CHECKING:
    from sqlalchemy.orm import Session

    from marketplace.db.photographs import Progress
    from marketplace.domain.brands.guard_rails import GuardRails
    from marketplace.toolbox import Toolbox

CHANGES_MAX = 20


@dataclass(frozen=True, slots=True)
class Changed:
    """One change: when, by whom of the brand, and the names of what changed."""

    at: datetime
    by: str | None
    names: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Page:
    """The guard-rails as they stand, how far the drawing of the mark is, and how they came to be, newest first."""

    rails: GuardRails
    marked: Progress
    changes: tuple[Changed, ...]


def look(tools: Toolbox, *, brand_id: int) -> Page:
    """The guard-rails of the brand; NotFound for another's."""
    with tools.reading() as session:
        brand = session.get(Brand, brand_id)
        if brand is None:
            raise NotFound
        marked = photographs.progress(session, brand_id)
        return Page(guard_rails.of_brand(session, brand), marked, _changes(session, brand_id))


def _changes(session: Session, brand_id: int) -> tuple[Changed, ...]:
    rows = session.execute(
        select(EventRow.created_at, Account.name, EventRow.data)
        .outerjoin(Account, Account.id == EventRow.account_id)
        .where(EventRow.brand_id == brand_id, EventRow.name == Event.GUARD_RAILS_CHANGED)
        .order_by(EventRow.id.desc())
        .limit(CHANGES_MAX)
    )
    return tuple(
        Changed(at.astimezone(UTC), name, tuple(data["changed"].split(", ")))
        for at, name, data in rows
    )
