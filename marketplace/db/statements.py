"""How a deal stands with its brand at an instant: the one select by which statements are drawn up and foretold."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC
from itertools import groupby
from typing import TYPE_CHECKING, Any

from sqlalchemy import text

from marketplace.db import settlements
from marketplace.domain.ledger import Priced, shares
from marketplace.domain.moments import HOUSE_ZONE
from marketplace.domain.money import Money, total
from marketplace.domain.settlements import (
    CALENDAR,
    ChargeFigures,
    Counted,
    LineFigures,
    Position,
    RateFigures,
    SaleSold,
    Section,
    SectionFigures,
    Sold,
    position,
    sections,
)
from marketplace.domain.settlements.statements import LATER

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime

    from sqlalchemy import Row
    from sqlalchemy.orm import Session

    from marketplace.db.deals import Deal
    from marketplace.domain.deals import Terms
    from marketplace.domain.settlements.settling import Share

MARGIN = "30 seconds"
"""A statement is drawn up so long after its instant: longer than any transaction that may still write before it."""


@dataclass(frozen=True, slots=True)
class Drawn:
    """A deal as of an instant. ``booked_due`` and ``booked_vat`` are what its orders' own postings owe the brand."""

    sales: tuple[SectionFigures, ...]
    charges: tuple[ChargeFigures, ...]
    position: Position
    booked_due: Money
    booked_vat: Money


def due(
    session: Session, *, deal_id: int | None = None, without: Sequence[int] = ()
) -> Row[*tuple[Any, ...]] | None:
    """The statement that is to be drawn up first: ``deal_id``, ``brand_id``, ``kind``, ``sale_id``, ``as_of``.

    Of one deal where it is named; of the deals ``without`` none.
    """
    asked: dict[str, object] = {
        "deal": deal_id,
        "without": list(without),
        "zone": HOUSE_ZONE,
        "later": LATER,
    }
    return session.execute(_DUE, asked | _calendar()).one_or_none()


def coming(session: Session, brand_id: int, *, most: int) -> Sequence[Row[*tuple[Any, ...]]]:
    """The brand's ended sales without a final statement: ``title``, ``first_at`` and ``second_at``.

    Either may be unknown: what was ordered of the brand after a sale has not wholly come.
    """
    return session.execute(_COMING, {"brand": brand_id, "most": most} | _calendar()).all()


def _calendar() -> dict[str, object]:
    return {
        f"{mode}_{part}": getattr(calendar, part)
        for mode, calendar in CALENDAR.items()
        for part in ("provisional", "final")
    }


def drawn_up(
    session: Session, deal: Deal, terms: Terms, *, as_of: datetime, is_last: bool
) -> Drawn:
    """Work out what the deal has earned its brand by ``as_of``: its sales that are stated by then, and final charges.

    Every amount comes of rows that carry a time which never changes, so an instant of the past gives the same again.
    """
    asked = {"deal": deal.id, "as_of": as_of} | _calendar()
    rows = session.execute(_SOLD, asked).all()
    by_sale = [list(group) for _, group in groupby(rows, key=lambda row: row.sale_id)]
    committed: int = session.execute(_COMMITTED, {"version": deal.accepted_version_id}).scalar_one()
    found = sections(
        [_sold(group, terms.currency) for group in by_sale], terms, committed=committed
    )
    charged = settlements.final_charges(session, deal.id, as_of=as_of)
    charges = tuple(
        ChargeFigures(
            each.id, str(each.reason), each.upheld or 0, each.each_minor * (each.upheld or 0)
        )
        for each in charged
    )
    booked = [
        (shares(_priced(row, terms.currency), row.kept), row.times)
        for row in session.execute(_BOOKED, asked)
    ]
    return Drawn(
        sales=tuple(
            _figures(section, group) for section, group in zip(found, by_sale, strict=True)
        ),
        charges=charges,
        position=position(
            found,
            terms,
            charges=[Money(each.minor, terms.currency) for each in charges],
            has_come=session.execute(_HAS_COME, asked).scalar_one(),
            is_last=is_last,
        ),
        booked_due=total((each.due * times for each, times in booked), terms.currency),
        booked_vat=total(
            ((each.brand - each.due) * times for each, times in booked), terms.currency
        ),
    )


