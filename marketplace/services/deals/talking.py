"""Deals: house and brand propose in turn, and one of them accepts the other's newest version."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from typing import TYPE_CHECKING

from sqlalchemy import select

from marketplace.db import brands, clock, conversations, deals, locks, promises
from marketplace.db.catalogue import Collection, CollectionState
from marketplace.db.deals import Deal, DealVersion
from marketplace.db.session import refusing
from marketplace.domain import deals as rules
from marketplace.domain import moments
from marketplace.domain.conversations import Subject
from marketplace.domain.deals import DEAL_LIFECYCLE, DealState, Side
from marketplace.domain.doors import Door, Realm
from marketplace.domain.events import Event, Fact
from marketplace.domain.promises import PromiseKind
from marketplace.domain.refusals import NotFound, Refusal
from marketplace.domain.settlements import last_payment_day

if TYPE_CHECKING:
    from collections.abc import Sequence

    from sqlalchemy.orm import Session

    from marketplace.domain.deals import Line, Offer, Terms
    from marketplace.toolbox import Toolbox

NOTE_LENGTH_MAX = 2_000
REASON_LENGTH_MAX = 1_000


class CollectionNotSubmitted(Refusal):
    """The brand has not submitted this collection: there is nothing to answer yet."""

    code = "collection_not_submitted"


class DealExists(Refusal):
    """There is a deal about this collection already; answer its newest version."""

    code = "deal_exists"


@dataclass(frozen=True, slots=True)
class Proposed:
    """A version that now waits for the other side's answer."""

    deal_id: int
    number: int


@dataclass(frozen=True, slots=True)
class Agreement:
    """An accepted version. ``sha256`` seals its terms and lines; ``units`` are committed by it."""

    deal_id: int
    number: int
    sha256: str
    units: int


def propose(
    tools: Toolbox,
    *,
    collection_id: int,
    terms: Terms,
    lines: Sequence[Line],
    note: str = "",
    valid_days: int = rules.VALID_DAYS,
) -> Proposed:
    """Answer a submitted collection with the house's first proposal.

    Refuses a collection that is not submitted or has a deal, and terms or lines that cannot be
    kept.
    """
    assert tools.actor.kind is Door.OPERATOR, "the house proposes first"
    with tools.transaction() as session:
        collection = locks.one(session, Collection, collection_id)
        if collection.state is not CollectionState.SUBMITTED:
            raise CollectionNotSubmitted
        _check(session, collection, terms, lines, by=Side.HOUSE)
        deal = Deal(brand_id=collection.brand_id, collection_id=collection.id, mode=terms.mode)
        session.add(deal)
        with refusing({"uq_deals_brand_id_collection_id": DealExists}):
            session.flush()
        _write_version(tools, session, deal, terms, lines, note=note, valid_days=valid_days)
        conversations.open_thread(session, subject=Subject.DEAL, subject_id=deal.id)
        _record(tools, session, Event.DEAL_PROPOSED, deal, number=1)
        return Proposed(deal.id, 1)


def counter(
    tools: Toolbox,
    *,
    deal_id: int,
    answers: int,
    terms: Terms,
    lines: Sequence[Line],
    note: str = "",
    valid_days: int = rules.VALID_DAYS,
) -> Proposed:
    """Put a new version in place of version ``answers``.

    The other side's, or an own one thought over.

    Refuses if ``answers`` is not the newest version, if the talks are over, and terms that cannot
    be kept.
    """
    side = _side(tools)
    with tools.transaction() as session:
        deal = _lock(tools, session, deal_id)
        DEAL_LIFECYCLE.check(deal.state, DealState.AGREED)
        if answers != deal.latest:
            raise rules.Superseded(number=answers, latest=deal.latest)
        collection = session.get_one(Collection, deal.collection_id)
        _check(session, collection, terms, lines, by=side)
        _write_version(tools, session, deal, terms, lines, note=note, valid_days=valid_days)
        _record(tools, session, Event.DEAL_COUNTERED, deal, number=deal.latest)
        return Proposed(deal.id, deal.latest)


def accept(tools: Toolbox, *, deal_id: int, number: int) -> Agreement:
    """Accept version ``number`` of the other side; the units of its lines are committed with it.

    Refuses any but the newest version, an own one, an expired one, and units that the collection
    no longer offers. Accepting the version that is already accepted changes nothing and returns
    the same agreement.
    """
    side = _side(tools)
    with tools.transaction() as session:
        deal = _lock(tools, session, deal_id)
        version = deals.version(session, deal.id, number)
        lines = deals.lines(session, version.id)
        agreement = Agreement(
            deal.id, number, version.sha256, units=sum(line.units for line in lines)
        )
        rules.check_answer(number=number, latest=deal.latest, proposed_by=version.side, by=side)
        if deal.accepted_version_id == version.id:
            return agreement
        DEAL_LIFECYCLE.check(deal.state, DealState.AGREED)
        _check_standing(session, version)
        offered = deals.offers(session, deal.collection_id)
        rules.check_lines(lines, offered, by=version.side)
        _seal(tools, session, deal, version, lines)
        _commit_units(tools, session, deal, lines, offered)
        _promise(session, deal, rules.terms_from(version.terms))
        _record(tools, session, Event.DEAL_ACCEPTED, deal, number=number, sha256=version.sha256)
        return agreement


