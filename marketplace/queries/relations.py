"""How does the house stand with a brand? Promises, answers, open questions, touches, sales: one page for both sides."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from typing import TYPE_CHECKING

from sqlalchemy import String, and_, cast, func, literal, or_, select, true

from marketplace.db import clock, reports
from marketplace.db.accounts import Account
from marketplace.db.brands import Brand, within
from marketplace.db.conversations import Message, Thread, ThreadRead
from marketplace.db.promises import Promise
from marketplace.db.sales import Sale, window
from marketplace.db.settlements import Charge
from marketplace.db.touches import Touch
from marketplace.domain.conversations import MEASURED, ParticipantRole, Visibility, median_wait
from marketplace.domain.doors import Door, Realm
from marketplace.domain.promises import PromiseKind, keeping
from marketplace.domain.refusals import NotFound
from marketplace.domain.sales import Phase, SaleState, phase
from marketplace.domain.settlements import ChargeState

if TYPE_CHECKING:
    from sqlalchemy import ColumnElement
    from sqlalchemy.orm import Session

    from marketplace.domain.conversations import Subject
    from marketplace.domain.promises import Keeping
    from marketplace.domain.touches import TouchKind
    from marketplace.toolbox import Toolbox

PROMISES_SHOWN_MAX = 20
QUESTIONS_SHOWN_MAX = 20
TOUCHES_SHOWN_MAX = 3
PLANNED_SHOWN_MAX = 20
SALES_SHOWN_MAX = 6
ANSWERS_LOOKED_AT_MAX = 5_000


@dataclass(frozen=True, slots=True)
class Promised:
    """One promise to the brand and how it stands. An answer is about what its thread is about."""

    kind: PromiseKind
    about: str
    about_id: int
    due_at: datetime
    kept_at: datetime | None
    keeping: Keeping


@dataclass(frozen=True, slots=True)
class Standing:
    """All promises ever made to the brand that still stand, counted. ``passed``: the date is over, and nothing came."""

    kept: int
    late: int
    passed: int
    open: int


@dataclass(frozen=True, slots=True)
class Answers:
    """How fast the house answers this brand: the median over questions asked in the last 90 days and answered.

    ``median`` None: fewer than three. ``waiting``: questions asked in that time without an answer yet.
    """

    median: timedelta | None
    answered: int
    waiting: int


@dataclass(frozen=True, slots=True)
class Question:
    """A thread that waits: for the house since its first question, or for the brand since the house last wrote."""

    subject: Subject
    subject_id: int
    for_house: bool
    since: datetime


@dataclass(frozen=True, slots=True)
class TouchLine:
    """One touch. ``note`` is what the house noted for itself: empty at the brands' door."""

    touch_id: int
    kind: TouchKind
    planned_on: date
    done_on: date | None
    agreed: str
    by: str
    note: str


@dataclass(frozen=True, slots=True)
class Result:
    """A sale of the brand and what it sold: units paid and not cancelled, of those accepted."""

    sale_id: int
    ref: str
    title: str
    phase: Phase
    opens_at: datetime
    accepted: int
    sold: int
    sold_bps: int | None


@dataclass(frozen=True, slots=True)
class Settled:
    """How the house pays the brand, and what it charged: payouts by their promises, charges by how they ended.

    ``contested``: charges that the brand ever contested, of which ``upheld`` at least in part and ``withdrawn``.
    """

    in_time: int
    late: int
    waiting: int
    contested: int
    upheld: int
    withdrawn: int


@dataclass(frozen=True, slots=True)
class Relation:
    """The page. ``planned``: touches to come, the next first; ``touches``: the last three."""

    brand_id: int
    brand: str
    manager: str | None
    promises: tuple[Promised, ...]
    standing: Standing
    settled: Settled
    answers: Answers
    questions: tuple[Question, ...]
    planned: tuple[TouchLine, ...]
    touches: tuple[TouchLine, ...]
    sales: tuple[Result, ...]


