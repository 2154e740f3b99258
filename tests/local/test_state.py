"""The state folder: one stack at a time, and never somebody else's folder."""

from __future__ import annotations

import os
import socket
import subprocess
import sys

import pytest

from marketplace.local import account, ports, state
from marketplace.local.state import ROOT, State, StateError


@pytest.fixture
def kept(tmp_path) -> State:
    made = State(tmp_path / "state")
    state.make(made)
    return made


def test_a_second_stack_on_the_same_folder_is_refused_and_told_who_runs(kept):
    with state.held(kept), pytest.raises(StateError) as no, state.held(kept):
        pass

    assert f"already, as process {os.getpid()}: stop it first." in str(no.value)


def test_a_folder_that_holds_something_else_is_neither_used_nor_emptied(tmp_path):
    (tmp_path / "thesis.txt").write_text("years of work")

    with pytest.raises(StateError, match="was not made by Aubaine"):
        state.make(State(tmp_path))
    with pytest.raises(StateError, match="nothing was removed"):
        state.empty(State(tmp_path))

    assert (tmp_path / "thesis.txt").read_text() == "years of work"


def test_secrets_are_chosen_once_and_nobody_else_reads_them(kept):
    first = kept.secrets()

    assert kept.secrets() == first
    assert len(first["secret_key"]) >= 32
    assert (kept.folder / "secrets.json").stat().st_mode & 0o777 == 0o600


def test_reset_forgets_everything_and_can_be_said_twice(kept):
    def reset() -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            [sys.executable, "-m", "marketplace.local.reset"],
            env={**os.environ, state.VARIABLE: str(kept.folder)},
            cwd=ROOT,
            capture_output=True,
            text=True,
            check=False,
        )

    with state.held(kept):
        assert reset().returncode == 1
    assert kept.folder.exists()

    assert reset().stdout.startswith("Forgotten: ")
    assert not kept.folder.exists()
    assert reset().stdout == "There is nothing to forget.\n"


def test_addresses_stay_the_same_and_move_only_when_they_are_taken(tmp_path):
    file = tmp_path / "ports.json"
    first = ports.remembered(file, {"web": 0, "live": 0})
    assert ports.remembered(file, {"web": 0, "live": 0}) == first

    with socket.create_server(("127.0.0.1", first["web"])):
        moved = ports.remembered(file, {"web": 0, "live": 0})

    assert moved["web"] != first["web"]
    assert moved["live"] == first["live"]


def test_two_stacks_that_choose_at_the_same_instant_choose_different_ports(tmp_path):
    asked = "from pathlib import Path; from marketplace.local import ports; import sys; "
    asked += "print(ports.remembered(Path(sys.argv[1]), {'web': 8000})['web'], flush=True); input()"
    both = [
        subprocess.Popen(
            [sys.executable, "-c", asked, str(tmp_path / name)],
            cwd=ROOT,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        )
        for name in ("one", "two")
    ]

    chosen = [process.stdout.readline() for process in both]

    assert chosen[0] != chosen[1]
    for process in both:
        process.communicate("")


@pytest.mark.skipif(os.geteuid() != 0, reason="only root meets folders of others")
def test_a_folder_that_somebody_put_in_our_place_is_refused(tmp_path, monkeypatch):
    monkeypatch.setattr(account, "ELSEWHERE", tmp_path)
    wanted = tmp_path / "closed"
    wanted.mkdir(mode=0o700)
    trap = account.elsewhere(wanted)
    trap.mkdir()
    os.chown(trap, 65534, 65534)

    with pytest.raises(account.AccountError, match="belongs to somebody else"):
        account.home(account.for_servers(wanted / "data"), wanted)
