"""The saved card: agreed to, entered on the payment service's own page, shown, and removed."""

from __future__ import annotations

from http import HTTPStatus
from typing import TYPE_CHECKING

from flask import redirect

from marketplace.domain.cards import CardsTooMany
from marketplace.domain.orders import PaymentTrouble
from marketplace.queries import cards
from marketplace.services import payments
from marketplace.storefront import door, pay_pages, whose
from marketplace.toolbox import GatewayTrouble
from marketplace.web import access, errors, identity, inputs, pages
from marketplace.words import _, saved_cards

if TYPE_CHECKING:
    from flask import Response
    from werkzeug.wrappers import Response as AnyResponse


class Agreed(inputs.Schema):
    """Whether the member agrees to what stands above the button."""

    agreed = inputs.Tick()


class Nothing(inputs.Schema):
    """A button alone."""


@door.get("/card")
@access.member
def card() -> Response:
    """The saved card, or what it means to have one."""
    return _page()


@door.post("/card")
@access.member
def save_card() -> AnyResponse:
    """On to the page on which the card is entered."""
    if not inputs.form(Agreed())["agreed"]:
        wrong = {"agreed": [_("Say that you agree, or leave the card unsaved.")]}
        return _page(wrong=wrong, status=HTTPStatus.UNPROCESSABLE_ENTITY)
    try:
        url = payments.open_card_page(
            identity.tools(), member_id=whose.member_id(), consent=saved_cards.consent()
        )
    except CardsTooMany as no:
        return _page(no=errors.sentence(no), status=HTTPStatus.TOO_MANY_REQUESTS)
    except PaymentTrouble:
        said = _("The payment service does not answer. No card was saved. Try again in a moment.")
        return _page(no=said, status=HTTPStatus.SERVICE_UNAVAILABLE)
    return redirect(pay_pages.ours(url), HTTPStatus.SEE_OTHER)


@door.get("/card/entered/<key>")
@access.member
def entered(key: str) -> Response:
    """Back from that page: nothing in the address is believed; the payment service is asked."""
    try:
        outcome = payments.note_card(identity.tools(), member_id=whose.member_id(), key=key)
    except GatewayTrouble:
        outcome = "open"
    if outcome == "kept":
        return pages.go("storefront.card", notice=_("Your card is saved."))
    said = _("We have not heard of your card yet. It stands here as soon as we do.")
    return pages.go("storefront.card", notice=said, kind="info")


@door.post("/card/remove")
@access.member
def remove_card() -> Response:
    """Away with it."""
    inputs.form(Nothing())
    payments.remove_card(identity.tools(), member_id=whose.member_id())
    said = _("Your card is removed, and nothing is charged to it any more.")
    return pages.go("storefront.card", notice=said)


def _page(
    *, wrong: dict[str, list[str]] | None = None, no: str = "", status: int = HTTPStatus.OK
) -> Response:
    return pages.render(
        "storefront/card.html",
        status=status,
        saved=cards.mine(identity.tools(), member_id=whose.member_id()),
        name_of=saved_cards.card,
        consent=saved_cards.consent(),
        wrong=wrong or {},
        no=no,
    )
