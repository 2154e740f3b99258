"""What is left on the shelves of a sale, as words: one statement for everybody who looks at it.

A hold that has lapsed counts as free from its ``expires_at`` on, whether its row says so already
or not.
"""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from typing import TYPE_CHECKING

from sqlalchemy import text

from marketplace.domain.refusals import NotFound
from marketplace.domain.sales import Phase, SaleState, StockWord, Window, phase, stock_word

if TYPE_CHECKING:
    from collections.abc import Iterable
    from datetime import datetime

    from sqlalchemy import Row

    from marketplace.toolbox import Toolbox

SHELVES = """
    SELECT i.id AS item_id, i.variant_id, v.style_id, v.colour, v.size, v.size_rank, i.position,
           i.price_minor, i.compare_minor, i.evidence_id, i.stopped_at IS NOT NULL AS stopped,
           i.sold_out_at, i.available + coalesce(lapsed.units, 0) AS free,
           i.held - coalesce(lapsed.units, 0) AS held
    FROM sale_items i
    JOIN variants v ON v.id = i.variant_id
    LEFT JOIN (
        SELECT h.sale_item_id, sum(h.units)::bigint AS units FROM holds h
        WHERE h.sale_id = :sale AND h.state = 'held' AND h.expires_at <= house_instant()
        GROUP BY h.sale_item_id
    ) lapsed ON lapsed.sale_item_id = i.id AND NOT i.awaited
    WHERE i.sale_id = :sale AND i.units > 0
"""
"""Every variant of the sale ``:sale`` with its free and held units, lapsed holds counted as free where nobody waits."""

TOLD_FROM = "CASE WHEN b.told_ahead THEN s.teaser_at ELSE s.opens_at END"
"""From when on members may know of the sale ``s`` of the brand ``b``: the hold function applies the same rule."""

SALE_WORDS = (
    f"SELECT s.id, s.brand_id, s.territory, s.state, {TOLD_FROM} AS teaser_at, s.opens_at, s.closes_at, "  # noqa: S608 - a constant
    "house_instant() AS now FROM sales s JOIN brands b ON b.id = s.brand_id WHERE s.ref = :ref"
)
SHELF_WORDS = f"SELECT item_id, style_id, free, held, stopped FROM ({SHELVES}) shelf"  # noqa: S608 - a constant

_SALE = text(SALE_WORDS)
_SHELVES = text(SHELF_WORDS)


@dataclass(frozen=True, slots=True)
class StockWords:
    """The words of a sale at ``now``: ``words`` maps ``item-<id>`` and ``style-<id>`` to them."""

    sale_id: int
    brand_id: int
    territory: str
    phase: Phase
    window: Window
    now: datetime
    words: dict[str, StockWord]

    @property
    def fingerprint(self) -> str:
        """The same for the same words: what an ETag needs."""
        told = f"{self.phase}:{sorted(self.words.items())}"
        return hashlib.sha256(told.encode()).hexdigest()[:24]


def of_sale(tools: Toolbox, *, ref: str) -> StockWords:
    """The words of the sale ``ref``; none before it opens or after it closed.

    NotFound before its teaser.
    """
    with tools.reading() as session:
        sale = session.execute(_SALE, {"ref": ref}).one_or_none()
        if sale is None:
            raise NotFound
        is_now = phase_of(sale)
        if is_now is Phase.HIDDEN:
            raise NotFound
        rows: Iterable[Row[tuple[object, ...]]] = ()
        if is_now in {Phase.OPEN, Phase.PAUSED}:
            rows = session.execute(_SHELVES, {"sale": sale.id}).all()
        return StockWords(
            sale.id,
            sale.brand_id,
            sale.territory,
            is_now,
            window_of(sale),
            sale.now,
            words_of(rows),
        )


def window_of(sale: Row[tuple[object, ...]]) -> Window:
    """The times in a sale's row."""
    return Window(SaleState(sale.state), sale.teaser_at, sale.opens_at, sale.closes_at)


def phase_of(sale: Row[tuple[object, ...]]) -> Phase:
    """What a sale's row with its times and ``now`` is at that instant."""
    return phase(window_of(sale), sale.now)


def words_of(rows: Iterable[Row[tuple[object, ...]]]) -> dict[str, StockWord]:
    """The word of each item, and of each style from all of its items that are not stopped."""
    words: dict[str, StockWord] = {}
    styles: dict[int, list[int]] = {}
    for row in rows:
        free, held, stopped = row.free, row.held, row.stopped
        words[f"item-{row.item_id}"] = stock_word(available=free, held=held, stopped=stopped)
        sums = styles.setdefault(row.style_id, [0, 0, 0])
        if not stopped:
            styles[row.style_id] = [sums[0] + free, sums[1] + held, sums[2] + 1]
    for style_id, (free, held, running) in styles.items():
        words[f"style-{style_id}"] = stock_word(available=free, held=held, stopped=not running)
    return words
