"""Orders at the operators' desk: found, packed, shipped, delivered, taken back."""

from __future__ import annotations

from typing import TYPE_CHECKING

from flask import url_for

from marketplace.admin import door
from marketplace.admin import slips as slips_of
from marketplace.admin.frame import PageQuery
from marketplace.domain.conversations import Subject
from marketplace.domain.lifecycle import IllegalMove
from marketplace.domain.orders import NotTaken, OrderState, RefundState, RefundTooLarge
from marketplace.domain.reasons import REASON_LENGTH_MAX, ReasonMissing
from marketplace.domain.refusals import Invalid, NotFound
from marketplace.queries import order_desk, order_troubles
from marketplace.services import orders as services
from marketplace.web import errors, fields, identity, inputs, pages, talking
from marketplace.web.access import operator
from marketplace.words import _, countries, lazy, ordering

if TYPE_CHECKING:
    from collections.abc import Callable

    from flask import Response

    from marketplace.queries.desk_orders import Desk

TRACKING_LENGTH_MAX = 200
REF_LENGTH_MAX = 80

STATES = ordering.ORDER_STATES | {OrderState.AWAITING_PAYMENT: lazy("Waiting for payment")}


REFUNDS = ordering.REFUND_STATES | {
    RefundState.SENT: lazy("On its way to the member's bank"),
    RefundState.FAILED: lazy("Failed"),
}


class OrdersQuery(PageQuery):
    """Which orders to list."""

    state = fields.Choice(OrderState, load_default=None)
    sale = fields.Trimmed(max=REF_LENGTH_MAX, load_default="")
    search = fields.Trimmed(max=REF_LENGTH_MAX, load_default="")


class ShipForm(inputs.Schema):
    """Who carries the parcel, under which number."""

    carrier = fields.Trimmed(required=True, max=TRACKING_LENGTH_MAX)
    tracking = fields.Trimmed(required=True, max=TRACKING_LENGTH_MAX)


class PartForm(inputs.Schema):
    """One line of what came back: units taken, units not taken and why."""

    taken = fields.Whole(load_default=0)
    refused = fields.Whole(load_default=0)
    reason = fields.Trimmed(max=REASON_LENGTH_MAX, load_default="")


class Nothing(inputs.Schema):
    """A button alone."""


@door.get("/orders")
@operator
def orders() -> Response:
    """The list, newest first."""
    asked = inputs.query(OrdersQuery())
    found = order_desk.listed(
        identity.tools(),
        state=asked["state"],
        sale_ref=asked["sale"],
        search=asked["search"],
        page=asked["page"],
    )
    return pages.render(
        "admin/orders.html",
        found=found,
        asked=asked,
        states=STATES,
        troubles=order_troubles.now(identity.tools()),
    )


@door.get("/orders/picking/<sale_ref>")
@operator
def picking(sale_ref: str) -> Response:
    """What is to be taken from the shelf for one sale, and what goes into which parcel."""
    found = order_desk.pick_list(identity.tools(), sale_ref=sale_ref)
    return pages.render("admin/picking.html", found=found)


@door.get("/orders/picking/<sale_ref>/slips")
@operator
def slips(sale_ref: str) -> Response:
    """A packing slip for each parcel on the list, one to a sheet."""
    paper = url_for("admin.slips_printed", sale_ref=sale_ref)
    return slips_of.shown(_parcels(sale_ref), paper)


@door.get("/orders/picking/<sale_ref>/slips.pdf")
@operator
def slips_printed(sale_ref: str) -> Response:
    """The same, as a document to print."""
    return slips_of.printed(_parcels(sale_ref))


def _parcels(sale_ref: str) -> tuple[Desk, ...]:
    found = order_desk.pick_list(identity.tools(), sale_ref=sale_ref)
    refs = tuple(parcel.ref for parcel in found.parcels)
    return order_desk.parcels(identity.tools(), refs=refs)


@door.get("/orders/<ref>")
@operator
def order(ref: str) -> Response:
    """One order, with everything that can be done to it."""
    return _page(order_desk.one(identity.tools(), ref=ref), {}, {})


@door.get("/orders/<ref>/slip")
@operator
def slip(ref: str) -> Response:
    """What lies in the parcel, for whoever opens it: no prices, and nothing about the house but its name."""
    parcel = order_desk.one(identity.tools(), ref=ref)
    return slips_of.shown((parcel,), url_for("admin.slip_printed", ref=ref))


@door.get("/orders/<ref>/slip.pdf")
@operator
def slip_printed(ref: str) -> Response:
    """The same, as a document to print."""
    return slips_of.printed((order_desk.one(identity.tools(), ref=ref),))