def _sold(group: Sequence[Row[*tuple[Any, ...]]], currency: str) -> SaleSold:
    counted = tuple(_counted(row, currency) for row in group if row.units is not None)
    return SaleSold(group[0].sale_id, group[0].final, counted)


def _figures(section: Section, group: Sequence[Row[*tuple[Any, ...]]]) -> SectionFigures:
    settled = section.settlement
    lines = [row for row in group if row.units is not None]
    return SectionFigures(
        sale=group[0].ref,
        title=group[0].title,
        opens_at=group[0].opens_at.astimezone(UTC).isoformat(),
        closes_at=group[0].closes_at.astimezone(UTC).isoformat(),
        final=group[0].final,
        units=section.units,
        cancelled=section.cancelled_units,
        returned=section.returned_units,
        borne=sum(row.borne for row in lines),
        gross_minor=section.gross.minor,
        cancelled_minor=section.cancelled.minor,
        returned_minor=section.returned.minor,
        net_minor=settled.net.minor,
        commission_minor=settled.commission.minor,
        due_minor=settled.due.minor,
        due_vat_minor=settled.due_vat.minor,
        outlay_minor=section.outlay.minor,
        reserve_minor=section.reserve.minor,
        rates=tuple(
            RateFigures(
                each.vat_bps,
                each.gross.minor,
                each.net.minor,
                each.due.minor,
                each.due_vat.minor,
            )
            for each in settled.rates
        ),
        lines=tuple(_line(row, part) for row, part in zip(lines, settled.shares, strict=True)),
    )


def _line(row: Row[*tuple[Any, ...]], part: Share) -> LineFigures:
    return LineFigures(
        style_code=row.style_code,
        colour=row.colour,
        size=row.size,
        sku=row.sku,
        price_minor=row.price_minor,
        vat_bps=row.vat_bps,
        units=row.units,
        cancelled=row.cancelled,
        returned=row.returned,
        gross_minor=part.gross.minor,
        net_minor=part.net.minor,
        commission_minor=part.commission.minor,
        due_minor=part.due.minor,
        borne=row.borne,
    )


def _counted(row: Row[*tuple[Any, ...]], currency: str) -> Counted:
    def money(minor: int | None) -> Money | None:
        return None if minor is None else Money(minor, currency)

    line = Sold(
        variant_id=row.variant_id,
        units=row.units,
        price=Money(row.price_minor, currency),
        vat_bps=row.vat_bps,
        returned=row.cancelled + row.returned,
        unit_cost=money(row.unit_cost_minor),
        target=money(row.target_minor),
    )
    return Counted(line, row.cancelled, row.returned, row.sent_back)


def _priced(row: Row[*tuple[Any, ...]], currency: str) -> Priced:
    cost = row.unit_cost_minor
    return Priced(
        Money(row.price_minor, currency),
        row.vat_bps,
        row.commission_bps,
        None if cost is None else Money(cost, currency),
    )


