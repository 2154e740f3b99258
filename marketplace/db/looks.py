"""Looks of people of the house at what brands told in confidence: one row for each person, thing and day."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING

from sqlalchemy import Date, Index, UniqueConstraint, text
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Mapped, mapped_column

from marketplace.db.base import HOUSE_NOW, Base, CreatedAt, Pk, refers, states
from marketplace.domain.looks import OF_BRAND, Thing
from marketplace.domain.refusals import NotFound

if TYPE_CHECKING:
    from sqlalchemy.orm import Session


class Look(Base):
    """Somebody opened one thing of a brand on one day (of the house's calendar), so many times."""

    __tablename__ = "looks"
    __table_args__ = (
        UniqueConstraint("account_id", "thing", "about_id", "day"),
        Index("ix_looks_brand", "brand_id", "last_at"),
        Index("ix_looks_day", "day"),
    )

    id: Mapped[Pk]
    brand_id: Mapped[int] = refers("brands.id")
    account_id: Mapped[int] = refers("accounts.id")
    thing: Mapped[Thing] = mapped_column(states(Thing))
    about_id: Mapped[int]
    day: Mapped[date] = mapped_column(Date)
    times: Mapped[int] = mapped_column(server_default="1")
    last_at: Mapped[CreatedAt]
    created_at: Mapped[CreatedAt]


_BRAND_OF = {
    **dict.fromkeys(OF_BRAND, text("SELECT id FROM brands WHERE id = :id")),
    Thing.COLLECTION: text("SELECT brand_id FROM collections WHERE id = :id"),
    Thing.TERMS: text("SELECT brand_id FROM deals WHERE id = :id"),
    Thing.FIGURES: text("SELECT brand_id FROM sales WHERE id = :id"),
}


def note(session: Session, *, account_id: int, thing: Thing, about_id: int, day: date) -> None:
    """This person looked once more; :class:`NotFound` where there is nothing to look at."""
    brand_id = session.scalar(_BRAND_OF[thing], {"id": about_id})
    if brand_id is None:
        raise NotFound
    statement = insert(Look).values(
        brand_id=brand_id, account_id=account_id, thing=thing, about_id=about_id, day=day
    )
    session.execute(
        statement.on_conflict_do_update(
            constraint="uq_looks_account_id_thing_about_id_day",
            set_={"times": Look.times + 1, "last_at": HOUSE_NOW},
        )
    )