def look(tools: Toolbox, *, brand_id: int) -> Relation:
    """The relation with this brand as of now; NotFound for one that is not the actor's."""
    with tools.reading() as session:
        now = clock.instant(session)
        brand = session.execute(
            select(Brand.name, Account.name)
            .outerjoin(Account, Account.id == Brand.account_manager_id)
            .where(Brand.id == brand_id, within(tools.brand_id, Brand.id))
        ).one_or_none()
        if brand is None:
            raise NotFound
        planned, touches = _touches(tools, session, brand_id)
        return Relation(
            brand_id,
            *brand,
            promises=_promises(session, brand_id, now),
            standing=_standing(session, brand_id),
            settled=_settled(session, brand_id),
            answers=_answers(session, brand_id, now),
            questions=_questions(session, brand_id),
            planned=planned,
            touches=touches,
            sales=_sales(session, brand_id, now),
        )


def _made_to(brand_id: int) -> ColumnElement[bool]:
    return and_(
        Promise.brand_id == brand_id, Promise.realm == Realm.BRAND, Promise.void_at.is_(None)
    )


def _standing(session: Session, brand_id: int) -> Standing:
    unkept = Promise.kept_at.is_(None)
    due = Promise.due_at < func.house_instant()
    row = session.execute(
        select(
            func.count().filter(Promise.kept_at <= Promise.due_at),
            func.count().filter(Promise.kept_at > Promise.due_at),
            func.count().filter(unkept, due),
            func.count().filter(unkept, ~due),
        ).where(_made_to(brand_id))
    ).one()
    return Standing(*row)


def _settled(session: Session, brand_id: int) -> Settled:
    paid = session.execute(
        select(
            func.count().filter(Promise.kept_at <= Promise.due_at),
            func.count().filter(
                or_(
                    Promise.kept_at > Promise.due_at,
                    and_(Promise.kept_at.is_(None), Promise.due_at < func.house_instant()),
                )
            ),
            func.count().filter(Promise.kept_at.is_(None), Promise.due_at >= func.house_instant()),
        ).where(
            _made_to(brand_id),
            Promise.kind == PromiseKind.PAYOUT,
            Promise.subject_type == "statement",
        )
    ).one()
    contested = Charge.contested_at.is_not(None)
    charged = session.execute(
        select(
            func.count().filter(contested),
            func.count().filter(contested, Charge.state == ChargeState.FINAL),
            func.count().filter(contested, Charge.state == ChargeState.WITHDRAWN),
        ).where(Charge.brand_id == brand_id)
    ).one()
    return Settled(*paid, *charged)


def _promises(session: Session, brand_id: int, now: datetime) -> tuple[Promised, ...]:
    """What is not kept yet, the nearest first; then what was kept, the newest first."""
    made = (
        select(
            Promise,
            func.coalesce(cast(Thread.subject, String), Promise.subject_type),
            func.coalesce(Thread.subject_id, Promise.subject_id),
        )
        .outerjoin(
            Message, (Promise.subject_type == "message") & (Message.id == Promise.subject_id)
        )
        .outerjoin(Thread, Thread.id == Message.thread_id)
        .where(_made_to(brand_id))
        .limit(PROMISES_SHOWN_MAX)
    )
    unkept = made.where(Promise.kept_at.is_(None)).order_by(Promise.due_at, Promise.id)
    kept = made.where(Promise.kept_at.is_not(None)).order_by(Promise.kept_at.desc(), Promise.id)
    rows = (*session.execute(unkept), *session.execute(kept))
    return tuple(
        Promised(
            row.kind,
            about,
            about_id,
            row.due_at.astimezone(UTC),
            row.kept_at.astimezone(UTC) if row.kept_at else None,
            keeping(due_at=row.due_at, kept_at=row.kept_at, void_at=None, now=now),
        )
        for row, about, about_id in rows
    )


