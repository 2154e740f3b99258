"""Photographs that carry their brand's mark: how often one is tried, and which copy of it is the widest."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping

ATTEMPTS_MAX = 5
"""Tries to draw a mark on one photograph; then its brand is told that it cannot be drawn."""
CLAIM_LENGTH = timedelta(minutes=5)
"""For so long a portion is in one worker's hands; a portion takes seconds."""


def fitting(widths: Mapping[str, str], width: int, kinds: tuple[str, ...] = ()) -> str:
    """The storage key of the smallest copy that is at least ``width`` pixels wide, else of the widest.

    ``kinds`` (such as ``avif``) are taken rather than the one that every browser reads.
    """
    known = sorted(int(each) for each in widths if each.isdigit())
    assert known, "a photograph that is ready has copies"
    chosen = next((each for each in known if each >= width), known[-1])
    names = (*(f"{chosen}.{kind}" for kind in kinds), str(chosen))
    return next(widths[name] for name in names if name in widths)
