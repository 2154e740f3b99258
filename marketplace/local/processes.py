"""The process tree: starts children in order, restarts those that end, stops clients first.

One thread, so that the kernel's parent-death signal (see ``tether``) means this process and nothing
less. It sleeps until a child ends, a signal arrives or a restart is due.
"""

from __future__ import annotations

import logging
import os
import select
import signal
import subprocess
import time
from contextlib import suppress
from dataclasses import dataclass, field
from functools import partial
from typing import TYPE_CHECKING, Self

from marketplace.local import tether
from marketplace.local.logs import Log

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from pathlib import Path
    from types import FrameType

    from marketplace.local.account import Account

RESTARTS_MAX = 8
RESTART_WINDOW_SECONDS = 60.0
RESTART_DELAY_SECONDS = 0.2
RESTART_DELAY_SECONDS_MAX = 5.0
LOOK_SECONDS = 0.05
STOP_SIGNALS = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)

log = logging.getLogger("aubaine.processes")


@dataclass(frozen=True, slots=True)
class Child:
    """A process of the tree: what it is, how it starts, how it is asked to stop."""

    name: str
    what: str
    command: tuple[str, ...]
    environment: Mapping[str, str]
    stage: int = 0
    """Children of a higher stage use those of a lower one: started after them, stopped before."""
    stop_signal: int = signal.SIGTERM
    stop_seconds_max: float = 5.0
    orphan_signal: int = signal.SIGKILL
    """What the kernel sends at the death of the supervisor."""
    account: Account | None = None
    before: Callable[[], None] | None = None
    """Called before each start: clears what an earlier, killed process left behind."""
    broken_when_it_says: str = ""
    """A line in its log that means: it will never answer, though it goes on trying."""


class ChildEndedError(Exception):
    """A child that was needed for going on has ended; the text says which and where its log is."""


def spawn(child: Child, output: int) -> subprocess.Popen[bytes]:
    """Start ``child`` in a session of its own, tied to this process, writing to ``output``.

    A session of its own keeps a Ctrl-C at the terminal from stopping stores before their clients.
    """
    if child.before is not None:
        child.before()
    account = child.account
    return subprocess.Popen(
        child.command,
        env={**child.environment, tether.VARIABLE: str(os.getpid())},
        stdin=subprocess.DEVNULL,
        stdout=output,
        stderr=output,
        start_new_session=True,
        user=account.user if account else None,
        group=account.group if account else None,
        extra_groups=[] if account else None,
        # Safe here: this process has one thread.
        preexec_fn=partial(tether.bind, child.orphan_signal, os.getpid()),  # noqa: PLW1509
    )


def ended(process: subprocess.Popen[bytes], seconds_max: float) -> bool:
    """Wait for ``process`` at most so long; tells whether it has ended (and reaps it)."""
    with suppress(subprocess.TimeoutExpired):
        process.wait(seconds_max)
    return process.returncode is not None


def end(process: subprocess.Popen[bytes], stop_signal: int, seconds_max: float) -> None:
    """Ask ``process`` to stop, wait, and kill its whole group if it has not."""
    if process.poll() is None:
        process.send_signal(stop_signal)
        ended(process, seconds_max)
    kill_group(process)


def kill_group(process: subprocess.Popen[bytes]) -> None:
    """Kill what is left of the group that ``process`` led, and reap ``process``."""
    with suppress(ProcessLookupError, PermissionError):
        os.killpg(process.pid, signal.SIGKILL)
    process.wait()


@dataclass(slots=True)
class _Running:
    """A child as it stands: its process, or when to start it again."""

    child: Child
    process: subprocess.Popen[bytes] | None = None
    restart_at: float | None = None
    ends: list[float] = field(default_factory=list)


