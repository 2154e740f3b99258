"""What brands want kept: whose mornings they do not share, and the sales that stand beside one on the calendar."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sqlalchemy import String, UniqueConstraint, delete, or_, select, text
from sqlalchemy.orm import Mapped, mapped_column

from marketplace.db import locks
from marketplace.db.base import Base, CreatedAt, Pk, refers
from marketplace.db.brands import Brand
from marketplace.domain.brands import guard_rails
from marketplace.domain.brands.guard_rails import NAME_MAX, GuardRails, Near

if TYPE_CHECKING:
    from collections.abc import Iterable

    from sqlalchemy.orm import Session

KEY_LENGTH_MAX = 4 * NAME_MAX
"""A letter may come apart into several when its accents are taken off."""
REACH_DAYS = 380
"""How far around a sale its brand's others are looked up: a year and the length of a sale."""


class AvoidedBrand(Base):
    """A name that a brand does not want to share a morning with, in its own words and as it is compared."""

    __tablename__ = "avoided_brands"
    __table_args__ = (UniqueConstraint("brand_id", "name_key"),)

    id: Mapped[Pk]
    brand_id: Mapped[int] = refers("brands.id")
    said: Mapped[str] = mapped_column(String(NAME_MAX))
    name_key: Mapped[str] = mapped_column(String(KEY_LENGTH_MAX))
    created_at: Mapped[CreatedAt]


_BESIDE = text(
    """
    SELECT s.id AS sale_id, o.ref, b.name AS brand, o.brand_id = s.brand_id AS own,
           o.opens_wall::date AS first, (o.closes_wall - interval '1 microsecond')::date AS last
    FROM sales s
    JOIN sales o ON o.territory = s.territory AND o.id <> s.id AND o.state NOT IN ('draft', 'cancelled')
    JOIN brands b ON b.id = o.brand_id
    WHERE s.id = ANY (:sales)
      AND CASE WHEN o.brand_id = s.brand_id
               THEN o.opens_wall BETWEEN s.opens_wall - make_interval(days => :reach)
                                     AND s.closes_wall + make_interval(days => :reach)
               ELSE o.opens_wall::date = s.opens_wall::date
                    AND (s.brand_id, o.brand_id) IN (
                        SELECT * FROM unnest(CAST(:ones AS bigint[]), CAST(:others AS bigint[]))
                    )
          END
    ORDER BY s.id, o.opens_wall, o.id
    """
)

_Beside = dict[int, tuple[Near, ...]]


def of_brand(session: Session, brand: Brand) -> GuardRails:
    """What the brand has set."""
    said = select(AvoidedBrand.said).where(AvoidedBrand.brand_id == brand.id)
    return GuardRails(
        told_ahead=brand.told_ahead,
        show_in_teaser=brand.show_in_teaser,
        name_in_subject=brand.name_in_subject,
        days_apart=brand.days_between_sales,
        a_year=brand.sales_a_year,
        avoided=tuple(sorted(session.scalars(said), key=str.casefold)),
        watermark=brand.watermark,
    )


def write(session: Session, brand: Brand, rails: GuardRails) -> None:
    """Set them. The brand is locked, and with it the calendar of its sales."""
    brand.told_ahead = rails.told_ahead
    brand.show_in_teaser = rails.show_in_teaser
    brand.name_in_subject = rails.name_in_subject
    brand.days_between_sales = rails.days_apart
    brand.sales_a_year = rails.a_year
    brand.watermark = rails.watermark
    session.execute(delete(AvoidedBrand).where(AvoidedBrand.brand_id == brand.id))
    session.add_all(
        AvoidedBrand(brand_id=brand.id, said=name, name_key=guard_rails.key_of(name))
        for name in rails.avoided
    )


def lock_calendar(session: Session, brand_id: int) -> None:
    """Lock the brand and all those that it does not share a morning with, so that their sales are laid one by one.

    Whoever lays a sale sees the rules of its own brand as they stand: they change under the same lock.
    """
    concerned = _at_odds(session, (brand_id,)).get(brand_id, frozenset())
    locks.several(session, Brand, (brand_id, *concerned))


def beside(session: Session, sale_ids: Iterable[int]) -> tuple[_Beside, _Beside]:
    """For each sale the others of its brand, and those of brands that share no morning with it on its first day.

    In its territory; drafts and what was cancelled stand on no calendar. A brand's people see only their own sales.
    """
    asked = list(sale_ids)
    brands = session.scalars(_BRANDS_OF, {"sales": asked}).all()
    odds = [(one, other) for one, many in _at_odds(session, brands).items() for other in many]
    parameters = {
        "sales": asked,
        "reach": REACH_DAYS,
        "ones": [one for one, _ in odds],
        "others": [other for _, other in odds],
    }
    own: _Beside = {}
    avoided: _Beside = {}
    for row in session.execute(_BESIDE, parameters):
        kept = own if row.own else avoided
        near = Near(row.ref, row.brand, row.first, row.last)
        kept[row.sale_id] = (*kept.get(row.sale_id, ()), near)
    return own, avoided


_BRANDS_OF = text("SELECT DISTINCT brand_id FROM sales WHERE id = ANY (:sales)")


def _at_odds(session: Session, brand_ids: Iterable[int]) -> dict[int, frozenset[int]]:
    """For each of these brands those that it named, and those that named it: either way counts for both."""
    asked = set(brand_ids)
    by_key: dict[str, set[int]] = {}
    keys: dict[int, str] = {}
    for brand_id, name in session.execute(select(Brand.id, Brand.name)):
        keys[brand_id] = guard_rails.key_of(name)
        by_key.setdefault(keys[brand_id], set()).add(brand_id)
    own_keys = {keys[each] for each in asked if each in keys}
    named = select(AvoidedBrand.brand_id, AvoidedBrand.name_key).where(
        or_(AvoidedBrand.brand_id.in_(asked), AvoidedBrand.name_key.in_(own_keys))
    )
    odds: dict[int, set[int]] = {each: set() for each in asked}
    for brand_id, key in session.execute(named):
        for other in by_key.get(key, set()) - {brand_id}:
            if brand_id in odds:
                odds[brand_id].add(other)
            if other in odds:
                odds[other].add(brand_id)
    return {brand_id: frozenset(others) for brand_id, others in odds.items()}
