"""Checks that need more than a tool's own command: contracts, the schema, the migrations' SQL."""

from __future__ import annotations

import io
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
    with tempfile.TemporaryDirectory() as folder:
        written = Path(folder) / "migrations.sql"
        written.write_text(sql_of_migrations())
        left_out = [f"--exclude={rule}" for rule in SQUAWK_LEFT_OUT]
        asked = [str(SQUAWK), f"--pg-version={POSTGRES_OLDEST}", *left_out, str(written)]
        return subprocess.run(asked, cwd=folder, check=False).returncode


def sql_of_migrations() -> str:
    """Return what the migrations would send to an empty database."""
    said = io.StringIO()
    configured = migrate.configuration("postgresql://nobody@localhost/nothing")
    configured.output_buffer = said
    with redirect_stdout(said):
        command.upgrade(configured, "head", sql=True)
    return said.getvalue()


CHECKS: Mapping[str, Callable[[], int]] = {
    "contracts": contracts,
    "head": head,
    "tables": tables,
    "squawk": squawk,
}

if __name__ == "__main__":
    sys.exit(CHECKS[sys.argv[1]]())
