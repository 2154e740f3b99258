"""Arrays as PostgreSQL reads them from text: written here in one pass, where a driver looks at every value twice."""

from __future__ import annotations

from datetime import timedelta
from functools import lru_cache
from typing import TYPE_CHECKING
from uuid import UUID

if TYPE_CHECKING:
    from collections.abc import Iterable

MICROSECOND = timedelta(microseconds=1)


def written(values: Iterable[object]) -> str:
    """The literal of a one-dimensional array of ``values``; its type is said by the cast around it.

    TypeError for a value of a kind that no question of the house is asked with.
    """
    return "{" + ",".join(map(_one, values)) + "}"


def _one(value: object) -> str:
    kind = type(value)
    if kind is int or kind is UUID:
        return str(value)
    if isinstance(value, bytes):
        return f'"\\\\x{value.hex()}"'
    if isinstance(value, timedelta):
        return _span(value)
    if value is None:
        return "NULL"
    if isinstance(value, bool):
        return "t" if value else "f"
    if isinstance(value, str):
        return '"' + value.replace("\\", "\\\\").replace('"', '\\"') + '"'
    message = f"{kind.__name__} is not written into arrays"
    raise TypeError(message)


@lru_cache(maxsize=64)
def _span(value: timedelta) -> str:
    return f'"{value // MICROSECOND} microseconds"'
