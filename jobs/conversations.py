"""What follows a message between a brand and the house: letters to those it waits for."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from jobs.job import Job
from marketplace.services import conversations

if TYPE_CHECKING:
    from marketplace.toolbox import Toolbox


def _tell(tools: Toolbox, arguments: dict[str, Any]) -> None:
    conversations.tell(tools, message_id=int(arguments["message"]))


TELL = Job(
    "conversations.tell", _tell, "Writes to those for whom a message of a brand or the house waits."
)
