"""What is left after sales, at the operators' door: what waits and until when, and writing down what left."""

from __future__ import annotations

import secrets
from http import HTTPStatus
from typing import TYPE_CHECKING

from flask import url_for

from marketplace.admin import door
from marketplace.admin.frame import PageQuery
from marketplace.admin.looking import seen
from marketplace.domain.exits import (
    LEAVES,
    RECEIVER_LENGTH_MAX,
    WORDS_LENGTH_MAX,
    ExitKind,
    ExitRefused,
    ExitUnitsRefused,
    KeepDayRefused,
    LeftDayRefused,
    NothingToCorrect,
    NothingToLeave,
    Pool,
    UnitsTakenBackRefused,
)
from marketplace.domain.looks import Thing
from marketplace.domain.reasons import REASON_LENGTH_MAX, ReasonMissing
from marketplace.queries import counter_notes
from marketplace.queries import exits as asked
from marketplace.services import exits
from marketplace.services.exits import Leaving, Line
from marketplace.web import documents, errors, fields, identity, inputs, pages
from marketplace.web.access import accepts, operator
from marketplace.words import LOCALES, _, leaving, locale

if TYPE_CHECKING:
    from collections.abc import Mapping
    from typing import Any

    from flask import Response

    from marketplace.domain.refusals import Refusal
    from marketplace.queries.counter_notes import Told
    from marketplace.queries.exits import Goods

BODY_BYTES_MAX = 512 * 1024
KEY_BYTES = 16
LANGUAGES = f"any({', '.join(LOCALES)})"


class LineForm(inputs.Schema):
    """Units of one lot that left, by where they come from."""

    unsold = fields.Whole(load_default=0)
    sent_back = fields.Whole(load_default=0)
    rejected = fields.Whole(load_default=0)


class LeaveForm(inputs.Schema):
    """By which way, when, and who took them."""

    key = fields.Trimmed(required=True, max=80)
    kind = fields.Choice(ExitKind, required=True)
    left_on = fields.Day(required=True)
    received_by = fields.Trimmed(required=True, max=RECEIVER_LENGTH_MAX)
    note = fields.Trimmed(max=WORDS_LENGTH_MAX, load_default="", lines=True)


class CorrectionForm(inputs.Schema):
    """Why a note told of units that had not left."""

    key = fields.Trimmed(required=True, max=80)
    reason = fields.Trimmed(max=REASON_LENGTH_MAX, load_default="", lines=True)


class AskForm(inputs.Schema):
    """Until which day the house would keep the goods, where it would."""

    keep_until = fields.Day(load_default=None, allow_none=True)


@door.get("/stock/exits")
@operator
def exits_() -> Response:
    """Deals whose goods wait, the nearest day first."""
    found = asked.listed(identity.tools(), page=inputs.query(PageQuery())["page"])
    return pages.render("admin/exits.html", found=found, kinds=leaving.KINDS)


@door.get("/stock/<int:deal_id>/exits")
@operator
def exits_of_deal(deal_id: int) -> Response:
    """What is left of one deal, and the form that writes down what left."""
    seen(Thing.TERMS, deal_id)
    number = inputs.query(PageQuery())["page"]
    found = asked.of_deal(identity.tools(), deal_id=deal_id, page=number)
    return _page(found, {"key": secrets.token_urlsafe(KEY_BYTES)}, {})


@door.post("/stock/<int:deal_id>/exits")
@operator
@accepts(bytes_max=BODY_BYTES_MAX)
def record_exit(deal_id: int) -> Response:
    """Write it down."""
    page = inputs.query(PageQuery())["page"]
    found = asked.of_deal(identity.tools(), deal_id=deal_id, page=page)
    tried = inputs.attempt(LeaveForm(), groups={"line": LineForm()})
    if tried.values is None:
        return _page(found, tried.given, tried.errors)
    said = {name: value for name, value in tried.values.items() if name != "line"}
    try:
        number = exits.record(
            identity.tools(),
            deal_id=deal_id,
            leaving=Leaving(**said),
            lines=_lines(tried.values["line"]),
        )
    except ExitUnitsRefused as no:
        return _page(found, tried.given, _wrong(no))
    except LeftDayRefused as no:
        return _page(found, tried.given, {"left_on": [errors.sentence(no)]})
    except (ExitRefused, NothingToLeave) as no:
        return _page(found, tried.given, {"kind": [errors.sentence(no)]})
    notice = _("Written down as note %(number)s; the brand is told.", number=number)
    return pages.go("admin.exits_of_deal", deal_id=deal_id, notice=notice)


