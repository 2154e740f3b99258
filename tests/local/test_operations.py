"""docs/operations.md, carried out to the letter: the first start, each process, the backup and the way back from it.

Only the addresses and the passwords are this test's; the commands are the page's own. PostgreSQL is a durable server
whose owner of the database is no superuser, as on a real one.
"""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
import time
from contextlib import contextmanager
from urllib.error import HTTPError, URLError
from urllib.request import urlopen

import psycopg
import pytest
from sqlalchemy import create_engine
from sqlalchemy.orm import Session
from sqlalchemy.pool import NullPool

from marketplace.db import invariants
from marketplace.local import ports, postgres, valkey
from marketplace.local.state import ROOT
from tests.local import kin

PAGE = (ROOT / "docs" / "operations.md").read_text()
FIRST_START, DUMP, RESTORE = re.findall(r"^```\n(.*?)^```", PAGE, re.MULTILINE | re.DOTALL)
PROCESSES = re.findall(r"^\| ([\w`, ]+?) \| `(.+?)` \|", PAGE, re.MULTILINE)
ADMIN = "postgresql://postgres@db"
PASSWORD = "a-quiet-boutique-before-dawn"
ANSWERS_SECONDS_MAX = 120


class Servers:
    """A PostgreSQL and a Valkey as an operator has them, and the environment of the processes beside them."""

    def __init__(self, database, store, simulator, folder) -> None:
        self.database = database
        self.folder = folder
        self.web, self.live = ports.free(), ports.free()
        self.owner_url = database.url("aubaine", user="aubaine_schema", password=PASSWORD)
        app_url = database.url("aubaine", user="aubaine_app", password=PASSWORD)
        self.environment = {
            "PATH": f"{_commands(folder)}:{postgres.programs_folder()}:{os.environ['PATH']}",
            "DATABASE_URL": app_url,
            "REDIS_URL": store.url(),
            "SECRET_KEY": "k" * 40,
            "PUBLIC_URL": f"http://localhost:{self.web}",
            "STRIPE_API_KEY": "sk_test_operations",
            "STRIPE_WEBHOOK_SECRET": "whsec_operations",
            "STRIPE_API_BASE": simulator.url,
            "SMTP_URL": "capture://",
            "STORAGE_URL": f"file://{folder}/files",
        }

    def carries_out(self, block):
        """Run the lines of one block of the page; what they printed."""
        done = subprocess.run(
            ["bash", "-euo", "pipefail", "-c", self._with_ours(block)],
            cwd=self.folder,
            env={**self.environment, "MIGRATION_DATABASE_URL": self.owner_url},
            input=f"{PASSWORD}\n",
            text=True,
            capture_output=True,
            check=False,
        )
        assert done.returncode == 0, done.stderr
        return done.stdout

    def _with_ours(self, block):
        owner, app = (f"postgresql://aubaine_{who}:…@db/aubaine" for who in ("schema", "app"))
        for theirs, ours in (
            (owner, self.owner_url),
            (app, self.environment["DATABASE_URL"]),
            (ADMIN, f'"{self.database.url()}"'),
            ("'…'", f"'{PASSWORD}'"),
            # Nobody types at a terminal here.
            ('--name "Claire Aubin"', '--name "Claire Aubin" --password-stdin'),
        ):
            block = block.replace(theirs, ours)
        return block

    @contextmanager
    def closed_for_work(self, until):
        """The web process alone, started as the page says, while nothing else is there."""
        command = next(command for name, command in PROCESSES if name == "web").split()
        process = subprocess.Popen(
            [*command, "--port", str(self.web)],
            cwd=ROOT,
            env={**self.environment, "CLOSED_UNTIL": until},
            stderr=subprocess.DEVNULL,
        )
        try:
            yield
        finally:
            process.terminate()
            process.wait(60)

    def page(self):
        """Status and text of the first page, once anything answers."""
        ends = time.monotonic() + ANSWERS_SECONDS_MAX
        while True:
            try:
                with urlopen(f"http://localhost:{self.web}/", timeout=5) as answer:
                    return answer.status, answer.read().decode()
            except HTTPError as answer:
                return answer.code, answer.read().decode()
            except (URLError, ConnectionError):
                assert time.monotonic() < ends, "the web process did not answer"
                time.sleep(0.1)

    @contextmanager
    def running(self):
        """Every process of the page's table, until the block is left."""
        started = []
        try:
            for name, command in PROCESSES:
                words = command.split()
                if "--interface" in words:
                    words += ["--port", str(self.live if name == "live" else self.web)]
                started.append(
                    subprocess.Popen(
                        words, cwd=ROOT, env=self.environment, stderr=subprocess.DEVNULL
                    )
                )
            yield
            assert [process.poll() for process in started] == [None] * len(started)
        finally:
            below = {
                pid: name for each in started for pid, name in kin.descendants(each.pid).items()
            }
            for process in started:
                process.terminate()
            for process in started:
                process.wait(60)
            assert kin.survivors(below) == {}

    def health(self):
        """What /health says, once it says anything."""
        ends = time.monotonic() + ANSWERS_SECONDS_MAX
        while True:
            try:
                with urlopen(f"http://localhost:{self.web}/health", timeout=5) as answer:
                    return json.load(answer)
            except (URLError, ConnectionError):
                assert time.monotonic() < ends, "the web process did not answer"
                time.sleep(0.1)

    def rows(self, statement, database="aubaine"):
        with psycopg.connect(self.database.url(database)) as connection:
            return connection.execute(statement).fetchall()

    def alive(self):
        """The kinds of processes that gave a sign of life and did not take it back."""
        return {name.split("-")[0] for (name,) in self.rows("SELECT process FROM pulses")}

    def broken(self):
        """The invariants that do not hold."""
        engine = create_engine(self.owner_url, poolclass=NullPool)
        with Session(engine) as session:
            return [each.name for each in invariants.broken(session)]


