"""Brands, and the people who speak for them."""

from __future__ import annotations

from typing import TYPE_CHECKING

from marketplace.cli import Command
from marketplace.cli.deeds import deed
from marketplace.domain.doors import BrandRole
from marketplace.services import accounts
from marketplace.words import LOCALES, _

if TYPE_CHECKING:
    from argparse import ArgumentParser, Namespace

    from marketplace.toolbox import Toolbox


def _of_a_brand(parser: ArgumentParser) -> None:
    parser.add_argument("--name", required=True, help="as members read it")
    parser.add_argument("--legal-name", required=True, help="as contracts name it")
    parser.add_argument("--country", required=True, help="ISO 3166 code, such as FR")


@deed
def create(tools: Toolbox, said: Namespace) -> str:
    """Make a brand."""
    number = accounts.create_brand(
        tools, name=said.name, legal_name=said.legal_name, country=said.country.upper()
    )
    return _("%(name)s is brand number %(number)s.", name=said.name, number=number)


def _of_a_person(parser: ArgumentParser) -> None:
    parser.add_argument("--brand", type=int, required=True, help="the brand's number")
    parser.add_argument("--email", required=True, help="where the invitation goes")
    parser.add_argument("--name", required=True, help="the person's name")
    roles = [str(role) for role in BrandRole]
    parser.add_argument("--role", choices=roles, default=str(BrandRole.OWNER))
    parser.add_argument("--language", choices=LOCALES, default=LOCALES[0])


@deed
def invite(tools: Toolbox, said: Namespace) -> str:
    """Invite a person to speak for a brand; prints the link that the letter carries."""
    link = accounts.invite_to_brand(
        tools,
        brand_id=said.brand,
        email=said.email,
        name=said.name,
        role=BrandRole(said.role),
        locale=said.language,
    )
    return _(
        "The invitation is on its way. Its link works once, for fourteen days: %(link)s", link=link
    )


COMMANDS = (
    Command("create", "make a brand", _of_a_brand, create),
    Command("invite", "let a person speak for a brand", _of_a_person, invite),
)
