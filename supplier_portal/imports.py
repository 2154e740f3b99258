"""The import desk: what was read, what it means, what will happen.

Each a step that waits for a person.
"""

from __future__ import annotations

import re
from collections import defaultdict
from http import HTTPStatus
from typing import TYPE_CHECKING, Any

from flask import make_response, render_template, request, url_for

from marketplace.domain.imports.codes import KINDS
from marketplace.domain.imports.fields import BY_NAME
from marketplace.domain.imports.policies import Policy
from marketplace.domain.imports.readings import letter
from marketplace.domain.imports.steps import RowVerdict
from marketplace.domain.imports.unreadable import REASONS, FileUnreadable
from marketplace.domain.refusals import Refusal
from marketplace.queries import import_desk as asked
from marketplace.queries import lists_turned, sizes_laid_out
from marketplace.services import imports
from marketplace.web import errors, fields, identity, inputs, pages
from marketplace.web.access import brand
from marketplace.words import _, importing
from supplier_portal import door, frame

if TYPE_CHECKING:
    from collections.abc import Mapping

    from flask import Response

    from marketplace.domain.imports.problems import Problem
    from marketplace.queries.import_desk import Desk

_FACT_TO_SPARE = re.compile(
    r"\s*\(%\(\w+\)s\)|[\s\u00a0]*:[\s\u00a0]*%\(\w+\)s(?=\.$)|\s%\((?:value|target|rrp)\)s(?=[\s.,])"
)
NAME_LENGTH_MAX = 200
COLUMNS_MAX = 200
AS_ITS_BLOCK = "="
"""What a column of one size says that is taken for what its block is."""

WORKING = frozenset({"uploaded", "reading", "judging", "applying", "undoing"})
STEPS = {
    "uploaded": 1,
    "reading": 1,
    "failed": 1,
    "mapping": 2,
    "judging": 3,
    "previewed": 3,
    "applying": 4,
    "finished": 4,
    "cancelled": 1,
    "undoing": 4,
    "undone": 1,
}


class SheetForm(inputs.Schema):
    """Another sheet of the workbook."""

    sheet = fields.Trimmed(required=True, max=NAME_LENGTH_MAX)


class TurnQuery(inputs.Schema):
    """Whether one article stands in each column of the list."""

    turned = fields.Trimmed(max=1, load_default="")


class MappingForm(inputs.Schema):
    """How decimals are written; the columns come as rows of their own."""

    point = fields.Trimmed(max=1, load_default="")


class ColumnForm(inputs.Schema):
    """What one column means; blank leaves it out."""

    field = fields.Trimmed(max=80, load_default="")


class ConfirmForm(inputs.Schema):
    """What becomes of refused rows, and of what the collection holds and the file does not name."""

    policy = fields.Choice(Policy, load_default=Policy.REFUSE_FAILED)
    withdraws = fields.Trimmed(max=1, load_default="")


class RowsQuery(frame.PageQuery):
    """Which rows."""

    verdict = fields.Choice(RowVerdict, load_default=None)
    code = fields.Trimmed(max=80, load_default=None)


@door.get("/imports/<int:import_id>")
@brand()
def import_(import_id: int) -> Response:
    """The import at the step where it stands."""
    desk = asked.desk(identity.tools(), import_id=import_id)
    if desk.state == "mapping":
        return _mapping(desk, {}, {})
    if desk.state == "previewed":
        return _preview(desk)
    return pages.render("brand/import_state.html", **_shared(desk), failure=_failure(desk))


@door.get("/imports/<int:import_id>/progress")
@brand()
def import_progress(import_id: int) -> Response:
    """How far the work is, for the page to replace; when it is over, the page is asked for anew."""
    desk = asked.desk(identity.tools(), import_id=import_id)
    answer = make_response(render_template("brand/import_progress.html", **_shared(desk)))
    if desk.state not in WORKING:
        answer.headers["HX-Refresh"] = "true"
    return answer


