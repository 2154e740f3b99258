"""Ties a process to its parent, so that nothing lives on after a `kill -9` of whoever started it.

The kernel's parent-death signal is asked for by the child itself and is lost at each fork. It is
therefore asked for three times: by :func:`bind` between fork and exec of whatever the supervisor
starts; by ``sitecustomize`` in every Python below it, because this package's folder leads their
PYTHONPATH; and after each fork inside those. So granian's workers end with granian and a job ends
with its worker, whichever of them is killed, and no list of pids has to be kept.

The kernel watches the *thread* that forked: start lasting children from the main thread only.
On systems without prctl (macOS) this does nothing, and the next start clears what was left.
"""

from __future__ import annotations

import ctypes
import os
import signal
import sys
from contextlib import suppress
from pathlib import Path

FOLDER = Path(__file__).resolve().parent
VARIABLE = "AUBAINE_TETHER"
"""Holds the pid of the process that starts the next one."""

_PR_SET_PDEATHSIG = 1
_libc = ctypes.CDLL(None) if sys.platform == "linux" else None


def bind(signal_number: int, parent: int) -> None:
    """Ask for ``signal_number`` at the death of ``parent``; if it is dead already, end here.

    Runs between fork and exec, after a change of account, which would undo it.
    """
    if _libc is None:
        return
    _libc.prctl(_PR_SET_PDEATHSIG, signal_number)
    if os.getppid() != parent and not _alive(parent):
        os.kill(os.getpid(), signal.SIGKILL)


def hold() -> None:
    """Tie this Python process to the one that started it, and all that it forks to itself."""
    starter = os.environ.get(VARIABLE, "")
    if not starter.isdecimal():
        return
    bind(signal.SIGKILL, int(starter))
    _sign()
    os.register_at_fork(after_in_child=_hold_after_fork)


def _hold_after_fork() -> None:
    bind(signal.SIGKILL, int(os.environ[VARIABLE]))
    _sign()


def _sign() -> None:
    os.environ[VARIABLE] = str(os.getpid())


def _alive(process: int) -> bool:
    # A process of another account answers with a refusal: it is alive all the same.
    with suppress(PermissionError):
        try:
            os.kill(process, 0)
        except ProcessLookupError:
            return False
    return True
