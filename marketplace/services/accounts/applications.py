"""Brands that apply by themselves: an application is written down once, and answered by the house."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from typing import TYPE_CHECKING

from sqlalchemy.dialects.postgresql import insert

from marketplace.db import attempts, clock, contacts, locks
from marketplace.db.brands import Brand
from marketplace.db.joining import Application
from marketplace.domain import reasons
from marketplace.domain.accounts import email_key, network_of
from marketplace.domain.brands.applying import (
    APPLICATION_LIFECYCLE,
    PER_APPLICANT,
    ApplicationState,
)
from marketplace.domain.doors import BrandRole
from marketplace.domain.events import Event, Fact
from marketplace.services.accounts import invitations

if TYPE_CHECKING:
    from marketplace.toolbox import Toolbox


@dataclass(frozen=True, slots=True)
class Applicant:
    """What a brand that applies says of itself."""

    name: str
    country: str
    website: str
    person: str
    email: str
    locale: str
    said: str


def apply(tools: Toolbox, *, applicant: Applicant, network: str) -> None:
    """Write an application down and a letter that says what happens next.

    The same answer whether there is one of this address already or not. Refuses with EmailRefused or TooManyAttempts.
    """
    key = email_key(applicant.email)
    counted = attempts.counted("application", network_of(network), PER_APPLICANT)
    with tools.transaction() as session:
        attempts.note(session, (counted,), at=clock.now(session))
        number = session.execute(
            insert(Application)
            .values(**asdict(applicant), email_key=key)
            .on_conflict_do_nothing(
                index_elements=[Application.email_key],
                index_where=Application.state == ApplicationState.OPEN,
            )
            .returning(Application.id)
        ).scalar_one_or_none()
        if number is None:
            return
        contacts.write(
            session,
            key=f"application:{number}",
            kind="application_received",
            address=applicant.email,
            transactional=True,
            facts={"application_id": number, "locale": applicant.locale},
        )
        tools.record(session, Fact(Event.APPLICATION_RECEIVED, "application", number))


def accept_application(tools: Toolbox, *, application_id: int) -> int:
    """Begin to work with a brand that applied: it is written down, and who applied is invited as its owner.

    Returns the brand's id. Refuses with NotFound, IllegalMove, or AlreadyThere where the address has an account.
    """
    with tools.transaction() as session:
        row = locks.one(session, Application, application_id)
        APPLICATION_LIFECYCLE.check(row.state, ApplicationState.ACCEPTED)
        brand = Brand(name=row.name, legal_name=row.name, country=row.country)
        brand.account_manager_id = tools.actor.account_id
        session.add(brand)
        session.flush()
        tools.record(session, Fact(Event.BRAND_CREATED, "brand", brand.id, brand_id=brand.id))
        person = invitations.Person(
            row.email, row.email_key, row.person, BrandRole.OWNER, row.locale
        )
        invitations.written(tools, session, brand, person)
        _decide(tools, row, ApplicationState.ACCEPTED, "")
        row.brand_id, row.decided_at = brand.id, clock.now(session)
        told = Fact(Event.APPLICATION_ACCEPTED, "application", row.id, brand_id=brand.id)
        tools.record(session, told)
        return brand.id


def decline_application(tools: Toolbox, *, application_id: int, reason: str) -> None:
    """Say no, and why: the reason is what the applicant reads. Refuses with NotFound, IllegalMove or ReasonMissing."""
    why = reasons.given(reason)
    with tools.transaction() as session:
        row = locks.one(session, Application, application_id)
        APPLICATION_LIFECYCLE.check(row.state, ApplicationState.DECLINED)
        _decide(tools, row, ApplicationState.DECLINED, why)
        row.decided_at = clock.now(session)
        contacts.write(
            session,
            key=f"application_declined:{row.id}",
            kind="application_declined",
            address=row.email,
            transactional=True,
            facts={"application_id": row.id, "reason": why, "locale": row.locale},
        )
        declined = Fact(Event.APPLICATION_DECLINED, "application", row.id, reason=why)
        tools.record(session, declined)


def _decide(tools: Toolbox, row: Application, to: ApplicationState, why: str) -> None:
    row.state, row.reason, row.decided_by_id = to, why, tools.actor.account_id
