"""Goods that leave the house, in words: the same lines on the page, on the note and in the file."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING, Any

from marketplace.domain.exits import Derogation, ExitKind, Pool
from marketplace.words import _, formats, lazy, ngettext, papers, speaking

if TYPE_CHECKING:
    from collections.abc import Iterable

    from marketplace.domain.exits import Figures, LineFigures
    from marketplace.toolbox import CellValue
    from marketplace.words import Lazy

UNKNOWN = "–"  # noqa: RUF001 - a dash as it is printed
CHAPTER_DIGITS = 2
"""Of a customs code: what the law asks to be told is told by chapters."""
KINDS: dict[ExitKind, Lazy] = {
    ExitKind.RETURN: lazy("Back to the brand"),
    ExitKind.DONATE: lazy("Given to a charity"),
    ExitKind.NEXT_SALE: lazy("Kept for a next sale"),
    ExitKind.RECYCLE: lazy("Recycled"),
    ExitKind.DESTROY: lazy("Destroyed"),
}
POOLS: dict[Pool, Lazy] = {
    Pool.UNSOLD: lazy("Not sold"),
    Pool.SENT_BACK: lazy("Sent back by members"),
    Pool.REJECTED: lazy("Not accepted"),
}
DEROGATIONS: dict[Derogation, Lazy] = {
    Derogation.DANGEROUS: lazy("(a) They are dangerous"),
    Derogation.UNLAWFUL: lazy("(b) They do not comply with the law for another reason"),
    Derogation.INFRINGING: lazy("(c) They infringe intellectual property"),
    Derogation.LICENCE_ENDED: lazy("(d) The licence to sell them has ended"),
    Derogation.MARKS_STAY: lazy("(e) Marks that must go cannot be removed"),
    Derogation.DAMAGED: lazy("(f) They are damaged and cannot reasonably be repaired"),
    Derogation.DEFECTIVE: lazy("(g) Their design or making is at fault"),
    Derogation.DONATION_REFUSED: lazy("(h) They were offered as a gift and nobody took them"),
    Derogation.NO_RECIPIENT: lazy("(i) A charity took them and found nobody for them"),
    Derogation.NO_REUSE: lazy("(j) They were made ready to be used again and nobody took them"),
}
"""Delegated Regulation (EU) 2026/296, article 2."""
COLUMNS: tuple[Lazy, ...] = (
    lazy("Exit note"),
    lazy("Left on"),
    lazy("Way"),
    lazy("Derogation"),
    lazy("Received by"),
    lazy("From"),
    lazy("Style code"),
    lazy("Style"),
    lazy("Colour"),
    lazy("Size"),
    lazy("SKU"),
    lazy("Barcode"),
    lazy("Customs chapter"),
    lazy("Customs code"),
    lazy("Units"),
    lazy("Weight of one, in grams"),
    lazy("Weight in grams"),
    lazy("Corrects note"),
)
"""What left as a table to take along: the figures that the law asks a brand for."""


@dataclass(frozen=True, slots=True)
class Noted:
    """A note with whom it is for, as its paper tells it."""

    legal_name: str
    vat_number: str
    figures: Figures
    sha256: str


def title(figures: Figures) -> str:
    """What the note is called: that of goods going home is a return note."""
    if figures.corrects is not None:
        return _(
            "Counter-note %(number)s to note %(corrected)s",
            number=figures.number,
            corrected=figures.corrects,
        )
    if ExitKind(figures.kind) is ExitKind.RETURN:
        return _("Return note %(number)s", number=figures.number)
    return _("Exit note %(number)s", number=figures.number)


def lead(figures: Figures) -> str:
    """One sentence: how many, when and to whom."""
    if figures.corrects is not None:
        return ngettext(
            "%(num)s unit that note %(corrected)s tells of had not left the house, and is still there.",
            "%(num)s units that note %(corrected)s tells of had not left the house, and are still there.",
            -figures.units,
            corrected=figures.corrects,
        )
    return ngettext(
        "%(num)s unit left the house on %(day)s, received by %(receiver)s.",
        "%(num)s units left the house on %(day)s, received by %(receiver)s.",
        figures.units,
        day=formats.day(date.fromisoformat(figures.left_on)),
        receiver=figures.received_by,
    )


def way(figures: Figures) -> str:
    """By which way they left, and for destroyed ones why that is allowed."""
    kind = str(KINDS[ExitKind(figures.kind)])
    if figures.derogation is None:
        return kind
    why = DEROGATIONS[Derogation(figures.derogation)]
    return _("%(kind)s. %(why)s.", kind=kind, why=why)


def weight(figures: Figures) -> str:
    """What they weigh together, and of how many that is unknown."""
    known = _("%(grams)s g in all.", grams=formats.count(figures.weight_g))
    if not figures.unweighed:
        return known
    unknown = ngettext(
        "The weight of %(num)s unit is not known.",
        "The weight of %(num)s units is not known.",
        abs(figures.unweighed),
    )
    return unknown if figures.unweighed == figures.units else f"{known} {unknown}"


def table(notes: Iterable[Figures]) -> list[list[CellValue]]:
    """Every line of these notes, for a file."""
    return [_row(figures, line) for figures in notes for line in figures.lines]


def _row(figures: Figures, line: LineFigures) -> list[CellValue]:
    derogation = figures.derogation
    each = line.weight_g
    return [
        figures.number,
        figures.left_on,
        str(KINDS[ExitKind(figures.kind)]),
        "" if derogation is None else str(DEROGATIONS[Derogation(derogation)]),
        figures.received_by,
        str(POOLS[Pool(line.pool)]),
        *(line.style_code, line.style, line.colour, line.size, line.sku, line.gtin),
        line.cn_code[:CHAPTER_DIGITS],
        line.cn_code,
        line.units,
        *((None, None) if each is None else (each, each * line.units)),
        figures.corrects,
    ]


def printed(noted: Noted, locale: str) -> bytes:
    """The note as a tagged PDF in ``locale``."""
    with speaking(locale):
        return papers.printed("exits", lang=locale, title=title(noted.figures), facts=_facts(noted))


def _facts(noted: Noted) -> dict[str, Any]:
    figures = noted.figures
    return {
        "to": [each for each in (noted.legal_name, noted.vat_number) if each],
        "about": figures.collection,
        "lead": lead(figures),
        "way": way(figures),
        "note": figures.note,
        "weight": weight(figures),
        "head": [
            _("Style"),
            _("Size"),
            _("From"),
            _("Customs code"),
            _("What it weighs"),
            _("Units"),
        ],
        "lines": [_line(line) for line in figures.lines],
        "total": [_("In all"), "", "", "", "", formats.count(figures.units)],
        "received": _("Received on, by") if figures.corrects is None else "",
        "seal": _("Seal (SHA-256): %(seal)s", seal=noted.sha256),
    }


def _line(line: LineFigures) -> list[str]:
    grams = (
        UNKNOWN
        if line.weight_g is None
        else _("%(grams)s g", grams=formats.count(line.weight_g * line.units))
    )
    return [
        " ".join(each for each in (line.style_code, line.style, line.colour) if each),
        f"{line.size} · {line.sku}" if line.size else line.sku,
        str(POOLS[Pool(line.pool)]),
        line.cn_code or UNKNOWN,
        grams,
        formats.count(line.units),
    ]
