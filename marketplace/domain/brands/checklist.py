"""What a brand owes before it begins: kinds of items in code, the items themselves written by the house.

Two gates only: before the first collection is submitted, and before the first money is paid out.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING

from marketplace.domain.brands.states import BrandState, check_begins
from marketplace.domain.lifecycle import Lifecycle
from marketplace.domain.refusals import Refusal

if TYPE_CHECKING:
    from collections.abc import Iterable

    from marketplace.domain.brands.kyb import Part

TITLE_LENGTH_MAX = 120
ASKS_LENGTH_MAX = 1_000
ITEMS_MAX = 40
"""Of the house's list: a brand is asked for what is needed, and can see the end of it."""


class ItemKind(StrEnum):
    """How an item is given: a document, a statement that is signed, or a part of the company's file."""

    UPLOAD = "upload"
    ATTEST = "attest"
    DATA = "data"


class Gate(StrEnum):
    """What waits until the item is settled."""

    SUBMISSION = "submission"
    PAYOUT = "payout"


class AnswerState(StrEnum):
    """Where a brand's answer to an item stands. ``open``: given once, and no longer complete."""

    OPEN = "open"
    SUBMITTED = "submitted"
    ACCEPTED = "accepted"
    SENT_BACK = "sent_back"
    WAIVED = "waived"


SETTLED = frozenset({AnswerState.ACCEPTED, AnswerState.WAIVED})

ANSWER_LIFECYCLE = Lifecycle(
    "answer",
    {
        AnswerState.OPEN: (AnswerState.SUBMITTED, AnswerState.WAIVED),
        AnswerState.SUBMITTED: (
            AnswerState.SUBMITTED,
            AnswerState.OPEN,
            AnswerState.ACCEPTED,
            AnswerState.SENT_BACK,
            AnswerState.WAIVED,
        ),
        AnswerState.ACCEPTED: (AnswerState.SUBMITTED, AnswerState.OPEN, AnswerState.SENT_BACK),
        AnswerState.SENT_BACK: (AnswerState.SUBMITTED, AnswerState.OPEN, AnswerState.WAIVED),
        AnswerState.WAIVED: (AnswerState.SUBMITTED, AnswerState.SENT_BACK),
    },
)


class GateClosed(Refusal):
    """Items are missing; ``reason`` is the gate, ``missing`` of ``total`` says how many."""

    code = "gate_closed"


class AnswerRefused(Refusal):
    """An answer cannot be taken: ``reason`` is kind_of_file, size_of_file, no_file, not_agreed or not_asked."""

    code = "answer_refused"


class ListFull(Refusal):
    """The house's list is as long as it may be; ``most`` says how long."""

    code = "checklist_full"


@dataclass(frozen=True, slots=True)
class Owed:
    """One item as it stands for one brand; ``state`` none where nothing was given yet."""

    item_id: int
    kind: ItemKind
    gate: Gate
    part: Part | None
    state: AnswerState | None

    @property
    def settled(self) -> bool:
        """Whether nothing more is asked for."""
        return self.state in SETTLED


@dataclass(frozen=True, slots=True)
class Standing:
    """All items of one brand."""

    items: tuple[Owed, ...]

    def of(self, gate: Gate) -> tuple[Owed, ...]:
        """The items that this gate waits for: a payout waits for what a submission waits for, too."""
        if gate is Gate.PAYOUT:
            return self.items
        return tuple(each for each in self.items if each.gate is gate)

    def missing(self, gate: Gate) -> int:
        """How many of them are not settled."""
        return sum(not each.settled for each in self.of(gate))

    def closed(self, gate: Gate) -> GateClosed:
        """The refusal of this gate as it stands."""
        return GateClosed(reason=str(gate), missing=self.missing(gate), total=len(self.of(gate)))


def standing(items: Iterable[Owed]) -> Standing:
    """The items as one."""
    return Standing(tuple(items))


def check_submission(state: BrandState, found: Standing) -> None:
    """The first gate: a brand that has passed it once is not asked again. Refuses with BrandStopped or GateClosed."""
    check_begins(state)
    if state is BrandState.ONBOARDING and found.missing(Gate.SUBMISSION):
        raise found.closed(Gate.SUBMISSION)


def check_payout(state: BrandState, found: Standing, *, paid_before: bool) -> None:
    """The second gate. A brand that is suspended or has left is still paid what it is owed.

    Refuses with GateClosed; whether bank details are in force is asked where they are looked up.
    """
    if state is BrandState.ONBOARDING or (not paid_before and found.missing(Gate.PAYOUT)):
        raise found.closed(Gate.PAYOUT)
