"""Sales, their items with units and price, and the transitions that the clocks recorded."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

from sqlalchemy import (
    Boolean,
    CheckConstraint,
    DateTime,
    Index,
    String,
    UniqueConstraint,
    func,
    or_,
    select,
    text,
    update,
)
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Mapped, mapped_column

from marketplace.db import locks, promises
from marketplace.db.base import (
    CODE_LENGTH_MAX,
    NAME_LENGTH_MAX,
    Base,
    CreatedAt,
    Currency,
    Pk,
    refers,
    states,
)
from marketplace.db.holds import Hold
from marketplace.domain import approvals
from marketplace.domain.approvals import Offered
from marketplace.domain.doors import Realm
from marketplace.domain.holds import HoldState
from marketplace.domain.promises import PromiseKind
from marketplace.domain.refusals import NotFound
from marketplace.domain.sales import SaleState, Transition, Window

if TYPE_CHECKING:
    from collections.abc import Sequence

    from sqlalchemy import ColumnElement
    from sqlalchemy.orm import Session

WAITING = (SaleState.SCHEDULED, SaleState.OPEN, SaleState.PAUSED)
"""States in which a sale has an edge before it."""


class Sale(Base):
    """A timed sale of one brand in one territory.

    Wall times as typed, their zone and the instants are all stored. ``generation`` grows whenever the times
    change, so that a transition of old times can never be recorded for new ones. ``version`` guards edits.
    """

    __tablename__ = "sales"
    __table_args__ = (
        CheckConstraint("opens_at < closes_at AND teaser_at <= opens_at", name="window"),
        CheckConstraint("limit_per_member > 0", name="limit_per_member"),
        Index("ix_sales_opens_at", "opens_at"),
        Index("ix_sales_closes_at", "closes_at"),
        Index("ix_sales_to_open", "opens_at", postgresql_where="state = 'scheduled'"),
        Index(
            "ix_sales_to_close",
            "closes_at",
            postgresql_where="state IN ('scheduled', 'open', 'paused')",
        ),
    )

    id: Mapped[Pk]
    ref: Mapped[str] = mapped_column(String(CODE_LENGTH_MAX), unique=True)
    brand_id: Mapped[int] = refers("brands.id", index=True)
    deal_id: Mapped[int] = refers("deals.id", index=True)
    title: Mapped[str] = mapped_column(String(NAME_LENGTH_MAX))
    line: Mapped[str] = mapped_column(String(NAME_LENGTH_MAX), server_default="")
    territory: Mapped[str] = mapped_column(String(2))
    currency: Mapped[Currency]
    state: Mapped[SaleState] = mapped_column(states(SaleState), server_default="draft")
    zone: Mapped[str] = mapped_column(String(64))
    opens_wall: Mapped[datetime] = mapped_column(DateTime(timezone=False))
    closes_wall: Mapped[datetime] = mapped_column(DateTime(timezone=False))
    teaser_at: Mapped[datetime]
    opens_at: Mapped[datetime]
    closes_at: Mapped[datetime]
    opened_at: Mapped[datetime | None]
    closed_at: Mapped[datetime | None]
    limit_per_member: Mapped[int] = mapped_column(server_default="4")
    generation: Mapped[int] = mapped_column(server_default="1")
    version: Mapped[int] = mapped_column(server_default="1")
    hero_photograph_id: Mapped[int | None] = refers("photographs.id")
    approved_version: Mapped[int | None]
    approved_by_id: Mapped[int | None] = refers("accounts.id")
    approved_at: Mapped[datetime | None]
    approved_plan: Mapped[dict[str, Any] | None]
    manager_id: Mapped[int | None] = refers("accounts.id")
    created_at: Mapped[CreatedAt]


class SaleItem(Base):
    """A variant offered in a sale. ``units`` = ``available`` + ``held`` + ``sold`` + ``freed``, at every commit.

    ``freed`` went back to the lot after the sale had ended: ``units`` still says what was offered.
    ``compare_minor`` is the public price shown struck through; it is filled only with its evidence.
    ``held`` may still count units of holds that have lapsed: they are free at their ``expires_at`` and the next
    statement that touches the row takes them back first. Of ``held``, ``set_aside`` units came back and belong to the
    line; ``awaited`` while somebody stands in it.
    """

    __tablename__ = "sale_items"
    __table_args__ = (
        UniqueConstraint("brand_id", "sale_id", "variant_id"),
        UniqueConstraint("brand_id", "sale_id", "id"),
        UniqueConstraint("brand_id", "lot_id", "id"),
        Index("ix_sale_items_sale", "sale_id"),
        CheckConstraint("available >= 0 AND held >= 0 AND sold >= 0", name="not_negative"),
        CheckConstraint("freed >= 0 AND available + held + sold + freed = units", name="conserved"),
        CheckConstraint("set_aside >= 0 AND set_aside <= held", name="set_aside"),
        Index("ix_sale_items_awaited", "id", postgresql_where="awaited OR set_aside > 0"),
        CheckConstraint("price_minor > 0", name="price"),
        CheckConstraint(
            "(compare_minor IS NULL) = (evidence_id IS NULL)", name="compare_has_evidence"
        ),
        CheckConstraint("compare_minor > price_minor", name="compare_above_price"),
        CheckConstraint("limit_per_member > 0", name="limit_per_member"),
    )

    id: Mapped[Pk]
    brand_id: Mapped[int] = refers("brands.id", index=True)
    sale_id: Mapped[int] = refers("sales.id")
    variant_id: Mapped[int] = refers("variants.id", index=True)
    lot_id: Mapped[int] = refers("lots.id", index=True)
    position: Mapped[int] = mapped_column(server_default="0")
    price_minor: Mapped[int]
    compare_minor: Mapped[int | None]
    evidence_id: Mapped[int | None] = refers("rrp_evidence.id")
    units: Mapped[int]
    available: Mapped[int]
    held: Mapped[int] = mapped_column(server_default="0")
    sold: Mapped[int] = mapped_column(server_default="0")
    freed: Mapped[int] = mapped_column(server_default="0")
    awaited: Mapped[bool] = mapped_column(Boolean, server_default="false")
    set_aside: Mapped[int] = mapped_column(server_default="0")
    limit_per_member: Mapped[int] = mapped_column(server_default="2")
    stopped_at: Mapped[datetime | None]
    sold_out_at: Mapped[datetime | None]
    created_at: Mapped[CreatedAt]


class SaleTransition(Base):
    """An opening or closing as recorded, once for each generation; lateness is what the clocks cost."""

    __tablename__ = "sale_transitions"
    __table_args__ = (UniqueConstraint("sale_id", "transition", "generation"),)

    id: Mapped[Pk]
    brand_id: Mapped[int] = refers("brands.id")
    sale_id: Mapped[int] = refers("sales.id")
    transition: Mapped[Transition] = mapped_column(states(Transition))
    generation: Mapped[int]
    due_at: Mapped[datetime]
    recorded_at: Mapped[CreatedAt]
    missed: Mapped[bool] = mapped_column(Boolean, server_default="false")


_RELEASE = text("SELECT release_holds(NULL, :holds, :why, :account)")


def window(sale: Sale) -> Window:
    """The times and the state of a sale, as the rules read them."""
    return Window(
        state=sale.state,
        teaser_at=sale.teaser_at.astimezone(UTC),
        opens_at=sale.opens_at.astimezone(UTC),
        closes_at=sale.closes_at.astimezone(UTC),
    )


def by_ref(session: Session, ref: str) -> Sale:
    """The sale, not locked; :class:`NotFound` if there is none that this door may see."""
    found = session.scalars(select(Sale).where(Sale.ref == ref)).one_or_none()
    if found is None:
        raise NotFound
    return found


def locked(session: Session, ref: str) -> Sale:
    """The sale, locked for change."""
    return locks.one(session, Sale, by_ref(session, ref).id)


def items_locked(session: Session, sale_id: int) -> dict[int, SaleItem]:
    """All items of a sale by id, locked in rising order.

    A hold looks at the sale after it has locked its item. Whoever changes what a running sale allows therefore locks
    the items first: a hold that waits for one of them then sees the sale as it has become.
    """
    wanted = select(SaleItem.id).where(SaleItem.sale_id == sale_id)
    return locks.several(session, SaleItem, session.scalars(wanted))


def items_of(session: Session, sale_id: int) -> tuple[SaleItem, ...]:
    """The items of a sale as they are, in the order in which they were put in; nobody is kept from changing them."""
    wanted = select(SaleItem).where(SaleItem.sale_id == sale_id).order_by(SaleItem.id)
    return tuple(session.scalars(wanted))


def offered_units(session: Session, sale_id: int) -> tuple[int, int]:
    """How many items of a sale have units, and how many units these are."""
    statement = select(func.count(), func.coalesce(func.sum(SaleItem.units), 0)).where(
        SaleItem.sale_id == sale_id, SaleItem.units > 0
    )
    items, units = session.execute(statement).one()
    return int(items), int(units)


def end_holds(session: Session, sale_id: int, *, reason: str, account_id: int | None) -> int:
    """Release every live hold of a sale; returns how many there were. The items are locked."""
    live = select(Hold.id).where(Hold.sale_id == sale_id, Hold.state == HoldState.HELD)
    holds = session.scalars(live).all()
    return len(release_holds(session, holds, reason=reason, account_id=account_id))


def release_holds(
    session: Session, hold_ids: Sequence[int], *, reason: str, account_id: int | None
) -> tuple[int, ...]:
    """Release these holds, whoever has them; returns those that were still live."""
    if not hold_ids:
        return ()
    asked = {"holds": list(hold_ids), "why": reason, "account": account_id}
    return tuple(session.scalars(_RELEASE, asked))


def due(session: Session, *, most: int) -> list[Sale]:
    """Sales with an opening or closing that has come and is not recorded, locked; another clock's are skipped."""
    now = func.house_instant()
    statement = (
        select(Sale)
        .where(
            or_(
                (Sale.state == SaleState.SCHEDULED) & (Sale.opens_at <= now),
                Sale.state.in_(WAITING) & (Sale.closes_at <= now),
            )
        )
        .order_by(Sale.id)
        .limit(most)
        .with_for_update(key_share=True, skip_locked=True)
        .execution_options(populate_existing=True)
    )
    return list(session.scalars(statement))


