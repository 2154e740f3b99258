"""Endpoints of brands' machines, what is on its way to them, and every try to bring it there."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING, Any

from sqlalchemy import Index, String, UniqueConstraint, text
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Mapped, mapped_column

from marketplace.db.base import CODE_LENGTH_MAX, HOUSE_NOW, Base, CreatedAt, Pk, refers, states
from marketplace.domain.deliveries import KEPT_FOR, LOW_LEFT, LOW_ONE_OF, DeliveryState

if TYPE_CHECKING:
    from collections.abc import Sequence

    from sqlalchemy import Row
    from sqlalchemy.orm import Session


class Endpoint(Base):
    """Where a brand's machines are told of what happens; ``ended_at`` once it was taken away."""

    __tablename__ = "endpoints"

    id: Mapped[Pk]
    brand_id: Mapped[int] = refers("brands.id", index=True)
    made_by_id: Mapped[int] = refers("accounts.id")
    url: Mapped[str] = mapped_column(String(2_000))
    told: Mapped[list[Any]]
    ended_at: Mapped[datetime | None]
    created_at: Mapped[CreatedAt]


class EndpointSecret(Base):
    """What messages to an endpoint are signed with; the brand's door can write it and never read it back."""

    __tablename__ = "endpoint_secrets"

    id: Mapped[Pk]
    brand_id: Mapped[int] = refers("brands.id")
    endpoint_id: Mapped[int] = refers("endpoints.id", index=True)
    secret: Mapped[str] = mapped_column(String(80), deferred=True)
    ends_at: Mapped[datetime | None]
    created_at: Mapped[CreatedAt]


class Delivery(Base):
    """One message to one endpoint. ``source`` names what happened: told twice, it is written once.

    ``lease`` counts who holds it: whoever lost it cannot note what became of it.
    """

    __tablename__ = "deliveries"
    __table_args__ = (
        UniqueConstraint("endpoint_id", "source"),
        Index("ix_deliveries_due", "due_at", postgresql_where="state = 'waiting'"),
        Index("ix_deliveries_finished", "finished_at", postgresql_where="finished_at IS NOT NULL"),
    )

    id: Mapped[Pk]
    brand_id: Mapped[int] = refers("brands.id", index=True)
    endpoint_id: Mapped[int] = refers("endpoints.id")
    source: Mapped[str] = mapped_column(String(CODE_LENGTH_MAX))
    told: Mapped[str] = mapped_column(String(40))
    body: Mapped[str]
    state: Mapped[DeliveryState] = mapped_column(states(DeliveryState), server_default="waiting")
    tries: Mapped[int] = mapped_column(server_default="0")
    lease: Mapped[int] = mapped_column(server_default="0")
    claimed_until: Mapped[datetime | None]
    due_at: Mapped[datetime] = mapped_column(server_default=HOUSE_NOW)
    finished_at: Mapped[datetime | None]
    created_at: Mapped[CreatedAt]


class DeliveryTry(Base):
    """One try: the status that was answered, or what went wrong."""

    __tablename__ = "delivery_tries"

    id: Mapped[Pk]
    brand_id: Mapped[int] = refers("brands.id")
    delivery_id: Mapped[int] = refers("deliveries.id", index=True)
    status: Mapped[int | None]
    fault: Mapped[str] = mapped_column(String(CODE_LENGTH_MAX), server_default="")
    took_ms: Mapped[int | None]
    created_at: Mapped[CreatedAt]


def write(
    session: Session, *, endpoint_id: int, brand_id: int, source: str, told: str, body: str
) -> bool:
    """Put a message on its way; False where it is already, or was."""
    statement = (
        insert(Delivery)
        .values(endpoint_id=endpoint_id, brand_id=brand_id, source=source, told=told, body=body)
        .on_conflict_do_nothing(constraint="uq_deliveries_endpoint_id_source")
        .returning(Delivery.id)
    )
    return session.execute(statement).scalar_one_or_none() is not None


def listening(session: Session, told: str, brand_ids: Sequence[int]) -> dict[int, list[int]]:
    """The endpoints of these brands that chose ``told``, by brand."""
    found: dict[int, list[int]] = {}
    for row in session.execute(_LISTENING, {"told": told, "brands": list(brand_ids)}):
        found.setdefault(row.brand_id, []).append(row.id)
    return found


