"""Holds: take, renew, release, and the sweep that tidies up after time.

The decision is taken inside the database by volatile functions, in one autocommitted round trip: the one
exception to a service's transaction (docs/decisions). Asks go in and answers come out as sequences, so that
many members' asks can be decided together without any caller noticing.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from marketplace.db import locks
from marketplace.db.accounts import digest
from marketplace.db.holds import ASK, DECIDE, NOTE, RELEASE, RENEW, SWEEP
from marketplace.db.members import Member
from marketplace.domain.accounts import SESSION_LASTS
from marketplace.domain.doors import Realm
from marketplace.domain.events import Event, Fact
from marketplace.domain.holds import (
    LINES_MAX,
    AlreadyBought,
    Answer,
    Ask,
    HoldLapsed,
    HoldOutcome,
    RenewalUsed,
    check_units,
)
from marketplace.domain.refusals import NotFound

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime

    from marketplace.db.asking import Asking
    from marketplace.toolbox import Toolbox

RELEASED_BY_MEMBER = "by_member"
NOBODY = "nobody"
_LASTS = SESSION_LASTS[Realm.MEMBER].idle, SESSION_LASTS[Realm.MEMBER].noted_after
IN_VAIN = frozenset({HoldOutcome.TOO_MANY, HoldOutcome.ALL_IN_BAGS, HoldOutcome.SOLD_OUT})
"""Answers that say there was not enough."""


def take(tools: Toolbox, *, member_id: int, asks: Sequence[Ask]) -> tuple[Answer, ...]:
    """Ask for holds, each for itself; the answers come in the order asked.

    A no is an answer here (``Answer.refusal()`` names it), because one line may be held and another not.
    Refuses as a whole what cannot be asked (QuantityRefused) and Busy when the shelf stays locked.
    """
    assert len(asks) <= LINES_MAX, "more asks than a bag has lines"
    for ask in asks:
        check_units(ask.units)
    rows = tools.vault.call_each(
        DECIDE, [(member_id, ask.sale_item_id, ask.units, ask.key) for ask in asks]
    )
    answers = tuple(Answer(HoldOutcome(row.outcome), *row[1:]) for row in rows)
    told = zip(asks, answers, strict=True)
    _note(tools, [(member_id, ask) for ask, answer in told if answer.outcome in IN_VAIN])
    return answers


@dataclass(frozen=True, slots=True)
class Served:
    """A member known by their session: how to speak to them, and the answer to what they asked."""

    member_id: int
    locale: str
    zone: str
    answer: Answer


def take_for(tools: Toolbox, *, reference: str, ask: Ask) -> Asking[Served | None]:
    """The same for one ask of whoever shows ``reference``, found out in the same round trip; None if it is nobody's.

    None, too, for somebody who owes a factor still. Refuses like :func:`take`. For ``tools.waited_for`` or
    ``tools.awaited``.
    """
    check_units(ask.units)
    row = yield ASK, (digest(reference), *_LASTS, ask.sale_item_id, ask.units, ask.key)
    if row.outcome == NOBODY:
        return None
    answer = Answer(HoldOutcome(row.outcome), *row[4:])
    if answer.outcome in IN_VAIN:
        _note(tools, [(row.member_id, ask)])
    return Served(row.member_id, row.locale, row.zone, answer)


def _note(tools: Toolbox, vain: Sequence[tuple[int, Ask]]) -> None:
    """Count wishes that could not be met: what a brand reads as demand."""
    tools.vault.note(NOTE, [(member_id, ask.sale_item_id, ask.units) for member_id, ask in vain])


def renew(tools: Toolbox, *, member_id: int, hold_id: int) -> datetime:
    """Five minutes more for a live hold; returns when it ends now.

    Refuses a second time (RenewalUsed), a hold that has ended (HoldLapsed) or was paid for (AlreadyBought), and
    one that is not the member's (NotFound).
    """
    answer = tools.vault.call(RENEW, {"member": member_id, "hold": hold_id})[0]
    until: datetime = answer.expires_at
    match answer.outcome:
        case HoldOutcome.HELD:
            return until
        case HoldOutcome.NOT_FOUND:
            raise NotFound
        case HoldOutcome.BOUGHT:
            raise AlreadyBought
        case HoldOutcome.LAPSED:
            raise HoldLapsed(expires_at=until)
    raise RenewalUsed(expires_at=until)


def release(tools: Toolbox, *, member_id: int, hold_ids: Sequence[int]) -> tuple[int, ...]:
    """Give live holds back to the sale; returns those that were. What has ended, or is not theirs, stays as it is."""
    assert len(hold_ids) <= LINES_MAX, "more holds than a bag has lines"
    facts = {"member": member_id, "holds": list(hold_ids), "why": RELEASED_BY_MEMBER}
    return tuple(row[0] for row in tools.vault.call(RELEASE, facts))


def sweep(tools: Toolbox, *, most: int) -> int:
    """Write down what the clock has already decided: units of lapsed holds, taken back in up to ``most`` holds.

    Only tidies. Returns the number of units; a shelf that somebody works on is left for the next time.
    """
    with tools.transaction() as session:
        units: int = session.execute(SWEEP, {"most": most}).scalar_one()
        return units


def prefer_more_time(tools: Toolbox, *, member_id: int, wanted: bool) -> None:
    """Give this member five minutes more on every hold taken from now on, or no longer. Source: WCAG 2.2.1."""
    with tools.transaction() as session:
        member = locks.one(session, Member, member_id)
        if member.extra_time == wanted:
            return
        member.extra_time = wanted
        tools.record(
            session, Fact(Event.MORE_TIME_PREFERRED, "member", member_id, data={"wanted": wanted})
        )
