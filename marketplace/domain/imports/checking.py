"""A whole file at once: read as guessed or as told, judged row by row, counted, told."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from marketplace.domain.imports import guessing, judging, surveys, turning
from marketplace.domain.imports.lines import Counts, counted
from marketplace.domain.imports.photographs import Album
from marketplace.domain.imports.problems import Problem, of_sheet
from marketplace.domain.imports.readings import CURRENCY_DEFAULT, reading
from marketplace.domain.imports.unreadable import FileUnreadable

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

    from marketplace.domain.imports.figures import Point
    from marketplace.domain.imports.given import Photograph, SheetText
    from marketplace.domain.imports.lines import Judged
    from marketplace.domain.imports.readings import Guess, Reading
    from marketplace.domain.imports.rows import Row


_POINTS: dict[str | None, Point] = {";": ",", ",": "."}


@dataclass(frozen=True, slots=True)
class Report:
    """What would be imported, and all that is wrong. Problems stand in the order of their rows.

    Of a list that was ``turned`` the rows are its columns: row 2 is column B.
    """

    guess: Guess
    counts: Counts
    problems: tuple[Problem, ...]
    turned: bool = False

    @property
    def blocks(self) -> bool:
        """Whether anything keeps a row or the whole file out."""
        return any(problem.severity == "block" for problem in self.problems)


def upright(sheet: SheetText, *, turns: bool | None = None) -> tuple[SheetText, bool]:
    """The sheet with its articles below one another, and whether it was turned for that.

    ``turns`` has the last word; None where it is for the list to tell.
    """
    lines = turning.few(sheet.rows) if turns is not False else None
    if lines is None or not (turns or turning.lies_on_its_side(lines)):
        return sheet, False
    return replace(sheet, rows=turning.turned(lines)), True


def guessed(sheet: SheetText, *, mapping: Mapping[str, str | None] | None = None) -> Guess:
    """How ``sheet`` would be read, ``mapping`` (column to field) having the last word."""
    first: list[Row] = []
    for row in sheet.rows:
        first.append(row)
        if len(first) == guessing.ROWS_LOOKED_AT_MAX:
            break
    if not first:
        raise FileUnreadable("no_cells", name="")
    return guessing.guess(first).corrected(mapping or {})


def usual_point(sheet: SheetText) -> Point | None:
    """The decimal separator that goes with the file's own: semicolons stand where the comma is taken."""
    return _POINTS.get(sheet.delimiter)


def check(
    sheet: SheetText,
    *,
    mapping: Mapping[str, str | None] | None = None,
    currency: str = CURRENCY_DEFAULT,
    photographs: Iterable[Photograph] | None = None,
) -> Report:
    """The report on one sheet and, where there are any, the photographs sent with it."""
    sheet, turned = upright(sheet)
    guess = guessed(sheet, mapping=mapping)
    how = reading(guess, currency=currency, point=usual_point(sheet))
    survey = surveys.survey(how, sheet.rows)
    problems = judging.file_problems(survey)
    problems += of_sheet(
        guess.header.number, uneven_quotes=sheet.uneven_quotes, hidden=sheet.hidden
    )
    album = Album()
    counts = counted(_told(judging.judged(survey, sheet.rows), problems, album))
    if photographs is not None:
        problems = _with_photographs(problems, album, photographs, how)
    return Report(guess, counts, tuple(sorted(problems, key=lambda problem: problem.row)), turned)


def _told(judged: Iterable[Judged], problems: list[Problem], album: Album) -> Iterator[Judged]:
    for each in judged:
        problems.extend(each.problems)
        album.hear(each)
        yield each


def _with_photographs(
    problems: list[Problem], album: Album, photographs: Iterable[Photograph], how: Reading
) -> list[Problem]:
    """The problems, those of the photographs added and those that the photographs mend left out."""
    looked_at = list(photographs)
    matches = album.matched(each.name for each in looked_at)
    refused = {each.name: (each.code, dict(each.facts)) for each in looked_at if each.code}
    sent = any(match.style_code and match.name not in refused for match in matches)
    kept = [
        p for p in problems if not (sent and p.code in {"images_missing", "photographs_by_address"})
    ]
    column = how.column_of("images") or how.column_of("style_images")
    return kept + album.problems(matches, refused, header_row=how.header.number, column=column)
