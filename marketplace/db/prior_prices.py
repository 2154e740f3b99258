"""Prices that the house asked for an article in the thirty days before a sale: what its saving must be told from.

The service that fills a sale and the pre-flight that lets it be scheduled read the same.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from sqlalchemy import text

from marketplace.domain.money import Money
from marketplace.domain.prices import PRIOR_PERIOD, Applied, prior

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from sqlalchemy import Row
    from sqlalchemy.orm import Session


@dataclass(frozen=True, slots=True)
class Prior:
    """The lowest price asked for a variant before a sale, in which sale, and the comparison shown beside it now."""

    sku: str
    price: Money
    ref: str
    compare: Money | None


_APPLIED = text(
    """
    -- An article is the same where the brand gives it the same SKU, in whichever of its collections. The price counts
    -- in its territory, from the opening of a sale to its end; of a sale that was cancelled, if it had opened.
    SELECT s.id AS sale_id, v.id AS variant_id, v.sku, s.currency, s.opens_at AS cut_at, i.compare_minor,
           o.price_minor, e.ref, e.opens_at AS since, e.closes_at AS until
    FROM sales s
    JOIN sales e ON e.brand_id = s.brand_id AND e.territory = s.territory AND e.currency = s.currency
         AND e.id <> s.id AND e.opens_at < s.opens_at AND e.closes_at > s.opens_at - :period
         AND (e.state NOT IN ('draft', 'cancelled') OR (e.state = 'cancelled' AND e.opened_at IS NOT NULL))
    JOIN sale_items o ON o.sale_id = e.id AND (o.units > 0 OR e.state = 'cancelled')
    JOIN variants w ON w.id = o.variant_id
    JOIN lots l ON l.deal_id = s.deal_id
    JOIN variants v ON v.id = l.variant_id AND v.brand_id = w.brand_id AND v.sku = w.sku
    LEFT JOIN sale_items i ON i.sale_id = s.id AND i.variant_id = v.id AND i.units > 0
    WHERE s.id = ANY (:sales)
    ORDER BY s.id, v.sku, v.id, o.price_minor, e.opens_at
    """
)


def before(session: Session, sale_ids: Iterable[int]) -> dict[int, dict[int, Prior]]:
    """By sale and variant, what was asked lowest in the thirty days before the opening; nothing for a new article."""
    asked = {"sales": sorted(set(sale_ids)), "period": PRIOR_PERIOD}
    rows: dict[tuple[int, int], list[Row[*tuple[object, ...]]]] = {}
    for row in session.execute(_APPLIED, asked):
        rows.setdefault((row.sale_id, row.variant_id), []).append(row)
    found: dict[int, dict[int, Prior]] = {}
    for (sale_id, variant_id), applied in rows.items():
        lowest = _prior(applied)
        if lowest is not None:
            found.setdefault(sale_id, {})[variant_id] = lowest
    return found


def _prior(rows: Sequence[Row[*tuple[object, ...]]]) -> Prior | None:
    first = rows[0]
    asked = [Applied(Money(row.price_minor, row.currency), row.since, row.until) for row in rows]
    price = prior(asked, cut_at=first.cut_at)
    if price is None:
        return None
    ref = next(row.ref for row in rows if row.price_minor == price.minor)
    compare = None if first.compare_minor is None else Money(first.compare_minor, first.currency)
    return Prior(first.sku, price, ref, compare)
