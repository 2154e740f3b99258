"""The right to sell: a brand proves it for a collection, an operator looks at the proof."""

from __future__ import annotations

from typing import TYPE_CHECKING

from marketplace.db import brands, clock, locks
from marketplace.db.catalogue import Collection
from marketplace.db.rights import RightToSell
from marketplace.domain import moments, reasons
from marketplace.domain import rights as rules
from marketplace.domain.events import Event, Fact
from marketplace.domain.rights import RIGHT_LIFECYCLE, RightState

if TYPE_CHECKING:
    from collections.abc import Mapping

    from sqlalchemy.orm import Session

    from marketplace.domain.rights import Right
    from marketplace.toolbox import Toolbox, Upload


def state(tools: Toolbox, *, collection_id: int, right: Right, file: Upload) -> int:
    """Prove the right to sell a collection; the newest proof counts, and waits for an operator's look.

    Refuses a proof without its mark, one that has lapsed, and files that are not read.
    """
    return state_several(tools, rights={collection_id: right}, file=file)[0]


def state_several(tools: Toolbox, *, rights: Mapping[int, Right], file: Upload) -> tuple[int, ...]:
    """Prove the right to sell several collections with one document, each until its own day: all of them or none.

    Refuses as :func:`state` does, and says with ``collection`` which of them it speaks of.
    """
    rules.check_file(file.name, bytes_=file.path.stat().st_size)
    with tools.reading() as session:
        rules.check_several(rights, today=moments.house_day(clock.instant(session)))
    kept = tools.keep(file)
    with tools.transaction() as session:
        owned = brands.within(tools.brand_id, Collection.brand_id)
        lots = [locks.one(session, Collection, each, owned) for each in sorted(rights)]
        stored = brands.keep_file(
            session, kept, brand_id=lots[0].brand_id, by_id=tools.actor.account_id
        )
        return tuple(_stated(tools, session, lot, rights[lot.id], stored.id) for lot in lots)


def _stated(tools: Toolbox, session: Session, lot: Collection, right: Right, file_id: int) -> int:
    row = RightToSell(
        brand_id=lot.brand_id,
        collection_id=lot.id,
        basis=right.basis,
        trademark=right.trademark.strip(),
        first_sale=right.first_sale.strip(),
        file_id=file_id,
        valid_until=right.valid_until,
        stated_by_id=tools.actor.account_id,
    )
    session.add(row)
    session.flush()
    _record(tools, session, Event.RIGHT_STATED, row)
    return row.id


def accept(tools: Toolbox, *, right_id: int) -> None:
    """Take the proof as good: the collection's sales are no longer held up by it."""
    _review(tools, right_id, RightState.ACCEPTED, Event.RIGHT_ACCEPTED, reason="")


def refuse(tools: Toolbox, *, right_id: int, reason: str) -> None:
    """Say why the proof does not do, in words that the brand reads. An accepted one can be refused later."""
    why = reasons.given(reason)
    _review(tools, right_id, RightState.REFUSED, Event.RIGHT_REFUSED, reason=why)


def _review(tools: Toolbox, right_id: int, to: RightState, event: Event, *, reason: str) -> None:
    with tools.transaction() as session:
        row = locks.one(session, RightToSell, right_id)
        RIGHT_LIFECYCLE.check(row.state, to)
        row.state, row.reason = to, reason
        row.reviewed_by_id = tools.actor.account_id
        row.reviewed_at = clock.now(session)
        _record(tools, session, event, row, reason=reason)


def _record(
    tools: Toolbox, session: Session, event: Event, row: RightToSell, *, reason: str = ""
) -> None:
    data = {"right": row.id}
    tools.record(
        session,
        Fact(
            event,
            "collection",
            row.collection_id,
            brand_id=row.brand_id,
            reason=reason,
            data=data,
        ),
    )
