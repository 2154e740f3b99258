"""Days on which a brand's house is closed, as its people stated them."""

from __future__ import annotations

from datetime import date, datetime
from typing import TYPE_CHECKING

from sqlalchemy import CheckConstraint, Date, Index, String, cast, func, select
from sqlalchemy.orm import Mapped, mapped_column

from marketplace.db.base import HOUSE_NOW, Base, CreatedAt, Pk, refers
from marketplace.db.brands import Brand
from marketplace.db.promises import Promise
from marketplace.db.sales import Sale
from marketplace.domain.closures import NOTE_LENGTH_MAX, zone_of
from marketplace.domain.conversations import answer_due
from marketplace.domain.deals import Days
from marketplace.domain.promises import PromiseKind
from marketplace.domain.sales import SaleState

if TYPE_CHECKING:
    from sqlalchemy.orm import Session


class Closure(Base):
    """Whole days, first and last included, in the brand's own calendar. ``ended_at``: it was taken back."""

    __tablename__ = "closures"
    __table_args__ = (
        CheckConstraint("first_on <= last_on", name="order"),
        Index("ix_closures_brand", "brand_id", "last_on", postgresql_where="ended_at IS NULL"),
    )

    id: Mapped[Pk]
    brand_id: Mapped[int] = refers("brands.id")
    first_on: Mapped[date] = mapped_column(Date)
    last_on: Mapped[date] = mapped_column(Date)
    note: Mapped[str] = mapped_column(String(NOTE_LENGTH_MAX), server_default="")
    stated_by_id: Mapped[int] = refers("accounts.id", index=True)
    ended_at: Mapped[datetime | None]
    created_at: Mapped[CreatedAt]


def of_brand(session: Session, brand_id: int, *, since: date) -> tuple[Days, ...]:
    """The brand's closures that have not ended before ``since``, the earliest first."""
    rows = session.execute(
        select(Closure.first_on, Closure.last_on)
        .where(Closure.brand_id == brand_id, Closure.ended_at.is_(None), Closure.last_on >= since)
        .order_by(Closure.first_on, Closure.id)
    )
    return tuple(Days(*row) for row in rows)


def scheduled_within(session: Session, brand_id: int, days: Days, zone: str) -> tuple[str, ...]:
    """References of the brand's scheduled sales that open on one of these days in ``zone``."""
    opens_on = cast(func.timezone(zone, Sale.opens_at), Date)
    return tuple(
        session.scalars(
            select(Sale.ref)
            .where(
                Sale.brand_id == brand_id,
                Sale.state == SaleState.SCHEDULED,
                opens_on.between(days.first, days.last),
            )
            .order_by(Sale.opens_at)
        )
    )


def answer_due_to(session: Session, brand_id: int, asked_at: datetime) -> datetime:
    """By when the house answers this brand: not on days on which it is closed."""
    country = session.scalars(select(Brand.country).where(Brand.id == brand_id)).one()
    closed = of_brand(session, brand_id, since=asked_at.date())
    return answer_due(asked_at, closures=closed, zone=zone_of(country))


def put_off_answers(session: Session, brand_id: int) -> int:
    """Move the date of each answer still owed to the brand off the days on which it is closed; how many moved.

    A date is only ever put off: what was promised for later stays there, and what has passed has passed.
    """
    owed = session.scalars(
        select(Promise)
        .where(
            Promise.brand_id == brand_id,
            Promise.kind == PromiseKind.ANSWER,
            Promise.kept_at.is_(None),
            Promise.void_at.is_(None),
            Promise.due_at > HOUSE_NOW,
        )
        .order_by(Promise.id)
        .with_for_update(key_share=True)
        .execution_options(populate_existing=True)
    ).all()
    moved = 0
    for promise in owed:
        due_at = answer_due_to(session, brand_id, promise.created_at)
        if due_at > promise.due_at:
            promise.due_at = due_at
            moved += 1
    session.flush()
    return moved
