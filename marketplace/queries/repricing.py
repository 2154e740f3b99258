"""What a change of many prices would do to a sale: what members would pay, and what each side would have of it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from marketplace.db import deals, offers, sales
from marketplace.db.deals import Deal, DealVersion
from marketplace.domain.deals import terms_from
from marketplace.domain.money import Money
from marketplace.domain.refusals import NotFound
from marketplace.domain.settlements import Sold, pay_of, settle
from marketplace.domain.territories import territory

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from sqlalchemy.orm import Session

    from marketplace.db.offers import Offered
    from marketplace.db.sales import Sale, SaleItem
    from marketplace.domain.deals import Line
    from marketplace.domain.prices import PriceRule
    from marketplace.toolbox import Toolbox


@dataclass(frozen=True, slots=True)
class Outcome:
    """A sale of which every unit is sold and kept: with VAT what members pay; without VAT what each side has of it."""

    gross: Money
    brand: Money
    house: Money


@dataclass(frozen=True, slots=True)
class Effect:
    """What the rule does: of ``items`` it touches ``changed``, and the floor stops it at ``at_floor`` of them."""

    items: int
    changed: int
    at_floor: int
    before: Outcome
    after: Outcome


def effect(tools: Toolbox, *, ref: str, rule: PriceRule, style_code: str = "") -> Effect:
    """The prices of a sale as they are and as ``rule`` would make them; NotFound for a style that is not in it.

    Computed by the functions that settle, at the VAT of the sale's territory, for every unit in the sale.
    """
    with tools.reading() as session:
        sale = sales.by_ref(session, ref)
        items = [item for item in sales.items_of(session, sale.id) if item.units]
        offered = offers.of_deal(session, sale.deal_id)
        meant = {
            item.id
            for item in items
            if item.variant_id in offered
            and style_code in {"", offered[item.variant_id].style_code}
        }
        if not meant:
            raise NotFound
        now = {item.id: Money(item.price_minor, sale.currency) for item in items}
        then = {
            item.id: _changed(item, offered, rule, sale) if item.id in meant else now[item.id]
            for item in items
        }
        floors = {item.id: _floor(item, offered, sale) for item in items if item.id in meant}
        return Effect(
            items=len(meant),
            changed=sum(now[each] != then[each] for each in meant),
            at_floor=sum(then[each] <= floors[each] for each in meant),
            before=_outcome(session, sale, items, now),
            after=_outcome(session, sale, items, then),
        )


def styles(tools: Toolbox, *, ref: str) -> tuple[tuple[str, str], ...]:
    """The styles that have units in a sale: code and name, in the order of the table."""
    with tools.reading() as session:
        sale = sales.by_ref(session, ref)
        in_sale = {item.variant_id for item in sales.items_of(session, sale.id) if item.units}
        offered = offers.of_deal(session, sale.deal_id).values()
        found = {each.style_code: each.style_name for each in offered if each.variant_id in in_sale}
        return tuple(found.items())


def _floor(item: SaleItem, offered: Mapping[int, Offered], sale: Sale) -> Money:
    return Money(max(offered[item.variant_id].floor_minor, 1), sale.currency)


def _changed(item: SaleItem, offered: Mapping[int, Offered], rule: PriceRule, sale: Sale) -> Money:
    price = Money(item.price_minor, sale.currency)
    return rule.of(price, floor=_floor(item, offered, sale))


def _outcome(
    session: Session, sale: Sale, items: Sequence[SaleItem], prices: Mapping[int, Money]
) -> Outcome:
    deal = session.get_one(Deal, sale.deal_id)
    version = session.get_one(DealVersion, deal.accepted_version_id)
    terms = terms_from(version.terms)
    lines = {line.variant_id: line for line in deals.lines(session, version.id)}
    vat_bps = territory(sale.territory).vat_bps
    sold = [_sold(item, lines.get(item.variant_id), prices[item.id], vat_bps) for item in items]
    committed = sum(line.units for line in lines.values())
    settled = settle(sold, sale.currency, pay=pay_of(terms, committed=committed))
    return Outcome(settled.gross, settled.due, settled.commission)


def _sold(item: SaleItem, line: Line | None, price: Money, vat_bps: int) -> Sold:
    cost = line.unit_cost_minor if line else None
    target = line.target_minor if line else None
    return Sold(
        item.variant_id,
        item.units,
        price,
        vat_bps,
        unit_cost=None if cost is None else Money(cost, price.currency),
        target=None if target is None else Money(target, price.currency),
    )
