"""Figures that are kept and sealed: plain values in one form, and the hash that shows that nothing was changed."""

from __future__ import annotations

import hashlib
import json
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Mapping


def plain(value: Any) -> Any:  # noqa: ANN401 - whatever JSON can hold
    """Tuples as the lists that JSON knows, so that what is kept and what is read back are equal."""
    if isinstance(value, dict):
        return {key: plain(each) for key, each in value.items()}
    return [plain(each) for each in value] if isinstance(value, list | tuple) else value


def canonical(figures: Mapping[str, Any]) -> bytes:
    """Stored figures in the one form that is sealed, and that a brand downloads to check the seal."""
    return json.dumps(figures, sort_keys=True, separators=(",", ":")).encode()


def sealed(figures: Mapping[str, Any]) -> str:
    """SHA-256 of the canonical form."""
    return hashlib.sha256(canonical(figures)).hexdigest()
