"""`dev.py up`: starts the whole marketplace on this machine and tells where its doors are."""

from __future__ import annotations

import argparse
import json
import logging
import os
import sys
import time
from pathlib import Path
from typing import TYPE_CHECKING

from marketplace.local import (
    account,
    children,
    lists,
    outside,
    postgres,
    processes,
    stack,
    state,
    valkey,
)

if TYPE_CHECKING:
    from collections.abc import Iterator

REFUSALS = (
    account.AccountError,
    lists.ListsError,
    outside.OutsideError,
    postgres.PostgresError,
    processes.ChildEndedError,
    state.StateError,
    valkey.ValkeyError,
)

BROUGHT_ALONG = {
    "DATABASE_URL": "PostgreSQL",
    "REDIS_URL": "Valkey",
    "STRIPE_API_KEY": "a simulator of Stripe",
    "SMTP_URL": "a page of captured mails",
    "STORAGE_URL": "a folder for files",
}


def main(arguments: list[str]) -> int:
    """Run the stack until somebody stops it; returns 1, with a sentence, if it cannot start."""
    asked = _parsed(arguments)
    begun = time.monotonic()
    try:
        outside.check(os.environ)
        if asked.files:
            lists.found_in(asked.files)
        chosen = state.chosen(os.environ)
        with state.held(chosen):
            state.make(chosen)
            _log_to(chosen.logs / "supervisor.log")
            decided = stack.plan(chosen, os.environ, with_demo=asked.demo, files=asked.files)
            print(_starting(), flush=True)
            with stack.started(decided) as supervisor:
                if not supervisor.stop_asked:
                    _welcome(decided, supervisor, time.monotonic() - begun)
                supervisor.watch()
                print("Stopping.", flush=True)
    except REFUSALS as no:
        print(no, file=sys.stderr)
        return 1
    except PermissionError as no:
        where = f"{no.filename} belongs to another account"
        print(f"{where}. Start as that one, or set {state.VARIABLE} to a folder.", file=sys.stderr)
        return 1
    print("Stopped. What was committed is kept.", flush=True)
    return 0


def _parsed(arguments: list[str]) -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="dev.py up", description=__doc__)
    parser.add_argument("--no-demo", dest="demo", action="store_false", help="begin empty")
    parser.add_argument(
        "--files",
        type=Path,
        metavar="FOLDER",
        help="let a brand of the demo sell from the lists and photographs in FOLDER",
    )
    return parser.parse_args(arguments)


def _log_to(file: Path) -> None:
    """Keep the supervisor's whole log in ``file``; show only what went wrong."""
    kept = logging.FileHandler(file)
    kept.setFormatter(logging.Formatter("%(asctime)s %(levelname)s %(message)s"))
    shown = logging.StreamHandler()
    shown.setLevel(logging.WARNING)
    shown.setFormatter(logging.Formatter("  %(message)s"))
    logging.basicConfig(level=logging.INFO, handlers=[kept, shown])


def _starting() -> str:
    named = outside.named(os.environ)
    brought = [part for name, part in BROUGHT_ALONG.items() if name not in named]
    lines = ["Starting Aubaine …"]
    if brought:
        lines.append(f"  brought along: {', '.join(brought)}")
    if named:
        lines.append(f"  used as set:   {', '.join(named)}")
    return "\n".join(lines)


def _welcome(decided: stack.Plan, supervisor: processes.Supervisor, seconds: float) -> None:
    """Tell where the doors are as soon as they answer, then fill an empty house and tell who is in it."""
    print(_doors(decided, seconds), flush=True)
    if stack.is_to_be_filled(decided):
        print("  Filling the house with brands, goods and a sale; only this once …", flush=True)
        stack.fill(decided, supervisor)
    if supervisor.stop_asked:
        return
    stack.tell(decided)
    lines = [*_sign_ins(decided.state.demo), "", f"  Logs       {decided.state.logs}"]
    print("\n".join((*lines, "  Ctrl-C stops everything.", "")), flush=True)


def _doors(decided: stack.Plan, seconds: float) -> str:
    address = decided.public_url
    places = {
        "Members": f"{address}/",
        "Brands": f"{address}/brand/",
        "Operators": f"{address}/admin/",
        "Mails": f"{address}{children.MAILS_PATH}",
    }
    lines = [f"Aubaine is open ({seconds:.1f} s).", ""]
    lines += [f"  {name:<10} {place}" for name, place in places.items()]
    return "\n".join(lines)


def _sign_ins(file: Path) -> Iterator[str]:
    """Give the demo's sign-ins, one a line, as the demo wrote them."""
    if not file.exists():
        return
    yield ""
    yield "  To sign in"
    for each in json.loads(file.read_text())["sign_ins"]:
        words = (f"{each['door']:<10}", each["email"], each["password"], each.get("note", ""))
        yield f"  {'   '.join(words)}".rstrip()


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
