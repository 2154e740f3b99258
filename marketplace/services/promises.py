"""Promises: a date that passes unkept is noticed once, by the clock."""

from __future__ import annotations

from typing import TYPE_CHECKING

from marketplace.db import promises
from marketplace.domain.events import Event, Fact

if TYPE_CHECKING:
    from marketplace.toolbox import Toolbox

AT_ONCE_MAX = 200


def notice_passed(tools: Toolbox) -> int:
    """Tell of each promise whose date has passed unkept, exactly once; how many were new.

    At most :data:`AT_ONCE_MAX`: the next run takes the others.
    """
    with tools.transaction() as session:
        passed = promises.take_passed(session, most=AT_ONCE_MAX)
        facts = (
            Fact(
                Event.PROMISE_PASSED,
                each.subject_type,
                each.subject_id,
                brand_id=each.brand_id,
                data={
                    "promise": each.id,
                    "kind": str(each.kind),
                    "due_at": each.due_at.isoformat(),
                },
            )
            for each in passed
        )
        return len(tools.record(session, *facts))
