"""What waits at the house's own desk of joining: applications, and the list that every brand is asked."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime
from typing import TYPE_CHECKING

from sqlalchemy import func, select

from marketplace.db.joining import Application, ChecklistItem
from marketplace.domain.brands.applying import ApplicationState, answer_due
from marketplace.domain.refusals import NotFound

if TYPE_CHECKING:
    from collections.abc import Mapping

    from marketplace.domain.brands.checklist import Gate, ItemKind
    from marketplace.domain.brands.kyb import Part
    from marketplace.toolbox import Toolbox

PAGE_SIZE = 50


@dataclass(frozen=True, slots=True)
class Applied:
    """An application; ``due_at`` is by when its answer was promised."""

    application_id: int
    name: str
    country: str
    website: str
    person: str
    email: str
    locale: str
    said: str
    state: ApplicationState
    reason: str
    brand_id: int | None
    applied_at: datetime
    due_at: datetime


@dataclass(frozen=True, slots=True)
class Applications:
    """One page of applications, those that wait first."""

    lines: tuple[Applied, ...]
    waiting: int
    total: int
    page: int
    page_size: int = PAGE_SIZE


@dataclass(frozen=True, slots=True)
class Item:
    """One item of the house's list."""

    item_id: int
    position: int
    kind: ItemKind
    gate: Gate
    part: Part | None
    titles: Mapping[str, str]
    asks: Mapping[str, str]
    active: bool


def applications(tools: Toolbox, *, page: int = 1) -> Applications:
    """Those that wait first, the oldest of them on top; then the others, newest first."""
    statement = (
        select(Application)
        .order_by(
            (Application.state == ApplicationState.OPEN).desc(),
            Application.decided_at.desc().nulls_first(),
            Application.id,
        )
        .limit(PAGE_SIZE)
        .offset((page - 1) * PAGE_SIZE)
    )
    with tools.reading() as session:
        total = session.scalar(select(func.count()).select_from(Application)) or 0
        open_ = Application.state == ApplicationState.OPEN
        waiting = session.scalar(select(func.count()).select_from(Application).where(open_)) or 0
        lines = tuple(_applied(row) for row in session.scalars(statement))
    return Applications(lines, waiting, total, page)


def application(tools: Toolbox, *, application_id: int) -> Applied:
    """One of them; NotFound if there is none."""
    with tools.reading() as session:
        row = session.get(Application, application_id)
        if row is None:
            raise NotFound
        return _applied(row)


def checklist(tools: Toolbox) -> tuple[Item, ...]:
    """The whole list in its order, with what is asked no more."""
    with tools.reading() as session:
        rows = session.scalars(
            select(ChecklistItem).order_by(
                ChecklistItem.active.desc(), ChecklistItem.position, ChecklistItem.id
            )
        )
        return tuple(
            Item(
                row.id,
                row.position,
                row.kind,
                row.gate,
                row.part,
                row.titles,
                row.asks,
                row.active,
            )
            for row in rows
        )


def item(tools: Toolbox, *, item_id: int) -> Item:
    """One item; NotFound if there is none."""
    found = next((each for each in checklist(tools) if each.item_id == item_id), None)
    if found is None:
        raise NotFound
    return found


def _applied(row: Application) -> Applied:
    applied_at = row.created_at.astimezone(UTC)
    return Applied(
        application_id=row.id,
        name=row.name,
        country=row.country,
        website=row.website,
        person=row.person,
        email=row.email,
        locale=row.locale,
        said=row.said,
        state=row.state,
        reason=row.reason,
        brand_id=row.brand_id,
        applied_at=applied_at,
        due_at=answer_due(applied_at),
    )
