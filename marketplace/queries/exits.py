"""What became of what was not sold: per piece what sold, came back, left and waits; and the notes of what left."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from sqlalchemy import func, select, text
from sqlalchemy.orm import aliased

from marketplace.db import brands, clock
from marketplace.db.brands import Brand
from marketplace.db.catalogue import Collection, Style, Variant
from marketplace.db.deals import Deal, DealVersion
from marketplace.db.exits import HERE, Exit, ExitPaper, ExitPlan, as_ruled
from marketplace.db.stock import Lot, counts
from marketplace.domain import moments
from marketplace.domain.deals import terms_from
from marketplace.domain.exits import ASK_BEFORE, LINES_MAX, Figures, Pool, from_stored
from marketplace.domain.refusals import NotFound

if TYPE_CHECKING:
    from datetime import date, datetime

    from sqlalchemy import Row
    from sqlalchemy.orm import Session

    from marketplace.domain.exits import Derogation, ExitKind
    from marketplace.toolbox import Toolbox

PAGE_SIZE = 50
LINES_PER_PAGE = 100
assert LINES_PER_PAGE <= LINES_MAX, "what a page lists fits on one note"
NOTES_MAX = 500


@dataclass(frozen=True, slots=True)
class Asked:
    """The house's last question about a deal's goods. ``kind`` None: the brand may still say.

    ``day``: by when the goods leave, or until when they are kept. ``may_choose`` until ``choose_by``, while nothing
    has left.
    """

    number: int
    silent: ExitKind
    kind: ExitKind | None
    chosen: ExitKind | None
    derogation: Derogation | None
    said: str
    choose_by: datetime
    leave_by: date
    day: date
    keep_until: date | None
    choices: tuple[ExitKind, ...]
    may_choose: bool


@dataclass(frozen=True, slots=True)
class Line:
    """One piece of the deal. ``kept``: what members have; ``waits``: units that may leave, by where they come from."""

    lot_id: int
    sku: str
    style: str
    colour: str
    size: str
    accepted: int
    kept: int
    sent_back: int
    rejected: int
    in_sales: int
    left: int
    waits: dict[Pool, int]

    @property
    def waiting(self) -> int:
        """Units that may leave, in all."""
        return sum(self.waits.values())


@dataclass(frozen=True, slots=True)
class Note:
    """An exit as it was noted and sealed; ``printed``: its paper is there. ``standing``: its units less corrections."""

    exit_id: int
    figures: Figures
    kept: dict[str, Any]
    sha256: str
    brand: str
    left_on: date
    recorded_at: datetime
    printed: bool
    plan_id: int | None
    standing: int


@dataclass(frozen=True, slots=True)
class Sums:
    """Units of all lots of a deal: what members have and sent back, what left otherwise, and what may still leave."""

    kept: int
    sent_back: int
    left: int
    waiting: int
    lots: int


@dataclass(frozen=True, slots=True)
class Goods:
    """The goods of a deal and what became of them. ``day``: by when they have left; ``late``: it has passed.

    ``lines`` are one page of its lots, those of which units may leave first.
    """

    deal_id: int
    brand_id: int
    brand: str
    collection: str
    day: date
    late: bool
    asked: Asked | None
    sums: Sums
    lines: tuple[Line, ...]
    notes: tuple[Note, ...]
    page: int
    page_size: int = LINES_PER_PAGE


@dataclass(frozen=True, slots=True)
class Waiting:
    """A deal of which units may leave, and how it stands with them."""

    deal_id: int
    brand: str
    collection: str
    units: int
    day: date
    late: bool
    kind: ExitKind | None
    choose_by: datetime | None


@dataclass(frozen=True, slots=True)
class Listed:
    """One page of deals whose goods wait, the nearest day first."""

    deals: tuple[Waiting, ...]
    total: int
    page: int
    page_size: int = PAGE_SIZE


def listed(tools: Toolbox, *, page: int = 1) -> Listed:
    """Deals of which units may leave: what is late first. Of deals in full sale only once their day is near."""
    asked = {"most": PAGE_SIZE, "after": (page - 1) * PAGE_SIZE, "before": ASK_BEFORE}
    with tools.reading() as session:
        now = clock.instant(session)
        today = moments.house_day(now)
        rows = session.execute(_WAITING, asked).all()
        plans = _plans(session, [row.deal_id for row in rows])
    found = tuple(_waiting(row, plans.get(row.deal_id), now=now, today=today) for row in rows)
    return Listed(found, int(rows[0].total) if rows else 0, page)


def of_deal(tools: Toolbox, *, deal_id: int, page: int = 1) -> Goods:
    """The goods of one deal, none while it is talked about; NotFound for one that is not the brand's."""
    with tools.reading() as session:
        row = session.execute(
            select(Deal, Brand.name, Collection.name, DealVersion.terms)
            .join(Brand, Brand.id == Deal.brand_id)
            .join(Collection, Collection.id == Deal.collection_id)
            .join(
                DealVersion,
                (DealVersion.deal_id == Deal.id) & (DealVersion.number == Deal.latest),
            )
            .where(Deal.id == deal_id, brands.within(tools.brand_id, Deal.brand_id))
        ).one_or_none()
        if row is None:
            raise NotFound
        deal: Deal = row[0]
        now = clock.instant(session)
        plan = _plans(session, [deal_id]).get(deal_id)
        notes = tuple(_note(*each) for each in _notes(session, Exit.deal_id == deal_id))
        sums = Sums(**session.execute(_SUMS, {"deal": deal_id}).one()._asdict())
        lines = _lines(session, deal_id, page)
    day = as_ruled(plan).day if plan else terms_from(row[3]).exit_on
    has_left = plan is not None and any(
        note.plan_id == plan.id and note.standing > 0 for note in notes
    )
    return Goods(
        deal_id=deal.id,
        brand_id=deal.brand_id,
        brand=row[1],
        collection=row[2],
        day=day,
        late=sums.waiting > 0 and day < moments.house_day(now),
        asked=_asked(plan, now=now, has_left=has_left) if plan else None,
        sums=sums,
        lines=lines,
        notes=notes,
        page=page,
    )


