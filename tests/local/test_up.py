"""The whole house on one machine: two beside each other, killed, found again with all it knew."""

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
from urllib.error import HTTPError
from urllib.request import urlopen

import psycopg
import pytest

from marketplace.local import children, outside, ports, stack, state
from marketplace.local.state import ROOT
from tests.local import kin

pytestmark = [pytest.mark.slow, pytest.mark.timeout(700)]

UP = (sys.executable, "-m", "marketplace.local.up", "--no-demo")
READY_SECONDS_MAX = 240.0


@dataclass
class House:
    """A running house, as seen from outside."""

    folder: Path
    process: subprocess.Popen[str]

    @property
    def told(self) -> dict[str, object]:
        return json.loads(state.State(self.folder).running.read_text())

    def health(self) -> int:
        try:
            with urlopen(f"{self.told['public_url']}{children.HEALTH_PATH}", timeout=5) as answer:
                return answer.status
        except HTTPError as answer:
            return answer.code

    def pids(self) -> dict[str, int]:
        """The last process that the supervisor's log names for each child."""
        lines = (self.folder / "logs" / "supervisor.log").read_text().splitlines()
        started = [line.split()[3:] for line in lines if " started as process " in line]
        return {words[0]: int(words[4].rstrip(":")) for words in started}


def environment(folder: Path, **more: str) -> dict[str, str]:
    machine = {name: value for name, value in os.environ.items() if name not in outside.NAMES}
    machine.pop("PYTHONDONTWRITEBYTECODE", None)
    return {**machine, state.VARIABLE: str(folder), **more}


def begin(folder: Path) -> House:
    state.State(folder).running.unlink(missing_ok=True)  # a killed house could not take it away
    process = subprocess.Popen(
        UP, env=environment(folder), cwd=ROOT, stdout=subprocess.PIPE, text=True
    )
    return House(folder, process)


@contextmanager
def open_houses(*folders: Path) -> Iterator[list[House]]:
    houses = [begin(folder) for folder in folders]
    try:
        for house in houses:
            _wait_until_ready(house)
        yield houses
    finally:
        for house in houses:
            house.process.send_signal(signal.SIGINT)
        for house in houses:
            house.process.communicate(timeout=90)


def _wait_until_ready(house: House) -> None:
    running = state.State(house.folder).running
    deadline = time.monotonic() + READY_SECONDS_MAX
    while not running.exists() and house.process.poll() is None and time.monotonic() < deadline:
        time.sleep(0.05)
    assert running.exists(), f"not ready; it ended with {house.process.poll()}"


def test_two_houses_stand_side_by_side_and_keep_their_addresses(place):
    one, two = place / "house one", place / "house two"

    with open_houses(one, two) as houses:
        kin.eventually(lambda: all(map(_healthy, houses)))
        first, second = (house.told["ports"] for house in houses)
        assert set(first.values()).isdisjoint(second.values())
        refused = subprocess.run(
            UP, env=environment(one), cwd=ROOT, capture_output=True, text=True, check=False
        )

    assert refused.returncode == 1
    assert refused.stderr.endswith(f"already, as process {houses[0].process.pid}: stop it first.\n")
    assert [house.process.returncode for house in houses] == [0, 0]
    assert not state.State(one).running.exists()
    assert ports.remembered(state.State(one).ports, dict.fromkeys(first, 0)) == first


def test_each_child_that_is_killed_comes_back_and_nobody_outlives_the_house(place):
    folder = place / "a house"
    with open_houses(folder) as (house,):
        with psycopg.connect(house.told["owner_url"], autocommit=True) as owner:
            owner.execute("CREATE TABLE kept AS SELECT 1 AS n")
        before = house.pids()
        assert set(before) >= {"web", "live", "clock-1", "clock-2", "worker-clock", "stripe"}

        for pid in before.values():
            os.kill(pid, signal.SIGKILL)

        kin.eventually(lambda: _all_new(before, house.pids()))
        kin.eventually(lambda: _healthy(house))
        family = kin.descendants(house.process.pid)
        house.process.kill()
        house.process.wait()
        assert len(family) > len(before)
        assert kin.survivors(family) == {}

    with (
        open_houses(folder) as (again,),
        psycopg.connect(again.told["owner_url"]) as owner,
    ):
        assert owner.execute("SELECT n FROM kept").fetchone() == (1,)
        kin.eventually(lambda: _healthy(again))


def _all_new(before: dict[str, int], after: dict[str, int]) -> bool:
    return all(after[name] != pid for name, pid in before.items())


def _healthy(house: House) -> bool:
    try:
        return house.health() == 200
    except OSError:
        return False


def test_a_store_that_does_not_answer_stops_the_start_before_it_begins(place):
    folder = place / "state"
    nobody = f"postgresql://app:secret@127.0.0.1:{ports.free()}/shop"
    done = subprocess.run(
        UP,
        env=environment(folder, DATABASE_URL=nobody),
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
    )

    assert done.returncode == 1
    assert done.stderr.startswith("DATABASE_URL cannot be used: postgresql://127.0.0.1:")
    assert done.stderr.count("\n") == 1
    assert not folder.exists()


def test_demo_data_is_never_written_to_a_store_that_is_not_our_own(place, stores, monkeypatch):
    monkeypatch.setattr("marketplace.local.stack._exists", lambda _module: True)
    chosen = state.State(place / "state")
    state.make(chosen)

    outsider = stack.plan(chosen, {"DATABASE_URL": stores.postgres.url()})
    own = stack.plan(chosen, {})

    assert not outsider.with_demo
    assert own.with_demo


def test_what_is_set_outside_replaces_what_would_be_brought_along(place, stores):
    chosen = state.State(place / "state")
    state.make(chosen)
    named = {
        "DATABASE_URL": stores.postgres.url(user="app", password="x"),
        "MIGRATION_DATABASE_URL": stores.postgres.url(),
        "REDIS_URL": stores.valkey.url(),
        "STRIPE_API_KEY": "sk_test_theirs",
        "STRIPE_WEBHOOK_SECRET": "whsec_theirs",
        "SMTP_URL": "smtp://mail",
        "STORAGE_URL": "s3://photographs",
    }

    decided = stack.plan(chosen, named)

    common = decided.given.common
    assert decided.stores == ()
    assert decided.simulator is None
    assert {name: common[name] for name in named if name in common} == {
        name: address for name, address in named.items() if name != "MIGRATION_DATABASE_URL"
    }
    assert decided.given.owner_url == named["MIGRATION_DATABASE_URL"]
    assert "STRIPE_API_BASE" not in common
    assert "EMBEDDED" not in common


def test_no_door_and_no_worker_is_told_the_owner_s_address(place):
    chosen = state.State(place / "state")
    state.make(chosen)

    given = stack.plan(chosen, {}).given

    for child in (*children.doors(given), *children.staff(given)):
        assert "MIGRATION_DATABASE_URL" not in child.environment
        assert given.owner_url not in child.environment.values()
    assert children.prepare(given).environment["MIGRATION_DATABASE_URL"] == given.owner_url
