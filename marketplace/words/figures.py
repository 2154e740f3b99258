"""A sale's figures as words and columns: the same on the page, in the mail and in every file."""

from __future__ import annotations

from decimal import Decimal
from typing import TYPE_CHECKING

from marketplace.domain.money import MINOR_DIGITS, Money
from marketplace.words import _, formats

if TYPE_CHECKING:
    from collections.abc import Sequence

    from marketplace.domain.reports import Totals, VariantFigures
    from marketplace.toolbox import CellValue


NOTHING = "\N{EN DASH}"


def summary(whole: Totals, currency: str) -> tuple[tuple[str, str], ...]:
    """The lines of a report's letter: label and figure, in the language being spoken."""
    return (
        (_("Pieces accepted"), formats.count(whole.accepted)),
        (_("Paid"), formats.count(whole.paid)),
        (_("Sell-through of accepted pieces, gross"), share(whole.gross_bps)),
        (_("Sell-through of accepted pieces, net of what came back"), share(whole.net_bps)),
        (_("Paid in the first hour"), formats.count(whole.first_hour)),
        (_("In bags at that moment"), formats.count(whole.in_bags)),
        (_("Adds refused because nothing was free"), formats.count(whole.refused_adds)),
        (_("Holds that ran out"), formats.count(whole.expired_holds)),
        (_("Sales with VAT, gross"), formats.money(Money(whole.gross_minor, currency))),
        (_("Sales with VAT, net"), formats.money(Money(whole.net_minor, currency))),
        (_("Due to you with VAT, so far"), formats.money(Money(whole.due_minor, currency))),
        (_("Share of your cost recovered"), share(whole.recovered_bps)),
    )


def share(rate_bps: int | None) -> str:
    """A rate as a percentage, or a dash where there is nothing to be a share of."""
    return NOTHING if rate_bps is None else formats.bps(rate_bps)


def header() -> tuple[str, ...]:
    """The columns of the table of variants."""
    return (
        _("Style"),
        _("Name"),
        _("Colour"),
        _("Size"),
        _("SKU"),
        _("Price with VAT"),
        _("Accepted"),
        _("Paid"),
        _("Cancelled"),
        _("Returned"),
        _("Paid in the first hour"),
        _("In bags"),
        _("Refused adds"),
        _("Members refused"),
        _("Expired holds"),
        _("Sales with VAT, gross"),
        _("Sales with VAT, net"),
        _("Due to you with VAT"),
    )


def rows(variants: Sequence[VariantFigures], currency: str) -> tuple[tuple[CellValue, ...], ...]:
    """One row for each variant, in the order of :func:`header`; amounts as exact decimals."""
    return tuple(
        (
            row.style_code,
            row.style_name,
            row.colour,
            row.size,
            row.sku,
            _decimal(row.price_minor, currency),
            row.accepted,
            row.paid,
            row.cancelled,
            row.returned,
            row.first_hour,
            row.in_bags,
            row.refused_adds,
            _("fewer than ten") if row.wanted_by is None else row.wanted_by,
            row.expired_holds,
            _decimal(row.gross_minor, currency),
            _decimal(row.net_minor, currency),
            _decimal(row.due_minor, currency),
        )
        for row in variants
    )


def _decimal(minor: int, currency: str) -> Decimal:
    return Decimal(minor).scaleb(-MINOR_DIGITS[currency])
