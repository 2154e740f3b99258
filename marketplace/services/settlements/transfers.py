"""The message to the bank: written by the night staff alone, who alone can read where money goes."""

from __future__ import annotations

import secrets
from typing import TYPE_CHECKING

from sqlalchemy import select

from marketplace.db import clock, locks
from marketplace.db.brands import Brand
from marketplace.db.joining import BankDetails
from marketplace.db.settlements import Payout, Statement
from marketplace.domain import moments
from marketplace.domain.money import Money
from marketplace.domain.settlements import PayoutState
from marketplace.domain.settlements.transfers import Account, Transfer, message
from marketplace.toolbox import FILE_KEY_BYTES

if TYPE_CHECKING:
    from sqlalchemy.orm import Session

    from marketplace.toolbox import Toolbox

HOUSE = "Aubaine"


def keep_transfer(tools: Toolbox, *, payout_id: int) -> None:
    """Write the transfer of an approved payout as a file that the house hands to its bank; once for each approval.

    A house that has named no account of its own, and a currency that SEPA does not carry, have none.
    """
    with tools.reading() as session:
        row = session.get_one(Payout, payout_id)
        if not _is_wanted(tools, row):
            return
        written = message(_transfer(tools, session, row))
    key = f"transfers/{secrets.token_hex(FILE_KEY_BYTES)}"
    tools.files.put(key, written)
    with tools.transaction() as session:
        again = locks.one(session, Payout, payout_id)
        if _is_wanted(tools, again) and again.approved_at == row.approved_at:
            again.transfer_key = key


def _is_wanted(tools: Toolbox, row: Payout) -> bool:
    waits = row.state is PayoutState.APPROVED and row.transfer_key is None
    return waits and bool(tools.house_iban) and row.currency == "EUR"


def _transfer(tools: Toolbox, session: Session, row: Payout) -> Transfer:
    details = session.execute(
        select(BankDetails.holder, BankDetails.iban).where(BankDetails.id == row.bank_details_id)
    ).one()
    statement = session.get_one(Statement, row.statement_id)
    brand = session.get_one(Brand, row.brand_id)
    now = clock.instant(session)
    ref = f"AUBAINE-{row.brand_id}-{statement.number}-{row.id}"
    return Transfer(
        ref=ref,
        message=f"{ref}/{row.bank_details_id}",
        source=Account(HOUSE, tools.house_iban),
        target=Account(details.holder, details.iban),
        amount=Money(row.amount_minor, row.currency),
        on=moments.house_day(now),
        made_at=now,
        words=f"AUBAINE {statement.number} {brand.name}",
    )
