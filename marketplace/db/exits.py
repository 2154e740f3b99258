"""Exits: what the house asked about goods that are left, what the brand chose, and what left by which way."""

from __future__ import annotations

from datetime import date, datetime
from typing import TYPE_CHECKING, Any

from sqlalchemy import (
    BigInteger,
    CheckConstraint,
    Date,
    Index,
    String,
    UniqueConstraint,
    cast,
    func,
    select,
    text,
)
from sqlalchemy.orm import Mapped, aliased, mapped_column

from marketplace.db.base import CODE_LENGTH_MAX, Base, CreatedAt, Pk, refers, states
from marketplace.domain.exits import (
    ASK_BEFORE,
    RECEIVER_LENGTH_MAX,
    REMIND_BEFORE,
    WORDS_LENGTH_MAX,
    Derogation,
    ExitKind,
    Plan,
    Pool,
)

if TYPE_CHECKING:
    from collections.abc import Sequence

    from sqlalchemy import Row
    from sqlalchemy.orm import Session


class ExitPlan(Base):
    """The house's ``number``-th question about the goods of a deal, and the brand's choice once it made one."""

    __tablename__ = "exit_plans"
    __table_args__ = (
        UniqueConstraint("deal_id", "number"),
        CheckConstraint("silent NOT IN ('recycle', 'destroy')", name="silent"),
        CheckConstraint("keep_until > leave_by", name="keep_until"),
        CheckConstraint(
            "(chosen IS NULL) = (chosen_at IS NULL) AND (chosen IS NULL) = (chosen_by_id IS NULL)",
            name="chosen",
        ),
        CheckConstraint(
            "(derogation IS NOT NULL) = (coalesce(chosen, 'return') IN ('recycle', 'destroy'))",
            name="derogation_needed",
        ),
        Index("ix_exit_plans_waiting", "choose_by", postgresql_where="chosen IS NULL"),
    )

    id: Mapped[Pk]
    brand_id: Mapped[int] = refers("brands.id", index=True)
    deal_id: Mapped[int] = refers("deals.id")
    number: Mapped[int]
    silent: Mapped[ExitKind] = mapped_column(states(ExitKind))
    choose_by: Mapped[datetime]
    leave_by: Mapped[date] = mapped_column(Date)
    keep_until: Mapped[date | None] = mapped_column(Date)
    asked_by_id: Mapped[int | None] = refers("accounts.id", index=True)
    chosen: Mapped[ExitKind | None] = mapped_column(states(ExitKind))
    derogation: Mapped[Derogation | None] = mapped_column(states(Derogation))
    said: Mapped[str] = mapped_column(String(WORDS_LENGTH_MAX), server_default="")
    chosen_at: Mapped[datetime | None]
    chosen_by_id: Mapped[int | None] = refers("accounts.id", index=True)
    created_at: Mapped[CreatedAt]


class Exit(Base):
    """Goods of a deal that left together. ``number`` counts the brand's exits without a gap; ``key`` is of the page.

    ``corrects_id``: the note that told of units too many. They are here below zero, so that sums are of what left.
    """

    __tablename__ = "exits"
    __table_args__ = (
        UniqueConstraint("brand_id", "number"),
        UniqueConstraint("deal_id", "key"),
        CheckConstraint("kind <> 'next_sale'", name="kind"),
        CheckConstraint(
            "(derogation IS NOT NULL) = (kind IN ('recycle', 'destroy'))", name="derogation_needed"
        ),
        CheckConstraint(
            "CASE WHEN corrects_id IS NULL THEN units > 0 AND weight_g >= 0"
            " ELSE units < 0 AND weight_g <= 0 END",
            name="units",
        ),
    )

    id: Mapped[Pk]
    brand_id: Mapped[int] = refers("brands.id")
    deal_id: Mapped[int] = refers("deals.id")
    plan_id: Mapped[int | None] = refers("exit_plans.id", index=True)
    number: Mapped[int]
    corrects_id: Mapped[int | None] = refers("exits.id", index=True)
    key: Mapped[str] = mapped_column(String(CODE_LENGTH_MAX))
    kind: Mapped[ExitKind] = mapped_column(states(ExitKind))
    derogation: Mapped[Derogation | None] = mapped_column(states(Derogation))
    left_on: Mapped[date] = mapped_column(Date)
    left_at: Mapped[datetime]
    received_by: Mapped[str] = mapped_column(String(RECEIVER_LENGTH_MAX))
    note: Mapped[str] = mapped_column(String(WORDS_LENGTH_MAX), server_default="")
    units: Mapped[int]
    weight_g: Mapped[int]
    figures: Mapped[dict[str, Any]]
    sha256: Mapped[str] = mapped_column(String(64))
    recorded_by_id: Mapped[int] = refers("accounts.id", index=True)
    created_at: Mapped[CreatedAt]


