"""What a member waits for, and how many stand before them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from sqlalchemy import text

from marketplace.domain.waits import LINES_PER_SALE_MAX

if TYPE_CHECKING:
    from datetime import datetime

    from sqlalchemy import Row

    from marketplace.toolbox import Toolbox

AHEAD_COUNTED_MAX = 100
"""Nobody is told a larger number: whoever has so many before them need not wait."""
SHOWN_MAX = 5 * LINES_PER_SALE_MAX

_WAITING = """
    SELECT w.id, w.units, s.ref, s.closes_at, b.name AS brand, style.id AS style_id, style.name,
           line.items, line.ahead
    FROM waits w
    JOIN sales s ON s.id = w.sale_id JOIN brands b ON b.id = s.brand_id
    JOIN styles style ON style.id = w.style_id
    CROSS JOIN LATERAL (
        SELECT min(x.ahead)::bigint AS ahead, array_agg(x.called ORDER BY x.colour, x.size_rank, x.item_id) AS items
        FROM (
            SELECT v.colour, v.size_rank, i.sale_item_id AS item_id,
                   concat_ws(', ', nullif(v.colour, ''), nullif(v.size, '')) AS called,
                   (SELECT count(*) FROM (
                       SELECT FROM wait_items o
                       WHERE o.sale_item_id = i.sale_item_id AND o.open AND o.wait_id < w.id LIMIT :counted
                   ) earlier) AS ahead
            FROM wait_items i JOIN sale_items t ON t.id = i.sale_item_id JOIN variants v ON v.id = t.variant_id
            WHERE i.wait_id = w.id AND i.open
        ) x
    ) line
    WHERE w.member_id = :member AND w.state = 'waiting'
      AND s.state IN ('scheduled', 'open', 'paused') AND s.closes_at > house_instant()
"""
_OF_STYLE = text(f"{_WAITING} AND w.sale_id = :sale AND w.style_id = :style")
_OF_MEMBER = text(f"{_WAITING} ORDER BY s.closes_at, w.id LIMIT :most")


@dataclass(frozen=True, slots=True)
class Waiting:
    """An entry of a wait list: up to ``units`` of whichever of ``items`` comes back first.

    ``items`` are colours and sizes as they are called, empty for the only one. ``ahead``: how many stand before this
    entry for the item with the shortest line; :data:`AHEAD_COUNTED_MAX` means that or more.
    """

    wait_id: int
    units: int
    ref: str
    closes_at: datetime
    brand: str
    style_id: int
    name: str
    items: tuple[str, ...]
    ahead: int


def of_style(tools: Toolbox, *, sale_id: int, style_id: int, member_id: int) -> Waiting | None:
    """The member's entry for a style of a sale that is not over, if there is one."""
    asked = {"member": member_id, "sale": sale_id, "style": style_id, "counted": AHEAD_COUNTED_MAX}
    with tools.reading() as session:
        row = session.execute(_OF_STYLE, asked).one_or_none()
    return _waiting(row) if row else None


def of_member(tools: Toolbox, *, member_id: int) -> tuple[Waiting, ...]:
    """All that the member waits for, the sale that ends first before others."""
    asked = {"member": member_id, "counted": AHEAD_COUNTED_MAX, "most": SHOWN_MAX}
    with tools.reading() as session:
        rows = session.execute(_OF_MEMBER, asked).all()
    return tuple(_waiting(row) for row in rows)


def _waiting(row: Row[tuple[object, ...]]) -> Waiting:
    items = tuple(each for each in row.items if each)
    return Waiting(
        row.id,
        row.units,
        row.ref,
        row.closes_at,
        row.brand,
        row.style_id,
        row.name,
        items,
        row.ahead,
    )
