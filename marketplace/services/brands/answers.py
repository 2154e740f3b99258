"""Answers to the house's list: given by the brand, looked at by the house, accepted, sent back, or waived."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sqlalchemy import select

from marketplace.db import brands, clock, joining, locks
from marketplace.db.brands import Brand
from marketplace.db.joining import ChecklistAnswer, ChecklistItem
from marketplace.domain import reasons
from marketplace.domain.brands.checklist import (
    ANSWER_LIFECYCLE,
    AnswerRefused,
    AnswerState,
    Gate,
    ItemKind,
)
from marketplace.domain.brands.states import BRAND_LIFECYCLE, BrandState
from marketplace.domain.events import Event, Fact
from marketplace.domain.refusals import NotFound
from marketplace.services.brands import telling

if TYPE_CHECKING:
    from datetime import datetime

    from sqlalchemy.orm import Session

    from marketplace.toolbox import Toolbox, Upload

DOCUMENT_BYTES_MAX = 10 * 1024 * 1024
DOCUMENT_ENDINGS = (".pdf", ".png", ".jpg", ".jpeg", ".webp")


def upload(tools: Toolbox, *, brand_id: int, item_id: int, file: Upload) -> None:
    """Give a document for an item. Refuses with NotFound or AnswerRefused; the one before stays kept."""
    if not file.name.casefold().endswith(DOCUMENT_ENDINGS):
        raise AnswerRefused(reason="kind_of_file")
    if not 0 < file.path.stat().st_size <= DOCUMENT_BYTES_MAX:
        raise AnswerRefused(reason="size_of_file")
    kept = tools.keep(file)
    with tools.transaction() as session:
        _asked(session, item_id, ItemKind.UPLOAD)
        row = given(tools, session, brand_id, item_id, at=clock.now(session))
        row.file_id = brands.keep_file(
            session, kept, brand_id=brand_id, by_id=tools.actor.account_id
        ).id


def attest(tools: Toolbox, *, brand_id: int, item_id: int, said: str, agreed: bool) -> None:
    """Sign a statement; ``said``, its words as they were read, is kept. Refuses with NotFound or AnswerRefused."""
    if not agreed:
        raise AnswerRefused(reason="not_agreed")
    with tools.transaction() as session:
        item = _asked(session, item_id, ItemKind.ATTEST)
        if said not in item.asks.values():
            raise AnswerRefused(reason="not_asked")
        given(tools, session, brand_id, item_id, at=clock.now(session)).said = said


def accept(tools: Toolbox, *, brand_id: int, item_id: int) -> None:
    """The house has looked at it, and it is right. With the last item of the first gate the brand is ready."""
    _decide(tools, brand_id, item_id, AnswerState.ACCEPTED, Event.ANSWER_ACCEPTED, "")


def send_back(tools: Toolbox, *, brand_id: int, item_id: int, reason: str) -> None:
    """The house has looked at it, and says what is wrong; the owners are told by mail."""
    why = reasons.given(reason)
    _decide(tools, brand_id, item_id, AnswerState.SENT_BACK, Event.ANSWER_SENT_BACK, why)


def waive(tools: Toolbox, *, brand_id: int, item_id: int, reason: str) -> None:
    """The house does without this item for this brand, and says why."""
    why = reasons.given(reason)
    _decide(tools, brand_id, item_id, AnswerState.WAIVED, Event.ANSWER_WAIVED, why)


def waive_missing(tools: Toolbox, *, brand_id: int, reason: str) -> int:
    """Do without everything that the first gate still waits for, for one reason; returns how many items these were."""
    why = reasons.given(reason)
    with tools.transaction() as session:
        brand = locks.one(session, Brand, brand_id)
        found = joining.standing(session, brand_id).of(Gate.SUBMISSION)
        waived = [each.item_id for each in found if not each.settled]
        for item_id in waived:
            row = _row(session, brand_id, item_id) or _new(session, brand_id, item_id)
            _write(tools, session, row, AnswerState.WAIVED, Event.ANSWER_WAIVED, why)
        _ready(tools, session, brand)
        return len(waived)


def given(
    tools: Toolbox, session: Session, brand_id: int, item_id: int, *, at: datetime
) -> ChecklistAnswer:
    """The brand's answer, with the house from now on. Giving twice gives once more."""
    row = _row(session, brand_id, item_id) or _new(session, brand_id, item_id)
    ANSWER_LIFECYCLE.check(row.state, AnswerState.SUBMITTED)
    row.state, row.reason = AnswerState.SUBMITTED, ""
    row.given_by_id, row.given_at = tools.actor.account_id, at
    session.flush()
    _tell(tools, session, row, Event.ANSWER_GIVEN, "")
    return row


