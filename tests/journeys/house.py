"""A whole running house for journeys: every process real, on throw-away stores of its own."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import pyotp
from sqlalchemy import Engine, create_engine, text
from sqlalchemy.orm import Session
from sqlalchemy.pool import NullPool

from marketplace.db import clock, invariants, passwords
from marketplace.local import outside, state
from marketplace.local.state import ROOT
from tests import factories

UP = (sys.executable, "-m", "marketplace.local.up")
READY_SECONDS_MAX = 500.0
"""Longer than it ever takes, filled with the demo and on a machine that does other things as well."""
STOP_SECONDS_MAX = 90
SECRET = "JBSWY3DPEHPK3PXPJBSWY3DPEHPK3PXP"


@dataclass
class House:
    """A running house, as its owner and as a visitor see it."""

    folder: Path
    process: subprocess.Popen[str]
    told: dict
    owner: Engine

    @property
    def url(self) -> str:
        """The address that people type."""
        return self.told["public_url"]

    @contextmanager
    def session(self) -> Iterator[Session]:
        """A session of the database's owner, to set the scene and to look behind it."""
        with Session(self.owner, expire_on_commit=False) as session:
            yield session
            session.commit()

    def value(self, statement: str, **parameters: object) -> object:
        """The one value that ``statement`` returns to the owner."""
        with self.owner.connect() as connection:
            return connection.execute(text(statement), parameters).scalar_one()

    def rows(self, statement: str, **parameters: object) -> list[tuple]:
        """All rows that ``statement`` returns to the owner."""
        with self.owner.connect() as connection:
            return [tuple(row) for row in connection.execute(text(statement), parameters)]

    def broken(self) -> list[str]:
        """The invariants that do not hold now."""
        with Session(self.owner) as session:
            return [f"{each.name}: {each.row}" for each in invariants.broken(session)]

    def pids(self) -> dict[str, int]:
        """The last process that the supervisor's log names for each child."""
        lines = (self.folder / "logs" / "supervisor.log").read_text().splitlines()
        started = [line.split()[3:] for line in lines if " started as process " in line]
        return {words[0]: int(words[4].rstrip(":")) for words in started}

    def kill(self, name: str) -> None:
        """End a process as a crash would; the supervisor brings it back."""
        try:
            os.kill(self.pids()[name], signal.SIGKILL)
        except ProcessLookupError:
            return

    def until(self, found, *, seconds_max: float = 60.0, what: str = "it"):
        """Ask again and again until ``found()`` is true; what it answered."""
        ends = time.monotonic() + seconds_max
        while time.monotonic() < ends:
            answer = found()
            if answer:
                return answer
            time.sleep(0.1)
        raise AssertionError(f"{what} did not come about in {seconds_max} s")


@contextmanager
def opened(
    folder: Path,
    *,
    demo: bool = False,
    files: Path | None = None,
    up: tuple[str, ...] = UP,
    **more: str,
) -> Iterator[House]:
    """Start a house in ``folder``, empty or filled as its demo and by a brand's ``files``, and stop it at the end."""
    process = _begun(folder, demo=demo, files=files, up=up, **more)
    running = state.State(folder).running
    ends = time.monotonic() + READY_SECONDS_MAX
    try:
        while not running.exists() and process.poll() is None and time.monotonic() < ends:
            time.sleep(0.05)
        assert running.exists(), f"the house did not open: see {folder}/logs"
        told = json.loads(running.read_text())
        owner = create_engine(told["owner_url"], poolclass=NullPool)
        yield House(folder, process, told, owner)
        owner.dispose()
    finally:
        process.send_signal(signal.SIGINT)
        process.communicate(timeout=STOP_SECONDS_MAX)


def begun_and_broken_off(folder: Path, files: Path) -> None:
    """Stop a house that fills itself once its first brand has sent a file."""
    process = _begun(folder, demo=True, files=files)
    assert process.stdout is not None
    for line in process.stdout:
        if "Filling the house" in line:
            break
    uploads, ends = folder / "files", time.monotonic() + READY_SECONDS_MAX
    while not (uploads.is_dir() and any(uploads.rglob("*"))):
        assert time.monotonic() < ends, "nothing was sent"
        time.sleep(0.05)
    process.send_signal(signal.SIGINT)
    process.communicate(timeout=STOP_SECONDS_MAX)
    assert not state.State(folder).demo.exists()


def _begun(
    folder: Path, *, demo: bool, files: Path | None, up: tuple[str, ...] = UP, **more: str
) -> subprocess.Popen[str]:
    machine = {name: value for name, value in os.environ.items() if name not in outside.NAMES}
    machine.pop("PYTHONDONTWRITEBYTECODE", None)
    return subprocess.Popen(
        [*up, *(() if demo else ("--no-demo",)), *(("--files", str(files)) if files else ())],
        env={**machine, state.VARIABLE: str(folder), **more},
        cwd=ROOT,
        stdout=subprocess.PIPE,
        text=True,
    )


def operator(session: Session) -> object:
    """Somebody of the house who can sign in with password and second factor."""
    kept = passwords.hashed(factories.PASSWORD)
    return factories.operator(
        session,
        name="Claire Aubin",
        email="claire@aubaine.example",
        password_hash=kept,
        totp_secret=SECRET,
        totp_confirmed_at=clock.now(session),
    )


def code() -> str:
    """The operator's second factor at this moment."""
    return pyotp.TOTP(SECRET).now()
