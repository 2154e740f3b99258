"""Charges to a brand: from the signed tariff alone, proved, told, open to contest, and decided by a second person.

Suppliers' oldest grievance is the deduction that nobody explained (domain.md 0.8). So a charge is on a statement only
when it is final: nobody contested it in its time, or somebody else than who proposed it has decided.
"""

from __future__ import annotations

from enum import StrEnum
from typing import TYPE_CHECKING

from marketplace.domain.lifecycle import Lifecycle
from marketplace.domain.money import Money
from marketplace.domain.refusals import Refusal

if TYPE_CHECKING:
    from datetime import datetime

    from marketplace.domain.deals import ChargeReason, Terms

CONTEST_DAYS = 10
"""For so long at least, a brand may contest a charge; and until the clock has made it final, however late."""
WORDS_LENGTH_MAX = 2_000


class ChargeState(StrEnum):
    """``final``: it is on the next statement. ``withdrawn``: nothing is charged."""

    PROPOSED = "proposed"
    CONTESTED = "contested"
    FINAL = "final"
    WITHDRAWN = "withdrawn"


CHARGE_LIFECYCLE = Lifecycle(
    "charge",
    {
        ChargeState.PROPOSED: (ChargeState.CONTESTED, ChargeState.FINAL, ChargeState.WITHDRAWN),
        ChargeState.CONTESTED: (ChargeState.FINAL, ChargeState.WITHDRAWN),
        ChargeState.FINAL: (),
        ChargeState.WITHDRAWN: (),
    },
)


class ChargeNotAgreed(Refusal):
    """The signed tariff names nothing for this fault, so nothing is charged for it."""

    code = "charge_not_agreed"


class ChargeUnitsRefused(Refusal):
    """Not so many units can be charged: at least one, and ``most`` at the most."""

    code = "charge_units_refused"


class ContestRunning(Refusal):
    """The brand may contest the charge until then: nobody upholds it before it has spoken or the time is over."""

    code = "contest_running"


class SecondPersonNeeded(Refusal):
    """Whoever began this does not end it: another person of the house has to."""

    code = "second_person_needed"


def charge(terms: Terms, reason: ChargeReason, units: int) -> Money | None:
    """What the signed tariff names for a fault of ``units``; None where it names nothing, which is never charged."""
    for row in terms.chargebacks:
        if row.reason is reason:
            return Money(row.minor, terms.currency) * units
    return None


def check_proposed(terms: Terms, reason: ChargeReason, units: int, *, committed: int) -> Money:
    """What one unit is charged. Refuses what the tariff does not name, and more units than the deal has."""
    each = charge(terms, reason, 1)
    if each is None:
        raise ChargeNotAgreed(reason=str(reason))
    if not 0 < units <= committed:
        raise ChargeUnitsRefused(most=committed)
    return each


def check_decided_units(units: int, *, proposed: int) -> ChargeState:
    """Where the charge ends: upheld for ``units`` of those proposed, or withdrawn where that is none."""
    if not 0 <= units <= proposed:
        raise ChargeUnitsRefused(most=proposed)
    return ChargeState.FINAL if units else ChargeState.WITHDRAWN


def check_upheld(*, is_contested: bool, until: datetime) -> None:
    """Refuses to uphold what the brand has not spoken about: the clock alone ends its time."""
    if not is_contested:
        raise ContestRunning(until=until)


def check_second(first_id: int | None, second_id: int | None) -> None:
    """Refuses to let one person do both halves of what two have to do."""
    if second_id is None or first_id == second_id:
        raise SecondPersonNeeded