def one(tools: Toolbox, *, number: int | None = None, exit_id: int | None = None) -> Note:
    """A note, by the brand's own number or by its id; NotFound for one that is not there, or not the brand's."""
    asked = Exit.number == number if exit_id is None else Exit.id == exit_id
    with tools.reading() as session:
        found = _notes(session, asked, brands.within(tools.brand_id, Exit.brand_id))
    if len(found) != 1:
        raise NotFound
    return _note(*found[0])


def paper(
    tools: Toolbox, *, locale: str, number: int | None = None, exit_id: int | None = None
) -> tuple[str, bytes]:
    """The printed note and its name; NotFound while it is not printed, too."""
    note = one(tools, number=number, exit_id=exit_id)
    with tools.reading() as session:
        key = session.scalar(
            select(ExitPaper.storage_key).where(
                ExitPaper.exit_id == note.exit_id, ExitPaper.locale == locale
            )
        )
    if key is None:
        raise NotFound
    return f"exit-{note.figures.number}.pdf", tools.files.get(key)


def _plans(session: Session, deal_ids: list[int]) -> dict[int, ExitPlan]:
    wanted = (
        select(ExitPlan)
        .where(ExitPlan.deal_id.in_(deal_ids))
        .order_by(ExitPlan.deal_id, ExitPlan.number)
    )
    return {plan.deal_id: plan for plan in session.scalars(wanted)}


def _asked(plan: ExitPlan, *, now: datetime, has_left: bool) -> Asked:
    ruled = as_ruled(plan)
    return Asked(
        number=plan.number,
        silent=plan.silent,
        kind=ruled.settled(now),
        chosen=plan.chosen,
        derogation=plan.derogation,
        said=plan.said,
        choose_by=plan.choose_by,
        leave_by=plan.leave_by,
        day=ruled.day,
        keep_until=plan.keep_until,
        choices=ruled.choices,
        may_choose=now <= plan.choose_by and not has_left,
    )


def _waiting(row: Row[Any], plan: ExitPlan | None, *, now: datetime, today: date) -> Waiting:
    day = as_ruled(plan).day if plan else row.exit_on
    return Waiting(
        deal_id=row.deal_id,
        brand=row.brand,
        collection=row.collection,
        units=int(row.units),
        day=day,
        late=day < today,
        kind=as_ruled(plan).settled(now) if plan else None,
        choose_by=plan.choose_by if plan else None,
    )


def _lines(session: Session, deal_id: int, page: int) -> tuple[Line, ...]:
    lot = aliased(Lot, name="l")
    wanted = (
        select(lot, Variant, Style.name)
        .join(Variant, Variant.id == lot.variant_id)
        .join(Style, Style.id == Variant.style_id)
        .where(lot.deal_id == deal_id)
        .order_by(text(f"({HERE}) = 0"), Style.code, Variant.colour, Variant.size_rank, lot.id)
        .limit(LINES_PER_PAGE)
        .offset((page - 1) * LINES_PER_PAGE)
    )
    found = session.execute(wanted).all()
    kept = {
        row.lot_id: int(row.units)
        for row in session.execute(_KEPT, {"lots": [row[0].id for row in found]})
    }
    return tuple(_line(*row, kept.get(row[0].id, 0)) for row in found)


