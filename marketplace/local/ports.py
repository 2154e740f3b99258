"""Ports on this machine: free ones, and the ones a stack keeps so that its addresses stay."""

from __future__ import annotations

import json
import socket
import sys
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

HOST = "127.0.0.1"


def free() -> int:
    """Return a port on which nobody listens now, chosen by the system."""
    with socket.socket() as tried:
        tried.bind((HOST, 0))
        port: int = tried.getsockname()[1]
        return port


def is_free(port: int) -> bool:
    """Tell whether a server could listen on ``port`` now."""
    with socket.socket() as tried:
        # As servers do: connections that are still closing do not count.
        tried.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            tried.bind((HOST, port))
        except OSError:
            return False
        return True


def answers(port: int) -> bool:
    """Tell whether somebody accepts connections on ``port``."""
    try:
        with socket.create_connection((HOST, port), timeout=1):
            return True
    except OSError:
        return False


def remembered(file: Path, wanted: Mapping[str, int]) -> dict[str, int]:
    """Return a free port for each name in ``wanted``, the same as last time where it is still free.

    ``wanted`` gives the port to try first, 0 for any. What is chosen is written to ``file`` and kept
    for this process: another stack that starts at the same instant chooses others.
    """
    try:
        before: dict[str, int] = json.loads(file.read_text())
    except (FileNotFoundError, ValueError):
        before = {}
    chosen: dict[str, int] = {}
    for name, first in wanted.items():
        chosen[name] = _chosen((before.get(name, 0), first), set(chosen.values()))
    file.write_text(json.dumps(chosen, indent=2) + "\n")
    return chosen


def _chosen(candidates: tuple[int, ...], taken: set[int]) -> int:
    for port in candidates:
        if port and port not in taken and is_free(port) and _keep(port):
            return port
    while (port := free()) in taken or not _keep(port):
        pass
    return port


_kept: set[int] = set()


def _keep(port: int) -> bool:
    """Keep ``port`` for this process until it ends; False if another stack keeps it.

    The port's own socket cannot tell: granian shares one with whoever listens there already. A name
    in Linux's abstract namespace has one owner, and goes with it however it ends.
    """
    if port in _kept or sys.platform != "linux":
        return True
    name = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
    try:
        name.bind(f"\0aubaine-port-{port}")
    except OSError:
        name.close()
        return False
    name.detach()  # open until the process ends
    _kept.add(port)
    return True