def next_edge(session: Session) -> datetime | None:
    """The earliest opening or closing that is not recorded yet; it may lie in the past after a pause of the clocks."""
    opens = select(func.min(Sale.opens_at)).where(Sale.state == SaleState.SCHEDULED)
    closes = select(func.min(Sale.closes_at)).where(Sale.state.in_(WAITING))
    found = [session.scalar(opens), session.scalar(closes)]
    return min((each.astimezone(UTC) for each in found if each is not None), default=None)


def note_transition(
    session: Session, sale: Sale, transition: Transition, *, due_at: datetime, missed: bool
) -> bool:
    """Write that the transition was recorded for this generation of times; False if it already had been."""
    statement = (
        insert(SaleTransition)
        .values(
            brand_id=sale.brand_id,
            sale_id=sale.id,
            transition=transition,
            generation=sale.generation,
            due_at=due_at,
            missed=missed,
        )
        .on_conflict_do_nothing(index_elements=("sale_id", "transition", "generation"))
        .returning(SaleTransition.id)
    )
    return session.execute(statement).scalar_one_or_none() is not None


def promise_opening(session: Session, sale: Sale) -> None:
    """From now on the opening is shown as a promise; one that was taken back is given again with its new time."""
    promises.make(
        session,
        kind=PromiseKind.OPENING,
        subject_type="sale",
        subject_id=sale.id,
        realm=Realm.MEMBER,
        brand_id=sale.brand_id,
        due_at=sale.opens_at,
    )
    _change_opening(session, sale, due_at=sale.opens_at, void_at=None)


