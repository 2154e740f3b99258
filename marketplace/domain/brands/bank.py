"""Bank details: checked, kept from sight but for their last four characters, and in force only after a time.

Whoever steals one session must not lead money elsewhere at once: a change asks for a fresh code, is told to the
address known before, and rests for forty-eight hours in which it can be cancelled.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from typing import TYPE_CHECKING

from stdnum import iban
from stdnum.exceptions import ValidationError

from marketplace.domain.brands.kyb import REASONS
from marketplace.domain.refusals import Refusal

if TYPE_CHECKING:
    from datetime import datetime

COOLING = timedelta(hours=48)
SHOWN = 4


class BankRefused(Refusal):
    """The account number cannot be right; ``reason`` is length, form, check_digit or country."""

    code = "bank_refused"


class BankChangeCooling(Refusal):
    """Another change rests already; ``in_force_at`` is when it takes effect unless it is cancelled."""

    code = "bank_change_cooling"


class BankChangeOver(Refusal):
    """The change has taken effect or was cancelled: there is nothing left to cancel."""

    code = "bank_change_over"


class NoBankDetails(Refusal):
    """No bank details are in force: there is nowhere to pay to."""

    code = "no_bank_details"


@dataclass(frozen=True, slots=True, repr=False)
class Iban:
    """An account number that was checked. It writes itself nowhere: only its end may be shown."""

    number: str

    @property
    def last_four(self) -> str:
        """What may be shown of it."""
        return self.number[-SHOWN:]

    @property
    def country(self) -> str:
        """The country of the bank."""
        return self.number[:2]

    def __repr__(self) -> str:
        """For logs and faults: its end alone."""
        return f"Iban(…{self.last_four})"


def read(said: str) -> Iban:
    """The account number that was typed. Refuses with BankRefused."""
    try:
        return Iban(str(iban.validate(said)))
    except ValidationError as no:
        # Without its cause: what a fault prints must not repeat the number.
        raise BankRefused(reason=REASONS.get(type(no), "form")) from None


def takes_effect(asked_at: datetime) -> datetime:
    """When details asked for at this moment are in force: at that instant, not before."""
    return asked_at + COOLING
