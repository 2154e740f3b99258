"""Letters on their way: claimed by one sender, held back by the person's contact budget, sent once."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sqlalchemy import DateTime, func, or_, select, text

from marketplace.db import locks, reminders, waits
from marketplace.db.accounts import Account
from marketplace.db.contacts import Letter, LetterState
from marketplace.domain.contacts import ATTEMPTS_MAX, BUDGET_PERIOD, CLAIM_LENGTH, may_write
from marketplace.domain.reminders import LETTER, NO_LONGER_DUE
from marketplace.domain.waits import LETTER as OFFER_LETTER
from marketplace.domain.waits import NO_LONGER_HELD
from marketplace.toolbox import GatewayRefusal, GatewayTrouble

if TYPE_CHECKING:
    from sqlalchemy.orm import Session

    from marketplace.toolbox import Mail, Toolbox

INSTANT = func.house_instant(type_=DateTime(timezone=True))
LETTERS_PER_RUN_MAX = 100
OVER_BUDGET = "contact_budget_spent"


def claim(tools: Toolbox, *, most: int = LETTERS_PER_RUN_MAX) -> tuple[int, ...]:
    """Take up to ``most`` waiting letters into one sender's hands and return their ids.

    A letter that the person's budget does not allow, and a reminder of what is not to be told any more, are withheld
    here, with the reason; nobody sends them. Reminders leave after all else: nobody waits for a password behind ten
    thousand of them.
    """
    with tools.transaction() as session:
        waiting = session.scalars(
            select(Letter)
            .where(
                Letter.state == LetterState.WRITTEN,
                or_(Letter.claimed_until.is_(None), Letter.claimed_until < INSTANT),
            )
            .order_by(Letter.kind == LETTER, Letter.id)
            .limit(most)
            .with_for_update(skip_locked=True, key_share=True)
        ).all()
        now = session.execute(text("SELECT house_now()")).scalar_one()
        claimed = []
        for letter in waiting:
            if letter.kind == LETTER and not _still_due(session, letter):
                letter.state, letter.reason = LetterState.WITHHELD, NO_LONGER_DUE
            elif letter.kind == OFFER_LETTER and not _still_offered(session, letter):
                letter.state, letter.reason = LetterState.WITHHELD, NO_LONGER_HELD
            elif _fits(session, letter):
                letter.claimed_until = now + CLAIM_LENGTH
                letter.attempts += 1
                claimed.append(letter.id)
            else:
                letter.state, letter.reason = LetterState.WITHHELD, OVER_BUDGET
            session.flush()
        return tuple(claimed)


def deliver(tools: Toolbox, *, letter_id: int, mail: Mail) -> LetterState:
    """Hand a claimed letter to the mail server and note what became of it.

    A server that is away leaves the letter waiting for another try; one that says no ends it as failed.
    """
    try:
        tools.mail.send(mail)
    except GatewayTrouble as trouble:
        return _noted(tools, letter_id, LetterState.WRITTEN, str(trouble))
    except GatewayRefusal as refusal:
        return _noted(tools, letter_id, LetterState.FAILED, str(refusal))
    return _noted(tools, letter_id, LetterState.SENT, "")


def _noted(tools: Toolbox, letter_id: int, state: LetterState, reason: str) -> LetterState:
    with tools.transaction() as session:
        letter = locks.one(session, Letter, letter_id)
        if letter.state is not LetterState.WRITTEN:
            return letter.state
        spent = letter.attempts >= ATTEMPTS_MAX and state is LetterState.WRITTEN
        letter.state = LetterState.FAILED if spent else state
        letter.reason = reason
        if letter.state is LetterState.SENT:
            letter.sent_at = session.execute(text("SELECT house_now()")).scalar_one()
        return letter.state


def _still_due(session: Session, letter: Letter) -> bool:
    """Whether the reminder may be sent now; one that may not waits for another letter, as long as it is not too late.

    One that was handed to the mail server before, which did not answer, is no reason for a second.
    """
    reminder_id = letter.facts["reminder_id"]
    if reminders.still_due(session, reminder_id):
        return True
    if letter.attempts == 0:
        reminders.wait_again(session, reminder_id)
    return False


def _still_offered(session: Session, letter: Letter) -> bool:
    return waits.still_offered(session, letter.facts["wait_id"])


def _fits(session: Session, letter: Letter) -> bool:
    """Whether the budget allows it; the person's row is locked, so that two senders count one after the other."""
    if letter.transactional or letter.account_id is None:
        return True
    locks.one(session, Account, letter.account_id)
    sent = session.execute(
        select(func.count())
        .select_from(Letter)
        .where(
            Letter.account_id == letter.account_id,
            Letter.transactional.is_(False),
            Letter.id != letter.id,
            or_(
                Letter.sent_at > INSTANT - BUDGET_PERIOD,
                (Letter.state == LetterState.WRITTEN) & Letter.claimed_until.is_not(None),
            ),
        )
    ).scalar_one()
    return may_write(transactional=False, sent_in_period=sent)
