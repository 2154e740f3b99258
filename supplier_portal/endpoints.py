"""Endpoints of the brand's machines: where they are told of what happens, tried, signed anew and taken away."""

from __future__ import annotations

from http import HTTPStatus
from typing import TYPE_CHECKING

from marshmallow import fields as base

from marketplace.domain.deliveries import (
    CHOSEN,
    KEPT_FOR,
    OVERLAP,
    SIGNATURE,
    TRIES_MAX,
    Told,
)
from marketplace.domain.doors import BrandRole
from marketplace.domain.outward import URL_LENGTH_MAX, AddressRefused
from marketplace.queries import endpoints as asked
from marketplace.services import endpoints
from marketplace.web import errors, fields, identity, inputs, pages
from marketplace.web.access import brand
from marketplace.words import _, lazy, machining
from supplier_portal import door

if TYPE_CHECKING:
    from flask import Response

    from marketplace.services.endpoints import Signed

HOUR_SECONDS = 3_600
NOTHING_CHOSEN = lazy("Choose at least one thing to be told of. Without any, nothing is sent.")


class EndpointForm(inputs.Schema):
    """Where to, and what of."""

    url = fields.Trimmed(required=True, max=URL_LENGTH_MAX)
    told = base.List(
        fields.Choice(Told),
        required=True,
        error_messages={"required": NOTHING_CHOSEN},  # type: ignore[dict-item]  # waits for its language
    )


@door.get("/machines/endpoints")
@brand(BrandRole.OWNER)
def new_endpoint() -> Response:
    """The form for an endpoint."""
    return _form({}, {})


@door.post("/machines/endpoints")
@brand(BrandRole.OWNER)
def make_endpoint() -> Response:
    """Add it, and show its secret this once."""
    tried = inputs.attempt(EndpointForm())
    if tried.values is None:
        return _form(tried.given, tried.errors)
    try:
        made = endpoints.make(identity.tools(), **tried.values)
    except AddressRefused as no:
        return _form(tried.given, {"url": [errors.sentence(no)]})
    return _signed(made)


@door.get("/machines/endpoints/<int:endpoint_id>")
@brand(BrandRole.OWNER)
def endpoint(endpoint_id: int) -> Response:
    """One endpoint and what was brought there lately."""
    return pages.render(
        "brand/endpoint.html",
        page_of=asked.one(identity.tools(), endpoint_id=endpoint_id),
        told=machining.TOLD,
        states=machining.DELIVERY_STATES,
        faults=machining.FAULTS,
        tries=TRIES_MAX,
        hours=int(OVERLAP.total_seconds()) // HOUR_SECONDS,
        days=KEPT_FOR.days,
    )


@door.post("/machines/endpoints/<int:endpoint_id>/ping")
@brand(BrandRole.OWNER)
def ping_endpoint(endpoint_id: int) -> Response:
    """Send a message that says nothing."""
    endpoints.ping(identity.tools(), endpoint_id=endpoint_id)
    notice = _("A trial is on its way. Open this page again in a moment to see whether it arrived.")
    return pages.go("brand.endpoint", endpoint_id=endpoint_id, notice=notice, kind="info")


@door.post("/machines/endpoints/<int:endpoint_id>/secret")
@brand(BrandRole.OWNER)
def sign_endpoint_anew(endpoint_id: int) -> Response:
    """Give it a new secret, and show that this once."""
    return _signed(endpoints.sign_anew(identity.tools(), endpoint_id=endpoint_id))


@door.get("/machines/endpoints/<int:endpoint_id>/remove")
@brand(BrandRole.OWNER)
def ask_remove_endpoint(endpoint_id: int) -> Response:
    """Once more before nothing is sent there any more."""
    found = asked.one(identity.tools(), endpoint_id=endpoint_id)
    return pages.render("brand/endpoint_remove.html", endpoint=found.endpoint)


@door.post("/machines/endpoints/<int:endpoint_id>/remove")
@brand(BrandRole.OWNER)
def remove_endpoint(endpoint_id: int) -> Response:
    """Send nothing there any more."""
    endpoints.remove(identity.tools(), endpoint_id=endpoint_id)
    return pages.go("brand.machines", notice=_("Removed. Nothing is sent there any more."))


@door.post("/machines/deliveries/<int:delivery_id>/again")
@brand(BrandRole.OWNER)
def deliver_again(delivery_id: int) -> Response:
    """Try a message anew."""
    number = endpoints.deliver_again(identity.tools(), delivery_id=delivery_id)
    notice = _("It is sent again. Open this page again in a moment to see whether it arrived.")
    return pages.go("brand.endpoint", endpoint_id=number, notice=notice, kind="info")


def _form(given: dict[str, str], wrong: dict[str, list[str]]) -> Response:
    return pages.render(
        "brand/endpoint_new.html",
        status=HTTPStatus.UNPROCESSABLE_ENTITY if wrong else HTTPStatus.OK,
        choices=[(str(each), str(machining.TOLD[each])) for each in CHOSEN],
        given=given,
        errors=wrong,
    )


def _signed(made: Signed) -> Response:
    return pages.render("brand/endpoint_signed.html", made=made, header=SIGNATURE)
