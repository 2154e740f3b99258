"""Writes ``docs/refusals.md``: ``python -m tests.architecture.refusals_page``. A test holds the page to it."""

from __future__ import annotations

from http import HTTPStatus
from pathlib import Path

from marketplace.web.errors.answers import ANSWERS
from marketplace.words import catalogues

PAGE = Path(__file__).resolve().parents[2] / "docs" / "refusals.md"
HEAD = """# Refusals

Every no of the house: its code, the HTTP status it is answered with, and its sentence in each language. A sentence says
what happened, what it means and what to do; `%(name)s` is a fact, written as the reader's language writes it. A code
with a reason behind a point has a sentence of its own for that reason. Programs get the code in
`application/problem+json`. What each code means is in [the reference](reference.md#refusals).

Written by `python -m tests.architecture.refusals_page` from `marketplace/web/errors` and the catalogues; a test fails
where the page and the program differ.

| code | status | English | French |
|---|---|---|---|
"""


def page() -> str:
    """The whole page."""
    return HEAD + "".join(_row(key) for key in sorted(ANSWERS))


def _row(key: str) -> str:
    answer = ANSWERS[key]
    status = HTTPStatus(answer.status)
    said = [catalogues.of(locale).gettext(answer.sentence.message) for locale in ("en", "fr")]
    return f"| `{key}` | {status.value} {status.phrase} | {said[0]} | {said[1]} |\n"


if __name__ == "__main__":
    PAGE.write_text(page())
