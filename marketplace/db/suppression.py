"""Whom a brand keeps out of its sales: sealed marks of its own customers, and what it was told about them."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING

from sqlalchemy import ForeignKey, Index, LargeBinary, delete, select, text
from sqlalchemy.orm import Mapped, mapped_column

from marketplace.db.accounts import Account
from marketplace.db.base import Base, Pk, refers
from marketplace.db.members import Member
from marketplace.domain.brands.suppression import Rates

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from sqlalchemy.orm import Session

BATCH_SIZE = 20_000
"""Marks written with one statement."""
MEMBERS_MARKED_MAX = 500
"""In one transaction: nobody who buys waits for it."""


class SuppressionList(Base):
    """A brand's list. ``told`` members were told to it at ``told_at``, with the house's rates of then."""

    __tablename__ = "suppression_lists"

    id: Mapped[Pk]
    brand_id: Mapped[int] = refers("brands.id", unique=True)
    entries: Mapped[int]
    told: Mapped[int | None]
    told_at: Mapped[datetime | None]
    sales: Mapped[int] = mapped_column(server_default="0")
    low_ppm: Mapped[int] = mapped_column(server_default="0")
    middle_ppm: Mapped[int] = mapped_column(server_default="0")
    high_ppm: Mapped[int] = mapped_column(server_default="0")
    changed_at: Mapped[datetime]
    changed_by_id: Mapped[int | None] = refers("accounts.id")


class SuppressedMark(Base):
    """The mark of one customer of a brand: useless without the house's key, which no table holds."""

    __tablename__ = "suppressed_marks"
    __table_args__ = (Index("ix_suppressed_marks_mark", "mark"),)

    brand_id: Mapped[int] = mapped_column(
        ForeignKey("brands.id", ondelete="RESTRICT"), primary_key=True, autoincrement=False
    )
    mark: Mapped[bytes] = mapped_column(LargeBinary, primary_key=True)


_WRITE = text(
    "INSERT INTO suppressed_marks (brand_id, mark) SELECT :brand, unnest(CAST(:marks AS bytea[]))"
)
_MATCHED = text(
    "SELECT m.id FROM suppressed_marks x JOIN members m ON m.mark = x.mark "
    "JOIN accounts a ON a.id = m.account_id AND a.state = 'active' "
    "WHERE x.brand_id = :brand ORDER BY m.id"
)
_RATES = text("SELECT sales, low_ppm, middle_ppm, high_ppm FROM buyer_rates()")


def replace(session: Session, brand_id: int, marks: Iterable[bytes]) -> None:
    """Put these marks in place of those that the brand had. The brand is locked."""
    session.execute(delete(SuppressedMark).where(SuppressedMark.brand_id == brand_id))
    rest = sorted(marks)
    for start in range(0, len(rest), BATCH_SIZE):
        session.execute(_WRITE, {"brand": brand_id, "marks": rest[start : start + BATCH_SIZE]})


def mark_members(session: Session, mark_of: Callable[[str], bytes]) -> int:
    """Give members who have none their mark, those who came before there were lists; how many, a portion at most."""
    unmarked = (
        select(Member, Account.email_key)
        .join(Account, Account.id == Member.account_id)
        .where(Member.mark.is_(None))
        .order_by(Member.id)
        .limit(MEMBERS_MARKED_MAX)
        .with_for_update(of=Member, key_share=True)
    )
    found = session.execute(unmarked).all()
    for member, key in found:
        member.mark = mark_of(key)
    session.flush()
    return len(found)


def matched(session: Session, brand_id: int) -> tuple[int, ...]:
    """The active members whom the brand keeps out, for counting alone."""
    return tuple(session.scalars(_MATCHED, {"brand": brand_id}))


def rates(session: Session) -> Rates:
    """How many of the members buy in a sale of the house."""
    return Rates(*session.execute(_RATES).one())
