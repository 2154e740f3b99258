"""Brands that applied: read, accepted with an invitation, or declined for a reason that they read."""

from __future__ import annotations

from http import HTTPStatus
from typing import TYPE_CHECKING

from marketplace.admin import door
from marketplace.admin.frame import PageQuery, ReasonForm
from marketplace.domain.accounts import AlreadyThere
from marketplace.queries import joining_desk
from marketplace.services import accounts
from marketplace.web import errors, identity, inputs, pages
from marketplace.web.access import operator
from marketplace.words import _, countries, joining

if TYPE_CHECKING:
    from flask import Response


@door.get("/applications")
@operator
def applications() -> Response:
    """Those that wait first."""
    found = joining_desk.applications(identity.tools(), page=inputs.query(PageQuery())["page"])
    return pages.render(
        "admin/applications.html",
        found=found,
        states=joining.APPLICATIONS,
        country=countries.name,
    )


@door.get("/applications/<int:application_id>")
@operator
def application(application_id: int) -> Response:
    """One of them, and the answer to it."""
    return _page(application_id, {}, {})


@door.post("/applications/<int:application_id>/accept")
@operator
def accept_application(application_id: int) -> Response:
    """Yes: the brand is written down, and who applied gets the link."""
    try:
        brand_id = accounts.accept_application(identity.tools(), application_id=application_id)
    except AlreadyThere as no:
        return _page(application_id, {}, {"_schema": [errors.sentence(no)]})
    return pages.go(
        "admin.brand_joining_page",
        brand_id=brand_id,
        notice=_("Accepted. The invitation is on its way."),
    )


@door.post("/applications/<int:application_id>/decline")
@operator
def decline_application(application_id: int) -> Response:
    """No, and why."""
    asked = inputs.attempt(ReasonForm())
    if asked.values is None:
        return _page(application_id, asked.given, asked.errors)
    accounts.decline_application(
        identity.tools(), application_id=application_id, reason=asked.values["reason"]
    )
    return pages.go("admin.applications", notice=_("Declined. The reason is on its way."))


def _page(application_id: int, given: dict[str, str], wrong: dict[str, list[str]]) -> Response:
    found = joining_desk.application(identity.tools(), application_id=application_id)
    return pages.render(
        "admin/application.html",
        status=HTTPStatus.UNPROCESSABLE_ENTITY if wrong else HTTPStatus.OK,
        found=found,
        state=joining.APPLICATIONS[found.state],
        country=countries.name(found.country),
        given=given,
        errors=wrong,
    )
