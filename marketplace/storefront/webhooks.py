"""What the payment service tells: taken raw, stored if it is signed, answered at once."""

from __future__ import annotations

from http import HTTPStatus

from flask import Response, g, request

from marketplace.domain.doors import Door
from marketplace.services import payments
from marketplace.storefront import door
from marketplace.toolbox import GatewayRefusal
from marketplace.web import access, places

BODY_BYTES_MAX = 256 * 1024
SIGNATURE = "Stripe-Signature"


@door.post("/webhooks/stripe")
@access.stranger
@access.accepts(bytes_max=BODY_BYTES_MAX)
def stripe_event() -> Response:
    """Store the message; 200 for one that is known already, 400 for one that is not Stripe's."""
    body = request.get_data(cache=False, parse_form_data=False)
    tools = places.premises().tools.during(g.request_id)
    try:
        payments.receive(
            tools.at_door(Door.WORKER), body=body, signature=request.headers.get(SIGNATURE, "")
        )
    except GatewayRefusal as refusal:
        return Response(f"{refusal.code}\n", HTTPStatus.BAD_REQUEST, mimetype="text/plain")
    return Response("ok\n", HTTPStatus.OK, mimetype="text/plain")
