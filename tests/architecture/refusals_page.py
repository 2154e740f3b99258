"""Writes ``docs/refusals.md``: ``python -m tests.architecture.refusals_page``. A test holds the page to it."""

from __future__ import annotations

from pathlib import Path

from marketplace.web.errors.answers import ANSWERS
from marketplace.web.errors.statuses import CODES, said_of
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


STATUSES = """
## Where no refusal speaks

What is answered to a request that is not understood, and to a fault: the code that programs get, and what is said.

| code | status | English | French |
|---|---|---|---|
"""


def page() -> str:
    """The whole page."""
    refusals = "".join(_row(key) for key in sorted(ANSWERS))
    return HEAD + refusals + STATUSES + "".join(_status(code) for code in sorted(CODES))


def _status(code: str) -> str:
    of_status = said_of(CODES[code])
    parts = (of_status.title.message, of_status.sentence.message)
    said = [". ".join(map(catalogues.of(locale).gettext, parts)) for locale in ("en", "fr")]
    return f"| `{code}` | {int(CODES[code])} | {said[0]} | {said[1]} |\n"


def _row(key: str) -> str:
    answer = ANSWERS[key]
    said = [catalogues.of(locale).gettext(answer.sentence.message) for locale in ("en", "fr")]
    return f"| `{key}` | {int(answer.status)} | {said[0]} | {said[1]} |\n"


if __name__ == "__main__":
    PAGE.write_text(page())
