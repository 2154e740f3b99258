"""The company's file: what is said is checked, written down, and its parts go to the house to be looked at."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sqlalchemy import select

from marketplace.db import clock, joining, locks
from marketplace.db.brands import Brand
from marketplace.db.joining import ChecklistItem, KybFile
from marketplace.domain.brands import kyb
from marketplace.domain.brands.checklist import AnswerState, ItemKind
from marketplace.domain.events import Event, Fact
from marketplace.services.brands import answers

if TYPE_CHECKING:
    from datetime import datetime

    from sqlalchemy.orm import Session

    from marketplace.domain.brands.kyb import Company
    from marketplace.toolbox import Toolbox


def change_file(tools: Toolbox, *, brand_id: int, said: Company) -> tuple[str, ...]:
    """Write the file anew; returns the names of the fields that changed. Refuses with KybRefused.

    What was accepted and says something else now goes to the house again. The trail names the fields and not what
    they say.
    """
    checked = kyb.checked(said)
    with tools.transaction() as session:
        brand = locks.one(session, Brand, brand_id)
        row = _file(session, brand_id)
        names = kyb.changed(joining.company(brand, row), checked)
        if not names:
            return ()
        at = clock.now(session)
        _write(tools, brand, row, checked, at)
        for part in sorted(kyb.touched(names)):
            _give(tools, session, brand_id, part, complete=not kyb.lacking(checked, part), at=at)
        told = Fact(
            Event.BRAND_FILE_CHANGED,
            "brand",
            brand_id,
            brand_id=brand_id,
            data={"changed": ", ".join(names)},
        )
        tools.record(session, told)
        return names


def _file(session: Session, brand_id: int) -> KybFile:
    row = session.scalars(select(KybFile).where(KybFile.brand_id == brand_id)).one_or_none()
    if row is None:
        row = KybFile(brand_id=brand_id)
        session.add(row)
        session.flush()
        session.refresh(row)
    return row


def _write(tools: Toolbox, brand: Brand, row: KybFile, said: Company, at: datetime) -> None:
    for name in kyb.FIELDS:
        if name in {"legal_name", "country", "vat_number"}:
            setattr(brand, name, getattr(said, name))
        elif name != "certified":
            setattr(row, name, getattr(said, name))
    row.changed_at = at
    if said.certified != (row.certified_at is not None):
        row.certified_at = at if said.certified else None
        row.certified_by_id = tools.actor.account_id if said.certified else None


def _give(
    tools: Toolbox,
    session: Session,
    brand_id: int,
    part: kyb.Part,
    *,
    complete: bool,
    at: datetime,
) -> None:
    """The items that ask for this part: given where it is complete, open where it is no longer."""
    asking = session.scalars(
        select(ChecklistItem.id).where(
            ChecklistItem.active, ChecklistItem.kind == ItemKind.DATA, ChecklistItem.part == part
        )
    ).all()
    for item_id in asking:
        if complete:
            answers.given(tools, session, brand_id, item_id, at=at)
        else:
            answers.taken_back(session, brand_id, item_id, state=AnswerState.OPEN)