def _commands(folder):
    """`aubaine`, `python` and `granian` as inside the virtual environment."""
    commands = folder / "bin"
    commands.mkdir(parents=True)
    for name, words in (
        ("aubaine", "-m marketplace.cli"),
        ("granian", "-m granian"),
        ("python", ""),
    ):
        script = commands / name
        script.write_text(f'#!/bin/sh\nPYTHONPATH="{ROOT}" exec "{sys.executable}" {words} "$@"\n')
        script.chmod(0o755)
    return commands


@pytest.fixture
def servers(tmp_path, simulator):
    with (
        postgres.running(tmp_path / "postgres", durable=True) as database,
        valkey.running(tmp_path / "valkey", durable=True) as store,
    ):
        yield Servers(database, store, simulator, tmp_path)


@pytest.mark.slow
@pytest.mark.timeout(400)
def test_the_page_is_carried_out_to_the_letter(servers):
    servers.carries_out(FIRST_START)
    with servers.running():
        before = servers.health()
        kin.eventually(lambda: {"clock", "worker"} <= servers.alive())

    servers.carries_out(DUMP)
    left_behind = servers.alive()
    servers.carries_out("psql postgresql://postgres@db -c 'DROP DATABASE aubaine WITH (FORCE)'")
    with servers.closed_for_work("2026-03-05T06:30+01:00"):
        status, said = servers.page()
    servers.carries_out(
        "psql postgresql://postgres@db -c 'CREATE DATABASE aubaine OWNER aubaine_schema'"
    )
    servers.carries_out(RESTORE)
    with servers.running():
        after = servers.health()

    assert {each.strip("`") for each, _ in PROCESSES} >= {"web", "live", "clock"}
    assert left_behind == set(), "who stops because it was told to takes its sign of life away"
    assert status == 503
    assert "Thursday 5 March 2026" in said
    assert before["status"] == after["status"] == "ok"
    assert servers.rows("SELECT email FROM accounts") == [("claire@example.org",)]
    assert servers.broken() == []


def test_an_owner_who_does_not_see_every_row_is_refused_before_anything_is_made(servers):
    servers.carries_out("\n".join(FIRST_START.splitlines()[:2]).replace(" BYPASSRLS", ""))

    with pytest.raises(AssertionError, match="needs BYPASSRLS"):
        servers.carries_out("aubaine migrate")

    assert servers.rows("SELECT count(*) FROM pg_tables WHERE schemaname = 'public'") == [(0,)]
