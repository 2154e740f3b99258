"""A style in a sale.

What a careful buyer asks, its photographs, and every colour and size with its state.

The whole grid is one statement, for one variant or for two hundred. States are words; counts stay
in the house.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from sqlalchemy import text

from marketplace.domain.deals import Mode
from marketplace.domain.moments import wall_time
from marketplace.domain.purchases import delivery_day, is_ordered_later
from marketplace.domain.refusals import NotFound
from marketplace.domain.sales import StockWord, stock_word
from marketplace.domain.territories import territory
from marketplace.queries import sale_page
from marketplace.queries.sale_page import BUYABLE, Header, Picture, Priced, picture
from marketplace.queries.stock_words import SHELVES

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence
    from datetime import date, datetime

    from sqlalchemy import Row

    from marketplace.toolbox import Toolbox

VARIANTS_MAX = 200
PHOTOGRAPHS_MAX = 12

STYLE = text(
    """
    SELECT style.id, style.name, style.description, style.composition, style.composition_parts,
           style.condition, coalesce(style.details ->> 'defects', '') AS defects, style.origin,
           style.manufacturer, b.manufacturer_address, b.manufacturer_email, b.legal_name,
           style.gender, style.category, sale.limit_per_member AS sale_limit, mine.item_limit, mine.size_system,
           deal.mode
    FROM styles style JOIN brands b ON b.id = style.brand_id
    JOIN sales sale ON sale.id = :sale
    JOIN deals deal ON deal.id = sale.deal_id
    CROSS JOIN LATERAL (
        SELECT min(i.limit_per_member) AS item_limit,
               CASE WHEN count(DISTINCT v.size_system) = 1 THEN min(v.size_system) ELSE '' END AS size_system
        FROM sale_items i JOIN variants v ON v.id = i.variant_id
        WHERE i.sale_id = sale.id AND i.units > 0 AND v.style_id = style.id
    ) mine
    WHERE style.id = :style AND mine.item_limit IS NOT NULL
    """
)
GRID = text(
    f"""
    SELECT shelf.item_id, shelf.colour, shelf.size, shelf.price_minor, shelf.compare_minor,
           shelf.free, shelf.held, shelf.stopped, shelf.sold_out_at, e.kind, e.seen_on,
           mine.units AS own_units, mine.expires_at AS own_until
    FROM ({SHELVES} AND v.style_id = :style) shelf
    LEFT JOIN rrp_evidence e ON e.id = shelf.evidence_id
    LEFT JOIN (
        SELECT h.sale_item_id, sum(h.units)::bigint AS units, min(h.expires_at) AS expires_at
        FROM holds h
        WHERE h.member_id = :member AND h.sale_id = :sale
          AND h.state = 'held' AND h.expires_at > house_instant()
        GROUP BY h.sale_item_id
    ) mine ON mine.sale_item_id = shelf.item_id
    ORDER BY min(shelf.position) OVER (PARTITION BY shelf.colour), shelf.colour,
             shelf.size_rank, shelf.size, shelf.item_id
    LIMIT :most
    """  # noqa: S608 - a constant
)
PHOTOGRAPHS = text(
    """
    SELECT p.id AS photograph_id, p.width, p.height, p.paper, p.edition FROM shown_photographs p
    WHERE p.style_id = :style ORDER BY p.position, p.id LIMIT :most
    """
)


@dataclass(frozen=True, slots=True)
class Cell:
    """One variant: its state in a word, and the member's own hold on it."""

    item_id: int
    size: str
    priced: Priced
    word: StockWord
    sold_out_at: datetime | None
    own_units: int
    own_until: datetime | None


@dataclass(frozen=True, slots=True)
class Colour:
    """One colour of the style and its sizes; the name is empty where there is only one."""

    name: str
    cells: tuple[Cell, ...]


@dataclass(frozen=True, slots=True)
class Facts:
    """What the law and a careful buyer ask of a style, as the brand stated it.

    ``composition`` in the brand's words, ``composition_parts`` as it was understood. ``size_system`` is empty
    where its sizes are of several, or of none that is known.
    """

    name: str
    description: str
    composition: str
    composition_parts: Sequence[dict[str, Any]]
    condition: str
    defects: str
    origin: str
    maker: str
    maker_address: str
    maker_email: str
    seller: str
    gender: str
    category: str
    size_system: str


@dataclass(frozen=True, slots=True)
class Product:
    """The page. ``delivered_by``: the day promised in the sale's territory; ``ordered_later``: not in the house yet.

    ``sale_limit`` and ``item_limit``: units that one member can have of the whole sale, and of one variant.
    """

    header: Header
    style_id: int
    facts: Facts
    colours: tuple[Colour, ...]
    pictures: tuple[Picture, ...]
    word: StockWord
    delivered_by: date
    ordered_later: bool
    sale_limit: int
    item_limit: int


def look(tools: Toolbox, *, ref: str, style_id: int, member_id: int) -> Product:
    """The style in the sale ``ref``.

    NotFound where it is not part of it, and outside the sale's hours.
    """
    with tools.reading() as session:
        top = sale_page.header(session, ref=ref)
        if top.phase not in BUYABLE:
            raise NotFound
        asked = {"sale": top.sale_id, "style": style_id, "member": member_id}
        style = session.execute(STYLE, asked).one_or_none()
        if style is None:
            raise NotFound
        cells = session.execute(GRID, {**asked, "most": VARIANTS_MAX}).all()
        shown = session.execute(PHOTOGRAPHS, {"style": style_id, "most": PHOTOGRAPHS_MAX}).all()
    today = wall_time(top.now, top.zone).date()
    running = [each for each in cells if not each.stopped]
    return Product(
        header=top,
        style_id=style_id,
        facts=_facts(style),
        colours=_by_colour(cells, top.currency, today),
        pictures=tuple(each for row in shown if (each := picture(row))) if top.rightful else (),
        word=stock_word(
            available=sum(each.free for each in running),
            held=sum(each.held for each in running),
            stopped=not running,
        ),
        delivered_by=delivery_day(top.closes_at, territory(top.territory), mode=Mode(style.mode)),
        ordered_later=is_ordered_later(Mode(style.mode)),
        sale_limit=style.sale_limit,
        item_limit=style.item_limit,
    )


def _facts(style: Row[tuple[object, ...]]) -> Facts:
    return Facts(
        name=style.name,
        description=style.description,
        composition=style.composition,
        composition_parts=style.composition_parts,
        condition=style.condition,
        defects=style.defects,
        origin=style.origin,
        maker=style.manufacturer,
        maker_address=style.manufacturer_address,
        maker_email=style.manufacturer_email,
        seller=style.legal_name,
        gender=style.gender,
        category=style.category,
        size_system=style.size_system,
    )


def _by_colour(
    cells: Iterable[Row[tuple[object, ...]]], currency: str, today: date
) -> tuple[Colour, ...]:
    colours: dict[str, list[Cell]] = {}
    for row in cells:
        colours.setdefault(row.colour, []).append(_cell(row, currency, today))
    return tuple(Colour(name, tuple(sizes)) for name, sizes in colours.items())


def _cell(row: Row[tuple[object, ...]], currency: str, today: date) -> Cell:
    return Cell(
        item_id=row.item_id,
        size=row.size,
        priced=sale_page.priced(row, currency, today),
        word=stock_word(available=row.free, held=row.held, stopped=row.stopped),
        sold_out_at=row.sold_out_at,
        own_units=row.own_units or 0,
        own_until=row.own_until,
    )
