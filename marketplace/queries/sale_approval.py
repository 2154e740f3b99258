"""A brand's sale as members will see it, for the brand to approve.

Pages, prices, photographs, units.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from sqlalchemy import func, select
from sqlalchemy.dialects.postgresql import distinct_on

from marketplace.db import brands, clock
from marketplace.db.accounts import Account
from marketplace.db.audit import EventRow
from marketplace.db.catalogue import RrpEvidence, Style, Variant
from marketplace.db.photographs import SHOWN
from marketplace.db.sales import Sale, SaleItem, as_shown, window
from marketplace.domain import approvals, prices
from marketplace.domain.events import Event
from marketplace.domain.moments import wall_time
from marketplace.domain.money import Money
from marketplace.domain.refusals import NotFound
from marketplace.domain.sales import Phase, SaleState, phase
from marketplace.queries.sale_page import Picture

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import date, datetime

    from sqlalchemy import Row
    from sqlalchemy.orm import Session

    from marketplace.domain.approvals import Offered, PlanChange
    from marketplace.toolbox import Toolbox

STYLES_PER_PAGE = 40
CHANGES_SHOWN_MAX = 20
CHANGING = (str(Event.SALE_CHANGED), str(Event.SALE_ITEMS_CHANGED))


@dataclass(frozen=True, slots=True)
class SizeShown:
    """A size of a style in one colour, with its units in this sale."""

    colour: str
    size: str
    units: int
    price: Money


_PICTURES = select(
    SHOWN.c.style_id, SHOWN.c.id, SHOWN.c.width, SHOWN.c.height, SHOWN.c.paper, SHOWN.c.edition
)
"""Rows of which all but the first make a :class:`Picture`."""


@dataclass(frozen=True, slots=True)
class StyleShown:
    """A style as members will see it.

    ``compare`` only with evidence that is fresh on the opening day.
    """

    style_id: int
    code: str
    name: str
    picture: Picture | None
    price_from: Money
    price_to: Money
    compare: Money | None
    evidence_kind: str | None
    evidence_seen_on: date | None
    units: int
    sizes: tuple[SizeShown, ...]


@dataclass(frozen=True, slots=True)
class ChangeShown:
    """Something that the house changed since the brand last approved."""

    name: str
    at: datetime
    by: str | None


@dataclass(frozen=True, slots=True)
class ItemChanged:
    """A variant that is offered otherwise than the brand approved; None: it is not in the sale then, or now."""

    name: str
    before: tuple[int, Money] | None
    after: tuple[int, Money] | None


@dataclass(frozen=True, slots=True)
class Difference:
    """What is no longer as it was approved; ``more`` further variants are changed and not named."""

    plan: tuple[PlanChange, ...]
    items: tuple[ItemChanged, ...]
    more: int


@dataclass(frozen=True, slots=True)
class SalePage:
    """The sale.

    ``version`` is what an approval approves; ``changes`` are those since the last one.
    """

    sale_id: int
    ref: str
    title: str
    line: str
    state: SaleState
    phase: Phase
    territory: str
    zone: str
    opens_at: datetime
    closes_at: datetime
    teaser_at: datetime
    version: int
    approved_version: int | None
    approved_at: datetime | None
    approved_by: str | None
    deal_id: int
    picture: Picture | None
    styles: tuple[StyleShown, ...]
    styles_total: int
    units: int
    changes: tuple[ChangeShown, ...]
    difference: Difference | None
    may_approve: bool
    page: int
    page_size: int = STYLES_PER_PAGE

    @property
    def is_approved(self) -> bool:
        """Whether the brand approved the sale exactly as it stands."""
        return self.approved_version == self.version


def look(tools: Toolbox, *, ref: str, page: int = 1) -> SalePage:
    """The sale, if it is the brand's own."""
    with tools.reading() as session:
        sale = session.scalars(
            select(Sale).where(Sale.ref == ref, brands.within(tools.brand_id, Sale.brand_id))
        ).one_or_none()
        if sale is None:
            raise NotFound
        told_ahead = session.get_one(brands.Brand, sale.brand_id).told_ahead
        styles, units = session.execute(
            select(func.count(func.distinct(Variant.style_id)), func.sum(SaleItem.units))
            .join(Variant, Variant.id == SaleItem.variant_id)
            .where(SaleItem.sale_id == sale.id)
        ).one()
        return SalePage(
            sale_id=sale.id,
            ref=sale.ref,
            title=sale.title,
            line=sale.line,
            state=sale.state,
            phase=phase(window(sale), clock.instant(session)),
            territory=sale.territory,
            zone=sale.zone,
            opens_at=sale.opens_at,
            closes_at=sale.closes_at,
            teaser_at=sale.teaser_at if told_ahead else sale.opens_at,
            version=sale.version,
            approved_version=sale.approved_version,
            approved_at=sale.approved_at,
            approved_by=_name(session, sale.approved_by_id),
            deal_id=sale.deal_id,
            picture=_hero(session, sale.hero_photograph_id),
            styles=_styles(session, sale, page),
            styles_total=styles,
            units=int(units or 0),
            changes=_changes(session, sale),
            difference=_difference(session, sale),
            may_approve=sale.state is SaleState.DRAFT and styles > 0,
            page=page,
        )


