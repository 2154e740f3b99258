"""Orders to brands at the operators' door: what is awaited, what came, and the end of what will not come."""

from __future__ import annotations

from http import HTTPStatus
from typing import TYPE_CHECKING

from flask import url_for

from marketplace.admin import door
from marketplace.admin.frame import PageQuery
from marketplace.admin.looking import seen
from marketplace.admin.stock import BODY_BYTES_MAX, LotForm, column_of, was
from marketplace.domain.looks import Thing
from marketplace.domain.reasons import REASON_LENGTH_MAX, ReasonMissing
from marketplace.domain.stock import Count, CountsRefused
from marketplace.queries import purchases as asked
from marketplace.services import orders, purchases
from marketplace.services.purchases import Line
from marketplace.web import errors, fields, identity, inputs, pages
from marketplace.web.access import accepts, operator
from marketplace.words import _, buying, ngettext

if TYPE_CHECKING:
    from collections.abc import Mapping
    from typing import Any

    from flask import Response

    from marketplace.domain.refusals import Refusal
    from marketplace.queries.purchases import Opened


class CountForm(inputs.Schema):
    """Nothing but the lines."""


class CloseForm(inputs.Schema):
    """Why units are missing; read by the brand."""

    reason = fields.Trimmed(max=REASON_LENGTH_MAX, lines=True, load_default="")


@door.get("/stock/orders")
@operator
def purchases_() -> Response:
    """All orders to brands, newest first."""
    found = asked.listed(identity.tools(), page=inputs.query(PageQuery())["page"])
    return pages.render("admin/purchases.html", found=found, states=buying.STATES)


@door.get("/stock/orders/<ref>")
@operator
def purchase(ref: str) -> Response:
    """One order, to be counted as it comes."""
    found = asked.one(identity.tools(), ref=ref)
    seen(Thing.FIGURES, found.order.sale_id)
    return _page(found, _given(found), {})


@door.post("/stock/orders/<ref>")
@operator
@accepts(bytes_max=BODY_BYTES_MAX)
def count_purchase(ref: str) -> Response:
    """Write what came."""
    found = asked.one(identity.tools(), ref=ref)
    tried = inputs.attempt(CountForm(), groups={"line": LotForm()})
    if tried.values is None:
        return _page(found, tried.given, tried.errors)
    lines = [_line(number, line) for number, line in tried.values["line"].items()]
    changed = [line for line in lines if line.count != line.was]
    try:
        accepted = purchases.count(identity.tools(), ref=ref, lines=changed)
    except CountsRefused as no:
        return _page(found, tried.given, _wrong(no))
    notice = ngettext("%(num)s unit is accepted.", "%(num)s units are accepted.", accepted)
    return pages.go("admin.purchase", ref=ref, notice=notice)


@door.get("/stock/orders/<ref>/close")
@operator
def ask_close_purchase(ref: str) -> Response:
    """Once more before members are refunded."""
    return _closing(asked.one(identity.tools(), ref=ref), {}, {})


@door.post("/stock/orders/<ref>/close")
@operator
def close_purchase(ref: str) -> Response:
    """Close it."""
    found = asked.one(identity.tools(), ref=ref)
    tried = inputs.attempt(CloseForm())
    if tried.values is None:
        return _closing(found, tried.given, tried.errors)
    try:
        done = orders.close_purchase(identity.tools(), ref=ref, reason=tried.values["reason"])
    except ReasonMissing as no:
        return _closing(found, tried.given, {"reason": [errors.sentence(no)]})
    notice = _("The order is closed; everything came.")
    if done.short:
        notice = ngettext(
            "The order is closed. %(num)s order of a member is refunded for what is missing.",
            "The order is closed. %(num)s orders of members are refunded for what is missing.",
            done.orders,
        )
    return pages.go("admin.purchase", ref=ref, notice=notice)


def _line(line_id: int, line: Mapping[str, Any]) -> Line:
    counted = Count(line["received"], line["accepted"], line["rejected"])
    return Line(line_id, counted, was(line["was"]), line["reason"])


def _given(found: Opened) -> dict[str, str]:
    return {
        f"line.{line.line_id}.{name}": str(getattr(line.count, name))
        for line in found.lines
        for name in Count.__slots__
    }


def _wrong(no: CountsRefused) -> dict[str, list[str]]:
    rows: Mapping[int, Refusal] = no.facts["rows"]  # type: ignore[assignment]  # what this refusal carries
    return {
        f"line.{line_id}.{column_of(fault)}": [errors.sentence(fault)]
        for line_id, fault in rows.items()
    }


def _page(found: Opened, given: dict[str, str], wrong: dict[str, list[str]]) -> Response:
    return pages.render(
        "admin/purchase.html",
        status=HTTPStatus.UNPROCESSABLE_ENTITY if wrong else HTTPStatus.OK,
        found=found,
        order=found.order,
        states=buying.STATES,
        given=given,
        errors=wrong,
        action=url_for("admin.count_purchase", ref=found.order.ref),
    )


def _closing(found: Opened, given: dict[str, str], wrong: dict[str, list[str]]) -> Response:
    return pages.render(
        "admin/purchase_close.html",
        status=HTTPStatus.UNPROCESSABLE_ENTITY if wrong else HTTPStatus.OK,
        found=found,
        order=found.order,
        given=given,
        errors=wrong,
        action=url_for("admin.close_purchase", ref=found.order.ref),
    )
