"""Looks after the shelf when a sale is over: what was not sold is free again."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from jobs.job import Job
from marketplace.services import sales

if TYPE_CHECKING:
    from marketplace.toolbox import Toolbox

SALES_PER_RUN_MAX = 50


def _free(tools: Toolbox, _: dict[str, Any]) -> None:
    for _each in range(SALES_PER_RUN_MAX):
        if sales.free_unsold(tools) is None:
            return


FREE_UNSOLD = Job(
    "stock.free_unsold",
    _free,
    "Gives the unsold units of ended sales back to the accepted stock.",
)
