"""Where a brand stands with the house, and what must be settled before it may leave for good.

Sources: Regulation (EU) 2022/2065 (DSA), art. 17 (statement of reasons), art. 30 (no offer before the trader is known);
Regulation (EU) 2019/1150, art. 4 (reasons before a business user is restricted or let go).
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING

from marketplace.domain.lifecycle import Lifecycle
from marketplace.domain.refusals import Refusal

if TYPE_CHECKING:
    from marketplace.domain.money import Money


class BrandState(StrEnum):
    """Where the brand stands. ``onboarding``: the house does not know all yet that it must know."""

    ONBOARDING = "onboarding"
    READY = "ready"
    SUSPENDED = "suspended"
    TERMINATED = "terminated"


BRAND_LIFECYCLE = Lifecycle(
    "brand",
    {
        BrandState.ONBOARDING: (BrandState.READY, BrandState.SUSPENDED, BrandState.TERMINATED),
        BrandState.READY: (BrandState.SUSPENDED, BrandState.TERMINATED),
        BrandState.SUSPENDED: (BrandState.READY, BrandState.ONBOARDING, BrandState.TERMINATED),
        BrandState.TERMINATED: (),
    },
)


class BrandStopped(Refusal):
    """The brand is suspended or has left: it begins nothing new; ``reason`` says which of the two."""

    code = "brand_stopped"


class BrandStillOpen(Refusal):
    """The brand cannot leave yet; ``matters`` is what is open between it and the house."""

    code = "brand_still_open"


@dataclass(frozen=True, slots=True)
class OpenMatters:
    """What is open between a brand and the house: counts, and what is owed in each currency."""

    sales: int
    orders: int
    units: int
    owed: tuple[Money, ...]

    @property
    def settled(self) -> bool:
        """Whether nothing is open any more."""
        return not (self.sales or self.orders or self.units or self.owed)


def check_begins(state: BrandState) -> None:
    """Refuses a brand that may begin nothing new."""
    if state in {BrandState.SUSPENDED, BrandState.TERMINATED}:
        raise BrandStopped(reason=str(state))


def check_may_leave(matters: OpenMatters) -> None:
    """Refuses while sales, orders, unsold units or money are open, and carries them all."""
    if not matters.settled:
        raise BrandStillOpen(matters=matters)
