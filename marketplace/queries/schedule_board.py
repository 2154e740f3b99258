"""What sells this week, where, and is it ready? Sales by day and territory, as their rows and the clock say."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from typing import TYPE_CHECKING, TypeAlias

from sqlalchemy import select

from marketplace.db import clock, preflight, sales
from marketplace.db.accounts import Account
from marketplace.db.brands import Brand
from marketplace.db.sales import Sale
from marketplace.domain.moments import wall_time
from marketplace.domain.preflight import OF_THE_CALENDAR, judge
from marketplace.domain.sales import Phase, SaleState, phase
from marketplace.queries import closures

if TYPE_CHECKING:
    from collections.abc import Sequence
    from zoneinfo import ZoneInfo

    from sqlalchemy.orm import Session

    from marketplace.domain.preflight import Figures, Row
    from marketplace.queries.closures import ClosedBrand
    from marketplace.toolbox import Toolbox

WEEK = timedelta(days=7)
SALES_MAX = preflight.SALES_MAX
"""More sales than this in one week are not shown; a week holds a few dozen."""
_WIDEST_ZONE = timedelta(hours=15)
_Found: TypeAlias = tuple[Sale, str, str | None]


@dataclass(frozen=True, slots=True)
class Card:
    """One sale on the board.

    ``ready`` of ``total`` rows of its pre-flight do not block; past its draft, a sale has them all
    behind it. ``against``: rows by which another day would have to be chosen.
    """

    ref: str
    brand: str
    title: str
    territory: str
    zone: str
    opens_at: datetime
    closes_at: datetime
    opens_on: date
    closes_on: date
    state: SaleState
    phase: Phase
    ready: int
    total: int
    manager: str | None
    against: tuple[Row, ...]


@dataclass(frozen=True, slots=True)
class Day:
    """One day of the week.

    The sales that open on it and those that run on through it, in each sale's own zone.
    """

    on: date
    opening: tuple[Card, ...]
    running: tuple[Card, ...]


@dataclass(frozen=True, slots=True)
class Week:
    """Seven days from ``starts_on``. ``cut`` says that there were more sales than the board can show.

    ``closed``: brands whose house is closed on days of it.
    """

    starts_on: date
    today: date
    now: datetime
    days: tuple[Day, ...]
    territories: tuple[str, ...]
    cards: tuple[Card, ...]
    closed: tuple[ClosedBrand, ...]
    cut: bool


def week(tools: Toolbox, *, of: date | None, zone: ZoneInfo) -> Week:
    """Seven days from the day ``of``, cancelled sales left out; of None they begin yesterday in ``zone``.

    So that what comes next is seen on a Sunday too, and what has just happened on a Monday.
    """
    with tools.reading() as session:
        now = clock.instant(session)
        today = now.astimezone(zone).date()
        starts_on = of or today - timedelta(days=1)
        rows = _rows(session, starts_on)
        cards = _cards(session, rows[:SALES_MAX], now)
        closed = closures.of_week(session, starts_on, starts_on + WEEK - timedelta(days=1))
    within = tuple(card for card in cards if _touches(card, starts_on))
    days = tuple(_day(within, starts_on + timedelta(days=ahead)) for ahead in range(WEEK.days))
    territories = tuple(sorted({card.territory for card in within}))
    return Week(starts_on, today, now, days, territories, within, closed, len(rows) > SALES_MAX)


def _rows(session: Session, starts_on: date) -> Sequence[_Found]:
    begin = datetime.combine(starts_on, datetime.min.time(), UTC)
    statement = (
        select(Sale, Brand.name, Account.name)
        .join(Brand, Brand.id == Sale.brand_id)
        .outerjoin(Account, Account.id == Sale.manager_id)
        .where(
            Sale.opens_at < begin + WEEK + _WIDEST_ZONE,
            Sale.closes_at > begin - _WIDEST_ZONE,
            Sale.state != SaleState.CANCELLED,
        )
        .order_by(Sale.opens_at, Sale.id)
        .limit(SALES_MAX + 1)
    )
    return [(sale, brand, manager) for sale, brand, manager in session.execute(statement)]


def _cards(session: Session, rows: Sequence[_Found], now: datetime) -> tuple[Card, ...]:
    figures = preflight.look(session, [sale.id for sale, _, _ in rows])
    return tuple(
        _card(sale, brand, manager, figures[sale.id], now) for sale, brand, manager in rows
    )


def _card(sale: Sale, brand: str, manager: str | None, figures: Figures, now: datetime) -> Card:
    readiness = judge(figures)
    drafted = sale.state is SaleState.DRAFT
    return Card(
        ref=sale.ref,
        brand=brand,
        title=sale.title,
        territory=sale.territory,
        zone=sale.zone,
        opens_at=sale.opens_at.astimezone(UTC),
        closes_at=sale.closes_at.astimezone(UTC),
        opens_on=wall_time(sale.opens_at, sale.zone).date(),
        closes_on=wall_time(sale.closes_at, sale.zone).date(),
        state=sale.state,
        phase=phase(sales.window(sale), now),
        ready=readiness.ready if drafted else readiness.total,
        total=readiness.total,
        manager=manager,
        against=tuple(
            row for row in readiness.blocking if drafted and row.check in OF_THE_CALENDAR
        ),
    )


def _touches(card: Card, starts_on: date) -> bool:
    return card.opens_on < starts_on + WEEK and card.closes_on >= starts_on


def _day(cards: Sequence[Card], on: date) -> Day:
    return Day(
        on=on,
        opening=tuple(card for card in cards if card.opens_on == on),
        running=tuple(card for card in cards if card.opens_on < on <= card.closes_on),
    )
