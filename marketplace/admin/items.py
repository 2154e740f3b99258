"""The items of a sale: the table of what its deal lets it offer, and filling it at one stroke."""

from __future__ import annotations

from http import HTTPStatus
from typing import TYPE_CHECKING, Any

from flask import url_for

from marketplace.admin import door
from marketplace.admin.frame import PageQuery
from marketplace.admin.looking import seen
from marketplace.domain.looks import Thing
from marketplace.domain.sales import ITEM_LIMIT, LIMIT_MAX, Act, NotEnoughStock, UnitsTaken
from marketplace.queries import sale_desk
from marketplace.services import sales
from marketplace.services.sales import Asked, ItemsRefused
from marketplace.web import errors, fields, identity, inputs, pages
from marketplace.web.access import accepts, operator
from marketplace.words import _, formats, ngettext

if TYPE_CHECKING:
    from collections.abc import Mapping

    from flask import Response

    from marketplace.domain.refusals import Refusal
    from marketplace.queries.sale_desk import Line, Table
    from marketplace.services.sales import Filled

BODY_BYTES_MAX = 512 * 1024


class LineForm(inputs.Schema):
    """One line of the table."""

    units = fields.Whole(load_default=0)
    price = fields.MoneyField(load_default=0)
    limit = fields.Whole(min=1, max=LIMIT_MAX, load_default=ITEM_LIMIT)


class TableForm(inputs.Schema):
    """The version of the sale that the table shows, and which page of it."""

    version = fields.Whole(required=True, max=2**40)
    page = fields.Whole(min=1, load_default=1)


class FillForm(inputs.Schema):
    """How far under the public price everything is put in."""

    version = fields.Whole(required=True, max=2**40)
    saving = fields.Percent(required=True)


@door.get("/sales/<ref>/items")
@operator
def sale_items(ref: str) -> Response:
    """The table."""
    table = sale_desk.lines(identity.tools(), ref=ref, page=inputs.query(PageQuery())["page"])
    seen(Thing.TERMS, sale_desk.of_sale(identity.tools(), ref=ref).deal_id)
    return _show(table, _given(table), {})


@door.post("/sales/<ref>/items")
@operator
@accepts(bytes_max=BODY_BYTES_MAX)
def put_items(ref: str) -> Response:
    """Write the lines that were changed."""
    asked = inputs.attempt(TableForm(), groups={"item": LineForm()})
    page = asked.values["page"] if asked.values else 1
    table = sale_desk.lines(identity.tools(), ref=ref, page=page)
    if asked.values is None:
        return _show(table, asked.given, asked.errors)
    lines = tuple(_asked(number, line) for number, line in asked.values["item"].items())
    changed = _changed(table, lines)
    if not changed:
        return pages.go(
            "admin.sale_items", ref=ref, page=page, notice=_("Nothing was changed."), kind="info"
        )
    try:
        done = sales.put_items(
            identity.tools(), ref=ref, version=asked.values["version"], lines=changed
        )
    except ItemsRefused as no:
        return _show(table, asked.given, _wrong(no))
    return pages.go("admin.sale_items", ref=ref, page=page, notice=_done(done))


@door.post("/sales/<ref>/items/fill")
@operator
def fill_items(ref: str) -> Response:
    """Put everything in at one saving."""
    asked = inputs.attempt(FillForm())
    if asked.values is None:
        table = sale_desk.lines(identity.tools(), ref=ref)
        return _show(table, _given(table) | asked.given, asked.errors)
    done = sales.fill(
        identity.tools(),
        ref=ref,
        version=asked.values["version"],
        saving_bps=asked.values["saving"],
    )
    if not done.items:
        nothing = _(
            "No unit could be put into the sale: none of the deal's goods is accepted and free. "
            "Receive them under Stock."
        )
        return pages.go("admin.sale_items", ref=ref, notice=nothing, kind="warn")
    return pages.go("admin.sale_items", ref=ref, notice=_done(done))


def _asked(variant_id: int, line: Mapping[str, Any]) -> Asked:
    return Asked(variant_id, line["units"], line["price"], line["limit"])


def _changed(table: Table, lines: tuple[Asked, ...]) -> tuple[Asked, ...]:
    """Lines that differ from what is stored; one without units before and after is the same whatever its price."""
    now = {line.variant_id: _stored(line) for line in table.lines}
    return tuple(
        line
        for line in lines
        if line != now.get(line.variant_id) and (line.units or _units(now.get(line.variant_id)))
    )


def _stored(line: Line) -> Asked:
    price_minor = line.price.minor if line.price else 0
    return Asked(line.variant_id, line.units, price_minor, line.limit_per_member or ITEM_LIMIT)


def _units(line: Asked | None) -> int:
    return line.units if line else 0


def _given(table: Table) -> dict[str, str]:
    given = {}
    for line in table.lines:
        name = f"item.{line.variant_id}"
        given[f"{name}.units"] = str(line.units) if line.units else ""
        given[f"{name}.price"] = formats.amount_text(line.price) if line.price else ""
        given[f"{name}.limit"] = str(line.limit_per_member or ITEM_LIMIT)
    return given


def _wrong(no: ItemsRefused) -> dict[str, list[str]]:
    rows: Mapping[int, Refusal] = no.facts["rows"]  # type: ignore[assignment]  # what this refusal carries
    return {
        f"item.{variant_id}.{_column(fault)}": [errors.sentence(fault)]
        for variant_id, fault in rows.items()
    }


def _column(fault: Refusal) -> str:
    if isinstance(fault, NotEnoughStock | UnitsTaken):
        return "units"
    return {"limit_per_member": "limit", "units": "units"}.get(
        str(fault.facts.get("field")), "price"
    )


def _done(done: Filled) -> str:
    said = ngettext(
        "%(num)s item with %(units)s units is in the sale.",
        "%(num)s items with %(units)s units are in the sale.",
        done.items,
        units=formats.count(done.units),
    )
    if not done.unpriced:
        return said
    left = ngettext(
        "%(num)s variant has neither a public price nor a floor and was left out.",
        "%(num)s variants have neither a public price nor a floor and were left out.",
        done.unpriced,
    )
    return f"{said} {left}"


def _show(table: Table, given: dict[str, str], wrong: dict[str, list[str]]) -> Response:
    return pages.render(
        "admin/sale_items.html",
        status=HTTPStatus.UNPROCESSABLE_ENTITY if wrong else HTTPStatus.OK,
        table=table,
        sale=table.sale,
        given=given,
        errors=wrong,
        editable=Act.EDIT in table.sale.acts,
        action=url_for("admin.put_items", ref=table.sale.ref),
    )
