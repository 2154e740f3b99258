"""The plan of the house holds, and each contract catches what it is there for."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from marketplace.local.state import ROOT

LINT = (sys.executable, "-c", "from importlinter.cli import lint_imports_command as run; run()")
PACKAGES = ("marketplace", "supplier_portal", "jobs")


def lint(folder: Path) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [*LINT, "--no-logo", "--no-cache"],
        env={**os.environ, "PYTHONPATH": str(folder), "COLUMNS": "200"},
        cwd=folder,
        capture_output=True,
        text=True,
        check=False,
    )


@pytest.fixture(scope="module")
def copy(tmp_path_factory) -> Path:
    """A copy of the house that may be spoiled."""
    folder = tmp_path_factory.mktemp("house")
    python_only = shutil.ignore_patterns("__pycache__", "static", "templates", "locales")
    for package in PACKAGES:
        shutil.copytree(ROOT / package, folder / package, ignore=python_only)
    shutil.copy(ROOT / "pyproject.toml", folder)
    return folder


def test_the_plan_of_the_house_holds():
    done = lint(ROOT)

    assert done.returncode == 0, done.stdout
    assert "8 kept, 0 broken" in done.stdout


@pytest.mark.parametrize(
    ("contract", "room", "line"),
    [
        ("1.", "marketplace/domain", "import marketplace.db"),
        ("1.", "marketplace/storefront", "import marketplace.admin"),
        ("2.", "marketplace/utils", "x = 1"),
        ("3.", "marketplace/domain", "import sqlalchemy"),
        ("4.", "marketplace/services", "import redis"),
        ("4.", "marketplace/toolbox", "import flask"),
        ("5.", "supplier_portal", "import marketplace.db"),
        ("5.", "marketplace/cli", "import marketplace.gateways"),
        ("6.", "jobs", "import flask"),
        ("7.", "marketplace/services", "import marketplace.services.planted_beside"),
        ("8.", "marketplace/gateways", "import stripe"),
    ],
)
def test_a_deliberate_violation_is_caught(copy, contract, room, line):
    before = _files(copy)
    _plant(copy / room, line)

    done = lint(copy)

    _restore(copy, before)
    assert done.returncode == 1
    broken = [text[:2] for text in done.stdout.splitlines() if " BROKEN" in text]
    assert contract in broken or "marketplace.utils" in done.stderr + done.stdout, done.stdout


def _plant(room: Path, line: str) -> None:
    """Put ``line`` into a module of ``room``: into the room itself where that is one file."""
    file = room.with_suffix(".py")
    if file.exists():
        file.write_text(f"{file.read_text()}\n{line}\n")
        return
    room.mkdir(exist_ok=True)
    (room / "__init__.py").touch()
    (room / "planted.py").write_text(f"{line}\n")
    (room / "planted_beside.py").touch()


def _files(folder: Path) -> dict[Path, str]:
    return {path: path.read_text() for path in folder.rglob("*.py")}


def _restore(folder: Path, before: dict[Path, str]) -> None:
    for path in folder.rglob("*.py"):
        if path not in before:
            path.unlink()
            shutil.rmtree(path.parent / "__pycache__", ignore_errors=True)
        elif path.read_text() != before[path]:
            path.write_text(before[path])
    for room in (folder / "marketplace" / name for name in ("utils", "cli")):
        if room.is_dir() and not any(room.iterdir()):
            room.rmdir()
