"""Bring the database to the newest schema; safe to run again."""

from __future__ import annotations

import os
import sys
from typing import TYPE_CHECKING

from marketplace import bootstrap
from marketplace.cli import UNDERSTOOD_NOT, Command
from marketplace.config import SettingsError
from marketplace.toolbox import StoreDown
from marketplace.words import _

if TYPE_CHECKING:
    from argparse import ArgumentParser, Namespace

VARIABLE = "MIGRATION_DATABASE_URL"
SCHEMES = ("postgresql://", "postgresql+psycopg://")


def _arguments(_parser: ArgumentParser) -> None:
    """None: the address is a secret and stands in the environment."""


def migrate(_said: Namespace) -> int:
    """Migrate the database at MIGRATION_DATABASE_URL. 0 when it is done, 2 when it cannot be."""
    address = os.environ.get(VARIABLE, "").strip()
    if not address.startswith(SCHEMES):
        return _cannot(_("%(name)s must hold the address of the database's owner.", name=VARIABLE))
    try:
        bootstrap.migrate(address)
    except StoreDown as trouble:
        return _cannot(_("The database cannot be reached: %(why)s", why=trouble))
    except SettingsError as trouble:
        return _cannot(str(trouble))
    sys.stdout.write(_("The database has the newest schema.") + "\n")
    return 0


def _cannot(sentence: str) -> int:
    sys.stderr.write(f"{sentence}\n")
    return UNDERSTOOD_NOT


COMMANDS = (Command("", "bring the database to the newest schema", _arguments, migrate),)
