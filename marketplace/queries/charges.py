"""Charges to brands: what was found, what the brand says, how it ended; and what a deal's tariff lets one charge."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from sqlalchemy import case, func, select

from marketplace.db import brands
from marketplace.db.brands import Brand, StoredFile
from marketplace.db.catalogue import Collection
from marketplace.db.deals import Deal, DealVersion
from marketplace.db.settlements import Charge
from marketplace.domain.deals import terms_from
from marketplace.domain.money import Money
from marketplace.domain.refusals import NotFound
from marketplace.domain.settlements import ChargeState

if TYPE_CHECKING:
    from datetime import datetime

    from sqlalchemy import Row, Select

    from marketplace.domain.deals import ChargeReason
    from marketplace.toolbox import Toolbox

PAGE_SIZE = 50


@dataclass(frozen=True, slots=True)
class Charged:
    """One charge. ``amount`` is what was proposed, ``final_amount`` what it came to (None: not ended)."""

    charge_id: int
    brand: str
    deal_id: int
    collection: str
    reason: ChargeReason
    units: int
    each: Money
    amount: Money
    final_amount: Money | None
    state: ChargeState
    found: str
    filename: str
    proposed_by_id: int
    proposed_at: datetime
    contest_by: datetime
    may_contest: bool
    objection: str
    contested_at: datetime | None
    decision: str
    ended_at: datetime | None


@dataclass(frozen=True, slots=True)
class Listed:
    """One page of charges: those that wait for a word first, then the newest."""

    charges: tuple[Charged, ...]
    total: int
    page: int
    page_size: int = PAGE_SIZE


@dataclass(frozen=True, slots=True)
class Tariff:
    """What the signed deal lets the house charge for each unit, by fault."""

    deal_id: int
    brand: str
    collection: str
    rows: tuple[tuple[ChargeReason, Money], ...]


def listed(tools: Toolbox, *, page: int = 1) -> Listed:
    """The charges of the brand that asks, or of all brands for the house."""
    owned = brands.within(tools.brand_id, Charge.brand_id)
    open_first = case((Charge.ended_at.is_(None), 0), else_=1)
    wanted = _charges().where(owned).order_by(open_first, Charge.id.desc())
    with tools.reading() as session:
        rows = session.execute(wanted.limit(PAGE_SIZE).offset((page - 1) * PAGE_SIZE)).all()
        total = session.scalar(select(func.count()).select_from(Charge).where(owned)) or 0
    return Listed(tuple(_charged(row) for row in rows), total, page)


def one(tools: Toolbox, *, charge_id: int) -> Charged:
    """One charge; NotFound for one that is not there, or not the brand's."""
    owned = brands.within(tools.brand_id, Charge.brand_id)
    with tools.reading() as session:
        row = session.execute(_charges().where(Charge.id == charge_id, owned)).one_or_none()
        if row is None:
            raise NotFound
        return _charged(row)


def proof(tools: Toolbox, *, charge_id: int) -> tuple[str, bytes]:
    """The file that proves a charge, with its name."""
    wanted = (
        select(StoredFile.filename, StoredFile.storage_key)
        .join(Charge, Charge.file_id == StoredFile.id)
        .where(Charge.id == charge_id, brands.within(tools.brand_id, Charge.brand_id))
    )
    with tools.reading() as session:
        row = session.execute(wanted).one_or_none()
    if row is None:
        raise NotFound
    return row.filename, tools.files.get(row.storage_key)


def tariff(tools: Toolbox, *, deal_id: int) -> Tariff:
    """The tariff of an agreed deal; NotFound where none is agreed."""
    wanted = (
        select(DealVersion.terms, Brand.name, Collection.name)
        .join(Deal, Deal.accepted_version_id == DealVersion.id)
        .join(Brand, Brand.id == Deal.brand_id)
        .join(Collection, Collection.id == Deal.collection_id)
        .where(Deal.id == deal_id)
    )
    with tools.reading() as session:
        row = session.execute(wanted).one_or_none()
    if row is None:
        raise NotFound
    terms = terms_from(row[0])
    rows = tuple((each.reason, Money(each.minor, terms.currency)) for each in terms.chargebacks)
    return Tariff(deal_id, row[1], row[2], rows)


def _charges() -> Select[*tuple[Any, ...]]:
    return (
        select(Charge, Brand.name, Collection.name, StoredFile.filename)
        .join(Brand, Brand.id == Charge.brand_id)
        .join(Deal, Deal.id == Charge.deal_id)
        .join(Collection, Collection.id == Deal.collection_id)
        .join(StoredFile, StoredFile.id == Charge.file_id)
    )


def _charged(row: Row[*tuple[Any, ...]]) -> Charged:
    charge: Charge = row[0]
    each = Money(charge.each_minor, charge.currency)
    return Charged(
        charge_id=charge.id,
        brand=row[1],
        deal_id=charge.deal_id,
        collection=row[2],
        reason=charge.reason,
        units=charge.units,
        each=each,
        amount=each * charge.units,
        final_amount=None if charge.upheld is None else each * charge.upheld,
        state=charge.state,
        found=charge.found,
        filename=row[3],
        proposed_by_id=charge.proposed_by_id,
        proposed_at=charge.created_at,
        contest_by=charge.contest_by,
        may_contest=charge.state is ChargeState.PROPOSED,
        objection=charge.objection,
        contested_at=charge.contested_at,
        decision=charge.decision,
        ended_at=charge.ended_at,
    )
