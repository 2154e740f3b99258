"""What asks the store and goes on with what it is told, written once for those who may wait and those who may not.

An :data:`Asking` is a generator that yields a question and is sent the row that answers it. A thread drives it and
waits; a coroutine drives it and lets others go on meanwhile. So there is one rule, whoever serves the crowd.
"""

from __future__ import annotations

from collections.abc import Generator
from contextvars import copy_context
from typing import TYPE_CHECKING, Any, TypeVar

if TYPE_CHECKING:
    from contextvars import Context

    from marketplace.db.session import Each, Vault

Comes = TypeVar("Comes")
Question = tuple["Each", tuple[object, ...]]
Asking = Generator[Question, Any, Comes]


def waited_for(vault: Vault, asking: Asking[Comes]) -> Comes:
    """What ``asking`` comes to, in a thread that waits for each answer."""
    try:
        each, asked = next(asking)
        while True:
            try:
                (row,) = vault.call_each(each, [asked])
            except Exception as trouble:  # noqa: BLE001 - whoever asked decides what becomes of it
                each, asked = asking.throw(trouble)
            else:
                each, asked = asking.send(row)
    except StopIteration as end:
        comes: Comes = end.value
        return comes


async def awaited(vault: Vault, asking: Asking[Comes], within: Context | None = None) -> Comes:
    """The same in a coroutine; each step runs ``within`` a context of its own, which no other request sees."""
    run = (within or copy_context()).run
    try:
        each, asked = run(next, asking)
        while True:
            try:
                (row,) = await vault.call_each_seated(each, [asked])
            except Exception as trouble:  # noqa: BLE001 - whoever asked decides what becomes of it
                each, asked = run(asking.throw, trouble)
            else:
                each, asked = run(asking.send, row)
    except StopIteration as end:
        comes: Comes = end.value
        return comes
