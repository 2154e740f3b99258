"""Withdrawing from an order: declared in two clicks, acknowledged word for word, refunded when the goods are back."""

from __future__ import annotations

import hashlib
from datetime import timedelta
from types import MappingProxyType
from typing import TYPE_CHECKING

from sqlalchemy import select

from marketplace.db import clock, contacts, locks, promises, stock
from marketplace.db.accounts import Account
from marketplace.db.members import Member
from marketplace.db.orders import Order, Withdrawal, lines_of, on_their_way_back
from marketplace.db.payments import SENT_AGAIN, Refund, withdrawal_key
from marketplace.db.sales import SaleItem
from marketplace.db.stock import Lot, Movement
from marketplace.domain.doors import Realm
from marketplace.domain.events import Event, Fact
from marketplace.domain.orders import (
    REFUND_DAYS,
    NothingToWithdraw,
    OrderState,
    RefundCause,
    RefundTooLarge,
    WithdrawalOver,
    may_withdraw,
    receipt,
    withdrawal_ends_at,
)
from marketplace.domain.promises import PromiseKind
from marketplace.domain.refusals import Invalid, NotFound
from marketplace.domain.territories import territory
from marketplace.services.orders.asking import Asked, Why, ask
from marketplace.services.orders.changing import end
from marketplace.words import _, formats, speaking

if TYPE_CHECKING:
    from collections.abc import Mapping

    from sqlalchemy.orm import Session

    from marketplace.db.orders import OrderLine
    from marketplace.domain.orders import NotTaken, Receipt, ReturnReason
    from marketplace.toolbox import Toolbox

WORDS_LENGTH_MAX = 10_000
NO_REASONS: Mapping[int, ReturnReason] = MappingProxyType({})
"""The law asks for none."""
NOTHING_REFUSED: Mapping[int, NotTaken] = MappingProxyType({})


def withdraw(
    tools: Toolbox,
    *,
    order_id: int,
    member_id: int,
    units: Mapping[int, int],
    key: str,
    words: str,
    reasons: Mapping[int, ReturnReason] = NO_REASONS,
) -> int:
    """Declare withdrawal from ``units`` (line id to units), until fourteen days after delivery; returns its id.

    ``words`` is the declaration as it was shown and confirmed; it is kept word for word with its date and sent
    as the acknowledgement. ``reasons`` by line are the member's to give or not. The same ``key`` twice is one
    declaration. Refuses before packing and after the end.
    """
    assert len(words) <= WORDS_LENGTH_MAX, "a declaration names the lines of one order"
    with tools.transaction() as session:
        order = locks.one(session, Order, order_id, Order.member_id == member_id)
        earlier = session.scalar(
            select(Withdrawal.id).where(Withdrawal.order_id == order.id, Withdrawal.key == key)
        )
        if earlier is not None:
            return earlier
        _check_time(session, order)
        _withdraw_lines(session, order, units)
        withdrawal = _declared(session, order, units, key, words)
        withdrawal.reasons = _of_lines(reasons, units)
        return _acknowledge(tools, session, order, withdrawal)


def receive_return(tools: Toolbox, *, withdrawal_id: int) -> int | None:
    """The goods of a withdrawal are back: the refund is asked for. Twice is once; returns the refund's id.

    None where everything had been refunded before. Shipping goes back with the last of the order's goods.
    """
    with tools.transaction() as session:
        found = session.get(Withdrawal, withdrawal_id)
        if found is None:
            raise NotFound
        order = locks.one(session, Order, found.order_id)
        withdrawal = locks.one(session, Withdrawal, withdrawal_id)
        if withdrawal.received_at is not None:
            return _refund_of(session, order, withdrawal)
        return _received(tools, session, order, withdrawal)


