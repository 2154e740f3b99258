"""Payouts: one person of the house approves, another pays, and the brand reads at any time what it waits for."""

from __future__ import annotations

from enum import StrEnum

from marketplace.domain.lifecycle import Lifecycle
from marketplace.domain.refusals import Refusal

REFERENCE_LENGTH_MAX = 140
"""Of what the bank calls the transfer: as long as the remittance information of a SEPA transfer."""


class PayoutState(StrEnum):
    """Where a statement's money is."""

    WAITING = "waiting"
    APPROVED = "approved"
    PAID = "paid"


PAYOUT_LIFECYCLE = Lifecycle(
    "payout",
    {
        PayoutState.WAITING: (PayoutState.APPROVED,),
        PayoutState.APPROVED: (PayoutState.APPROVED, PayoutState.PAID),
        PayoutState.PAID: (),
    },
)


class Waits(StrEnum):
    """What a payout waits for, so that a brand reads it without asking."""

    LIST = "list"
    """Items that are asked before the first payout are missing."""
    ACCOUNT = "account"
    """No bank details are in force."""
    APPROVAL = "approval"
    """A person of the house looks at it."""
    TRANSFER = "transfer"
    """It is approved and on its way to the bank."""
    NOTHING = "nothing"
    """It is paid."""


class BankChanged(Refusal):
    """Other bank details are in force than those that were approved: it has to be approved again."""

    code = "bank_changed"


def check_account(approved_id: int | None, in_force_id: int | None) -> None:
    """Money goes to the details that were approved, while they are in force, and nowhere else."""
    if approved_id is None or approved_id != in_force_id:
        raise BankChanged


def waits_for(
    state: PayoutState, *, list_missing: bool, has_account: bool, same_account: bool
) -> Waits:
    """What stands between a payout and its money now.

    ``same_account``: the details in force are those that were approved; where not, it is to be approved again.
    """
    if state is PayoutState.PAID:
        return Waits.NOTHING
    if list_missing:
        return Waits.LIST
    if not has_account:
        return Waits.ACCOUNT
    ready = state is PayoutState.APPROVED and same_account
    return Waits.TRANSFER if ready else Waits.APPROVAL
