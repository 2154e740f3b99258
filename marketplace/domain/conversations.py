"""Conversations: who takes part, and who may read what was said."""

from __future__ import annotations

from datetime import UTC, datetime, time, timedelta
from enum import StrEnum
from typing import TYPE_CHECKING

from marketplace.domain.closures import closed_on
from marketplace.domain.moments import moment, wall_time
from marketplace.domain.refusals import NotFound, Refusal

if TYPE_CHECKING:
    from collections.abc import Collection, Sequence
    from datetime import date

    from marketplace.domain.deals import Days

BODY_LENGTH_MAX = 4_000
HOUSE_ZONE = "Europe/Paris"
ANSWERED_BY = time(18, 0)
"""A question is answered by this hour of the next working day."""
FIRST_DAY_OFF = 5
"""Saturday, as ``weekday()`` counts."""
MEASURED = timedelta(days=90)
"""How far back the time to an answer is measured."""
ANSWERS_MIN = 3
"""Of fewer answers no median is told: it would be one of them."""


class Subject(StrEnum):
    """What a thread hangs on. ``BRAND`` is the brand's talk with the house about everything else."""

    COLLECTION = "collection"
    DEAL = "deal"
    SALE = "sale"
    BRAND = "brand"
    ORDER = "order"


OF_BRANDS = frozenset({Subject.COLLECTION, Subject.DEAL, Subject.SALE, Subject.BRAND})
"""Threads between a brand and the house; those on orders are between a member and the house."""


class ParticipantRole(StrEnum):
    """What somebody is in a thread; always shown beside the name."""

    MEMBER = "member"
    BRAND = "brand"
    OPERATOR = "operator"


class Visibility(StrEnum):
    """Who may read a message: everybody in the thread, the house alone, or the writer's own side."""

    ALL = "all"
    STAFF = "staff"
    SIDE = "side"


_TAKES_PART = {
    ParticipantRole.OPERATOR: frozenset(Subject),
    ParticipantRole.BRAND: OF_BRANDS,
    ParticipantRole.MEMBER: frozenset({Subject.ORDER}),
}


class MessageEmpty(Refusal):
    """A message needs words."""

    code = "message_empty"


class MessageTooLong(Refusal):
    """A message holds ``most`` letters at the most."""

    code = "message_too_long"


class VisibilityRefused(Refusal):
    """Only the house writes notes for the house alone."""

    code = "visibility_refused"


def check_part(role: ParticipantRole, subject: Subject) -> None:
    """Refuses as not found a conversation in which this role never takes part: a brand in a member's order."""
    if subject not in _TAKES_PART[role]:
        raise NotFound


def answer_due(
    asked_at: datetime, *, closures: Collection[Days] = (), zone: str = HOUSE_ZONE
) -> datetime:
    """By when the house answers: 18:00 in Paris on the next working day after ``asked_at`` (aware UTC).

    Days on which the brand is closed are passed over: ``closures`` are days where it is, in ``zone``.
    """
    day = wall_time(asked_at, HOUSE_ZONE).date() + timedelta(days=1)
    while day.weekday() >= FIRST_DAY_OFF or closed_on(_there(day, zone), closures):
        day += timedelta(days=1)
    return _evening(day)


def _evening(day: date) -> datetime:
    return moment(datetime.combine(day, ANSWERED_BY), HOUSE_ZONE).at.astimezone(UTC)


def _there(day: date, zone: str) -> date:
    """The day it is in ``zone`` when the house answers at the latest on ``day``."""
    return wall_time(_evening(day), zone).date()


def median_wait(waits: Sequence[timedelta]) -> timedelta | None:
    """The middle of the times from a question to its answer, nights and weekends counted; None of too few.

    Of an even number, the middle between the two in the middle.
    """
    if len(waits) < ANSWERS_MIN:
        return None
    ordered, middle = sorted(waits), len(waits) // 2
    return (ordered[(len(waits) - 1) // 2] + ordered[middle]) // 2


def may_read(*, reader: ParticipantRole, author: ParticipantRole, visibility: Visibility) -> bool:
    """Whether a participant in the role ``reader`` may read what ``author`` wrote with this visibility."""
    if visibility is Visibility.ALL:
        return True
    if visibility is Visibility.STAFF:
        return reader is ParticipantRole.OPERATOR
    return reader is author


def check_writing(*, author: ParticipantRole, visibility: Visibility, body: str) -> None:
    """Refuses an empty or endless message, and a staff note from anybody but the house."""
    if not body.strip():
        raise MessageEmpty
    if len(body) > BODY_LENGTH_MAX:
        raise MessageTooLong(most=BODY_LENGTH_MAX)
    if visibility is Visibility.STAFF and author is not ParticipantRole.OPERATOR:
        raise VisibilityRefused
