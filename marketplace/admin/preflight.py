"""The pre-flight of a sale, and the button that lets it open by itself."""

from __future__ import annotations

from typing import TYPE_CHECKING

from flask import url_for

from marketplace.admin import door
from marketplace.domain.preflight import Level
from marketplace.domain.sales import Act, SaleNotReady
from marketplace.queries import preflight as asked
from marketplace.queries import sale_desk
from marketplace.services import sales
from marketplace.web import errors, fields, identity, inputs, pages
from marketplace.web.access import operator
from marketplace.words import _
from marketplace.words.readiness import said

if TYPE_CHECKING:
    from flask import Response

    from marketplace.domain.preflight import Readiness, Row


class ScheduleForm(inputs.Schema):
    """The version that was looked at."""

    version = fields.Whole(required=True, max=2**40)


@door.get("/sales/<ref>/preflight")
@operator
def sale_preflight(ref: str) -> Response:
    """Every row, with what to do about it."""
    planned = sale_desk.of_sale(identity.tools(), ref=ref)
    found = asked.of_sale(identity.tools(), ref=ref)
    return pages.render(
        "admin/preflight.html",
        sale=planned,
        version=found.version,
        readiness=found.readiness,
        rows=[(row, said(row, planned.zone)) for row in _by_urgency(found.readiness)],
        schedulable=Act.SCHEDULE in planned.acts,
        action=url_for("admin.schedule_sale", ref=ref),
    )


def _by_urgency(found: Readiness) -> tuple[Row, ...]:
    well = tuple(row for row in found.rows if row.level is Level.OK)
    return (*found.blocking, *found.warning, *well)


@door.post("/sales/<ref>/schedule")
@operator
def schedule_sale(ref: str) -> Response:
    """Let it open by itself; a row that blocks sends back to the pre-flight."""
    version = inputs.form(ScheduleForm())["version"]
    try:
        sales.schedule(identity.tools(), ref=ref, version=version)
    except SaleNotReady as no:
        return pages.go("admin.sale_preflight", ref=ref, notice=errors.sentence(no), kind="bad")
    return pages.go(
        "admin.sale",
        ref=ref,
        notice=_("The sale is scheduled. It opens by itself at its time."),
    )
