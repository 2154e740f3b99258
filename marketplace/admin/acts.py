"""Acts that members feel: each shows its effects on a page of its own, asks for a reason, and is done once more."""

from __future__ import annotations

from dataclasses import dataclass
from http import HTTPStatus
from typing import TYPE_CHECKING, Any

from flask import url_for

from marketplace.admin import door
from marketplace.admin.frame import ReasonForm
from marketplace.admin.plans import folds_of
from marketplace.domain.refusals import NotFound, Refusal
from marketplace.domain.sales import Act
from marketplace.queries import live_board, sale_desk
from marketplace.services import sales
from marketplace.web import errors, fields, identity, inputs, pages
from marketplace.web.access import operator
from marketplace.words import _, lazy

if TYPE_CHECKING:
    from collections.abc import Callable

    from flask import Response

    from marketplace.words import Lazy


class ExtendForm(ReasonForm):
    """A later closing."""

    closes_wall = fields.WallTime(required=True)
    closes_fold = fields.Whole(max=1, load_default=None)


class UnitsForm(ReasonForm):
    """More units."""

    units = fields.Whole(required=True, min=1)


@dataclass(frozen=True, slots=True)
class Deed:
    """An act in words, and the service that does it."""

    title: Lazy
    label: Lazy
    done: Lazy
    act: Callable[..., None]
    form: type[inputs.Schema] = ReasonForm
    danger: bool = False


DEEDS: dict[Act, Deed] = {
    Act.UNSCHEDULE: Deed(
        lazy("Take the sale back to a draft"),
        lazy("Take it back"),
        lazy("The sale is a draft again."),
        sales.unschedule,
    ),
    Act.PAUSE: Deed(
        lazy("Pause the sale"),
        lazy("Pause the sale"),
        lazy("The sale is paused."),
        sales.pause,
        danger=True,
    ),
    Act.RESUME: Deed(
        lazy("Resume the sale"),
        lazy("Resume the sale"),
        lazy("The sale takes holds again."),
        sales.resume,
    ),
    Act.END: Deed(
        lazy("End the sale now"),
        lazy("End it now"),
        lazy("The sale is closed."),
        sales.end_now,
        danger=True,
    ),
    Act.EXTEND: Deed(
        lazy("Extend the sale"),
        lazy("Extend it"),
        lazy("The sale closes later."),
        sales.extend,
        ExtendForm,
    ),
    Act.CANCEL: Deed(
        lazy("Cancel the sale"),
        lazy("Cancel the sale"),
        lazy("The sale is cancelled."),
        sales.cancel,
        danger=True,
    ),
}
ITEM_DEEDS: dict[Act, Deed] = {
    Act.STOP_ITEM: Deed(
        lazy("Stop this item"),
        lazy("Stop it"),
        lazy("The item is stopped."),
        sales.stop_item,
        danger=True,
    ),
    Act.RESUME_ITEM: Deed(
        lazy("Resume this item"),
        lazy("Resume it"),
        lazy("The item takes holds again."),
        sales.resume_item,
    ),
    Act.ADD_UNITS: Deed(
        lazy("Add units to this item"),
        lazy("Add them"),
        lazy("The units are in the sale."),
        sales.add_units,
        UnitsForm,
    ),
}


@door.get("/sales/<ref>/acts/<act>")
@operator
def sale_act(ref: str, act: str) -> Response:
    """What the act would do, and the box for its reason."""
    return _ask(ref, _known(DEEDS, act), {}, {})


@door.post("/sales/<ref>/acts/<act>")
@operator
def do_sale_act(ref: str, act: str) -> Response:
    """Do it."""
    known = _known(DEEDS, act)
    asked = inputs.attempt(DEEDS[known].form())
    if asked.values is None:
        return _ask(ref, known, asked.given, asked.errors)
    values = dict(asked.values)
    if known is Act.EXTEND:
        values["fold"] = values.pop("closes_fold")
    try:
        DEEDS[known].act(identity.tools(), ref=ref, **values)
    except Refusal as no:
        field = "closes_wall" if known is Act.EXTEND else "_schema"
        return _ask(ref, known, asked.given, {field: [errors.sentence(no)]})
    return pages.go(_back(known), ref=ref, notice=str(DEEDS[known].done))