class ExitLine(Base):
    """Units of one lot that left, from one pool, or below zero had not; ``weight_g`` of one unit, where known."""

    __tablename__ = "exit_lines"
    __table_args__ = (
        UniqueConstraint("exit_id", "lot_id", "pool"),
        CheckConstraint("units <> 0 AND weight_g >= 0", name="units"),
    )

    id: Mapped[Pk]
    brand_id: Mapped[int] = refers("brands.id", index=True)
    exit_id: Mapped[int] = refers("exits.id")
    lot_id: Mapped[int] = refers("lots.id", index=True)
    pool: Mapped[Pool] = mapped_column(states(Pool))
    units: Mapped[int]
    weight_g: Mapped[int | None]
    cn_code: Mapped[str] = mapped_column(String(20), server_default="")
    created_at: Mapped[CreatedAt]


class ExitPaper(Base):
    """The note of an exit as a PDF, in one language, kept under ``storage_key``."""

    __tablename__ = "exit_papers"
    __table_args__ = (UniqueConstraint("exit_id", "locale"),)

    id: Mapped[Pk]
    brand_id: Mapped[int] = refers("brands.id", index=True)
    exit_id: Mapped[int] = refers("exits.id")
    locale: Mapped[str] = mapped_column(String(20))
    storage_key: Mapped[str] = mapped_column(String(CODE_LENGTH_MAX), unique=True)
    created_at: Mapped[CreatedAt]


def as_ruled(row: ExitPlan) -> Plan:
    """The question as the rules of exits read it."""
    return Plan(row.silent, row.choose_by, row.leave_by, row.keep_until, row.chosen)


def latest_plan(session: Session, deal_id: int) -> ExitPlan | None:
    """The newest question about a deal's goods, locked: chosen and carried out one after the other."""
    wanted = (
        select(ExitPlan)
        .where(ExitPlan.deal_id == deal_id)
        .order_by(ExitPlan.number.desc())
        .limit(1)
        .with_for_update(key_share=True)
        .execution_options(populate_existing=True)
    )
    return session.scalar(wanted)


def of_key(session: Session, deal_id: int, key: str) -> Exit | None:
    """What was written down from one page, if anything was."""
    return session.scalar(select(Exit).where(Exit.deal_id == deal_id, Exit.key == key))


def has_left(session: Session, plan_id: int) -> bool:
    """Whether anything left by what a question came to, corrections taken off."""
    units = session.scalar(select(func.sum(Exit.units)).where(Exit.plan_id == plan_id))
    return bool(units)


def told(session: Session, exit_id: int) -> Sequence[Row[Any]]:
    """What a note tells of, lot by lot and pool by pool.

    Rows of ``lot_id``, ``pool``, ``units``, ``weight_g`` and ``cn_code`` as noted, and of ``standing``: ``units`` less
    those that its corrections took back.
    """
    taken = (
        select(func.coalesce(func.sum(_Taken.units), 0))
        .join(Exit, Exit.id == _Taken.exit_id)
        .where(
            Exit.corrects_id == exit_id,
            _Taken.lot_id == ExitLine.lot_id,
            _Taken.pool == ExitLine.pool,
        )
        .scalar_subquery()
    )
    wanted = (
        select(
            *(ExitLine.lot_id, ExitLine.pool, ExitLine.units, ExitLine.weight_g, ExitLine.cn_code),
            cast(ExitLine.units + taken, BigInteger).label("standing"),
        )
        .where(ExitLine.exit_id == exit_id)
        .order_by(ExitLine.lot_id, ExitLine.pool)
    )
    found: Sequence[Row[Any]] = session.execute(wanted).all()  # type: ignore[assignment]  # columns by name
    return found


