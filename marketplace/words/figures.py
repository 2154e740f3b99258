"""A sale's figures as words and columns: the same on the page, in the mail and in every file."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal
from enum import StrEnum
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

from babel.dates import format_time

from marketplace.domain.imports.conditions import Condition
from marketplace.domain.money import MINOR_DIGITS, Money
from marketplace.toolbox import Sheet
from marketplace.words import _, formats, locale, prospects
from marketplace.words.importing import CONDITIONS

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime

    from marketplace.domain.reports import (
        CurvePoint,
        FirstHour,
        Snapshot,
        Totals,
        VariantFigures,
    )
    from marketplace.toolbox import CellValue


BPS_DIGITS = 2


class Kind(StrEnum):
    """What a figure counts: pieces, a share in basis points, or minor units of the sale's currency."""

    COUNT = "count"
    SHARE = "share"
    SUM = "sum"


@dataclass(frozen=True, slots=True)
class Line:
    """One figure of the whole sale with its label; ``value`` None where it is a share of nothing."""

    label: str
    kind: Kind
    value: int | None


def lines(whole: Totals) -> tuple[Line, ...]:
    """The figures of a whole sale, in the language being spoken, each with its denominator in its name."""
    count, share, money = Kind.COUNT, Kind.SHARE, Kind.SUM
    return (
        Line(_("Pieces accepted"), count, whole.accepted),
        Line(_("Pieces paid"), count, whole.paid),
        Line(_("Pieces cancelled"), count, whole.cancelled),
        Line(_("Pieces returned"), count, whole.returned),
        Line(_("Sell-through of accepted pieces, gross"), share, whole.gross_bps),
        Line(_("Sell-through of accepted pieces, net of what came back"), share, whole.net_bps),
        Line(_("Pieces paid in the first hour"), count, whole.first_hour),
        Line(_("Sold in the first hour, of the pieces then on sale"), share, whole.first_hour_bps),
        Line(_("In bags at that moment"), count, whole.in_bags),
        Line(_("Adds refused because nothing was free"), count, whole.refused_adds),
        Line(_("Holds that ran out"), count, whole.expired_holds),
        Line(_("Sales with VAT, gross"), money, whole.gross_minor),
        Line(_("Sales with VAT, net"), money, whole.net_minor),
        Line(_("Due to you without VAT, so far"), money, whole.due_minor),
        Line(_("VAT on what is due to you"), money, whole.due_vat_minor),
        Line(_("Share of your cost recovered, without VAT"), share, whole.recovered_bps),
    )


def beside_first_hour(found: FirstHour | None) -> tuple[Line, ...]:
    """What stands beside the first hour: the brand's last sale, and the median of its category where there is one."""
    if found is None:
        return ()
    lines: list[Line] = []
    if found.before is not None:
        sold, paid = _of_last_sale(found, found.before.title)
        lines += [
            Line(paid, Kind.COUNT, found.before.paid),
            Line(sold, Kind.SHARE, found.before.sold_bps),
        ]
    if found.median_bps is not None:
        label = (
            _("First hour of your category: median, of the pieces accepted")
            if found.whole
            else _("Your category by the same minute: median, of the pieces accepted")
        )
        lines.append(Line(label, Kind.SHARE, found.median_bps))
    return tuple(lines)


def _of_last_sale(found: FirstHour, title: str) -> tuple[str, str]:
    if found.whole:
        return (
            _("Your last sale, %(title)s: sold in its first hour", title=title),
            _("Your last sale, %(title)s: pieces paid in its first hour", title=title),
        )
    return (
        _("Your last sale, %(title)s: sold by the same minute", title=title),
        _("Your last sale, %(title)s: pieces paid by the same minute", title=title),
    )


def summary(found: Snapshot) -> tuple[tuple[str, str], ...]:
    """The lines of a report's letter: label and figure, in the language being spoken."""
    figures = (*lines(found.whole), *beside_first_hour(found.first_hour))
    said = ((line.label, _said(line, found.currency)) for line in figures)
    return (*said, *prospects.told(found))


def _said(line: Line, currency: str) -> str:
    match line.kind:
        case Kind.SHARE:
            return share(line.value)
        case Kind.SUM:
            return formats.money(Money(line.value or 0, currency))
        case Kind.COUNT:
            return formats.count(line.value or 0)


def share(rate_bps: int | None) -> str:
    """A rate as a percentage, or a dash where there is nothing to be a share of."""
    return prospects.NOTHING if rate_bps is None else formats.bps(rate_bps)


def money(minor: int, currency: str) -> str:
    """A stored sum."""
    return formats.money(Money(minor, currency))


def as_of(at: datetime, zone: str, *, seconds: bool = True) -> str:
    """``Thursday 5 March 2026, 07:14:05``: figures are of an instant, and say which."""
    if not seconds:
        return formats.moment(at, zone)
    pattern = "HH:mm:ss" if locale() == "en" else "H 'h' mm 'min' ss 's'"
    said = format_time(at.astimezone(ZoneInfo(zone)), pattern).replace(" ", "\xa0")
    named = "" if zone == formats.HOUSE_ZONE else f" ({formats.zone_name(at, zone)})"
    return f"{formats.day(at, zone)}, {said}{named}"


