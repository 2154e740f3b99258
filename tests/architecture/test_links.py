"""Every link of the documents leads somewhere, and every command that the README names is one."""

from __future__ import annotations

import re
import unicodedata
from pathlib import Path

import pytest

import dev

ROOT = Path(__file__).resolve().parents[2]
DOCUMENTS = sorted([ROOT / "README.md", *(ROOT / "docs").rglob("*.md")])
FENCED = re.compile(r"^```.*?^```", re.MULTILINE | re.DOTALL)
LINK = re.compile(r"\[[^\]]*\]\(([^)\s]+)\)")
HEADING = re.compile(r"^#+ (.+)$", re.MULTILINE)
COMMAND = re.compile(r"python3 dev\.py (\w+)")


def _words(document: Path) -> str:
    return FENCED.sub("", document.read_text(encoding="utf-8"))


def _anchors(document: Path) -> set[str]:
    """The places of a document, named as the usual readers of Markdown name them."""
    return {_anchor(heading) for heading in HEADING.findall(_words(document))}


def _anchor(heading: str) -> str:
    plain = re.sub(r"\[([^\]]*)\]\([^)]*\)", r"\1", heading).replace("`", "")
    kept = (
        letter
        for letter in plain.lower()
        if letter in " -_" or unicodedata.category(letter)[0] in "LN"
    )
    return "".join(kept).replace(" ", "-")


def _broken(document: Path) -> list[str]:
    found = []
    for address in LINK.findall(_words(document)):
        path, _, place = address.partition("#")
        if re.match(r"[a-z]+:", path):
            continue
        target = (document.parent / path).resolve() if path else document
        if not target.exists():
            found.append(f"{address}: no such file")
        elif place and target.suffix == ".md" and place not in _anchors(target):
            found.append(f"{address}: no such heading")
    return found


@pytest.mark.parametrize("document", DOCUMENTS, ids=lambda each: str(each.relative_to(ROOT)))
def test_every_link_of_a_document_leads_somewhere(document):
    assert _broken(document) == []


def test_a_link_that_leads_nowhere_is_found(tmp_path):
    document = tmp_path / "page.md"
    document.write_text("# Here\n\n[a](none.md) [b](#there) [c](#here) [d](https://example.org/)\n")

    assert _broken(document) == ["none.md: no such file", "#there: no such heading"]


def test_every_command_that_the_readme_names_is_one():
    named = set(COMMAND.findall((ROOT / "README.md").read_text(encoding="utf-8")))

    assert named
    assert named <= set(dev.COMMANDS)
