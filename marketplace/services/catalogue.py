"""Collections: made, described by a brief, completed by hand, evidenced, submitted."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sqlalchemy import func, select, update

from marketplace.db import brands, clock, deals, joining, locks
from marketplace.db.brands import Brand
from marketplace.db.catalogue import Collection, CollectionState, RrpEvidence, Style, Variant
from marketplace.domain import catalogue as rules
from marketplace.domain import moments
from marketplace.domain.brands.checklist import check_submission
from marketplace.domain.catalogue import Brief, CollectionFrozen, EvidenceRefused
from marketplace.domain.events import Event
from marketplace.domain.events import Fact as Told
from marketplace.domain.money import MINOR_DIGITS
from marketplace.domain.refusals import Invalid

if TYPE_CHECKING:
    from collections.abc import Mapping

    from sqlalchemy.orm import Session

    from marketplace.domain.catalogue import Evidence, Fact
    from marketplace.toolbox import Toolbox, Upload

EVIDENCE_BYTES_MAX = 10 * 1024 * 1024
EVIDENCE_ENDINGS = (".pdf", ".png", ".jpg", ".jpeg", ".webp")


def create(tools: Toolbox, *, name: str, season: str, currency: str) -> int:
    """Make an empty collection that files will fill; returns its id."""
    if currency not in MINOR_DIGITS:
        raise Invalid(field="currency", reason="currency_unknown")
    with tools.transaction() as session:
        row = Collection(
            brand_id=tools.brand_id,
            name=name,
            season=season,
            currency=currency,
            created_by_id=tools.actor.account_id,
        )
        session.add(row)
        session.flush()
        _record(tools, session, Event.COLLECTION_CREATED, row)
        return row.id


def state_brief(tools: Toolbox, *, collection_id: int, brief: Brief) -> None:
    """Say what the house is asked to solve, by when, and what it must never do.

    The total cost is confidential: the operator sees it, nobody else does. Refuses a deadline that
    has passed, and any change once the deal is agreed.
    """
    with tools.transaction() as session:
        row = _open(tools, session, collection_id)
        rules.check_brief(brief, today=moments.house_day(clock.now(session)))
        _write_brief(row, brief)
        _record(tools, session, Event.BRIEF_STATED, row)


def set_confidence(tools: Toolbox, *, collection_id: int, confidential: bool) -> None:
    """Ask that nothing of the collection be spoken of outside the house, or lift that; once more is nothing new."""
    with tools.transaction() as session:
        row = _collection(tools, session, collection_id)
        if row.confidential != confidential:
            row.confidential = confidential
            event = Event.CONFIDENCE_ASKED if confidential else Event.CONFIDENCE_LIFTED
            _record(tools, session, event, row)


def submit(tools: Toolbox, *, collection_id: int) -> None:
    """Hand the collection with its brief to the house. Submitting twice submits once.

    Refuses one without problem, deadline, variants or known units, a brand whose list is not settled yet
    (GateClosed), and one that begins nothing new (BrandStopped).
    """
    with tools.transaction() as session:
        row = _open(tools, session, collection_id)
        if row.state is CollectionState.SUBMITTED:
            return
        brand = session.get_one(Brand, row.brand_id)
        check_submission(brand.state, joining.standing(session, row.brand_id))
        variants, units = session.execute(
            select(func.count(), func.sum(Variant.units_offered)).where(
                Variant.collection_id == row.id, Variant.withdrawn_at.is_(None)
            )
        ).one()
        now = clock.now(session)
        rules.check_submission(
            _brief(row), variants=variants, units=int(units or 0), today=moments.house_day(now)
        )
        row.state = CollectionState.SUBMITTED
        row.submitted_at = now
        _record(tools, session, Event.COLLECTION_SUBMITTED, row, variants=variants)


def complete(
    tools: Toolbox,
    *,
    style_id: int,
    facts: Mapping[Fact, str],
    not_textile: bool | None = None,
    defects: str | None = None,
) -> None:
    """State facts about one style by hand; ``not_textile`` says whether it owes a composition.

    ``defects``: what members are told is not perfect about it; None leaves what was said.

    Refuses what cannot be understood, naming the fact; then nothing is written.
    """
    with tools.transaction() as session:
        owned = brands.within(tools.brand_id, Style.brand_id)
        row = locks.one(session, Style, style_id, owned)
        for fact, said in facts.items():
            for column, value in rules.understood(fact, said).items():
                setattr(row, column, value)
        if not_textile is not None:
            row.details = {**row.details, "not_textile": not_textile}
        if defects is not None:
            row.details = {**row.details, "defects": defects.strip()}
        told = Told(
            Event.STYLE_COMPLETED,
            "style",
            row.id,
            brand_id=row.brand_id,
            data={"facts": ", ".join(facts)},
        )
        tools.record(session, told)


def complete_lacking(tools: Toolbox, *, collection_id: int, fact: Fact, said: str) -> int:
    """State one fact for every style of the collection that lacks it; returns how many these were."""
    assert fact in rules.FILLED_AT_ONCE, f"{fact} differs from style to style"
    columns = rules.understood(fact, said)
    with tools.transaction() as session:
        row = _collection(tools, session, collection_id)
        lacking = update(Style).where(
            Style.collection_id == row.id, getattr(Style, str(fact)) == ""
        )
        filled = session.execute(lacking.values(columns).returning(Style.id)).all()
        if filled:
            _record(tools, session, Event.STYLE_COMPLETED, row, styles=len(filled), facts=str(fact))
        return len(filled)


def evidence(
    tools: Toolbox,
    *,
    collection_id: int,
    style_id: int | None,
    stated: Evidence,
    file: Upload | None = None,
) -> int:
    """Say where and when the public prices of a collection, or of one style, were really asked.

    Refuses evidence without a place, of a day to come or too long past, and files that are not
    read.
    """
    if file is not None:
        _check_file(file)
    with tools.reading() as session:
        today = moments.house_day(clock.instant(session))
        rules.check_evidence(stated, today=today)
    kept = tools.keep(file) if file is not None else None
    with tools.transaction() as session:
        row = _collection(tools, session, collection_id)
        if style_id is not None:
            locks.one(session, Style, style_id, Style.collection_id == row.id)
        proof = RrpEvidence(
            brand_id=row.brand_id,
            collection_id=row.id,
            style_id=style_id,
            kind=str(stated.kind),
            reference=stated.reference,
            file_id=brands.keep_file(
                session, kept, brand_id=row.brand_id, by_id=tools.actor.account_id
            ).id
            if kept
            else None,
            seen_on=stated.seen_on,
            stated_by_id=tools.actor.account_id,
        )
        session.add(proof)
        session.flush()
        _record(tools, session, Event.RRP_EVIDENCED, row, evidence=proof.id)
        return proof.id


def _collection(tools: Toolbox, session: Session, collection_id: int) -> Collection:
    owned = brands.within(tools.brand_id, Collection.brand_id)
    return locks.one(session, Collection, collection_id, owned)


def _open(tools: Toolbox, session: Session, collection_id: int) -> Collection:
    row = _collection(tools, session, collection_id)
    if deals.is_agreed(session, row.id):
        raise CollectionFrozen
    return row


def _brief(row: Collection) -> Brief:
    return Brief(row.brief_problem, row.brief_deadline, row.brief_never, row.cost_total_minor)


def _write_brief(row: Collection, brief: Brief) -> None:
    row.brief_problem = brief.problem
    row.brief_deadline = brief.deadline
    row.brief_never = brief.never
    row.cost_total_minor = brief.cost_total_minor


def _check_file(file: Upload) -> None:
    if not file.name.casefold().endswith(EVIDENCE_ENDINGS):
        raise EvidenceRefused(reason="kind_of_file")
    if not 0 < file.path.stat().st_size <= EVIDENCE_BYTES_MAX:
        raise EvidenceRefused(reason="size_of_file")


def _record(
    tools: Toolbox, session: Session, event: Event, row: Collection, **data: int | str
) -> None:
    tools.record(session, Told(event, "collection", row.id, brand_id=row.brand_id, data=dict(data)))