def _answers(session: Session, brand_id: int, now: datetime) -> Answers:
    rows = session.execute(
        select(Promise.created_at, Promise.kept_at)
        .where(
            _made_to(brand_id),
            Promise.kind == PromiseKind.ANSWER,
            Promise.created_at > now - MEASURED,
        )
        .limit(ANSWERS_LOOKED_AT_MAX)
    ).all()
    waits = [kept_at - asked_at for asked_at, kept_at in rows if kept_at is not None]
    return Answers(median_wait(waits), len(waits), len(rows) - len(waits))


def _questions(session: Session, brand_id: int) -> tuple[Question, ...]:
    """The threads that wait for the house, the longest first; then those where the brand has not read the answer."""
    newest = (
        select(Message.id, Message.role, Message.created_at)
        .where(Message.thread_id == Thread.id, Message.visibility == Visibility.ALL)
        .order_by(Message.id.desc())
        .limit(1)
        .lateral()
    )
    seen = (
        select(ThreadRead.id)
        .join(Account, Account.id == ThreadRead.account_id)
        .where(
            ThreadRead.thread_id == Thread.id,
            ThreadRead.message_id >= newest.c.id,
            Account.realm == Realm.BRAND,
        )
        .exists()
    )
    rows = session.execute(
        select(Thread.subject, Thread.subject_id, Thread.waiting_since, newest.c.created_at)
        .join(newest, true())
        .where(
            Thread.brand_id == brand_id,
            or_(
                Thread.waiting_since.is_not(None),
                and_(newest.c.role == ParticipantRole.OPERATOR, ~seen),
            ),
        )
        .order_by(Thread.waiting_since.nulls_last(), newest.c.created_at)
        .limit(QUESTIONS_SHOWN_MAX)
    )
    return tuple(
        Question(
            row.subject,
            row.subject_id,
            row.waiting_since is not None,
            (row.waiting_since or row.created_at).astimezone(UTC),
        )
        for row in rows
    )


def _touches(
    tools: Toolbox, session: Session, brand_id: int
) -> tuple[tuple[TouchLine, ...], tuple[TouchLine, ...]]:
    note = literal("") if tools.actor.kind is Door.BRAND else Touch.note
    chosen = (
        select(
            Touch.id, Touch.kind, Touch.planned_on, Touch.done_on, Touch.agreed, Account.name, note
        )
        .join(Account, Account.id == Touch.made_by_id)
        .where(Touch.brand_id == brand_id, Touch.dropped_at.is_(None))
    )
    planned = chosen.where(Touch.done_on.is_(None)).order_by(Touch.planned_on, Touch.id)
    done = chosen.where(Touch.done_on.is_not(None)).order_by(Touch.done_on.desc(), Touch.id.desc())
    return (
        tuple(TouchLine(*row) for row in session.execute(planned.limit(PLANNED_SHOWN_MAX))),
        tuple(TouchLine(*row) for row in session.execute(done.limit(TOUCHES_SHOWN_MAX))),
    )


def _sales(session: Session, brand_id: int, now: datetime) -> tuple[Result, ...]:
    """Sales that have opened, the newest first, counted as the reports count them."""
    opened = select(Sale).where(
        Sale.brand_id == brand_id,
        Sale.state.not_in((SaleState.DRAFT, SaleState.CANCELLED)),
        Sale.opens_at <= now,
    )
    newest = opened.order_by(Sale.opens_at.desc(), Sale.id).limit(SALES_SHOWN_MAX)
    return tuple(_result(session, sale, now) for sale in session.scalars(newest))


def _result(session: Session, sale: Sale, now: datetime) -> Result:
    whole = reports.whole(session, sale, as_of=now)
    return Result(
        sale.id,
        sale.ref,
        sale.title,
        phase(window(sale), now),
        sale.opens_at.astimezone(UTC),
        whole.accepted,
        whole.sold,
        whole.gross_bps,
    )
