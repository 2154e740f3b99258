"""Locks have one home and one order, so that two transactions can never wait for each other.

The order: member → saved card → order → payment → refund → brand → import → collection → deal → question about its
goods → order to a brand → its lines → lots → sale → sale items → member in a sale → entry of a wait list → holds.
A payout and a charge are locked after their brand and their deal, and nothing after them. Within a kind, rows are
locked by rising id. ``lock_timeout`` is two seconds; past it the visitor is told that the house is busy. Hold functions
in the database follow the same order.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, TypeVar

from sqlalchemy import select

from marketplace.db.base import Base
from marketplace.domain.refusals import NotFound

if TYPE_CHECKING:
    from collections.abc import Iterable

    from sqlalchemy import ColumnElement
    from sqlalchemy.orm import Session

Row = TypeVar("Row", bound=Base)


def one(session: Session, table: type[Row], row_id: int, *where: ColumnElement[bool]) -> Row:
    """The row, locked for change; :class:`NotFound` if it is not there or ``where`` does not hold."""
    statement = (
        select(table)
        .where(table.__table__.c.id == row_id, *where)
        .with_for_update(key_share=True)
        .execution_options(populate_existing=True)
    )
    found = session.scalars(statement).one_or_none()
    if found is None:
        raise NotFound
    return found


def several(session: Session, table: type[Row], row_ids: Iterable[int]) -> dict[int, Row]:
    """The rows by id, locked in rising order; :class:`NotFound` if one is missing."""
    wanted = sorted(set(row_ids))
    key = table.__table__.c.id
    statement = (
        select(table)
        .where(key.in_(wanted))
        .order_by(key)
        .with_for_update(key_share=True)
        .execution_options(populate_existing=True)
    )
    found = {_id_of(row): row for row in session.scalars(statement)}
    if len(found) != len(wanted):
        raise NotFound
    return found


def _id_of(row: Base) -> int:
    number: int = row.id  # type: ignore[attr-defined]  # every table locked here has an id
    return number
