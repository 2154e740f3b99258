"""What a brand has of goods that were left: a question, a note of what left, and its paper."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from sqlalchemy import func, select

from marketplace.db.catalogue import Variant
from marketplace.db.deals import Deal
from marketplace.db.exits import Exit, ExitPaper, ExitPlan
from marketplace.db.stock import Lot
from marketplace.domain import moments
from marketplace.domain.doors import Door
from marketplace.domain.exits import ExitKind, Pool
from marketplace.services import exits
from marketplace.services.exits import Leaving, Line
from tests import factories


def left(database, tools, brand_id: int) -> dict[str, Any]:
    """One note more than any brand before has: a number of one brand is none of the other's."""
    with database.session() as session:
        deal_id = session.scalar(
            select(Deal.id).where(Deal.brand_id == brand_id, Deal.accepted_version_id.is_not(None))
        )
        most = session.scalar(select(func.max(Exit.number))) or 0
        under = session.get_one(Deal, deal_id)
        old = session.scalars(select(Lot).where(Lot.deal_id == deal_id)).first()
        style_id = session.get_one(Variant, old.variant_id).style_id
        spare = factories.variant(
            session, of=session.get_one(factories.Style, style_id), size="XL", units=None
        )
        lot = factories.lot(session, under=under, of=spare, units=most + 1)
        at = factories.house_now(session)
        session.add(
            ExitPlan(
                brand_id=brand_id,
                deal_id=deal_id,
                number=1,
                silent=ExitKind.RETURN,
                choose_by=at - timedelta(days=1),
                leave_by=(at + timedelta(days=30)).date(),
            )
        )
        person = factories.operator(session)
        lot_id, day = lot.id, moments.house_day(at)
    house = tools.at_door(Door.OPERATOR, account_id=person.id)
    for number in range(1, most + 2):
        leaving = Leaving(ExitKind.RETURN, day, "DPD", f"k{number}")
        exits.record(house, deal_id=deal_id, leaving=leaving, lines=[Line(lot_id, Pool.UNSOLD, 1)])
    with database.session() as session:
        key = f"exits/{brand_id}"
        tools.files.put(key, b"%PDF-1.7")
        last = session.scalars(
            select(Exit).where(Exit.brand_id == brand_id).order_by(Exit.number.desc())
        ).first()
        session.add(ExitPaper(brand_id=brand_id, exit_id=last.id, locale="en", storage_key=key))
        return {"exit_number": last.number}
