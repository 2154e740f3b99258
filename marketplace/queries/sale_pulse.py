"""Whether the figures of a brand's running sale have moved.

One statement, whoever asks and however often.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from sqlalchemy import text

from marketplace.domain.refusals import NotFound

if TYPE_CHECKING:
    from marketplace.toolbox import Toolbox

PULSE = text(
    """
    SELECT s.id, s.state, house_instant() >= s.opens_at AS opened, house_instant() >= s.closes_at AS closed,
           (SELECT coalesce(sum(r.units), 0) FROM releases r WHERE r.sale_id = s.id) AS released,
           (SELECT coalesce(sum(i.units), 0) FROM sale_items i WHERE i.sale_id = s.id) AS accepted,
           (SELECT coalesce(sum(i.sold), 0) FROM sale_items i WHERE i.sale_id = s.id) AS sold,
           (SELECT coalesce(sum(h.units), 0) FROM holds h
            WHERE h.sale_id = s.id AND h.state = 'held' AND h.expires_at > house_instant()) AS in_bags,
           (SELECT coalesce(sum(d.times), 0) FROM demand_signals d WHERE d.sale_id = s.id) AS refused
    FROM sales s WHERE s.ref = :ref
    """
)


@dataclass(frozen=True, slots=True)
class Pulse:
    """The sale, and a word that changes whenever one of its figures does."""

    sale_id: int
    beat: str


def of_sale(tools: Toolbox, *, ref: str) -> Pulse:
    """The pulse of a sale that the brand at whose door ``tools`` stand may see.

    NotFound for any other.
    """
    with tools.reading() as session:
        row = session.execute(PULSE, {"ref": ref}).one_or_none()
    if row is None:
        raise NotFound
    return Pulse(row.id, ":".join(str(each) for each in row[1:]))
