"""A sale at the operator's desk: drafted for an accepted deal, planned, looked at."""

from __future__ import annotations

from datetime import datetime, time, timedelta
from http import HTTPStatus
from typing import TYPE_CHECKING, Any

from flask import url_for

from marketplace.admin import door, messages
from marketplace.admin.plans import PlanForm, folds_of, given_of, plan_of, wrong_of
from marketplace.domain.conversations import Subject
from marketplace.domain.moments import wall_time, zones
from marketplace.domain.preflight import OF_THE_CALENDAR
from marketplace.domain.refusals import Refusal
from marketplace.domain.territories import territory
from marketplace.queries import audit_trail, closures, preflight, sale_desk
from marketplace.services import sales
from marketplace.web import fields, identity, inputs, pages, talking
from marketplace.web.access import accepts, operator
from marketplace.words import _
from marketplace.words.readiness import said

if TYPE_CHECKING:
    from flask import Response

    from marketplace.queries.sale_desk import Agreed, Planned

OPENS_AT = time(7, 0)
DAYS_AHEAD = 7
LENGTH_DAYS = 3
TEASER_DAYS = 3
SALE_LIMIT = 4


class NewQuery(inputs.Schema):
    """Which deal the sale is for."""

    deal = fields.Whole(load_default=None, max=2**53)


class DraftForm(PlanForm):
    """A plan, and the deal it is for."""

    deal = fields.Whole(required=True, max=2**53)


@door.get("/sales/new")
@operator
def new_sale() -> Response:
    """Choose an accepted deal, then plan its sale."""
    deal_id = inputs.query(NewQuery())["deal"]
    if deal_id is None:
        return pages.render("admin/sale_deal.html", deals=sale_desk.agreed(identity.tools()))
    deal = sale_desk.agreed_deal(identity.tools(), deal_id=deal_id)
    return _new(deal, _first_plan(deal), {})


@door.post("/sales/new")
@operator
def draft_sale() -> Response:
    """Draft it."""
    asked = inputs.attempt(DraftForm())
    deal_id = int(asked.given["deal"]) if asked.given.get("deal", "").isdecimal() else 0
    deal = sale_desk.agreed_deal(identity.tools(), deal_id=deal_id)
    if asked.values is None:
        return _new(deal, asked.given, asked.errors)
    try:
        ref = sales.draft(identity.tools(), deal_id=deal_id, plan=plan_of(asked.values))
    except Refusal as no:
        return _new(deal, asked.given, wrong_of(no, asked.values))
    return pages.go(
        "admin.sale_items", ref=ref, notice=_("The sale is drafted. Now put units into it.")
    )


@door.get("/sales/<ref>")
@operator
def sale(ref: str) -> Response:
    """One sale: its plan, what it lacks, what can be done to it, what was said about it."""
    tools = identity.tools()
    planned = sale_desk.of_sale(tools, ref=ref)
    rows = preflight.of_sale(tools, ref=ref).readiness
    return pages.render(
        "admin/sale.html",
        sale=planned,
        readiness=rows,
        blocking=[said(row, planned.zone) for row in rows.blocking],
        trail=audit_trail.of(tools, subject_type="sale", subject_id=planned.sale_id),
        talk=talking.section(
            Subject.SALE, planned.sale_id, action=url_for("admin.say_on_sale", ref=ref)
        ),
    )


@door.post("/sales/<ref>/messages")
@operator
@accepts(bytes_max=talking.MESSAGE_BYTES_MAX)
def say_on_sale(ref: str) -> Response:
    """Write in the sale's conversation with its brand."""
    planned = sale_desk.of_sale(identity.tools(), ref=ref)
    return messages.say_and_go(
        Subject.SALE,
        planned.sale_id,
        lambda: pages.go("admin.sale", ref=ref, notice=_("Your message is sent.")),
    )


@door.get("/sales/<ref>/plan")
@operator
def sale_plan(ref: str) -> Response:
    """The plan, to be changed while the sale is a draft."""
    planned = sale_desk.of_sale(identity.tools(), ref=ref)
    return _plan(planned, given_of(planned), {})


@door.post("/sales/<ref>/plan")
@operator
def change_plan(ref: str) -> Response:
    """Write the plan anew, unless somebody else did meanwhile."""
    planned = sale_desk.of_sale(identity.tools(), ref=ref)
    asked = inputs.attempt(PlanForm())
    if asked.values is None:
        return _plan(planned, asked.given, asked.errors)
    try:
        version = asked.values["version"]
        sales.change(identity.tools(), ref=ref, version=version, plan=plan_of(asked.values))
    except Refusal as no:
        return _plan(planned, asked.given, wrong_of(no, asked.values))
    return pages.go("admin.sale", ref=ref, notice=_("The plan is saved."))


def _first_plan(deal: Agreed) -> dict[str, str]:
    place = territory(deal.territories[0])
    today = wall_time(identity.now(), place.zone).date()
    opens = datetime.combine(today + timedelta(days=DAYS_AHEAD), OPENS_AT)
    return {
        "territory": place.code,
        "zone": place.zone,
        "opens_wall": f"{opens:%Y-%m-%dT%H:%M}",
        "closes_wall": f"{opens + timedelta(days=LENGTH_DAYS):%Y-%m-%dT%H:%M}",
        "teaser_days": str(TEASER_DAYS),
        "limit_per_member": str(SALE_LIMIT),
        "manager_id": str(identity.visitor().account_id),
        "version": "0",
    }


def _new(
    deal: Agreed,
    given: dict[str, str],
    wrong: dict[str, list[str]],
) -> Response:
    return pages.render(
        "admin/sale_new.html",
        status=HTTPStatus.UNPROCESSABLE_ENTITY if wrong else HTTPStatus.OK,
        deal=deal,
        **_choices(deal.deal_id, deal.territories, given, wrong),
    )


def _plan(
    planned: Planned,
    given: dict[str, str],
    wrong: dict[str, list[str]],
) -> Response:
    return pages.render(
        "admin/sale_plan.html",
        status=HTTPStatus.UNPROCESSABLE_ENTITY if wrong else HTTPStatus.OK,
        sale=planned,
        against=_against(planned),
        calendar=closures.of_brand(identity.tools(), brand_id=planned.brand_id),
        **_choices(planned.deal_id, planned.territories, given, wrong),
    )


def _against(planned: Planned) -> list[str]:
    """Why this day will not do, as the calendar stands."""
    found = preflight.of_sale(identity.tools(), ref=planned.ref).readiness
    rows = (row for row in found.blocking if row.check in OF_THE_CALENDAR)
    return [f"{words.reason} {words.mend}" for words in (said(row, planned.zone) for row in rows)]


def _choices(
    deal_id: int,
    territories: tuple[str, ...],
    given: dict[str, str],
    wrong: dict[str, list[str]],
) -> dict[str, Any]:
    tools = identity.tools()
    return {
        "given": given,
        "errors": wrong,
        "folds": folds_of(given),
        "territories": [(code, territory(code).name) for code in territories],
        "zones": sorted(zones()),
        "operators": [(each.number, each.label) for each in sale_desk.operators(tools)],
        "photographs": sale_desk.photographs(tools, deal_id=deal_id),
    }