def claim(session: Session, *, most: int, seconds: int) -> Sequence[Row[Any]]:
    """Take up to ``most`` due messages into one sender's hands, one for each endpoint: a slow one delays itself alone.

    Rows of ``id``, ``lease``, ``tries``, ``url``, ``body`` and ``secrets``.
    """
    return session.execute(_CLAIM, {"most": most, "seconds": seconds}).all()


def low_items(session: Session, *, most: int) -> Sequence[Row[Any]]:
    """Items of running sales that few pieces are left of, with an endpoint that was not told yet."""
    bounds = {"left": LOW_LEFT, "one_of": LOW_ONE_OF, "most": most}
    return session.execute(_LOW, bounds).all()


def forget(session: Session, *, most: int) -> int:
    """Remove up to ``most`` messages that were finished long ago, with their tries; how many."""
    found = session.execute(_OLD, {"after": KEPT_FOR, "most": most}).scalars().all()
    if found:
        session.execute(_FORGET_TRIES, {"ids": list(found)})
        session.execute(_FORGET, {"ids": list(found)})
    return len(found)


_LISTENING = text(
    "SELECT id, brand_id FROM endpoints WHERE ended_at IS NULL AND brand_id = ANY (:brands)"
    " AND told @> to_jsonb(CAST(:told AS text)) ORDER BY id"
)
_CLAIM = text(
    "WITH first AS ("
    " SELECT DISTINCT ON (d.endpoint_id) d.id FROM deliveries d JOIN endpoints e ON e.id = d.endpoint_id"
    " WHERE d.state = 'waiting' AND d.due_at <= house_instant() AND e.ended_at IS NULL"
    " AND NOT EXISTS (SELECT FROM deliveries o WHERE o.endpoint_id = d.endpoint_id AND o.state = 'waiting'"
    " AND o.claimed_until > house_instant()) ORDER BY d.endpoint_id, d.due_at, d.id"
    "), taken AS ("
    " SELECT d.id FROM deliveries d JOIN first ON first.id = d.id"
    " WHERE d.state = 'waiting' AND (d.claimed_until IS NULL OR d.claimed_until <= house_instant())"
    " ORDER BY d.due_at, d.id LIMIT :most FOR UPDATE OF d SKIP LOCKED"
    ") UPDATE deliveries d SET lease = d.lease + 1, tries = d.tries + 1,"
    " claimed_until = house_now() + make_interval(secs => :seconds)"
    " FROM taken, endpoints e WHERE d.id = taken.id AND e.id = d.endpoint_id"
    " RETURNING d.id, d.lease, d.tries, e.url, d.body, house_now() AS at, ARRAY("
    " SELECT s.secret FROM endpoint_secrets s WHERE s.endpoint_id = e.id"
    " AND (s.ends_at IS NULL OR s.ends_at > house_instant()) ORDER BY s.id DESC) AS secrets"
)
_LOW = text(
    "SELECT i.id, i.brand_id, i.units - i.sold AS unsold, i.units, s.ref, v.sku, e.id AS endpoint_id"
    " FROM sale_items i JOIN sales s ON s.id = i.sale_id JOIN variants v ON v.id = i.variant_id"
    " JOIN endpoints e ON e.brand_id = i.brand_id AND e.ended_at IS NULL"
    " AND e.told @> to_jsonb(CAST('stock.low' AS text))"
    " WHERE s.state IN ('scheduled', 'open') AND s.opens_at <= house_instant() AND s.closes_at > house_instant()"
    " AND i.stopped_at IS NULL AND i.sold > 0"
    " AND (i.units - i.sold) * :one_of <= greatest(i.units, :left * :one_of)"
    " AND NOT EXISTS (SELECT FROM deliveries d WHERE d.endpoint_id = e.id AND d.source = 'low:' || i.id)"
    " ORDER BY i.id LIMIT :most"
)
_OLD = text(
    "SELECT id FROM deliveries WHERE finished_at < house_instant() - CAST(:after AS interval)"
    " AND state <> 'waiting' ORDER BY id LIMIT :most FOR UPDATE SKIP LOCKED"
)
_FORGET_TRIES = text("DELETE FROM delivery_tries WHERE delivery_id = ANY (:ids)")
_FORGET = text("DELETE FROM deliveries WHERE id = ANY (:ids)")
