"""The tokens of calls to the payment service, one stock of them for all processes; and holds of those who wait."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import SmallInteger, String, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column

from marketplace.db.base import CODE_LENGTH_MAX, Base, Pk

OVERALL = "*"
"""The stock that every endpoint's calls take from as well."""


class CallToken(Base):
    """The right to one call. It is free from ``back_at`` on, by the machine's clock: tests turn only the house's."""

    __tablename__ = "call_tokens"
    __table_args__ = (UniqueConstraint("endpoint", "number"),)

    id: Mapped[Pk]
    endpoint: Mapped[str] = mapped_column(String(CODE_LENGTH_MAX))
    number: Mapped[int] = mapped_column(SmallInteger)
    back_at: Mapped[datetime] = mapped_column(server_default=text("'-infinity'::timestamptz"))


TAKE = text(
    "SELECT own, shared, until, wait_ms FROM "
    "take_token(:endpoint, :each_most, :each_left, :all_most, :all_left, :lease)"
)
"""One autocommitted round trip: the two tokens, or how many milliseconds until it is worth asking again."""

GIVE_BACK = text("SELECT give_tokens_back(:own, :shared, :until, :after)")

EXTEND = text(
    "SELECT order_id, until FROM extend_waiting(CAST(:orders AS bigint[]), :left, :most) ORDER BY order_id"
)
"""Live holds of orders that wait in our gate, given what is left to pay in; lapsed ones stay lapsed."""