def taken_back(session: Session, brand_id: int, item_id: int, *, state: AnswerState) -> None:
    """What was given is complete no longer."""
    row = _row(session, brand_id, item_id)
    if row is not None and ANSWER_LIFECYCLE.allows(row.state, state):
        row.state = state


def _asked(session: Session, item_id: int, kind: ItemKind) -> ChecklistItem:
    item = session.get(ChecklistItem, item_id)
    if item is None or not item.active or item.kind is not kind:
        raise NotFound
    return item


def _row(session: Session, brand_id: int, item_id: int) -> ChecklistAnswer | None:
    return session.scalars(
        select(ChecklistAnswer)
        .where(ChecklistAnswer.brand_id == brand_id, ChecklistAnswer.item_id == item_id)
        .with_for_update(key_share=True)
    ).one_or_none()


def _new(session: Session, brand_id: int, item_id: int) -> ChecklistAnswer:
    row = ChecklistAnswer(brand_id=brand_id, item_id=item_id, state=AnswerState.OPEN)
    session.add(row)
    session.flush()
    session.refresh(row)
    return row


def _decide(
    tools: Toolbox, brand_id: int, item_id: int, to: AnswerState, event: Event, why: str
) -> None:
    with tools.transaction() as session:
        brand = locks.one(session, Brand, brand_id)
        item = session.get(ChecklistItem, item_id)
        if item is None:
            raise NotFound
        row = _row(session, brand_id, item_id) or _new(session, brand_id, item_id)
        event_id = _write(tools, session, row, to, event, why)
        if to is AnswerState.SENT_BACK:
            facts = {"item_id": item_id, "reason": why}
            telling.owners(
                session, brand, kind="item_sent_back", key=f"sent_back:{event_id}", facts=facts
            )
        _ready(tools, session, brand)


def _write(
    tools: Toolbox, session: Session, row: ChecklistAnswer, to: AnswerState, event: Event, why: str
) -> int:
    ANSWER_LIFECYCLE.check(row.state, to)
    row.state, row.reason = to, why
    row.decided_by_id, row.decided_at = tools.actor.account_id, clock.now(session)
    session.flush()
    return _tell(tools, session, row, event, why)


def _ready(tools: Toolbox, session: Session, brand: Brand) -> None:
    """With nothing missing any more at the first gate, the brand may begin."""
    if brand.state is not BrandState.ONBOARDING:
        return
    if joining.standing(session, brand.id).missing(Gate.SUBMISSION):
        return
    BRAND_LIFECYCLE.check(brand.state, BrandState.READY)
    brand.state, brand.state_reason = BrandState.READY, ""
    tools.record(session, Fact(Event.BRAND_READY, "brand", brand.id, brand_id=brand.id))
    telling.owners(session, brand, kind="brand_ready", key=f"brand_ready:{brand.id}", facts={})


def _tell(tools: Toolbox, session: Session, row: ChecklistAnswer, event: Event, why: str) -> int:
    told = Fact(
        event,
        "brand",
        row.brand_id,
        brand_id=row.brand_id,
        reason=why,
        data={"checklist_item": row.item_id},
    )
    (event_id,) = tools.record(session, told)
    return event_id
