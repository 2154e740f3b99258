"""What a member holds now, until when, and what it comes to with delivery and VAT."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from typing import TYPE_CHECKING

from sqlalchemy import text

from marketplace.db.session import Each
from marketplace.domain.deals import Mode
from marketplace.domain.holds import LINES_MAX, RENEWALS_MAX, Glance
from marketplace.domain.money import Money
from marketplace.domain.orders import Sums, as_seen, sums
from marketplace.domain.purchases import delivery_day, is_ordered_later
from marketplace.domain.territories import territory
from marketplace.queries.sale_page import PHOTOGRAPH_OF_VARIANT, Picture, picture

if TYPE_CHECKING:
    from collections.abc import Iterable
    from datetime import date, datetime

    from sqlalchemy import Row

    from marketplace.domain.territories import Territory
    from marketplace.toolbox import Toolbox

ENDED_SHOWN = timedelta(minutes=30)
"""For how long a hold that ended is still shown, so that it can be asked for again."""

LINES = text(
    f"""
    SELECT h.id AS hold_id, h.sale_item_id, h.units, h.price_minor, h.expires_at, h.renewals,
           h.state = 'held' AND h.expires_at > house_instant() AS lives,
           s.ref, s.closes_at, s.territory, s.currency, b.name AS brand,
           style.id AS style_id, style.name, v.colour, v.size,
           p.id AS photograph_id, p.width, p.height, p.paper, p.edition, d.mode
    FROM holds h
    JOIN sales s ON s.id = h.sale_id
    JOIN deals d ON d.id = s.deal_id
    JOIN brands b ON b.id = h.brand_id
    JOIN sale_items i ON i.id = h.sale_item_id
    JOIN variants v ON v.id = i.variant_id
    JOIN styles style ON style.id = v.style_id
    {PHOTOGRAPH_OF_VARIANT}
    WHERE h.member_id = :member AND h.state IN ('held', 'expired') AND h.ordered_at IS NULL
      AND h.expires_at > house_instant() - CAST(:shown AS interval)
    ORDER BY h.expires_at, h.id
    LIMIT :most
    """  # noqa: S608 - a constant
)
GLANCE = Each(
    text(
        "SELECT g.* FROM unnest(CAST(:members AS bigint[])) WITH ORDINALITY AS a (member, place), "
        "LATERAL bag_at_a_glance(a.member) g ORDER BY a.place"
    ),
    ("members",),
)
MEMBER = text(
    "SELECT m.territory, m.extra_time, house_instant() AS now FROM members m WHERE m.id = :member"
)


@dataclass(frozen=True, slots=True)
class Line:
    """Units held, or held until a moment ago.

    ``renewable`` while five minutes more can still be had.
    """

    hold_id: int
    item_id: int
    ref: str
    style_id: int
    brand: str
    name: str
    colour: str
    size: str
    units: int
    price: Money
    expires_at: datetime
    renewable: bool
    picture: Picture | None

    @property
    def comes_to(self) -> Money:
        """The price of all its units."""
        return self.price * self.units


@dataclass(frozen=True, slots=True)
class Bag:
    """The bag at ``now``. Sums and the promised day are there when something is held.

    ``ended`` are holds that ended in the last half hour and are not held again. ``extra_time``:
    the member's holds are five minutes longer. ``ordered_later``: something of it is not in the house yet, and comes
    from its brand after the sale. ``elsewhere`` names territories of sales that do
    not deliver to the member's.
    """

    now: datetime
    territory: str
    vat_bps: int
    extra_time: bool
    lines: tuple[Line, ...]
    ended: tuple[Line, ...]
    sums: Sums | None
    delivered_by: date | None
    ordered_later: bool
    elsewhere: tuple[str, ...]

    @property
    def seen(self) -> str:
        """What is held, for a form to say what its reader saw."""
        return as_seen((line.hold_id, line.units) for line in self.lines)


def look(tools: Toolbox, *, member_id: int) -> Bag:
    """The member's bag."""
    with tools.reading() as session:
        member = session.execute(MEMBER, {"member": member_id}).one()
        asked = {"member": member_id, "shown": ENDED_SHOWN, "most": 2 * LINES_MAX}
        rows = session.execute(LINES, asked).all()
    live = [row for row in rows if row.lives]
    lines = tuple(_line(row) for row in live)
    held_again = {line.item_id for line in lines}
    home = territory(member.territory)
    return Bag(
        now=member.now,
        territory=home.code,
        vat_bps=home.vat_bps,
        extra_time=member.extra_time,
        lines=lines,
        ended=_latest(row for row in rows if not row.lives and row.sale_item_id not in held_again),
        sums=sums((line.comes_to for line in lines), home) if lines else None,
        delivered_by=max((_day(row, home) for row in live), default=None),
        ordered_later=any(is_ordered_later(Mode(row.mode)) for row in live),
        elsewhere=tuple(sorted({row.territory for row in live} - {home.code})),
    )


def _day(row: Row[tuple[object, ...]], home: Territory) -> date:
    return delivery_day(row.closes_at, home, mode=Mode(row.mode))


def glance(tools: Toolbox, *, member_id: int) -> Glance:
    """The bag as the head of every page shows it, in one round trip."""
    (row,) = tools.vault.call_each(GLANCE, [(member_id,)])
    return Glance(row.units, row.first_end, row.told_at, row.extra_time)


def _latest(rows: Iterable[Row[tuple[object, ...]]]) -> tuple[Line, ...]:
    by_item = {row.sale_item_id: row for row in rows}
    return tuple(_line(row) for row in by_item.values())


def _line(row: Row[tuple[object, ...]]) -> Line:
    return Line(
        hold_id=row.hold_id,
        item_id=row.sale_item_id,
        ref=row.ref,
        style_id=row.style_id,
        brand=row.brand,
        name=row.name,
        colour=row.colour,
        size=row.size,
        units=row.units,
        price=Money(row.price_minor, row.currency),
        expires_at=row.expires_at,
        renewable=row.lives and row.renewals < RENEWALS_MAX,
        picture=picture(row),
    )
