"""The selects behind the pre-flight: the page that shows it and the service that enforces it read the same."""

from __future__ import annotations

from datetime import UTC, date, datetime
from typing import TYPE_CHECKING, Any

from sqlalchemy import text

from marketplace.db import guard_rails, prior_prices
from marketplace.domain.brands.states import BrandState
from marketplace.domain.catalogue import Fact, StyleFacts, lacking
from marketplace.domain.closures import zone_of
from marketplace.domain.deals import Days
from marketplace.domain.imports.conditions import Condition
from marketplace.domain.preflight import BRAND_GAP, Figures, Undercut
from marketplace.domain.prices import EVIDENCE_AGE_MAX, exceeds_prior
from marketplace.domain.rights import RightState

if TYPE_CHECKING:
    from collections.abc import Iterable

    from sqlalchemy.engine import RowMapping
    from sqlalchemy.orm import Session

SALES_MAX = 200
"""How many sales one look may ask about."""

_LOOK = text(
    """
    WITH offered AS (
        SELECT i.sale_id, i.units, i.price_minor, i.compare_minor, i.lot_id, s.opens_at, s.zone,
               v.sku, v.colour, v.rrp_minor, v.style_id, l.floor_minor, l.id AS line_id,
               e.seen_on
        FROM sale_items i
        JOIN sales s ON s.id = i.sale_id
        JOIN deals d ON d.id = s.deal_id
        JOIN variants v ON v.id = i.variant_id
        LEFT JOIN deal_lines l ON l.version_id = d.accepted_version_id AND l.variant_id = i.variant_id
        LEFT JOIN rrp_evidence e ON e.id = i.evidence_id
        WHERE i.sale_id = ANY (:sales) AND i.units > 0
    ), of_items AS (
        SELECT sale_id, count(*) AS items, sum(units)::bigint AS units,
               array_agg(sku ORDER BY sku) FILTER (WHERE line_id IS NULL) AS not_in_deal,
               array_agg(sku ORDER BY sku) FILTER (WHERE price_minor < floor_minor) AS below_floor,
               count(*) FILTER (WHERE compare_minor IS NOT NULL) AS compared,
               count(*) FILTER (WHERE compare_minor IS NULL AND rrp_minor > price_minor) AS uncompared,
               array_agg(sku ORDER BY sku) FILTER (
                   WHERE compare_minor IS NOT NULL
                     AND seen_on + :evidence_days < (opens_at AT TIME ZONE 'UTC')::date
               ) AS stale_evidence
        FROM offered GROUP BY sale_id
    ), of_seconds AS (
        SELECT o.sale_id, array_agg(DISTINCT t.code ORDER BY t.code) AS without_defects
        FROM offered o JOIN styles t ON t.id = o.style_id
        WHERE t.condition = :second_choice AND coalesce(t.details ->> 'defects', '') = ''
        GROUP BY o.sale_id
    ), of_lots AS (
        SELECT o.sale_id, sum(l.committed)::bigint AS committed, sum(l.received)::bigint AS received,
               sum(l.accepted)::bigint AS accepted, sum(l.pledged)::bigint AS pledged
        FROM offered o JOIN lots l ON l.id = o.lot_id GROUP BY o.sale_id
    ), pictured AS (
        SELECT DISTINCT o.sale_id, o.style_id, o.colour,
               EXISTS (
                   SELECT FROM photographs p WHERE p.style_id = o.style_id AND p.state = 'ready'
                     AND p.colour IN ('', o.colour)
               ) AS there,
               EXISTS (
                   SELECT FROM shown_photographs p WHERE p.style_id = o.style_id AND p.colour IN ('', o.colour)
               ) AS seen
        FROM offered o
    ), of_pictures AS (
        SELECT p.sale_id,
               array_agg(trim(t.code || ' ' || p.colour) ORDER BY t.code, p.colour)
                   FILTER (WHERE NOT p.there) AS without_photograph,
               array_agg(trim(t.code || ' ' || p.colour) ORDER BY t.code, p.colour)
                   FILTER (WHERE p.there AND NOT p.seen) AS without_watermark
        FROM pictured p JOIN styles t ON t.id = p.style_id WHERE NOT p.seen GROUP BY p.sale_id
    )
    SELECT s.id AS sale_id, house_instant() AS now, b.state AS brand_state, b.country AS brand_zone,
           c.closures,
           s.version, s.approved_version, s.zone, s.opens_wall, s.closes_wall,
           s.opens_at, s.closes_at, d.accepted_version_id IS NOT NULL AND d.state = 'agreed' AS deal_agreed,
           coalesce(a.terms->'territories' ? s.territory, false) AS territory_agreed,
           r.state AS right_state, r.valid_until AS right_valid_until,
           a.terms->'exclusivity'->>'until' AS exclusive_until, a.terms->'blackouts' AS blackouts,
           a.terms->>'photographs_from' AS photographs_from,
           a.terms->>'photographs_until' AS photographs_until,
           i.items, i.units, i.not_in_deal, i.below_floor, i.compared, i.uncompared, i.stale_evidence,
           l.committed, l.received, l.accepted, l.pledged, p.without_photograph,
           p.without_watermark, f.without_defects,
           s.hero_photograph_id IS NOT NULL AS has_hero,
           coalesce(s.manager_id, b.account_manager_id) IS NOT NULL AS has_manager,
           n.ref AS nearest_sale_ref, n.opens_at AS nearest_sale_at,
           b.days_between_sales AS days_apart, b.sales_a_year AS a_year
    FROM sales s
    JOIN brands b ON b.id = s.brand_id
    JOIN deals d ON d.id = s.deal_id
    LEFT JOIN deal_versions a ON a.id = d.accepted_version_id
    LEFT JOIN of_items i ON i.sale_id = s.id
    LEFT JOIN of_lots l ON l.sale_id = s.id
    LEFT JOIN of_pictures p ON p.sale_id = s.id
    LEFT JOIN of_seconds f ON f.sale_id = s.id
    LEFT JOIN LATERAL (
        SELECT r.state, r.valid_until FROM rights_to_sell r
        WHERE r.brand_id = d.brand_id AND r.collection_id = d.collection_id ORDER BY r.id DESC LIMIT 1
    ) r ON true
    LEFT JOIN LATERAL (
        SELECT o.ref, o.opens_at FROM sales o
        WHERE o.brand_id = s.brand_id AND o.id <> s.id AND o.state NOT IN ('draft', 'cancelled')
          AND o.territory = s.territory
          AND o.opens_at BETWEEN s.opens_at - :gap AND s.opens_at + :gap
        ORDER BY greatest(o.opens_at - s.opens_at, s.opens_at - o.opens_at), o.id LIMIT 1
    ) n ON true
    LEFT JOIN LATERAL (
        SELECT jsonb_agg(jsonb_build_object('first', c.first_on, 'last', c.last_on) ORDER BY c.first_on) AS closures
        FROM closures c WHERE c.brand_id = s.brand_id AND c.ended_at IS NULL
          AND c.last_on >= s.opens_at::date - 1
    ) c ON true
    WHERE s.id = ANY (:sales)
    """
)