def promise_again(session: Session, deal_id: int) -> None:
    """The promise that a deal's goods have left, kept too early, stands again: units of it are still in the house."""
    session.execute(_PROMISE_AGAIN, {"deal": deal_id})


def next_number(session: Session, brand_id: int) -> int:
    """The number after the brand's last; the brand's row is locked by whoever asks."""
    wanted = text("SELECT coalesce(max(number), 0) + 1 FROM exits WHERE brand_id = :brand")
    number: int = session.execute(wanted, {"brand": brand_id}).scalar_one()
    return number


def to_ask(session: Session, *, deal_id: int | None = None) -> int | None:
    """A deal about whose goods the brand is to be asked, the one that has to be empty first; or ``deal_id`` if it is.

    Its sales are over and something is left; or its day is near; or what was kept has its day near.
    """
    found: int | None = session.scalar(_TO_ASK, {"deal": deal_id, "before": ASK_BEFORE})
    return found


def may_leave(session: Session, deal_id: int) -> int:
    """Units of a deal in the house that are in no sale and no parcel."""
    units: int = session.execute(_MAY_LEAVE, {"deal": deal_id}).scalar_one()
    return units


def to_remind(session: Session, *, most: int) -> Sequence[int]:
    """Questions whose time is nearly over and that nobody has answered."""
    return session.scalars(_TO_REMIND, {"within": REMIND_BEFORE, "most": most}).all()


def promised(session: Session, deal_id: int) -> tuple[tuple[str, int], ...]:
    """The promises of a deal's exit that stand, by what they were made about."""
    rows = session.execute(_PROMISED, {"deal": deal_id})
    return tuple((row.subject_type, row.subject_id) for row in rows)


def emptied(session: Session, *, deal_id: int | None = None, most: int = 1) -> Sequence[Row[Any]]:
    """Promises of exits whose deals have nothing left in the house, with the instant since when.

    Rows of ``subject_type``, ``subject_id`` and ``emptied_at``.
    """
    return session.execute(_EMPTIED, {"deal": deal_id, "most": most}).all()


