"""What became of what was not sold: piece by piece, the choice that is open, and the notes of what left."""

from __future__ import annotations

from http import HTTPStatus
from typing import TYPE_CHECKING

from flask import url_for

from marketplace.domain.exits import (
    WORDS_LENGTH_MAX,
    ChoiceOver,
    ChoiceRefused,
    Derogation,
    ExitKind,
)
from marketplace.domain.sealing import canonical
from marketplace.queries import exits as asked
from marketplace.services import exits
from marketplace.toolbox import Sheet
from marketplace.web import documents, errors, fields, figures, identity, inputs, pages
from marketplace.web.access import brand
from marketplace.words import LOCALES, _, leaving, locale
from supplier_portal import door, frame

if TYPE_CHECKING:
    from flask import Response

    from marketplace.queries.exits import Goods

LANGUAGES = f"any({', '.join(LOCALES)})"
FORM_OF_FILES = 1


class ChoiceForm(inputs.Schema):
    """What becomes of the goods, in answer to which question; and for destroyed ones why that is allowed."""

    number = fields.Whole(required=True)
    kind = fields.Choice(ExitKind, required=True)
    derogation = fields.Choice(Derogation, load_default=None, allow_none=True)
    said = fields.Trimmed(max=WORDS_LENGTH_MAX, load_default="", lines=True)


@door.get("/deals/<int:deal_id>/exits")
@brand()
def exits_of_deal(deal_id: int) -> Response:
    """What became of a deal's goods; while it may be said, with the form that says it."""
    number = inputs.query(frame.PageQuery())["page"]
    found = asked.of_deal(identity.tools(), deal_id=deal_id, page=number)
    given = {"kind": str(found.asked.chosen or found.asked.silent)} if found.asked else {}
    if found.asked:
        given |= {"said": found.asked.said, "derogation": str(found.asked.derogation or "")}
    return _page(found, given, {})


@door.post("/deals/<int:deal_id>/exits")
@brand(*frame.SIGNERS)
def choose_exit(deal_id: int) -> Response:
    """Say it."""
    found = asked.of_deal(identity.tools(), deal_id=deal_id)
    tried = inputs.attempt(ChoiceForm())
    if tried.values is None:
        return _page(found, tried.given, tried.errors)
    try:
        exits.choose(identity.tools(), deal_id=deal_id, **tried.values)
    except ChoiceRefused as no:
        field = "derogation" if no.facts["reason"] == "derogation_missing" else "kind"
        return _page(found, tried.given, {field: [errors.sentence(no)]})
    except ChoiceOver as no:
        return _page(found, tried.given, {"kind": [errors.sentence(no)]})
    notice = _("Written down. The house does so, and tells you when the goods leave.")
    return pages.go("brand.exits_of_deal", deal_id=deal_id, notice=notice)


@door.get(f"/deals/<int:deal_id>/exits/file.<{figures.ENDINGS}:ending>")
@brand()
def exits_file(deal_id: int, ending: str) -> Response:
    """Everything that left, line by line, with weights and customs codes."""
    found = asked.of_deal(identity.tools(), deal_id=deal_id)
    content = _content(found, ending)
    return documents.written(f"exits-{deal_id}.{ending}", content, figures.MEDIA[ending])


@door.get(f"/exits/<int:exit_number>/paper-<{LANGUAGES}:language>.pdf")
@brand()
def exit_paper(exit_number: int, language: str) -> Response:
    """The printed note."""
    return documents.paper(*asked.paper(identity.tools(), number=exit_number, locale=language))


def _content(found: Goods, ending: str) -> bytes:
    notes = sorted(found.notes, key=lambda note: note.figures.number)
    if ending == "json":
        told = [{"sha256": note.sha256, "figures": note.kept} for note in notes]
        return canonical({"form": FORM_OF_FILES, "deal": found.deal_id, "exits": told})
    top = [str(name) for name in leaving.COLUMNS]
    rows = leaving.table(note.figures for note in notes)
    spreadsheets = identity.tools().spreadsheets
    if ending == "csv":
        return spreadsheets.csv_bytes(top, rows)
    return spreadsheets.xlsx_bytes([Sheet(_("Exits"), top, rows)])


def _page(found: Goods, given: dict[str, str], wrong: dict[str, list[str]]) -> Response:
    may_choose = found.asked is not None and found.asked.may_choose and frame.may_sign()
    return pages.render(
        "brand/exits.html",
        status=HTTPStatus.UNPROCESSABLE_ENTITY if wrong else HTTPStatus.OK,
        found=found,
        asked=found.asked,
        kinds=leaving.KINDS,
        derogations=leaving.DEROGATIONS,
        title=leaving.title,
        way=leaving.way,
        weight=leaving.weight,
        paper_language=locale(),
        may_choose=may_choose,
        given=given,
        errors=wrong,
        action=url_for("brand.choose_exit", deal_id=found.deal_id),
    )
