"""The guide's example of checking a signature does check what is sent."""

from __future__ import annotations

import re
import time
from datetime import UTC, datetime, timedelta
from pathlib import Path

from marketplace.domain import deliveries

GUIDE = Path(__file__).resolve().parents[2] / "docs" / "api.md"


def example():
    (source,) = re.findall(r"```python\n(.*?)```", GUIDE.read_text(), flags=re.DOTALL)
    known: dict[str, object] = {}
    exec(source, known)  # noqa: S102 - the guide's own lines
    return known["is_from_aubaine"]


def test_the_example_takes_what_is_ours_and_nothing_else():
    check, now, body = example(), datetime.fromtimestamp(time.time(), UTC), b'{"id":"msg_1"}'
    header = deliveries.signature(body, at=now, by=("new", "old"))
    stale = deliveries.signature(body, at=now - timedelta(minutes=6), by=("new",))

    assert check(body, header, "new")
    assert check(body, header, "old")
    assert not check(body, header, "other")
    assert not check(body + b" ", header, "new")
    assert not check(body, stale, "new")
