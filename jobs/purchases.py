"""After a conditional sale: what was sold is ordered from the brand, who is written to."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from jobs.job import Job
from marketplace.services import purchases

if TYPE_CHECKING:
    from marketplace.toolbox import Toolbox

SALES_PER_RUN_MAX = 50


def _order(tools: Toolbox, _arguments: dict[str, Any]) -> None:
    for _each in range(SALES_PER_RUN_MAX):
        if purchases.order_sold(tools) is None:
            return


def _tell(tools: Toolbox, arguments: dict[str, Any]) -> None:
    purchases.tell(tools, purchase_id=int(arguments["subject_id"]))


ORDER_SOLD = Job(
    "purchases.order_sold", _order, "Orders from brands what their conditional sales sold."
)
TELL = Job("purchases.tell", _tell, "Writes to a brand that the house has ordered of it.")
