"""Waiting for the pay page: the place in line and the time it takes, until the page opens by itself."""

from __future__ import annotations

from http import HTTPStatus
from typing import TYPE_CHECKING

from flask import make_response, redirect, request

from marketplace.domain.moments import seconds
from marketplace.domain.orders import PaymentTrouble
from marketplace.queries import turns
from marketplace.storefront import door, pay_pages, whose
from marketplace.web import access, errors, identity, pages

if TYPE_CHECKING:
    from werkzeug.wrappers import Response as AnyResponse

LOOKS_AGAIN_S, LOOKS_AGAIN_LATER_S = 2, 5
NEAR_S = 20
"""Who waits longer than this looks less often."""


@door.get("/orders/<ref>/turn")
@access.member
def turn(ref: str) -> AnyResponse:
    """The page that waits: it looks again by itself, and goes on to where it is paid."""
    found = turns.of(identity.tools(), member_id=whose.member_id(), ref=ref)
    if not found.awaits:
        return on(pages.go("storefront.order", ref=ref))
    if found.url is not None:
        return on(redirect(pay_pages.ours(found.url), HTTPStatus.SEE_OTHER))
    if found.place is None or found.wait is None:
        said = errors.sentence(PaymentTrouble())
        return on(pages.go("storefront.checkout", notice=said, kind="warn"))
    waits = seconds(found.wait)
    return pages.render(
        "storefront/turn.html",
        turn=found,
        waits=waits,
        again=LOOKS_AGAIN_S if waits <= NEAR_S else LOOKS_AGAIN_LATER_S,
    )


def on(answer: AnyResponse) -> AnyResponse:
    """On to another page: a script that looked in the page's stead is told to send the whole page there."""
    if "HX-Request" not in request.headers:
        return answer
    told = make_response("", HTTPStatus.OK)
    told.headers["HX-Redirect"] = answer.location or ""
    return told
