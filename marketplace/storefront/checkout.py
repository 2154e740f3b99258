"""Checkout: where the parcel goes, what it comes to, and on to the payment service's own page."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from http import HTTPStatus
from typing import TYPE_CHECKING

from flask import redirect

from marketplace.domain.cards import CardMissing
from marketplace.domain.orders import (
    AddressMissing,
    BagChanged,
    BagEmpty,
    OrderEnded,
    PaymentTrouble,
    TerritoryMismatch,
)
from marketplace.domain.territories import TERRITORIES
from marketplace.queries import bag as asked
from marketplace.queries import cards, known_addresses
from marketplace.services import members, orders, payments
from marketplace.storefront import door, pay_pages, whose
from marketplace.web import access, errors, fields, identity, inputs, pages
from marketplace.words import _, countries, saved_cards

if TYPE_CHECKING:
    from collections.abc import Sequence

    from flask import Response
    from werkzeug.wrappers import Response as AnyResponse

    from marketplace.domain.refusals import Refusal
    from marketplace.queries.known_addresses import Known

NAME_LENGTH_MAX = 200
SEEN_LENGTH_MAX = 2_000


class AddressForm(inputs.Schema):
    """Where the parcel goes."""

    recipient = fields.Trimmed(required=True, max=NAME_LENGTH_MAX)
    line_1 = fields.Trimmed(required=True, max=NAME_LENGTH_MAX)
    line_2 = fields.Trimmed(max=NAME_LENGTH_MAX, load_default="")
    postcode = fields.Trimmed(required=True, max=20)
    city = fields.Trimmed(required=True, max=NAME_LENGTH_MAX)
    country = fields.Trimmed(required=True, max=2)
    phone = fields.Trimmed(max=40, load_default="")


class KnownForm(inputs.Schema):
    """One of the addresses that the member has used before."""

    address = fields.Whole(required=True, min=1)


class NowForm(KnownForm):
    """The same, with the bag as the member sees it."""

    seen = fields.Trimmed(required=True, max=SEEN_LENGTH_MAX)


@dataclass(frozen=True, slots=True)
class Tried:
    """What was sent and why it cannot be taken: shown again with the reasons. ``address`` of those offered."""

    given: dict[str, str] = field(default_factory=dict)
    wrong: dict[str, list[str]] = field(default_factory=dict)
    no: Refusal | None = None
    address: int | None = None


@door.get("/checkout")
@access.member
def checkout() -> Response:
    """What is held, where it goes, and what it comes to."""
    return _page(Tried())


@door.post("/checkout")
@access.member
def pay() -> AnyResponse:
    """Keep a new address, make the order of what is held now and go to the page where it is paid."""
    sent = inputs.attempt(AddressForm())
    if sent.values is None:
        return _page(Tried(sent.given, sent.errors), status=HTTPStatus.UNPROCESSABLE_ENTITY)
    address_id = members.keep_address(
        identity.tools(), member_id=whose.member_id(), written=members.Written(**sent.values)
    )
    return _order(address_id, Tried(sent.given))


@door.post("/checkout/known")
@access.member
def pay_known() -> AnyResponse:
    """The same for an address that the member has used before."""
    sent = inputs.attempt(KnownForm())
    if sent.values is None:
        return _page(Tried(wrong=sent.errors), status=HTTPStatus.UNPROCESSABLE_ENTITY)
    address_id = sent.values["address"]
    return _order(address_id, Tried(address=address_id))


@door.post("/checkout/now")
@access.member
def order_now() -> AnyResponse:
    """Order in one press: the saved card is charged behind it."""
    sent = inputs.attempt(NowForm())
    if sent.values is None:
        return _page(Tried(wrong=sent.errors), status=HTTPStatus.UNPROCESSABLE_ENTITY)
    address_id = sent.values["address"]
    tried = Tried(address=address_id)
    try:
        placed = orders.place_now(
            identity.tools(),
            member_id=whose.member_id(),
            address_id=address_id,
            seen=sent.values["seen"],
        )
    except BagEmpty as no:
        return pages.go("storefront.bag", notice=errors.sentence(no), kind="warn")
    except (BagChanged, CardMissing, AddressMissing, TerritoryMismatch) as no:
        return _page(replace(tried, no=no), status=HTTPStatus.CONFLICT)
    return pages.go("storefront.order", ref=placed.ref)


def _order(address_id: int, tried: Tried) -> AnyResponse:
    tools = identity.tools()
    try:
        placed = orders.place(tools, member_id=whose.member_id(), address_id=address_id)
        opened = payments.open_checkout(tools, payment_id=placed.payment_id)
    except (BagEmpty, OrderEnded) as no:
        return pages.go("storefront.bag", notice=errors.sentence(no), kind="warn")
    except (AddressMissing, TerritoryMismatch) as no:
        return _page(replace(tried, no=no), status=HTTPStatus.CONFLICT)
    except PaymentTrouble as no:
        return _page(replace(tried, no=no), status=HTTPStatus.SERVICE_UNAVAILABLE)
    if opened.paid:
        return pages.go("storefront.paid", ref=placed.ref)
    if opened.waits:
        return pages.go("storefront.turn", ref=placed.ref)
    return redirect(pay_pages.ours(opened.url), HTTPStatus.SEE_OTHER)


def _page(tried: Tried, *, status: int = HTTPStatus.OK) -> Response:
    tools, member_id = identity.tools(), whose.member_id()
    found = asked.look(tools, member_id=member_id)
    if not found.lines:
        empty = _("There is nothing in your bag to pay for.")
        return pages.go("storefront.bag", notice=empty, kind="info")
    used = known_addresses.of(tools, member_id=member_id)
    answer = pages.render(
        "storefront/checkout.html",
        status=status,
        bag_now=found,
        known=[(each.address_id, each.recipient, _written(each)) for each in used],
        chosen=tried.address or _nearest(used, found.territory),
        given={
            "country": found.territory,
            "recipient": identity.visitor().name,
            **tried.given,
        },
        wrong=tried.wrong,
        writing=bool(tried.given or not used),
        no=errors.sentence(tried.no) if tried.no else "",
        countries=countries.options(TERRITORIES),
        first_end=min(line.expires_at for line in found.lines),
        card=_card(member_id),
    )
    if status == HTTPStatus.SERVICE_UNAVAILABLE:
        answer.headers["Retry-After"] = "5"
    return answer


def _card(member_id: int) -> str:
    """The saved card as the member knows it; nothing where there is none that can be charged."""
    saved = cards.mine(identity.tools(), member_id=member_id)
    if saved is None or saved.over:
        return ""
    return saved_cards.card(saved.brand, saved.last_four)


def _nearest(used: Sequence[Known], territory: str) -> int | None:
    """The newest address in the country that this bag can be sent to, else the newest at all."""
    there = [each.address_id for each in used if each.country == territory]
    return next(iter((*there, *(each.address_id for each in used))), None)


def _written(known: Known) -> str:
    town = f"{known.postcode} {known.city}"
    parts = (known.line_1, known.line_2, town, countries.name(known.country))
    return ", ".join(part for part in parts if part)
