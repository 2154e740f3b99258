"""One thing found in a brand's file: where it stands, what it is, why it matters and how to mend it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from marketplace.domain.imports.codes import KINDS, Severity

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

VALUE_LENGTH_MAX = 200
"""A value longer than this is cut in a problem; the row itself is kept whole."""


@dataclass(frozen=True, slots=True)
class Problem:
    """One thing found. ``row`` as the spreadsheet shows it (header = 1 in a file without title rows).

    ``details`` fill the named places of the sentences, besides ``value`` and ``column``.
    """

    row: int
    column: str | None
    value: str
    code: str
    severity: Severity
    details: tuple[tuple[str, str], ...] = ()

    def message(self, say: Callable[[str], str] = str) -> str:
        """The reason in words; ``say`` translates the English source sentence."""
        return say(KINDS[self.code].message) % self._places()

    def mend(self, say: Callable[[str], str] = str) -> str:
        """What to do about it, in words."""
        return say(KINDS[self.code].mend) % self._places()

    def as_plain(self, say: Callable[[str], str] = str) -> dict[str, object]:
        """The problem as documented for programs."""
        return {
            "row": self.row,
            "column": self.column,
            "value": self.value,
            "code": self.code,
            "severity": str(self.severity),
            "message": self.message(say),
            "mend": self.mend(say),
        }

    def as_kept(self) -> dict[str, object]:
        """The problem without words, for storing; :func:`from_kept` brings it back in any language."""
        return {
            "row": self.row,
            "column": self.column,
            "value": self.value,
            "code": self.code,
            "severity": str(self.severity),
            "details": dict(self.details),
        }

    def _places(self) -> dict[str, str]:
        return {"value": self.value, "column": self.column or "", **dict(self.details)}


def from_kept(kept: dict[str, object]) -> Problem:
    """The problem that :meth:`Problem.as_kept` stored."""
    details = kept.get("details")
    column = kept.get("column")
    return Problem(
        row=int(str(kept["row"])),
        column=None if column is None else str(column),
        value=str(kept["value"]),
        code=str(kept["code"]),
        severity=Severity(str(kept["severity"])),
        details=tuple((k, str(v)) for k, v in details.items()) if isinstance(details, dict) else (),
    )


def found(row: int, column: str | None, value: str, code: str, **details: object) -> Problem:
    """A problem with the severity that its code has at import."""
    return Problem(
        row=row,
        column=column,
        value=shortened(value),
        code=code,
        severity=KINDS[code].severity,
        details=tuple((name, shortened(str(each))) for name, each in details.items()),
    )


HIDDEN_NAMED_MAX = 8


def of_sheet(row: int, *, uneven_quotes: bool, hidden: Sequence[int]) -> list[Problem]:
    """What is odd about a sheet before anything of it is understood; ``row`` is its header's."""
    told = [found(row, None, "", "quotes_uneven")] if uneven_quotes else []
    if hidden:
        named = ", ".join(map(str, hidden[:HIDDEN_NAMED_MAX]))
        more = " \u2026" if len(hidden) > HIDDEN_NAMED_MAX else ""
        told.append(found(row, None, "", "rows_hidden", count=len(hidden), rows=f"{named}{more}"))
    return told


def shortened(text: str) -> str:
    """``text``, cut to the letters that a page can show."""
    return text if len(text) <= VALUE_LENGTH_MAX else text[: VALUE_LENGTH_MAX - 1] + "…"
