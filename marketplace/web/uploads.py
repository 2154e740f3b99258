"""Files that came with a form, as local ones while somebody looks at them."""

from __future__ import annotations

import tempfile
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

from flask import request

from marketplace.toolbox import Upload

if TYPE_CHECKING:
    from collections.abc import Iterator


@contextmanager
def received(name: str, *, most: int) -> Iterator[tuple[Upload, ...]]:
    """The files sent under ``name``, local while the block lasts; one more than ``most`` is enough to refuse."""
    with tempfile.TemporaryDirectory(prefix="aubaine-") as folder:
        found = []
        for place, sent in enumerate(request.files.getlist(name)[: most + 1]):
            if sent.filename:
                path = Path(folder) / f"sent-{place}"
                sent.save(path)
                found.append(Upload(sent.filename, path))
        yield tuple(found)
