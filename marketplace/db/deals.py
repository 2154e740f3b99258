"""Deals: what house and brand agree on.

Versions are numbered and never change; only acceptance is added.
"""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING, Any

from sqlalchemy import CheckConstraint, String, UniqueConstraint, insert, select
from sqlalchemy.orm import Mapped, mapped_column

from marketplace.db.base import CODE_LENGTH_MAX, Base, CreatedAt, Pk, refers, states
from marketplace.db.catalogue import Variant
from marketplace.db.stock import Lot, Movement, StockMovement
from marketplace.domain.deals import DealState, Line, Mode, Offer, Side
from marketplace.domain.purchases import is_ordered_later
from marketplace.domain.refusals import NotFound

if TYPE_CHECKING:
    from collections.abc import Sequence

    from sqlalchemy.orm import Session


class Deal(Base):
    """The negotiation about one collection. ``latest`` is the number of its newest version."""

    __tablename__ = "deals"
    __table_args__ = (UniqueConstraint("brand_id", "collection_id"),)

    id: Mapped[Pk]
    brand_id: Mapped[int] = refers("brands.id", index=True)
    collection_id: Mapped[int] = refers("collections.id", index=True)
    mode: Mapped[Mode] = mapped_column(states(Mode))
    state: Mapped[DealState] = mapped_column(states(DealState), server_default="open")
    latest: Mapped[int] = mapped_column(server_default="0")
    accepted_version_id: Mapped[int | None]
    created_at: Mapped[CreatedAt]


class DealVersion(Base):
    """One proposal.

    ``sha256`` seals ``terms`` and the lines; ``terms`` holds typed fields of ``domain.deals``.
    """

    __tablename__ = "deal_versions"
    __table_args__ = (
        UniqueConstraint("brand_id", "deal_id", "number"),
        CheckConstraint("(accepted_at IS NULL) = (accepted_by_id IS NULL)", name="acceptance"),
    )

    id: Mapped[Pk]
    brand_id: Mapped[int] = refers("brands.id")
    deal_id: Mapped[int] = refers("deals.id")
    number: Mapped[int]
    side: Mapped[Side] = mapped_column(states(Side))
    proposed_by_id: Mapped[int] = refers("accounts.id")
    terms: Mapped[dict[str, Any]]
    note: Mapped[str] = mapped_column(String(2_000), server_default="")
    sha256: Mapped[str] = mapped_column(String(64))
    expires_at: Mapped[datetime]
    accepted_at: Mapped[datetime | None]
    accepted_by_id: Mapped[int | None] = refers("accounts.id")
    created_at: Mapped[CreatedAt]


class DealLine(Base):
    """One variant in one version.

    Units, the lowest price, VAT included, at which it may be sold, and the price meant to be asked.
    ``hard_stop`` is the most that may be released in all.
    """

    __tablename__ = "deal_lines"
    __table_args__ = (
        UniqueConstraint("brand_id", "version_id", "variant_id"),
        CheckConstraint("units >= 0 AND floor_minor >= 0 AND unit_cost_minor >= 0", name="amounts"),
        CheckConstraint("target_minor >= floor_minor AND hard_stop >= units", name="order"),
    )

    id: Mapped[Pk]
    brand_id: Mapped[int] = refers("brands.id")
    version_id: Mapped[int] = refers("deal_versions.id")
    variant_id: Mapped[int] = refers("variants.id", index=True)
    units: Mapped[int]
    floor_minor: Mapped[int]
    unit_cost_minor: Mapped[int | None]
    target_minor: Mapped[int | None]
    hard_stop: Mapped[int | None]


class DealComment(Base):
    """A word of either side about one clause of one version; the version itself never changes."""

    __tablename__ = "deal_comments"

    id: Mapped[Pk]
    brand_id: Mapped[int] = refers("brands.id", index=True)
    version_id: Mapped[int] = refers("deal_versions.id", index=True)
    clause: Mapped[str] = mapped_column(String(CODE_LENGTH_MAX))
    side: Mapped[Side] = mapped_column(states(Side))
    said: Mapped[str] = mapped_column(String(1_000))
    account_id: Mapped[int] = refers("accounts.id", index=True)
    created_at: Mapped[CreatedAt]


