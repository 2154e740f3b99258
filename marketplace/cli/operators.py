"""Operators: the people of the house."""

from __future__ import annotations

import getpass
import sys
from typing import TYPE_CHECKING

from marketplace.cli import Command
from marketplace.cli.deeds import deed
from marketplace.domain.accounts import PasswordRefused
from marketplace.services import accounts
from marketplace.words import _

if TYPE_CHECKING:
    from argparse import ArgumentParser, Namespace

    from marketplace.toolbox import Toolbox


def _arguments(parser: ArgumentParser) -> None:
    parser.add_argument("--email", required=True, help="the address they sign in with")
    parser.add_argument("--name", required=True, help="as brands and members see it")
    parser.add_argument(
        "--password-stdin", action="store_true", help="read the password from standard input"
    )


@deed
def create(tools: Toolbox, said: Namespace) -> str:
    """Make an operator; the second factor is set up at the first sign-in."""
    password = sys.stdin.readline().rstrip("\r\n") if said.password_stdin else _asked()
    accounts.create_operator(tools, email=said.email, name=said.name, password=password)
    return _(
        "%(name)s can sign in at %(address)s and is asked there to set up a second step.",
        name=said.name,
        address=f"{tools.public_url}/admin/",
    )


def _asked() -> str:
    password = getpass.getpass(_("Password: "))
    if getpass.getpass(_("Once more: ")) != password:
        raise PasswordRefused(reason="unequal")
    return password


def _whose(parser: ArgumentParser) -> None:
    parser.add_argument("--email", required=True, help="the address they sign in with")


@deed
def renew(tools: Toolbox, said: Namespace) -> str:
    """Take the second factor off an operator whose phone is lost; every session of theirs ends."""
    accounts.renew_factor(tools, email=said.email)
    return _("At the next sign-in a new second step is set up. Every session of theirs has ended.")


COMMANDS = (
    Command("create", "make an operator", _arguments, create),
    Command("renew-second-step", "for an operator whose phone is lost", _whose, renew),
)
