"""A member's orders: where each stands, and the ways to change one's mind."""

from __future__ import annotations

import secrets
from contextlib import suppress
from http import HTTPStatus
from typing import TYPE_CHECKING, Any

from flask import redirect
from marshmallow import fields as plain

from marketplace.domain.conversations import Subject
from marketplace.domain.moments import seconds
from marketplace.domain.orders import OrderEnded, OrderState, PaymentTrouble, ReturnReason
from marketplace.domain.refusals import NotFound
from marketplace.queries import orders as known
from marketplace.queries.cards import Coming
from marketplace.services import orders, payments
from marketplace.storefront import door, pay_pages, whose
from marketplace.storefront.turns import on
from marketplace.toolbox import GatewayTrouble
from marketplace.web import access, errors, fields, identity, inputs, pages, talking
from marketplace.words import _, formats, ordering, saved_cards, speaking

if TYPE_CHECKING:
    from flask import Response
    from werkzeug.wrappers import Response as AnyResponse

    from marketplace.queries.orders import OrderLineShown, Shown

KEY_BYTES = 12
PAGE_MAX = 10_000
UNITS_MAX = 100


class Turned(inputs.Schema):
    """Which page of the list."""

    page = inputs.Whole(min=1, max=PAGE_MAX, load_default=1)


class Nothing(inputs.Schema):
    """A button alone."""


class Units(inputs.Schema):
    """How many pieces of one line, and why, where the member cares to say."""

    units = inputs.Whole(min=0, max=UNITS_MAX, load_default=0)
    reason = fields.Choice(ReturnReason, load_default=None)


class Chosen(inputs.Schema):
    """The first of the two steps: which pieces."""


class Confirmed(inputs.Schema):
    """The second of the two steps. ``key`` makes a double press one declaration."""

    key = fields.Trimmed(required=True, max=40)
    confirmed = plain.String(required=True)


@door.get("/orders", endpoint="orders")
@access.member
def orders_list() -> Response:
    """All orders, newest first."""
    page = inputs.query(Turned())["page"]
    found = known.mine(identity.tools(), member_id=whose.member_id(), page=page)
    return pages.render(
        "storefront/orders.html", found=found, page_number=page, words=ordering.ORDER_STATES
    )


@door.get("/orders/<ref>")
@access.member
def order(ref: str) -> Response:
    """One order."""
    return _page(_found(ref))


@door.get("/orders/<ref>/standing")
@access.member
def standing(ref: str) -> AnyResponse:
    """What a page asks again and again that waits for a saved card to be charged; told to go on once it was."""
    found = _found(ref)
    if isinstance(found.standing, Coming):
        return _page(found)
    return on(pages.go("storefront.order", ref=ref))


@door.get("/orders/<ref>/paid")
@access.member
def paid(ref: str) -> Response:
    """Back from the pay page: nothing in the address is believed; the payment service is asked."""
    found = _found(ref)
    if found.state is OrderState.AWAITING_PAYMENT:
        with suppress(GatewayTrouble):
            payments.ask(identity.tools(), order_id=found.order_id)
        found = _found(ref)
    return _page(found, returned=True)


@door.post("/orders/<ref>/pay")
@access.member
def pay_order(ref: str) -> AnyResponse:
    """On to the pay page, for an order whose saved card was not charged."""
    inputs.form(Nothing())
    tools = identity.tools()
    try:
        placed = orders.pay_by_page(tools, member_id=whose.member_id(), ref=ref)
        opened = payments.open_checkout(tools, payment_id=placed.payment_id)
    except (OrderEnded, PaymentTrouble) as no:
        return pages.go("storefront.order", ref=ref, notice=errors.sentence(no), kind="warn")
    if opened.paid:
        return pages.go("storefront.paid", ref=ref)
    if opened.waits:
        return pages.go("storefront.turn", ref=ref)
    return redirect(pay_pages.ours(opened.url), HTTPStatus.SEE_OTHER)


@door.get("/orders/<ref>/cancel")
@access.member
def cancelling(ref: str) -> Response:
    """Ask once more before an order is cancelled."""
    found = _found(ref)
    if not found.may_cancel:
        return pages.go("storefront.order", ref=ref)
    return pages.render("storefront/order_cancel.html", order=found)


@door.post("/orders/<ref>/cancel")
@access.member
def cancel(ref: str) -> Response:
    """Cancel before packing; the money goes back in full."""
    inputs.form(Nothing())
    found = _found(ref)
    refund = orders.cancel(identity.tools(), order_id=found.order_id, member_id=whose.member_id())
    if refund is None:
        said = _("Your order is cancelled. Nothing was charged, and its pieces are in your bag.")
        return pages.go("storefront.bag", notice=said)
    said = _(
        "Your order is cancelled. %(amount)s go back to you.", amount=formats.money(found.total)
    )
    return pages.go("storefront.order", ref=ref, notice=said)


@door.get("/orders/<ref>/withdraw")
@access.member
def withdrawing(ref: str) -> Response:
    """The first step of a withdrawal: which pieces."""
    found = _found(ref)
    if not found.may_withdraw:
        return pages.go("storefront.order", ref=ref)
    return _asking(found)


