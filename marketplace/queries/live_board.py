"""How is this sale doing, and does anything need a hand? One look at the shelf, the bags and the machinery."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any

from sqlalchemy import text

from marketplace.db import clock, outbox, sales
from marketplace.db.brands import Brand
from marketplace.domain.holds import HoldLapsed
from marketplace.domain.money import Money
from marketplace.domain.refusals import NotFound
from marketplace.domain.sales import Act, acts, phase, stock_word

if TYPE_CHECKING:
    from sqlalchemy.engine import RowMapping
    from sqlalchemy.orm import Session

    from marketplace.db.outbox import Alive
    from marketplace.domain.sales import Phase, StockWord
    from marketplace.toolbox import Toolbox

ITEMS_PAGE_SIZE = 100
HOLDS_PAGE_SIZE = 50

_ITEMS = text(
    """
    SELECT i.id AS item_id, t.name AS style, v.sku, v.colour, v.size, i.price_minor, i.units, i.sold,
           i.held - coalesce(l.units, 0) AS held, i.available + i.freed + coalesce(l.units, 0) AS available,
           i.stopped_at, coalesce(d.times, 0) AS refused
    FROM sale_items i
    JOIN variants v ON v.id = i.variant_id
    JOIN styles t ON t.id = v.style_id
    LEFT JOIN (
        SELECT sale_item_id, sum(units)::bigint AS units FROM holds
        WHERE sale_id = :sale AND state = 'held' AND expires_at <= house_instant()
        GROUP BY sale_item_id
    ) l ON l.sale_item_id = i.id AND NOT i.awaited
    LEFT JOIN (
        SELECT sale_item_id, sum(times)::bigint AS times FROM demand_signals
        WHERE sale_id = :sale GROUP BY sale_item_id
    ) d ON d.sale_item_id = i.id
    WHERE i.sale_id = :sale AND i.units > 0 AND (CAST(:one AS bigint) IS NULL OR i.id = :one)
    ORDER BY i.stopped_at NULLS LAST, coalesce(d.times, 0) DESC,
             i.available + coalesce(l.units, 0), i.position, i.id
    LIMIT :most OFFSET :past
    """
)
_TOTALS = text(
    """
    SELECT
        (SELECT count(*) FROM sale_items WHERE sale_id = :sale AND units > 0) AS items,
        (SELECT coalesce(sum(units), 0)::bigint FROM sale_items WHERE sale_id = :sale) AS units,
        (SELECT coalesce(sum(sold), 0)::bigint FROM sale_items WHERE sale_id = :sale) AS sold,
        (SELECT count(*) FROM sale_items WHERE sale_id = :sale AND stopped_at IS NOT NULL AND units > 0) AS stopped,
        h.bags, h.in_bags, h.lapsed,
        (SELECT coalesce(sum(times), 0)::bigint FROM demand_signals WHERE sale_id = :sale) AS refused,
        (SELECT count(*) FROM waits WHERE sale_id = :sale AND state = 'waiting') AS on_wait_lists,
        o.paid, o.paid_minor, o.awaiting
    FROM (
        SELECT count(*) FILTER (WHERE live) AS bags,
               coalesce(sum(units) FILTER (WHERE live), 0)::bigint AS in_bags,
               count(*) FILTER (WHERE state = 'expired' OR state = 'held' AND NOT live) AS lapsed
        FROM (
            SELECT state, units, state = 'held' AND expires_at > house_instant() AS live
            FROM holds WHERE sale_id = :sale
        ) each
    ) h, (
        SELECT count(DISTINCT l.order_id) FILTER (WHERE l.paid_at IS NOT NULL) AS paid,
               coalesce(sum(l.units * l.price_minor) FILTER (WHERE l.paid_at IS NOT NULL), 0)::bigint AS paid_minor,
               count(DISTINCT l.order_id) FILTER (WHERE o.state = 'awaiting_payment') AS awaiting
        FROM order_lines l JOIN orders o ON o.id = l.order_id WHERE l.sale_id = :sale
    ) o
    """
)
_HOLDS = text(
    """
    SELECT h.id AS hold_id, t.name AS style, v.sku, v.colour, v.size, h.units, h.created_at, h.expires_at, h.renewals,
           a.name AS member
    FROM holds h
    JOIN sale_items i ON i.id = h.sale_item_id
    JOIN variants v ON v.id = i.variant_id
    JOIN styles t ON t.id = v.style_id
    JOIN members m ON m.id = h.member_id
    JOIN accounts a ON a.id = m.account_id
    WHERE h.sale_id = :sale AND h.state = 'held' AND h.expires_at > house_instant()
      AND (CAST(:one AS bigint) IS NULL OR h.id = :one)
    ORDER BY h.expires_at, h.id LIMIT :most OFFSET :past
    """
)
_EDGES = text(
    """
    SELECT transition, generation, due_at, recorded_at, missed FROM sale_transitions
    WHERE sale_id = :sale ORDER BY id
    """
)
_MACHINERY = text(
    """
    SELECT e.waiting, e.oldest,
           (SELECT count(*) FROM job_runs WHERE state IN ('waiting', 'failed') AND due_at <= house_instant()) AS due,
           (SELECT count(*) FROM job_runs WHERE state = 'failed') AS failed,
           (SELECT count(*) FROM job_runs WHERE state = 'given_up') AS given_up
    FROM (SELECT count(*) AS waiting, min(created_at) AS oldest FROM events WHERE relayed_at IS NULL) e
    """
)


@dataclass(frozen=True, slots=True)
class Edge:
    """An opening or closing as a clock noted it."""

    transition: str
    due_at: datetime
    late_ms: int
    missed: bool


@dataclass(frozen=True, slots=True)
class Item:
    """One item. ``held`` counts live holds alone; units of lapsed ones are available, and those freed after the end."""

    item_id: int
    style: str
    sku: str
    colour: str
    size: str
    price: Money
    units: int
    available: int
    held: int
    sold: int
    refused: int
    stopped: bool
    word: StockWord


@dataclass(frozen=True, slots=True)
class LiveHold:
    """A live hold and whose it is; only the house sees this."""

    hold_id: int
    style: str
    sku: str
    colour: str
    size: str
    units: int
    taken_at: datetime
    expires_at: datetime
    renewals: int
    member: str


@dataclass(frozen=True, slots=True)
class Totals:
    """The sale in figures."""

    items: int
    units: int
    sold: int
    stopped: int
    bags: int
    in_bags: int
    lapsed: int
    refused: int
    on_wait_lists: int
    paid_orders: int
    paid: Money
    awaiting_payment: int


@dataclass(frozen=True, slots=True)
class Machinery:
    """What carries the announcements: the outbox, the runs of jobs, the processes."""

    waiting_events: int
    oldest_event_at: datetime | None
    due_runs: int
    failed_runs: int
    given_up_runs: int
    processes: tuple[Alive, ...]


@dataclass(frozen=True, slots=True)
class Board:
    """Everything that the live board of one sale shows, as of ``now``."""

    sale_id: int
    ref: str
    brand: str
    title: str
    territory: str
    zone: str
    now: datetime
    opens_at: datetime
    closes_at: datetime
    phase: Phase
    acts: tuple[Act, ...]
    edges: tuple[Edge, ...]
    totals: Totals
    items: tuple[Item, ...]
    items_page: int
    holds: tuple[LiveHold, ...]
    holds_page: int
    machinery: Machinery
    items_page_size: int = ITEMS_PAGE_SIZE
    holds_page_size: int = HOLDS_PAGE_SIZE


def of_sale(tools: Toolbox, *, ref: str, items_page: int = 1, holds_page: int = 1) -> Board:
    """The board of one sale: items that need a hand first, holds that end soonest first."""
    with tools.reading() as session:
        sale = sales.by_ref(session, ref)
        now = clock.instant(session)
        brand = session.get_one(Brand, sale.brand_id).name
        asked = {"sale": sale.id}
        items = session.execute(_ITEMS, asked | _page(items_page, ITEMS_PAGE_SIZE)).mappings().all()
        holds = session.execute(_HOLDS, asked | _page(holds_page, HOLDS_PAGE_SIZE)).mappings().all()
        edges = session.execute(_EDGES, asked).mappings().all()
        totals = session.execute(_TOTALS, asked).mappings().one()
        machinery = _machinery(session)
        window = sales.window(sale)
        return Board(
            sale_id=sale.id,
            ref=sale.ref,
            brand=brand,
            title=sale.title,
            territory=sale.territory,
            zone=sale.zone,
            now=now,
            opens_at=window.opens_at,
            closes_at=window.closes_at,
            phase=phase(window, now),
            acts=acts(window, now),
            edges=tuple(_edge(row) for row in edges),
            totals=_totals(row=totals, currency=sale.currency),
            items=tuple(_item(row, sale.currency) for row in items),
            items_page=items_page,
            holds=tuple(_hold(row) for row in holds),
            holds_page=holds_page,
            machinery=machinery,
        )


def item(tools: Toolbox, *, ref: str, item_id: int) -> Item:
    """One item of the sale; NotFound if it is none of its."""
    with tools.reading() as session:
        sale = sales.by_ref(session, ref)
        asked = {"sale": sale.id, **_page(1, 1), "one": item_id}
        row = session.execute(_ITEMS, asked).mappings().one_or_none()
        if row is None:
            raise NotFound
        return _item(row, sale.currency)


def hold(tools: Toolbox, *, ref: str, hold_id: int) -> LiveHold:
    """One live hold of the sale; HoldLapsed once it has ended."""
    with tools.reading() as session:
        sale = sales.by_ref(session, ref)
        asked = {"sale": sale.id, **_page(1, 1), "one": hold_id}
        row = session.execute(_HOLDS, asked).mappings().one_or_none()
    if row is None:
        raise HoldLapsed
    return _hold(row)


def _page(page: int, size: int) -> dict[str, int | None]:
    return {"most": size, "past": (page - 1) * size, "one": None}


def _edge(row: RowMapping) -> Edge:
    late = (row["recorded_at"] - row["due_at"]) // timedelta(milliseconds=1)
    return Edge(row["transition"], row["due_at"].astimezone(UTC), max(0, late), row["missed"])


def _totals(*, row: RowMapping, currency: str) -> Totals:
    return Totals(
        items=row["items"],
        units=row["units"],
        sold=row["sold"],
        stopped=row["stopped"],
        bags=row["bags"],
        in_bags=row["in_bags"],
        lapsed=row["lapsed"],
        refused=row["refused"],
        on_wait_lists=row["on_wait_lists"],
        paid_orders=row["paid"],
        paid=Money(row["paid_minor"], currency),
        awaiting_payment=row["awaiting"],
    )


def _item(row: RowMapping, currency: str) -> Item:
    values: dict[str, Any] = dict(row)
    stopped = values.pop("stopped_at") is not None
    price = Money(values.pop("price_minor"), currency)
    word = stock_word(available=row["available"], held=row["held"], stopped=stopped)
    return Item(**values, price=price, stopped=stopped, word=word)


def _hold(row: RowMapping) -> LiveHold:
    values: dict[str, Any] = dict(row)
    taken_at = values.pop("created_at").astimezone(UTC)
    values["expires_at"] = values["expires_at"].astimezone(UTC)
    return LiveHold(**values, taken_at=taken_at)


def _machinery(session: Session) -> Machinery:
    row = session.execute(_MACHINERY).one()
    return Machinery(
        waiting_events=row.waiting,
        oldest_event_at=row.oldest.astimezone(UTC) if row.oldest else None,
        due_runs=row.due,
        failed_runs=row.failed,
        given_up_runs=row.given_up,
        processes=outbox.awake(session),
    )
