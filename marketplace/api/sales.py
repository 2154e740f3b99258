"""Sales, and how one is selling."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

from marketplace.api import cursors, figures, shapes
from marketplace.api.cursors import Turning
from marketplace.api.hanging import REF, question
from marketplace.domain.keys import Scope
from marketplace.domain.refusals import NotFound
from marketplace.queries import feeds, sell_through
from marketplace.web import bearer

if TYPE_CHECKING:
    from marketplace.domain.reports import Snapshot
    from marketplace.queries.feeds.sales import SaleFed

TAG = "Sales"
ONE = f"/sales/<{REF}:ref>"
_REF = re.compile(r"[\w.-]+", re.ASCII)


@question(
    "/sales",
    scope=Scope.READ_SALES,
    asks=Turning,
    gives=shapes.listing(shapes.SaleShape),
    tag=TAG,
)
def list_sales(asked: dict[str, Any]) -> dict[str, Any]:
    """Your sales, the newest first."""
    return cursors.page(
        "sales",
        asked,
        look=lambda after, most: feeds.sales.listed(bearer.tools(), after=after, most=most),
        number=lambda each: each.number,
    )


@question(ONE, scope=Scope.READ_SALES, gives=shapes.SaleShape, tag=TAG)
def get_sale(ref: str) -> SaleFed:
    """One sale."""
    return feeds.sales.one(bearer.tools(), ref=_checked(ref))


@question(f"{ONE}/sell-through", scope=Scope.READ_FIGURES, gives=figures.FiguresShape, tag=TAG)
def get_sell_through(ref: str) -> Snapshot:
    """How the sale is selling at this instant: the very numbers of its page and its files."""
    return sell_through.live(bearer.tools(), sale_ref=_checked(ref)).figures


def _checked(ref: str) -> str:
    """What cannot be the name of a sale is none."""
    if _REF.fullmatch(ref) is None:
        raise NotFound
    return ref