@door.post("/stock/<int:deal_id>/exits/ask")
@operator
def ask_exit(deal_id: int) -> Response:
    """Ask the brand, or offer it a day."""
    found = asked.of_deal(identity.tools(), deal_id=deal_id)
    tried = inputs.attempt(AskForm())
    if tried.values is None:
        return _page(found, tried.given, tried.errors)
    try:
        exits.ask(identity.tools(), deal_id=deal_id, keep_until=tried.values["keep_until"])
    except (KeepDayRefused, NothingToLeave) as no:
        return _page(found, tried.given, {"keep_until": [errors.sentence(no)]})
    return pages.go("admin.exits_of_deal", deal_id=deal_id, notice=_("The brand is asked."))


@door.get("/stock/exits/<int:exit_id>/correct")
@operator
def exit_to_correct(exit_id: int) -> Response:
    """What a note tells of, and the form that says what of it had not left."""
    found = counter_notes.told(identity.tools(), exit_id=exit_id)
    return _correction(found, {"key": secrets.token_urlsafe(KEY_BYTES)}, {})


@door.post("/stock/exits/<int:exit_id>/correct")
@operator
@accepts(bytes_max=BODY_BYTES_MAX)
def correct_exit(exit_id: int) -> Response:
    """Write the counter-note."""
    found = counter_notes.told(identity.tools(), exit_id=exit_id)
    tried = inputs.attempt(CorrectionForm(), groups={"line": LineForm()})
    if tried.values is None:
        return _correction(found, tried.given, tried.errors)
    lines = _lines(tried.values.pop("line"))
    try:
        number = exits.correct(identity.tools(), exit_id=exit_id, lines=lines, **tried.values)
    except UnitsTakenBackRefused as no:
        return _correction(found, tried.given, _wrong(no))
    except (NothingToCorrect, ReasonMissing) as no:
        return _correction(found, tried.given, {"reason": [errors.sentence(no)]})
    notice = _("Corrected by note %(number)s; the brand is told.", number=number)
    return pages.go("admin.exits_of_deal", deal_id=found.deal_id, notice=notice)


@door.get(f"/stock/exits/<int:exit_id>/paper-<{LANGUAGES}:language>.pdf")
@operator
def exit_paper(exit_id: int, language: str) -> Response:
    """The printed note, to go with the goods."""
    return documents.paper(*asked.paper(identity.tools(), exit_id=exit_id, locale=language))


def _lines(rows: Mapping[int, Mapping[str, Any]]) -> list[Line]:
    return [
        Line(lot_id, pool, units)
        for lot_id, row in rows.items()
        for pool in Pool
        if (units := row[str(pool)])
    ]


def _wrong(no: Refusal) -> dict[str, list[str]]:
    rows: Mapping[str, int] = no.facts["rows"]  # type: ignore[assignment]  # what this refusal carries
    return {f"line.{name}": [_("At most %(most)s.", most=most)] for name, most in rows.items()}


def _correction(found: Told, given: dict[str, str], wrong: dict[str, list[str]]) -> Response:
    given.setdefault("key", secrets.token_urlsafe(KEY_BYTES))
    return pages.render(
        "admin/exit_correction.html",
        status=HTTPStatus.UNPROCESSABLE_ENTITY if wrong else HTTPStatus.OK,
        found=found,
        title=leaving.title(found.figures),
        lead=leaving.lead(found.figures),
        pools=leaving.POOLS,
        given=given,
        errors=wrong,
        action=url_for("admin.correct_exit", exit_id=found.exit_id),
    )


def _page(found: Goods, given: dict[str, str], wrong: dict[str, list[str]]) -> Response:
    settled = found.asked.kind if found.asked else None
    ways = [kind for kind in LEAVES if kind in {settled, ExitKind.RETURN}]
    given.setdefault("kind", str(settled if settled in LEAVES else ExitKind.RETURN))
    given.setdefault("key", secrets.token_urlsafe(KEY_BYTES))
    return pages.render(
        "admin/exits_of_deal.html",
        status=HTTPStatus.UNPROCESSABLE_ENTITY if wrong else HTTPStatus.OK,
        found=found,
        asked=found.asked,
        kinds=leaving.KINDS,
        pools=leaving.POOLS,
        ways=[(kind, leaving.KINDS[kind]) for kind in ways],
        title=leaving.title,
        way=leaving.way,
        weight=leaving.weight,
        paper_language=locale(),
        waiting=[line for line in found.lines if line.waiting],
        given=given,
        errors=wrong,
        action=url_for("admin.record_exit", deal_id=found.deal_id, page=found.page),
        ask_action=url_for("admin.ask_exit", deal_id=found.deal_id),
    )