def keep_opening(session: Session, sale: Sale) -> None:
    """The sale opened when its row said so: a clock that notes it later does not make it late."""
    _change_opening(session, sale, kept_at=sale.opens_at)


def kept_at() -> ColumnElement[datetime | None]:
    """When a promise was kept. An opening is kept by the sale's row and the clock, whether it is noted yet or not."""
    opened = (
        select(Sale.opens_at)
        .where(
            promises.Promise.kind == PromiseKind.OPENING,
            promises.Promise.subject_type == "sale",
            promises.Promise.void_at.is_(None),
            Sale.id == promises.Promise.subject_id,
            Sale.state == SaleState.SCHEDULED,
            Sale.opens_at <= func.house_instant(),
        )
        .correlate(promises.Promise)
        .scalar_subquery()
    )
    return func.coalesce(promises.Promise.kept_at, opened)


def _change_opening(session: Session, sale: Sale, **values: datetime | None) -> None:
    session.execute(
        update(promises.Promise)
        .where(
            promises.Promise.kind == PromiseKind.OPENING,
            promises.Promise.subject_type == "sale",
            promises.Promise.subject_id == sale.id,
            promises.Promise.kept_at.is_(None),
        )
        .values(values)
    )


def give_up_opening(session: Session, sale: Sale) -> None:
    """The opening no longer stands: the sale was taken back or cancelled."""
    promises.give_up(session, kind=PromiseKind.OPENING, subject_type="sale", subject_id=sale.id)


def as_shown(session: Session, sale: Sale) -> dict[str, Any]:
    """The sale as its brand sees and approves it, plainly: its plan, and every variant with units and price."""
    wanted = select(SaleItem.variant_id, SaleItem.units, SaleItem.price_minor).where(
        SaleItem.sale_id == sale.id
    )
    return approvals.as_plain(
        {
            "title": sale.title,
            "line": sale.line,
            "opens": sale.opens_wall.isoformat(),
            "closes": sale.closes_wall.isoformat(),
            "limit": sale.limit_per_member,
            "photograph": sale.hero_photograph_id,
        },
        {row.variant_id: Offered(row.units, row.price_minor) for row in session.execute(wanted)},
    )