def receive_part(
    tools: Toolbox,
    *,
    withdrawal_id: int,
    taken: Mapping[int, int],
    refused: Mapping[int, NotTaken] = NOTHING_REFUSED,
) -> int | None:
    """A part of the goods is back: what is ``taken`` (line id to units) is refunded, what is ``refused`` is not.

    What is still missing is waited for as a withdrawal of its own, promised for the same day. Returns the refund's
    id; None where nothing of it is to be refunded. Twice is once. Refuses what :func:`receipt` refuses.
    """
    with tools.transaction() as session:
        found = session.get(Withdrawal, withdrawal_id)
        if found is None:
            raise NotFound
        order = locks.one(session, Order, found.order_id)
        withdrawal = locks.one(session, Withdrawal, withdrawal_id)
        if withdrawal.received_at is not None:
            return _refund_of(session, order, withdrawal)
        declared = {int(line): units for line, units in withdrawal.lines.items()}
        come = receipt(declared, taken, refused)
        _await(session, order, withdrawal, come)
        _not_taken(session, order, withdrawal, come)
        withdrawal.lines = {str(line): units for line, units in come.taken.items()}
        return _received(tools, session, order, withdrawal)


def _await(session: Session, order: Order, withdrawal: Withdrawal, come: Receipt) -> None:
    """What is still missing goes on under the same declaration, promised for the same day."""
    if not come.missing:
        return
    rest = Withdrawal(
        order_id=order.id,
        key=f"part-{withdrawal.id}",
        lines={str(line): units for line, units in come.missing.items()},
        reasons={
            line: why for line, why in withdrawal.reasons.items() if int(line) in come.missing
        },
        follows_id=withdrawal.id,
        acknowledgement=withdrawal.acknowledgement,
        sha256=withdrawal.sha256,
        created_at=withdrawal.created_at,
    )
    session.add(rest)
    session.flush()
    due = promises.due_at(
        session,
        kind=PromiseKind.REFUND,
        subject_type="withdrawal",
        subject_id=withdrawal.id,
    )
    assert due is not None, "every withdrawal promises its money"
    promises.make(
        session,
        kind=PromiseKind.REFUND,
        subject_type="withdrawal",
        subject_id=rest.id,
        realm=Realm.MEMBER,
        account_id=_account(session, order).id,
        due_at=due,
    )


def _not_taken(session: Session, order: Order, withdrawal: Withdrawal, come: Receipt) -> None:
    """Refused pieces stay the member's: they may be declared anew, and no money follows them."""
    lines = lines_of(session, order.id)
    for line_id, each in come.refused.items():
        lines[line_id].withdrawn_units -= each.units
    withdrawal.refused = {
        str(line): {"units": each.units, "reason": each.reason}
        for line, each in come.refused.items()
    }


def _received(tools: Toolbox, session: Session, order: Order, withdrawal: Withdrawal) -> int | None:
    withdrawal.received_at = clock.now(session)
    why = " ".join(each["reason"] for each in withdrawal.refused.values())
    data = {"withdrawal_id": withdrawal.id}
    tools.record(session, Fact(Event.RETURN_RECEIVED, "order", order.id, reason=why, data=data))
    if withdrawal.refused:
        _tell_not_taken(session, order, withdrawal)
    refund_id = _give_back(tools, session, order, withdrawal)
    _take_in(tools, session, order, withdrawal)
    return refund_id


def _tell_not_taken(session: Session, order: Order, withdrawal: Withdrawal) -> None:
    contacts.write(
        session,
        key=f"return_not_taken:{withdrawal.id}",
        kind="return_not_taken",
        account_id=_account(session, order).id,
        transactional=True,
        facts={"order_id": order.id, "withdrawal_id": withdrawal.id},
    )


def _check_time(session: Session, order: Order) -> None:
    if not may_withdraw(order.state):
        raise NothingToWithdraw
    if order.delivered_at is None:
        return
    ends_at = withdrawal_ends_at(order.delivered_at, territory(order.territory).zone)
    if clock.now(session) >= ends_at:
        raise WithdrawalOver(ended_at=ends_at)


def _withdraw_lines(session: Session, order: Order, units: Mapping[int, int]) -> None:
    if not any(units.values()):
        raise Invalid(field="units", reason="needed")
    lines, waiting = lines_of(session, order.id), on_their_way_back(session, order.id)
    for line_id, asked in units.items():
        line = lines.get(line_id)
        if line is None:
            raise NotFound
        left = max(0, line.kept - waiting.get(line_id, 0))
        if not 0 <= asked <= left:
            raise RefundTooLarge(most=left)
        line.withdrawn_units += asked


