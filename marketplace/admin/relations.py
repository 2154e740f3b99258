"""The relation with a brand, for its account manager: the brand's own page, and the touches to plan and note."""

from __future__ import annotations

from http import HTTPStatus
from typing import TYPE_CHECKING

from marketplace.admin import door
from marketplace.admin.looking import seen
from marketplace.domain.looks import Thing
from marketplace.domain.refusals import Invalid, NotFound
from marketplace.domain.touches import WORDS_LENGTH_MAX, TouchKind
from marketplace.queries import closures, relations
from marketplace.services import touches
from marketplace.web import errors, fields, identity, inputs, pages
from marketplace.web.access import operator
from marketplace.words import _, relating
from marketplace.words.talking import SUBJECTS

if TYPE_CHECKING:
    from flask import Response

    from marketplace.queries.relations import Relation, TouchLine


class PlanForm(inputs.Schema):
    """When to be in touch next, and why."""

    kind = fields.Choice(TouchKind, required=True)
    planned_on = fields.Day(required=True)
    note = fields.Trimmed(max=WORDS_LENGTH_MAX, lines=True, load_default="")


class DoneForm(inputs.Schema):
    """When it happened, what was agreed, and what stays with the house."""

    done_on = fields.Day(required=True)
    agreed = fields.Trimmed(max=WORDS_LENGTH_MAX, lines=True, load_default="")
    note = fields.Trimmed(max=WORDS_LENGTH_MAX, lines=True, load_default="")


class NoteForm(DoneForm):
    """A touch that nobody planned."""

    kind = fields.Choice(TouchKind, required=True)


@door.get("/brands/<int:brand_id>/relation")
@operator
def relation(brand_id: int) -> Response:
    """The page."""
    return _page(brand_id)


@door.post("/brands/<int:brand_id>/relation/plan")
@operator
def plan_touch(brand_id: int) -> Response:
    """Plan the next touch."""
    tried = inputs.attempt(PlanForm())
    if tried.values is None:
        return _page(brand_id, "plan", tried.given, tried.errors)
    try:
        touches.plan(identity.tools(), brand_id=brand_id, **tried.values)
    except Invalid as no:
        return _page(brand_id, "plan", tried.given, _wrong(no))
    return _back(brand_id, _("The touch is planned. The brand sees the day."))


@door.post("/brands/<int:brand_id>/relation/note")
@operator
def note_touch(brand_id: int) -> Response:
    """Write down a touch that nobody planned."""
    tried = inputs.attempt(NoteForm())
    if tried.values is None:
        return _page(brand_id, "note", tried.given, tried.errors)
    try:
        touches.note(identity.tools(), brand_id=brand_id, **tried.values)
    except Invalid as no:
        return _page(brand_id, "note", tried.given, _wrong(no))
    return _back(brand_id, _("The touch is noted. The brand reads what was agreed."))


@door.get("/brands/<int:brand_id>/relation/touches/<int:touch_id>")
@operator
def touch(brand_id: int, touch_id: int) -> Response:
    """A planned touch: say what became of it."""
    return _touch(brand_id, touch_id, {}, {})


@door.post("/brands/<int:brand_id>/relation/touches/<int:touch_id>/done")
@operator
def touch_done(brand_id: int, touch_id: int) -> Response:
    """It happened."""
    _planned(relations.look(identity.tools(), brand_id=brand_id), touch_id)
    tried = inputs.attempt(DoneForm())
    if tried.values is None:
        return _touch(brand_id, touch_id, tried.given, tried.errors)
    try:
        touches.done(identity.tools(), touch_id=touch_id, **tried.values)
    except Invalid as no:
        return _touch(brand_id, touch_id, tried.given, _wrong(no))
    return _back(brand_id, _("The touch is noted. The brand reads what was agreed."))


@door.post("/brands/<int:brand_id>/relation/touches/<int:touch_id>/drop")
@operator
def touch_dropped(brand_id: int, touch_id: int) -> Response:
    """It will not happen."""
    _planned(relations.look(identity.tools(), brand_id=brand_id), touch_id)
    touches.drop(identity.tools(), touch_id=touch_id)
    return _back(brand_id, _("The touch is dropped."))


def _page(
    brand_id: int,
    of: str = "",
    given: dict[str, str] | None = None,
    wrong: dict[str, list[str]] | None = None,
) -> Response:
    """The page; ``of`` says which of its forms was ``given`` and is ``wrong``."""
    found = relations.look(identity.tools(), brand_id=brand_id)
    for sale in found.sales:
        seen(Thing.FIGURES, sale.sale_id)
    return pages.render(
        "admin/relation.html",
        status=HTTPStatus.UNPROCESSABLE_ENTITY if wrong else HTTPStatus.OK,
        relation=found,
        kinds=SUBJECTS,
        words=relating,
        side="admin",
        touch_kinds=[(str(kind), str(label)) for kind, label in relating.TOUCHES.items()],
        calendar=closures.of_brand(identity.tools(), brand_id=brand_id),
        planning={"given": given or {}, "errors": wrong or {}} if of == "plan" else _NOTHING,
        noting={"given": given or {}, "errors": wrong or {}} if of == "note" else _NOTHING,
        words_max=WORDS_LENGTH_MAX,
    )


_NOTHING: dict[str, dict[str, object]] = {"given": {}, "errors": {}}


def _touch(
    brand_id: int, touch_id: int, given: dict[str, str], wrong: dict[str, list[str]]
) -> Response:
    found = relations.look(identity.tools(), brand_id=brand_id)
    return pages.render(
        "admin/touch.html",
        status=HTTPStatus.UNPROCESSABLE_ENTITY if wrong else HTTPStatus.OK,
        relation=found,
        touch=_planned(found, touch_id),
        words=relating,
        given=given,
        errors=wrong,
        words_max=WORDS_LENGTH_MAX,
    )


def _planned(found: Relation, touch_id: int) -> TouchLine:
    line = next((each for each in found.planned if each.touch_id == touch_id), None)
    if line is None:
        raise NotFound
    return line


def _wrong(no: Invalid) -> dict[str, list[str]]:
    return {str(no.facts["field"]): [errors.sentence(no)]}


def _back(brand_id: int, notice: str) -> Response:
    return pages.go("admin.relation", brand_id=brand_id, notice=notice)
