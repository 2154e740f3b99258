"""Refunds at the operators' desk: what one would do is shown before it is done; what failed waits for a person."""

from __future__ import annotations

from typing import TYPE_CHECKING

from marketplace.admin import door
from marketplace.admin.frame import ReasonForm
from marketplace.domain.orders import RefundNotFailed, RefundTooLarge
from marketplace.domain.refunds import Bearer
from marketplace.domain.refusals import Invalid
from marketplace.queries import order_desk, order_troubles, refund_effects
from marketplace.services import orders, payments
from marketplace.services.orders import RefundLine
from marketplace.web import errors, fields, identity, inputs, pages
from marketplace.web.access import operator
from marketplace.words import _, ordering

if TYPE_CHECKING:
    from typing import Any

    from flask import Response

    from marketplace.queries.desk_orders import Desk

UNITS_MAX = 1_000


class UnitsForm(inputs.Schema):
    """How many units of one line go back."""

    units = fields.Whole(max=UNITS_MAX, load_default=0)


class RefundForm(inputs.Schema):
    """What goes back: lines by their own fields, and shipping; and whose loss it is, once the order is packed."""

    shipping = fields.Tick()
    borne_by = fields.Choice(Bearer, load_default=None, allow_none=True)


class ConfirmForm(ReasonForm):
    """The same, with its reason."""

    shipping = fields.Tick()
    borne_by = fields.Choice(Bearer, load_default=None, allow_none=True)


@door.get("/orders/<ref>/refund")
@operator
def refunding(ref: str) -> Response:
    """Choose what goes back."""
    return _choosing(ref, {}, {})


@door.post("/orders/<ref>/refund")
@operator
def refund_effects_shown(ref: str) -> Response:
    """What it would do, to be confirmed with a reason."""
    asked = inputs.attempt(RefundForm(), groups={"line": UnitsForm()})
    if asked.values is None:
        return _choosing(ref, asked.given, asked.errors)
    if _nobodys(order_desk.one(identity.tools(), ref=ref), asked.values):
        return _choosing(ref, asked.given, _unborne())
    return _effects(ref, asked.values, asked.given, {})


@door.post("/orders/<ref>/refund/confirm")
@operator
def refund(ref: str) -> Response:
    """Ask for it."""
    asked = inputs.attempt(ConfirmForm(), groups={"line": UnitsForm()})
    if asked.values is None:
        again = inputs.attempt(_Again(), groups={"line": UnitsForm()})
        if again.values is None:
            raise inputs.Rejected(asked.errors)
        return _effects(ref, again.values, asked.given, asked.errors)
    found = order_desk.one(identity.tools(), ref=ref)
    try:
        orders.refund(
            identity.tools(),
            order_id=found.order_id,
            parts=[RefundLine(line, units) for line, units in _units(asked.values).items()],
            shipping=asked.values["shipping"],
            reason=asked.values["reason"],
            bearer=asked.values["borne_by"],
        )
    except RefundTooLarge as no:
        return _choosing(ref, asked.given, {"_schema": [errors.sentence(no)]})
    except Invalid:
        return _choosing(ref, asked.given, _unborne())
    return pages.go("admin.order", ref=ref, notice=_("The refund is asked for and will be sent."))


class _Again(inputs.Schema):
    """The confirmation without its reason, to be shown again."""

    shipping = fields.Tick()
    borne_by = fields.Choice(Bearer, load_default=None, allow_none=True)
    reason = fields.Trimmed(load_default="", lines=True, max=100_000)


@door.get("/orders/troubles")
@operator
def order_troubles_shown() -> Response:
    """Payments that need a person, and goods that are expected back."""
    return pages.render("admin/order_troubles.html", found=order_troubles.now(identity.tools()))


@door.post("/orders/troubles/refunds/<int:refund_id>")
@operator
def send_refund_again(refund_id: int) -> Response:
    """Send a refund that failed once more; a second press is told that it is on its way."""
    reason = inputs.form(ReasonForm())["reason"]
    try:
        payments.send_again(identity.tools(), refund_id=refund_id, reason=reason)
    except RefundNotFailed as no:
        return pages.go("admin.order_troubles_shown", notice=errors.sentence(no), kind="info")
    return pages.go("admin.order_troubles_shown", notice=_("The refund is sent once more."))


@door.post("/orders/troubles/payments/<int:event_id>")
@operator
def explain_payment(event_id: int) -> Response:
    """Note what somebody found out."""
    reason = inputs.form(ReasonForm())["reason"]
    payments.explain(identity.tools(), event_id=event_id, reason=reason)
    return pages.go("admin.order_troubles_shown", notice=_("Noted, with your name and the time."))


def _choosing(ref: str, given: dict[str, str], wrong: dict[str, list[str]]) -> Response:
    found = order_desk.one(identity.tools(), ref=ref)
    if not found.refundable:
        nothing = _("Nothing of this order is left to refund.")
        return pages.go("admin.order", ref=ref, notice=nothing, kind="info")
    status = 422 if wrong else 200
    return pages.render(
        "admin/refund.html",
        status=status,
        order=found,
        given=given,
        errors=wrong,
        bearers=ordering.BEARERS.items(),
    )


def _effects(
    ref: str, values: dict[str, Any], given: dict[str, str], wrong: dict[str, list[str]]
) -> Response:
    units = _units(values)
    try:
        effects = refund_effects.of(
            identity.tools(),
            ref=ref,
            units=units,
            shipping=values["shipping"],
            bearer=values["borne_by"] or Bearer.BRAND,
        )
    except RefundTooLarge as no:
        said = errors.sentence(no) if units else _("Choose at least one unit, or the shipping.")
        return _choosing(ref, given, {"_schema": [said]})
    found = order_desk.one(identity.tools(), ref=ref)
    return pages.render(
        "admin/refund_effects.html",
        status=422 if wrong else 200,
        order=found,
        lines={line.line_id: line for line in found.lines},
        effects=effects,
        shipping=values["shipping"],
        borne_by=values["borne_by"],
        bearers=ordering.BEARERS,
        given=given,
        errors=wrong,
    )


def _unborne() -> dict[str, list[str]]:
    return {"borne_by": [_("Say whose loss it is.")]}


def _nobodys(found: Desk, values: dict[str, Any]) -> bool:
    """Whether packed units would be given back without a word about whose loss they are."""
    return found.packed_at is not None and bool(_units(values)) and values["borne_by"] is None


def _units(values: dict[str, Any]) -> dict[int, int]:
    return {line: row["units"] for line, row in values["line"].items() if row["units"]}