@door.post("/imports/<int:import_id>/sheet")
@brand(*frame.WRITERS)
def choose_sheet(import_id: int) -> Response:
    """Read another sheet."""
    sheet = inputs.form(SheetForm())["sheet"]
    imports.choose_sheet(identity.tools(), import_id=import_id, sheet=sheet)
    return pages.go("brand.import_", import_id=import_id)


@door.post("/imports/<int:import_id>/turn")
@brand(*frame.WRITERS)
def turn_list(import_id: int) -> Response:
    """Read the list turned, its columns as rows; without ``turned`` in the address, as it stands."""
    turned = inputs.query(TurnQuery())["turned"]
    imports.turn(identity.tools(), import_id=import_id, turned=turned == "1")
    return pages.go("brand.import_", import_id=import_id)


@door.get("/imports/<int:import_id>/mapping")
@brand(*frame.WRITERS)
def mapping(import_id: int) -> Response:
    """What each column means, also to change it after the preview."""
    desk = asked.desk(identity.tools(), import_id=import_id)
    if desk.state not in {"mapping", "previewed"}:
        return pages.go("brand.import_", import_id=import_id)
    return _mapping(desk, {}, {})


@door.post("/imports/<int:import_id>/mapping")
@brand(*frame.WRITERS)
def confirm_mapping(import_id: int) -> Response:
    """Take the columns for what was said, and have all rows checked."""
    tried = inputs.attempt(MappingForm(), groups={"column": ColumnForm(), "block": ColumnForm()})
    desk = asked.desk(identity.tools(), import_id=import_id)
    wrong = dict(tried.errors)
    if tried.values is not None:
        said = _columns_said(desk, tried.values["column"], tried.values["block"])
        point = tried.values["point"]
        try:
            imports.confirm_mapping(
                identity.tools(),
                import_id=import_id,
                columns=said,
                point=point if point in {",", "."} else None,
            )
        except FileUnreadable as no:
            wrong = {"_schema": [_twice(no) or no.sentence(_)]}
        else:
            return pages.go("brand.import_", import_id=import_id)
    return _mapping(desk, tried.given, wrong)


def _columns_said(
    desk: Desk, columns: Mapping[int, Mapping[str, str]], blocks: Mapping[int, Mapping[str, str]]
) -> dict[str, str | None]:
    """What each column was taken for; one that says as its block does takes the block's."""
    whole = {
        place: blocks.get(number, {}).get("field", "")
        for number, block in enumerate(desk.blocks)
        for place in block.places
    }
    said = {
        place: columns.get(place, {}).get("field", AS_ITS_BLOCK if place in whole else "")
        for place in range(len(desk.columns))
    }
    return {
        column.name: (whole.get(place, "") if said[place] == AS_ITS_BLOCK else said[place]) or None
        for place, column in enumerate(desk.columns)
    }


def _twice(no: FileUnreadable) -> str:
    """Names the field in words where two columns were taken for it."""
    if no.reason != "mapping_twice":
        return ""
    label = _(BY_NAME[str(no.facts["field"])].label)
    return _("Two columns are taken for “%(label)s”. Leave one of them out.", label=label)


@door.post("/imports/<int:import_id>/confirm")
@brand(*frame.WRITERS)
def confirm_import(import_id: int) -> Response:
    """Let the rows in, as the brand says where some are refused or the file names less than before."""
    said = inputs.form(ConfirmForm())
    imports.confirm(
        identity.tools(),
        import_id=import_id,
        policy=said["policy"],
        withdraws=said["withdraws"] == "1",
    )
    return pages.go("brand.import_", import_id=import_id)


@door.post("/imports/<int:import_id>/cancel")
@brand(*frame.WRITERS)
def cancel_import(import_id: int) -> Response:
    """Stop; nothing enters the collection."""
    desk = asked.desk(identity.tools(), import_id=import_id)
    imports.cancel(identity.tools(), import_id=import_id)
    return pages.go(
        "brand.collection",
        collection_id=desk.collection_id,
        notice=_("Cancelled. Nothing of %(name)s entered the collection.", name=desk.filename),
    )


