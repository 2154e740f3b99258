"""``python3 dev.py chaos [--buyers N --seed S --minutes M | --deploy]``: breaks a whole house while a crowd buys in it.

Prints what was done, what everybody was told, and what the checker found; ends with 1 if it found anything.
"""

from __future__ import annotations

import argparse
import asyncio
import json
import os
import shutil
import sys
import tempfile
from collections.abc import Iterator
from dataclasses import asdict
from pathlib import Path

from marketplace.web.server import DRAIN_VARIABLE
from tests.chaos import course, deploy
from tests.chaos.course import Asked, Outcome

BUYERS, SECONDS = 400, 20.0
MINUTE = 60.0


def main(arguments: list[str]) -> int:
    """Run one course, or those of several seeds after one another."""
    parser = argparse.ArgumentParser(prog="dev.py chaos", description=__doc__)
    parser.add_argument("--buyers", type=int, default=BUYERS, metavar="N")
    parser.add_argument("--seed", type=int, action="append", metavar="S", help="may be repeated")
    parser.add_argument("--minutes", type=float, default=SECONDS / MINUTE, metavar="M")
    parser.add_argument(
        "--deploy", action="store_true", help="restart everything in turn and break nothing else"
    )
    parser.add_argument("--json", action="store_true", help="tell it to a program")
    parser.add_argument("--keep", type=Path, metavar="FOLDER", help="keep notes and logs there")
    given = parser.parse_args(arguments)
    if given.deploy:
        return _deploy(given)
    outcomes = [_run(given, seed) for seed in given.seed or [1]]
    if given.json:
        sys.stdout.write(json.dumps([_plain(each) for each in outcomes], indent=2) + "\n")
    return int(any(each.findings for each in outcomes))


def _deploy(given: argparse.Namespace) -> int:
    """Two web servers behind a balancer, and a deploy while the crowd buys."""
    os.environ[DRAIN_VARIABLE] = str(deploy.DRAIN_SECONDS)
    folder = Path(tempfile.mkdtemp(prefix="aubaine-chaos-"))
    folder.chmod(0o711)
    try:
        found = asyncio.run(deploy.run(folder, given.buyers))
    finally:
        shutil.rmtree(folder, ignore_errors=True)
    told = [
        f"{given.buyers} buyers asked {found.asked} times and saw {found.paid} orders paid",
        *(f"  restarted: {each}" for each in found.restarted),
        f"  resets, 5xx and lost asks: {len(found.lost)}",
        *(f"    {each}" for each in found.lost),
        *(f"  broken: {each}" for each in found.broken),
    ]
    sys.stdout.write(
        json.dumps(asdict(found), indent=2) + "\n" if given.json else "\n".join(told) + "\n"
    )
    return int(bool(found.lost or found.broken))


def _run(given: argparse.Namespace, seed: int) -> Outcome:
    folder = Path(tempfile.mkdtemp(prefix="aubaine-chaos-"))
    folder.chmod(0o711)
    asked = Asked(folder, given.buyers, seed, given.minutes * MINUTE)
    try:
        outcome = asyncio.run(course.run(asked))
    finally:
        if given.keep:
            shutil.copytree(folder / "house" / "logs", given.keep / f"{seed}", dirs_exist_ok=True)
            shutil.copy(asked.notes, given.keep / f"{seed}")
        shutil.rmtree(folder, ignore_errors=True)
    if not given.json:
        sys.stdout.write("\n".join(_told(outcome)) + "\n")
        sys.stdout.flush()
    return outcome


def _plain(outcome: Outcome) -> dict[str, object]:
    return {**asdict(outcome), "ok": not outcome.findings}


def _told(outcome: Outcome) -> Iterator[str]:
    """The summary, line by line."""
    yield f"seed {outcome.seed}: {outcome.buyers} buyers"
    for title, rows in (
        ("what was done", {kind: times for kind, times in outcome.faults.items() if times}),
        ("what people were told", outcome.told),
        ("answers by status, 0 for none", outcome.answers),
        ("seconds", outcome.seconds),
        ("payments at the payment service", outcome.money),
    ):
        yield f"  {title}"
        yield from (f"    {name:<44}{value:>10}" for name, value in rows.items())
    yield f"  {'broken rules':<46}{len(outcome.findings):>10}"
    yield from (f"    {each}" for each in outcome.findings)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
