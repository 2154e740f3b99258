"""Nothing lives on after a kill -9: not of the supervisor, not of any server's main process."""

from __future__ import annotations

import os
import signal

import psycopg
import pytest

from tests.local import kin

pytestmark = pytest.mark.slow


def test_nobody_outlives_a_killed_supervisor(tree):
    horse = tree.begin_long_job()
    family = _whole_family(tree)

    tree.process.kill()
    tree.process.wait()

    assert horse in family
    assert len([command for command in family.values() if "granian" in command]) == 3
    assert len([command for command in family.values() if "postgres" in command]) > 3
    assert kin.survivors(family) == {}


def test_what_was_committed_outlives_a_killed_supervisor(tree):
    with tree.database() as connection:
        connection.execute("CREATE TABLE kept (n int)")
        for number in range(200):
            connection.execute("INSERT INTO kept VALUES (%s)", (number,))

    tree.process.kill()
    tree.process.wait()
    tree.start()

    with tree.database() as connection:
        assert connection.execute("SELECT count(*), max(n) FROM kept").fetchone() == (200, 199)


def test_granian_s_workers_end_with_granian_which_comes_back(tree):
    (main,) = tree.mains_of("granian")
    workers = kin.descendants(main)
    assert len(workers) == 2

    os.kill(main, signal.SIGKILL)

    assert kin.survivors(workers) == {}
    kin.eventually(tree.pages)
    assert tree.mains_of("granian") not in ([], [main])
    assert "web ended by SIGKILL; again in 0.2 s" in tree.log


def test_a_job_s_process_ends_with_its_worker_which_comes_back(tree):
    (main,) = tree.mains_of("rq.cli")
    horse = tree.begin_long_job()
    assert kin.alive(horse)

    os.kill(main, signal.SIGKILL)

    assert kin.survivors({horse: "the job"}) == {}
    kin.eventually(lambda: tree.mains_of("rq.cli") not in ([], [main]))
    assert "worker ended by SIGKILL; again in 0.2 s" in tree.log


def test_postgresql_comes_back_with_all_that_was_committed(tree):
    with tree.database() as connection:
        connection.execute("CREATE TABLE kept (n int)")
        connection.execute("INSERT INTO kept VALUES (7)")
    (main,) = tree.mains_of("bin/postgres")
    servants = kin.descendants(main)

    os.kill(main, signal.SIGKILL)

    assert kin.survivors(servants) == {}
    kin.eventually(lambda: "postgres started" in tree.log.partition("ended by SIGKILL")[2])
    kin.eventually(lambda: _answers(tree))
    with tree.database() as connection:
        assert connection.execute("SELECT n FROM kept").fetchone() == (7,)


def test_a_single_granian_worker_is_replaced_while_the_other_serves(tree):
    victim = tree.page()
    (main,) = tree.mains_of("granian")

    os.kill(victim, signal.SIGKILL)

    kin.eventually(lambda: len(kin.descendants(main)) == 2 and victim not in kin.descendants(main))
    assert tree.mains_of("granian") == [main]
    kin.eventually(tree.pages)


def _whole_family(tree) -> dict[int, str]:
    """All of the tree's processes, once granian's second worker has been born too: the first one answers before."""
    kin.eventually(lambda: len(kin.named(tree.process.pid, "granian")) == 3)
    return kin.descendants(tree.process.pid)


def _answers(tree) -> bool:
    try:
        tree.database().close()
    except psycopg.OperationalError:
        return False
    return True


def test_without_the_tether_granian_s_workers_would_live_on(loose_tree):
    family = _whole_family(loose_tree)

    loose_tree.process.kill()
    loose_tree.process.wait()

    left = kin.survivors(family, seconds_max=2.0)
    for pid in left:
        os.kill(pid, signal.SIGKILL)
    assert len([command for command in left.values() if "granian" in command]) >= 2
