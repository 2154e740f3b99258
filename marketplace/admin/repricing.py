"""Changing the prices of a sale by rule: the effect first, then the change."""

from __future__ import annotations

from http import HTTPStatus
from typing import TYPE_CHECKING

from flask import url_for

from marketplace.admin import door
from marketplace.admin.looking import seen
from marketplace.domain.looks import Thing
from marketplace.domain.money import bps_of
from marketplace.domain.prices import PriceRule
from marketplace.domain.sales import Act
from marketplace.queries import repricing, sale_desk
from marketplace.services import sales
from marketplace.web import fields, identity, inputs, pages
from marketplace.web.access import operator
from marketplace.web.proposals import Change, Ending, endings
from marketplace.words import _, formats, ngettext

if TYPE_CHECKING:
    from flask import Response

    from marketplace.domain.money import Money
    from marketplace.queries.repricing import Effect
    from marketplace.queries.sale_desk import Planned

STYLE_LENGTH_MAX = 200


class RuleForm(inputs.Schema):
    """By how much, to which ending, of which style, and whether it is to be done."""

    version = fields.Whole(required=True, max=2**40)
    change = Change(required=True)
    ending = fields.Choice(Ending, load_default=Ending.NONE)
    style = fields.Trimmed(max=STYLE_LENGTH_MAX, load_default="")
    apply = fields.Whole(max=1, load_default=0)


@door.get("/sales/<ref>/prices")
@operator
def sale_prices(ref: str) -> Response:
    """The form."""
    sale = sale_desk.of_sale(identity.tools(), ref=ref)
    seen(Thing.TERMS, sale.deal_id)
    return _show(sale, {"version": str(sale.version)}, {}, None)


@door.post("/sales/<ref>/prices")
@operator
def change_prices(ref: str) -> Response:
    """Show what the rule would do; with ``apply``, do it."""
    sale = sale_desk.of_sale(identity.tools(), ref=ref)
    asked = inputs.attempt(RuleForm())
    if asked.values is None:
        return _show(sale, asked.given, asked.errors, None)
    values = asked.values
    ending = values["ending"]
    rule = PriceRule(values["change"], int(ending) if ending else None)
    if values["apply"]:
        done = sales.reprice(
            identity.tools(),
            ref=ref,
            version=values["version"],
            rule=rule,
            style_code=values["style"],
        )
        notice = ngettext(
            "The prices are changed. %(num)s item is in the sale; the brand is asked to approve it again.",
            "The prices are changed. %(num)s items are in the sale; the brand is asked to approve it again.",
            done.items,
        )
        return pages.go("admin.sale_items", ref=ref, notice=notice)
    found = repricing.effect(identity.tools(), ref=ref, rule=rule, style_code=values["style"])
    return _show(sale, asked.given, {}, found)


def _show(
    sale: Planned, given: dict[str, str], wrong: dict[str, list[str]], effect: Effect | None
) -> Response:
    styles = repricing.styles(identity.tools(), ref=sale.ref)
    return pages.render(
        "admin/sale_prices.html",
        status=HTTPStatus.UNPROCESSABLE_ENTITY if wrong else HTTPStatus.OK,
        sale=sale,
        given=given,
        errors=wrong,
        labels={"change": _("Change the prices by"), "style": _("Style")},
        styles=[("", _("all styles")), *((code, f"{name} ({code})") for code, name in styles)],
        endings=endings(),
        editable=Act.EDIT in sale.acts,
        rows=_rows(effect) if effect else None,
        effect=effect,
        action=url_for("admin.change_prices", ref=sale.ref),
    )


def _rows(effect: Effect) -> list[dict[str, str]]:
    """Each sum before and after, with its change."""
    named = (
        (_("Members pay, with VAT"), effect.before.gross, effect.after.gross),
        (_("Due to the brand, without VAT"), effect.before.brand, effect.after.brand),
        (_("The house keeps, without VAT"), effect.before.house, effect.after.house),
    )
    return [
        {
            "label": label,
            "before": formats.money(before),
            "after": formats.money(after),
            "change": _change(before, after),
        }
        for label, before, after in named
    ]


def _change(before: Money, after: Money) -> str:
    if not before.minor:
        return "\u2013"
    rate = bps_of(after.minor - before.minor, before.minor)
    return f"+{formats.bps(rate)}" if rate > 0 else formats.bps(rate)
