"""Shuts this process in, before it looks at the stranger's file.

Memory, processor time and output are limited; no further file can be opened and no socket made, because no
descriptor is left for it; where the kernel allows, the network is taken away as well. The process dies with
its parent.
"""

from __future__ import annotations

import ctypes
import os
import resource
import signal
import sys

MEMORY_BYTES_MAX = 512 * 1024 * 1024
PROCESSOR_SECONDS_MAX = 20
OUTPUT_BYTES_MAX = 256 * 1024 * 1024

_PR_SET_PDEATHSIG = 1
_CLONE_NEWUSER = 0x1000_0000
_CLONE_NEWNET = 0x4000_0000


def shut_in(*, processor_seconds: int = PROCESSOR_SECONDS_MAX) -> None:
    """Take from this process all it does not need. Import everything before; nothing can be loaded after."""
    _die_with_parent()
    _limit(resource.RLIMIT_AS, MEMORY_BYTES_MAX)
    _limit(resource.RLIMIT_CPU, processor_seconds)
    _limit(resource.RLIMIT_FSIZE, OUTPUT_BYTES_MAX)
    _limit(resource.RLIMIT_CORE, 0)
    lowest_free = os.dup(0)
    os.close(lowest_free)
    _limit(resource.RLIMIT_NOFILE, lowest_free)


def _limit(kind: int, most: int) -> None:
    try:
        resource.setrlimit(kind, (most, most))
    except (OSError, ValueError):
        # macOS knows no limit of address space; the other limits and the wall clock remain.
        if sys.platform == "linux":
            raise


def _die_with_parent() -> None:
    """Linux only; elsewhere the limit on processor time ends an orphan."""
    if sys.platform == "linux":
        libc = ctypes.CDLL(None)
        libc.prctl(_PR_SET_PDEATHSIG, signal.SIGKILL)
        libc.unshare(_CLONE_NEWUSER | _CLONE_NEWNET)


def allow(processor_seconds: int) -> None:
    """Grant this process so much more processor time from now on; past it, the kernel ends it."""
    used = resource.getrusage(resource.RUSAGE_SELF)
    soft = int(used.ru_utime + used.ru_stime) + 1 + processor_seconds
    _, hard = resource.getrlimit(resource.RLIMIT_CPU)
    resource.setrlimit(resource.RLIMIT_CPU, (min(soft, hard), hard))
