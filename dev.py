#!/usr/bin/env python3
"""Aubaine on one machine: makes the virtual environment it needs, then runs the command asked for.

Needs Python 3.11 or newer and pip; uses uv where it stands on PATH (NO_UV=1 forbids it). This file
uses the standard library only: everything it starts lives in `.venv`, installed from
requirements.lock, in which every file is pinned by its hash.
"""

from __future__ import annotations

import contextlib
import fcntl
import hashlib
import importlib.util
import os
import re
import shlex
import shutil
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple, NoReturn

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

ROOT = Path(__file__).resolve().parent
VENV = ROOT / ".venv"
PYTHON = VENV / "bin" / "python"
STAMP = VENV / "aubaine.stamp"
LOCK = ROOT / "requirements.lock"
PYPROJECT = ROOT / "pyproject.toml"

LOCK_HEAD = """\
# Every dependency, pinned with its hashes. Made by `python3 dev.py lock` from pyproject.toml;
# not written by hand. The first part is what the product runs on, the second part is what
# only tests and checks need.
"""
RUN_MARK = "# ---- what the product runs on ----\n"
TEST_MARK = "# ---- what only tests and checks need ----\n"
# A file stays whole in one process. Files of few tests come last, the journeys among them: a browser leaves an event
# loop behind in its process, and no test that runs one of its own may come after it.
SIDE_BY_SIDE = ("--dist", "loadfile")
CHROMIUM_NAMES = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")
BROWSER_LINE = "No Chromium was found: the journeys in a browser are left out."


class Command(NamedTuple):
    """One word that may follow `dev.py`, what runs for it, and what it does in a sentence."""

    run: Callable[[list[str]], int]
    sentence: str


def main(arguments: list[str]) -> int:
    """Run the command named first in ``arguments``; returns the exit status of what it ran."""
    name = arguments[0] if arguments else "help"
    command = COMMANDS.get(name)
    if command is None:
        print(_usage())
        return 0 if name in {"help", "-h", "--help"} else 2
    return command.run(arguments[1:])


def _usage() -> str:
    lines = (f"  {name:<8} {command.sentence}" for name, command in COMMANDS.items())
    return "\n".join(("Usage: python3 dev.py COMMAND", "", *lines))


# The commands


def install(_arguments: list[str]) -> int:
    """Make `.venv` hold everything, tests' tools included."""
    _make_ready(everything=True)
    return 0


def up(arguments: list[str]) -> int:
    """Become the supervisor of the whole stack, so that one process is the one to stop."""
    _make_ready(everything=False)
    return _become("-m", "marketplace.local.up", *arguments)


def reset(arguments: list[str]) -> int:
    """Empty what the embedded stores of this tree hold."""
    _make_ready(everything=False)
    return _become("-m", "marketplace.local.reset", *arguments)


def test(arguments: list[str]) -> int:
    """Run pytest with ``arguments`` on throw-away stores."""
    _make_ready(everything=True)
    refused = _run("-m", "marketplace.local.outside", "dev.py test")
    if refused:
        return refused
    chromium = os.environ.get("CHROMIUM") or _first_on_path(CHROMIUM_NAMES)
    if chromium:
        os.environ["CHROMIUM"] = chromium
        return _become("-m", "pytest", *_side_by_side(arguments), *arguments)
    print(BROWSER_LINE, flush=True)
    return _become("-m", "pytest", "-m", "not browser", *_side_by_side(arguments), *arguments)


def _side_by_side(arguments: list[str]) -> list[str]:
    """One process for each core, each file whole in one of them; what is named is run as it was asked for."""
    named = any(
        not each.startswith("-") or each.startswith(("-n", "--numprocesses")) for each in arguments
    )
    return [] if named else ["-n", str(os.cpu_count() or 1), *SIDE_BY_SIDE]


def check(_arguments: list[str]) -> int:
    """Run every check, whatever the ones before said; returns 1 if any of them failed."""
    _make_ready(everything=True)
    outcomes = [_checked(name, command) for name, command in CHECKS]
    failed = outcomes.count(False)
    print(f"{len(outcomes) - failed} of {len(outcomes)} checks are in order.")
    return 1 if failed else 0


def bench(arguments: list[str]) -> int:
    """Measure the product beside the limits of this machine."""
    _make_ready(everything=True)
    return _become("-m", "tests.benchmarks", *arguments)


def chaos(arguments: list[str]) -> int:
    """Break the product while a crowd buys in it, and look whether anything was lost or doubled."""
    _make_ready(everything=True)
    return _become("-m", "tests.chaos", *arguments)


