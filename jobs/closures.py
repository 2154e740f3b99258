"""What follows when a brand says on which days it is closed: answers owed to it are promised for another day."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from jobs.job import Job
from marketplace.services import closures

if TYPE_CHECKING:
    from marketplace.toolbox import Toolbox


def _put_off(tools: Toolbox, arguments: dict[str, Any]) -> None:
    closures.put_off_answers(tools, brand_id=int(arguments["subject_id"]))


PUT_OFF = Job(
    "closures.put_off",
    _put_off,
    "Promises answers that fell on a brand's closed days for the next day.",
)
