"""What the house orders after a conditional sale: read, confirmed and taken along by the brand."""

from __future__ import annotations

from http import HTTPStatus
from typing import TYPE_CHECKING

from flask import url_for

from marketplace.domain.purchases import (
    NOTE_LENGTH_MAX,
    MoreThanOrdered,
    PurchaseState,
    ShipDayRefused,
)
from marketplace.queries import purchases as asked
from marketplace.services import purchases
from marketplace.toolbox import Sheet
from marketplace.web import documents, errors, fields, figures, identity, inputs, pages
from marketplace.web.access import accepts, brand
from marketplace.words import _, buying, ngettext
from supplier_portal import door, frame

if TYPE_CHECKING:
    from flask import Response

    from marketplace.queries.purchases import Line, Opened

BODY_BYTES_MAX = 512 * 1024


class LineForm(inputs.Schema):
    """How many units of one piece will come."""

    units = fields.Whole(required=True, min=0)


class ConfirmForm(inputs.Schema):
    """When the goods leave, and a word about them."""

    ships_on = fields.Day(required=True)
    note = fields.Trimmed(max=NOTE_LENGTH_MAX, load_default="", lines=True)


@door.get("/orders")
@brand()
def purchases_() -> Response:
    """The orders that followed the brand's sales."""
    found = asked.listed(identity.tools(), page=inputs.query(frame.PageQuery())["page"])
    return pages.render("brand/purchases.html", found=found, states=buying.STATES)


@door.get("/orders/<order_ref>")
@brand()
def purchase(order_ref: str) -> Response:
    """One order and what became of it; while it waits, with the form that confirms it."""
    found = asked.one(identity.tools(), ref=order_ref)
    given = {
        f"line.{line.line_id}.units": str(
            line.ordered if line.confirmed is None else line.confirmed
        )
        for line in found.lines
    }
    given["ships_on"] = (found.order.ships_on or found.order.ships_by).isoformat()
    given["note"] = found.order.note
    return _page(found, given, {})


@door.post("/orders/<order_ref>")
@brand(*frame.SIGNERS)
@accepts(bytes_max=BODY_BYTES_MAX)
def confirm_purchase(order_ref: str) -> Response:
    """Confirm it."""
    found = asked.one(identity.tools(), ref=order_ref)
    tried = inputs.attempt(ConfirmForm(), groups={"line": LineForm()})
    if tried.values is None:
        return _page(found, tried.given, tried.errors)
    units = {number: line["units"] for number, line in tried.values["line"].items()}
    try:
        short = purchases.confirm(
            identity.tools(),
            ref=order_ref,
            units=units,
            ships_on=tried.values["ships_on"],
            note=tried.values["note"],
        )
    except (MoreThanOrdered, ShipDayRefused) as no:
        return _page(found, tried.given, {_field(found, no): [errors.sentence(no)]})
    notice = _("The order is confirmed in full.")
    if short:
        notice = ngettext(
            "The order is confirmed; %(num)s unit will be missing.",
            "The order is confirmed; %(num)s units will be missing.",
            short,
        )
    return pages.go("brand.purchase", order_ref=order_ref, notice=notice)


@door.get("/orders/<order_ref>/file")
@brand()
def purchase_file(order_ref: str) -> Response:
    """The order as a workbook."""
    tools = identity.tools()
    found = asked.one(tools, ref=order_ref)
    top = [str(name) for name in buying.COLUMNS]
    rows = [_row(line) for line in found.lines]
    content = tools.spreadsheets.xlsx_bytes([Sheet(found.order.ref, top, rows)])
    return documents.written(f"{found.order.ref}.xlsx", content, figures.MEDIA["xlsx"])


def _row(line: Line) -> list[str]:
    confirmed = "" if line.confirmed is None else str(line.confirmed)
    words = [line.sku, line.gtin, line.code, line.style, line.colour, line.size]
    return [*words, str(line.ordered), confirmed, str(line.count.accepted)]


def _field(found: Opened, no: MoreThanOrdered | ShipDayRefused) -> str:
    if isinstance(no, ShipDayRefused):
        return "ships_on"
    line = next(line for line in found.lines if line.sku == no.facts["sku"])
    return f"line.{line.line_id}.units"


def _page(found: Opened, given: dict[str, str], wrong: dict[str, list[str]]) -> Response:
    order = found.order
    awaited = order.state is not PurchaseState.CLOSED and not order.received
    return pages.render(
        "brand/purchase.html",
        status=HTTPStatus.UNPROCESSABLE_ENTITY if wrong else HTTPStatus.OK,
        found=found,
        order=order,
        states=buying.STATES,
        may_confirm=awaited and frame.may_sign(),
        given=given,
        errors=wrong,
        labels={"ships_on": _("Leaves on"), "note": _("A word about it")},
        action=url_for("brand.confirm_purchase", order_ref=order.ref),
    )
