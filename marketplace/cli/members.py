"""Members: the first ones, whom the house invites itself."""

from __future__ import annotations

from typing import TYPE_CHECKING

from marketplace.cli import Command
from marketplace.cli.deeds import deed
from marketplace.services import members
from marketplace.words import LOCALES, _

if TYPE_CHECKING:
    from argparse import ArgumentParser, Namespace

    from marketplace.toolbox import Toolbox


def _arguments(parser: ArgumentParser) -> None:
    parser.add_argument("--email", required=True, help="where the invitation goes")
    parser.add_argument("--language", choices=LOCALES, default=LOCALES[0])


@deed
def invite(tools: Toolbox, said: Namespace) -> str:
    """Invite a member in the name of the house; prints the link that the letter carries."""
    link = members.invite_by_house(tools, email=said.email, locale=said.language)
    return _(
        "The invitation is on its way. Its link works once, for fourteen days: %(link)s", link=link
    )


COMMANDS = (Command("invite", "invite a member in the name of the house", _arguments, invite),)
