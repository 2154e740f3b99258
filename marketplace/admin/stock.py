"""Stock at the operators' door: what is in the house, and counting what came in."""

from __future__ import annotations

from http import HTTPStatus
from typing import TYPE_CHECKING, Any

from flask import url_for

from marketplace.admin import door
from marketplace.admin.frame import PageQuery
from marketplace.domain.reasons import ReasonMissing
from marketplace.domain.refusals import Stale
from marketplace.domain.stock import Count, CountsRefused
from marketplace.queries import stock_room
from marketplace.services import stock as counting
from marketplace.services.stock import Line
from marketplace.web import errors, fields, identity, inputs, pages
from marketplace.web.access import accepts, operator
from marketplace.words import _, formats, ngettext

if TYPE_CHECKING:
    from collections.abc import Mapping

    from flask import Response

    from marketplace.domain.refusals import Refusal
    from marketplace.queries.stock_room import Goods
    from marketplace.services.stock import Counted

BODY_BYTES_MAX = 512 * 1024
SHORT_REASON_MAX = 200


class LotForm(inputs.Schema):
    """What was counted of one lot, and the count that the page showed."""

    received = fields.Whole(load_default=0)
    accepted = fields.Whole(load_default=0)
    rejected = fields.Whole(load_default=0)
    reason = fields.Trimmed(max=SHORT_REASON_MAX, load_default="")
    was = fields.Trimmed(required=True, max=40)


class CountForm(inputs.Schema):
    """Which page of the lots was counted."""

    page = fields.Whole(min=1, load_default=1)


@door.get("/stock")
@operator
def stock() -> Response:
    """Deals with goods, newest first."""
    room = stock_room.deals(identity.tools(), page=inputs.query(PageQuery())["page"])
    return pages.render("admin/stock.html", room=room)


@door.get("/stock/<int:deal_id>")
@operator
def stock_of_deal(deal_id: int) -> Response:
    """The lots of one deal, to be counted."""
    page = inputs.query(PageQuery())["page"]
    goods = stock_room.of_deal(identity.tools(), deal_id=deal_id, page=page)
    return _show(goods, _given(goods), {})


@door.post("/stock/<int:deal_id>")
@operator
@accepts(bytes_max=BODY_BYTES_MAX)
def count_stock(deal_id: int) -> Response:
    """Write the counts that were changed."""
    asked = inputs.attempt(CountForm(), groups={"lot": LotForm()})
    page = asked.values["page"] if asked.values else 1
    goods = stock_room.of_deal(identity.tools(), deal_id=deal_id, page=page)
    if asked.values is None:
        return _show(goods, asked.given, asked.errors)
    lines = [_line(number, lot) for number, lot in asked.values["lot"].items()]
    changed = tuple(line for line in lines if line.count != line.was)
    if not changed:
        return pages.go(
            "admin.stock_of_deal",
            deal_id=deal_id,
            page=page,
            notice=_("Nothing was changed."),
            kind="info",
        )
    try:
        done = counting.count(identity.tools(), deal_id=deal_id, lines=changed)
    except CountsRefused as no:
        return _show(goods, asked.given, _wrong(no))
    return pages.go("admin.stock_of_deal", deal_id=deal_id, page=page, notice=_done(done))


@door.get("/stock/<int:deal_id>/accept")
@operator
def accept_stock(deal_id: int) -> Response:
    """Ask once more: everything arrived as committed."""
    goods = stock_room.of_deal(identity.tools(), deal_id=deal_id)
    return pages.render("admin/stock_accept.html", goods=goods)


@door.post("/stock/<int:deal_id>/accept")
@operator
def do_accept_stock(deal_id: int) -> Response:
    """Receive and accept it."""
    done = counting.accept_as_committed(identity.tools(), deal_id=deal_id)
    return pages.go("admin.stock_of_deal", deal_id=deal_id, notice=_done(done))


@door.get("/stock/lots/<int:lot_id>")
@operator
def lot(lot_id: int) -> Response:
    """Every movement of one lot."""
    page = inputs.query(PageQuery())["page"]
    found = stock_room.movements(identity.tools(), lot_id=lot_id, page=page)
    return pages.render("admin/lot.html", found=found)


def _line(lot_id: int, lot: Mapping[str, Any]) -> Line:
    count = Count(lot["received"], lot["accepted"], lot["rejected"])
    return Line(lot_id, count, was(lot["was"]), lot["reason"])


def was(text: str) -> Count:
    """The count that the page showed, as the form sends it back."""
    parts = text.split("/")
    if len(parts) != len(Count.__slots__) or not all(part.isdecimal() for part in parts):
        raise inputs.Rejected(
            {
                "_schema": [
                    _("This form has no such field. Open the page again and send it once more.")
                ]
            }
        )
    return Count(*(int(part) for part in parts))


def _given(goods: Goods) -> dict[str, str]:
    given = {}
    for line in goods.lines:
        name = f"lot.{line.lot_id}"
        given[f"{name}.received"] = str(line.counts.received)
        given[f"{name}.accepted"] = str(line.counts.accepted)
        given[f"{name}.rejected"] = str(line.counts.rejected)
    return given


def _wrong(no: CountsRefused) -> dict[str, list[str]]:
    rows: Mapping[int, Refusal] = no.facts["rows"]  # type: ignore[assignment]  # what this refusal carries
    return {
        f"lot.{lot_id}.{column_of(fault)}": [errors.sentence(fault)]
        for lot_id, fault in rows.items()
    }


def column_of(fault: Refusal) -> str:
    """The column of the count that a refusal is about."""
    if isinstance(fault, ReasonMissing):
        return "reason"
    if isinstance(fault, Stale) or fault.facts.get("reason") == "more_than_committed":
        return "received"
    return "accepted"


def _done(done: Counted) -> str:
    return ngettext(
        "%(num)s lot is counted: %(received)s units received, %(accepted)s accepted, %(rejected)s rejected.",
        "%(num)s lots are counted: %(received)s units received, %(accepted)s accepted, %(rejected)s rejected.",
        done.lots,
        received=formats.count(done.received),
        accepted=formats.count(done.accepted),
        rejected=formats.count(done.rejected),
    )


def _show(goods: Goods, given: dict[str, str], wrong: dict[str, list[str]]) -> Response:
    return pages.render(
        "admin/stock_deal.html",
        status=HTTPStatus.UNPROCESSABLE_ENTITY if wrong else HTTPStatus.OK,
        goods=goods,
        given=given,
        errors=wrong,
        action=url_for("admin.count_stock", deal_id=goods.stock.deal_id),
    )
