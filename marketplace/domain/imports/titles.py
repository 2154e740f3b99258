"""Lists whose products are named above their rows: ``STYLE: A100 - Silk blouse``, then colours and sizes below it."""

from __future__ import annotations

import re
from dataclasses import replace
from typing import TYPE_CHECKING

from marketplace.domain.imports import headers
from marketplace.domain.imports.conditions import folded
from marketplace.domain.imports.rows import Title, cleaned, one_line

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from marketplace.domain.imports.rows import Row

CELLS_MAX = 3
"""A title fills a cell or two; what fills more is a row of the list."""

TEXT_LENGTH_MAX = 200
_NAMED = re.compile(
    r"(?P<words>[^\W\d_][^:#\d]{0,30}?)[\s:#.\u00b0]+(?P<code>(?=[\w./-]*\d)[\w./-]{2,40})"
    r"(?:[\s:,;\u2013\u2014-]+(?P<name>\S.*))?"
)


def title_in(row: Row) -> Title | None:
    """The product that the row names for those below it; None where it names none."""
    cells = [text for cell in row.cells if (text := one_line(cleaned(cell)))]
    if not cells or len(cells) > CELLS_MAX:
        return None
    found = _NAMED.fullmatch(" ".join(cells)[:TEXT_LENGTH_MAX])
    if found is None or not _means_style(found.group("words")):
        return None
    return Title(found.group("code"), (found.group("name") or "").strip())


def _means_style(words: str) -> bool:
    fields = {field for field, sure in headers.meanings(words) if sure >= headers.SECOND_MEANING}
    return bool(fields & {"style_code", "style_name", "sku"}) and bool(folded(words))


def titled(rows: Iterable[Row], *, after: int) -> Iterator[Row]:
    """The rows behind the one numbered ``after``, each with the last title above it; of titles only that is left."""
    last: Title | None = None
    for row in rows:
        title = title_in(row)
        last = title or last
        if row.number > after:
            yield replace(row, title=last, cells=() if title else row.cells) if last else row
