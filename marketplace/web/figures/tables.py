"""The tables of a sale's figures: styles in colours with their sizes, or sums by style, colour or size."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING

from marketplace.domain.money import Money
from marketplace.domain.reports import by, size_break, size_runs, sold_out, totals
from marketplace.web.figures.times import at_minute
from marketplace.words import _, figures, formats, ngettext, prospects

if TYPE_CHECKING:
    from collections.abc import Sequence

    from marketplace.domain.reports import SizeRun, Snapshot, Totals, VariantFigures

ROWS_PER_PAGE = 60


class View(StrEnum):
    """How the pieces are put together: a line for each style in a colour with its sizes, or sums."""

    SIZES = "sizes"
    STYLE = "style"
    COLOUR = "colour"
    SIZE = "size"


_GROUPED = {View.STYLE: ("style_code",), View.COLOUR: ("colour",), View.SIZE: ("size",)}


@dataclass(frozen=True, slots=True)
class Cell:
    """A size of a style in a colour: ``sold`` of ``accepted``, and when the last piece was paid."""

    sold: int
    accepted: int
    share_bps: int
    gone: str
    label: str


@dataclass(frozen=True, slots=True)
class Lost:
    """Demand that did not become a sale, as sentences without anybody in them."""

    refused: str
    expired: str
    people: str
    estimate: str


@dataclass(frozen=True, slots=True)
class GridLine:
    """A style in a colour; ``cells`` in the order of the run's sizes, None where there is no such size.

    ``stated``: its condition, and what is not perfect about it.
    """

    code: str
    name: str
    colour: str
    stated: str
    cells: tuple[Cell | None, ...]
    sold: str
    share: str
    run: str
    lost: Lost


@dataclass(frozen=True, slots=True)
class Grid:
    """Styles in colours that share a run of sizes."""

    caption: str
    sizes: tuple[str, ...]
    lines: tuple[GridLine, ...]


@dataclass(frozen=True, slots=True)
class SumLine:
    """The sums of a style, a colour or a size; of everything in the last line."""

    name: str
    note: str
    cells: tuple[str, ...]
    lost: Lost


def paged(
    rows: Sequence[VariantFigures], view: View, page: int
) -> tuple[tuple[VariantFigures, ...], int]:
    """The variants of one page of lines, and how many lines there are in all."""
    names = ("style_code", "colour") if view is View.SIZES else _GROUPED[view]
    lines = tuple(by(rows, *names).values())
    shown = lines[(page - 1) * ROWS_PER_PAGE : page * ROWS_PER_PAGE]
    return tuple(row for line in shown for row in line), len(lines)


def grids(found: Snapshot, rows: Sequence[VariantFigures], zone: str) -> tuple[Grid, ...]:
    """A table for each run of sizes that styles share."""
    return tuple(_grid(found, run, zone) for run in size_runs(rows))


def _grid(found: Snapshot, run: SizeRun, zone: str) -> Grid:
    sizes = tuple(size or _("One size") for size in run.sizes)
    caption = (
        sizes[0] if len(sizes) == 1 else _("%(first)s to %(last)s", first=sizes[0], last=sizes[-1])
    )
    return Grid(
        caption=_("Style and colour by size: %(sizes)s", sizes=caption),
        sizes=sizes,
        lines=tuple(_grid_line(found, run.sizes, line, zone) for line in run.lines),
    )


def _grid_line(
    found: Snapshot, sizes: Sequence[str], line: Sequence[VariantFigures], zone: str
) -> GridLine:
    by_size = {row.size: row for row in line}
    whole = totals(line)
    return GridLine(
        code=line[0].style_code,
        name=line[0].style_name,
        colour=line[0].colour,
        stated=figures.stated(line[0]),
        cells=tuple(_cell(found, by_size.get(size), zone) for size in sizes),
        sold=f"{formats.count(whole.sold)}/{formats.count(whole.accepted)}",
        share=figures.share(whole.gross_bps),
        run=_run(found, line, zone),
        lost=_lost(found, line, whole),
    )


def _cell(found: Snapshot, row: VariantFigures | None, zone: str) -> Cell | None:
    if row is None:
        return None
    gone = "" if row.sold_out_minute is None else at_minute(found, row.sold_out_minute, zone)
    label = _(
        "%(sold)s of %(accepted)s sold (%(share)s)",
        sold=formats.count(row.sold),
        accepted=formats.count(row.accepted),
        share=figures.share(row.sold_bps),
    )
    if row.in_bags:
        label += _(", %(count)s in bags", count=formats.count(row.in_bags))
    if gone:
        label += _(", sold out at %(when)s", when=gone)
    return Cell(row.sold, row.accepted, row.sold_bps or 0, gone, label)


def _run(found: Snapshot, line: Sequence[VariantFigures], zone: str) -> str:
    """How the run of sizes stands: whole, broken since a minute, or sold out."""
    over, broken = sold_out(line), size_break(line)
    if over is not None:
        return _("sold out at %(when)s", when=at_minute(found, over, zone))
    if broken is not None:
        return _("broken since %(when)s", when=at_minute(found, broken, zone))
    return _("whole") if len(line) > 1 else ""


def _lost(found: Snapshot, line: Sequence[VariantFigures], whole: Totals) -> Lost:
    one = len(line) == 1
    if not whole.refused_adds:
        people = ""
    elif whole.wanted_by is None and not one:
        people = _("fewer than ten members a size")
    else:
        people = _("members: %(people)s", people=prospects.people(whole.wanted_by))
    return Lost(
        refused=formats.count(whole.refused_adds),
        expired=ngettext(
            "%(num)s hold ran out",
            "%(num)s holds ran out",
            whole.expired_holds,
            num=formats.count(whole.expired_holds),
        )
        if whole.expired_holds
        else "",
        people=people,
        estimate=prospects.lost_of(found.beyond, line),
    )


def sum_columns() -> tuple[str, ...]:
    """The columns of the tables of sums, after the name and before the lost demand."""
    return (
        _("Accepted"),
        _("Pieces paid"),
        _("Gross"),
        _("Net"),
        _("First hour"),
        _("In bags"),
        _("Sales with VAT, net"),
        _("Due to you without VAT"),
    )


def sums(found: Snapshot, rows: Sequence[VariantFigures], view: View) -> tuple[SumLine, ...]:
    """A line for each style, colour or size."""
    return tuple(
        _summed(_name(line[0], view), found, line, totals(line))
        for line in by(rows, *_GROUPED[view]).values()
    )


def everything(found: Snapshot) -> SumLine:
    """The last line: the sums of the whole sale."""
    return _summed((_("All pieces"), ""), found, found.variants, found.whole)


def _name(row: VariantFigures, view: View) -> tuple[str, str]:
    match view:
        case View.COLOUR:
            return row.colour or _("One colour"), ""
        case View.SIZE:
            return row.size or _("One size"), ""
        case _:
            stated = filter(None, (row.style_code, figures.stated(row)))
            return row.style_name, " \N{MIDDLE DOT} ".join(stated)


def _summed(
    name: tuple[str, str], found: Snapshot, line: Sequence[VariantFigures], whole: Totals
) -> SumLine:
    currency = found.currency
    cells = (
        formats.count(whole.accepted),
        formats.count(whole.paid),
        figures.share(whole.gross_bps),
        figures.share(whole.net_bps),
        formats.count(whole.first_hour),
        formats.count(whole.in_bags),
        formats.money(Money(whole.net_minor, currency)),
        formats.money(Money(whole.due_minor, currency)),
    )
    return SumLine(*name, cells, _lost(found, line, whole))