class DealPaper(Base):
    """The accepted version as a PDF, in one language, kept under ``storage_key``."""

    __tablename__ = "deal_papers"
    __table_args__ = (UniqueConstraint("brand_id", "version_id", "locale"),)

    id: Mapped[Pk]
    brand_id: Mapped[int] = refers("brands.id")
    version_id: Mapped[int] = refers("deal_versions.id", index=True)
    locale: Mapped[str] = mapped_column(String(20))
    storage_key: Mapped[str] = mapped_column(String(CODE_LENGTH_MAX), unique=True)
    sha256: Mapped[str] = mapped_column(String(64))
    bytes: Mapped[int]
    created_at: Mapped[CreatedAt]


_LINE = ("variant_id", "units", "floor_minor", "unit_cost_minor", "target_minor", "hard_stop")


def is_agreed(session: Session, collection_id: int) -> bool:
    """Whether the collection's deal is accepted: from then on what it offers stands still."""
    wanted = select(Deal.id).where(
        Deal.collection_id == collection_id, Deal.state == DealState.AGREED
    )
    return session.execute(wanted).first() is not None


def version(session: Session, deal_id: int, number: int) -> DealVersion:
    """The numbered version of a deal; :class:`NotFound` if there is none."""
    wanted = select(DealVersion).where(DealVersion.deal_id == deal_id, DealVersion.number == number)
    found = session.scalars(wanted.execution_options(populate_existing=True)).one_or_none()
    if found is None:
        raise NotFound
    return found


def lines(session: Session, version_id: int) -> tuple[Line, ...]:
    """The lines of a version, by rising variant."""
    wanted = (
        select(*(getattr(DealLine, name) for name in _LINE))
        .where(DealLine.version_id == version_id)
        .order_by(DealLine.variant_id)
    )
    return tuple(Line(*row) for row in session.execute(wanted))


def offers(session: Session, collection_id: int) -> dict[int, Offer]:
    """What a collection offers now, by variant; withdrawn variants left out."""
    wanted = select(Variant.id, Variant.units_offered, Variant.floor_minor).where(
        Variant.collection_id == collection_id, Variant.withdrawn_at.is_(None)
    )
    return {row.id: Offer(row.units_offered, row.floor_minor) for row in session.execute(wanted)}


def write_lines(session: Session, written: DealVersion, lines: Sequence[Line]) -> None:
    """Write the lines of a version that was just written."""
    session.execute(
        insert(DealLine),
        [
            {
                "brand_id": written.brand_id,
                "version_id": written.id,
                **{name: getattr(line, name) for name in _LINE},
            }
            for line in lines
        ],
    )


def commit_units(
    session: Session,
    deal: Deal,
    agreed: Sequence[Line],
    offered: dict[int, Offer],
    *,
    account_id: int | None,
) -> None:
    """Make a lot for each line that has units, with the movements that explain them."""
    rows = [
        {
            "brand_id": deal.brand_id,
            "deal_id": deal.id,
            "variant_id": line.variant_id,
            "offered": offered[line.variant_id].units,
            "committed": line.units,
            "pledged": line.units if is_ordered_later(deal.mode) else 0,
            "conditional": is_ordered_later(deal.mode),
        }
        for line in agreed
        if line.units
    ]
    made = session.execute(insert(Lot).returning(Lot.id, Lot.committed, Lot.pledged), rows).all()
    session.execute(
        insert(StockMovement),
        [
            {
                "brand_id": deal.brand_id,
                "lot_id": row.id,
                "movement": movement,
                "units": units,
                "account_id": account_id,
            }
            for row in made
            for movement, units in (
                (Movement.COMMITTED, row.committed),
                (Movement.PLEDGED, row.pledged),
            )
            if units
        ],
    )
