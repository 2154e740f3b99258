"""The list that every brand is asked before it begins: its items, written and ordered by people of the house."""

from __future__ import annotations

from http import HTTPStatus
from typing import TYPE_CHECKING, Any

from flask import url_for

from marketplace.admin import door
from marketplace.domain.brands.checklist import (
    ASKS_LENGTH_MAX,
    ITEMS_MAX,
    TITLE_LENGTH_MAX,
    Gate,
    ItemKind,
    ListFull,
)
from marketplace.domain.brands.kyb import Part
from marketplace.domain.refusals import Invalid
from marketplace.queries import joining_desk
from marketplace.services import brands
from marketplace.services.brands.lists import Item
from marketplace.web import errors, fields, identity, inputs, pages
from marketplace.web.access import operator
from marketplace.words import LOCALES, _, joining

if TYPE_CHECKING:
    from flask import Response


class ItemForm(inputs.Schema):
    """One item, in every language that the house speaks."""

    kind = fields.Choice(ItemKind, required=True)
    part = fields.Choice(Part, load_default=None)
    gate = fields.Choice(Gate, required=True)
    position = fields.Whole(required=True, min=1, max=ITEMS_MAX)
    title_en = fields.Trimmed(required=True, max=TITLE_LENGTH_MAX)
    title_fr = fields.Trimmed(required=True, max=TITLE_LENGTH_MAX)
    asks_en = fields.Trimmed(required=True, max=ASKS_LENGTH_MAX)
    asks_fr = fields.Trimmed(required=True, max=ASKS_LENGTH_MAX)
    active = fields.Tick()


@door.get("/checklist")
@operator
def checklist() -> Response:
    """The whole list."""
    return pages.render(
        "admin/checklist.html",
        items=joining_desk.checklist(identity.tools()),
        kinds=joining.KINDS,
        gates=joining.GATES,
        chosen=joining.chosen,
    )


@door.get("/checklist/new")
@operator
def new_item() -> Response:
    """One thing more to ask for."""
    last = len(joining_desk.checklist(identity.tools()))
    begun = {"kind": "upload", "gate": "submission", "position": str(last + 1), "active": "1"}
    return _form(None, begun, {})


@door.post("/checklist/new")
@operator
def add_item() -> Response:
    """Ask for it."""
    asked = inputs.attempt(ItemForm())
    if asked.values is None:
        return _form(None, asked.given, asked.errors)
    try:
        brands.add_item(identity.tools(), item=_item(asked.values))
    except Invalid:
        wrong = [_("Say which part of the file is asked for, and only for a part of the file.")]
        return _form(None, asked.given, {"part": wrong})
    except ListFull as no:
        return _form(None, asked.given, {"_schema": [errors.sentence(no)]})
    return pages.go("admin.checklist", notice=_("From now on every brand that joins is asked."))


@door.get("/checklist/<int:item_id>")
@operator
def item(item_id: int) -> Response:
    """One item as it is asked for now."""
    found = joining_desk.item(identity.tools(), item_id=item_id)
    stored: dict[str, Any] = {
        "kind": found.kind,
        "part": found.part or "",
        "gate": found.gate,
        "position": found.position,
        "active": "1" if found.active else "",
    }
    for tag in LOCALES:
        stored[f"title_{tag}"] = found.titles.get(tag, "")
        stored[f"asks_{tag}"] = found.asks.get(tag, "")
    return _form(item_id, stored, {})


@door.post("/checklist/<int:item_id>")
@operator
def change_item(item_id: int) -> Response:
    """Ask for it in other words, at another place, or no more."""
    joining_desk.item(identity.tools(), item_id=item_id)
    asked = inputs.attempt(ItemForm())
    if asked.values is None:
        return _form(item_id, asked.given, asked.errors)
    brands.change_item(identity.tools(), item_id=item_id, item=_item(asked.values))
    return pages.go("admin.checklist", notice=_("Saved."))


def _item(values: dict[str, Any]) -> Item:
    return Item(
        kind=values["kind"],
        gate=values["gate"],
        part=values["part"],
        titles={tag: values[f"title_{tag}"] for tag in LOCALES},
        asks={tag: values[f"asks_{tag}"] for tag in LOCALES},
        position=values["position"],
        active=values["active"],
    )


def _form(item_id: int | None, given: dict[str, Any], wrong: dict[str, list[str]]) -> Response:
    action = (
        url_for("admin.add_item")
        if item_id is None
        else url_for("admin.change_item", item_id=item_id)
    )
    return pages.render(
        "admin/checklist_item.html",
        status=HTTPStatus.UNPROCESSABLE_ENTITY if wrong else HTTPStatus.OK,
        action=action,
        fresh=item_id is None,
        given=given,
        errors=wrong,
        kinds=[(str(kind), str(label)) for kind, label in joining.KINDS.items()],
        gates=[(str(gate), str(label)) for gate, label in joining.GATES.items()],
        parts=[(str(part), str(label)) for part, label in joining.PARTS.items()],
    )
