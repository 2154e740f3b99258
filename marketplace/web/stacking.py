"""Tables that stand their cells below one another on a phone, each under the name of its column."""

from __future__ import annotations

import re
from itertools import count
from typing import TYPE_CHECKING

from markupsafe import Markup, escape

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

_ROW = re.compile(r"<tr(?P<said>\s[^<>]*)?>(?P<cells>.*?)</tr>", re.DOTALL)
_CELL = re.compile(r"<(?P<tag>t[dh])(?P<said>\s[^<>]*)?>(?P<inside>.*?)</(?P=tag)>", re.DOTALL)
_SPAN = re.compile(r'\scolspan="(\d+)"')


def stacked(rows: str, columns: Sequence[Mapping[str, object]]) -> Markup:
    """``rows`` of a table as a template wrote them, every cell with the label of its column.

    Their roles are said as well: a browser forgets that a row is one once it no longer looks like it. Rows hold no
    table of their own.
    """
    assert "<table" not in rows, "a stacked table holds no other"
    labels = [str(escape(str(column["label"]))) for column in columns]
    return Markup(_ROW.sub(lambda row: _row(row, labels), rows))  # noqa: S704 - a template escaped it already


def _row(row: re.Match[str], labels: Sequence[str]) -> str:
    places = count()

    def cell(found: re.Match[str]) -> str:
        said = found["said"] or ""
        place = next(places)
        span = _SPAN.search(said)
        for _ in range(int(span[1]) - 1 if span else 0):
            next(places)
        label = f' data-label="{labels[place]}"' if place < len(labels) and not span else ""
        role = "rowheader" if found["tag"] == "th" else "cell"
        inside = f'<div class="stack-cell">{found["inside"].strip()}</div>'
        return f'<{found["tag"]}{said}{label} role="{role}">{inside}</{found["tag"]}>'

    return f'<tr{row["said"] or ""} role="row">{_CELL.sub(cell, row["cells"])}</tr>'