def _name(session: Session, account_id: int | None) -> str | None:
    if account_id is None:
        return None
    return session.scalar(select(Account.name).where(Account.id == account_id))


def _styles(session: Session, sale: Sale, page: int) -> tuple[StyleShown, ...]:
    wanted = (
        select(Style.id, func.min(SaleItem.position).label("position"))
        .join(Variant, Variant.style_id == Style.id)
        .join(SaleItem, SaleItem.variant_id == Variant.id)
        .where(SaleItem.sale_id == sale.id)
        .group_by(Style.id)
        .order_by("position", Style.id)
        .limit(STYLES_PER_PAGE)
        .offset((page - 1) * STYLES_PER_PAGE)
    )
    ids = [row.id for row in session.execute(wanted)]
    items = session.execute(
        select(
            Variant.style_id,
            Style.code,
            Style.name,
            Variant.colour,
            Variant.size,
            SaleItem.units,
            SaleItem.price_minor,
            SaleItem.compare_minor,
            RrpEvidence.kind,
            RrpEvidence.seen_on,
        )
        .join(Variant, Variant.id == SaleItem.variant_id)
        .join(Style, Style.id == Variant.style_id)
        .outerjoin(RrpEvidence, RrpEvidence.id == SaleItem.evidence_id)
        .where(SaleItem.sale_id == sale.id, Variant.style_id.in_(ids))
        .order_by(SaleItem.price_minor, Variant.colour, Variant.size_rank, Variant.size)
    ).all()
    first = _first_photographs(session, ids)
    opens_on = wall_time(sale.opens_at, sale.zone).date()
    return tuple(
        _style(
            [item for item in items if item.style_id == number],
            first.get(number),
            sale.currency,
            opens_on,
        )
        for number in ids
    )


def _hero(session: Session, photograph_id: int | None) -> Picture | None:
    found = session.execute(_PICTURES.where(SHOWN.c.id == photograph_id)).one_or_none()
    return Picture(*found[1:]) if found else None


def _first_photographs(session: Session, ids: list[int]) -> dict[int, Picture]:
    wanted = (
        _PICTURES.where(SHOWN.c.style_id.in_(ids))
        .ext(distinct_on(SHOWN.c.style_id))
        .order_by(SHOWN.c.style_id, SHOWN.c.position, SHOWN.c.id)
    )
    return {row.style_id: Picture(*row[1:]) for row in session.execute(wanted)}


def _style(
    items: Sequence[Row[*tuple[Any, ...]]],
    picture: Picture | None,
    currency: str,
    opens_on: date,
) -> StyleShown:
    """The style; its comparison goes with its lowest price, as on the members' page."""
    first = items[0]
    price = Money(first.price_minor, currency)
    rrp = None if first.compare_minor is None else Money(first.compare_minor, currency)
    compare = prices.comparison(price, rrp=rrp, seen_on=first.seen_on, shown_on=opens_on)
    return StyleShown(
        style_id=first.style_id,
        code=first.code,
        name=first.name,
        picture=picture,
        price_from=price,
        price_to=Money(items[-1].price_minor, currency),
        compare=compare,
        evidence_kind=first.kind if compare else None,
        evidence_seen_on=first.seen_on if compare else None,
        units=sum(item.units for item in items),
        sizes=tuple(
            SizeShown(item.colour, item.size, item.units, Money(item.price_minor, currency))
            for item in items
        ),
    )


def _changes(session: Session, sale: Sale) -> tuple[ChangeShown, ...]:
    """What happened to the sale after its last approval, the newest first."""
    if sale.approved_at is None or sale.approved_version == sale.version:
        return ()
    wanted = (
        select(EventRow.name, EventRow.created_at, Account.name)
        .outerjoin(Account, Account.id == EventRow.account_id)
        .where(
            EventRow.subject_type == "sale",
            EventRow.subject_id == sale.id,
            EventRow.name.in_(CHANGING),
            EventRow.created_at > sale.approved_at,
        )
        .order_by(EventRow.id.desc())
        .limit(CHANGES_SHOWN_MAX)
    )
    return tuple(ChangeShown(*row) for row in session.execute(wanted))


def _difference(session: Session, sale: Sale) -> Difference | None:
    """Against what was kept with the approval; None where nothing was kept, or nothing is changed."""
    if sale.approved_plan is None or sale.approved_version == sale.version:
        return None
    plan, items = approvals.changes(sale.approved_plan, as_shown(session, sale))
    told = items[:CHANGES_SHOWN_MAX]
    names = _variants(session, [each.variant_id for each in told])

    def offered(each: Offered | None) -> tuple[int, Money] | None:
        return None if each is None else (each.units, Money(each.price_minor, sale.currency))

    return Difference(
        plan=plan,
        items=tuple(
            ItemChanged(names[each.variant_id], offered(each.before), offered(each.after))
            for each in told
        ),
        more=len(items) - len(told),
    )


def _variants(session: Session, ids: list[int]) -> dict[int, str]:
    wanted = (
        select(Variant.id, Style.name, Variant.colour, Variant.size)
        .join(Style, Style.id == Variant.style_id)
        .where(Variant.id.in_(ids))
    )
    return {row[0]: ", ".join(part for part in row[1:] if part) for row in session.execute(wanted)}
