"""One deal as both sides read it.

Its versions, what changed between them, its lines and its example.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from sqlalchemy import select
from sqlalchemy.orm import aliased

from marketplace.db import brands, clock, deals
from marketplace.db.accounts import Account
from marketplace.db.audit import EventRow
from marketplace.db.brands import Brand
from marketplace.db.catalogue import Collection, Style, Variant
from marketplace.db.deals import Deal, DealComment, DealLine, DealVersion
from marketplace.db.promises import Promise
from marketplace.domain.deals import (
    DealState,
    Side,
    changed_lines,
    changed_terms,
    terms_from,
)
from marketplace.domain.doors import Door
from marketplace.domain.events import Event
from marketplace.domain.money import Money
from marketplace.domain.refusals import NotFound
from marketplace.queries.deals.delivering import delivery
from marketplace.queries.deals.working import worked

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import date, datetime

    from sqlalchemy.orm import Session

    from marketplace.domain.deals import Line, Terms
    from marketplace.queries.deals.delivering import Delivery
    from marketplace.queries.deals.working import Worked
    from marketplace.toolbox import Toolbox

LINES_PER_PAGE = 100
COMMENTS_SHOWN_MAX = 500


@dataclass(frozen=True, slots=True)
class VersionShown:
    """A version: who proposed it, what it changed in the one before, and what became of it."""

    number: int
    side: Side
    by: str
    terms: Terms
    note: str
    units: int
    sha256: str
    created_at: datetime
    expires_at: datetime
    expired: bool
    accepted_at: datetime | None
    accepted_by: str | None
    changed: tuple[str, ...]
    lines_changed: int


@dataclass(frozen=True, slots=True)
class LineShown:
    """A line of the newest version. ``changed``: it differs from the version before."""

    variant_id: int
    style_code: str
    style: str
    colour: str
    size: str
    sku: str
    units: int
    offered: int
    floor: Money
    brand_floor: Money | None
    rrp: Money | None
    wholesale: Money | None
    target: Money | None
    unit_cost: Money | None
    hard_stop: int | None
    changed: bool


@dataclass(frozen=True, slots=True)
class CommentShown:
    """A word about one clause of one version."""

    number: int
    clause: str
    side: Side
    by: str
    said: str
    created_at: datetime


@dataclass(frozen=True, slots=True)
class PromiseShown:
    """A date the house may be held to."""

    kind: str
    due_at: datetime


@dataclass(frozen=True, slots=True)
class DealPage:
    """A deal with its brief, its versions (newest first), one page of lines, and its example."""

    deal_id: int
    collection_id: int
    collection: str
    brand: str
    state: DealState
    problem: str
    deadline: date | None
    never: str
    versions: tuple[VersionShown, ...]
    lines: tuple[LineShown, ...]
    lines_total: int
    offered_units: int
    worked: Worked
    comments: dict[str, tuple[CommentShown, ...]]
    promises: tuple[PromiseShown, ...]
    delivery: Delivery | None
    declined_because: str
    may_answer: bool
    may_revise: bool
    page: int
    page_size: int = LINES_PER_PAGE

    @property
    def latest(self) -> VersionShown:
        """The version that counts."""
        return self.versions[0]


def one(tools: Toolbox, *, deal_id: int, page: int = 1) -> DealPage:
    """The deal, if it is the brand's own; the house sees every one."""
    with tools.reading() as session:
        deal, collection, brand = _found(tools, session, deal_id)
        now = clock.instant(session)
        rows = _versions(session, deal.id)
        lines = [deals.lines(session, version.id) for version, *_ in rows]
        versions = _shown(rows, lines, now)
        latest = versions[0]
        changed = changed_lines(lines[1], lines[0]) if len(lines) > 1 else frozenset[int]()
        side = Side.BRAND if tools.actor.kind is Door.BRAND else Side.HOUSE
        talking = deal.state is DealState.OPEN
        return DealPage(
            deal_id=deal.id,
            collection_id=collection.id,
            collection=collection.name,
            brand=brand,
            state=deal.state,
            problem=collection.brief_problem,
            deadline=collection.brief_deadline,
            never=collection.brief_never,
            versions=versions,
            lines=_lines(session, rows[0][0], changed, page),
            lines_total=len(lines[0]),
            offered_units=sum(
                offer.units or 0 for offer in deals.offers(session, collection.id).values()
            ),
            worked=worked(session, collection, latest.terms, lines[0]),
            comments=_comments(session, deal.id),
            promises=_promises(session, deal.id),
            delivery=delivery(session, deal, rows[0][0]) if deal.accepted_version_id else None,
            declined_because=_declined_because(session, deal),
            may_answer=talking and latest.side is not side and not latest.expired,
            may_revise=talking,
            page=page,
        )


def _found(tools: Toolbox, session: Session, deal_id: int) -> tuple[Deal, Collection, str]:
    wanted = (
        select(Deal, Collection, Brand.name)
        .join(Collection, Collection.id == Deal.collection_id)
        .join(Brand, Brand.id == Deal.brand_id)
        .where(Deal.id == deal_id, brands.within(tools.brand_id, Deal.brand_id))
    )
    found = session.execute(wanted).one_or_none()
    if found is None:
        raise NotFound
    return found[0], found[1], found[2]


