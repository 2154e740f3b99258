"""Statements, payouts and charges in words: the same lines on the page, on the paper and in the file."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from typing import TYPE_CHECKING, Any

from marketplace.domain.deals import ChargeReason
from marketplace.domain.money import Money
from marketplace.domain.settlements import ChargeState, PayoutState, StatementKind, Waits
from marketplace.words import _, dealing, formats, lazy, ngettext, papers, speaking

if TYPE_CHECKING:
    from marketplace.domain.settlements import Claim, Figures, LineFigures, SectionFigures
    from marketplace.words import Lazy

KINDS: dict[StatementKind, Lazy] = {
    StatementKind.PROVISIONAL: lazy("Provisional"),
    StatementKind.FINAL: lazy("Final"),
    StatementKind.LAST: lazy("Last of the deal"),
    StatementKind.LATER: lazy("What came later"),
}
PAYOUTS: dict[PayoutState, Lazy] = {
    PayoutState.WAITING: lazy("To be approved"),
    PayoutState.APPROVED: lazy("Approved"),
    PayoutState.PAID: lazy("Paid"),
}
WAITS: dict[Waits, Lazy] = {
    Waits.LIST: lazy("Items of the list before the first payout are missing."),
    Waits.ACCOUNT: lazy("No bank details are in force."),
    Waits.APPROVAL: lazy("A person of the house looks at it and approves it."),
    Waits.TRANSFER: lazy("It is approved; a second person hands it to the bank."),
    Waits.NOTHING: lazy("It is paid."),
}
CHARGES: dict[ChargeState, Lazy] = {
    ChargeState.PROPOSED: lazy("Proposed"),
    ChargeState.CONTESTED: lazy("Contested"),
    ChargeState.FINAL: lazy("Final"),
    ChargeState.WITHDRAWN: lazy("Withdrawn"),
}
COLUMNS: tuple[Lazy, ...] = (
    lazy("Sale"),
    lazy("Style code"),
    lazy("Colour"),
    lazy("Size"),
    lazy("SKU"),
    lazy("Price"),
    lazy("VAT"),
    lazy("Sold"),
    lazy("Cancelled"),
    lazy("Returned"),
    lazy("Kept, with VAT"),
    lazy("Without VAT"),
    lazy("Commission"),
    lazy("Owed"),
    lazy("Lost by the house"),
)
"""A statement's lines as a table to take along."""


@dataclass(frozen=True, slots=True)
class Line:
    """One line of the reckoning; a ``total`` is what those above it come to."""

    label: str
    amount: Money
    total: bool = False


@dataclass(frozen=True, slots=True)
class Stated:
    """A statement with whom it is for, as its paper tells it."""

    brand: str
    legal_name: str
    vat_number: str
    figures: Figures
    sha256: str


def reckoning(figures: Figures) -> tuple[Line, ...]:
    """From what the sales are owed to what is paid now; lines of nothing are left out, totals never."""

    def money(minor: int) -> Money:
        return Money(minor, figures.currency)

    sums = figures.sums
    lines = (
        Line(_("Due for what members kept, without VAT"), money(sums.due_minor)),
        Line(_("VAT on it"), money(sums.due_vat_minor)),
        Line(_("Made up to the guaranteed minimum"), money(sums.guarantee_minor)),
        Line(_("Freight of the goods"), money(-sums.freight_minor)),
        Line(_("Returns of members"), money(-sums.returns_minor)),
        Line(_("Charges that are final"), money(-sums.charges_minor)),
        Line(_("Reserve until the sale is final"), money(-sums.reserve_minor)),
        Line(_("Payable since the deal began"), money(sums.payable_minor), total=True),
        Line(_("Told on earlier statements"), money(-figures.before_minor)),
        Line(_("Carried from the statement before"), money(figures.opening_minor)),
        Line(_("To pay"), money(figures.to_pay_minor), total=True),
        Line(_("Carried to the next statement"), money(figures.closing_minor)),
    )
    return tuple(line for line in lines if line.total or line.amount)


def amount(line: Line) -> str:
    """The line's amount as a cell of a table."""
    return formats.amount_text(line.amount)


def title(figures: Figures) -> str:
    """What the statement is called."""
    return _("Statement %(number)s", number=figures.number)


def about(figures: Figures) -> str:
    """One sentence: which goods, why now, as of when."""
    kind = StatementKind(figures.kind)
    day = formats.day(datetime.fromisoformat(figures.as_of))
    name = next(
        (each.title for each in figures.sections if each.sale == figures.sale), figures.collection
    )
    if kind is StatementKind.PROVISIONAL:
        return _(
            "%(name)s, provisional: as of %(day)s. Parcels may still come back.", name=name, day=day
        )
    if kind is StatementKind.FINAL:
        return _("%(name)s, final: as of %(day)s. The reserve is released.", name=name, day=day)
    if kind is StatementKind.LAST:
        return _("%(name)s, the last of the deal: as of %(day)s.", name=name, day=day)
    return _("%(name)s, what came after the last statement: as of %(day)s.", name=name, day=day)


def table(figures: Figures) -> list[list[str]]:
    """Every line of every sale, for a file."""
    return [
        _row(section, line, figures.currency)
        for section in figures.sections
        for line in section.lines
    ]


