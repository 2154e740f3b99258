"""Charges: proposed with their proof by one person, open to contest by the brand, decided by another person."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

from marketplace.db import brands, clock, deals, locks, settlements
from marketplace.db.deals import Deal, DealVersion
from marketplace.db.settlements import Charge
from marketplace.domain import attachments, reasons
from marketplace.domain.deals import terms_from
from marketplace.domain.events import Event, Fact
from marketplace.domain.refusals import NotFound
from marketplace.domain.settlements import (
    CHARGE_LIFECYCLE,
    CONTEST_DAYS,
    ChargeState,
    check_decided_units,
    check_proposed,
    check_second,
    check_upheld,
)

if TYPE_CHECKING:
    from sqlalchemy.orm import Session

    from marketplace.domain.deals import ChargeReason
    from marketplace.toolbox import Toolbox, Upload

CHARGES_PER_RUN_MAX = 200


def propose(
    tools: Toolbox, *, deal_id: int, reason: ChargeReason, units: int, found: str, file: Upload
) -> int:
    """Propose a charge with its proof, a photograph or a document; the brand has ten days to contest it. Its id.

    Refuses with ChargeNotAgreed what the signed tariff does not name, with ChargeUnitsRefused more units than the deal
    has left to charge for this fault, with ReasonMissing what is not described, and files that are not read.
    """
    words = reasons.given(found)
    attachments.check_size(file.name, size_bytes=file.path.stat().st_size)
    attachments.kind_of(file.name, file.path.read_bytes())
    kept = tools.keep(file)
    with tools.transaction() as session:
        deal = locks.one(session, Deal, deal_id)
        if deal.accepted_version_id is None:
            raise NotFound
        terms = terms_from(session.get_one(DealVersion, deal.accepted_version_id).terms)
        committed = sum(line.units for line in deals.lines(session, deal.accepted_version_id))
        left = committed - settlements.charged_so_far(session, deal_id, reason)
        each = check_proposed(terms, reason, units, committed=left)
        stored = brands.keep_file(
            session, kept, brand_id=deal.brand_id, by_id=tools.actor.account_id
        )
        row = Charge(
            brand_id=deal.brand_id,
            deal_id=deal_id,
            reason=reason,
            units=units,
            each_minor=each.minor,
            currency=each.currency,
            found=words,
            file_id=stored.id,
            proposed_by_id=tools.actor.account_id,
            contest_by=clock.now(session) + timedelta(days=CONTEST_DAYS),
        )
        session.add(row)
        session.flush()
        _record(tools, session, Event.CHARGE_PROPOSED, row)
        return row.id


def contest(tools: Toolbox, *, charge_id: int, objection: str) -> None:
    """Say why the charge is not right; somebody else than who proposed it decides.

    Refuses with IllegalMove what was contested already, or has ended: by a decision, or because its time was over.
    """
    said = reasons.given(objection)
    with tools.transaction() as session:
        row = _locked(tools, session, charge_id)
        CHARGE_LIFECYCLE.check(row.state, ChargeState.CONTESTED)
        row.state, row.objection = ChargeState.CONTESTED, said
        row.contested_at, row.contested_by_id = clock.now(session), tools.actor.account_id
        _record(tools, session, Event.CHARGE_CONTESTED, row)


def decide(tools: Toolbox, *, charge_id: int, units: int, decision: str) -> ChargeState:
    """Uphold the charge for so many of its units, or withdraw it with none; the brand reads the words.

    Refuses to uphold it with SecondPersonNeeded for who proposed it, and with ContestRunning while the brand may still
    contest it and has not. To withdraw it, anybody of the house will do.
    """
    said = reasons.given(decision)
    with tools.transaction() as session:
        row = _locked(tools, session, charge_id)
        to = check_decided_units(units, proposed=row.units)
        CHARGE_LIFECYCLE.check(row.state, to)
        if to is ChargeState.FINAL:
            check_upheld(is_contested=row.contested_at is not None, until=row.contest_by)
            check_second(row.proposed_by_id, tools.actor.account_id)
        row.state, row.upheld, row.decision = to, units, said
        row.decided_by_id, row.ended_at = tools.actor.account_id, clock.now(session)
        _record(tools, session, Event.CHARGE_DECIDED, row)
        return to


def end_uncontested(tools: Toolbox) -> int:
    """Make final what nobody contested in its time; how many."""
    with tools.transaction() as session:
        rows = settlements.uncontested(session, most=CHARGES_PER_RUN_MAX)
        for row in rows:
            row.state, row.upheld, row.ended_at = ChargeState.FINAL, row.units, clock.now(session)
            _record(tools, session, Event.CHARGE_DECIDED, row)
        return len(rows)


def _locked(tools: Toolbox, session: Session, charge_id: int) -> Charge:
    return locks.one(session, Charge, charge_id, brands.within(tools.brand_id, Charge.brand_id))


def _record(tools: Toolbox, session: Session, event: Event, row: Charge) -> None:
    data = {"deal": row.deal_id, "state": str(row.state)}
    tools.record(session, Fact(event, "charge", row.id, brand_id=row.brand_id, data=data))