@door.post("/orders/<ref>/pack")
@operator
def pack(ref: str) -> Response:
    """The parcel is packed."""
    inputs.form(Nothing())
    return _moved(ref, services.pack, _("The parcel is packed."))


@door.post("/orders/<ref>/ship")
@operator
def ship(ref: str) -> Response:
    """The parcel has left."""
    asked = inputs.attempt(ShipForm())
    found = order_desk.one(identity.tools(), ref=ref)
    if asked.values is None:
        return _page(found, asked.given, asked.errors)
    try:
        services.ship(identity.tools(), order_id=found.order_id, **asked.values)
    except IllegalMove as no:
        return pages.go("admin.order", ref=ref, notice=errors.sentence(no), kind="info")
    said = _("The parcel is on its way, and the member is told.")
    return pages.go("admin.order", ref=ref, notice=said)


@door.post("/orders/<ref>/deliver")
@operator
def deliver(ref: str) -> Response:
    """The parcel has arrived."""
    inputs.form(Nothing())
    said = _("Delivered. The member's fourteen days have begun.")
    return _moved(ref, services.deliver, said)


@door.post("/orders/<ref>/returns/<int:withdrawal_id>")
@operator
def receive_return(ref: str, withdrawal_id: int) -> Response:
    """The goods of a withdrawal are back; the money follows by itself."""
    inputs.form(Nothing())
    found = order_desk.one(identity.tools(), ref=ref)
    if withdrawal_id not in {each.withdrawal_id for each in found.returns}:
        raise NotFound
    refund_id = services.receive_return(identity.tools(), withdrawal_id=withdrawal_id)
    said = (
        _("The goods are back. The refund is on its way.")
        if refund_id is not None
        else _("The goods are back. All of it had been refunded before.")
    )
    return pages.go("admin.order", ref=ref, notice=said)


@door.post("/orders/<ref>/returns/<int:withdrawal_id>/part")
@operator
def receive_part(ref: str, withdrawal_id: int) -> Response:
    """Only a part of the goods is back, or some of it cannot be taken."""
    tried = inputs.attempt(Nothing(), groups={"part": PartForm()})
    found = order_desk.one(identity.tools(), ref=ref)
    if withdrawal_id not in {each.withdrawal_id for each in found.returns}:
        raise NotFound
    if tried.values is None:
        return _page(found, tried.given, {}, part=(withdrawal_id, tried.errors))
    parts = tried.values["part"]
    try:
        refund_id = services.receive_part(
            identity.tools(),
            withdrawal_id=withdrawal_id,
            taken={line: said["taken"] for line, said in parts.items()},
            refused={
                line: NotTaken(said["refused"], said["reason"]) for line, said in parts.items()
            },
        )
    except (RefundTooLarge, ReasonMissing, Invalid) as no:
        wrong = {"_schema": [errors.sentence(no)]}
        return _page(found, tried.given, {}, part=(withdrawal_id, wrong))
    said = (
        _("This part is back. Its refund is on its way.")
        if refund_id is not None
        else _("This part is back. Nothing of it is refunded.")
    )
    return pages.go("admin.order", ref=ref, notice=said)


@door.post("/orders/<ref>/messages")
@operator
def order_say(ref: str) -> Response:
    """Write to the member about this order."""
    found = order_desk.one(identity.tools(), ref=ref)
    talking.say(Subject.ORDER, found.order_id)
    return pages.go("admin.order", ref=ref, notice=_("Your message is sent."))


def _moved(ref: str, move: Callable[..., None], done: str) -> Response:
    """Move the order; one that is there already, or gone further, is shown as it stands."""
    found = order_desk.one(identity.tools(), ref=ref)
    try:
        move(identity.tools(), order_id=found.order_id)
    except IllegalMove as no:
        return pages.go("admin.order", ref=ref, notice=errors.sentence(no), kind="info")
    return pages.go("admin.order", ref=ref, notice=done)


def _page(
    found: Desk,
    given: dict[str, str],
    wrong: dict[str, list[str]],
    *,
    part: tuple[int, dict[str, list[str]]] | None = None,
) -> Response:
    """The order; ``part`` is the return whose form is shown again, and what is wrong with it."""
    part_of, part_errors = part or (None, {})
    action = url_for("admin.order_say", ref=found.ref)
    return pages.render(
        "admin/order.html",
        status=422 if wrong or part_errors else 200,
        order=found,
        given=given,
        errors=wrong,
        part_of=part_of,
        part_errors=part_errors,
        states=STATES,
        refund_states=REFUNDS,
        bearers=ordering.BEARERS,
        return_reasons=ordering.RETURN_REASONS,
        country=countries.name(found.address.get("country", found.territory)),
        talk=talking.section(Subject.ORDER, found.order_id, action=action),
    )
