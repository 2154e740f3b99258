"""A brand's first page: what needs it, what sells, what was reported."""

from __future__ import annotations

from typing import TYPE_CHECKING

from flask import url_for

from marketplace.queries import brand_home, brand_joining, brand_talks
from marketplace.queries.brand_home import Needed
from marketplace.web import identity, pages
from marketplace.web.access import brand
from marketplace.words import _, ngettext
from supplier_portal import door, frame

if TYPE_CHECKING:
    from flask import Response

    from marketplace.queries.brand_home import Need


@door.get("/")
@brand()
def home() -> Response:
    """What the brand has to do now, its sales, its last reports."""
    found = brand_home.look(identity.tools())
    return pages.render(
        "brand/home.html",
        home=found,
        needs=[*_news(), *(_said(need) for need in found.needs)],
        joining=brand_joining.look(identity.tools(), brand_id=frame.brand_id()),
        may_write=frame.may_write(),
        live=frame.here_or_none("brand.live", ref="-"),
        report_url=lambda number: frame.here_or_none("brand.report", report_id=number),
    )


def _news() -> list[dict[str, object]]:
    """What the house wrote and this person has not read, as one thing to do."""
    unread = brand_talks.news(identity.tools())
    if not unread:
        return []
    text = ngettext(
        "Read %(num)s new message from the house",
        "Read %(num)s new messages from the house",
        unread,
    )
    return [{"text": text, "href": url_for("brand.messages"), "due_at": None}]


def _said(need: Need) -> dict[str, object]:
    """One thing to do as a sentence, where to do it, and by when."""
    text, href = {
        Needed.MAP: (
            _("Say what the columns of %(name)s mean", name=need.name),
            "brand.import_",
        ),
        Needed.CONFIRM: (
            _("Look at %(name)s and let it into the collection", name=need.name),
            "brand.import_",
        ),
        Needed.RETRY: (_("%(name)s could not be read", name=need.name), "brand.import_"),
        Needed.SUBMIT: (
            _("State your brief for %(name)s and submit it", name=need.name),
            "brand.collection",
        ),
        Needed.COMPLETE: (
            ngettext(
                "Complete %(num)s style of %(name)s with what the law asks",
                "Complete %(num)s styles of %(name)s with what the law asks",
                need.count,
                name=need.name,
            ),
            "brand.collection",
        ),
        Needed.ANSWER: (
            _("Answer the house's proposal for %(name)s", name=need.name),
            "brand.deal",
        ),
        Needed.CONFIRM_ORDER: (
            _("Confirm what the house ordered of %(name)s", name=need.name),
            "brand.purchase",
        ),
        Needed.LOOK_AT_CHARGE: (
            _("Look at the charge that the house proposes for %(name)s", name=need.name),
            "brand.charge",
        ),
        Needed.CHOOSE_EXIT: (
            _("Choose what becomes of what %(name)s did not sell", name=need.name),
            "brand.exits_of_deal",
        ),
        Needed.APPROVE: (_("Approve your sale %(name)s", name=need.name), "brand.sale"),
        Needed.APPROVE_AGAIN: (
            _("Your sale %(name)s was changed: approve it again", name=need.name),
            "brand.sale",
        ),
    }[need.needed]
    return {"text": text, "href": _address(href, need), "due_at": need.due_at}


def _address(endpoint: str, need: Need) -> str:
    if endpoint == "brand.purchase":
        return url_for(endpoint, order_ref=need.ref)
    if endpoint == "brand.sale":
        return url_for(endpoint, ref=need.ref)
    key = {
        "brand.import_": "import_id",
        "brand.collection": "collection_id",
        "brand.deal": "deal_id",
        "brand.charge": "charge_id",
        "brand.exits_of_deal": "deal_id",
    }[endpoint]
    return url_for(endpoint, **{key: need.number})  # type: ignore[arg-type]  # one number, by its name