def _row(section: SectionFigures, line: LineFigures, currency: str) -> list[str]:
    def text(minor: int) -> str:
        return formats.amount_text(Money(minor, currency))

    return [
        section.sale,
        line.style_code,
        line.colour,
        line.size,
        line.sku,
        text(line.price_minor),
        formats.bps(line.vat_bps),
        *(str(number) for number in (line.units, line.cancelled, line.returned)),
        *(
            text(minor)
            for minor in (line.gross_minor, line.net_minor, line.commission_minor, line.due_minor)
        ),
        str(line.borne),
    ]


def printed(stated: Stated, locale: str) -> bytes:
    """The statement as a tagged PDF in ``locale``."""
    with speaking(locale):
        return papers.printed(
            "statements", lang=locale, title=title(stated.figures), facts=_facts(stated)
        )


def _facts(stated: Stated) -> dict[str, Any]:
    figures = stated.figures
    return {
        "to": [each for each in (stated.legal_name, stated.vat_number) if each],
        "lead": about(figures),
        "dates": dates(figures),
        "reckoning": {
            "heading": _("What is paid"),
            "head": [_("What"), _("Amount")],
            "lines": [[line.label, formats.money(line.amount)] for line in reckoning(figures)],
            "totals": [place for place, line in enumerate(reckoning(figures)) if line.total],
        },
        "sales": [_sale(each, figures.currency) for each in figures.sections],
        "charges": {
            "heading": _("Charges that are final"),
            "head": [_("What"), _("Units"), _("Amount")],
            "lines": [
                [
                    str(dealing.CHARGES[ChargeReason(each.reason)]),
                    formats.count(each.units),
                    formats.money(Money(each.minor, figures.currency)),
                ]
                for each in figures.charges
            ],
        },
        "note": str(dealing.ROUNDING),
        "law": _(
            "Made out by Aubaine in the name and for the account of the brand, for the goods sold in these sales."
        ),
        "seal": _("Seal (SHA-256): %(seal)s", seal=stated.sha256),
    }


def dates(figures: Figures) -> str:
    """When it was drawn up and, where something is paid, by when."""
    issued = formats.day(date.fromisoformat(figures.issued_on))
    if not figures.to_pay_minor:
        return _("Drawn up on %(day)s. Nothing is paid with it.", day=issued)
    until = formats.day(date.fromisoformat(figures.due_on))
    return _("Drawn up on %(day)s, paid by %(until)s.", day=issued, until=until)


def _sale(section: SectionFigures, currency: str) -> dict[str, Any]:
    def money(minor: int) -> str:
        return formats.money(Money(minor, currency))

    return {
        "heading": section.title,
        "lead": units(section),
        "head": [_("VAT"), _("Kept, with VAT"), _("Without VAT"), _("Owed"), _("VAT on it")],
        "lines": [
            [
                formats.bps(each.vat_bps),
                money(each.gross_minor),
                money(each.net_minor),
                money(each.due_minor),
                money(each.due_vat_minor),
            ]
            for each in section.rates
        ],
        "goods": {
            "head": [
                _("Style"),
                _("Size"),
                _("Price"),
                _("Sold"),
                _("Back"),
                _("Without VAT"),
                _("Owed"),
            ],
            "lines": [
                [
                    f"{line.style_code} {line.colour}".strip(),
                    line.size,
                    money(line.price_minor),
                    formats.count(line.units),
                    formats.count(line.cancelled + line.returned),
                    money(line.net_minor),
                    money(line.due_minor),
                ]
                for line in section.lines
            ],
        },
    }


def units(section: SectionFigures) -> str:
    """What sold, and what of it never left or came back."""
    sold = ngettext("%(num)s unit sold", "%(num)s units sold", section.units)
    told = _(
        "%(sold)s; %(cancelled)s cancelled, %(returned)s sent back.",
        sold=sold,
        cancelled=formats.count(section.cancelled),
        returned=formats.count(section.returned),
    )
    if not section.borne:
        return told
    lost = ngettext(
        "%(num)s unit was lost by the house or its carrier, and is owed to the brand as sold.",
        "%(num)s units were lost by the house or its carrier, and are owed to the brand as sold.",
        section.borne,
    )
    return f"{told} {lost}"


def claimed(found: Claim) -> str:
    """What the law gives a brand whose money is late: said by the house before the brand has to ask."""
    days = ngettext("%(num)s day", "%(num)s days", found.days, num=formats.count(found.days))
    fixed = formats.money(found.fixed)
    if found.interest is None or found.rate_bps is None:
        return _(
            "The house is %(days)s late. Without a reminder you may claim interest at the reference rate of the"
            " European Central Bank and eight points a year, and %(fixed)s for the trouble (directive 2011/7/EU).",
            days=days,
            fixed=fixed,
        )
    return _(
        "The house is %(days)s late. Without a reminder you may claim %(interest)s of interest by today, at %(rate)s"
        " a year, and %(fixed)s for the trouble (directive 2011/7/EU).",
        days=days,
        interest=formats.money(found.interest),
        rate=formats.bps(found.rate_bps),
        fixed=fixed,
    )
