"""Letters the house writes, and the budget of contacts that protects each person's time."""

from __future__ import annotations

from datetime import datetime
from enum import StrEnum
from typing import TYPE_CHECKING, Any

from sqlalchemy import Boolean, Index, String, case, delete, select, update
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Mapped, mapped_column

from marketplace.db.accounts import Account, AccountState
from marketplace.db.base import CODE_LENGTH_MAX, Base, CreatedAt, Pk, refers, states
from marketplace.db.brands import BrandUser

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from sqlalchemy.orm import Session

    from marketplace.domain.doors import BrandRole


class LetterState(StrEnum):
    """What became of a letter. ``withheld``: the person's budget was spent, and ``reason`` says so."""

    WRITTEN = "written"
    SENT = "sent"
    WITHHELD = "withheld"
    FAILED = "failed"


class Letter(Base):
    """One mail to one person. ``key`` is unique: asking twice writes once.

    ``facts`` fill the template at sending time and hold ids and figures; address and name are read from the
    account, so that an erased person leaves nothing here.
    """

    __tablename__ = "letters"
    __table_args__ = (
        Index("ix_letters_account", "account_id", "created_at"),
        Index("ix_letters_waiting", "id", postgresql_where="state = 'written'"),
    )

    id: Mapped[Pk]
    key: Mapped[str] = mapped_column(String(CODE_LENGTH_MAX), unique=True)
    kind: Mapped[str] = mapped_column(String(CODE_LENGTH_MAX))
    account_id: Mapped[int | None] = refers("accounts.id")
    address: Mapped[str | None] = mapped_column(String(254))
    brand_id: Mapped[int | None] = refers("brands.id", index=True)
    transactional: Mapped[bool] = mapped_column(Boolean)
    facts: Mapped[dict[str, Any]] = mapped_column(server_default="{}")
    state: Mapped[LetterState] = mapped_column(states(LetterState), server_default="written")
    reason: Mapped[str] = mapped_column(String(1_000), server_default="")
    attempts: Mapped[int] = mapped_column(server_default="0")
    claimed_until: Mapped[datetime | None]
    sent_at: Mapped[datetime | None]
    created_at: Mapped[CreatedAt]


class CapturedMail(Base):
    """A mail as it would have left, kept where no mail server is set so that a person can read it."""

    __tablename__ = "captured_mails"

    id: Mapped[Pk]
    letter_id: Mapped[int | None] = refers("letters.id", index=True)
    to_address: Mapped[str] = mapped_column(String(254))
    subject: Mapped[str] = mapped_column(String(1_000))
    text: Mapped[str]
    html: Mapped[str]
    attachments: Mapped[list[Any]] = mapped_column(server_default="[]")
    created_at: Mapped[CreatedAt]


def forget_addresses(session: Session, keys: Sequence[str]) -> None:
    """Strike the address from letters to somebody without an account; one that has not left yet never does."""
    written = select(Letter.id).where(Letter.key.in_(keys))
    session.execute(delete(CapturedMail).where(CapturedMail.letter_id.in_(written)))
    session.execute(
        update(Letter)
        .where(Letter.key.in_(keys))
        .values(
            address=None,
            facts={},
            state=case(
                (Letter.state == LetterState.WRITTEN, LetterState.WITHHELD), else_=Letter.state
            ),
        )
    )


def forget_waiting(session: Session, account_id: int) -> None:
    """Letters to somebody who was let go do not leave any more."""
    session.execute(
        update(Letter)
        .where(Letter.account_id == account_id, Letter.state == LetterState.WRITTEN)
        .values(state=LetterState.WITHHELD, reason="let_go")
    )


def write_to_brand(
    session: Session,
    *,
    brand_id: int,
    roles: Iterable[BrandRole],
    kind: str,
    about: str,
    facts: dict[str, Any],
) -> None:
    """A letter to everybody of the brand in one of ``roles``; once to each ``about`` one thing."""
    people = (
        select(BrandUser.account_id)
        .join(Account, Account.id == BrandUser.account_id)
        .where(
            BrandUser.brand_id == brand_id,
            BrandUser.role.in_(roles),
            Account.state == AccountState.ACTIVE,
        )
        .order_by(BrandUser.account_id)
    )
    for account_id in session.scalars(people):
        write(
            session,
            key=f"{kind}:{about}:{account_id}",
            kind=kind,
            account_id=account_id,
            brand_id=brand_id,
            transactional=True,
            facts=facts,
        )


def write_about_orders(session: Session, kind: str, accounts: Mapping[int, int]) -> None:
    """A letter about each order, by its id, to the account it is of; once of each kind."""
    if not accounts:
        return
    rows = [
        {
            "key": f"{kind}:{order_id}",
            "kind": kind,
            "account_id": account_id,
            "transactional": True,
            "facts": {"order_id": order_id},
        }
        for order_id, account_id in accounts.items()
    ]
    session.execute(insert(Letter).on_conflict_do_nothing(constraint="uq_letters_key"), rows)


def write(
    session: Session,
    *,
    key: str,
    kind: str,
    transactional: bool,
    facts: dict[str, Any],
    account_id: int | None = None,
    address: str | None = None,
    brand_id: int | None = None,
) -> int | None:
    """Write a letter to an account (or, for somebody without one, an address); None if ``key`` was used before.

    It leaves when the sender finds it. What is not transactional passes the person's contact budget first.
    """
    assert (account_id is None) != (address is None), "a letter goes to an account or to an address"
    statement = (
        insert(Letter)
        .values(
            key=key,
            kind=kind,
            account_id=account_id,
            address=address,
            brand_id=brand_id,
            transactional=transactional,
            facts=facts,
        )
        .on_conflict_do_nothing(constraint="uq_letters_key")
        .returning(Letter.id)
    )
    return session.execute(statement).scalar_one_or_none()
