"""Promises: every date or sum shown to anyone as a promise is a row here, kept or not for all to see."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING

from sqlalchemy import CheckConstraint, Index, String, UniqueConstraint, select, update
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Mapped, mapped_column

from marketplace.db.base import HOUSE_NOW, Base, CreatedAt, Pk, refers, states
from marketplace.domain.doors import Realm
from marketplace.domain.promises import PromiseKind

if TYPE_CHECKING:
    from collections.abc import Mapping

    from sqlalchemy import ColumnElement, TextClause
    from sqlalchemy.orm import Session

    from marketplace.domain.money import Money


class Promise(Base):
    """What was promised to whom, by when, how much; and when it was kept or given up (``void_at``).

    ``noticed_at``: when the clock noticed that its date had passed unkept.
    """

    __tablename__ = "promises"
    __table_args__ = (
        UniqueConstraint("kind", "subject_type", "subject_id"),
        CheckConstraint("(amount_minor IS NULL) = (currency IS NULL)", name="amount"),
        Index("ix_promises_by_due", "due_at"),
        Index(
            "ix_promises_unnoticed",
            "due_at",
            postgresql_where="kept_at IS NULL AND void_at IS NULL AND noticed_at IS NULL",
        ),
        Index("ix_promises_due", "due_at", postgresql_where="kept_at IS NULL AND void_at IS NULL"),
    )

    id: Mapped[Pk]
    kind: Mapped[PromiseKind] = mapped_column(states(PromiseKind))
    subject_type: Mapped[str] = mapped_column(String(40))
    subject_id: Mapped[int]
    realm: Mapped[Realm] = mapped_column(states(Realm))
    account_id: Mapped[int | None] = refers("accounts.id", index=True)
    brand_id: Mapped[int | None] = refers("brands.id", index=True)
    due_at: Mapped[datetime]
    amount_minor: Mapped[int | None]
    currency: Mapped[str | None] = mapped_column(String(3))
    kept_at: Mapped[datetime | None]
    void_at: Mapped[datetime | None]
    noticed_at: Mapped[datetime | None]
    created_at: Mapped[CreatedAt]


def make(  # noqa: PLR0913 - the columns of a promise, all named by the caller
    session: Session,
    *,
    kind: PromiseKind,
    subject_type: str,
    subject_id: int,
    realm: Realm,
    due_at: datetime,
    account_id: int | None = None,
    brand_id: int | None = None,
    amount: Money | None = None,
) -> int:
    """Write what is about to be shown as a promise; the same promise made twice is one row. Returns its id."""
    statement = (
        insert(Promise)
        .values(
            kind=kind,
            subject_type=subject_type,
            subject_id=subject_id,
            realm=realm,
            account_id=account_id,
            brand_id=brand_id,
            due_at=due_at,
            amount_minor=amount.minor if amount else None,
            currency=amount.currency if amount else None,
        )
        .on_conflict_do_nothing(constraint="uq_promises_kind_subject_type_subject_id")
        .returning(Promise.id)
    )
    made = session.execute(statement).scalar_one_or_none()
    if made is not None:
        return made
    known = select(Promise.id).where(*_of(kind, subject_type, subject_id))
    return session.execute(known).scalar_one()


def make_deliveries(session: Session, due: Mapping[int, tuple[int, datetime]]) -> None:
    """Promise to members, by order, that it is delivered: to whose account and until when; each once."""
    if not due:
        return
    rows = [
        {
            "kind": PromiseKind.DELIVERY,
            "subject_type": "order",
            "subject_id": order_id,
            "realm": Realm.MEMBER,
            "account_id": account_id,
            "due_at": due_at,
        }
        for order_id, (account_id, due_at) in due.items()
    ]
    constraint = "uq_promises_kind_subject_type_subject_id"
    session.execute(insert(Promise).on_conflict_do_nothing(constraint=constraint), rows)


def keep(
    session: Session,
    *,
    kind: PromiseKind,
    subject_type: str,
    subject_id: int,
    at: datetime | None = None,
) -> None:
    """It was kept now, or ``at`` an instant of before; a promise already kept or given up stays as it is."""
    _end(session, kind, subject_type, subject_id, kept_at=HOUSE_NOW if at is None else at)


def due_at(
    session: Session, *, kind: PromiseKind, subject_type: str, subject_id: int
) -> datetime | None:
    """By when it was promised; None where it never was."""
    return session.scalar(select(Promise.due_at).where(*_of(kind, subject_type, subject_id)))


def give_up(session: Session, *, kind: PromiseKind, subject_type: str, subject_id: int) -> None:
    """It no longer stands, because what it was about ended (an order cancelled)."""
    _end(session, kind, subject_type, subject_id, void_at=HOUSE_NOW)


def take_passed(session: Session, *, most: int) -> tuple[Promise, ...]:
    """Mark up to ``most`` promises whose date has passed unkept as noticed, and hand them over.

    Each once, though two clocks ask at the same moment. Openings are left out: a
    sale's row and the clock keep them, and the missed ones are told of as ``sale.missed``.
    """
    rows = session.scalars(
        select(Promise)
        .where(
            Promise.kept_at.is_(None),
            Promise.void_at.is_(None),
            Promise.noticed_at.is_(None),
            Promise.due_at < HOUSE_NOW,
            Promise.kind != PromiseKind.OPENING,
        )
        .order_by(Promise.due_at, Promise.id)
        .limit(most)
        .with_for_update(skip_locked=True)
        .execution_options(populate_existing=True)
    ).all()
    session.execute(
        update(Promise)
        .where(Promise.id.in_([row.id for row in rows]))
        .values(noticed_at=HOUSE_NOW)
        .execution_options(synchronize_session=False)
    )
    return tuple(rows)


def _end(
    session: Session,
    kind: PromiseKind,
    subject_type: str,
    subject_id: int,
    **column: TextClause | datetime,
) -> None:
    session.execute(
        update(Promise)
        .where(
            *_of(kind, subject_type, subject_id),
            Promise.kept_at.is_(None),
            Promise.void_at.is_(None),
        )
        .values(column)
    )


def _of(kind: PromiseKind, subject_type: str, subject_id: int) -> tuple[ColumnElement[bool], ...]:
    return (
        Promise.kind == kind,
        Promise.subject_type == subject_type,
        Promise.subject_id == subject_id,
    )
