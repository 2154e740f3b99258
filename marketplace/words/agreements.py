"""The accepted version of a deal as a paper: the facts of ``papers/agreements.typ``, in one language.

Only what acceptance froze is told, so that the same version always makes the same paper.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from marketplace.domain.money import Money
from marketplace.domain.settlements import EXAMPLES_BPS, Sold, example
from marketplace.domain.territories import territory
from marketplace.words import _, dealing, formats, papers, speaking

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime

    from marketplace.domain.deals import Brief, Line, Side, Terms


@dataclass(frozen=True, slots=True)
class Goods:
    """A line of the deal with what its variant is called."""

    line: Line
    style_code: str
    colour: str
    size: str
    sku: str


@dataclass(frozen=True, slots=True)
class Agreed:
    """An accepted version: who proposed and who accepted, and what is sealed by ``sha256``."""

    brand: str
    collection: str
    number: int
    terms: Terms
    brief: Brief
    goods: tuple[Goods, ...]
    proposed_by: str
    proposed_side: Side
    proposed_at: datetime
    accepted_by: str
    accepted_at: datetime
    sha256: str


def printed(agreed: Agreed, locale: str) -> bytes:
    """The agreement as a tagged PDF in ``locale``."""
    with speaking(locale):
        title = _("Deal: %(name)s", name=agreed.collection)
        return papers.printed("agreements", lang=locale, title=title, facts=_facts(agreed))


def _facts(agreed: Agreed) -> dict[str, Any]:
    units = sum(each.line.units for each in agreed.goods)
    return {
        "lead": _(
            "%(brand)s and Aubaine agree on %(units)s units of %(name)s, version %(number)s.",
            brand=agreed.brand,
            units=formats.count(units),
            name=agreed.collection,
            number=agreed.number,
        ),
        "sections": [
            {
                "heading": _("The brief and its answers"),
                "head": [_("The brand asks"), _("The house answers")],
                "lines": _answers(agreed),
            },
            {"heading": _("Terms"), "head": [_("Clause"), _("Agreed")], "lines": _terms(agreed)},
        ],
        "worked": _worked(agreed),
        "goods": _goods(agreed),
        "seal": {
            "heading": _("Signed and sealed"),
            "head": [_("What"), _("By whom and when")],
            "lines": _signed(agreed),
        },
    }


def _answers(agreed: Agreed) -> list[list[str]]:
    terms, brief = agreed.terms, agreed.brief
    deadline = formats.day(brief.deadline) if brief.deadline else ""
    leaves = _("Every unit has left by %(day)s.", day=formats.day(terms.exit_on))
    return [
        [brief.problem, terms.problem_answer],
        [deadline, f"{leaves} {terms.deadline_answer}".strip()],
        [brief.never, terms.never_answer],
    ]


def _terms(agreed: Agreed) -> list[list[str]]:
    return [
        [label, value]
        for name, label, value in dealing.spelled(agreed.terms)
        if not name.endswith("_answer")
    ]


def _worked(agreed: Agreed) -> dict[str, Any]:
    vat_bps = territory(agreed.terms.territories[0]).vat_bps
    lines = [each.line for each in agreed.goods]
    floors = [_sold(line, line.floor_minor, agreed.terms, vat_bps) for line in lines]
    told = [example(floors, agreed.terms, sell_through_bps=bps, cost=None) for bps in EXAMPLES_BPS]
    return {
        "heading": _("What the brand would receive"),
        "head": [
            _("If this share of the units is sold"),
            _("Units"),
            _("At the floor prices, without VAT"),
            _("With VAT"),
        ],
        "lines": [
            [
                formats.bps(each.sell_through_bps),
                formats.count(each.units),
                formats.money(each.received.total),
                formats.money(each.received.payable),
            ]
            for each in told
        ],
        "note": str(dealing.ROUNDING),
    }


def _sold(line: Line, price_minor: int, terms: Terms, vat_bps: int) -> Sold:
    def money(minor: int | None) -> Money | None:
        return None if minor is None else Money(minor, terms.currency)

    return Sold(
        line.variant_id,
        line.units,
        Money(price_minor, terms.currency),
        vat_bps,
        unit_cost=money(line.unit_cost_minor),
        target=money(line.target_minor),
    )


def _goods(agreed: Agreed) -> dict[str, Any]:
    by_cost = agreed.terms.commission_bps is None
    return {
        "heading": _("Goods"),
        "head": [
            _("Variant"),
            _("Units"),
            _("Hard stop"),
            _("Floor price"),
            _("Target price"),
            *([_("Unit cost")] if by_cost else []),
        ],
        "lines": [_row(each, agreed.terms, by_cost=by_cost) for each in agreed.goods],
    }


def _row(goods: Goods, terms: Terms, *, by_cost: bool) -> list[str]:
    def money(minor: int | None) -> str:
        return "-" if minor is None else formats.money(Money(minor, terms.currency))

    line = goods.line
    parts = (goods.style_code, goods.colour, goods.size, goods.sku)
    return [
        " · ".join(filter(None, parts)),
        formats.count(line.units),
        "-" if line.hard_stop is None else formats.count(line.hard_stop),
        money(line.floor_minor),
        money(line.target_minor),
        *([money(line.unit_cost_minor)] if by_cost else []),
    ]


def _signed(agreed: Agreed) -> Sequence[Sequence[str]]:
    proposed = _(
        "%(name)s, %(side)s, %(when)s",
        name=agreed.proposed_by,
        side=dealing.SIDES[agreed.proposed_side],
        when=formats.moment(agreed.proposed_at),
    )
    accepted = _(
        "%(name)s, %(when)s", name=agreed.accepted_by, when=formats.moment(agreed.accepted_at)
    )
    return (
        (_("Proposed"), proposed),
        (_("Accepted"), accepted),
        (_("Seal"), agreed.sha256),
    )
