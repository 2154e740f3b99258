"""What is done about people's accounts by night."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from jobs.job import Job
from marketplace.services import accounts, members

if TYPE_CHECKING:
    from marketplace.toolbox import Toolbox


def _return_invitations(tools: Toolbox, _arguments: dict[str, Any]) -> None:
    members.return_lapsed_invitations(tools)


def _forget(tools: Toolbox, _arguments: dict[str, Any]) -> None:
    accounts.forget_old(tools)


RETURN_INVITATIONS = Job(
    "accounts.return_invitations",
    _return_invitations,
    "Gives invitations back that nobody used within their fourteen days, and forgets their addresses.",
)
FORGET = Job(
    "accounts.forget",
    _forget,
    "Deletes counts of failed sign-ins, sessions and links that are long past.",
)
