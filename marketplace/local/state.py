"""The folder in which a stack on one machine keeps everything, from stores to logs."""

from __future__ import annotations

import fcntl
import json
import os
import secrets
import shutil
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from marketplace.local import account

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

ROOT = Path(__file__).resolve().parents[2]
VARIABLE = "AUBAINE_STATE"
"""Names another folder than `.state` of the tree; tests give each stack one of its own."""

_MARK = "this-folder-is-aubaine's.txt"
_MARK_TEXT = "Made by `python3 dev.py up`; emptied by `python3 dev.py reset`.\n"


class StateError(Exception):
    """The folder cannot be used; the text is shown to the person at the terminal."""


@dataclass(frozen=True, slots=True)
class State:
    """Where each thing is kept below ``folder``."""

    folder: Path

    @property
    def postgres(self) -> Path:
        """PostgreSQL's folder."""
        return self.folder / "postgres"

    @property
    def valkey(self) -> Path:
        """Valkey's folder."""
        return self.folder / "valkey"

    @property
    def stripe(self) -> Path:
        """What the Stripe simulator remembers."""
        return self.folder / "stripe"

    @property
    def files(self) -> Path:
        """Photographs and documents."""
        return self.folder / "files"

    @property
    def logs(self) -> Path:
        """One log for each process."""
        return self.folder / "logs"

    @property
    def figures(self) -> Path:
        """What several processes count together; emptied at each start."""
        return self.folder / "figures"

    @property
    def ports(self) -> Path:
        """The ports that were chosen, so that addresses stay."""
        return self.folder / "ports.json"

    @property
    def demo(self) -> Path:
        """The demo's sign-ins; its presence says that the demo data is there."""
        return self.folder / "demo.json"

    @property
    def prepared(self) -> Path:
        """Which migrations our own database has seen."""
        return self.folder / "prepared.txt"

    @property
    def running(self) -> Path:
        """Addresses of the stack that runs now; absent while none is ready."""
        return self.folder / "running.json"

    def secrets(self) -> Mapping[str, str]:
        """Return this stack's own secrets, chosen once."""
        kept = self.folder / "secrets.json"
        if not kept.exists():
            fresh = {
                "secret_key": secrets.token_urlsafe(48),
                "app_password": secrets.token_urlsafe(24),
                "stripe_api_key": f"sk_test_{secrets.token_hex(16)}",
                "stripe_webhook_secret": f"whsec_{secrets.token_hex(16)}",
            }
            account.write_private(kept, json.dumps(fresh, indent=2) + "\n")
        found: dict[str, str] = json.loads(kept.read_text())
        return found


def chosen(environment: Mapping[str, str]) -> State:
    """Return the state that ``environment`` names, by default `.state` of this tree."""
    named = environment.get(VARIABLE, "").strip()
    return State(Path(named).resolve() if named else ROOT / ".state")


def make(state: State) -> None:
    """Make the folder's rooms; refuses a folder that holds something else."""
    _claim(state.folder)
    for room in (state.stripe, state.files, state.logs):
        room.mkdir(mode=0o700, exist_ok=True)
    shutil.rmtree(state.figures, ignore_errors=True)
    state.figures.mkdir(mode=0o700)
    state.running.unlink(missing_ok=True)


def _claim(folder: Path) -> None:
    """Make ``folder`` ours: never one in which somebody keeps something else."""
    if folder.exists() and any(folder.iterdir()) and not (folder / _MARK).exists():
        raise StateError(f"{folder} is not empty and was not made by Aubaine; name another folder.")
    folder.mkdir(parents=True, exist_ok=True)
    # The account that runs PostgreSQL passes through to its own folder and reads nothing else.
    folder.chmod(0o711 if os.geteuid() == 0 else 0o700)
    (folder / _MARK).write_text(_MARK_TEXT)


@contextmanager
def held(state: State) -> Iterator[None]:
    """Hold the folder for this process alone; refuses while another stack runs on it."""
    _claim(state.folder)
    with (state.folder / "lock").open("a+") as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError as trouble:
            lock.seek(0)
            running = lock.read().strip()
            raise StateError(
                f"Aubaine runs on {state.folder} already, as process {running}: stop it first."
            ) from trouble
        lock.truncate(0)
        lock.write(f"{os.getpid()}\n")
        lock.flush()
        yield


def empty(state: State) -> None:
    """Remove the folder and what its servers keep elsewhere; refuses a folder that is not ours."""
    if not (state.folder / _MARK).exists():
        raise StateError(f"{state.folder} was not made by Aubaine; nothing was removed.")
    shutil.rmtree(account.elsewhere(state.postgres), ignore_errors=True)
    shutil.rmtree(state.folder)