class Supervisor:
    """Parent of the whole tree. Use as a context manager: leaving it stops all, clients first."""

    def __init__(self, logs: Path) -> None:
        self._folder = logs
        self._logs: dict[str, Log] = {}
        self._running: dict[str, _Running] = {}
        self._stop_asked = False
        self._wake_read, self._wake_write = os.pipe2(os.O_NONBLOCK | os.O_CLOEXEC)
        self._handlers_before: dict[int, object] = {}

    def __enter__(self) -> Self:
        for number in (*STOP_SIGNALS, signal.SIGCHLD):
            self._handlers_before[number] = signal.signal(number, self._on_signal)
        signal.set_wakeup_fd(self._wake_write, warn_on_full_buffer=False)
        return self

    def __exit__(self, *_: object) -> None:
        self._stop_all()
        signal.set_wakeup_fd(-1)
        for number, handler in self._handlers_before.items():
            signal.signal(number, handler)  # type: ignore[arg-type]  # given back as it was found
        os.close(self._wake_read)
        os.close(self._wake_write)

    @property
    def stop_asked(self) -> bool:
        """True once a person or the machine asked for the end."""
        return self._stop_asked

    def start(self, child: Child) -> None:
        """Start ``child`` and keep it running from now on."""
        running = self._running[child.name] = _Running(child)
        self._spawn(running)

    def run_once(self, child: Child, seconds_max: float) -> None:
        """Run ``child`` to its end; raises :class:`ChildEndedError` unless it ends well in time."""
        with self._log(child.name).opened() as output:
            process = spawn(child, output)
        deadline = time.monotonic() + seconds_max
        while process.poll() is None and time.monotonic() < deadline and not self._stop_asked:
            self._turn(LOOK_SECONDS)
        if process.poll() is None:
            kill_group(process)
        if process.returncode and not self._stop_asked:
            raise ChildEndedError(self._failure(child.name, "failed"))

    def until(self, ready: Callable[[], bool], *, of: str, seconds_max: float) -> None:
        """Keep the tree running until ``ready``; raises :class:`ChildEndedError` if ``of`` is not.

        ``of`` names the child that is waited for: at this point its first end is final.
        """
        deadline = time.monotonic() + seconds_max
        while not self._stop_asked and not ready():
            if self._is_broken(self._running[of]) or time.monotonic() > deadline:
                raise ChildEndedError(self._failure(of, "could not start"))
            self._turn(LOOK_SECONDS)

    def _is_broken(self, running: _Running) -> bool:
        words = running.child.broken_when_it_says
        return bool(running.ends) or (bool(words) and words in self._log(running.child.name).said())

    def watch(self) -> None:
        """Keep the tree running until somebody asks for the end."""
        while not self._stop_asked:
            self._turn(self._seconds_to_next_restart())

    def _turn(self, seconds_max: float | None) -> None:
        """Sleep until something happens, then reap and restart."""
        select.select([self._wake_read], [], [], seconds_max)
        with suppress(BlockingIOError):
            os.read(self._wake_read, 4096)
        for running in self._running.values():
            if running.process is not None and running.process.poll() is not None:
                self._note_end(running, running.process)
            if running.restart_at is not None and running.restart_at <= time.monotonic():
                self._spawn(running)

    def _note_end(self, running: _Running, process: subprocess.Popen[bytes]) -> None:
        kill_group(process)
        running.process = None
        now = time.monotonic()
        running.ends = [at for at in running.ends if at > now - RESTART_WINDOW_SECONDS] + [now]
        name, times = running.child.name, len(running.ends)
        if times > RESTARTS_MAX:
            log.error(
                "%s ended %s %s times within %.0f s and stays down; its log: %s",
                *(name, _how(process.returncode), times, RESTART_WINDOW_SECONDS),
                self._log(name).path,
            )
            return
        delay = min(RESTART_DELAY_SECONDS * 2 ** (times - 1), RESTART_DELAY_SECONDS_MAX)
        running.restart_at = now + delay
        log.warning("%s ended %s; again in %.1f s", name, _how(process.returncode), delay)

    def _spawn(self, running: _Running) -> None:
        running.restart_at = None
        with self._log(running.child.name).opened() as output:
            running.process = spawn(running.child, output)
        child = running.child
        log.info("%s started as process %s: %s", child.name, running.process.pid, child.what)

    def _seconds_to_next_restart(self) -> float | None:
        due = [each.restart_at for each in self._running.values() if each.restart_at is not None]
        return max(0.0, min(due) - time.monotonic()) if due else None

    def _stop_all(self) -> None:
        stages = sorted({each.child.stage for each in self._running.values()}, reverse=True)
        for stage in stages:
            self._stop_stage([e for e in self._running.values() if e.child.stage == stage])
        self._running.clear()

    def _stop_stage(self, stage: list[_Running]) -> None:
        alive = [(each.child, each.process) for each in stage if each.process is not None]
        for child, process in alive:
            if process.poll() is None:
                process.send_signal(child.stop_signal)
        begun = time.monotonic()
        for child, process in alive:
            ended(process, max(0.0, begun + child.stop_seconds_max - time.monotonic()))
            kill_group(process)
            log.info("%s stopped %s", child.name, _how(process.returncode))

    def _on_signal(self, number: int, _frame: FrameType | None) -> None:
        if number in STOP_SIGNALS:
            self._stop_asked = True

    def _log(self, name: str) -> Log:
        return self._logs.setdefault(name, Log(self._folder / f"{name}.log"))

    def _failure(self, name: str, how: str) -> str:
        own = self._log(name)
        return f"{name} {how}. The end of {own.path}:\n{own.end()}"


def _how(returncode: int) -> str:
    """Say how a process ended: by itself or by whose signal."""
    if returncode >= 0:
        return f"with status {returncode}"
    return f"by {signal.Signals(-returncode).name}"
