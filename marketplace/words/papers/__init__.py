"""Printed documents: PDF in the house's own type, tagged so that they can be read aloud (PDF/UA-1).

A paper of kind ``packing_slips`` is ``packing_slips.typ``; it reads its facts as JSON: finished strings, never markup.
Typst was chosen because it sets a page in some ten milliseconds, tags it, embeds its fonts and needs no system library.
"""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING, Any

import typst

if TYPE_CHECKING:
    from collections.abc import Mapping

FOLDER = Path(__file__).parent


def printed(kind: str, *, lang: str, title: str, facts: Mapping[str, Any]) -> bytes:
    """The PDF of a paper: ``facts`` are what its template names, ``title`` and ``lang`` are the document's own."""
    told = json.dumps({**facts, "lang": lang, "title": title}, ensure_ascii=False)
    return typst.compile(
        FOLDER / f"{kind}.typ",
        root=FOLDER,
        font_paths=[FOLDER / "fonts"],
        ignore_system_fonts=True,
        sys_inputs={"facts": told},
        pdf_standards="ua-1",
    )
