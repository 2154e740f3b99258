"""Which account runs a database server, and where that account can keep its files.

PostgreSQL refuses to run as root. Started by root, it runs as `postgres` or `nobody`; where that
account may not enter the project's folder or its virtual environment (a checkout under /root), the
data and the programs are kept in a folder of their own below /var/tmp. No mode of a folder that is
not ours is ever changed.
"""

from __future__ import annotations

import hashlib
import os
import pwd
import shutil
import stat
from dataclasses import dataclass
from pathlib import Path

NAMES = ("postgres", "nobody")
ELSEWHERE = Path("/var/tmp")  # noqa: S108  # ownership of what is found there is checked below


class AccountError(Exception):
    """No account can run the server; the text is shown to the person who starts it."""


@dataclass(frozen=True, slots=True)
class Account:
    """The account that a server runs as, instead of root."""

    name: str
    user: int
    group: int


def for_servers(data: Path) -> Account | None:
    """Return the account to change to, or None where this process is an ordinary user's.

    Data that an ordinary user's server wrote to ``data`` is served as that user.
    """
    if os.geteuid() != 0:
        return None
    if data.exists() and (owner := data.stat()).st_uid != 0:
        return Account(f"user {owner.st_uid}", owner.st_uid, owner.st_gid)
    for name in NAMES:
        try:
            entry = pwd.getpwnam(name)
        except KeyError:
            continue
        return Account(name, entry.pw_uid, entry.pw_gid)
    message = "PostgreSQL cannot run as root, and there is no account named postgres or nobody."
    raise AccountError(message)


def may(account: Account | None, path: Path, mode: int) -> bool:
    """Tell whether ``account`` may use ``path`` in ``mode``: asked in a child that became it."""
    if account is None:
        return os.access(path, mode)
    child = os.fork()
    if child == 0:
        os._exit(_asked_as(account, path, mode))
    return os.waitpid(child, 0)[1] == 0


def _asked_as(account: Account, path: Path, mode: int) -> int:
    try:
        os.setgroups([])
        os.setgid(account.group)
        os.setuid(account.user)
        return 0 if os.access(path, mode) else 1
    except OSError:
        return 2


def home(account: Account | None, wanted: Path) -> Path:
    """Make and return the folder for the server's files: ``wanted`` where the account can reach it.

    Otherwise a folder below /var/tmp, named after ``wanted`` so that it is found again.
    """
    wanted.mkdir(parents=True, exist_ok=True)
    if account is None or may(account, wanted, os.R_OK | os.X_OK):
        return wanted
    return _own_folder(elsewhere(wanted))


def elsewhere(wanted: Path) -> Path:
    """Return where the files of ``wanted`` are kept when the server's account cannot reach it."""
    digest = hashlib.sha256(str(wanted.resolve()).encode()).hexdigest()[:16]
    return ELSEWHERE / f"aubaine-{digest}"


def _own_folder(folder: Path) -> Path:
    """Make ``folder`` ours, refusing one that somebody else has put there."""
    folder.mkdir(mode=0o755, exist_ok=True)
    found = folder.lstat()
    if not stat.S_ISDIR(found.st_mode) or found.st_uid != os.geteuid():
        message = f"{folder} belongs to somebody else. Remove it, then start again."
        raise AccountError(message)
    folder.chmod(0o755)
    return folder


def private_folder(account: Account | None, folder: Path) -> Path:
    """Make ``folder`` for the account alone, as PostgreSQL demands of its data."""
    folder.mkdir(mode=0o700, exist_ok=True)
    if account is not None:
        os.chown(folder, account.user, account.group)
    return folder


def reachable_copy(
    account: Account | None, program: Path, trees: tuple[Path, ...], to: Path
) -> Path:
    """Return ``program``, or its twin in a copy of ``trees`` below ``to`` that the account may run.

    ``trees`` are folders beside each other, one of which holds ``program``: programs find their
    libraries relative to themselves.
    """
    if may(account, program, os.R_OK | os.X_OK):
        return program
    above = trees[0].parent
    kept = _own_folder(to) / f"programs-{program.stat().st_mtime_ns}"
    if not kept.exists():
        _copy_whole(trees, kept)
    return kept / program.relative_to(above)


def _copy_whole(trees: tuple[Path, ...], to: Path) -> None:
    """Copy so that ``to`` exists complete or not at all, whenever this process is stopped."""
    partial = to.with_name(f"{to.name}.{os.getpid()}")
    partial.mkdir(mode=0o755)
    for tree in trees:
        shutil.copytree(tree, partial / tree.name, symlinks=True)
    partial.rename(to)


def write_private(path: Path, text: str, owner: Account | None = None) -> None:
    """Write ``text`` to ``path`` so that only ``owner`` (by default this account) can read it."""
    path.unlink(missing_ok=True)
    descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(descriptor, "w") as file:
        file.write(text)
    if owner is not None:
        os.chown(path, owner.user, owner.group)
