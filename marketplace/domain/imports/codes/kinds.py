"""What a code is: how grave, its reason and its mend."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum


class Severity(StrEnum):
    """``block`` refuses the row (or the file, at the header's row); ``warn`` lets it in."""

    BLOCK = "block"
    WARN = "warn"


@dataclass(frozen=True, slots=True)
class Kind:
    """One code with its severity at import and its two sentences."""

    code: str
    severity: Severity
    message: str
    mend: str


def block(code: str, message: str, mend: str) -> Kind:
    """A code that refuses its row, or the file."""
    return Kind(code, Severity.BLOCK, message, mend)


def warn(code: str, message: str, mend: str) -> Kind:
    """A code that lets its row in."""
    return Kind(code, Severity.WARN, message, mend)
