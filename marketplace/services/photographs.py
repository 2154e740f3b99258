"""Photographs with their brand's mark: drawn from our own copies, shown from the moment they are kept."""

from __future__ import annotations

import hashlib
import sys
import tempfile
import zipfile
from pathlib import Path
from typing import TYPE_CHECKING

from marketplace.db import photographs
from marketplace.domain.photographs import fitting
from marketplace.toolbox import GatewayRefusal

if TYPE_CHECKING:
    from collections.abc import Mapping

    from marketplace.db.photographs import Unmarked
    from marketplace.domain.imports.given import Photograph
    from marketplace.toolbox import Toolbox

PORTION_MAX = 12
"""Drawn by one child of ours: half a minute on a slow machine."""


def mark_some(tools: Toolbox) -> int:
    """Draw the mark on a portion of the photographs that wait for it; returns how many were taken up.

    Each is shown to members as soon as its own copies are kept. One that cannot be read or drawn waits for its claim
    to lapse and is tried again, a few times.
    """
    with tools.transaction() as session:
        taken = {
            f"{each.photograph_id}": each for each in photographs.claim(session, most=PORTION_MAX)
        }
    if not taken:
        return 0
    mark = next(iter(taken.values())).watermark
    with tempfile.TemporaryDirectory(prefix="aubaine-") as folder:
        path = Path(folder) / "copies.zip"
        if _packed(tools, taken, path):
            for drawn in tools.pictures.marked(path, name=path.name, mark=mark):
                _hang(tools, taken, drawn)
    return len(taken)


def _packed(tools: Toolbox, taken: Mapping[str, Unmarked], path: Path) -> int:
    """Our widest copies in one ZIP file; how many were found."""
    with zipfile.ZipFile(path, "w") as container:
        for number, each in taken.items():
            try:
                content = tools.files.get(fitting(each.widths, sys.maxsize))
            except GatewayRefusal:
                continue
            container.writestr(number + _ending(content), content)
        return len(container.namelist())


def _ending(content: bytes) -> str:
    return ".webp" if content[8:12] == b"WEBP" else ".jpg"


def _hang(tools: Toolbox, taken: Mapping[str, Unmarked], drawn: Photograph) -> None:
    """Keep the copies under names that come from what they hold, then show them."""
    if drawn.code is not None:
        return
    marked = {}
    for copy in drawn.copies:
        key = f"photographs/{hashlib.sha256(copy.content).hexdigest()}"
        tools.files.put(key, copy.content)
        marked[copy.name] = key
    with tools.transaction() as session:
        photographs.hang_marked(session, taken[drawn.name.partition(".")[0]], marked)
