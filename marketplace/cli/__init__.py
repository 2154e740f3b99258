"""The ``aubaine`` command, for people at a terminal and for scripts.

Each word after it is a module of this room with a tuple ``COMMANDS``; a module is loaded only when its word is
said, so that checking a file does not wait for the database's library.
"""

from __future__ import annotations

import argparse
import importlib
import io
import os
import sys
from dataclasses import dataclass
from typing import TYPE_CHECKING

from marketplace import words

if TYPE_CHECKING:
    from argparse import ArgumentParser, Namespace
    from collections.abc import Callable, Sequence

GROUPS = ("brands", "collections", "members", "migrate", "operators")
"""The first words that are understood; each is a module beside this one."""

UNDERSTOOD_NOT = 2
"""The exit code of a command that could not do its work at all."""


@dataclass(frozen=True, slots=True)
class Command:
    """One command. ``name`` is its second word, empty if it has none; ``run`` gives the exit code."""

    name: str
    summary: str
    arguments: Callable[[ArgumentParser], None]
    run: Callable[[Namespace], int]


def main(arguments: Sequence[str] | None = None) -> int:
    """Carry out what the command line says; the exit code."""
    said = list(sys.argv[1:] if arguments is None else arguments)
    if isinstance(sys.stdout, io.TextIOWrapper):
        sys.stdout.reconfigure(encoding="utf-8")
    chosen = _parser(said).parse_args(said)
    run: Callable[[Namespace], int] = chosen.run
    with words.speaking(_language()):
        try:
            return run(chosen)
        except BrokenPipeError:
            # Whoever read us has heard enough; nothing is left to say, not even at the process's end.
            os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
            return 0


def _parser(said: Sequence[str]) -> ArgumentParser:
    """Understands every command, or only those of the first word where it is known."""
    parser = argparse.ArgumentParser(
        prog="aubaine", description="Works on the house from a terminal."
    )
    groups = parser.add_subparsers(metavar="WORD", required=True)
    for group in said[:1] if said and said[0] in GROUPS else GROUPS:
        _add(groups, group)
    return parser


def _add(groups: argparse._SubParsersAction[ArgumentParser], group: str) -> None:
    module = importlib.import_module(f"{__name__}.{group}")
    commands: tuple[Command, ...] = module.COMMANDS
    summary = (module.__doc__ or "").partition("\n")[0]
    under = groups.add_parser(group, help=summary, description=summary)
    if [command.name for command in commands] == [""]:
        _prepare(under, commands[0])
        return
    names = under.add_subparsers(metavar="WORD", required=True)
    for command in commands:
        parser = names.add_parser(command.name, help=command.summary, description=command.summary)
        _prepare(parser, command)


def _prepare(parser: ArgumentParser, command: Command) -> None:
    command.arguments(parser)
    parser.set_defaults(run=command.run)


def _language() -> str:
    """The language of the terminal, as far as the house speaks it."""
    for name in ("LC_ALL", "LC_MESSAGES", "LANG"):
        if os.environ.get(name):
            return os.environ[name][:2].casefold()
    return words.SOURCE_LOCALE
