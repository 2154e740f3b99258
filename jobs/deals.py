"""What follows a word in the talks: letters to the brand, and the paper of what was agreed."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from jobs.job import Job
from marketplace.services import deals

if TYPE_CHECKING:
    from marketplace.toolbox import Toolbox


def _tell(tools: Toolbox, arguments: dict[str, Any]) -> None:
    deals.tell(tools, deal_id=int(arguments["subject_id"]))


def _remind(tools: Toolbox, _arguments: dict[str, Any]) -> None:
    deals.remind(tools)


def _print(tools: Toolbox, arguments: dict[str, Any]) -> None:
    deals.keep_paper(tools, deal_id=int(arguments["subject_id"]))


TELL = Job("deals.tell", _tell, "Writes to a brand whose deal waits for it or is agreed.")
REMIND = Job("deals.remind", _remind, "Reminds brands of proposals that are about to lapse.")
PRINT = Job("deals.print", _print, "Prints the paper of an agreed deal, once in each language.")
