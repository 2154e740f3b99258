"""A brand's own files on this machine: lists, each with the ZIP of its photographs beside it."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from pathlib import Path

SHEETS = (".csv", ".xlsx")


class ListsError(Exception):
    """The folder holds nothing to sell from; the text is shown to whoever named it."""


def found_in(folder: Path) -> tuple[tuple[Path, Path], ...]:
    """Each list in ``folder`` that has photographs, with their ZIP, whose name begins with the list's own."""
    if not folder.is_dir():
        raise ListsError(f"{folder} is no folder. Name one with a brand's lists and photographs.")
    found = tuple(
        (sheet, images)
        for sheet in sorted(folder.iterdir())
        if sheet.suffix in SHEETS
        for images in sorted(folder.glob(f"{sheet.stem}*.zip"))[:1]
    )
    if not found:
        sentence = (
            f"{folder} holds no list with photographs: put NAME.csv and NAME-images.zip there."
        )
        raise ListsError(sentence)
    return found