def _line(lot: Lot, variant: Variant, style: str, kept: int) -> Line:
    counted = counts(lot)
    return Line(
        lot_id=lot.id,
        sku=variant.sku,
        style=style,
        colour=variant.colour,
        size=variant.size,
        accepted=lot.accepted,
        kept=kept,
        sent_back=lot.sent_back,
        rejected=lot.rejected,
        in_sales=lot.allocated,
        left=lot.exited + lot.rejected_exited + lot.sent_back_exited,
        waits={pool: units for pool in Pool if (units := counted.in_pool(pool))},
    )


def _notes(session: Session, *where: Any) -> list[tuple[Exit, str, bool, int]]:  # noqa: ANN401 - conditions
    is_printed = select(ExitPaper.id).where(ExitPaper.exit_id == Exit.id).exists()
    other = aliased(Exit)
    taken = select(func.coalesce(func.sum(other.units), 0)).where(other.corrects_id == Exit.id)
    wanted = (
        select(Exit, Brand.name, is_printed, taken.scalar_subquery())
        .join(Brand, Brand.id == Exit.brand_id)
        .where(*where)
        .order_by(Exit.number.desc())
        .limit(NOTES_MAX)
    )
    return [(row[0], row[1], row[2], int(row[3])) for row in session.execute(wanted)]


def _note(row: Exit, brand: str, printed: bool, taken: int) -> Note:  # noqa: FBT001 - a column of the row
    return Note(
        exit_id=row.id,
        figures=from_stored(row.figures),
        kept=row.figures,
        sha256=row.sha256,
        brand=brand,
        left_on=row.left_on,
        recorded_at=row.created_at,
        printed=printed,
        plan_id=row.plan_id,
        standing=row.units + taken,
    )


_WAITING = text(
    f"""
    SELECT d.id AS deal_id, b.name AS brand, c.name AS collection, here.units,
           CAST(v.terms->>'exit_on' AS date) AS exit_on, count(*) OVER () AS total
    FROM deals d JOIN deal_versions v ON v.id = d.accepted_version_id
    JOIN brands b ON b.id = d.brand_id JOIN collections c ON c.id = d.collection_id
    JOIN LATERAL (
        SELECT sum({HERE}) AS units FROM lots l WHERE l.deal_id = d.id
    ) here ON here.units > 0
    LEFT JOIN LATERAL (
        SELECT CASE WHEN p.chosen = 'next_sale' THEN coalesce(p.keep_until, p.leave_by) ELSE p.leave_by END AS day
        FROM exit_plans p WHERE p.deal_id = d.id ORDER BY p.number DESC LIMIT 1
    ) asked ON true
    WHERE d.state = 'agreed' AND (
        asked.day IS NOT NULL OR CAST(v.terms->>'exit_on' AS date) - house_instant() < :before
        OR EXISTS (SELECT FROM sales s WHERE s.deal_id = d.id AND s.state = 'closed')
    )
    ORDER BY coalesce(asked.day, CAST(v.terms->>'exit_on' AS date)), d.id LIMIT :most OFFSET :after
    """  # noqa: S608 - constants
)
_KEPT_UNITS = "coalesce(sum(o.units - o.cancelled_units - o.returned_units), 0)::bigint"
_KEPT = text(
    f"""
    SELECT i.lot_id, {_KEPT_UNITS} AS units
    FROM sale_items i JOIN order_lines o ON o.sale_item_id = i.id AND o.paid_at IS NOT NULL
    WHERE i.lot_id = ANY (:lots) GROUP BY i.lot_id
    """  # noqa: S608 - constants
)
_SUMS = text(
    f"""
    SELECT count(*) AS lots, coalesce(sum({HERE}), 0)::bigint AS waiting,
           coalesce(sum(l.sent_back), 0)::bigint AS sent_back,
           coalesce(sum(l.exited + l.rejected_exited + l.sent_back_exited), 0)::bigint AS left,
           (SELECT {_KEPT_UNITS} FROM lots k JOIN sale_items i ON i.lot_id = k.id
            JOIN order_lines o ON o.sale_item_id = i.id AND o.paid_at IS NOT NULL
            WHERE k.deal_id = :deal) AS kept
    FROM lots l WHERE l.deal_id = :deal
    """  # noqa: S608 - constants
)
