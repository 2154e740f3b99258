from __future__ import annotations

import re
from dataclasses import fields
from pathlib import Path

from marketplace.config import Settings

ROOT = Path(__file__).resolve().parents[2]
DOCUMENTS = (ROOT / "README.md", ROOT / "docs" / "operations.md")
NAME = re.compile(r"^\| `([A-Z][A-Z0-9_]+)`", re.MULTILINE)

OUTSIDE = {"MIGRATION_DATABASE_URL", "PROMETHEUS_MULTIPROC_DIR", "AUBAINE_STATE"}
"""Read by one command or by a library, not by every process."""


def documented() -> set[str]:
    return {name for file in DOCUMENTS if file.exists() for name in NAME.findall(file.read_text())}


def test_every_setting_is_documented():
    assert {field.name.upper() for field in fields(Settings)} - documented() == set()


def test_every_documented_setting_exists():
    known = {field.name.upper() for field in fields(Settings)} | OUTSIDE

    assert documented() - known == set()
