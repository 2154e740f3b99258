"""The sales a member may know of at this instant.

What opens next, what is open, what the week brings.

A sale is spoken of from its teaser on if its brand wishes so, and by name only if it wishes that too before the
opening.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from typing import TYPE_CHECKING

from sqlalchemy import text

from marketplace.domain.refusals import NotFound
from marketplace.domain.sales import Left, Phase, left
from marketplace.queries.sale_page import Picture, picture
from marketplace.queries.stock_words import TOLD_FROM, phase_of

if TYPE_CHECKING:
    from datetime import datetime

    from sqlalchemy import Row

    from marketplace.toolbox import Toolbox

AHEAD = timedelta(days=7)
SALES_MAX = 60

NOW = text(
    "SELECT m.territory, kept_from(m.id) AS kept_from, house_instant() AS now FROM members m "
    "JOIN accounts a ON a.id = m.account_id AND a.state = 'active' WHERE m.id = :member"
)
SALES = text(
    f"""
    SELECT s.id, s.ref, s.title, s.line, s.state, {TOLD_FROM} AS teaser_at, s.opens_at, s.closes_at,
           house_instant() AS now, b.name AS brand, b.show_in_teaser,
           coalesce(first.id, hero.id) AS photograph_id, coalesce(first.width, hero.width) AS width,
           coalesce(first.height, hero.height) AS height, coalesce(first.paper, hero.paper) AS paper,
           coalesce(first.edition, hero.edition) AS edition,
           photographs_rightful(d.collection_id) AS rightful,
           shelf.units, shelf.available, shelf.held,
           EXISTS (SELECT FROM reminders r WHERE r.sale_id = s.id AND r.member_id = :member AND r.wanted) AS reminded
    FROM sales s
    JOIN brands b ON b.id = s.brand_id
    JOIN deals d ON d.id = s.deal_id
    LEFT JOIN LATERAL (
        -- Before the opening the photograph chosen for it; then the first piece, as the sale itself shows it.
        SELECT f.id, f.width, f.height, f.paper, f.edition
        FROM shown_photographs f
        JOIN variants v ON v.style_id = f.style_id
        JOIN sale_items i ON i.variant_id = v.id AND i.sale_id = s.id
        WHERE s.opens_at <= house_instant()
        ORDER BY i.position, i.id, f.position LIMIT 1
    ) first ON true
    LEFT JOIN shown_photographs hero ON hero.id = s.hero_photograph_id
    LEFT JOIN LATERAL (
        SELECT coalesce(sum(i.units), 0)::bigint AS units,
               (coalesce(sum(i.available), 0) + coalesce(sum(lapsed.units), 0))::bigint AS available,
               (coalesce(sum(i.held), 0) - coalesce(sum(lapsed.units), 0))::bigint AS held
        FROM sale_items i
        LEFT JOIN (
            SELECT h.sale_item_id, sum(h.units) AS units FROM holds h
            WHERE h.sale_id = s.id AND h.state = 'held' AND h.expires_at <= house_instant()
            GROUP BY h.sale_item_id
        ) lapsed ON lapsed.sale_item_id = i.id AND NOT i.awaited
        WHERE i.sale_id = s.id AND i.stopped_at IS NULL AND s.opens_at <= house_instant()
    ) shelf ON true
    WHERE s.state IN ('scheduled', 'open', 'paused') AND s.territory = :territory
      AND s.brand_id <> ALL (CAST(:kept_from AS bigint[]))
      AND {TOLD_FROM} <= house_instant() AND s.closes_at > house_instant()
      AND s.opens_at < house_instant() + CAST(:ahead AS interval)
    ORDER BY s.opens_at, s.id
    LIMIT :most
    """  # noqa: S608 - a constant
)


@dataclass(frozen=True, slots=True)
class SaleCard:
    """A sale in a list.

    ``brand`` and ``picture`` are none while the brand stays unnamed; ``left`` before it opens.
    ``reminded``: the member has asked to be reminded of it.
    """

    sale_id: int
    ref: str
    phase: Phase
    opens_at: datetime
    closes_at: datetime
    brand: str | None
    title: str
    line: str
    picture: Picture | None
    left: Left | None
    reminded: bool


@dataclass(frozen=True, slots=True)
class Today:
    """What there is at ``now``.

    The sale that opens next, the others to come, and those that are open.
    """

    now: datetime
    next: SaleCard | None
    open: tuple[SaleCard, ...]
    coming: tuple[SaleCard, ...]

    @property
    def all(self) -> tuple[SaleCard, ...]:
        """Every sale there is, by its opening."""
        return (*self.open, *((self.next,) if self.next else ()), *self.coming)


def look(tools: Toolbox, *, member_id: int) -> Today:
    """The sales of the member's territory that may be spoken of to this member, up to a week ahead.

    NotFound for nobody.
    """
    with tools.reading() as session:
        home = session.execute(NOW, {"member": member_id}).one_or_none()
        if home is None:
            raise NotFound
        asked = {
            "member": member_id,
            "territory": home.territory,
            "kept_from": home.kept_from,
            "ahead": AHEAD,
            "most": SALES_MAX,
        }
        cards = [_card(row) for row in session.execute(SALES, asked)]
    coming = [card for card in cards if card.phase is Phase.TEASER]
    return Today(
        now=home.now,
        next=coming[0] if coming else None,
        open=tuple(card for card in cards if card.phase is not Phase.TEASER),
        coming=tuple(coming[1:]),
    )


def _card(row: Row[tuple[object, ...]]) -> SaleCard:
    is_now = phase_of(row)
    named = row.show_in_teaser or is_now is not Phase.TEASER
    opened = is_now is not Phase.TEASER
    return SaleCard(
        sale_id=row.id,
        ref=row.ref,
        phase=is_now,
        opens_at=row.opens_at,
        closes_at=row.closes_at,
        brand=row.brand if named else None,
        title=row.title if named else "",
        line=row.line if named else "",
        picture=picture(row) if named and row.rightful else None,
        left=left(units=row.units, available=row.available, held=row.held) if opened else None,
        reminded=row.reminded,
    )
