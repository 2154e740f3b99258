"""Which brands work with the house, who speaks for them, and what runs with them."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime
from typing import TYPE_CHECKING

from sqlalchemy import func, select
from sqlalchemy.orm import aliased

from marketplace.db.accounts import Account, AccountState
from marketplace.db.brands import Brand, BrandUser
from marketplace.db.catalogue import Collection, CollectionState
from marketplace.db.deals import Deal
from marketplace.db.sales import Sale
from marketplace.domain.refusals import NotFound

if TYPE_CHECKING:
    from sqlalchemy.orm import Session

    from marketplace.domain.brands.states import BrandState
    from marketplace.domain.deals import DealState
    from marketplace.domain.doors import BrandRole
    from marketplace.domain.sales import SaleState
    from marketplace.toolbox import Toolbox

PAGE_SIZE = 50
NEWEST_MAX = 50


@dataclass(frozen=True, slots=True)
class Line:
    """A brand in the list."""

    brand_id: int
    name: str
    state: BrandState
    country: str
    manager: str | None
    people: int
    deals: int
    sales: int


@dataclass(frozen=True, slots=True)
class Listed:
    """One page of brands by name."""

    lines: tuple[Line, ...]
    total: int
    page: int
    page_size: int = PAGE_SIZE


@dataclass(frozen=True, slots=True)
class Person:
    """Somebody who speaks for a brand, or was invited to."""

    account_id: int
    name: str
    email: str
    role: BrandRole
    since: datetime
    has_second_factor: bool


@dataclass(frozen=True, slots=True)
class CollectionLine:
    """A collection of the brand, and the deal about it if there is one."""

    collection_id: int
    name: str
    state: CollectionState
    deal_id: int | None
    deal_state: DealState | None


@dataclass(frozen=True, slots=True)
class SaleLine:
    """A sale of the brand."""

    ref: str
    title: str
    territory: str
    opens_at: datetime
    state: SaleState


@dataclass(frozen=True, slots=True)
class BrandPage:
    """A brand as the house knows it, its people, and its newest collections and sales."""

    brand_id: int
    name: str
    state: BrandState
    legal_name: str
    country: str
    vat_number: str
    manufacturer_address: str
    manufacturer_email: str
    story: str
    account_manager_id: int | None
    people: tuple[Person, ...]
    collections: tuple[CollectionLine, ...]
    sales: tuple[SaleLine, ...]


def listed(tools: Toolbox, *, page: int = 1) -> Listed:
    """All brands by name."""
    speaker = aliased(Account)
    people = (
        select(func.count())
        .select_from(BrandUser)
        .join(speaker, speaker.id == BrandUser.account_id)
        .where(BrandUser.brand_id == Brand.id, speaker.state == AccountState.ACTIVE)
        .scalar_subquery()
    )
    deals = select(func.count()).where(Deal.brand_id == Brand.id).scalar_subquery()
    sales = select(func.count()).where(Sale.brand_id == Brand.id).scalar_subquery()
    statement = (
        select(Brand.id, Brand.name, Brand.state, Brand.country, Account.name, people, deals, sales)
        .outerjoin(Account, Account.id == Brand.account_manager_id)
        .order_by(func.lower(Brand.name), Brand.id)
        .limit(PAGE_SIZE)
        .offset((page - 1) * PAGE_SIZE)
    )
    with tools.reading() as session:
        total = session.scalar(select(func.count()).select_from(Brand)) or 0
        lines = tuple(Line(*row) for row in session.execute(statement))
    return Listed(lines, total, page)


def one(tools: Toolbox, *, brand_id: int) -> BrandPage:
    """One brand; NotFound if there is none."""
    with tools.reading() as session:
        row = session.get(Brand, brand_id)
        if row is None:
            raise NotFound
        return BrandPage(
            brand_id=row.id,
            name=row.name,
            state=row.state,
            legal_name=row.legal_name,
            country=row.country,
            vat_number=row.vat_number,
            manufacturer_address=row.manufacturer_address,
            manufacturer_email=row.manufacturer_email,
            story=row.story,
            account_manager_id=row.account_manager_id,
            people=_people(session, brand_id),
            collections=_collections(session, brand_id),
            sales=_sales(session, brand_id),
        )


def _people(session: Session, brand_id: int) -> tuple[Person, ...]:
    statement = (
        select(
            Account.id,
            Account.name,
            Account.email,
            BrandUser.role,
            BrandUser.created_at,
            Account.totp_confirmed_at.is_not(None),
        )
        .join(BrandUser, BrandUser.account_id == Account.id)
        .where(BrandUser.brand_id == brand_id, Account.state == AccountState.ACTIVE)
        .order_by(Account.name, Account.id)
        .limit(NEWEST_MAX)
    )
    return tuple(
        Person(number, name, email, role, since.astimezone(UTC), factor)
        for number, name, email, role, since, factor in session.execute(statement)
    )


def _collections(session: Session, brand_id: int) -> tuple[CollectionLine, ...]:
    statement = (
        select(Collection.id, Collection.name, Collection.state, Deal.id, Deal.state)
        .outerjoin(Deal, Deal.collection_id == Collection.id)
        .where(Collection.brand_id == brand_id)
        .order_by(Collection.id.desc())
        .limit(NEWEST_MAX)
    )
    return tuple(CollectionLine(*row) for row in session.execute(statement))


def _sales(session: Session, brand_id: int) -> tuple[SaleLine, ...]:
    statement = (
        select(Sale.ref, Sale.title, Sale.territory, Sale.opens_at, Sale.state)
        .where(Sale.brand_id == brand_id)
        .order_by(Sale.opens_at.desc(), Sale.id.desc())
        .limit(NEWEST_MAX)
    )
    return tuple(
        SaleLine(ref, title, territory, opens_at.astimezone(UTC), state)
        for ref, title, territory, opens_at, state in session.execute(statement)
    )
