"""What was stated to a brand, what is paid of it and what it waits for; and which statements come next."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from sqlalchemy import case, func, select

from marketplace.db import brands, clock, joining, settlements, statements
from marketplace.db.accounts import Account
from marketplace.db.brands import Brand
from marketplace.db.catalogue import Collection
from marketplace.db.deals import Deal
from marketplace.db.joining import BankDetails
from marketplace.db.sales import Sale
from marketplace.db.settlements import Payout, Statement, StatementPaper
from marketplace.domain import moments
from marketplace.domain.brands.checklist import Gate
from marketplace.domain.brands.states import BrandState
from marketplace.domain.money import Money, bps_of
from marketplace.domain.refusals import NotFound
from marketplace.domain.settlements import (
    Claim,
    PayoutState,
    StatementKind,
    Waits,
    check_account,
    check_second,
    claim,
    from_stored,
    waits_for,
)

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import date, datetime

    from sqlalchemy import Row, Select
    from sqlalchemy.orm import Session

    from marketplace.domain.settlements import Figures
    from marketplace.toolbox import Toolbox

PAGE_SIZE = 50
COMING_MAX = 50
OF_THE_HOUSE = frozenset({Waits.APPROVAL, Waits.TRANSFER})
"""What a payout waits for while the house has all it needs."""


@dataclass(frozen=True, slots=True)
class Summary:
    """One statement. ``state`` is that of its payout, None where nothing is to be paid; ``late``: past its day."""

    statement_id: int
    brand_id: int
    brand: str
    number: int
    kind: StatementKind
    deal_id: int
    about: str
    as_of: datetime
    issued_at: datetime
    to_pay: Money
    carried: Money
    due_on: date
    payout_id: int | None
    state: PayoutState | None
    waits: Waits | None
    paid_at: datetime | None
    reference: str
    late: bool


@dataclass(frozen=True, slots=True)
class Listed:
    """One page of statements, the newest first; for the house, what waits for money before all else."""

    statements: tuple[Summary, ...]
    total: int
    page: int
    page_size: int = PAGE_SIZE


@dataclass(frozen=True, slots=True)
class Hands:
    """Who of the house did what with a payout, and whether its file for the bank is there."""

    approved_by: str
    approved_by_id: int | None
    approved_at: datetime | None
    paid_by: str
    has_transfer: bool
    account: str


@dataclass(frozen=True, slots=True)
class Opened:
    """One statement with its sealed figures."""

    summary: Summary
    figures: Figures
    kept: dict[str, Any]
    sha256: str
    hands: Hands | None
    claim: Claim | None
    """What the brand may claim by today, while the house is late with it."""
    recovered_bps: int | None
    """What of its whole lot's cost the deal has brought the brand so far; None where that was not told."""


@dataclass(frozen=True, slots=True)
class Coming:
    """A statement that is drawn up by itself on ``on``."""

    kind: StatementKind
    title: str
    on: date


def listed(tools: Toolbox, *, page: int = 1) -> Listed:
    """The statements of the brand that asks, or of all brands for the house."""
    owned = brands.within(tools.brand_id, Statement.brand_id)
    unpaid = case((Payout.state != PayoutState.PAID, Statement.due_on))
    order = (
        (Statement.number.desc(),)
        if tools.brand_id
        else (unpaid.asc().nulls_last(), Statement.id.desc())
    )
    with tools.reading() as session:
        today = moments.house_day(clock.instant(session))
        rows = session.execute(
            _summaries()
            .where(owned)
            .order_by(*order)
            .limit(PAGE_SIZE)
            .offset((page - 1) * PAGE_SIZE)
        ).all()
        total = session.scalar(select(func.count()).select_from(Statement).where(owned)) or 0
        stand = _Standings(session)
        return Listed(tuple(_summary(row, today, stand) for row in rows), total, page)


def one(tools: Toolbox, *, number: int | None = None, statement_id: int | None = None) -> Opened:
    """A statement by the brand's own number, or by its id for the house; NotFound otherwise."""
    owned = brands.within(tools.brand_id, Statement.brand_id)
    asked = Statement.number == number if tools.brand_id else Statement.id == statement_id
    with tools.reading() as session:
        today = moments.house_day(clock.instant(session))
        row = session.execute(_summaries().where(owned, asked)).one_or_none()
        if row is None:
            raise NotFound
        statement: Statement = row[0]
        summary = _summary(row, today, _Standings(session))
        return Opened(
            summary=summary,
            figures=from_stored(statement.figures),
            kept=statement.figures,
            sha256=statement.sha256,
            hands=_hands(session, row[4]) if tools.brand_id is None and row[4] else None,
            claim=_claim(tools, summary, today),
            recovered_bps=_recovered(session, statement),
        )


def due_next(tools: Toolbox, *, without: Sequence[int]) -> int | None:
    """The deal whose statement is to be drawn up first, those ``without`` left out; None where none is due."""
    with tools.reading() as session:
        found = statements.due(session, without=without)
        return None if found is None else found.deal_id


def paper(tools: Toolbox, *, number: int, locale: str) -> tuple[str, bytes]:
    """The printed statement in a language, with its name; NotFound while it is not printed."""
    wanted = (
        select(StatementPaper.storage_key)
        .join(Statement, Statement.id == StatementPaper.statement_id)
        .where(
            brands.within(tools.brand_id, Statement.brand_id),
            Statement.number == number,
            StatementPaper.locale == locale,
        )
    )
    with tools.reading() as session:
        key = session.scalar(wanted)
    if key is None:
        raise NotFound
    return f"statement-{number}-{locale}.pdf", tools.files.get(key)


