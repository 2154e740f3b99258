"""Lists that lie on their side: what is said stands down the first column, one article in each column behind it.

Such a list is turned before anything else is understood of it. Its columns then are rows, numbered from column A on.
"""

from __future__ import annotations

from itertools import islice
from typing import TYPE_CHECKING

from marketplace.domain.imports import guessing, headers
from marketplace.domain.imports.rows import COLUMNS_MAX, Row, cleaned

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

NAMES_MIN = 3
"""So many different things named below one another are the names of columns."""

LINES_MAX = COLUMNS_MAX
"""A list of more filled rows would have more columns than any list has once it is turned."""

_ORIGINS = frozenset({"style_code", "sku", "style_name"})


def few(rows: Iterable[Row]) -> list[Row] | None:
    """The filled rows, where they are few enough to be columns; else None."""
    found = list(islice((row for row in rows if not row.is_blank), LINES_MAX + 1))
    return found if len(found) <= LINES_MAX else None


def turned(rows: Sequence[Row]) -> list[Row]:
    """The columns of ``rows`` as rows, each numbered by its column: A is 1. Blank ones are left out."""
    filled = [row for row in rows if not row.is_blank]
    width = max((len(row.cells) for row in filled), default=0)
    columns = (
        Row(place + 1, tuple(row.cells[place] if place < len(row.cells) else "" for row in filled))
        for place in range(width)
    )
    return [column for column in columns if not column.is_blank]


def lies_on_its_side(rows: Sequence[Row]) -> bool:
    """Whether more is named down one column than along any row, the articles among it."""
    side = turned(rows)
    down = max(map(_named, side), key=len, default=frozenset())
    along = max(map(_named, rows), key=len, default=frozenset())
    if len(down) < NAMES_MIN or len(down) <= len(along) or len(side) <= 1:
        return False
    said = guessing.guess(side).choices
    return bool(_ORIGINS & {each.field for each in said if each.confidence > guessing.BY_LOOKS})


def _named(row: Row) -> frozenset[str]:
    """The fields that the row's cells name as headers do."""
    words = (text for cell in row.cells if (text := cleaned(cell)))
    named = (headers.meanings(text) for text in words if headers.is_header_word(text))
    return frozenset(found[0][0] for found in named)
