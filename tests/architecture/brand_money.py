"""What a brand has of its money: statements, the newest on paper, and a charge that may be contested."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING, Any

from sqlalchemy import func, select

from marketplace.db.brands import StoredFile
from marketplace.db.deals import Deal
from marketplace.db.settlements import Charge, Statement, StatementPaper
from marketplace.domain.deals import ChargeReason
from marketplace.domain.settlements import Figures, StatementKind, Sums, as_stored
from tests import factories

if TYPE_CHECKING:
    from datetime import datetime


def settled(database, tools, brand_id: int) -> dict[str, Any]:
    """Statements, the newest on paper, and a charge that may be contested.

    One statement more than any brand before has: a number of one brand is none of the other's.
    """
    with database.session() as session:
        deal_id = session.scalar(
            select(Deal.id).where(Deal.brand_id == brand_id, Deal.accepted_version_id.is_not(None))
        )
        at, person = factories.house_now(session), factories.operator(session)
        most = session.scalar(select(func.max(Statement.number))) or 0
        for number in range(1, most + 2):
            statement = _statement(brand_id, deal_id, number, at)
            session.add(statement)
            session.flush()
        key = f"statements/{brand_id}"
        tools.files.put(key, b"%PDF-1.7")
        stored = StoredFile(
            brand_id=brand_id,
            storage_key=key,
            filename="box.pdf",
            bytes=8,
            sha256="0" * 64,
            uploaded_by_id=person.id,
        )
        paper = StatementPaper(
            brand_id=brand_id, statement_id=statement.id, locale="en", storage_key=key
        )
        session.add_all([stored, paper])
        session.flush()
        charge = Charge(
            brand_id=brand_id,
            deal_id=deal_id,
            reason=ChargeReason.DAMAGED,
            units=1,
            each_minor=450,
            currency="EUR",
            found="Wet.",
            file_id=stored.id,
            proposed_by_id=person.id,
            contest_by=at + timedelta(days=10),
        )
        session.add(charge)
        session.flush()
        return {"number": statement.number, "charge_id": charge.id}


def _statement(brand_id: int, deal_id: int, number: int, at: datetime) -> Statement:
    """A statement of nothing."""
    as_of = at + timedelta(days=number)
    nothing = Sums(0, 0, 0, 0, 0, 0, 0, 0)
    figures = Figures(
        number=number,
        kind="later",
        deal=deal_id,
        collection="Winter",
        sale=None,
        currency="EUR",
        as_of=as_of.isoformat(),
        issued_on=at.date().isoformat(),
        due_on=at.date().isoformat(),
        sections=(),
        charges=(),
        sums=nothing,
        before_minor=0,
        opening_minor=0,
        change_minor=0,
        to_pay_minor=0,
        closing_minor=0,
    )
    return Statement(
        brand_id=brand_id,
        deal_id=deal_id,
        number=number,
        kind=StatementKind.LATER,
        as_of=as_of,
        currency="EUR",
        payable_minor=0,
        beyond_due_minor=0,
        beyond_vat_minor=0,
        opening_minor=0,
        change_minor=0,
        to_pay_minor=0,
        closing_minor=0,
        due_on=at.date(),
        figures=as_stored(figures),
        sha256="0" * 64,
    )
