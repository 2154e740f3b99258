"""One style: what is known of it, what it lacks, its photographs, its colours by sizes."""

from __future__ import annotations

from http import HTTPStatus
from typing import TYPE_CHECKING, Any

from marketplace.domain.catalogue import WRITTEN, Fact, FactRefused
from marketplace.domain.imports.conditions import Condition
from marketplace.queries import styles as asked
from marketplace.services import catalogue
from marketplace.web import errors, fields, identity, inputs, pages
from marketplace.web.access import brand
from marketplace.words import _, countries, importing
from supplier_portal import door, frame

if TYPE_CHECKING:
    from flask import Response

    from marketplace.queries.styles import StylePage

DESCRIPTION_LENGTH_MAX = 8_000
DEFECTS_LENGTH_MAX = 1_000


class FactsForm(inputs.Schema):
    """Facts as a person states them; those left blank stay as they are."""

    name = fields.Trimmed(max=200, load_default="")
    description = fields.Trimmed(max=DESCRIPTION_LENGTH_MAX, lines=True, load_default="")
    composition = fields.Trimmed(max=1_000, lines=True, load_default="")
    condition = fields.Trimmed(max=40, load_default="")
    defects = fields.Trimmed(max=DEFECTS_LENGTH_MAX, load_default=None)
    manufacturer = fields.Trimmed(max=1_000, lines=True, load_default="")
    origin = fields.Trimmed(max=80, load_default="")
    not_textile = fields.Tick()


@door.get("/styles/<int:style_id>")
@brand()
def style(style_id: int) -> Response:
    """The style."""
    found = asked.one(identity.tools(), style_id=style_id)
    given = {
        "name": found.name,
        "description": found.description,
        "composition": found.composition,
        "condition": found.condition,
        "defects": found.defects,
        "manufacturer": found.manufacturer,
        "origin": countries.name(found.origin) if found.origin else "",
        "not_textile": "1" if found.not_textile else "",
    }
    return _page(found, given, {})


@door.post("/styles/<int:style_id>")
@brand(*frame.WRITERS)
def complete_style(style_id: int) -> Response:
    """State facts about it."""
    tried = inputs.attempt(FactsForm())
    wrong = dict(tried.errors)
    if tried.values is not None:
        said: dict[Fact, str] = {
            fact: tried.values[str(fact)] for fact in WRITTEN if tried.values[str(fact)].strip()
        }
        wrong = _complete(style_id, said, tried.values)
        if not wrong:
            return pages.go("brand.style", style_id=style_id, notice=_("Kept."))
    return _page(asked.one(identity.tools(), style_id=style_id), tried.given, wrong)


def _complete(style_id: int, said: dict[Fact, str], values: dict[str, Any]) -> dict[str, list[str]]:
    try:
        catalogue.complete(
            identity.tools(),
            style_id=style_id,
            facts=said,
            not_textile=values["not_textile"],
            defects=values["defects"],
        )
    except FactRefused as no:
        return {str(no.facts["field"]): [errors.sentence(no)]}
    return {}


def _page(found: StylePage, given: dict[str, str], wrong: dict[str, list[str]]) -> Response:
    return pages.render(
        "brand/style.html",
        status=HTTPStatus.UNPROCESSABLE_ENTITY if wrong else HTTPStatus.OK,
        style=found,
        given=given,
        errors=wrong,
        facts=importing.FACTS,
        kinds=importing.EVIDENCE,
        conditions=[(str(each), str(importing.CONDITIONS[each])) for each in Condition],
        may_write=frame.may_write(),
    )
