"""The house's list: what every brand is asked for before it begins, written by people of the house."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from sqlalchemy import func, select

from marketplace.db import locks
from marketplace.db.joining import ChecklistItem
from marketplace.domain.brands.checklist import ITEMS_MAX, ItemKind, ListFull
from marketplace.domain.events import Event, Fact
from marketplace.domain.refusals import Invalid

if TYPE_CHECKING:
    from sqlalchemy.orm import Session

    from marketplace.domain.brands.checklist import Gate
    from marketplace.domain.brands.kyb import Part
    from marketplace.toolbox import Toolbox


@dataclass(frozen=True, slots=True)
class Item:
    """One thing to ask for: in which words, by language, at which gate and place; ``active``: whether it is asked."""

    kind: ItemKind
    gate: Gate
    part: Part | None
    titles: dict[str, str]
    asks: dict[str, str]
    position: int
    active: bool


def add_item(tools: Toolbox, *, item: Item) -> int:
    """Ask every brand for one thing more; those that are ready stay so. Refuses with ListFull or Invalid."""
    _check(item)
    with tools.transaction() as session:
        if (session.scalar(select(func.count()).select_from(ChecklistItem)) or 0) >= ITEMS_MAX:
            raise ListFull(most=ITEMS_MAX)
        row = ChecklistItem(kind=item.kind, part=item.part)
        _write(row, item)
        session.add(row)
        session.flush()
        _tell(tools, session, row.id)
        return row.id


def change_item(tools: Toolbox, *, item_id: int, item: Item) -> None:
    """Ask for it in other words, at another place, or no more. Its kind stays: answers were given to it."""
    with tools.transaction() as session:
        row = locks.one(session, ChecklistItem, item_id)
        _write(row, item)
        _tell(tools, session, item_id)


def _check(item: Item) -> None:
    if (item.kind is ItemKind.DATA) != (item.part is not None):
        raise Invalid(field="part", reason="part_of_data")


def _write(row: ChecklistItem, item: Item) -> None:
    row.gate, row.position, row.active = item.gate, item.position, item.active
    row.titles, row.asks = dict(item.titles), dict(item.asks)


def _tell(tools: Toolbox, session: Session, item_id: int) -> None:
    tools.record(session, Fact(Event.CHECKLIST_CHANGED, "checklist_item", item_id))
