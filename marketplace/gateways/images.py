"""A brand's photographs: looked at and drawn anew in a shut room, one after the other.

A picture that ends the child is refused itself; the work goes on behind it.
"""

from __future__ import annotations

import json
import subprocess
from contextlib import contextmanager
from threading import Timer
from typing import IO, TYPE_CHECKING, Any

from marketplace.domain.imports.given import Copy, Photograph
from marketplace.domain.imports.unreadable import FileUnreadable
from marketplace.gateways.confined import starting

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence
    from pathlib import Path

RESTARTS_MAX = 20
"""So many pictures of one file may end the child before the file is given up."""

WALL_SECONDS_MAX = 1_800
NAMES_MAX = 5_000
FRAME_BYTES_MAX = 64 * 1024 * 1024


def inspected(path: Path, *, name: str) -> Iterator[Photograph]:
    """Every photograph in the ZIP file at ``path``; raises :class:`FileUnreadable` if it is none."""
    yield from _all(path, name, draw=False, names=())


def drawn(path: Path, *, name: str, names: Sequence[str] = ()) -> Iterator[Photograph]:
    """The same with copies in three widths; only the entries ``names``, unless it is empty."""
    assert len(names) <= NAMES_MAX, "a ZIP file never holds so many entries"
    yield from _all(path, name, draw=True, names=names)


def drawn_single(path: Path, *, name: str) -> Photograph:
    """One picture file, drawn anew."""
    found = list(_all(path, name, draw=True, names=(name,), single=True))
    return found[0] if found else Photograph(name, code="photograph_too_costly")


def marked(path: Path, *, name: str, mark: str) -> Iterator[Photograph]:
    """The pictures of a ZIP file of our own copies, drawn anew in their widths with ``mark`` on each."""
    yield from _all(path, name, draw=True, names=(), mark=mark)


def _all(
    path: Path,
    name: str,
    *,
    draw: bool,
    names: Sequence[str],
    single: bool = False,
    mark: str = "",
) -> Iterator[Photograph]:
    skip = 0
    for _ in range(RESTARTS_MAX):
        begun: tuple[int, str] | None = None
        what = ("one" if single else "zip", "draw" if draw else "look", mark)
        arguments = [*what, str(skip), *names]
        for line, copies in _frames(path, name, arguments):
            if "refused" in line:
                raise FileUnreadable(line["refused"], **{"name": name, **line["facts"]})
            if "end" in line:
                return
            if "begun" in line:
                begun = (line["place"], line["begun"])
            else:
                begun = None
                yield _photograph(line, copies)
        if begun is None:
            break
        yield Photograph(begun[1], code="photograph_too_costly")
        skip = begun[0] + 1
    if not single:
        raise FileUnreadable("limits", name=name)


def _photograph(line: Mapping[str, Any], copies: tuple[Copy, ...]) -> Photograph:
    if "code" in line:
        facts = tuple((key, str(value)) for key, value in line["facts"].items())
        return Photograph(line["name"], code=line["code"], facts=facts)
    return Photograph(
        name=line["name"],
        kind=line["kind"],
        width=line["width"],
        height=line["height"],
        sha256=line["sha256"],
        paper=line.get("paper", ""),
        copies=copies,
    )


def _frames(
    path: Path, name: str, arguments: Sequence[str]
) -> Iterator[tuple[dict[str, Any], tuple[Copy, ...]]]:
    """What the child says, frame by frame, until it ends or is ended."""
    try:
        given = path.open("rb")
    except OSError as no:
        raise FileUnreadable("missing", name=name) from no
    with given, _child(arguments, given) as answer:
        while line := answer.readline():
            if not line.endswith(b"\n"):
                return
            frame = json.loads(line)
            sizes = frame.get("widths", ())
            assert sum(size for *_, size in sizes) <= FRAME_BYTES_MAX, "copies past all reason"
            copies = tuple(Copy(w, h, answer.read(size), kind) for w, h, kind, size in sizes)
            if any(len(copy.content) != each[-1] for copy, each in zip(copies, sizes, strict=True)):
                return
            yield frame, copies


@contextmanager
def _child(arguments: Sequence[str], given: IO[bytes]) -> Iterator[IO[bytes]]:
    child = subprocess.Popen(  # noqa: S603 - this Python, and arguments that no shell reads
        starting.command("pictures", arguments),
        stdin=given,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        env=starting.surroundings(),
        cwd=starting.ROOT,
    )
    watch = Timer(WALL_SECONDS_MAX, child.kill)
    watch.start()
    assert child.stdout is not None
    try:
        with child.stdout as answer:
            yield answer
    finally:
        watch.cancel()
        child.kill()
        child.wait()