def decline(tools: Toolbox, *, deal_id: int, number: int, reason: str) -> None:
    """End the talks: decline the other side's newest version, or withdraw one's own.

    The reason is shown to the other side. It costs nobody anything: nothing binds before acceptance.
    """
    with tools.transaction() as session:
        deal = _lock(tools, session, deal_id)
        if number != deal.latest:
            raise rules.Superseded(number=number, latest=deal.latest)
        DEAL_LIFECYCLE.check(deal.state, DealState.ENDED)
        deal.state = DealState.ENDED
        _record(tools, session, Event.DEAL_DECLINED, deal, reason=reason.strip(), number=number)


def _side(tools: Toolbox) -> Side:
    return Side.BRAND if tools.actor.kind is Door.BRAND else Side.HOUSE


def _lock(tools: Toolbox, session: Session, deal_id: int) -> Deal:
    """The deal, locked after its collection, so that no file changes what is offered meanwhile."""
    owned = brands.within(tools.brand_id, Deal.brand_id)
    collection_id = session.scalar(select(Deal.collection_id).where(Deal.id == deal_id, owned))
    if collection_id is None:
        raise NotFound
    locks.one(session, Collection, collection_id)
    return locks.one(session, Deal, deal_id, owned)


def _check(
    session: Session, collection: Collection, terms: Terms, lines: Sequence[Line], *, by: Side
) -> None:
    rules.check_terms(terms, lines)
    if terms.currency != collection.currency:
        raise rules.TermsRefused(field="currency", reason="currency_of_collection")
    rules.check_days(terms, today=moments.house_day(clock.now(session)))
    brief = rules.Brief(collection.brief_problem, collection.brief_deadline, collection.brief_never)
    rules.check_answers(terms, brief, by=by)
    rules.check_lines(lines, deals.offers(session, collection.id), by=by)


def _write_version(
    tools: Toolbox,
    session: Session,
    deal: Deal,
    terms: Terms,
    lines: Sequence[Line],
    *,
    note: str,
    valid_days: int,
) -> None:
    assert 0 < valid_days <= rules.VALID_DAYS_MAX, "the door limits how long a proposal stands"
    assert tools.actor.account_id is not None, "a proposal has a name under it"
    deal.latest += 1
    version = DealVersion(
        brand_id=deal.brand_id,
        deal_id=deal.id,
        number=deal.latest,
        side=_side(tools),
        proposed_by_id=tools.actor.account_id,
        terms=rules.terms_as_plain(terms),
        note=note.strip(),
        sha256=rules.sealed(terms, lines),
        expires_at=clock.now(session) + timedelta(days=valid_days),
    )
    session.add(version)
    session.flush()
    deals.write_lines(session, version, lines)


def _check_standing(session: Session, version: DealVersion) -> None:
    if version.expires_at <= clock.now(session):
        raise rules.ProposalExpired(number=version.number, expires_at=version.expires_at)


def _seal(
    tools: Toolbox,
    session: Session,
    deal: Deal,
    version: DealVersion,
    lines: Sequence[Line],
) -> None:
    again = rules.sealed_as_stored(version.terms, lines)
    assert again == version.sha256, f"deal {deal.id}: version {version.number} was changed"
    version.accepted_at = clock.now(session)
    version.accepted_by_id = tools.actor.account_id
    deal.accepted_version_id = version.id
    deal.mode = rules.terms_from(version.terms).mode
    deal.state = DealState.AGREED
    session.flush()


def _commit_units(
    tools: Toolbox,
    session: Session,
    deal: Deal,
    lines: Sequence[Line],
    offered: dict[int, Offer],
) -> None:
    deals.commit_units(session, deal, lines, offered, account_id=tools.actor.account_id)
    units = sum(line.units for line in lines)
    tools.record(
        session,
        Fact(Event.STOCK_COMMITTED, "deal", deal.id, brand_id=deal.brand_id, data={"units": units}),
    )


def _promise(session: Session, deal: Deal, terms: Terms) -> None:
    """Two dates that the brand may hold the house to: every unit out, and the last of it paid."""
    for kind, day in (
        (PromiseKind.EXIT_OF_STOCK, terms.exit_on),
        (PromiseKind.PAYOUT, last_payment_day(terms)),
    ):
        promises.make(
            session,
            kind=kind,
            subject_type="deal",
            subject_id=deal.id,
            realm=Realm.BRAND,
            brand_id=deal.brand_id,
            due_at=moments.end_of(day),
        )


def _record(
    tools: Toolbox,
    session: Session,
    event: Event,
    deal: Deal,
    *,
    reason: str = "",
    **data: int | str,
) -> None:
    tools.record(
        session,
        Fact(event, "deal", deal.id, brand_id=deal.brand_id, reason=reason, data=dict(data)),
    )