def lock(_arguments: list[str]) -> int:
    """Write requirements.lock anew from pyproject.toml; needs uv."""
    uv = _uv()
    if uv is None:
        print("`dev.py lock` needs uv on PATH: it is what resolves for every platform at once.")
        return 2
    with tempfile.TemporaryDirectory() as folder:
        run_set = Path(folder) / "run.txt"
        run_set.write_text(_compiled(uv, []))
        both = _compiled(uv, ["--group", "test", "--constraint", str(run_set)])
        run_pins = _pins(run_set.read_text())
    rest = "".join(text for name, text in _pins(both).items() if name not in run_pins)
    LOCK.write_text(LOCK_HEAD + RUN_MARK + "".join(run_pins.values()) + TEST_MARK + rest)
    print(f"{LOCK.name}: {len(run_pins)} to run, {rest.count('==')} more to test.")
    return 0


COMMANDS = {
    "install": Command(install, "make .venv with everything, tests' tools included"),
    "up": Command(up, "start the whole marketplace on this machine; Ctrl-C stops it"),
    "test": Command(test, "run the tests on throw-away stores; takes pytest's arguments"),
    "check": Command(check, "lint, format, types, import contracts, schema, migrations"),
    "bench": Command(bench, "measure the hot paths beside this machine's limits; --json"),
    "chaos": Command(
        chaos, "break a whole house while a crowd buys; --buyers --seed --minutes --deploy"
    ),
    "reset": Command(reset, "forget the embedded stores' data of this tree"),
    "lock": Command(lock, "resolve the dependencies anew and write requirements.lock"),
}
CHECKS = (
    ("ruff check", ("-m", "ruff", "check", ".")),
    ("ruff format", ("-m", "ruff", "format", "--check", ".")),
    (
        "mypy --strict",
        ("-m", "mypy", "--strict", "marketplace", "supplier_portal", "jobs", "wsgi.py", "dev.py"),
    ),
    ("import contracts", ("-m", "marketplace.local.checks", "contracts")),
    ("one head of migrations", ("-m", "marketplace.local.checks", "head")),
    ("tables as migrated", ("-m", "marketplace.local.checks", "tables")),
    ("squawk on the migrations", ("-m", "marketplace.local.checks", "squawk")),
)


def _checked(name: str, command: Sequence[str]) -> bool:
    begun = time.monotonic()
    done = subprocess.run(
        [str(PYTHON), *command],
        cwd=ROOT,
        env=_environment(),
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        check=False,
    )
    word = "failed" if done.returncode else "ok"
    if done.returncode:
        print((done.stdout + done.stderr).rstrip())
    print(f"{name:<26} {word:<6} {time.monotonic() - begun:5.1f} s", flush=True)
    return done.returncode == 0


def _become(*arguments: str) -> NoReturn:
    """Replace this process, so that a signal or a kill reaches what does the work."""
    os.chdir(ROOT)
    sys.stdout.flush()
    os.execve(PYTHON, [str(PYTHON), *arguments], _environment())


def _run(*arguments: str) -> int:
    done = subprocess.run([str(PYTHON), *arguments], cwd=ROOT, env=_environment(), check=False)
    return done.returncode


def _environment() -> dict[str, str]:
    """Return this shell's variables without the ones that would slow or mislead Python.

    A dozen processes that may not keep their bytecode take four times as long to start.
    """
    unwanted = {"PYTHONDONTWRITEBYTECODE", "PYTHONHOME", "PYTHONPATH", "PYTHONSAFEPATH"}
    return {name: value for name, value in os.environ.items() if name not in unwanted}


def _first_on_path(names: Sequence[str]) -> str:
    return next((found for found in map(shutil.which, names) if found), "")


# The virtual environment


def _make_ready(*, everything: bool) -> None:
    with _alone():
        stamp = _stamp()
        held = STAMP.read_text().splitlines() if STAMP.exists() else []
        if held[:1] == [stamp] and (held[1:] == ["all"] or not everything):
            return
        begun = time.monotonic()
        print("Installing into .venv what the lock file names …", flush=True)
        _make_venv(anew=bool(held) and held[0].split()[0] != stamp.split()[0])
        _install_locked(everything=everything or held[1:] == ["all"])
        _make_importable()
        STAMP.write_text(f"{stamp}\n{'all' if everything or held[1:] == ['all'] else 'run'}\n")
        print(f"Installed in {time.monotonic() - begun:.0f} s.", flush=True)


@contextlib.contextmanager
def _alone() -> Iterator[None]:
    """Let one command at a time install; the others wait, then find it done."""
    with Path(__file__).open("rb") as handle:
        fcntl.flock(handle, fcntl.LOCK_EX)
        yield


def _stamp() -> str:
    """Return what `.venv` depends on: its place and Python, then the two files that fill it."""
    place = hashlib.sha256(f"{ROOT}\n{sys.version_info[:3]}".encode()).hexdigest()[:16]
    files = hashlib.sha256(LOCK.read_bytes() + PYPROJECT.read_bytes()).hexdigest()[:16]
    return f"{place} {files}"


