"""The house asks what is to become of goods that are left, and the brand says; silence is what was signed."""

from __future__ import annotations

from typing import TYPE_CHECKING

from marketplace.db import brands, clock, exits, locks, promises
from marketplace.db.deals import Deal, DealVersion
from marketplace.db.exits import ExitPlan, as_ruled
from marketplace.domain import moments
from marketplace.domain.deals import terms_from
from marketplace.domain.doors import Realm
from marketplace.domain.events import Event, Fact
from marketplace.domain.exits import (
    DISCARDS,
    ExitKind,
    NothingToLeave,
    check_choice,
    check_keep_day,
    choose_by,
    silent_kind,
)
from marketplace.domain.promises import PromiseKind
from marketplace.domain.refusals import NotFound, Stale

if TYPE_CHECKING:
    from datetime import date

    from sqlalchemy.orm import Session

    from marketplace.domain.exits import Derogation
    from marketplace.toolbox import Toolbox


def ask_next(tools: Toolbox) -> int | None:
    """Ask about the goods of one deal whose sales are over; the deal's id, 0 where somebody just did, None for none."""
    with tools.transaction() as session:
        found = exits.to_ask(session)
        if found is None:
            return None
        deal = locks.one(session, Deal, found)
        if exits.to_ask(session, deal_id=found) is None:
            return 0
        _ask(tools, session, deal, exits.latest_plan(session, deal.id), keep_until=None)
        return found


def ask(tools: Toolbox, *, deal_id: int, keep_until: date | None) -> None:
    """Ask now, as a person of the house; or offer in the question that stands to keep the goods until a day.

    Refuses with NothingToLeave a deal of which nothing is in the house, and with KeepDayRefused a day too early or
    too far.
    """
    with tools.transaction() as session:
        deal = locks.one(session, Deal, deal_id)
        if deal.accepted_version_id is None:
            raise NotFound
        latest = exits.latest_plan(session, deal_id)
        if latest is None or latest.chosen is not None or clock.now(session) > latest.choose_by:
            if not exits.may_leave(session, deal_id):
                raise NothingToLeave
            _ask(tools, session, deal, latest, keep_until=keep_until)
            return
        if keep_until is not None:
            check_keep_day(keep_until, leave_by=latest.leave_by)
        latest.keep_until = keep_until
        _tell_asked(tools, session, latest)


def choose(
    tools: Toolbox,
    *,
    deal_id: int,
    number: int,
    kind: ExitKind,
    derogation: Derogation | None = None,
    said: str = "",
) -> None:
    """Say what becomes of the goods, in answer to the house's ``number``-th question; until its time is over.

    To keep them moves the promised day to the one that the house offered: the brand asked for it. Refuses with
    ChoiceOver and ChoiceRefused, and with Stale an answer to a question that is no longer the last.
    """
    with tools.transaction() as session:
        deal = session.get(Deal, deal_id)
        owned = brands.within(tools.brand_id, ExitPlan.brand_id)
        plan = exits.latest_plan(session, deal_id) if deal else None
        if plan is None:
            raise NotFound
        plan = locks.one(session, ExitPlan, plan.id, owned)
        if plan.number != number:
            raise Stale(latest=str(plan.number))
        now = clock.now(session)
        left = exits.has_left(session, plan.id)
        check_choice(as_ruled(plan), kind, derogation, now=now, has_left=left)
        before = as_ruled(plan).day
        plan.chosen, plan.derogation = kind, derogation if kind in DISCARDS else None
        plan.said, plan.chosen_at, plan.chosen_by_id = said.strip(), now, tools.actor.account_id
        session.flush()
        _move_promise(session, plan, before)
        data = {"number": plan.number, "kind": str(kind)}
        if plan.derogation is not None:
            data["derogation"] = str(plan.derogation)
        tools.record(
            session, Fact(Event.EXIT_CHOSEN, "deal", deal_id, brand_id=plan.brand_id, data=data)
        )


def _ask(
    tools: Toolbox,
    session: Session,
    deal: Deal,
    latest: ExitPlan | None,
    *,
    keep_until: date | None,
) -> None:
    terms = terms_from(session.get_one(DealVersion, deal.accepted_version_id).terms)
    number = latest.number + 1 if latest else 1
    leave_by = as_ruled(latest).day if latest else terms.exit_on
    if keep_until is not None:
        check_keep_day(keep_until, leave_by=leave_by)
    plan = ExitPlan(
        brand_id=deal.brand_id,
        deal_id=deal.id,
        number=number,
        silent=silent_kind(terms.unsold_rule, number=number),
        choose_by=choose_by(clock.now(session), leave_by),
        leave_by=leave_by,
        keep_until=keep_until,
        asked_by_id=tools.actor.account_id,
    )
    session.add(plan)
    session.flush()
    _tell_asked(tools, session, plan)


def _tell_asked(tools: Toolbox, session: Session, plan: ExitPlan) -> None:
    data: dict[str, object] = {"number": plan.number, "kind": str(plan.silent)}
    data["choose_by"] = plan.choose_by.isoformat()
    if plan.keep_until is not None:
        data["keep_until"] = plan.keep_until.isoformat()
    tools.record(
        session, Fact(Event.EXIT_ASKED, "deal", plan.deal_id, brand_id=plan.brand_id, data=data)
    )


def _move_promise(session: Session, plan: ExitPlan, before: date) -> None:
    """The day by which everything has left, where the brand's choice moves it: the old promise no longer stands."""
    ruled = as_ruled(plan)
    if ruled.day == before:
        return
    kind = PromiseKind.EXIT_OF_STOCK
    for subject_type, subject_id in exits.promised(session, plan.deal_id):
        promises.give_up(session, kind=kind, subject_type=subject_type, subject_id=subject_id)
    promises.make(
        session,
        kind=kind,
        subject_type="exit_plan",
        subject_id=plan.id,
        realm=Realm.BRAND,
        brand_id=plan.brand_id,
        due_at=moments.end_of(ruled.day),
    )
