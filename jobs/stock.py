"""Looks after shelves: what brands release goes on sale when it has come, and what was not sold is free again."""

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


def _place(tools: Toolbox, arguments: dict[str, Any]) -> None:
    sales.place_released(tools, deal_id=int(arguments["subject_id"]))


PLACE_RELEASED = Job(
    "stock.place_released",
    _place,
    "Puts what a brand released into a running sale on sale once it has been counted in.",
)
FREE_UNSOLD = Job(
    "stock.free_unsold",
    _free,
    "Gives the unsold units of ended sales back to the accepted stock.",
)
