"""What is left after sales: brands are asked and reminded, notes are printed and told, promises are kept."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from jobs.job import Job
from marketplace.services import exits

if TYPE_CHECKING:
    from marketplace.toolbox import Toolbox

DEALS_PER_RUN_MAX = 50


def _ask(tools: Toolbox, _arguments: dict[str, Any]) -> None:
    for _each in range(DEALS_PER_RUN_MAX):
        if exits.ask_next(tools) is None:
            return


def _tell_asked(tools: Toolbox, arguments: dict[str, Any]) -> None:
    exits.tell_asked(tools, deal_id=int(arguments["subject_id"]))


def _remind(tools: Toolbox, _arguments: dict[str, Any]) -> None:
    exits.remind(tools)


def _print(tools: Toolbox, arguments: dict[str, Any]) -> None:
    exits.keep_paper(tools, exit_id=int(arguments["subject_id"]))


def _tell_recorded(tools: Toolbox, arguments: dict[str, Any]) -> None:
    exits.tell_recorded(tools, exit_id=int(arguments["subject_id"]))


def _keep_promises(tools: Toolbox, _arguments: dict[str, Any]) -> None:
    exits.keep_promises(tools)


ASK = Job(
    "exits.ask", _ask, "Asks brands whose sales are over what becomes of the goods that are left."
)
TELL_ASKED = Job(
    "exits.tell_asked", _tell_asked, "Writes to a brand that it is asked about goods that are left."
)
REMIND = Job(
    "exits.remind", _remind, "Writes to brands whose time to choose about goods is nearly over."
)
PRINT = Job("exits.print", _print, "Prints the note of goods that left, once in each language.")
TELL_RECORDED = Job(
    "exits.tell_recorded", _tell_recorded, "Writes to a brand that goods have left the house."
)
KEEP_PROMISES = Job(
    "exits.keep_promises",
    _keep_promises,
    "Keeps the promise of a day of leaving once nothing of the deal is left.",
)
