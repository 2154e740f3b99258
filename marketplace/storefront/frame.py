"""What frames every page of a member: where they can go, and the bag with what it holds."""

from __future__ import annotations

from typing import TYPE_CHECKING

from flask import current_app, request, url_for

from marketplace.domain.doors import Realm
from marketplace.queries import bag
from marketplace.storefront import whose
from marketplace.web import identity, pages
from marketplace.words import _

if TYPE_CHECKING:
    from marketplace.web.identity import Visitor


@pages.around(Realm.MEMBER)
def frame(_visitor: Visitor) -> dict[str, object]:
    """Navigation, and the units in the bag at this instant."""
    bag_url = url_for("storefront.bag")
    return {
        "nav_items": _nav(),
        "bag": {
            "href": bag_url,
            "count": bag.held_units(identity.tools(), member_id=whose.member_id()),
            "current": request.path == bag_url,
        },
    }


def _nav() -> list[dict[str, object]]:
    places = [
        ("storefront.today", _("Today")),
        ("storefront.orders", _("Orders")),
        ("invitations.show", _("Invitations")),
    ]
    return [
        {"label": label, "href": url_for(endpoint), "current": request.endpoint == endpoint}
        for endpoint, label in places
        if endpoint in current_app.view_functions
    ]
