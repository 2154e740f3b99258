"""Checkout: where the parcel goes, what it comes to, and on to the payment service's own page."""

from __future__ import annotations

from http import HTTPStatus
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from flask import redirect

from marketplace.domain.orders import BagEmpty, OrderEnded, PaymentTrouble, TerritoryMismatch
from marketplace.domain.territories import TERRITORIES
from marketplace.queries import bag as asked
from marketplace.queries import orders as known
from marketplace.services import members, orders, payments
from marketplace.storefront import door, whose
from marketplace.web import access, errors, fields, identity, inputs, pages, places
from marketplace.words import _, countries

if TYPE_CHECKING:
    from flask import Response
    from werkzeug.wrappers import Response as AnyResponse

    from marketplace.domain.refusals import Refusal

NAME_LENGTH_MAX = 200


class AddressForm(inputs.Schema):
    """Where the parcel goes."""

    recipient = fields.Trimmed(required=True, max=NAME_LENGTH_MAX)
    line_1 = fields.Trimmed(required=True, max=NAME_LENGTH_MAX)
    line_2 = fields.Trimmed(max=NAME_LENGTH_MAX, load_default="")
    postcode = fields.Trimmed(required=True, max=20)
    city = fields.Trimmed(required=True, max=NAME_LENGTH_MAX)
    country = fields.Trimmed(required=True, max=2)
    phone = fields.Trimmed(max=40, load_default="")


@door.get("/checkout")
@access.member
def checkout() -> Response:
    """What is held, where it goes, and what it comes to."""
    given = known.latest_address(identity.tools(), member_id=whose.member_id())
    return _page(given or {"recipient": identity.visitor().name})


@door.post("/checkout")
@access.member
def pay() -> AnyResponse:
    """Make the order of what is held now and go to the page where it is paid."""
    sent = inputs.attempt(AddressForm())
    if sent.values is None:
        return _page(sent.given, wrong=sent.errors, status=HTTPStatus.UNPROCESSABLE_ENTITY)
    tools, member_id = identity.tools(), whose.member_id()
    try:
        address_id = members.keep_address(
            tools, member_id=member_id, written=members.Written(**sent.values)
        )
        placed = orders.place(tools, member_id=member_id, address_id=address_id)
        opened = payments.open_checkout(tools, payment_id=placed.payment_id)
    except (BagEmpty, OrderEnded) as no:
        return pages.go("storefront.bag", notice=errors.sentence(no), kind="warn")
    except TerritoryMismatch as no:
        return _page(sent.given, no=no, status=HTTPStatus.CONFLICT)
    except PaymentTrouble as no:
        return _page(sent.given, no=no, status=HTTPStatus.SERVICE_UNAVAILABLE)
    if opened.paid:
        return pages.go("storefront.paid", ref=placed.ref)
    return redirect(_ours(opened.url), HTTPStatus.SEE_OTHER)


def _ours(url: str) -> str:
    """The address of the pay page, which must stand where the settings say."""
    place = urlsplit(url)
    origins = places.premises().settings.checkout_origins
    assert f"{place.scheme}://{place.netloc}" in origins, "the pay page stands elsewhere"
    return url


def _page(
    given: dict[str, str],
    *,
    wrong: dict[str, list[str]] | None = None,
    no: Refusal | None = None,
    status: int = HTTPStatus.OK,
) -> Response:
    found = asked.look(identity.tools(), member_id=whose.member_id())
    if not found.lines:
        empty = _("There is nothing in your bag to pay for.")
        return pages.go("storefront.bag", notice=empty, kind="info")
    answer = pages.render(
        "storefront/checkout.html",
        status=status,
        bag_now=found,
        given={"country": found.territory, **given},
        wrong=wrong or {},
        no=errors.sentence(no) if no else "",
        countries=countries.options(TERRITORIES),
        first_end=min(line.expires_at for line in found.lines),
    )
    if status == HTTPStatus.SERVICE_UNAVAILABLE:
        answer.headers["Retry-After"] = "5"
    return answer