def _declared(
    session: Session, order: Order, units: Mapping[int, int], key: str, words: str
) -> Withdrawal:
    at = clock.now(session)
    account = _account(session, order)
    with speaking(account.locale):
        received = formats.moment(at, account.zone, named=True)
        kept = _("Received by Aubaine on %(moment)s.", moment=received)
    acknowledgement = f"{words}\n{kept}"
    return Withdrawal(
        order_id=order.id,
        key=key,
        lines={str(line): asked for line, asked in units.items() if asked},
        acknowledgement=acknowledgement,
        sha256=hashlib.sha256(acknowledgement.encode()).hexdigest(),
    )


def _of_lines(reasons: Mapping[int, ReturnReason], units: Mapping[int, int]) -> dict[str, str]:
    """What is kept: a reason only of lines of which something is sent back."""
    return {str(line): reason.value for line, reason in reasons.items() if units.get(line)}


def _account(session: Session, order: Order) -> Account:
    member = session.get_one(Member, order.member_id)
    return session.get_one(Account, member.account_id)


def _acknowledge(tools: Toolbox, session: Session, order: Order, withdrawal: Withdrawal) -> int:
    session.add(withdrawal)
    session.flush()
    account_id = _account(session, order).id
    contacts.write(
        session,
        key=f"withdrawal:{withdrawal.id}",
        kind="withdrawal_received",
        account_id=account_id,
        transactional=True,
        facts={"order_id": order.id, "withdrawal_id": withdrawal.id},
    )
    promises.make(
        session,
        kind=PromiseKind.REFUND,
        subject_type="withdrawal",
        subject_id=withdrawal.id,
        realm=Realm.MEMBER,
        account_id=account_id,
        due_at=clock.now(session) + timedelta(days=REFUND_DAYS),
    )
    tools.record(
        session,
        Fact(Event.WITHDRAWAL_DECLARED, "order", order.id, data={"withdrawal_id": withdrawal.id}),
    )
    return withdrawal.id


def _give_back(
    tools: Toolbox, session: Session, order: Order, withdrawal: Withdrawal
) -> int | None:
    lines = lines_of(session, order.id)
    units = _still_kept(lines, withdrawal)
    if not units and withdrawal.refused:
        promises.give_up(
            session,
            kind=PromiseKind.REFUND,
            subject_type="withdrawal",
            subject_id=withdrawal.id,
        )
        return None
    if not any(units.values()):
        promises.keep(
            session,
            kind=PromiseKind.REFUND,
            subject_type="withdrawal",
            subject_id=withdrawal.id,
        )
        return None
    last = sum(units.values()) == sum(line.kept for line in lines.values())
    why = Why(RefundCause.WITHDRAWN, key=withdrawal_key(order.ref, withdrawal.id))
    refund_id = ask(tools, session, order, lines, Asked(units, shipping=last, why=why))
    if last:
        end(session, order, OrderState.REFUNDED)
    return refund_id


def _take_in(tools: Toolbox, session: Session, order: Order, withdrawal: Withdrawal) -> None:
    """The goods are in the house again: their lots count them, until they leave it by another way."""
    lines = lines_of(session, order.id)
    units: dict[int, int] = {}
    for line_id, asked in withdrawal.lines.items():
        lot_id = session.get_one(SaleItem, lines[int(line_id)].sale_item_id).lot_id
        units[lot_id] = units.get(lot_id, 0) + asked
    for lot_id, lot in locks.several(session, Lot, units).items():
        by = tools.actor.account_id
        stock.move(session, lot, Movement.SENT_BACK, units[lot_id], account_id=by)


def _still_kept(lines: Mapping[int, OrderLine], withdrawal: Withdrawal) -> dict[int, int]:
    """The units declared, less what an operator refunded in the meantime."""
    return {
        int(line_id): min(asked, lines[int(line_id)].kept)
        for line_id, asked in withdrawal.lines.items()
    }


def _refund_of(session: Session, order: Order, withdrawal: Withdrawal) -> int | None:
    key = withdrawal_key(order.ref, withdrawal.id)
    return session.scalar(
        select(Refund.id).where(
            Refund.order_id == order.id,
            (Refund.key == key) | Refund.key.startswith(f"{key}{SENT_AGAIN}", autoescape=True),
        )
    )
