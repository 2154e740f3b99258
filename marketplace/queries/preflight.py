"""Is this sale ready to be scheduled? The same rows that the service refuses by."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from marketplace.db import preflight, sales
from marketplace.domain.preflight import judge

if TYPE_CHECKING:
    from marketplace.domain.preflight import Readiness
    from marketplace.domain.sales import SaleState
    from marketplace.toolbox import Toolbox


@dataclass(frozen=True, slots=True)
class Preflight:
    """The rows of one sale, as they stand for this version of it."""

    ref: str
    title: str
    version: int
    state: SaleState
    readiness: Readiness


def of_sale(tools: Toolbox, *, ref: str) -> Preflight:
    """All rows of the pre-flight; NotFound for a sale that this door does not see."""
    with tools.reading() as session:
        row = sales.by_ref(session, ref)
        figures = preflight.look(session, (row.id,))[row.id]
        return Preflight(row.ref, row.title, row.version, row.state, judge(figures))