@door.post("/imports/<int:import_id>/retry")
@brand(*frame.WRITERS)
def retry_import(import_id: int) -> Response:
    """Read the file once more."""
    imports.retry(identity.tools(), import_id=import_id)
    return pages.go("brand.import_", import_id=import_id)


@door.get("/imports/<int:import_id>/rows")
@brand()
def import_rows(import_id: int) -> Response:
    """Rows of one verdict, or with one problem."""
    query = inputs.query(RowsQuery())
    tools = identity.tools()
    desk = asked.desk(tools, import_id=import_id)
    rows = asked.rows(
        tools,
        import_id=import_id,
        verdict=query["verdict"],
        code=query["code"],
        page=query["page"],
    )
    return pages.render(
        "brand/import_rows.html",
        **_shared(desk),
        rows=rows,
        verdict=query["verdict"],
        code=query["code"],
        said=_said,
        value=importing.value,
        column_labels=importing.COLUMNS,
    )


@door.get("/imports/<int:import_id>/photographs")
@brand()
def import_photographs(import_id: int) -> Response:
    """The photographs of the file and where each belongs."""
    page = inputs.query(frame.PageQuery())["page"]
    tools = identity.tools()
    return pages.render(
        "brand/import_photographs.html",
        **_shared(asked.desk(tools, import_id=import_id)),
        shown=asked.photographs(tools, import_id=import_id, page=page),
        because=importing.BECAUSE,
        said=_said,
    )


def _mapping(desk: Desk, given: dict[str, str], wrong: dict[str, list[str]]) -> Response:
    return pages.render(
        "brand/import_mapping.html",
        status=HTTPStatus.UNPROCESSABLE_ENTITY if wrong else HTTPStatus.OK,
        **_shared(desk),
        given=given,
        errors=wrong,
        turned=lists_turned.first(identity.tools(), import_id=desk.import_id),
        laid_out=sizes_laid_out.first(identity.tools(), import_id=desk.import_id),
        field_options=importing.field_options(),
        block_options=importing.block_options(),
        as_its_block=AS_ITS_BLOCK,
    )


def _preview(desk: Desk) -> Response:
    return pages.render(
        "brand/import_preview.html",
        **_shared(desk),
        said=_said,
        policies=list(importing.POLICIES.items()),
        absent=asked.absent(identity.tools(), import_id=desk.import_id),
    )


def _shared(desk: Desk) -> dict[str, Any]:
    """What every page of the desk shows: the import, the steps, and whether the visitor may act."""
    return {
        "desk": desk,
        "step": STEPS[desk.state],
        "steps": [
            {"label": _("What we read")},
            {"label": _("What it means")},
            {"label": _("What will happen")},
            {"label": _("In your collection")},
        ],
        "working": desk.state in WORKING,
        "poll": url_for("brand.import_progress", import_id=desk.import_id),
        "here": request.path,
        "may_write": frame.may_write(),
        "states": importing.IMPORT_STATES,
        "verdicts": importing.VERDICTS,
        "title_of": _title_of,
        "letter": letter,
    }


def _said(problem: Problem) -> dict[str, object]:
    """A problem in words."""
    return problem.as_plain(_)


def _title_of(code: str) -> str:
    """The reason of a code without its facts, to stand over a list: no gaps where a fact can be left out."""
    bare = _FACT_TO_SPARE.sub("", _(KINDS[code].message))
    return (bare % defaultdict(lambda: "…")).replace("….", "…")


def _failure(desk: Desk) -> str:
    """Why the file did not come in, in one sentence."""
    facts = dict(desk.failure)
    reason = facts.pop("reason", "")
    if reason in importing.FAILURES:
        return str(importing.FAILURES[reason])
    if reason in REASONS:
        return FileUnreadable(reason, **{"name": desk.filename, **facts}).sentence(_)
    return errors.sentence(Refusal())
