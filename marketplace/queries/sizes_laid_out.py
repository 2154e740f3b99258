"""How sizes that stand side by side in a brand's file will stand below one another."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import islice
from typing import TYPE_CHECKING

from marketplace.db import imports
from marketplace.domain.imports import keeping, readings, sizes
from marketplace.domain.imports.arranging import Arranged
from marketplace.domain.imports.records import unfolded
from marketplace.domain.imports.surveys import colour_of
from marketplace.queries import import_desk

if TYPE_CHECKING:
    from marketplace.toolbox import Toolbox

ROWS_LAID_OUT_MAX = 20
SIZES_SHOWN_MAX = 12


@dataclass(frozen=True, slots=True)
class SizeShown:
    """One size of a row that holds several side by side, as it will stand: texts of the file."""

    number: int
    style: str
    colour: str
    size: str
    system: str
    units: str


def first(tools: Toolbox, *, import_id: int) -> tuple[SizeShown, ...]:
    """The first sizes that stand side by side, as rows of their own; empty where the file has none."""
    with tools.reading() as session:
        row = import_desk.owned(tools, session, import_id)
        if not row.guess:
            return ()
        reading = readings.reading(keeping.guess_from(row.guess).corrected(row.mapping))
        if not (reading.sizes or "assortment" in reading.fields):
            return ()
        after = 0 if reading.titled else reading.header.ends
        rows = imports.rows_after(session, row.id, after, most=ROWS_LAID_OUT_MAX)
    records = (unfolded(reading, each) for each in Arranged(reading, rows) if each.size)
    return tuple(
        SizeShown(
            each.number,
            each.text("style_code"),
            colour_of(each),
            *sizes.understood(each.text("size_label"), each.text("size_system")),
            each.text("units_offered"),
        )
        for each in islice(records, SIZES_SHOWN_MAX)
    )
