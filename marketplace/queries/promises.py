"""What did the house promise, and was it kept? Every promise that was shown to anyone."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime
from enum import StrEnum
from typing import TYPE_CHECKING

from sqlalchemy import and_, func, select, true

from marketplace.db import clock, sales
from marketplace.db.brands import Brand
from marketplace.db.promises import Promise
from marketplace.domain.money import Money
from marketplace.domain.promises import keeping

if TYPE_CHECKING:
    from sqlalchemy import ColumnElement

    from marketplace.domain.doors import Realm
    from marketplace.domain.promises import Keeping, PromiseKind
    from marketplace.toolbox import Toolbox

PAGE_SIZE = 50


class Shown(StrEnum):
    """Which promises are listed."""

    BROKEN = "broken"
    PENDING = "pending"
    KEPT = "kept"
    LATE = "late"
    ALL = "all"


@dataclass(frozen=True, slots=True)
class Line:
    """One promise and how it stands."""

    promise_id: int
    kind: PromiseKind
    subject_type: str
    subject_id: int
    realm: Realm
    brand: str | None
    due_at: datetime
    kept_at: datetime | None
    amount: Money | None
    keeping: Keeping


@dataclass(frozen=True, slots=True)
class Listed:
    """One page of promises, the nearest to their date first, and how many there are of each sort."""

    lines: tuple[Line, ...]
    shown: Shown
    counts: dict[Shown, int]
    total: int
    page: int
    page_size: int = PAGE_SIZE


_NOW = func.house_instant()
_KEPT_AT = sales.kept_at()
_OPEN = and_(Promise.kept_at.is_(None), Promise.void_at.is_(None), _KEPT_AT.is_(None))
_WHERE: dict[Shown, ColumnElement[bool]] = {
    Shown.BROKEN: and_(_OPEN, Promise.due_at < _NOW),
    Shown.PENDING: and_(_OPEN, Promise.due_at >= _NOW),
    Shown.KEPT: Promise.due_at >= _KEPT_AT,
    Shown.LATE: Promise.due_at < _KEPT_AT,
    Shown.ALL: true(),
}
_SOON_FIRST = frozenset({Shown.BROKEN, Shown.PENDING})


def listed(tools: Toolbox, *, shown: Shown, page: int = 1) -> Listed:
    """The promises of one sort: those still open by their date, the others newest first."""
    order = Promise.due_at if shown in _SOON_FIRST else Promise.due_at.desc()
    statement = (
        select(Promise, Brand.name, _KEPT_AT)
        .outerjoin(Brand, Brand.id == Promise.brand_id)
        .where(_WHERE[shown])
        .order_by(order, Promise.id)
        .limit(PAGE_SIZE)
        .offset((page - 1) * PAGE_SIZE)
    )
    counted = select(
        *(func.count().filter(where).label(str(name)) for name, where in _WHERE.items())
    ).select_from(Promise)
    with tools.reading() as session:
        now = clock.instant(session)
        row = session.execute(counted).one()
        lines = tuple(_line(*row, now=now) for row in session.execute(statement))
    counts = {name: int(number) for name, number in zip(_WHERE, row, strict=True)}
    return Listed(lines, shown, counts, counts[shown], page)


def passed(tools: Toolbox) -> int:
    """How many promises have passed their date unkept."""
    with tools.reading() as session:
        return session.scalar(select(func.count(Promise.id)).where(_WHERE[Shown.BROKEN])) or 0


def _line(row: Promise, brand: str | None, kept_at: datetime | None, *, now: datetime) -> Line:
    amount = None
    if row.amount_minor is not None and row.currency is not None:
        amount = Money(row.amount_minor, row.currency)
    return Line(
        promise_id=row.id,
        kind=row.kind,
        subject_type=row.subject_type,
        subject_id=row.subject_id,
        realm=row.realm,
        brand=brand,
        due_at=row.due_at.astimezone(UTC),
        kept_at=kept_at.astimezone(UTC) if kept_at else None,
        amount=amount,
        keeping=keeping(due_at=row.due_at, kept_at=kept_at, void_at=row.void_at, now=now),
    )