_STYLES = text(
    """
    SELECT DISTINCT i.sale_id, t.code, left(t.name, 1) AS name, left(t.description, 1) AS description,
           left(t.composition, 1) AS composition, t.condition, left(t.manufacturer, 1) AS manufacturer, t.origin,
           t.details ->> 'not_textile' = 'true' AS not_textile
    FROM sale_items i JOIN variants v ON v.id = i.variant_id JOIN styles t ON t.id = v.style_id
    WHERE i.sale_id = ANY (:sales) AND i.units > 0
    ORDER BY i.sale_id, t.code
    """
)

_COUNTS = (
    "items",
    "units",
    "compared",
    "uncompared",
    "committed",
    "received",
    "accepted",
    "pledged",
)
_LISTS = (
    "not_in_deal",
    "below_floor",
    "stale_evidence",
    "without_photograph",
    "without_watermark",
    "without_defects",
)
_DAYS = ("exclusive_until", "photographs_from", "photographs_until")
_INSTANTS = ("now", "opens_at", "closes_at", "nearest_sale_at")


def look(session: Session, sale_ids: Iterable[int]) -> dict[int, Figures]:
    """The figures of these sales by id; a sale that this door does not see is left out."""
    asked = sorted(set(sale_ids))
    assert len(asked) <= SALES_MAX, "too many sales in one look"
    parameters = {
        "sales": asked,
        "gap": BRAND_GAP,
        "evidence_days": EVIDENCE_AGE_MAX.days,
        "second_choice": Condition.SECOND_CHOICE,
    }
    lacking, undercut = _lacking(session, asked), _undercut(session, asked)
    own, avoided = guard_rails.beside(session, asked)
    rows = session.execute(_LOOK, parameters).mappings()
    return {
        each["sale_id"]: _figures(
            each,
            lacking=lacking.get(each["sale_id"], {}),
            undercut=undercut.get(each["sale_id"], ()),
            own_sales=own.get(each["sale_id"], ()),
            avoided_sales=avoided.get(each["sale_id"], ()),
        )
        for each in rows
    }


def _undercut(session: Session, sale_ids: list[int]) -> dict[int, tuple[Undercut, ...]]:
    """Items whose comparison tells a saving from more than the house asked for them shortly before."""
    return {
        sale_id: tuple(
            Undercut(each.sku, each.price, each.ref)
            for each in priors.values()
            if each.compare is not None and exceeds_prior(each.compare, each.price)
        )
        for sale_id, priors in prior_prices.before(session, sale_ids).items()
    }


def _lacking(session: Session, sale_ids: list[int]) -> dict[int, dict[Fact, tuple[str, ...]]]:
    found: dict[int, dict[Fact, tuple[str, ...]]] = {}
    for row in session.execute(_STYLES, {"sales": sale_ids}):
        facts = StyleFacts(
            name=row.name,
            description=row.description,
            composition=row.composition,
            condition=row.condition,
            manufacturer=row.manufacturer,
            origin=row.origin,
            photographs=0,
            not_textile=bool(row.not_textile),
        )
        of_sale = found.setdefault(row.sale_id, {})
        for fact in lacking(facts):
            of_sale[fact] = (*of_sale.get(fact, ()), row.code)
    return found


def _figures(row: RowMapping, **looked_up: Any) -> Figures:  # noqa: ANN401 - fields of the figures
    values: dict[str, Any] = dict(row)
    for name in _COUNTS:
        values[name] = values[name] or 0
    for name in _LISTS:
        values[name] = tuple(values[name] or ())
    for name in _DAYS:
        values[name] = None if values[name] is None else date.fromisoformat(values[name])
    values["right_state"] = RightState(row["right_state"]) if row["right_state"] else None
    for name in ("blackouts", "closures"):
        values[name] = tuple(
            Days(date.fromisoformat(each["first"]), date.fromisoformat(each["last"]))
            for each in row[name] or ()
        )
    values["brand_zone"] = zone_of(row["brand_zone"])
    for name in _INSTANTS:
        values[name] = _utc(values[name])
    values["brand_state"] = BrandState(values["brand_state"])
    return Figures(**values, **looked_up)


def _utc(at: datetime | None) -> datetime | None:
    return None if at is None else at.astimezone(UTC)
