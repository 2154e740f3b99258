"""A small process tree, started for one test and gone after it."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from urllib.request import urlopen

import psycopg
import pytest
from redis import Redis
from rq import Queue

from marketplace.local import throwaway
from marketplace.local.state import ROOT
from tests.local import kin

TREE = Path(__file__).with_name("tree.py")


@dataclass
class Tree:
    """The running tree, as a test sees it from outside."""

    folder: Path
    flags: tuple[str, ...]
    process: subprocess.Popen[bytes] = field(init=False)

    @property
    def told(self) -> dict[str, str]:
        return json.loads((self.folder / "ready.json").read_text())

    @property
    def log(self) -> str:
        return (self.folder / "supervisor.log").read_text()

    def mains_of(self, word: str) -> list[int]:
        """The processes that the supervisor itself started for ``word``."""
        return [pid for pid in kin.named(self.process.pid, word) if self._is_own(pid)]

    def _is_own(self, pid: int) -> bool:
        return kin.parent(pid) == self.process.pid

    def page(self) -> int:
        """Ask for the page; it answers with the pid of the granian worker that served it."""
        with urlopen(f"http://127.0.0.1:{self.told['web']}/", timeout=5) as answer:
            return int(answer.read())

    def pages(self) -> bool:
        try:
            return self.page() > 0
        except OSError:
            return False

    def database(self) -> psycopg.Connection:
        return psycopg.connect(self.told["database"], autocommit=True, connect_timeout=5)

    def begin_long_job(self) -> int:
        """Let the RQ worker fork for a job that takes a minute; returns the fork's pid."""
        sign = self.folder / "job.pid"
        sign.unlink(missing_ok=True)
        with Redis.from_url(self.told["redis"]) as redis:
            Queue("default", connection=redis).enqueue("stand_ins.long_job", str(sign))
        kin.eventually(lambda: sign.exists() and sign.read_text())
        return int(sign.read_text())

    def start(self) -> None:
        (self.folder / "ready.json").unlink(missing_ok=True)
        environment = {**os.environ, "PYTHONPATH": str(ROOT)}
        environment.pop("PYTHONDONTWRITEBYTECODE", None)
        self.process = subprocess.Popen(
            [sys.executable, str(TREE), str(self.folder), *self.flags],
            env=environment,
            cwd=self.folder,
        )
        kin.eventually(
            lambda: (self.folder / "ready.json").exists() or self.process.poll() is not None
        )
        assert self.process.poll() is None, self.log


@pytest.fixture
def place() -> Iterator[Path]:
    """A folder with spaces in its name that the servers' account can enter, unlike pytest's own."""
    with throwaway.folder() as made:
        inside = made / "a place with spaces"
        inside.mkdir()
        yield inside


@pytest.fixture
def tree(place) -> Iterator[Tree]:
    with _grown(place) as grown:
        yield grown


@pytest.fixture
def loose_tree(place) -> Iterator[Tree]:
    """The same tree with its Python processes left untied."""
    with _grown(place, "--loose") as grown:
        yield grown


@contextmanager
def _grown(folder: Path, *flags: str) -> Iterator[Tree]:
    grown = Tree(folder, flags)
    grown.start()
    try:
        yield grown
    finally:
        grown.process.terminate()
        grown.process.wait(60)