def _versions(session: Session, deal_id: int) -> list[tuple[DealVersion, str, str | None]]:
    """The versions, newest first, with the names of who proposed and who accepted."""
    proposer, acceptor = aliased(Account), aliased(Account)
    wanted = (
        select(DealVersion, proposer.name, acceptor.name)
        .join(proposer, proposer.id == DealVersion.proposed_by_id)
        .outerjoin(acceptor, acceptor.id == DealVersion.accepted_by_id)
        .where(DealVersion.deal_id == deal_id)
        .order_by(DealVersion.number.desc())
    )
    return [(row[0], row[1], row[2]) for row in session.execute(wanted)]


def _shown(
    rows: Sequence[tuple[DealVersion, str, str | None]],
    lines: Sequence[tuple[Line, ...]],
    now: datetime,
) -> tuple[VersionShown, ...]:
    """Each version beside the one before it."""
    shown = []
    for place, (row, by, accepted_by) in enumerate(rows):
        terms = terms_from(row.terms)
        before = rows[place + 1][0] if place + 1 < len(rows) else None
        shown.append(
            VersionShown(
                number=row.number,
                side=row.side,
                by=by,
                terms=terms,
                note=row.note,
                units=sum(line.units for line in lines[place]),
                sha256=row.sha256,
                created_at=row.created_at,
                expires_at=row.expires_at,
                expired=row.expires_at <= now,
                accepted_at=row.accepted_at,
                accepted_by=accepted_by,
                changed=changed_terms(terms_from(before.terms), terms) if before else (),
                lines_changed=len(changed_lines(lines[place + 1], lines[place])) if before else 0,
            )
        )
    return tuple(shown)


def _lines(
    session: Session, version: DealVersion, changed: frozenset[int], page: int
) -> tuple[LineShown, ...]:
    wanted = (
        select(DealLine, Variant, Style.code, Style.name)
        .join(Variant, Variant.id == DealLine.variant_id)
        .join(Style, Style.id == Variant.style_id)
        .where(DealLine.version_id == version.id)
        .order_by(Style.code, Variant.colour, Variant.size_rank, Variant.size)
        .limit(LINES_PER_PAGE)
        .offset((page - 1) * LINES_PER_PAGE)
    )
    return tuple(
        _line(line, variant, code, name, is_changed=line.variant_id in changed)
        for line, variant, code, name in session.execute(wanted)
    )


def _line(line: DealLine, variant: Variant, code: str, name: str, *, is_changed: bool) -> LineShown:
    def money(minor: int | None) -> Money | None:
        return None if minor is None else Money(minor, variant.currency)

    return LineShown(
        variant_id=variant.id,
        style_code=code,
        style=name,
        colour=variant.colour,
        size=variant.size,
        sku=variant.sku,
        units=line.units,
        offered=variant.units_offered or 0,
        floor=Money(line.floor_minor, variant.currency),
        brand_floor=money(variant.floor_minor),
        rrp=money(variant.rrp_minor),
        wholesale=money(variant.wholesale_minor),
        target=money(line.target_minor),
        unit_cost=money(line.unit_cost_minor),
        hard_stop=line.hard_stop,
        changed=is_changed,
    )


def _comments(session: Session, deal_id: int) -> dict[str, tuple[CommentShown, ...]]:
    """By clause, in the order in which they were said, those on earlier versions included."""
    wanted = (
        select(
            DealVersion.number,
            DealComment.clause,
            DealComment.side,
            Account.name,
            DealComment.said,
            DealComment.created_at,
        )
        .join(DealVersion, DealVersion.id == DealComment.version_id)
        .join(Account, Account.id == DealComment.account_id)
        .where(DealVersion.deal_id == deal_id)
        .order_by(DealComment.id)
        .limit(COMMENTS_SHOWN_MAX)
    )
    found: dict[str, tuple[CommentShown, ...]] = {}
    for row in session.execute(wanted):
        shown = CommentShown(*row)
        found[shown.clause] = (*found.get(shown.clause, ()), shown)
    return found


def _promises(session: Session, deal_id: int) -> tuple[PromiseShown, ...]:
    wanted = (
        select(Promise.kind, Promise.due_at)
        .where(
            Promise.subject_type == "deal",
            Promise.subject_id == deal_id,
            Promise.void_at.is_(None),
        )
        .order_by(Promise.due_at)
    )
    return tuple(PromiseShown(str(row.kind), row.due_at) for row in session.execute(wanted))


def _declined_because(session: Session, deal: Deal) -> str:
    """The words with which the talks were ended; empty while they go on."""
    if deal.state is not DealState.ENDED:
        return ""
    wanted = (
        select(EventRow.reason)
        .where(
            EventRow.subject_type == "deal",
            EventRow.subject_id == deal.id,
            EventRow.name == str(Event.DEAL_DECLINED),
        )
        .order_by(EventRow.id.desc())
        .limit(1)
    )
    return session.scalar(wanted) or ""