def _make_venv(*, anew: bool) -> None:
    if PYTHON.exists() and not anew and _works(PYTHON):
        return
    shutil.rmtree(VENV, ignore_errors=True)
    uv = _uv()
    if uv is not None:
        _must(uv, "venv", "--quiet", "--python", sys.executable, str(VENV))
    elif _pip_reaches_in():
        # Seven seconds less than a venv with a pip of its own, and Debian needs no python3-venv.
        _must(sys.executable, "-m", "venv", "--without-pip", str(VENV))
    elif importlib.util.find_spec("ensurepip") is not None:
        _must(sys.executable, "-m", "venv", str(VENV))
    else:
        sys.exit("There is neither pip nor ensurepip here. Install pip for this Python, or uv.")


def _pip_reaches_in() -> bool:
    """Tell whether this Python's own pip can install into another environment (since 22.3)."""
    asked = [sys.executable, "-m", "pip", "--version"]
    said = subprocess.run(asked, capture_output=True, text=True, check=False).stdout
    found = re.match(r"pip (\d+)\.(\d+)", said)
    return found is not None and (int(found[1]), int(found[2])) >= (22, 3)


def _works(python: Path) -> bool:
    question = f"import sys; sys.exit(sys.version_info[:2] != {sys.version_info[:2]})"
    done = subprocess.run([str(python), "-c", question], capture_output=True, check=False)
    return done.returncode == 0


def _install_locked(*, everything: bool) -> None:
    run_part, _, _test_part = LOCK.read_text().partition(TEST_MARK)
    with tempfile.TemporaryDirectory() as folder:
        wanted = Path(folder) / "requirements.txt"
        wanted.write_text(LOCK.read_text() if everything else run_part)
        _must(*_installer(), "--require-hashes", "-r", str(wanted))


def _installer() -> list[str]:
    """Return the command that installs wheels into `.venv`; nothing is ever built here."""
    uv = _uv()
    if uv is not None:
        quiet = ["--quiet", "--no-build", "--compile-bytecode"]
        return [uv, "pip", "install", *quiet, "--python", str(PYTHON)]
    quiet = ["install", "-qq", "--only-binary", ":all:", "--no-input"]
    if _pip_reaches_in():
        return [sys.executable, "-m", "pip", "--python", str(PYTHON), *quiet]
    return [str(PYTHON), "-m", "pip", *quiet]


def _make_importable() -> None:
    """Put the tree on `.venv`'s path and the `aubaine` command into its `bin`.

    Written by hand: installing the project itself would fetch a build tool that has no pin.
    """
    folder = f"python{sys.version_info[0]}.{sys.version_info[1]}"
    (VENV / "lib" / folder / "site-packages" / "aubaine.pth").write_text(f"{ROOT}\n")
    command = VENV / "bin" / "aubaine"
    python = shlex.quote(str(PYTHON))
    command.write_text(f'#!/bin/sh\nexec {python} -m marketplace.cli "$@"\n')
    command.chmod(0o755)


def _uv() -> str | None:
    if os.environ.get("NO_UV"):
        return None
    found = shutil.which("uv")
    if found is None:
        return None
    # A version manager's shim may stand on PATH without a uv behind it.
    answers = subprocess.run([found, "--version"], capture_output=True, check=False).returncode
    return found if answers == 0 else None


def _must(*command: str) -> None:
    done = subprocess.run(command, env=_environment(), check=False)
    if done.returncode:
        sys.exit(f"This did not work: {shlex.join(command)}")


# The lock file


def _compiled(uv: str, more: list[str]) -> str:
    resolve = [uv, "pip", "compile", "--quiet", "--no-header", "--no-annotate", "--universal"]
    pinned = ["--generate-hashes", "--python-version", "3.11", "pyproject.toml", *more]
    done = subprocess.run([*resolve, *pinned], cwd=ROOT, stdout=subprocess.PIPE, check=False)
    if done.returncode:
        sys.exit("The dependencies in pyproject.toml do not fit together; uv says why above.")
    return done.stdout.decode()


def _pins(compiled: str) -> dict[str, str]:
    """Return each requirement's lines (its pin, then its hashes) under its first line."""
    pins: dict[str, str] = {}
    name = ""
    for line in compiled.splitlines(keepends=True):
        if not line.startswith(" "):
            name = line
        pins[name] = pins.get(name, "") + line
    return pins


if __name__ == "__main__":
    if sys.version_info < (3, 11):  # noqa: UP036  # the one file that an older Python may meet
        sys.exit(f"Aubaine needs Python 3.11 or newer; this is {sys.version.split()[0]}.")
    try:
        sys.exit(main(sys.argv[1:]))
    except PermissionError as no:
        sys.exit(f"{no.filename} belongs to another account. Start as that one, or from a copy.")
