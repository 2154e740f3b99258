"""The one command: what it installs, what it says, and what it leaves alone."""

from __future__ import annotations

import importlib.util
import os
import re
import shutil
import subprocess
import sys
import tomllib
from pathlib import Path

import pytest

from marketplace.local.state import ROOT


@pytest.fixture(scope="module")
def dev():
    spec = importlib.util.spec_from_file_location("dev", ROOT / "dev.py")
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


@pytest.fixture
def copy(tmp_path) -> Path:
    """A tree with spaces in its path, installed already: it borrows this run's Python."""
    folder = tmp_path / "a tree with spaces"
    folder.mkdir()
    for name in ("dev.py", "requirements.lock", "pyproject.toml"):
        shutil.copy(ROOT / name, folder)
    (folder / "marketplace").symlink_to(ROOT / "marketplace")
    (folder / "tests").mkdir()
    (folder / "tests" / "test_one.py").write_text("def test_one():\n    assert True\n")
    (folder / ".venv" / "bin").mkdir(parents=True)
    borrowed = folder / ".venv" / "bin" / "python"
    borrowed.write_text(f'#!/bin/sh\nexec "{sys.executable}" "$@"\n')
    borrowed.chmod(0o755)
    return folder


def call(folder: Path, *arguments: str, **environment: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, str(folder / "dev.py"), *arguments],
        env={**os.environ, **environment},
        cwd="/",
        capture_output=True,
        text=True,
        check=False,
    )


def stamp(folder: Path, holds: str = "all") -> None:
    """Say of the copy that everything is installed."""
    asked = "import dev; print(dev._stamp())"
    said = subprocess.run(
        [sys.executable, "-c", asked], cwd=folder, capture_output=True, text=True, check=True
    )
    (folder / ".venv" / "aubaine.stamp").write_text(f"{said.stdout.strip()}\n{holds}\n")


def test_the_lock_holds_hashes_and_no_address():
    text = (ROOT / "requirements.lock").read_text()

    assert "://" not in text
    pins = re.findall(r"^[a-z0-9][^=\n]*==", text, re.MULTILINE)
    assert len(pins) == len(set(pins)) > 60
    for block in re.split(r"^(?=[a-z0-9])", text, flags=re.MULTILINE)[1:]:
        assert "--hash=sha256:" in block, block


def test_every_dependency_of_the_project_stands_in_its_part_of_the_lock(dev):
    project = tomllib.loads((ROOT / "pyproject.toml").read_text())
    run_part, mark, test_part = (ROOT / "requirements.lock").read_text().partition(dev.TEST_MARK)

    assert mark
    for wanted in project["project"]["dependencies"]:
        pin = re.sub(r"\[.*\]", "", wanted)
        assert f"\n{pin} " in run_part, wanted
    for wanted in project["dependency-groups"]["test"]:
        assert f"\n{wanted} " in test_part, wanted


def test_nothing_is_installed_twice(copy):
    stamp(copy)

    done = call(copy, "test", "-q", "-p", "no:cacheprovider")

    assert done.returncode == 0, done.stderr
    assert "1 passed" in done.stdout
    assert "Installing" not in done.stdout


def test_a_changed_lock_is_installed_again(copy):
    stamp(copy)
    lock = copy / "requirements.lock"
    lock.write_text(f"nothing-of-this-name==1.0 --hash=sha256:{'0' * 64}\n")

    done = call(copy, "test", NO_UV="1", PIP_NO_INDEX="1", PIP_FIND_LINKS="/none")

    assert done.stdout.startswith("Installing into .venv what the lock file names")
    assert done.returncode != 0
    assert "This did not work" in done.stderr


def test_where_no_chromium_is_found_one_line_says_what_is_left_out(copy):
    stamp(copy)
    (copy / "tests" / "test_browser.py").write_text(
        "import pytest\n\n@pytest.mark.browser\ndef test_page():\n    assert False\n"
    )
    empty = copy / "empty"
    empty.mkdir()
    for tool in ("env", "sh"):
        (empty / tool).symlink_to(shutil.which(tool))

    done = call(copy, "test", "-q", "-p", "no:cacheprovider", PATH=str(empty), CHROMIUM="")

    assert done.stdout.startswith("No Chromium was found: the journeys in a browser are left out.")
    assert "1 passed, 1 deselected" in done.stdout


def test_tests_refuse_a_store_that_is_not_their_own(copy):
    stamp(copy)

    done = call(copy, "test", DATABASE_URL="postgresql://production/shop")

    assert done.returncode == 1
    assert "DATABASE_URL is set: unset first. Nothing was changed." in done.stderr
    assert "passed" not in done.stdout


def test_a_word_it_does_not_know_is_answered_with_those_it_knows(copy, dev):
    done = call(copy, "fly")

    assert done.returncode == 2
    for name, command in dev.COMMANDS.items():
        assert f"{name:<8} {command.sentence}" in done.stdout


@pytest.mark.parametrize("arguments", [[], ["-x"], ["-q", "--lf"]])
def test_the_whole_suite_runs_on_every_core_with_each_file_whole_in_one_process(
    dev, monkeypatch, arguments
):
    monkeypatch.setattr(dev.os, "cpu_count", lambda: 6)

    beside = dev._side_by_side(arguments)

    assert beside[:4] == ["-n", "6", "--dist", "loadfile"]


def test_a_machine_that_does_not_tell_its_cores_counts_as_one(dev, monkeypatch):
    monkeypatch.setattr(dev.os, "cpu_count", lambda: None)

    assert dev._side_by_side([])[:2] == ["-n", "1"]


@pytest.mark.parametrize(
    "arguments",
    [
        ["tests/domain"],
        ["-x", "tests/domain/test_money.py::test_one"],
        ["-k", "money"],
        ["-n0"],
        ["-n", "4"],
        ["--numprocesses=2"],
    ],
)
def test_what_is_named_or_numbered_is_run_as_it_was_asked_for(dev, arguments):
    assert dev._side_by_side(arguments) == []