def header() -> tuple[str, ...]:
    """The columns of the table of variants."""
    return (
        _("Sale"),
        _("As of"),
        _("Style"),
        _("Name"),
        _("Colour"),
        _("Size"),
        _("SKU"),
        _("Condition"),
        _("Defects"),
        _("Currency"),
        _("Price with VAT"),
        _("Pieces accepted"),
        _("Pieces paid"),
        _("Pieces cancelled"),
        _("Pieces returned"),
        _("Pieces paid in the first hour"),
        _("In bags"),
        _("Refused adds"),
        _("Members refused"),
        _("Expired holds"),
        _("Sold out in minute"),
        _("Sales with VAT, gross"),
        _("Sales with VAT, net"),
        _("Due to you without VAT"),
        _("VAT on what is due to you"),
        *prospects.header(),
    )


def rows(found: Snapshot, zone: str) -> tuple[tuple[CellValue, ...], ...]:
    """One row for each variant, in the order of :func:`header`; amounts as exact decimals."""
    as_of, currency = instant(found.as_of, zone), found.currency
    return tuple(
        (
            found.sale_ref,
            as_of,
            *_row(row, currency),
            *prospects.row(found.beyond, row.sale_item_id),
        )
        for row in found.variants
    )


def _row(row: VariantFigures, currency: str) -> tuple[CellValue, ...]:
    return (
        row.style_code,
        row.style_name,
        row.colour,
        row.size,
        row.sku,
        condition(row),
        row.defects,
        currency,
        _decimal(row.price_minor, currency),
        row.accepted,
        row.paid,
        row.cancelled,
        row.returned,
        row.first_hour,
        row.in_bags,
        row.refused_adds,
        prospects.people(row.wanted_by),
        row.expired_holds,
        row.sold_out_minute,
        _decimal(row.gross_minor, currency),
        _decimal(row.net_minor, currency),
        _decimal(row.due_minor, currency),
        _decimal(row.due_vat_minor, currency),
    )


def sheets(found: Snapshot, zone: str) -> tuple[Sheet, ...]:
    """The workbook that goes with a letter and can be downloaded: sums, variants, the curve by the minute."""
    return (
        Sheet(_("Figures"), (_("Figure"), _("Value"), _("Measure")), _sums(found, zone)),
        Sheet(_("Variants"), header(), rows(found, zone)),
        Sheet(
            _("Curve"),
            (_("Minute from the opening"), _("Pieces paid by then")),
            _points(found.curve),
        ),
        *_regions(found),
        *_reasons(found),
    )


def returns(found: Snapshot) -> Sheet:
    """What members sent back, by size and reason, as the page tells it; no row where nothing came back."""
    lines = prospects.reasons(found)
    columns = (_("Size"), *prospects.reasons_header())
    return Sheet(_("Returns"), columns, tuple((size, *units) for size, units in lines))


def _reasons(found: Snapshot) -> tuple[Sheet, ...]:
    sheet = returns(found)
    return (sheet,) if sheet.rows else ()


def _regions(found: Snapshot) -> tuple[Sheet, ...]:
    if found.beyond is None:
        return ()
    columns = (_("Place of delivery"), _("Members who bought"))
    return (Sheet(_("Places"), columns, prospects.where(found.beyond)),)


def _sums(found: Snapshot, zone: str) -> tuple[tuple[CellValue, ...], ...]:
    units = {Kind.COUNT: "", Kind.SHARE: "%", Kind.SUM: found.currency}
    return (
        (_("Sale"), found.sale_ref, ""),
        (_("As of"), instant(found.as_of, zone), ""),
        *(
            (line.label, _cell(line, found.currency), units[line.kind])
            for line in (*lines(found.whole), *beside_first_hour(found.first_hour))
        ),
        *((label, said, "") for label, said in prospects.told(found)),
    )


def _cell(line: Line, currency: str) -> CellValue:
    if line.value is None or line.kind is Kind.COUNT:
        return line.value
    if line.kind is Kind.SHARE:
        return Decimal(line.value).scaleb(-BPS_DIGITS)
    return _decimal(line.value, currency)


def _points(curve: Sequence[CurvePoint]) -> tuple[tuple[CellValue, ...], ...]:
    return tuple((point.minute, point.paid) for point in curve)


def condition(row: VariantFigures) -> str:
    """The condition of a piece as its page named it; empty in a report that did not keep it."""
    return str(CONDITIONS[Condition(row.condition)]) if row.condition in set(Condition) else ""


def stated(row: VariantFigures) -> str:
    """Its condition and, where there is one, what is not perfect about it."""
    return " \N{MIDDLE DOT} ".join(filter(None, (condition(row), row.defects)))


def filename(found: Snapshot) -> str:
    """What a file of these figures is called, without its ending: the sale, and when (UTC)."""
    return f"{found.sale_ref}-{found.as_of:%Y%m%d-%H%M%S}"


def instant(at: datetime, zone: str) -> str:
    """An instant for programs and files: local time with its offset, to the second."""
    return at.astimezone(ZoneInfo(zone)).isoformat(sep=" ", timespec="seconds")


def _decimal(minor: int, currency: str) -> Decimal:
    return Decimal(minor).scaleb(-MINOR_DIGITS[currency])
