"""What exists is documented, and what is documented exists: settings, commands, jobs, refusals."""

from __future__ import annotations

import re
from dataclasses import fields
from pathlib import Path

import pytest

from jobs import registry
from marketplace.config import Settings
from marketplace.domain.refusals import every_refusal
from tests.architecture import shape

ROOT = Path(__file__).resolve().parents[2]
REFERENCE = (ROOT / "docs" / "reference.md").read_text()


def _listed(heading: str) -> set[str]:
    """The words in code style that begin the rows of the table under ``heading``."""
    section = REFERENCE.split(f"## {heading}\n", 1)[1].split("\n## ", 1)[0]
    return set(re.findall(r"^\| `([^`]+)`", section, flags=re.MULTILINE))


def test_every_setting_is_documented_and_the_reverse():
    assert _listed("Settings") == {field.name.upper() for field in fields(Settings)} | {
        "DRAIN_SECONDS",
        "MIGRATION_DATABASE_URL",
        "PROMETHEUS_MULTIPROC_DIR",
    }


def test_every_job_is_documented_and_the_reverse():
    assert _listed("Jobs") == set(registry.JOBS)


def test_every_refusal_is_documented_and_the_reverse():
    shape.import_everything()

    assert _listed("Refusals") == set(every_refusal())


def test_every_command_is_documented_and_the_reverse():
    assert _listed("Commands") == shape.commands()


@pytest.mark.parametrize(
    "document", [*sorted(ROOT.glob("docs/**/*.md")), ROOT / "README.md"], ids=str
)
def test_no_document_points_at_a_file_that_is_not_there(document):
    for target in re.findall(r"\]\(([^)#]+)\)", document.read_text()):
        if "://" not in target:
            assert (document.parent / target).exists(), target
