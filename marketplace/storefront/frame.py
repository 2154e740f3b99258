"""What frames every page of a member: where they can go, and the bag with what it holds."""

from __future__ import annotations

from typing import TYPE_CHECKING

from flask import current_app, g, request, url_for

from marketplace.domain.doors import Realm
from marketplace.domain.holds import warn_before
from marketplace.domain.moments import seconds
from marketplace.queries import bag
from marketplace.storefront import whose
from marketplace.web import identity, pages
from marketplace.words import _, formats

if TYPE_CHECKING:
    from collections.abc import Mapping

    from markupsafe import Markup

    from marketplace.domain.holds import Glance
    from marketplace.web.identity import Visitor


@pages.around(Realm.MEMBER)
def frame(_visitor: Visitor) -> dict[str, object]:
    """Navigation, and what is in the bag at this instant; the bag's own page has a clock for each hold."""
    return {"nav_items": _nav()} | ({} if g.get("token_slot") else {"bag": _bag()})


def bag_link() -> Markup:
    """The bag's link by itself, for a page whose frame was written for many."""
    return _link(_bag())


def link_to_bag(href: str, held: Glance, zone: str) -> Markup:
    """The same for ``held``, on a page that is not the bag's own, for who reads times of ``zone``."""
    clock = _clock(held, zone)
    return _link({"href": href, "count": held.units, "current": False, "clock": clock})


def _link(held: Mapping[str, object]) -> Markup:
    macros = current_app.jinja_env.get_template("macros/page.html").module
    link: Markup = macros.bag_link(  # type: ignore[attr-defined]  # a macro of the template
        held["href"], held["count"], current=held["current"], clock=held["clock"]
    )
    return link


def _bag() -> dict[str, object]:
    bag_url = url_for("storefront.bag")
    held = bag.glance(identity.tools(), member_id=whose.member_id())
    here = request.path == bag_url
    return {
        "href": bag_url,
        "count": held.units,
        "current": here,
        "clock": None if here else _clock(held, identity.visitor().zone),
    }


def _clock(held: Glance, zone: str) -> dict[str, object] | None:
    if held.first_end is None:
        return None
    return {
        "deadline": held.first_end.isoformat(),
        "now": held.told_at.isoformat(),
        "until": formats.clock(held.first_end, zone),
        "warn_seconds": seconds(warn_before(extra_time=held.extra_time)),
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
