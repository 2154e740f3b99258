"""Drawing up statements: each at its instant, once, numbered, sealed, booked and promised to be paid."""

from __future__ import annotations

from dataclasses import dataclass, fields
from datetime import UTC
from typing import TYPE_CHECKING

from sqlalchemy import insert

from marketplace.db import clock, ledger, locks, promises, settlements, statements
from marketplace.db.brands import Brand
from marketplace.db.catalogue import Collection
from marketplace.db.deals import Deal, DealVersion
from marketplace.db.ledger import Book, Cause, Entry
from marketplace.db.sales import Sale
from marketplace.db.settlements import Payout, Statement
from marketplace.domain import moments
from marketplace.domain.deals import terms_from
from marketplace.domain.doors import Realm
from marketplace.domain.events import Event, Fact
from marketplace.domain.money import Money
from marketplace.domain.promises import PromiseKind
from marketplace.domain.sealing import sealed
from marketplace.domain.settlements import (
    Figures,
    StatementKind,
    Sums,
    as_stored,
    balanced,
    due_day,
    from_stored,
)

if TYPE_CHECKING:
    from datetime import datetime

    from sqlalchemy.orm import Session

    from marketplace.db.statements import Drawn
    from marketplace.domain.deals import Terms
    from marketplace.domain.settlements import Balance, Position
    from marketplace.toolbox import Toolbox


def issue(tools: Toolbox, *, deal_id: int | None = None) -> int | None:
    """Draw up the statement that is due first; its id, 0 where somebody else just did, None where none is due.

    Of one deal where it is named, so that a deal which cannot be drawn up does not stop the others.

    As of its own instant, however late it is drawn up. Safe twice, and twice at once: statements of one brand are
    written one after the other.
    """
    with tools.transaction() as session:
        found = statements.due(session, deal_id=deal_id)
        if found is None:
            return None
        brand = locks.one(session, Brand, found.brand_id)
        found = statements.due(session, deal_id=found.deal_id)
        if found is None:
            return 0
        deal = locks.one(session, Deal, found.deal_id)
        terms = terms_from(session.get_one(DealVersion, deal.accepted_version_id).terms)
        kind = StatementKind(found.kind)
        ended = kind is StatementKind.LAST or settlements.is_at_its_end(session, deal.id)
        drawn = statements.drawn_up(session, deal, terms, as_of=found.as_of, is_last=ended)
        sale = None if found.sale_id is None else session.get_one(Sale, found.sale_id)
        written = _written(session, deal, _Draft(kind, sale, found.as_of, terms, drawn))
        _pay(session, written)
        tools.record(
            session,
            Fact(
                Event.STATEMENT_ISSUED,
                "statement",
                written.id,
                brand_id=brand.id,
                data={"number": written.number, "sha256": written.sha256},
            ),
        )
        return written.id


@dataclass(frozen=True, slots=True)
class _Draft:
    """What is to be written, as of when, and what was worked out for it."""

    kind: StatementKind
    sale: Sale | None
    as_of: datetime
    terms: Terms
    drawn: Drawn


def _written(session: Session, deal: Deal, draft: _Draft) -> Statement:
    currency, place = draft.terms.currency, draft.drawn.position
    before = settlements.latest_of_deal(session, deal.id)
    carried = settlements.latest(session, deal.brand_id, currency=currency)
    known = Money(before.payable_minor if before else 0, currency)
    opening = Money(carried.closing_minor if carried else 0, currency)
    balance = balanced(opening, place.payable - known)
    today = moments.house_day(clock.now(session))
    number = settlements.next_number(session, deal.brand_id)
    collection = session.get_one(Collection, deal.collection_id).name
    figures = as_stored(
        Figures(
            number=number,
            kind=str(draft.kind),
            deal=deal.id,
            collection=collection,
            sale=draft.sale.ref if draft.sale else None,
            currency=currency,
            as_of=draft.as_of.astimezone(UTC).isoformat(),
            issued_on=today.isoformat(),
            due_on=due_day(today, draft.terms).isoformat(),
            sections=draft.drawn.sales,
            charges=draft.drawn.charges,
            sums=_sums(place),
            before_minor=known.minor,
            **_bottom(balance),
        )
    )
    row = Statement(
        brand_id=deal.brand_id,
        deal_id=deal.id,
        sale_id=draft.sale.id if draft.sale else None,
        number=number,
        kind=draft.kind,
        as_of=draft.as_of,
        currency=currency,
        payable_minor=place.payable.minor,
        beyond_due_minor=(place.due - draft.drawn.booked_due).minor,
        beyond_vat_minor=(place.due_vat - draft.drawn.booked_vat).minor,
        due_on=due_day(today, draft.terms),
        figures=figures,
        sha256=sealed(figures),
        **_bottom(balance),
    )
    session.add(row)
    session.flush()
    _book(session, row, before)
    return row


def _bottom(balance: Balance) -> dict[str, int]:
    """The bottom lines, as table and document name them."""
    return {f"{each.name}_minor": getattr(balance, each.name).minor for each in fields(balance)}


def _sums(place: Position) -> Sums:
    named = (each.name.removesuffix("_minor") for each in fields(Sums))
    return Sums(*(getattr(place, name).minor for name in named))


def _book(session: Session, row: Statement, before: Statement | None) -> None:
    """What this statement adds to what orders booked: tiers, discounts, rounding, minimum, outlays, charges."""
    now, then = from_stored(row.figures).sums, _sums_of(before)
    due = row.beyond_due_minor - (before.beyond_due_minor if before else 0)
    vat = row.beyond_vat_minor - (before.beyond_vat_minor if before else 0)
    guarantee = now.guarantee_minor - then.guarantee_minor
    outlays = now.freight_minor + now.returns_minor - then.freight_minor - then.returns_minor
    charges = now.charges_minor - then.charges_minor
    amounts = (
        (Book.COMMISSION, due),
        (Book.VAT_PAYABLE, vat),
        (Book.GUARANTEES, guarantee),
        (Book.OUTLAYS, -outlays),
        (Book.CHARGES, -charges),
    )
    if not any(minor for _, minor in amounts):
        return  # the orders booked all of it
    owed = due + vat + guarantee - outlays - charges
    ledger.post(
        session,
        cause=Cause.STATEMENT,
        cause_id=row.id,
        kind="issued",
        entries=[
            Entry(Book.BRAND_PAYABLE, Money(-owed, row.currency), brand_id=row.brand_id),
            *(Entry(book, Money(minor, row.currency)) for book, minor in amounts),
        ],
    )


def _sums_of(before: Statement | None) -> Sums:
    return from_stored(before.figures).sums if before else Sums(0, 0, 0, 0, 0, 0, 0, 0)


def _pay(session: Session, row: Statement) -> None:
    """Let its money wait for two persons of the house, promised to the day; or note that the deal owes nothing more."""
    if row.to_pay_minor:
        session.execute(
            insert(Payout).values(
                brand_id=row.brand_id,
                statement_id=row.id,
                amount_minor=row.to_pay_minor,
                currency=row.currency,
                due_on=row.due_on,
            )
        )
        promises.make(
            session,
            kind=PromiseKind.PAYOUT,
            subject_type="statement",
            subject_id=row.id,
            realm=Realm.BRAND,
            brand_id=row.brand_id,
            due_at=moments.end_of(row.due_on),
            amount=Money(row.to_pay_minor, row.currency),
        )
    settlements.keep_when_all_is_paid(session, row.deal_id)