_Taken = aliased(ExitLine)
HERE = (
    "greatest(0, l.accepted - l.allocated - l.exited)"
    " + l.sent_back - l.sent_back_exited + l.rejected - l.rejected_exited"
)
"""Units of the lot ``l`` that may leave, of all pools: what ``domain.stock.Counts.in_pool`` says of each."""
_MAY_LEAVE = text(
    f"SELECT coalesce(sum({HERE}), 0)::bigint FROM lots l WHERE l.deal_id = :deal"  # noqa: S608 - constants
)
_TO_ASK = text(
    f"""
    SELECT d.id
    FROM deals d JOIN deal_versions v ON v.id = d.accepted_version_id
    LEFT JOIN LATERAL (
        SELECT CASE WHEN p.chosen = 'next_sale' THEN coalesce(p.keep_until, p.leave_by) ELSE p.leave_by END AS day,
               coalesce(p.chosen, CASE WHEN p.choose_by < house_instant() THEN p.silent END) AS kind, p.id
        FROM exit_plans p WHERE p.deal_id = d.id ORDER BY p.number DESC LIMIT 1
    ) asked ON true
    CROSS JOIN LATERAL (
        SELECT coalesce(asked.day, CAST(v.terms->>'exit_on' AS date)) - house_instant() < :before AS is_near
    ) its
    WHERE d.state = 'agreed' AND (CAST(:deal AS bigint) IS NULL OR d.id = :deal)
      AND NOT EXISTS (
          SELECT FROM sales s WHERE s.deal_id = d.id AND (
              s.state IN ('scheduled', 'open', 'paused') OR s.state = 'draft' AND NOT its.is_near
              OR EXISTS (SELECT FROM sale_items i WHERE i.sale_id = s.id AND i.available + i.held > 0
                         AND s.state <> 'draft')
          )
      )
      AND (
          asked.id IS NULL AND (
              its.is_near OR EXISTS (SELECT FROM sales s WHERE s.deal_id = d.id AND s.state = 'closed')
          )
          OR asked.kind = 'next_sale' AND its.is_near
      )
      AND EXISTS (SELECT FROM lots l WHERE l.deal_id = d.id AND {HERE} > 0)
    ORDER BY coalesce(asked.day, CAST(v.terms->>'exit_on' AS date)), d.id LIMIT 1
    """  # noqa: S608 - constants
)
_TO_REMIND = text(
    """
    SELECT p.id FROM exit_plans p
    WHERE p.chosen IS NULL AND p.choose_by > house_instant() AND p.choose_by < house_instant() + :within
      AND p.created_at < house_instant() - interval '1 day'
      AND NOT EXISTS (SELECT FROM letters l WHERE l.key LIKE 'exit_due:' || p.id || ':%')
    ORDER BY p.choose_by, p.id LIMIT :most
    """
)
_PROMISED = text(
    """
    SELECT p.subject_type, p.subject_id
    FROM promises p LEFT JOIN exit_plans x ON p.subject_type = 'exit_plan' AND x.id = p.subject_id
    WHERE p.kind = 'exit_of_stock' AND p.kept_at IS NULL AND p.void_at IS NULL
      AND p.subject_type IN ('deal', 'exit_plan') AND coalesce(x.deal_id, p.subject_id) = :deal
    """
)
_PROMISE_AGAIN = text(
    """
    UPDATE promises p SET kept_at = NULL
    WHERE p.kind = 'exit_of_stock' AND p.kept_at IS NOT NULL AND p.void_at IS NULL
      AND (p.subject_type = 'deal' AND p.subject_id = :deal OR p.subject_type = 'exit_plan' AND p.subject_id IN (
          SELECT id FROM exit_plans WHERE deal_id = :deal
      ))
    """
)
_EMPTIED = text(
    """
    WITH open AS (
        SELECT p.subject_type, p.subject_id, coalesce(x.deal_id, p.subject_id) AS deal_id
        FROM promises p LEFT JOIN exit_plans x ON p.subject_type = 'exit_plan' AND x.id = p.subject_id
        WHERE p.kind = 'exit_of_stock' AND p.kept_at IS NULL AND p.void_at IS NULL
          AND p.subject_type IN ('deal', 'exit_plan')
          AND (CAST(:deal AS bigint) IS NULL OR coalesce(x.deal_id, p.subject_id) = :deal)
    )
    SELECT open.subject_type, open.subject_id,
           least(house_instant(), greatest(ended.at, sent.at, gone.at)) AS emptied_at
    FROM open
    CROSS JOIN LATERAL (
        SELECT sum(l.received + l.sent_back - l.exited - l.rejected_exited - l.sent_back_exited) AS units
        FROM lots l WHERE l.deal_id = open.deal_id
    ) came
    CROSS JOIN LATERAL (
        SELECT coalesce(sum(ol.units - ol.cancelled_units) FILTER (WHERE o.packed_at IS NOT NULL), 0) AS units,
               max(o.shipped_at) AS at, coalesce(bool_or(o.state IN ('awaiting_payment', 'paid', 'packed')), false)
               AS is_busy
        FROM sales s JOIN order_lines ol ON ol.sale_id = s.id JOIN orders o ON o.id = ol.order_id
        WHERE s.deal_id = open.deal_id
    ) sent
    CROSS JOIN LATERAL (SELECT max(e.left_at) AS at FROM exits e WHERE e.deal_id = open.deal_id) gone
    CROSS JOIN LATERAL (
        SELECT max(s.closes_at) FILTER (WHERE s.state = 'closed') AS at,
               bool_or(s.state IN ('scheduled', 'open', 'paused')) AS is_on
        FROM sales s WHERE s.deal_id = open.deal_id
    ) ended
    WHERE came.units = sent.units AND NOT sent.is_busy AND NOT coalesce(ended.is_on, false)
      AND coalesce(ended.at, gone.at) IS NOT NULL
    ORDER BY open.subject_id LIMIT :most
    """
)
