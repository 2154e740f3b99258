"""Stock: how units of a lot are counted, from offered to accepted, and what a new count changes.

offered ≥ committed ≥ received ≥ accepted + rejected, and accepted ≥ allocated + exited: only accepted units that are
still here can be put into a sale. Under a conditional deal it is pledged ones instead, which the brand keeps for the
house: pledged + allocated ≤ committed. A unit is in one sale at most, and leaves the house once.
"""

from __future__ import annotations

from dataclasses import dataclass

from marketplace.domain.exits import Pool
from marketplace.domain.reasons import ReasonMissing
from marketplace.domain.refusals import Refusal


class CountRefused(Refusal):
    """The count cannot be; ``reason`` says which rule it breaks and ``most`` or ``least`` the limit."""

    code = "count_refused"


class CountsRefused(Refusal):
    """Some lines cannot be counted so, and nothing was written; ``rows`` maps a line to its refusal."""

    code = "counts_refused"


class NothingToCount(Refusal):
    """Every unit of the deal has been received and decided on already."""

    code = "nothing_to_count"


@dataclass(frozen=True, slots=True)
class Counts:
    """Units of one lot. What is received but neither accepted nor rejected still waits to be checked.

    ``pledged`` units are with the brand, who keeps them for a sale of the house: a ``conditional`` lot is sold from
    these, and what comes in for it was ordered for somebody. ``exited`` units left the house unsold,
    ``rejected_exited`` without having been accepted; members sent ``sent_back`` units back, and
    ``sent_back_exited`` of these left again.
    """

    offered: int
    committed: int
    received: int
    accepted: int
    rejected: int
    allocated: int
    pledged: int = 0
    conditional: bool = False
    exited: int = 0
    rejected_exited: int = 0
    sent_back: int = 0
    sent_back_exited: int = 0

    @property
    def free(self) -> int:
        """Units that can be put into a sale: accepted and in none, or pledged."""
        return self.pledged if self.conditional else self.unsold

    @property
    def unsold(self) -> int:
        """Accepted units in the house that are in no sale; of a conditional lot, those that nobody needs any more."""
        return max(0, self.accepted - self.allocated - self.exited)

    def in_pool(self, pool: Pool) -> int:
        """Units of one pool that may leave the house."""
        if pool is Pool.UNSOLD:
            return self.unsold
        if pool is Pool.SENT_BACK:
            return self.sent_back - self.sent_back_exited
        return self.rejected - self.rejected_exited

    @property
    def awaited(self) -> int:
        """Committed units that have not arrived."""
        return self.committed - self.received

    @property
    def unchecked(self) -> int:
        """Units that arrived and have been neither accepted nor rejected."""
        return self.received - self.accepted - self.rejected


@dataclass(frozen=True, slots=True)
class Count:
    """What was counted, as totals: units that have arrived so far, and of these the accepted and the rejected."""

    received: int
    accepted: int
    rejected: int


@dataclass(frozen=True, slots=True)
class Change:
    """By how much each counter moves; negative where an earlier count was too high."""

    received: int
    accepted: int
    rejected: int

    @property
    def any(self) -> bool:
        """Whether anything moves at all."""
        return bool(self.received or self.accepted or self.rejected)

    @property
    def corrects(self) -> bool:
        """Whether an earlier count is taken back."""
        return min(self.received, self.accepted, self.rejected) < 0


def counted(lot: Counts, count: Count, *, reason: str) -> Change:
    """What the new ``count`` changes in ``lot``.

    Refuses a count that cannot be: more than committed, more decided than arrived, fewer accepted than are already in
    sales. A difference (short, rejected, taken back) needs a reason, because the brand will read it.
    """
    if min(count.received, count.accepted, count.rejected) < 0:
        raise CountRefused(reason="negative")
    if count.received > lot.committed:
        raise CountRefused(reason="more_than_committed", most=lot.committed)
    if count.accepted + count.rejected > count.received:
        raise CountRefused(reason="more_than_received", most=count.received)
    if count.accepted < lot.allocated:
        raise CountRefused(reason="already_in_sales", least=lot.allocated)
    if count.accepted < lot.allocated + lot.exited:
        raise CountRefused(reason="already_left", least=lot.allocated + lot.exited)
    if count.rejected < lot.rejected_exited:
        raise CountRefused(reason="already_left", least=lot.rejected_exited)
    change = Change(
        received=count.received - lot.received,
        accepted=count.accepted - lot.accepted,
        rejected=count.rejected - lot.rejected,
    )
    if _needs_words(lot, count, change) and not reason.strip():
        raise ReasonMissing
    return change


def check_left(lot: Counts, change: Change) -> None:
    """Refuse to take back units of a conditional lot that have left the house: they were there."""
    if lot.accepted + change.accepted < lot.exited:
        raise CountRefused(reason="already_left", least=lot.exited)
    if lot.rejected + change.rejected < lot.rejected_exited:
        raise CountRefused(reason="already_left", least=lot.rejected_exited)


def _needs_words(lot: Counts, count: Count, change: Change) -> bool:
    if change.corrects or change.rejected > 0:
        return True
    return change.received > 0 and count.received < lot.committed


def as_committed(lot: Counts) -> Count:
    """The count in which all that was committed arrived and nothing more was rejected."""
    return Count(
        received=lot.committed, accepted=lot.committed - lot.rejected, rejected=lot.rejected
    )