_STATED = "s.state IN ('closed', 'cancelled') AND s.opened_at IS NOT NULL"
_ORDERED = "LEFT JOIN purchases p ON p.sale_id = s.id"
_FIRST_AT = """
    CASE
        WHEN d.mode <> 'conditional' THEN s.closes_at + :consignment_provisional
        WHEN p.closed_at IS NOT NULL THEN greatest(s.closes_at + :conditional_provisional, p.closed_at)
        WHEN NOT EXISTS (
            SELECT FROM order_lines l
            WHERE l.sale_id = s.id AND l.paid_at IS NOT NULL AND l.units > l.cancelled_units + l.returned_units
        ) THEN s.closes_at + :conditional_provisional
    END
"""
"""When a sale is stated first; unknown while goods that were ordered after it have not wholly come."""
_SECOND_AT = f"""
    CASE d.mode
        WHEN 'conditional' THEN greatest(
            s.closes_at + :conditional_final, ({_FIRST_AT}) + (:conditional_final - :conditional_provisional)
        )
        ELSE s.closes_at + :consignment_final
    END
"""
_DUE = text(
    f"""
    WITH ended AS (
        SELECT s.id AS sale_id, s.deal_id, s.brand_id, ({_FIRST_AT}) AS first_at, ({_SECOND_AT}) AS second_at
        FROM sales s JOIN deals d ON d.id = s.deal_id {_ORDERED}
        WHERE {_STATED} AND (CAST(:deal AS bigint) IS NULL OR s.deal_id = :deal)
          AND NOT EXISTS (SELECT FROM statements t WHERE t.sale_id = s.id AND t.kind = 'final')
    ), candidates AS (
        SELECT e.deal_id, e.brand_id, 'provisional' AS kind, 1 AS turn, e.sale_id, e.first_at AS as_of
        FROM ended e
        WHERE NOT EXISTS (SELECT FROM statements t WHERE t.sale_id = e.sale_id AND t.kind = 'provisional')
        UNION ALL
        SELECT e.deal_id, e.brand_id, 'final', 2, e.sale_id, e.second_at FROM ended e WHERE e.first_at IS NOT NULL
        UNION ALL
        SELECT d.id, d.brand_id, 'last', 3, NULL, greatest(
            (CAST(v.terms->>'exit_on' AS date) + 1)::timestamp AT TIME ZONE :zone,
            (SELECT max(t.as_of) FROM statements t WHERE t.deal_id = d.id)
        )
        FROM deals d JOIN deal_versions v ON v.id = d.accepted_version_id
        WHERE d.state = 'agreed' AND (CAST(:deal AS bigint) IS NULL OR d.id = :deal)
          AND NOT EXISTS (SELECT FROM statements t WHERE t.deal_id = d.id AND t.kind = 'last')
          AND NOT EXISTS (
              SELECT FROM sales s WHERE s.deal_id = d.id AND (
                  s.state IN ('scheduled', 'open', 'paused') OR {_STATED} AND NOT EXISTS (
                      SELECT FROM statements t WHERE t.sale_id = s.id AND t.kind = 'final'
                  )
              )
          )
        UNION ALL
        SELECT l.deal_id, l.brand_id, 'later', 4, NULL, greatest(newest.as_of + :later, news.at)
        FROM statements l
        CROSS JOIN LATERAL (
            SELECT t.as_of FROM statements t WHERE t.deal_id = l.deal_id ORDER BY t.as_of DESC LIMIT 1
        ) newest
        CROSS JOIN LATERAL (
            SELECT min(each.at) AS at FROM (
                SELECT c.ended_at AS at FROM charges c
                WHERE c.deal_id = l.deal_id AND c.state = 'final' AND c.ended_at > newest.as_of
                UNION ALL
                SELECT g.at FROM sales s JOIN line_returns g ON g.sale_id = s.id
                WHERE s.deal_id = l.deal_id AND g.at > newest.as_of AND g.borne_by = 'brand'
            ) each
        ) news
        WHERE l.kind = 'last' AND (CAST(:deal AS bigint) IS NULL OR l.deal_id = :deal) AND news.at IS NOT NULL
    )
    SELECT deal_id, brand_id, kind, sale_id, as_of FROM candidates
    WHERE as_of <= house_instant() - interval '{MARGIN}' AND deal_id <> ALL (CAST(:without AS bigint[]))
    ORDER BY as_of, turn, deal_id, sale_id LIMIT 1
    """  # noqa: S608 - constants
)
_STATED_BY = f"{_STATED} AND ({_FIRST_AT}) <= :as_of"
_SOLD = text(
    f"""
    SELECT s.id AS sale_id, s.ref, s.title, s.opens_at, s.closes_at,
           coalesce(({_SECOND_AT}) <= :as_of, false) OR EXISTS (
               SELECT FROM statements t WHERE t.sale_id = s.id AND t.kind = 'final' AND t.as_of <= :as_of
           ) AS final,
           found.*, agreed.target_minor, st.code AS style_code, v.colour, v.size, v.sku
    FROM sales s JOIN deals d ON d.id = s.deal_id {_ORDERED}
    LEFT JOIN LATERAL (
        SELECT l.sale_item_id, l.variant_id, l.price_minor, l.vat_bps, l.unit_cost_minor,
               sum(l.units)::bigint AS units, coalesce(sum(back.cancelled), 0)::bigint AS cancelled,
               coalesce(sum(back.returned), 0)::bigint AS returned, coalesce(sum(back.borne), 0)::bigint AS borne,
               coalesce(sum(back.sent_back), 0)::bigint AS sent_back
        FROM order_lines l
        LEFT JOIN LATERAL (
            SELECT sum(g.units) FILTER (WHERE g.way = 'cancelled') AS cancelled,
                   sum(g.units) FILTER (WHERE g.way = 'returned' AND g.borne_by = 'brand') AS returned,
                   sum(g.units) FILTER (WHERE g.borne_by <> 'brand') AS borne,
                   sum(g.units) FILTER (WHERE g.way = 'returned' AND r.cause = 'withdrawn') AS sent_back
            FROM line_returns g JOIN refunds r ON r.id = g.refund_id
            WHERE g.order_line_id = l.id AND g.at <= :as_of
        ) back ON true
        WHERE l.sale_id = s.id AND l.paid_at <= :as_of
        GROUP BY l.sale_item_id, l.variant_id, l.price_minor, l.vat_bps, l.unit_cost_minor
    ) found ON true
    LEFT JOIN variants v ON v.id = found.variant_id
    LEFT JOIN styles st ON st.id = v.style_id
    LEFT JOIN LATERAL (
        SELECT l.target_minor FROM deal_lines l
        WHERE l.version_id = d.accepted_version_id AND l.variant_id = found.variant_id
    ) agreed ON true
    WHERE s.deal_id = :deal AND {_STATED_BY}
    ORDER BY s.opens_at, s.id, found.sale_item_id, found.price_minor, found.vat_bps
    """  # noqa: S608 - constants
)
_BOOKED = text(
    f"""
    SELECT l.price_minor, l.vat_bps, l.commission_bps, l.unit_cost_minor,
           l.units - coalesce(back.units, 0)::bigint AS kept, count(*) AS times
    FROM sales s JOIN deals d ON d.id = s.deal_id {_ORDERED} JOIN order_lines l ON l.sale_id = s.id
    LEFT JOIN LATERAL (
        SELECT sum(g.units) AS units FROM line_returns g
        WHERE g.order_line_id = l.id AND g.at <= :as_of AND g.borne_by = 'brand'
    ) back ON true
    WHERE s.deal_id = :deal AND {_STATED_BY} AND l.paid_at <= :as_of
    GROUP BY 1, 2, 3, 4, 5
    """  # noqa: S608 - constants
)
_COMING = text(
    f"""
    SELECT s.title, ({_FIRST_AT}) AS first_at, ({_SECOND_AT}) AS second_at,
           EXISTS (SELECT FROM statements t WHERE t.sale_id = s.id AND t.kind = 'provisional') AS provisional
    FROM sales s JOIN deals d ON d.id = s.deal_id {_ORDERED}
    WHERE s.brand_id = :brand AND {_STATED}
      AND NOT EXISTS (SELECT FROM statements t WHERE t.sale_id = s.id AND t.kind = 'final')
    ORDER BY s.closes_at, s.id LIMIT :most
    """  # noqa: S608 - constants
)
_COMMITTED = text(
    "SELECT coalesce(sum(units), 0)::bigint FROM deal_lines WHERE version_id = :version"
)
_HAS_COME = text(
    """
    SELECT EXISTS (
        SELECT FROM lots o JOIN stock_movements m ON m.lot_id = o.id AND m.movement = 'received'
        WHERE o.deal_id = :deal AND m.created_at <= :as_of
    )
    """
)
"""Whether goods of the deal had come to the house by then: without any, there is no way in to be paid."""
