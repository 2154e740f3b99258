"""Endpoints of a brand's machines: made, signed anew, tried, taken away by an owner; secrets are shown once."""

from __future__ import annotations

import json
import secrets
from dataclasses import dataclass
from typing import TYPE_CHECKING

from sqlalchemy import func, select, update

from marketplace.db import brands, clock, deliveries, locks
from marketplace.db.deliveries import Delivery, Endpoint, EndpointSecret
from marketplace.domain import deliveries as rules
from marketplace.domain.deliveries import DeliveryState, Told, TooManyEndpoints
from marketplace.domain.events import Event, Fact
from marketplace.domain.refusals import NotFound

if TYPE_CHECKING:
    from collections.abc import Iterable

    from sqlalchemy.orm import Session

    from marketplace.toolbox import Toolbox


@dataclass(frozen=True, slots=True)
class Signed:
    """An endpoint and the secret that signs what is sent there: it can be read here and never again."""

    endpoint_id: int
    secret: str


def make(tools: Toolbox, *, url: str, told: Iterable[Told]) -> Signed:
    """An endpoint of the actor's brand. Refuses an address that the house does not call, and more than it may have."""
    assert tools.brand_id is not None, "an endpoint belongs to a brand"
    assert tools.actor.account_id is not None, "a person makes endpoints"
    tools.outward.check(url)
    with tools.transaction() as session:
        _check_room(session, tools.brand_id)
        row = Endpoint(
            brand_id=tools.brand_id,
            made_by_id=tools.actor.account_id,
            url=url,
            told=sorted(str(each) for each in set(told)),
        )
        session.add(row)
        session.flush()
        _record(tools, session, Event.ENDPOINT_MADE, row)
        return Signed(row.id, _sign(session, row))


def sign_anew(tools: Toolbox, *, endpoint_id: int) -> Signed:
    """A new secret for the endpoint; for a day both sign, so that the machine can be told."""
    with tools.transaction() as session:
        row = _lock(tools, session, endpoint_id)
        until = clock.now(session) + rules.OVERLAP
        session.execute(
            update(EndpointSecret)
            .where(EndpointSecret.endpoint_id == row.id, EndpointSecret.ends_at.is_(None))
            .values(ends_at=until)
        )
        _record(tools, session, Event.ENDPOINT_SIGNED_ANEW, row)
        return Signed(row.id, _sign(session, row))


def remove(tools: Toolbox, *, endpoint_id: int) -> None:
    """Tell the endpoint nothing any more; what was on its way to it stays behind."""
    with tools.transaction() as session:
        row = _lock(tools, session, endpoint_id)
        row.ended_at = clock.now(session)
        session.execute(
            update(Delivery)
            .where(Delivery.endpoint_id == row.id, Delivery.state == DeliveryState.WAITING)
            .values(state=DeliveryState.GIVEN_UP, finished_at=row.ended_at)
        )
        _record(tools, session, Event.ENDPOINT_REMOVED, row)


def ping(tools: Toolbox, *, endpoint_id: int) -> None:
    """Put a message on its way that says nothing, to see whether it arrives."""
    with tools.transaction() as session:
        row = _lock(tools, session, endpoint_id)
        name = secrets.token_hex(12)
        at = clock.now(session).isoformat()
        body = {"id": f"msg_{name}", "type": str(Told.PING), "created_at": at, "data": {}}
        deliveries.write(
            session,
            endpoint_id=row.id,
            brand_id=row.brand_id,
            source=f"ping:{name}",
            told=str(Told.PING),
            body=json.dumps(body, separators=(",", ":")),
        )


def deliver_again(tools: Toolbox, *, delivery_id: int) -> int:
    """Try a message anew from the beginning, whatever became of it; the endpoint's id."""
    with tools.transaction() as session:
        owned = brands.within(tools.brand_id, Delivery.brand_id)
        row = locks.one(session, Delivery, delivery_id, owned)
        _lock(tools, session, row.endpoint_id)
        if row.state is not DeliveryState.WAITING:
            row.state, row.tries, row.finished_at = DeliveryState.WAITING, 0, None
            row.due_at, row.claimed_until = clock.now(session), None
        return row.endpoint_id


def _lock(tools: Toolbox, session: Session, endpoint_id: int) -> Endpoint:
    owned = brands.within(tools.brand_id, Endpoint.brand_id)
    row = locks.one(session, Endpoint, endpoint_id, owned)
    if row.ended_at is not None:
        raise NotFound
    return row


def _check_room(session: Session, brand_id: int) -> None:
    """Counted under a lock that a brand's other owner waits for."""
    session.execute(select(func.pg_advisory_xact_lock(func.hashtext("endpoints"), brand_id)))
    live = (Endpoint.brand_id == brand_id) & Endpoint.ended_at.is_(None)
    if session.execute(select(func.count(Endpoint.id)).where(live)).scalar_one() >= (
        rules.ENDPOINTS_MAX
    ):
        raise TooManyEndpoints(most=rules.ENDPOINTS_MAX)


def _sign(session: Session, row: Endpoint) -> str:
    secret = rules.fresh_secret()
    session.add(EndpointSecret(brand_id=row.brand_id, endpoint_id=row.id, secret=secret))
    session.flush()
    return secret


def _record(tools: Toolbox, session: Session, event: Event, row: Endpoint) -> None:
    tools.record(session, Fact(event, "brand", row.brand_id, brand_id=row.brand_id))
