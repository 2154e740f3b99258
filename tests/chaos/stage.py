"""Starts the house of a run with its wires, and stops it."""

from __future__ import annotations

import asyncio
import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from functools import partial
from pathlib import Path

from sqlalchemy import create_engine
from sqlalchemy.pool import NullPool

from marketplace.local import outside, state
from marketplace.local.state import ROOT
from tests.chaos import faults
from tests.chaos.house import WIRES
from tests.chaos.wires import Wire
from tests.journeys.house import READY_SECONDS_MAX, STOP_SECONDS_MAX, House

LOOK_SECONDS = 0.1


@asynccontextmanager
async def standing(folder: Path) -> AsyncIterator[tuple[House, dict[str, Wire]]]:
    """A running house in ``folder`` and the wires between its parts, until the block is left."""
    wires = {name: Wire(partial(_port, folder, name)) for name in faults.WIRES}
    ends = {name: await wire.open() for name, wire in wires.items()}
    process = _begun(folder, ends)
    try:
        yield await _ready(folder, process), wires
    finally:
        process.send_signal(signal.SIGINT)
        await asyncio.to_thread(process.wait, STOP_SECONDS_MAX)
        for wire in wires.values():
            await wire.close()


def _port(folder: Path, name: str) -> int:
    """Where a part really listens: known before anybody asks for it."""
    return int(json.loads(state.State(folder).ports.read_text())[name])


def _begun(folder: Path, ends: dict[str, int]) -> subprocess.Popen[bytes]:
    machine = {name: value for name, value in os.environ.items() if name not in outside.NAMES}
    machine.pop("PYTHONDONTWRITEBYTECODE", None)
    return subprocess.Popen(
        [sys.executable, "-m", "tests.chaos.house", str(folder)],
        env={**machine, WIRES: json.dumps(ends), "SIMULATOR_CONTROL": "1"},
        cwd=ROOT,
        stderr=subprocess.DEVNULL,
    )


async def _ready(folder: Path, process: subprocess.Popen[bytes]) -> House:
    running, until = state.State(folder).running, time.monotonic() + READY_SECONDS_MAX
    # Another process makes the file.
    while not running.exists() and process.poll() is None and time.monotonic() < until:  # noqa: ASYNC110
        await asyncio.sleep(LOOK_SECONDS)
    assert running.exists(), f"the house did not open: see {folder}/logs"
    told = json.loads(running.read_text())
    # The process was started for its signals alone: nobody reads from it.
    return House(folder, process, told, create_engine(told["owner_url"], poolclass=NullPool))  # type: ignore[arg-type]
