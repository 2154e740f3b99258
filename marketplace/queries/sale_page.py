"""A sale as a member sees it: its header, and its styles with prices and states while it is open.

Three statements, whatever the number of styles: the header, a page of styles, the sizes to filter
by. Nothing is told before the teaser, and no price, style or size before the opening.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from sqlalchemy import text

from marketplace.domain import prices
from marketplace.domain.moments import wall_time
from marketplace.domain.money import Money
from marketplace.domain.refusals import NotFound
from marketplace.domain.sales import Phase, StockWord, Window, stock_word
from marketplace.queries.stock_words import SHELVES, TOLD_FROM, phase_of, window_of

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import date, datetime

    from sqlalchemy import Row
    from sqlalchemy.orm import Session

    from marketplace.toolbox import Toolbox

STYLES_PER_PAGE = 60
SIZES_MAX = 60
BUYABLE = frozenset({Phase.OPEN, Phase.PAUSED})

OWN_SIZES = text(
    """
    SELECT DISTINCT v.size FROM holds h
    JOIN sale_items i ON i.id = h.sale_item_id JOIN variants v ON v.id = i.variant_id
    WHERE h.member_id = :member AND v.size <> '' ORDER BY v.size LIMIT :most
    """
)
HEADER = text(
    f"""
    SELECT s.id, s.brand_id, s.ref, s.title, s.line, s.state, s.zone, s.territory, s.currency,
           {TOLD_FROM} AS teaser_at, s.opens_at, s.closes_at, house_instant() AS now,
           b.name AS brand, b.legal_name, b.story, b.show_in_teaser,
           photographs_rightful(d.collection_id) AS rightful,
           EXISTS (SELECT FROM waiting_rooms w WHERE w.sale_id = s.id AND w.wide_at IS NULL) AS has_room,
           p.id AS photograph_id, p.width, p.height, p.paper, p.edition
    FROM sales s
    JOIN brands b ON b.id = s.brand_id
    JOIN deals d ON d.id = s.deal_id
    LEFT JOIN shown_photographs p ON p.id = s.hero_photograph_id
    WHERE s.ref = :ref
    """  # noqa: S608 - a constant
)
STYLES = text(
    f"""
    SELECT style.id, style.name, shown.price_minor, shown.compare_minor, shown.dearest_minor,
           shown.free, shown.held, shown.running, shown.sizes, e.kind, e.seen_on,
           p.id AS photograph_id, p.width, p.height, p.paper, p.edition, count(*) OVER () AS total
    FROM (
        SELECT shelf.style_id, min(shelf.position) AS position, min(shelf.price_minor) AS price_minor,
               max(shelf.price_minor) AS dearest_minor,
               (array_agg(shelf.compare_minor ORDER BY shelf.price_minor, shelf.item_id))[1] AS compare_minor,
               (array_agg(shelf.evidence_id ORDER BY shelf.price_minor, shelf.item_id))[1] AS evidence_id,
               coalesce(sum(shelf.free) FILTER (WHERE NOT shelf.stopped), 0)::bigint AS free,
               coalesce(sum(shelf.held) FILTER (WHERE NOT shelf.stopped), 0)::bigint AS held,
               count(*) FILTER (WHERE NOT shelf.stopped) AS running,
               array_agg(DISTINCT shelf.size) AS sizes
        FROM ({SHELVES}) shelf
        WHERE cardinality(CAST(:sizes AS text[])) = 0 OR shelf.size = ANY (CAST(:sizes AS text[]))
        GROUP BY shelf.style_id
    ) shown
    JOIN styles style ON style.id = shown.style_id
    LEFT JOIN rrp_evidence e ON e.id = shown.evidence_id
    LEFT JOIN LATERAL (
        SELECT f.id, f.width, f.height, f.paper, f.edition FROM shown_photographs f
        WHERE f.style_id = style.id ORDER BY f.position LIMIT 1
    ) p ON true
    ORDER BY shown.position, style.id LIMIT :most OFFSET :past
    """  # noqa: S608 - a constant
)
SIZES = text(
    """
    SELECT v.size FROM sale_items i JOIN variants v ON v.id = i.variant_id
    WHERE i.sale_id = :sale AND i.units > 0 AND v.size <> ''
    GROUP BY v.size ORDER BY min(v.size_rank), v.size LIMIT :most
    """
)
PHOTOGRAPH_OF_VARIANT = """LEFT JOIN LATERAL (
        SELECT f.id, f.width, f.height, f.paper, f.edition FROM shown_photographs f
        WHERE f.style_id = style.id AND photographs_rightful(style.collection_id)
        ORDER BY f.colour = v.colour DESC, f.position LIMIT 1
    ) p ON true"""
"""Joins what :func:`picture` reads to a variant ``v`` of ``style``: its own colour first."""


@dataclass(frozen=True, slots=True)
class Picture:
    """A photograph to show: its number, its size in pixels, and its mean colour while it loads.

    ``edition`` tells the copies that are drawn now from those before.
    """

    photograph_id: int
    width: int
    height: int
    paper: str
    edition: str


@dataclass(frozen=True, slots=True)
class Header:
    """A sale without what is in it. ``brand`` and ``picture`` are none while the brand stays unnamed.

    ``rightful``: its photographs may be shown still. ``has_room``: members wait until they are let in.
    ``phase`` is what it was at ``now``; ``window`` tells what it is at any other instant.
    """

    sale_id: int
    brand_id: int
    ref: str
    window: Window
    phase: Phase
    now: datetime
    opens_at: datetime
    closes_at: datetime
    zone: str
    territory: str
    currency: str
    brand: str | None
    seller: str
    title: str
    line: str
    story: str
    picture: Picture | None
    rightful: bool
    has_room: bool = False


@dataclass(frozen=True, slots=True)
class Priced:
    """A price, and what it may be compared with: both or neither of ``compare`` and its evidence."""

    price: Money
    compare: Money | None = None
    evidence_kind: str | None = None
    evidence_seen_on: date | None = None


@dataclass(frozen=True, slots=True)
class StyleCard:
    """A style in the grid.

    ``from_price``: its variants have several prices and this is the lowest.
    """

    style_id: int
    name: str
    priced: Priced
    from_price: bool
    word: StockWord
    sizes: tuple[str, ...]
    picture: Picture | None


@dataclass(frozen=True, slots=True)
class SalePage:
    """The page. ``total`` styles fit the filter; ``sizes`` are those that the sale has."""

    header: Header
    styles: tuple[StyleCard, ...] = ()
    sizes: tuple[str, ...] = ()
    total: int = 0
    page: int = 1


def look(tools: Toolbox, *, ref: str, sizes: Sequence[str] = (), page: int = 1) -> SalePage:
    """Page ``page`` of the styles of the sale that come in one of ``sizes`` (all where none is named).

    The same for every member. NotFound before the teaser, for a draft and for a cancelled sale.
    """
    assert page >= 1, "pages are counted from 1"
    with tools.reading() as session:
        top = header(session, ref=ref)
        if top.phase not in BUYABLE:
            return SalePage(top)
        asked = {
            "sale": top.sale_id,
            "sizes": list(sizes),
            "most": STYLES_PER_PAGE,
            "past": (page - 1) * STYLES_PER_PAGE,
        }
        rows = session.execute(STYLES, asked).all()
        offered = session.scalars(SIZES, {"sale": top.sale_id, "most": SIZES_MAX}).all()
    today = wall_time(top.now, top.zone).date()
    cards = tuple(_card(row, top, today) for row in rows)
    return SalePage(top, cards, tuple(offered), rows[0].total if rows else 0, page)


def own_sizes(tools: Toolbox, *, member_id: int) -> tuple[str, ...]:
    """The sizes of what the member has held or bought before."""
    with tools.reading() as session:
        asked = {"member": member_id, "most": SIZES_MAX}
        return tuple(session.scalars(OWN_SIZES, asked))


def header_of(tools: Toolbox, *, ref: str) -> Header:
    """The sale without what is in it. NotFound where nothing may be told of it."""
    with tools.reading() as session:
        return header(session, ref=ref)


def header(session: Session, *, ref: str) -> Header:
    """The sale as it is at this instant, with no more than may be told.

    NotFound if that is nothing.
    """
    row = session.execute(HEADER, {"ref": ref}).one_or_none()
    if row is None or (is_now := phase_of(row)) is Phase.HIDDEN:
        raise NotFound
    named = row.show_in_teaser or is_now is not Phase.TEASER
    return Header(
        sale_id=row.id,
        brand_id=row.brand_id,
        ref=row.ref,
        window=window_of(row),
        phase=is_now,
        now=row.now,
        opens_at=row.opens_at,
        closes_at=row.closes_at,
        zone=row.zone,
        territory=row.territory,
        currency=row.currency,
        brand=row.brand if named else None,
        seller=row.legal_name if named else "",
        title=row.title if named else "",
        line=row.line if named else "",
        story=row.story if named else "",
        picture=picture(row) if named and row.rightful else None,
        rightful=row.rightful,
        has_room=row.has_room,
    )


def picture(row: Row[tuple[object, ...]]) -> Picture | None:
    """The photograph that a row carries, if it carries one."""
    if row.photograph_id is None:
        return None
    return Picture(row.photograph_id, row.width, row.height, row.paper, row.edition)


def priced(row: Row[tuple[object, ...]], currency: str, today: date) -> Priced:
    """The price in a row, compared only where fresh evidence allows it on ``today``."""
    price = Money(row.price_minor, currency)
    rrp = None if row.compare_minor is None else Money(row.compare_minor, currency)
    compare = prices.comparison(price, rrp=rrp, seen_on=row.seen_on, shown_on=today)
    return Priced(price) if compare is None else Priced(price, compare, row.kind, row.seen_on)


def _card(row: Row[tuple[object, ...]], top: Header, today: date) -> StyleCard:
    return StyleCard(
        style_id=row.id,
        name=row.name,
        priced=priced(row, top.currency, today),
        from_price=row.dearest_minor > row.price_minor,
        word=stock_word(available=row.free, held=row.held, stopped=not row.running),
        sizes=tuple(row.sizes),
        picture=picture(row) if top.rightful else None,
    )
