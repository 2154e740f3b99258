"""Rows out of a few lines of text, judged as a file would be: what the tests of the rules start from."""

from __future__ import annotations

from marketplace.domain.imports import guessing, judging, surveys
from marketplace.domain.imports.readings import reading
from marketplace.domain.imports.rows import Row


def rows(*lines: str) -> list[Row]:
    """Rows from lines whose cells are parted by ``|``; numbered from 1."""
    return [
        Row(number, tuple(cell.strip() for cell in line.split("|")))
        for number, line in enumerate(lines, start=1)
    ]


def surveyed(lines, *, mapping=None, currency="EUR", point=None):
    table = rows(*lines)
    guess = guessing.guess(table).corrected(mapping or {})
    return surveys.survey(reading(guess, currency=currency, point=point), table), table


def judged(*lines: str, **how):
    """The verdict on each row, by row number."""
    survey, table = surveyed(lines, **how)
    return {each.number: each for each in judging.judged(survey, table)}


def codes(each) -> list[str]:
    return [problem.code for problem in each.problems]
