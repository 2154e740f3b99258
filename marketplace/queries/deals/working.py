"""What terms would pay: the worked example, by the functions that settle."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from sqlalchemy import select

from marketplace.db import brands, deals
from marketplace.db.catalogue import Collection, Variant
from marketplace.domain import settlements
from marketplace.domain.money import Money
from marketplace.domain.refusals import NotFound
from marketplace.domain.settlements import EXAMPLES_BPS, Sold
from marketplace.domain.territories import territory

if TYPE_CHECKING:
    from collections.abc import Sequence

    from sqlalchemy.orm import Session

    from marketplace.domain.deals import Line, Terms
    from marketplace.domain.settlements import Example
    from marketplace.toolbox import Toolbox


@dataclass(frozen=True, slots=True)
class Worked:
    """What the terms would pay.

    At the floor prices, and at the target prices where every line has one.
    """

    vat_bps: int
    cost: Money | None
    at_floor: tuple[Example, ...]
    at_target: tuple[Example, ...]


def work_out(tools: Toolbox, *, collection_id: int, terms: Terms, lines: Sequence[Line]) -> Worked:
    """What terms that nobody has proposed yet would pay."""
    with tools.reading() as session:
        owned = brands.within(tools.brand_id, Collection.brand_id)
        collection = session.scalars(
            select(Collection).where(Collection.id == collection_id, owned)
        ).one_or_none()
        if collection is None:
            raise NotFound
        return worked(session, collection, terms, lines)


def worked(session: Session, collection: Collection, terms: Terms, lines: Sequence[Line]) -> Worked:
    """The examples of one set of terms, at the VAT of its first territory, before returns."""
    wanted = select(Variant.id, Variant.target_minor, Variant.cost_minor).where(
        Variant.collection_id == collection.id
    )
    known = {row.id: row for row in session.execute(wanted)}
    vat_bps = territory(terms.territories[0]).vat_bps
    cost = _cost(session, collection, lines, {key: row.cost_minor for key, row in known.items()})
    at_floor = [_sold(line, line.floor_minor, terms, vat_bps) for line in lines]
    targets = [_target(line, known[line.variant_id].target_minor) for line in lines]
    at_target = [
        _sold(line, target, terms, vat_bps)
        for line, target in zip(lines, targets, strict=True)
        if target is not None
    ]
    return Worked(
        vat_bps=vat_bps,
        cost=cost,
        at_floor=_examples(at_floor, terms, cost),
        at_target=_examples(at_target, terms, cost) if len(at_target) == len(lines) else (),
    )


def _target(line: Line, brands_target: int | None) -> int | None:
    """The agreed target; in a version of before there was one, the brand's own."""
    if line.target_minor is not None or brands_target is None:
        return line.target_minor
    return max(brands_target, line.floor_minor)


def _sold(line: Line, price_minor: int, terms: Terms, vat_bps: int) -> Sold:
    cost = line.unit_cost_minor
    return Sold(
        line.variant_id,
        line.units,
        Money(price_minor, terms.currency),
        vat_bps,
        unit_cost=None if cost is None else Money(cost, terms.currency),
        target=None if line.target_minor is None else Money(line.target_minor, terms.currency),
    )


def _examples(lines: Sequence[Sold], terms: Terms, cost: Money | None) -> tuple[Example, ...]:
    return tuple(
        settlements.example(lines, terms, sell_through_bps=sell_through, cost=cost)
        for sell_through in EXAMPLES_BPS
    )


def _cost(
    session: Session,
    collection: Collection,
    lines: Sequence[Line],
    unit_costs: dict[int, int | None],
) -> Money | None:
    """What the lines cost the brand.

    By unit where every one is known, else the total of a whole lot.
    """
    costs = [unit_costs[line.variant_id] for line in lines]
    known = [cost * line.units for cost, line in zip(costs, lines, strict=True) if cost is not None]
    if len(known) == len(lines):
        return Money(sum(known), collection.currency) if sum(known) else None
    offered = sum(offer.units or 0 for offer in deals.offers(session, collection.id).values())
    whole = sum(line.units for line in lines) == offered
    total = collection.cost_total_minor
    return Money(total, collection.currency) if whole and total else None
