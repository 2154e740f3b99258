"""Drafting a sale: its words, place and times, and the brand's approval of what was drafted."""

from __future__ import annotations

import base64
import secrets
from dataclasses import dataclass
from typing import TYPE_CHECKING

from sqlalchemy import select

from marketplace.db import clock, locks, sales
from marketplace.db.accounts import Account
from marketplace.db.catalogue import Photograph, Style
from marketplace.db.deals import Deal, DealVersion
from marketplace.domain.deals import DealState
from marketplace.domain.doors import Realm
from marketplace.domain.events import Event, Fact
from marketplace.domain.refusals import Invalid, Stale
from marketplace.domain.sales import (
    LIMIT_MAX,
    TEASER_BEFORE,
    Act,
    DealNotAgreed,
    TerritoryNotAgreed,
    check_act,
    times,
)
from marketplace.domain.territories import territory

if TYPE_CHECKING:
    from datetime import datetime, timedelta

    from sqlalchemy.orm import Session

    from marketplace.db.sales import Sale
    from marketplace.domain.sales import Times
    from marketplace.toolbox import Toolbox

REF_BYTES = 5
TITLE_LENGTH_MAX = 120
LINE_LENGTH_MAX = 200


@dataclass(frozen=True, slots=True)
class Plan:
    """What an operator types for a sale.

    Walls are naive times in ``zone``; a fold (0 or 1) says which of an hour that comes twice is meant.
    """

    title: str
    line: str
    territory: str
    zone: str
    opens_wall: datetime
    closes_wall: datetime
    limit_per_member: int
    opens_fold: int | None = None
    closes_fold: int | None = None
    teaser_before: timedelta = TEASER_BEFORE
    manager_id: int | None = None
    hero_photograph_id: int | None = None


def draft(tools: Toolbox, *, deal_id: int, plan: Plan) -> str:
    """Begin a sale for an accepted deal; returns its reference, which says nothing about the brand.

    Refuses a deal that is not agreed, a territory it does not name, times that cannot be.
    """
    window = _times(plan)
    with tools.transaction() as session:
        deal = locks.one(session, Deal, deal_id)
        currency = _agreed_currency(session, deal, plan.territory)
        _check_words(session, deal, plan)
        row = sales.Sale(ref=_new_ref(), brand_id=deal.brand_id, deal_id=deal.id, currency=currency)
        _write(row, plan, window)
        session.add(row)
        session.flush()
        tools.record(session, Fact(Event.SALE_DRAFTED, "sale", row.id, brand_id=row.brand_id))
        return row.ref


def change(tools: Toolbox, *, ref: str, version: int, plan: Plan) -> int:
    """Write a new plan over a draft; returns its new version.

    Refuses a sale that is no longer a draft, and a version that somebody else has changed meanwhile.
    """
    window = _times(plan)
    with tools.transaction() as session:
        row = sales.locked(session, ref)
        check_act(sales.window(row), clock.now(session), Act.EDIT)
        _check_version(row, version)
        deal = session.get_one(Deal, row.deal_id)
        row.currency = _agreed_currency(session, deal, plan.territory)
        _check_words(session, deal, plan)
        if (row.opens_at, row.closes_at) != (window.opens.at, window.closes.at):
            row.generation += 1
        _write(row, plan, window)
        row.version += 1
        tools.record(
            session,
            Fact(
                Event.SALE_CHANGED,
                "sale",
                row.id,
                brand_id=row.brand_id,
                data={"version": row.version, "opens_at": window.opens.at.isoformat()},
            ),
        )
        return row.version


def approve(tools: Toolbox, *, ref: str, version: int) -> None:
    """The brand's approval of exactly this version of its sale; silence is not consent.

    Refuses a version that has been changed since it was read, and a sale that is no draft any more.
    """
    with tools.transaction() as session:
        row = sales.locked(session, ref)
        now = clock.now(session)
        check_act(sales.window(row), now, Act.EDIT)
        _check_version(row, version)
        row.approved_version = version
        row.approved_by_id = tools.actor.account_id
        row.approved_at = now
        row.approved_plan = sales.as_shown(session, row)
        tools.record(
            session,
            Fact(
                Event.SALE_APPROVED_BY_BRAND,
                "sale",
                row.id,
                brand_id=row.brand_id,
                data={"version": version},
            ),
        )


def _times(plan: Plan) -> Times:
    return times(
        plan.opens_wall,
        plan.closes_wall,
        plan.zone,
        teaser_before=plan.teaser_before,
        opens_fold=plan.opens_fold,
        closes_fold=plan.closes_fold,
    )


def _agreed_currency(session: Session, deal: Deal, code: str) -> str:
    place = territory(code)
    if deal.state is not DealState.AGREED or deal.accepted_version_id is None:
        raise DealNotAgreed(deal=deal.id)
    terms = session.get_one(DealVersion, deal.accepted_version_id).terms
    if code not in terms["territories"] or terms["currency"] != place.currency:
        raise TerritoryNotAgreed(territory=code, agreed=tuple(terms["territories"]))
    return place.currency


def _check_words(session: Session, deal: Deal, plan: Plan) -> None:
    if not 0 < len(plan.title.strip()) <= TITLE_LENGTH_MAX:
        raise Invalid(field="title", reason="title_length", most=TITLE_LENGTH_MAX)
    if len(plan.line) > LINE_LENGTH_MAX:
        raise Invalid(field="line", reason="line_length", most=LINE_LENGTH_MAX)
    if not 0 < plan.limit_per_member <= LIMIT_MAX:
        raise Invalid(field="limit_per_member", reason="limit_range", most=LIMIT_MAX)
    if plan.manager_id is not None and not _is_of_the_house(session, plan.manager_id):
        raise Invalid(field="manager_id", reason="not_of_the_house")
    if plan.hero_photograph_id is not None and not _is_of_deal(session, plan, deal):
        raise Invalid(field="hero_photograph_id", reason="not_of_the_deal")


def _is_of_the_house(session: Session, account_id: int) -> bool:
    person = session.get(Account, account_id)
    return person is not None and person.realm is Realm.OPERATOR


def _is_of_deal(session: Session, plan: Plan, deal: Deal) -> bool:
    statement = (
        select(Photograph.id)
        .join(Style, Style.id == Photograph.style_id)
        .where(Photograph.id == plan.hero_photograph_id, Style.collection_id == deal.collection_id)
    )
    return session.scalar(statement) is not None


def _check_version(row: Sale, version: int) -> None:
    if row.version != version:
        raise Stale(latest=row.version)


def _write(row: Sale, plan: Plan, window: Times) -> None:
    row.title = plan.title.strip()
    row.line = plan.line.strip()
    row.territory = plan.territory
    row.zone = plan.zone
    row.opens_wall, row.closes_wall = window.opens.wall, window.closes.wall
    row.opens_at, row.closes_at = window.opens.at, window.closes.at
    row.teaser_at = window.teaser_at
    row.limit_per_member = plan.limit_per_member
    row.manager_id = plan.manager_id
    row.hero_photograph_id = plan.hero_photograph_id


def _new_ref() -> str:
    return base64.b32encode(secrets.token_bytes(REF_BYTES)).decode().lower()
