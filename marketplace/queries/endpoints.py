"""Endpoints of a brand's machines as its owners see them, and what was brought there lately."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from sqlalchemy import select
from sqlalchemy.dialects.postgresql import distinct_on

from marketplace.db import brands
from marketplace.db.deliveries import Delivery, DeliveryTry, Endpoint
from marketplace.domain.deliveries import DeliveryState, Told
from marketplace.domain.refusals import NotFound

if TYPE_CHECKING:
    from datetime import datetime

    from sqlalchemy import ColumnElement
    from sqlalchemy.orm import Session

    from marketplace.toolbox import Toolbox

ENDPOINTS_SHOWN_MAX = 50
DELIVERIES_SHOWN_MAX = 50


@dataclass(frozen=True, slots=True)
class EndpointShown:
    """An endpoint and what it is told of."""

    endpoint_id: int
    url: str
    told: tuple[Told, ...]
    made_at: datetime


@dataclass(frozen=True, slots=True)
class DeliveryShown:
    """A message and its last try: ``status`` as answered, or ``fault`` where nobody did; ``due_at`` of the next."""

    delivery_id: int
    told: str
    state: DeliveryState
    tries: int
    status: int | None
    fault: str
    took_ms: int | None
    created_at: datetime
    due_at: datetime


@dataclass(frozen=True, slots=True)
class EndpointPage:
    """An endpoint with its last messages, the newest first."""

    endpoint: EndpointShown
    deliveries: tuple[DeliveryShown, ...]


def listed(tools: Toolbox) -> tuple[EndpointShown, ...]:
    """The brand's endpoints, the newest first."""
    with tools.reading() as session:
        return _endpoints(session, brands.within(tools.brand_id, Endpoint.brand_id))


def one(tools: Toolbox, *, endpoint_id: int) -> EndpointPage:
    """The endpoint, if it is the brand's own and was not taken away."""
    owned = brands.within(tools.brand_id, Endpoint.brand_id)
    with tools.reading() as session:
        found = _endpoints(session, owned, Endpoint.id == endpoint_id)
        if not found:
            raise NotFound
        return EndpointPage(found[0], _deliveries(session, endpoint_id))


def _endpoints(session: Session, *where: ColumnElement[bool]) -> tuple[EndpointShown, ...]:
    wanted = (
        select(Endpoint)
        .where(*where, Endpoint.ended_at.is_(None))
        .order_by(Endpoint.id.desc())
        .limit(ENDPOINTS_SHOWN_MAX)
    )
    return tuple(
        EndpointShown(
            row.id, row.url, tuple(told for told in Told if str(told) in row.told), row.created_at
        )
        for row in session.scalars(wanted)
    )


def _deliveries(session: Session, endpoint_id: int) -> tuple[DeliveryShown, ...]:
    last = (
        select(DeliveryTry.delivery_id, DeliveryTry.status, DeliveryTry.fault, DeliveryTry.took_ms)
        .join(Delivery, Delivery.id == DeliveryTry.delivery_id)
        .where(Delivery.endpoint_id == endpoint_id)
        .ext(distinct_on(DeliveryTry.delivery_id))
        .order_by(DeliveryTry.delivery_id, DeliveryTry.id.desc())
        .subquery()
    )
    wanted = (
        select(Delivery, last.c.status, last.c.fault, last.c.took_ms)
        .outerjoin(last, last.c.delivery_id == Delivery.id)
        .where(Delivery.endpoint_id == endpoint_id)
        .order_by(Delivery.id.desc())
        .limit(DELIVERIES_SHOWN_MAX)
    )
    return tuple(
        DeliveryShown(
            row.id,
            row.told,
            row.state,
            row.tries,
            status,
            fault or "",
            took_ms,
            row.created_at,
            row.due_at,
        )
        for row, status, fault, took_ms in session.execute(wanted)
    )
