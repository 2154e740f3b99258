"""Saving a card: on the payment service's own page, on the member's word, and off again on their word."""

from __future__ import annotations

import secrets
from datetime import timedelta
from typing import TYPE_CHECKING

from sqlalchemy import func, or_, select, update

from marketplace.db import cards, clock, locks
from marketplace.db.accounts import Account
from marketplace.db.base import HOUSE_NOW
from marketplace.db.cards import Card
from marketplace.db.members import Member
from marketplace.db.payments import SESSION_ENDS
from marketplace.domain.cards import CARD_LIFECYCLE, SAVES_PER_DAY_MAX, CardState, CardsTooMany
from marketplace.domain.events import Event, Fact
from marketplace.domain.orders import PaymentTrouble
from marketplace.toolbox import CardAsked, GateFull, GatewayRefusal, GatewayTrouble

if TYPE_CHECKING:
    from sqlalchemy.orm import Session

    from marketplace.toolbox import CardSession, SavedCard, Toolbox

KEY_BYTES = 9
DAY = timedelta(days=1)
QUIET_BEFORE_ASKING = timedelta(seconds=45)
TENDED_PER_RUN_MAX = 25
CLOCKS_APART = timedelta(minutes=1)


def open_card_page(tools: Toolbox, *, member_id: int, consent: str) -> str:
    """Keep what the member agrees to, word for word, and open the page on which they enter the card; its address.

    Refuses more pages in a day than anybody needs (CardsTooMany), and with ``payment_trouble`` when no answer comes:
    no card was saved then.
    """
    with tools.transaction() as session:
        locks.one(session, Member, member_id)
        since = clock.now(session) - DAY
        asked = select(func.count()).where(Card.member_id == member_id, Card.created_at > since)
        if (session.scalar(asked) or 0) >= SAVES_PER_DAY_MAX:
            raise CardsTooMany
        card = Card(
            member_id=member_id,
            key=f"card-{secrets.token_hex(KEY_BYTES)}",
            consent=consent,
            called_at=HOUSE_NOW,
            session_ends_at=SESSION_ENDS,
        )
        session.add(card)
        session.flush()
        card_id = card.id
    try:
        _know(tools, card_id)
        return _note_page(tools, card_id, tools.payments.open_card_page(_asked(tools, card_id)))
    except (GateFull, GatewayTrouble, GatewayRefusal) as trouble:
        raise PaymentTrouble from trouble


def note_card(tools: Toolbox, *, key: str, member_id: int | None = None) -> str:
    """Look up the page of this agreement and settle what it says: ``kept``, ``ended``, ``open`` or ``unknown``.

    ``unknown`` too for an agreement that is not this member's. Safe to repeat, and at the same moment. GatewayTrouble
    when Stripe does not answer.
    """
    whose = () if member_id is None else (Card.member_id == member_id,)
    with tools.reading() as session:
        ref = session.scalar(select(Card.session_ref).where(Card.key == key, *whose))
    if ref is None:
        return "unknown"
    return _settle(tools, key, tools.payments.look_up_card(ref))


def remove_card(tools: Toolbox, *, member_id: int) -> None:
    """The member's saved card is charged no more from this moment; the payment service forgets it soon after."""
    with tools.transaction() as session:
        locks.one(session, Member, member_id)
        found = cards.kept(session, member_id)
        if found is not None:
            _remove(tools, session, found)


def tend_cards(tools: Toolbox) -> int:
    """Ask about pages that nobody told us about, and have forgotten what is not to be kept; returns how many."""
    with tools.transaction() as session:
        at = clock.now(session)
        quiet = session.execute(
            select(Card.id, Card.key, Card.session_ref, Card.session_ends_at)
            .where(
                Card.state == CardState.ASKED,
                Card.called_at < at - QUIET_BEFORE_ASKING,
                or_(Card.looked_up_at.is_(None), Card.looked_up_at < at - QUIET_BEFORE_ASKING),
            )
            .order_by(Card.looked_up_at.nulls_first(), Card.id)
            .limit(TENDED_PER_RUN_MAX)
            .with_for_update(skip_locked=True, key_share=True)
        ).all()
        ids = [row.id for row in quiet]
        session.execute(update(Card).where(Card.id.in_(ids)).values(looked_up_at=HOUSE_NOW))
    for row in quiet:
        if row.session_ref is not None:
            note_card(tools, key=row.key)
        elif row.session_ends_at is not None and row.session_ends_at < at - CLOCKS_APART:
            _end(tools, row.id)
    return len(quiet) + _have_forgotten(tools)


