"""The room in which strangers' files are read: no door, no secret, no child left behind."""

from __future__ import annotations

import os
import resource
import select
import socket
import subprocess
import sys
from pathlib import Path

import pytest

from marketplace.gateways.confined import starting

CONFINED = """
import resource, socket, sys
from marketplace.gateways.confined import guard
guard.shut_in()
tried = {{}}
for name, attempt in {{
    "file": lambda: open("/etc/hostname"),
    "socket": lambda: socket.socket(),
    "memory": lambda: bytearray(600 * 1024 * 1024),
}}.items():
    try:
        attempt()
    except (OSError, MemoryError) as no:
        tried[name] = type(no).__name__
sys.stdout.write(repr(sorted(tried.items())))
"""


def test_the_room_has_no_door():
    done = subprocess.run(
        [sys.executable, "-c", CONFINED.format()],
        env=starting.surroundings(),
        cwd=starting.ROOT,
        capture_output=True,
        text=True,
        check=True,
        timeout=30,
    )

    assert done.stdout == "[('file', 'OSError'), ('memory', 'MemoryError'), ('socket', 'OSError')]"


def test_counter_test_without_the_room_all_doors_are_open():
    with Path("/etc/hostname").open() as file, socket.socket() as outward:
        assert file.fileno() >= 0
        assert outward.fileno() >= 0
    assert resource.getrlimit(resource.RLIMIT_AS)[0] == resource.RLIM_INFINITY


ORPHAN = """
import os, subprocess, sys
child = "from marketplace.gateways.confined import guard; guard.shut_in(); print('in', flush=True); input()"
subprocess.Popen([sys.executable, "-c", child], stdin=subprocess.PIPE, stdout=1).wait()
"""


@pytest.mark.skipif(sys.platform != "linux", reason="the kernel's word that the parent died")
def test_a_child_does_not_outlive_its_parent():
    hears, speaks = os.pipe()
    parent = subprocess.Popen(
        [sys.executable, "-c", ORPHAN],
        env=starting.surroundings(),
        cwd=starting.ROOT,
        stdout=speaks,
    )
    os.close(speaks)
    with os.fdopen(hears, "rb", buffering=0) as child:
        assert child.read(3) == b"in\n"

        parent.kill()
        parent.wait()

        silent, _, _ = select.select([child], [], [], 5)
        assert silent
        assert child.read(1) == b""


def test_a_child_learns_no_secret(monkeypatch):
    monkeypatch.setenv("SECRET_KEY", "hush")
    monkeypatch.setenv("DATABASE_URL", "postgresql://hush")

    assert set(starting.surroundings()) == {"PYTHONPATH", "PYTHONUTF8", "PATH"}
    assert "hush" not in str(starting.surroundings())


def test_a_child_that_takes_too_long_is_ended(tmp_path, monkeypatch):
    monkeypatch.setattr(starting, "command", lambda *_: [sys.executable, "-c", "while True: pass"])

    with Path(os.devnull).open("rb") as nothing, (tmp_path / "out").open("wb") as out:
        assert not starting.run("sheets", [], given=nothing, answer=out, seconds=1)
