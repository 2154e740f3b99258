"""Talks: who may answer which version, and when they are over."""

from __future__ import annotations

from enum import StrEnum

from marketplace.domain.lifecycle import Lifecycle
from marketplace.domain.refusals import Refusal

VALID_DAYS = 14
VALID_DAYS_MAX = 60
"""How long a proposal stands unless it says otherwise, and at most."""
REMINDER_DAYS = 3
"""So long before a proposal lapses, the side that has not answered is reminded."""


class Side(StrEnum):
    """Who proposed."""

    HOUSE = "house"
    BRAND = "brand"


class DealState(StrEnum):
    """A deal is open until its latest version is accepted or the talks end."""

    OPEN = "open"
    AGREED = "agreed"
    ENDED = "ended"


DEAL_LIFECYCLE = Lifecycle(
    "deal",
    {
        DealState.OPEN: (DealState.AGREED, DealState.ENDED),
        DealState.AGREED: (),
        DealState.ENDED: (),
    },
)


class NotAgreed(Refusal):
    """The deal is not accepted by both sides: nothing can follow from it yet."""

    code = "deal_not_accepted"


class HardStop(Refusal):
    """The brand set a hard stop for this variant; it leaves ``most`` further units."""

    code = "hard_stop"


class OwnProposal(Refusal):
    """Only the other side may accept a proposal."""

    code = "own_proposal"


class Superseded(Refusal):
    """A newer version of the deal has been proposed; ``latest`` is its number."""

    code = "proposal_superseded"


class ProposalExpired(Refusal):
    """The proposal lapsed at ``expires_at``; ask for it to be renewed."""

    code = "proposal_expired"


def check_answer(*, number: int, latest: int, proposed_by: Side, by: Side) -> None:
    """Refuses an answer to anything but the newest version, and to one's own proposal."""
    if number != latest:
        raise Superseded(number=number, latest=latest)
    if proposed_by is by:
        raise OwnProposal(number=number)
