"""Scenes of the operator's desk: a deal whose goods are in, a draft that is ready, a sale about to open."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import TYPE_CHECKING

from marketplace.domain.doors import Door
from marketplace.domain.moments import wall_time
from marketplace.services import sales
from marketplace.services.sales import Asked, Plan
from tests import factories

if TYPE_CHECKING:
    from sqlalchemy.orm import Session

    from marketplace.toolbox import Toolbox

ZONE = "Europe/Paris"


@dataclass(frozen=True)
class Desk:
    """An accepted deal with its goods in the house, the person at the desk, and somebody of the brand."""

    deal_id: int
    brand_id: int
    collection_id: int
    variant_ids: tuple[int, ...]
    lot_ids: tuple[int, ...]
    operator_id: int
    brand_account_id: int
    now: datetime

    @property
    def today(self) -> date:
        """The day at the house, which is not UTC's in the hours before and after midnight."""
        return wall_time(self.now, ZONE).date()

    def operator(self, tools: Toolbox) -> Toolbox:
        """The operator's tools."""
        return tools.at_door(Door.OPERATOR, account_id=self.operator_id)

    def brand(self, tools: Toolbox) -> Toolbox:
        """The brand's tools."""
        return tools.at_door(Door.BRAND, account_id=self.brand_account_id, brand_id=self.brand_id)

    def plan(
        self,
        *,
        opens_in: timedelta = timedelta(days=2),
        length: timedelta = timedelta(days=3),
        **more,
    ) -> Plan:
        """A plan for this deal; it opens in two days, at a whole minute in Paris."""
        opens_at = (self.now + opens_in).replace(second=0, microsecond=0)
        return Plan(
            **{
                "title": "The winter house",
                "line": "Knitwear from the Loire",
                "territory": "FR",
                "zone": ZONE,
                "opens_wall": wall_time(opens_at, ZONE),
                "closes_wall": wall_time(opens_at + length, ZONE),
                "limit_per_member": 4,
                "manager_id": self.operator_id,
                **more,
            }
        )


def desk(
    session: Session, *, sizes: tuple[str, ...] = ("S", "M"), units: int = 10, evidence: bool = True
) -> Desk:
    """A deal of one style in ``sizes``, RRP 120, floor 30, ``units`` accepted of each."""
    of = factories.brand(session)
    offered = factories.collection(session, of=of)
    style = factories.style(session, of=offered)
    factories.photograph(session, of=style)
    variants = [factories.variant(session, of=style, size=size) for size in sizes]
    if evidence:
        factories.evidence(session, of=offered)
    agreed = factories.deal(session, of=offered, variants=variants)
    lots = [factories.lot(session, under=agreed, of=each, units=units) for each in variants]
    person = factories.brand_user(session, of=of)
    return Desk(
        deal_id=agreed.id,
        brand_id=of.id,
        collection_id=offered.id,
        variant_ids=tuple(each.id for each in variants),
        lot_ids=tuple(each.id for each in lots),
        operator_id=factories.operator(session).id,
        brand_account_id=person.account_id,
        now=factories.house_now(session),
    )


def ready(tools: Toolbox, at: Desk, *, units: int = 5, price_minor: int = 6_000, **plan) -> str:
    """A draft with ``units`` of every variant, approved by the brand; returns its reference."""
    ref = sales.draft(at.operator(tools), deal_id=at.deal_id, plan=at.plan(**plan))
    lines = tuple(Asked(each, units, price_minor) for each in at.variant_ids)
    done = sales.put_items(at.operator(tools), ref=ref, version=1, lines=lines)
    sales.approve(at.brand(tools), ref=ref, version=done.version)
    return ref


def scheduled(tools: Toolbox, at: Desk, *, units: int = 5, **plan) -> str:
    """A sale that will open by itself; returns its reference."""
    ref = ready(tools, at, units=units, **plan)
    sales.schedule(at.operator(tools), ref=ref, version=2)
    return ref


def events(database) -> list[str]:
    """What happened, in order."""
    return [name for (name,) in database.rows("SELECT name FROM events ORDER BY id")]


def state(database) -> str:
    """Where the one sale stands."""
    return database.value("SELECT state FROM sales")


def lots(database) -> list[tuple[int, int]]:
    """Accepted and allocated units of each lot."""
    return database.rows("SELECT accepted, allocated FROM lots ORDER BY id")


def opened(tools: Toolbox, clock, at: Desk, **plan) -> str:
    """A sale whose hour has come, with no clock process to record it."""
    ref = scheduled(tools, at, **plan)
    clock.turn(days=2, minutes=1)
    return ref


def hold(database, *, member=None, units=1):
    """A live hold on the first item."""
    with database.session() as session:
        item = session.get(factories.SaleItem, database.value("SELECT min(id) FROM sale_items"))
        return factories.hold(session, by=member or factories.member(session), on=item, units=units)


def take(database):
    """What a new member hears who asks for one unit now."""
    with database.session() as session:
        member = factories.member(session)
    return database.value(
        "SELECT outcome FROM take_holds(ARRAY[:m], ARRAY[(SELECT min(id) FROM sale_items)], ARRAY[1],"
        " ARRAY[gen_random_uuid()])",
        m=member.id,
    )
