"""Photographs that a file names by their addresses: called one after the other, each with its own end."""

from __future__ import annotations

import tempfile
from pathlib import Path
from typing import TYPE_CHECKING, Any

from marketplace.domain.imports.given import Photograph
from marketplace.domain.outward import AddressRefused
from marketplace.toolbox import GatewayRefusal, GatewayTrouble

if TYPE_CHECKING:
    from collections.abc import Mapping

    from marketplace.toolbox import Toolbox

PHOTOGRAPH_BYTES_MAX = 15 * 1024 * 1024
KINDS = {
    "image/jpeg": ".jpg",
    "image/png": ".png",
    "image/webp": ".webp",
    "image/avif": ".avif",
}
NAME_LENGTH_MAX = 200


def fetched(tools: Toolbox, url: str) -> Photograph:
    """The photograph at ``url``, drawn anew; with a ``code`` where it cannot be had, never an exception."""
    with tempfile.TemporaryDirectory(prefix="aubaine-") as folder:
        path = Path(folder) / "fetched"
        try:
            found = tools.outward.fetch(
                url, path, bytes_max=PHOTOGRAPH_BYTES_MAX, kinds=frozenset(KINDS)
            )
        except AddressRefused:
            return Photograph(url, code="photograph_address")
        except GatewayTrouble:
            return Photograph(url, code="photograph_silent")
        except GatewayRefusal as no:
            return _refused(url, no.code)
        return tools.pictures.drawn_single(path, name=f"photograph{KINDS[found.kind]}")


def _refused(url: str, code: str) -> Photograph:
    if code == "too_large":
        return Photograph(url, code="photograph_too_large", facts=(("most", "15 MiB"),))
    if code.startswith("status_"):
        status = code.removeprefix("status_")
        return Photograph(url, code="photograph_unreachable", facts=(("status", status),))
    return Photograph(url, code="photograph_kind")


def filename(url: str) -> str:
    """What a fetched photograph is called: its address without the protocol, the end of it if it is long."""
    return url.partition("://")[2][-NAME_LENGTH_MAX:]


def waits(photograph: Mapping[str, Any]) -> bool:
    """Whether a photograph named by its address was neither fetched nor given up."""
    return bool(photograph.get("address")) and not photograph["code"] and not photograph["sha256"]