def _know(tools: Toolbox, card_id: int) -> None:
    """Make the member known to Stripe under a key of this agreement: once more gives the same."""
    with tools.reading() as session:
        card = session.get_one(Card, card_id)
        member = session.get_one(Member, card.member_id)
        key, email = card.key, session.get_one(Account, member.account_id).email
    ref = tools.payments.know(key=f"{key}-customer", email=email)
    with tools.transaction() as session:
        locks.one(session, Card, card_id).customer_ref = ref


def _asked(tools: Toolbox, card_id: int) -> CardAsked:
    with tools.reading() as session:
        card = session.get_one(Card, card_id)
        member = session.get_one(Member, card.member_id)
        assert card.customer_ref is not None, "known before"
        assert card.session_ends_at is not None, "stored before"
        return CardAsked(
            key=card.key,
            customer_ref=card.customer_ref,
            locale=session.get_one(Account, member.account_id).locale,
            success_url=f"{tools.public_url}/card/entered/{card.key}",
            cancel_url=f"{tools.public_url}/card",
            expires_at=card.session_ends_at,
        )


def _note_page(tools: Toolbox, card_id: int, answer: CardSession) -> str:
    with tools.transaction() as session:
        locks.one(session, Card, card_id).session_ref = answer.ref
    return answer.url


def _settle(tools: Toolbox, key: str, answer: CardSession) -> str:
    with tools.transaction() as session:
        asked = select(Card.id, Card.member_id).where(Card.key == key)
        found = session.execute(asked).one()
        locks.one(session, Member, found.member_id)
        card = locks.one(session, Card, found.id)
        if card.state in {CardState.KEPT, CardState.REMOVED}:
            return str(card.state)
        if answer.card is not None and answer.status == "complete":
            return _keep(tools, session, card, answer.card)
        if answer.status == "expired" and card.state is CardState.ASKED:
            card.state = CardState.ENDED
        return "open" if card.state is CardState.ASKED else str(card.state)


def _keep(tools: Toolbox, session: Session, card: Card, saved: SavedCard) -> str:
    """Keep it in the place of the one before, which is forgotten."""
    before = cards.kept(session, card.member_id)
    if before is not None:
        _remove(tools, session, before)
        session.flush()
    CARD_LIFECYCLE.check(card.state, CardState.KEPT)
    card.state, card.kept_at = CardState.KEPT, clock.now(session)
    card.method_ref, card.brand, card.last_four = saved.method_ref, saved.brand, saved.last_four
    card.good_through_year = saved.good_through_year
    card.good_through_month = saved.good_through_month
    session.flush()
    tools.record(session, Fact(Event.CARD_KEPT, "member", card.member_id))
    return "kept"


def _remove(tools: Toolbox, session: Session, card: Card) -> None:
    CARD_LIFECYCLE.check(card.state, CardState.REMOVED)
    card.state, card.removed_at = CardState.REMOVED, clock.now(session)
    session.flush()
    tools.record(session, Fact(Event.CARD_REMOVED, "member", card.member_id))


def _end(tools: Toolbox, card_id: int) -> None:
    """Its page was never known to be open, and would be over: whoever was made known for it is forgotten too."""
    _know(tools, card_id)
    with tools.transaction() as session:
        card = locks.one(session, Card, card_id)
        if card.state is CardState.ASKED:
            card.state = CardState.ENDED


def _have_forgotten(tools: Toolbox) -> int:
    """Cards that were removed, and pages that ended without one, of which no payment is under way any more."""
    with tools.reading() as session:
        due = session.execute(cards.TO_FORGET, {"most": TENDED_PER_RUN_MAX}).all()
    for row in due:
        tools.payments.forget(row.customer_ref)
        with tools.transaction() as session:
            card = locks.one(session, Card, row.id)
            card.customer_ref, card.method_ref = None, None
            card.forgotten_at = clock.now(session)
    return len(due)
