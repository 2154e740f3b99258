"""Orders at the operators' desk: which there are, what each needs next, what goes into which parcel."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC
from typing import TYPE_CHECKING

from sqlalchemy import text

from marketplace.db import clock, sales
from marketplace.domain.money import Money
from marketplace.domain.orders import OrderState
from marketplace.domain.promises import keeping
from marketplace.domain.refusals import NotFound
from marketplace.queries.desk_orders import Desk, opened

if TYPE_CHECKING:
    from datetime import date, datetime

    from sqlalchemy.engine import RowMapping
    from sqlalchemy.orm import Session

    from marketplace.domain.promises import Keeping
    from marketplace.toolbox import Toolbox

PAGE_SIZE = 50
PICKED_MAX = 2_000
SEARCH_LENGTH_MIN = 3

_WHERE = """
    (CAST(:state AS text) IS NULL OR o.state = :state)
    AND (CAST(:sale AS bigint) IS NULL OR EXISTS (
        SELECT FROM order_lines l WHERE l.order_id = o.id AND l.sale_id = :sale))
    AND (CAST(:ref AS text) IS NULL OR o.ref LIKE :ref)
"""
_LISTED = text(
    f"""
    SELECT o.ref, o.state, o.created_at, o.paid_at, o.total_minor, o.refunded_minor, o.currency, o.promised_on,
           o.territory, a.name AS member, p.due_at, p.kept_at, p.void_at,
           (SELECT sum(l.units - l.cancelled_units)::bigint FROM order_lines l WHERE l.order_id = o.id) AS units
    FROM orders o
    JOIN members m ON m.id = o.member_id
    JOIN accounts a ON a.id = m.account_id
    LEFT JOIN promises p ON p.kind = 'delivery' AND p.subject_type = 'order' AND p.subject_id = o.id
    WHERE {_WHERE}
    ORDER BY o.id DESC LIMIT :most OFFSET :past
    """  # noqa: S608 - a constant
)
_COUNTED = text(f"SELECT count(*) FROM orders o WHERE {_WHERE}")  # noqa: S608 - a constant
_PICKED = text(
    """
    SELECT l.id AS line_id, o.ref, v.id AS variant_id, v.sku, style.name, v.colour, v.size, v.size_rank,
           l.units - l.cancelled_units AS units, o.paid_at
    FROM order_lines l
    JOIN orders o ON o.id = l.order_id
    JOIN variants v ON v.id = l.variant_id
    JOIN styles style ON style.id = v.style_id
    WHERE l.sale_id = :sale AND l.paid_at IS NOT NULL AND o.state = 'paid' AND l.units > l.cancelled_units
    ORDER BY style.name, v.colour, v.size_rank, v.size, v.id, o.id LIMIT :most
    """
)


@dataclass(frozen=True, slots=True)
class Card:
    """One order in the list. ``keeping`` is how its promise of delivery stands, where one was made."""

    ref: str
    state: OrderState
    member: str
    units: int
    total: Money
    refunded: Money
    placed_at: datetime
    paid_at: datetime | None
    promised_on: date
    keeping: Keeping | None


@dataclass(frozen=True, slots=True)
class Listed:
    """One page of orders, newest first."""

    cards: tuple[Card, ...]
    total: int
    page: int
    page_size: int = PAGE_SIZE


@dataclass(frozen=True, slots=True)
class Pick:
    """Units of one variant to take from the shelf, and the orders that they are for (reference and units)."""

    variant_id: int
    sku: str
    name: str
    colour: str
    size: str
    units: int
    orders: tuple[tuple[str, int], ...]


@dataclass(frozen=True, slots=True)
class Parcel:
    """One order to pack: what of this sale goes in."""

    ref: str
    paid_at: datetime
    lines: tuple[Pick, ...]


@dataclass(frozen=True, slots=True)
class PickList:
    """What of one sale is paid and not packed. ``whole`` is false where there is more than one list can hold."""

    ref: str
    title: str
    now: datetime
    picks: tuple[Pick, ...]
    parcels: tuple[Parcel, ...]
    units: int
    whole: bool


def listed(
    tools: Toolbox,
    *,
    state: OrderState | None = None,
    sale_ref: str = "",
    search: str = "",
    page: int = 1,
) -> Listed:
    """Orders in ``state``, of a sale, or whose reference begins with ``search``."""
    with tools.reading() as session:
        asked = _asked(session, state=state, sale_ref=sale_ref, search=search)
        now = clock.instant(session)
        turned = {"most": PAGE_SIZE, "past": (page - 1) * PAGE_SIZE}
        rows = session.execute(_LISTED, asked | turned).mappings().all()
        total = session.execute(_COUNTED, asked).scalar_one()
    return Listed(tuple(_card(row, now) for row in rows), total, page)


def one(tools: Toolbox, *, ref: str) -> Desk:
    """One order, whole; NotFound where there is none."""
    with tools.reading() as session:
        return opened(session, ref)


def parcels(tools: Toolbox, *, refs: tuple[str, ...]) -> tuple[Desk, ...]:
    """Orders for their packing slips, as asked."""
    with tools.reading() as session:
        return tuple(opened(session, ref) for ref in refs)


def pick_list(tools: Toolbox, *, sale_ref: str) -> PickList:
    """What is to be picked and packed for this sale now: by variant for the shelf, by order for the table."""
    with tools.reading() as session:
        sale = sales.by_ref(session, sale_ref)
        now = clock.instant(session)
        rows = session.execute(_PICKED, {"sale": sale.id, "most": PICKED_MAX + 1}).mappings().all()
    shown = rows[:PICKED_MAX]
    picks: dict[int, list[RowMapping]] = {}
    by_order: dict[str, list[RowMapping]] = {}
    for row in shown:
        picks.setdefault(row["variant_id"], []).append(row)
        by_order.setdefault(row["ref"], []).append(row)
    ordered = sorted(by_order.items(), key=lambda pair: (pair[1][0]["paid_at"], pair[0]))
    return PickList(
        ref=sale.ref,
        title=sale.title,
        now=now,
        picks=tuple(_pick(lines) for lines in picks.values()),
        parcels=tuple(_parcel(ref, lines) for ref, lines in ordered),
        units=sum(row["units"] for row in shown),
        whole=len(rows) <= PICKED_MAX,
    )


def _asked(
    session: Session, *, state: OrderState | None, sale_ref: str, search: str
) -> dict[str, object]:
    try:
        sale_id = sales.by_ref(session, sale_ref).id if sale_ref else None
    except NotFound:
        sale_id = 0
    wanted = search.strip().upper()
    literal = wanted.replace("\\", "\\\\").replace("%", "\\%").replace("_", "\\_")
    begins = f"{literal}%" if len(wanted) >= SEARCH_LENGTH_MIN else literal
    return {"state": state, "sale": sale_id, "ref": begins if wanted else None}


def _card(row: RowMapping, now: datetime) -> Card:
    due = row["due_at"]
    return Card(
        ref=row["ref"],
        state=OrderState(row["state"]),
        member=row["member"],
        units=row["units"],
        total=Money(row["total_minor"], row["currency"]),
        refunded=Money(row["refunded_minor"], row["currency"]),
        placed_at=row["created_at"].astimezone(UTC),
        paid_at=row["paid_at"] and row["paid_at"].astimezone(UTC),
        promised_on=row["promised_on"],
        keeping=None
        if due is None
        else keeping(due_at=due, kept_at=row["kept_at"], void_at=row["void_at"], now=now),
    )


def _pick(lines: list[RowMapping]) -> Pick:
    first = lines[0]
    return Pick(
        variant_id=first["variant_id"],
        sku=first["sku"],
        name=first["name"],
        colour=first["colour"],
        size=first["size"],
        units=sum(line["units"] for line in lines),
        orders=tuple((line["ref"], line["units"]) for line in lines),
    )


def _parcel(ref: str, lines: list[RowMapping]) -> Parcel:
    return Parcel(ref, lines[0]["paid_at"].astimezone(UTC), tuple(_pick([line]) for line in lines))
