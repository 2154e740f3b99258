"""Proofs of the right to sell: a collection's, and those that wait for an operator's look."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from sqlalchemy import func, select

from marketplace.db import brands
from marketplace.db.brands import Brand, StoredFile
from marketplace.db.catalogue import Collection
from marketplace.db.rights import RightToSell
from marketplace.domain.refusals import NotFound
from marketplace.domain.rights import LOTS_AT_ONCE_MAX, RightState

if TYPE_CHECKING:
    from datetime import date, datetime

    from sqlalchemy import Select

    from marketplace.domain.rights import Basis
    from marketplace.toolbox import Toolbox

SHOWN_MAX = 50


@dataclass(frozen=True, slots=True)
class RightShown:
    """A proof as it was stated and what became of it."""

    right_id: int
    collection_id: int
    collection: str
    brand: str
    basis: Basis
    trademark: str
    first_sale: str
    filename: str
    valid_until: date
    state: RightState
    reason: str
    created_at: datetime


def of_collection(tools: Toolbox, *, collection_id: int) -> tuple[RightShown, ...]:
    """The collection's proofs, the newest, which counts, first; empty if there is none."""
    owned = brands.within(tools.brand_id, RightToSell.brand_id)
    wanted = _select().where(RightToSell.collection_id == collection_id, owned)
    with tools.reading() as session:
        found = session.execute(wanted.order_by(RightToSell.id.desc()).limit(SHOWN_MAX))
        return tuple(RightShown(*row) for row in found)


@dataclass(frozen=True, slots=True)
class LotShown:
    """A collection and the newest proof of it, which counts; ``state`` None where nothing was proved."""

    collection_id: int
    collection: str
    season: str
    state: RightState | None
    valid_until: date | None

    @property
    def lacks(self) -> bool:
        """Whether its sales wait for a proof that is not with the house."""
        return self.state in {None, RightState.REFUSED}


def lots(tools: Toolbox) -> tuple[LotShown, ...]:
    """The brand's newest collections with what was last proved of each."""
    newest = (
        select(func.max(RightToSell.id))
        .where(RightToSell.collection_id == Collection.id)
        .correlate(Collection)
        .scalar_subquery()
    )
    wanted = (
        select(
            Collection.id,
            Collection.name,
            Collection.season,
            RightToSell.state,
            RightToSell.valid_until,
        )
        .outerjoin(RightToSell, RightToSell.id == newest)
        .where(brands.within(tools.brand_id, Collection.brand_id))
        .order_by(Collection.id.desc())
        .limit(LOTS_AT_ONCE_MAX)
    )
    with tools.reading() as session:
        return tuple(LotShown(*row) for row in session.execute(wanted))


def waiting(tools: Toolbox) -> tuple[RightShown, ...]:
    """Proofs that nobody has looked at, the oldest first."""
    wanted = _select().where(RightToSell.state == RightState.STATED)
    with tools.reading() as session:
        found = session.execute(wanted.order_by(RightToSell.id).limit(SHOWN_MAX))
        return tuple(RightShown(*row) for row in found)


def file(tools: Toolbox, *, right_id: int) -> tuple[str, bytes]:
    """The proof's file: its name and what is in it."""
    with tools.reading() as session:
        found = session.execute(
            select(StoredFile.filename, StoredFile.storage_key)
            .join(RightToSell, RightToSell.file_id == StoredFile.id)
            .where(RightToSell.id == right_id, brands.within(tools.brand_id, RightToSell.brand_id))
        ).one_or_none()
    if found is None:
        raise NotFound
    return found.filename, tools.files.get(found.storage_key)


def _select() -> Select[*tuple[Any, ...]]:
    return (
        select(
            RightToSell.id,
            RightToSell.collection_id,
            Collection.name,
            Brand.name,
            RightToSell.basis,
            RightToSell.trademark,
            RightToSell.first_sale,
            StoredFile.filename,
            RightToSell.valid_until,
            RightToSell.state,
            RightToSell.reason,
            RightToSell.created_at,
        )
        .join(Collection, Collection.id == RightToSell.collection_id)
        .join(Brand, Brand.id == RightToSell.brand_id)
        .join(StoredFile, StoredFile.id == RightToSell.file_id)
    )
