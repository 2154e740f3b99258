"""Reminders of openings: asked for, taken back, and written to everybody whose sale is about to open."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sqlalchemy import update

from marketplace.db import reminders
from marketplace.db.reminders import Reminder
from marketplace.domain.refusals import NotFound
from marketplace.domain.reminders import PORTION_MAX, ReminderTooLate

if TYPE_CHECKING:
    from sqlalchemy import ColumnElement
    from sqlalchemy.orm import Session

    from marketplace.toolbox import Toolbox


def ask(tools: Toolbox, *, ref: str, member_id: int) -> None:
    """Remind the member of the opening of the sale; asked twice it is one reminder.

    NotFound where the member may not know of the sale; ReminderTooLate where it does not open any more.
    """
    with tools.transaction() as session:
        seen = reminders.seen(session, ref=ref, member_id=member_id)
        if seen is None:
            raise NotFound
        if not seen.coming:
            raise ReminderTooLate
        reminders.ask(session, sale_id=seen.sale_id, member_id=member_id)


def take_back(tools: Toolbox, *, ref: str, member_id: int) -> None:
    """The member does not want to be reminded of this sale. NotFound where the member may not know of it."""
    with tools.transaction() as session:
        seen = reminders.seen(session, ref=ref, member_id=member_id)
        if seen is None:
            raise NotFound
        _end(session, Reminder.sale_id == seen.sale_id, Reminder.member_id == member_id)


def stop_all(tools: Toolbox, *, reminder_id: int) -> None:
    """Whoever had this reminder wants no other: all that the member still waits for end. NotFound for none."""
    with tools.transaction() as session:
        found = session.get(Reminder, reminder_id)
        if found is None:
            raise NotFound
        _end(session, Reminder.member_id == found.member_id)


def write_some(tools: Toolbox) -> int:
    """Write a portion of the letters that are due at this instant; how many, none once all are written."""
    with tools.transaction() as session:
        return reminders.write_due(session, most=PORTION_MAX)


def _end(session: Session, *whose: ColumnElement[bool]) -> None:
    session.execute(update(Reminder).where(Reminder.wanted, *whose).values(wanted=False))