def transfer(tools: Toolbox, *, statement_id: int) -> tuple[str, bytes]:
    """The file that hands an approved payout to the bank; NotFound while it is not written.

    Refuses whoever approved it with SecondPersonNeeded, and with BankChanged where other details are in force by now.
    """
    wanted = select(Payout).where(Payout.statement_id == statement_id)
    with tools.reading() as session:
        row = session.scalars(wanted).one_or_none()
        if row is None or row.transfer_key is None or row.state is not PayoutState.APPROVED:
            raise NotFound
        check_second(row.approved_by_id, tools.actor.account_id)
        details = joining.bank_in_force(session, row.brand_id)
        check_account(row.bank_details_id, details.id if details else None)
        key = row.transfer_key
    return f"payout-{row.id}.xml", tools.files.get(key)


def coming(tools: Toolbox) -> tuple[Coming, ...]:
    """The statements that the brand's ended sales will have, in the order of their days."""
    with tools.reading() as session:
        rows = statements.coming(session, tools.brand_id or 0, most=COMING_MAX)
    found = []
    for row in rows:
        if row.first_at is not None and not row.provisional:
            day = moments.house_day(row.first_at)
            found.append(Coming(StatementKind.PROVISIONAL, row.title, day))
        if row.first_at is not None:
            found.append(Coming(StatementKind.FINAL, row.title, moments.house_day(row.second_at)))
    return tuple(sorted(found, key=lambda each: each.on))


def _claim(tools: Toolbox, summary: Summary, today: date) -> Claim | None:
    """None while the money waits for the brand: who does not say where it is to go is not paid late (art. 3 (1))."""
    if summary.waits not in OF_THE_HOUSE:
        return None
    return claim(summary.to_pay, due_on=summary.due_on, until=today, rates=tools.ecb_rates_bps)


def _recovered(session: Session, statement: Statement) -> int | None:
    """Without VAT, as the cost is; unknown where the cost was told in another currency."""
    cost = session.scalar(
        select(Collection.cost_total_minor)
        .join(Deal, Deal.collection_id == Collection.id)
        .where(Deal.id == statement.deal_id, Collection.currency == statement.currency)
    )
    sums = from_stored(statement.figures).sums
    taken = sums.freight_minor + sums.returns_minor + sums.charges_minor
    return bps_of(sums.due_minor + sums.guarantee_minor - taken, cost) if cost else None


class _Standings:
    """What a brand's payouts wait for, looked up once for each brand of a page."""

    def __init__(self, session: Session) -> None:
        self._session = session
        self._known: dict[int, tuple[bool, int | None]] = {}

    def waits(self, payout: Payout) -> Waits:
        if payout.state is PayoutState.PAID:
            return Waits.NOTHING
        if payout.brand_id not in self._known:
            self._known[payout.brand_id] = self._look(payout.brand_id)
        missing, account = self._known[payout.brand_id]
        return waits_for(
            payout.state,
            list_missing=missing,
            has_account=account is not None,
            same_account=account == payout.bank_details_id,
        )

    def _look(self, brand_id: int) -> tuple[bool, int | None]:
        session = self._session
        brand = session.get_one(Brand, brand_id)
        first = not settlements.was_paid_before(session, brand_id)
        missing = brand.state is BrandState.ONBOARDING or (
            first and bool(joining.standing(session, brand_id).missing(Gate.PAYOUT))
        )
        details = joining.bank_in_force(session, brand_id)
        return missing, details.id if details else None


def _summaries() -> Select[*tuple[Any, ...]]:
    return (
        select(Statement, Brand.name, Collection.name, Sale.title, Payout)
        .join(Brand, Brand.id == Statement.brand_id)
        .join(Deal, Deal.id == Statement.deal_id)
        .join(Collection, Collection.id == Deal.collection_id)
        .outerjoin(Sale, Sale.id == Statement.sale_id)
        .outerjoin(Payout, Payout.statement_id == Statement.id)
    )


def _summary(row: Row[*tuple[Any, ...]], today: date, stand: _Standings) -> Summary:
    statement: Statement = row[0]
    payout: Payout | None = row[4]
    return Summary(
        statement_id=statement.id,
        brand_id=statement.brand_id,
        brand=row[1],
        number=statement.number,
        kind=statement.kind,
        deal_id=statement.deal_id,
        about=row[3] or row[2],
        as_of=statement.as_of,
        issued_at=statement.created_at,
        to_pay=Money(statement.to_pay_minor, statement.currency),
        carried=Money(statement.closing_minor, statement.currency),
        due_on=statement.due_on,
        payout_id=payout.id if payout else None,
        state=payout.state if payout else None,
        waits=stand.waits(payout) if payout else None,
        paid_at=payout.paid_at if payout else None,
        reference=payout.reference if payout else "",
        late=payout is not None and payout.paid_at is None and statement.due_on < today,
    )


def _hands(session: Session, payout: Payout) -> Hands:
    def name(account_id: int | None) -> str:
        return session.get_one(Account, account_id).name if account_id else ""

    details = (
        session.get_one(BankDetails, payout.bank_details_id)
        if payout.bank_details_id is not None
        else joining.bank_in_force(session, payout.brand_id)
    )
    return Hands(
        approved_by=name(payout.approved_by_id),
        approved_by_id=payout.approved_by_id,
        approved_at=payout.approved_at,
        paid_by=name(payout.paid_by_id),
        has_transfer=payout.transfer_key is not None,
        account=f"{details.holder} …{details.last_four}" if details else "",
    )
