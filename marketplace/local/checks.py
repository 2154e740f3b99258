"""Checks that need more than a tool's own command: contracts, the schema, the migrations' SQL."""

from __future__ import annotations

import io
import re
import subprocess
import sys
import sysconfig
import tempfile
from contextlib import redirect_stdout
from pathlib import Path
from typing import TYPE_CHECKING

from alembic import command
from alembic.script import ScriptDirectory

from marketplace.db import migrate
from marketplace.local import throwaway
from marketplace.local.state import ROOT

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

SQUAWK = Path(sysconfig.get_path("scripts")) / "squawk"
POSTGRES_OLDEST = "15.0"
SQUAWK_LEFT_OUT_AT_FIRST = (
    "adding-required-field",  # no row is there yet that could lack it
    "ban-drop-constraint",  # no client is there yet that could count on it
)
FIRST_RELEASE = "head"
"""The newest migration of the first release; `head` until there has been one."""
SQUAWK_LEFT_OUT = (
    "prefer-robust-stmts",  # each migration is one transaction: none is left half done
    "prefer-text-field",  # every field has a limit of letters; widening one rewrites nothing
    "prefer-timestamp-tz",  # a wall time is stored as it was typed, beside its zone and instant
    "prefer-bigint-over-smallint",  # small counters have a CHECK
    "require-statement-timeout",  # the lock timeout protects a running shop; a backfill takes long
)


def contracts() -> int:
    """Hold the imports against the plan of the house."""
    linted = [
        sys.executable,
        "-c",
        "from importlinter.cli import lint_imports_command as run; run()",
    ]
    return subprocess.run([*linted, "--no-logo"], cwd=ROOT, check=False).returncode


def head() -> int:
    """Find exactly one newest migration: two would be two histories."""
    heads = ScriptDirectory.from_config(migrate.configuration("")).get_heads()
    print("Heads:", ", ".join(heads) or "none")
    return 0 if len(heads) == 1 else 1


def tables() -> int:
    """Migrate an empty database and find nothing that the tables in `db` say otherwise."""
    with throwaway.database_server() as server:
        url = server.create_database("checked")
        migrate.upgrade(url)
        migrate.check(url)
    return 0


def squawk() -> int:
    """Let squawk read the SQL of every migration: locks that a running shop would feel."""
    outcomes = [linted(_first_release(), SQUAWK_LEFT_OUT + SQUAWK_LEFT_OUT_AT_FIRST)]
    if FIRST_RELEASE != "head":
        outcomes.append(linted(_sql(f"{FIRST_RELEASE}:head"), SQUAWK_LEFT_OUT))
    return max(outcomes)


def linted(statements: str, left_out: tuple[str, ...]) -> int:
    """Return squawk's exit status for ``statements``; it prints what it finds."""
    with tempfile.TemporaryDirectory() as folder:
        written = Path(folder) / "migrations.sql"
        written.write_text(statements)
        rules = [f"--exclude={rule}" for rule in left_out]
        asked = [str(SQUAWK), f"--pg-version={POSTGRES_OLDEST}", *rules, str(written)]
        return subprocess.run(asked, cwd=folder, check=False).returncode


def _first_release() -> str:
    """Return the migrations of the first release as one transaction.

    The tables that they change or index are as empty as on their first day; later migrations meet
    tables that people are reading.
    """
    return re.sub(r"\nCOMMIT;\s+BEGIN;\n", "\n", _sql(FIRST_RELEASE))


def _sql(revisions: str) -> str:
    said = io.StringIO()
    configured = migrate.configuration("postgresql://nobody@localhost/nothing")
    configured.output_buffer = said
    with redirect_stdout(said):
        command.upgrade(configured, revisions, sql=True)
    return said.getvalue()


CHECKS: Mapping[str, Callable[[], int]] = {
    "contracts": contracts,
    "head": head,
    "tables": tables,
    "squawk": squawk,
}

if __name__ == "__main__":
    sys.exit(CHECKS[sys.argv[1]]())
