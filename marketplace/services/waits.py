"""The line for what is gone: stand in it, leave it, and what comes back passed on to the next."""

from __future__ import annotations

from typing import TYPE_CHECKING

from marketplace.db import waits
from marketplace.db.waits import JOIN, LEAVE
from marketplace.domain.holds import (
    ItemStopped,
    LimitReached,
    SaleClosed,
    SaleNotOpen,
    SalePaused,
    check_units,
)
from marketplace.domain.refusals import NotFound
from marketplace.domain.waits import (
    LINES_PER_SALE_MAX,
    SIZES_MAX,
    FreeNow,
    TooManyLines,
    WaitOutcome,
)

if TYPE_CHECKING:
    from collections.abc import Sequence

    from marketplace.domain.refusals import Refusal
    from marketplace.toolbox import Toolbox

_REFUSALS: dict[WaitOutcome, tuple[type[Refusal], tuple[str, ...]]] = {
    WaitOutcome.FREE: (FreeNow, ()),
    WaitOutcome.LIMIT_REACHED: (LimitReached, ("most",)),
    WaitOutcome.TOO_MANY: (TooManyLines, ("most",)),
    WaitOutcome.NOT_OPEN: (SaleNotOpen, ("opens_at",)),
    WaitOutcome.CLOSED: (SaleClosed, ()),
    WaitOutcome.PAUSED: (SalePaused, ()),
    WaitOutcome.STOPPED: (ItemStopped, ()),
    WaitOutcome.NOT_FOUND: (NotFound, ()),
}
"""The refusal of each outcome that is none of theirs, and which figures its sentence may name."""


def join(tools: Toolbox, *, member_id: int, items: Sequence[int], units: int) -> int:
    """Wait for whichever of ``items``, all of one style in one sale, comes back first; the number of the entry.

    Asked twice for one style it is the entry that stands. Refuses what is free (FreeNow), more than the member's limit
    leaves (LimitReached), one line too many (TooManyLines), what is not on sale now, and what is not of one style
    (NotFound).
    """
    check_units(units)
    wanted = sorted(set(items))
    if not 0 < len(wanted) <= SIZES_MAX:
        raise NotFound
    asked = {"member": member_id, "items": wanted, "units": units, "lines": LINES_PER_SALE_MAX}
    answer = tools.vault.call(JOIN, asked)[0]
    found = _REFUSALS.get(WaitOutcome(answer.outcome))
    if found is not None:
        kind, named = found
        raise kind(**{name: getattr(answer, name) for name in named})
    wait_id: int = answer.wait_id
    return wait_id


def leave(tools: Toolbox, *, member_id: int, wait_id: int) -> bool:
    """Wait no longer. False where the member had ceased to already; NotFound for an entry of somebody else."""
    left: bool | None = tools.vault.call(LEAVE, {"member": member_id, "wait": wait_id})[0][0]
    if left is None:
        raise NotFound
    return left


def pass_on(tools: Toolbox, *, most: int) -> tuple[int, ...]:
    """What came back to up to ``most`` items becomes holds of those next in line, who are written to; the holds."""
    with tools.transaction() as session:
        return tuple(each.hold_id for each in waits.pass_on(session, most=most))
