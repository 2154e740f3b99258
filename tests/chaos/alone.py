"""A loop in a thread of its own: a browser's test before this one leaves its loop running in the thread of tests."""

from __future__ import annotations

import asyncio
from collections.abc import Coroutine
from concurrent.futures import ThreadPoolExecutor
from typing import Any, TypeVar

Answer = TypeVar("Answer")


def aside(course: Coroutine[Any, Any, Answer]) -> Answer:
    """What ``course`` comes to."""
    with ThreadPoolExecutor(max_workers=1) as alone:
        return alone.submit(asyncio.run, course).result()