@door.post("/orders/<ref>/withdraw")
@access.member
def withdraw_confirm(ref: str) -> Response:
    """The second step: the declaration as it will be kept, with the one button that makes it."""
    found = _found(ref)
    values = inputs.attempt(Chosen(), groups={"line": Units()}).values
    chosen = _chosen(values)
    if not chosen:
        return _asking(found, _("Say which pieces you send back: at least one."))
    return pages.render(
        "storefront/withdraw_confirm.html",
        order=found,
        chosen=chosen,
        reasons=_reasons(values),
        reason_words=ordering.OWN_REASONS,
        declaration=_declaration(found, chosen),
        key=secrets.token_urlsafe(KEY_BYTES),
    )


@door.post("/orders/<ref>/withdraw/confirm")
@access.member
def withdraw(ref: str) -> Response:
    """Declare it; the acknowledgement is shown with the order and sent by mail."""
    found = _found(ref)
    sent = inputs.attempt(Confirmed(), groups={"line": Units()})
    if sent.values is None:
        return pages.go("storefront.withdrawing", ref=ref)
    chosen = _chosen(sent.values)
    orders.withdraw(
        identity.tools(),
        order_id=found.order_id,
        member_id=whose.member_id(),
        units=chosen,
        reasons=_reasons(sent.values),
        key=sent.values["key"],
        words=_declaration(found, chosen),
    )
    said = _(
        "We have received your withdrawal. The acknowledgement is below and on its way by e-mail."
    )
    return pages.go("storefront.order", ref=ref, notice=said)


@door.post("/orders/<ref>/messages")
@access.member
def order_say(ref: str) -> Response:
    """Write to the person who answers for this order."""
    found = _found(ref)
    talking.say(Subject.ORDER, found.order_id)
    return pages.go("storefront.order", ref=ref, notice=_("Your message is with us."))


def _found(ref: str) -> Shown:
    return known.one(identity.tools(), member_id=whose.member_id(), ref=ref)


def _asking(found: Shown, wrong: str = "") -> Response:
    return pages.render(
        "storefront/withdraw.html",
        order=found,
        wrong=wrong,
        reasons=tuple(ordering.OWN_REASONS.items()),
        status=422 if wrong else 200,
    )


def _chosen(values: dict[str, object] | None) -> dict[int, int]:
    return {line: row["units"] for line, row in _rows(values).items() if row["units"]}


def _reasons(values: dict[str, object] | None) -> dict[int, ReturnReason]:
    """What the member gave as reasons, of the lines they send something back of."""
    return {
        line: row["reason"]
        for line, row in _rows(values).items()
        if row["units"] and row["reason"] is not None
    }


def _rows(values: dict[str, object] | None) -> dict[int, dict[str, Any]]:
    rows = values.get("line", {}) if values else {}
    assert isinstance(rows, dict), "rows of the form"
    return rows


def _declaration(found: Shown, chosen: dict[int, int]) -> str:
    """The member's words, in their language: what they withdraw from."""
    lines = {line.line_id: line for line in found.lines}
    if not set(chosen) <= set(lines):
        raise NotFound
    with speaking(identity.visitor().locale):
        begun = _("I hereby withdraw from my contract of order %(ref)s for:", ref=found.ref)
        return "\n".join((begun, *(_named(lines[line], units) for line, units in chosen.items())))


def _named(line: OrderLineShown, units: int) -> str:
    about = ", ".join(part for part in (line.name, line.colour, line.size) if part)
    return f"{units} × {about}"  # noqa: RUF001 - the sign of the trade


def _page(found: Shown, *, returned: bool = False) -> Response:
    talk = talking.section(Subject.ORDER, found.order_id, action=f"/orders/{found.ref}/messages")
    return pages.render(
        "storefront/order.html",
        order=found,
        returned=returned,
        talk=talk,
        words=ordering.ORDER_STATES,
        refund_words=ordering.REFUND_STATES,
        steps=_steps(found),
        name_of=saved_cards.card,
        not_charged=saved_cards.NOT_CHARGED,
        waits=seconds(found.standing.wait) if isinstance(found.standing, Coming) else 0,
    )


def _steps(found: Shown) -> list[dict[str, object]]:
    """What has happened and what comes next, with the moments."""
    reached = (
        (_("Paid"), found.paid_at, ""),
        (_("Packed"), found.packed_at, ""),
        (_("Shipped"), found.shipped_at, f"{found.carrier} {found.tracking}".strip()),
        (_("Delivered"), found.delivered_at, ""),
    )
    over = found.ended_at is not None
    steps: list[dict[str, object]] = []
    waiting = True
    for title, at, note in reached:
        if at is not None:
            state, when = "done", formats.moment(at, identity.visitor().zone)
        elif over:
            continue
        else:
            state, when = ("now", _("Next")) if waiting else ("later", "")
            waiting = False
        steps.append({"title": title, "when": when, "text": note, "state": state})
    if found.ended_at is not None:
        at_end = formats.moment(found.ended_at, identity.visitor().zone)
        steps.append({"title": _("Ended"), "when": at_end, "text": "", "state": "done"})
    return steps