@door.get("/sales/<ref>/items/<int:item_id>/<act>")
@operator
def item_act(ref: str, item_id: int, act: str) -> Response:
    """The same for one item."""
    return _ask_item(ref, item_id, _known(ITEM_DEEDS, act), {}, {})


@door.post("/sales/<ref>/items/<int:item_id>/<act>")
@operator
def do_item_act(ref: str, item_id: int, act: str) -> Response:
    """Do it to the item."""
    known = _known(ITEM_DEEDS, act)
    asked = inputs.attempt(ITEM_DEEDS[known].form())
    if asked.values is None:
        return _ask_item(ref, item_id, known, asked.given, asked.errors)
    try:
        ITEM_DEEDS[known].act(identity.tools(), ref=ref, item_id=item_id, **asked.values)
    except Refusal as no:
        field = "units" if known is Act.ADD_UNITS else "_schema"
        return _ask_item(ref, item_id, known, asked.given, {field: [errors.sentence(no)]})
    return pages.go("admin.board", ref=ref, notice=str(ITEM_DEEDS[known].done))


@door.get("/sales/<ref>/holds/<int:hold_id>/release")
@operator
def release_hold(ref: str, hold_id: int) -> Response:
    """Ask once more before a member's hold is given back."""
    return _ask_hold(ref, hold_id, {}, {})


@door.post("/sales/<ref>/holds/<int:hold_id>/release")
@operator
def do_release_hold(ref: str, hold_id: int) -> Response:
    """Give it back."""
    asked = inputs.attempt(ReasonForm())
    if asked.values is None:
        return _ask_hold(ref, hold_id, asked.given, asked.errors)
    sales.release_hold(identity.tools(), ref=ref, hold_id=hold_id, **asked.values)
    return pages.go("admin.board", ref=ref, notice=_("The units are free again."))


def _known(deeds: dict[Act, Deed], name: str) -> Act:
    found = next((act for act in deeds if act == name), None)
    if found is None:
        raise NotFound
    return found


def _back(act: Act) -> str:
    return "admin.sale" if act in {Act.UNSCHEDULE, Act.CANCEL} else "admin.board"


def _ask(ref: str, act: Act, given: dict[str, str], wrong: dict[str, list[str]]) -> Response:
    planned = sale_desk.of_sale(identity.tools(), ref=ref)
    closing = {"closes_wall": fields.wall_text(planned.closes_wall), "zone": planned.zone}
    return _page(
        "admin/act.html",
        wrong,
        deed=DEEDS[act],
        act=act,
        sale=planned,
        allowed=act in planned.acts,
        totals=live_board.of_sale(identity.tools(), ref=ref).totals,
        given=closing | given,
        folds=folds_of(closing | given),
        action=url_for("admin.do_sale_act", ref=ref, act=act),
        back=url_for("admin.sale", ref=ref),
    )


def _ask_item(
    ref: str, item_id: int, act: Act, given: dict[str, str], wrong: dict[str, list[str]]
) -> Response:
    planned = sale_desk.of_sale(identity.tools(), ref=ref)
    return _page(
        "admin/item_act.html",
        wrong,
        deed=ITEM_DEEDS[act],
        act=act,
        sale=planned,
        item=live_board.item(identity.tools(), ref=ref, item_id=item_id),
        given=given,
        action=url_for("admin.do_item_act", ref=ref, item_id=item_id, act=act),
        back=url_for("admin.board", ref=ref),
    )


def _ask_hold(
    ref: str, hold_id: int, given: dict[str, str], wrong: dict[str, list[str]]
) -> Response:
    planned = sale_desk.of_sale(identity.tools(), ref=ref)
    return _page(
        "admin/hold_release.html",
        wrong,
        sale=planned,
        hold=live_board.hold(identity.tools(), ref=ref, hold_id=hold_id),
        given=given,
        action=url_for("admin.do_release_hold", ref=ref, hold_id=hold_id),
        back=url_for("admin.board", ref=ref),
    )


def _page(template: str, wrong: dict[str, list[str]], **context: Any) -> Response:  # noqa: ANN401 - what a template is given
    status = HTTPStatus.UNPROCESSABLE_ENTITY if wrong else HTTPStatus.OK
    return pages.render(template, status=status, errors=wrong, **context)
