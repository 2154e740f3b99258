"""How a list that lies on its side stands once it is turned."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from marketplace.db import imports
from marketplace.domain.imports.rows import Row, cleaned, shortened_sample
from marketplace.queries import import_desk

if TYPE_CHECKING:
    from marketplace.toolbox import Toolbox

ARTICLES_SHOWN_MAX = 4
NAMES_SHOWN_MAX = 8


@dataclass(frozen=True, slots=True)
class TurnedList:
    """What stood down the first column, and the first articles, numbered by their columns; empty if none was turned."""

    names: tuple[str, ...]
    rows: tuple[Row, ...]


def first(tools: Toolbox, *, import_id: int) -> TurnedList:
    """The first articles of the brand's own import."""
    with tools.reading() as session:
        row = import_desk.owned(tools, session, import_id)
        if not row.turned or not row.guess:
            return TurnedList((), ())
        after = max(row.guess["header"], row.guess.get("last", 0))
        rows = imports.rows_after(session, row.id, after, most=ARTICLES_SHOWN_MAX)
        names = tuple(row.header[:NAMES_SHOWN_MAX])
    return TurnedList(
        names,
        tuple(
            Row(
                each.number,
                tuple(shortened_sample(cleaned(cell)) for cell in each.cells[: len(names)]),
            )
            for each in rows
        ),
    )
