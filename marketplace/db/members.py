"""Members: who invited whom, where they live, how many invitations they have left."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import Boolean, CheckConstraint, Index, LargeBinary, String
from sqlalchemy.orm import Mapped, mapped_column

from marketplace.db.base import NAME_LENGTH_MAX, Base, CreatedAt, Pk, refers


class Member(Base):
    """A member; ``account_id`` is the person. ``invitations_left`` is the quota still to give.

    ``mark`` is what their address looks like to the lists of brands that keep their own customers out.
    ``extra_time`` is their wish, for accessibility, for longer holds: five minutes more on each, once.
    """

    __tablename__ = "members"
    __table_args__ = (
        CheckConstraint("invitations_left >= 0", name="invitations_left"),
        Index("ix_members_unmarked", "id", postgresql_where="mark IS NULL"),
    )

    id: Mapped[Pk]
    account_id: Mapped[int] = refers("accounts.id", unique=True)
    sponsor_id: Mapped[int | None] = refers("members.id", index=True)
    territory: Mapped[str] = mapped_column(String(2), server_default="FR")
    invitations_left: Mapped[int] = mapped_column(server_default="5")
    mark: Mapped[bytes | None] = mapped_column(LargeBinary)
    extra_time: Mapped[bool] = mapped_column(Boolean, server_default="false")
    created_at: Mapped[CreatedAt]


class Invitation(Base):
    """One invitation, bound to an address; its token lives in ``tokens``.

    ``returned_at``: it lapsed without having been used, and its sponsor may give it to somebody else.
    """

    __tablename__ = "invitations"
    __table_args__ = (
        Index(
            "ix_invitations_open",
            "created_at",
            postgresql_where="accepted_at IS NULL AND returned_at IS NULL",
        ),
    )

    id: Mapped[Pk]
    sponsor_id: Mapped[int | None] = refers("members.id", index=True)
    token_id: Mapped[int] = refers("tokens.id", index=True)
    email: Mapped[str] = mapped_column(String(254))
    accepted_by_id: Mapped[int | None] = refers("members.id", index=True)
    accepted_at: Mapped[datetime | None]
    returned_at: Mapped[datetime | None]
    created_at: Mapped[CreatedAt]


class Address(Base):
    """Where a member has parcels sent. A changed address is a new row; orders keep their own copy."""

    __tablename__ = "addresses"

    id: Mapped[Pk]
    member_id: Mapped[int] = refers("members.id", index=True)
    recipient: Mapped[str] = mapped_column(String(NAME_LENGTH_MAX))
    line_1: Mapped[str] = mapped_column(String(NAME_LENGTH_MAX))
    line_2: Mapped[str] = mapped_column(String(NAME_LENGTH_MAX), server_default="")
    postcode: Mapped[str] = mapped_column(String(20))
    city: Mapped[str] = mapped_column(String(NAME_LENGTH_MAX))
    country: Mapped[str] = mapped_column(String(2))
    phone: Mapped[str] = mapped_column(String(40), server_default="")
    replaced_at: Mapped[datetime | None]
    created_at: Mapped[CreatedAt]
