"""The supervisor: order, restarts with their limit, and what is said when a start fails."""

from __future__ import annotations

import logging
import os
import signal
import subprocess
import time

import pytest

from marketplace.local import logs, processes
from marketplace.local.processes import Child, ChildEndedError, Supervisor

ENVIRONMENT = {"PATH": os.defpath}


def shell(name: str, script: str, **more: object) -> Child:
    return Child(name, "", ("/bin/sh", "-c", script), ENVIRONMENT, **more)


def test_stores_are_stopped_after_their_clients(tmp_path, caplog):
    caplog.set_level(logging.INFO)
    with Supervisor(tmp_path) as supervisor:
        for name, stage in (("store", 0), ("staff", 1), ("door", 2)):
            supervisor.start(shell(name, "exec sleep 60", stage=stage))

    stopped = [text.split()[0] for text in caplog.messages if "stopped by SIGTERM" in text]
    assert stopped == ["door", "staff", "store"]


def test_a_child_that_will_not_stop_is_killed_with_its_whole_group(tmp_path):
    deaf = "trap '' TERM; echo deaf; while true; do sleep 1; done"
    log = tmp_path / "deaf.log"
    begun = time.monotonic()
    with Supervisor(tmp_path) as supervisor:
        supervisor.start(shell("deaf", deaf, stop_seconds_max=0.3))
        supervisor.until(lambda: log.stat().st_size > 0, of="deaf", seconds_max=5)

    assert time.monotonic() - begun < 5


def test_a_child_that_ends_again_and_again_is_given_up_and_says_where_its_log_is(
    tmp_path, caplog, monkeypatch
):
    monkeypatch.setattr(processes, "RESTART_DELAY_SECONDS", 0.001)
    monkeypatch.setattr(processes, "RESTART_DELAY_SECONDS_MAX", 0.001)
    with Supervisor(tmp_path) as supervisor:
        supervisor.start(shell("web", "echo tried; exit 3"))
        while "stays down" not in caplog.text:
            supervisor._turn(0.05)
        supervisor._turn(0.05)

    tries = (tmp_path / "web.log").read_text().count("tried")
    assert tries == processes.RESTARTS_MAX + 1
    assert f"its log: {tmp_path / 'web.log'}" in caplog.text


def test_a_start_that_fails_shows_the_end_of_the_log(tmp_path):
    with Supervisor(tmp_path) as supervisor:
        supervisor.start(shell("web", "echo 'SECRET_KEY is not set.'; exit 1"))
        with pytest.raises(ChildEndedError) as no:
            supervisor.until(lambda: False, of="web", seconds_max=10)

    assert str(no.value) == (
        f"web could not start. The end of {tmp_path / 'web.log'}:\nSECRET_KEY is not set."
    )


def test_a_server_that_says_it_is_broken_is_not_waited_for(tmp_path):
    said = "echo 'an old trouble'; exec sleep 60"
    with Supervisor(tmp_path) as supervisor:
        supervisor.start(shell("web", said, broken_when_it_says="an old trouble"))
        with pytest.raises(ChildEndedError, match="an old trouble"):
            supervisor.until(lambda: False, of="web", seconds_max=10)


def test_what_an_earlier_start_said_counts_no_more(tmp_path):
    (tmp_path / "web.log").write_text("an old trouble\n")
    with Supervisor(tmp_path) as supervisor:
        supervisor.start(shell("web", "exec sleep 60", broken_when_it_says="an old trouble"))
        supervisor.until(lambda: True, of="web", seconds_max=10)
        with pytest.raises(ChildEndedError) as no:
            supervisor.until(lambda: False, of="web", seconds_max=0.2)

    assert "an old trouble" not in str(no.value)


def test_a_task_that_fails_stops_the_start(tmp_path):
    with Supervisor(tmp_path) as supervisor, pytest.raises(ChildEndedError, match="no such table"):
        supervisor.run_once(shell("prepare", "echo no such table; exit 1"), seconds_max=10)


def test_a_task_that_takes_too_long_is_ended(tmp_path):
    with Supervisor(tmp_path) as supervisor, pytest.raises(ChildEndedError):
        supervisor.run_once(shell("prepare", "exec sleep 60"), seconds_max=0.2)


def test_a_log_that_has_grown_too_long_is_put_aside_once(tmp_path, monkeypatch):
    monkeypatch.setattr(logs, "BYTES_MAX", 10)
    with Supervisor(tmp_path) as supervisor:
        supervisor.run_once(shell("task", "echo the first long line"), seconds_max=5)
        supervisor.run_once(shell("task", "echo the second"), seconds_max=5)

    assert (tmp_path / "task.log").read_text() == "the second\n"
    assert (tmp_path / "task.log.1").read_text() == "the first long line\n"


@pytest.mark.slow
@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM, signal.SIGHUP])
def test_a_person_s_stop_ends_the_whole_tree_in_good_order(tree, number):
    tree.process.send_signal(number)

    assert tree.process.wait(60) == 0
    order = [line.split()[0] for line in _messages(tree.log) if " stopped " in line]
    assert order[:2] == ["web", "worker"]
    assert sorted(order[2:]) == ["postgres", "valkey"]


def _messages(log: str) -> list[str]:
    return [line.split(":", 2)[2] for line in log.splitlines() if line.count(":") >= 2]


def test_a_ctrl_c_at_the_terminal_reaches_the_supervisor_alone(tmp_path):
    running = processes.spawn(shell("store", "exec sleep 60"), subprocess.DEVNULL)

    assert os.getsid(running.pid) == running.pid != os.getsid(0)
    processes.end(running, signal.SIGTERM, 5)
