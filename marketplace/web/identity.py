"""Who is visiting: the session behind this door's cookie, asked of the database once a request, never remembered."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from flask import g, request

from marketplace.domain.doors import BrandRole, Door, Realm
from marketplace.services import accounts
from marketplace.web import places

if TYPE_CHECKING:
    from datetime import datetime

    from flask import Response

    from marketplace.services.accounts import Begun, Knocked
    from marketplace.toolbox import Toolbox
    from marketplace.web.places import Place

REFERENCE_LENGTH_MAX = 64


@dataclass(frozen=True, slots=True)
class Visitor:
    """Somebody who is signed in at the door the request came to."""

    account_id: int
    name: str
    realm: Realm
    locale: str
    zone: str
    member_id: int | None = None
    brand_id: int | None = None
    brand_role: BrandRole | None = None
    brand_name: str | None = None
    territory: str | None = None
    kept_from: frozenset[int] = frozenset()


def present() -> Visitor | None:
    """The visitor, if somebody is signed in here with all factors."""
    knocked = at_door(places.current())
    return _visitor(knocked) if knocked is not None and knocked.complete else None


def visitor() -> Visitor:
    """The visitor of a view that only lets in those who are signed in."""
    found = present()
    assert found is not None, "this view lets anybody in: ask identity.present()"
    return found


def gave_second_factor() -> bool:
    """Whether the visitor's session was opened with a second factor."""
    knocked = at_door(places.current())
    return knocked is not None and knocked.has_second_factor and knocked.complete


def half() -> Knocked | None:
    """Somebody who gave the right password and still owes a second factor."""
    knocked = at_door(places.current())
    return knocked if knocked is not None and not knocked.complete else None


def anybody() -> bool:
    """Whether somebody is signed in at any door: for photographs, which all of them show."""
    found = (at_door(place) for place in reversed(places.PLACES))
    return any(knocked is not None and knocked.complete for knocked in found)


def works_here() -> bool:
    """Whether somebody is signed in at the operators' door or a brand's: for photographs whose rights have ended."""
    found = (at_door(place) for place in places.PLACES if place.realm is not Realm.MEMBER)
    return any(knocked is not None and knocked.complete for knocked in found)


def at_door(place: Place) -> Knocked | None:
    """Whose session the cookie of ``place`` names; one round trip a request."""
    asked: dict[Realm, Knocked | None] = g.setdefault("knocked", {})
    if places.for_machines(request.path):
        return None
    if place.realm not in asked:
        reference = reference_at(place)
        # Where the store does not answer, the page that says so is a page for nobody.
        asked[place.realm] = None
        if reference:
            tools_of_nobody = places.premises().tools
            asked[place.realm] = accounts.knock(
                tools_of_nobody, reference=reference, realm=place.realm
            )
    return asked[place.realm]


def reference_at(place: Place) -> str | None:
    """The reference that the browser shows at ``place``."""
    reference = request.cookies.get(places.cookie_name(place), "")
    return reference if 0 < len(reference) <= REFERENCE_LENGTH_MAX else None


def tools() -> Toolbox:
    """The tools in the visitor's hands, at the visitor's door; of nobody yet, at the hallway's."""
    found = present()
    if found is None:
        return hallway_tools()
    door = places.of_realm(found.realm).door
    base = places.premises().tools.during(g.request_id)
    return base.at_door(door, account_id=found.account_id, brand_id=found.brand_id)


def hallway_tools() -> Toolbox:
    """The tools for coming in and for one's own account, which no door but the hallway may touch."""
    knocked = at_door(places.current())
    base = places.premises().tools.during(g.request_id)
    return base.at_door(Door.HALLWAY, account_id=knocked.account_id if knocked else None)


def now() -> datetime:
    """The house's clock as it was when the visitor was looked up; of nobody, the machine's: it decides nothing."""
    asked: dict[Realm, Knocked | None] = g.get("knocked", {})
    known = next((each.at for each in asked.values() if each is not None), None)
    return known if known is not None else places.premises().tools.now()


def remember(response: Response, signed_in: Begun) -> None:
    """Put the new session's reference into the cookie of this door."""
    place = places.current()
    response.set_cookie(
        places.cookie_name(place),
        signed_in.reference,
        max_age=signed_in.lasts,
        path="/",
        secure=True,
        httponly=True,
        samesite=place.same_site,
    )


def forget(response: Response) -> None:
    """Take the cookie of this door back."""
    place = places.current()
    response.delete_cookie(
        places.cookie_name(place), path="/", secure=True, httponly=True, samesite=place.same_site
    )


def _visitor(knocked: Knocked) -> Visitor:
    return Visitor(
        account_id=knocked.account_id,
        name=knocked.name,
        realm=knocked.realm,
        locale=knocked.locale,
        zone=knocked.zone,
        member_id=knocked.member_id if knocked.realm is Realm.MEMBER else None,
        brand_id=knocked.brand_id if knocked.realm is Realm.BRAND else None,
        brand_role=knocked.brand_role if knocked.realm is Realm.BRAND else None,
        brand_name=knocked.brand_name,
        territory=knocked.territory,
        kept_from=knocked.kept_from,
    )
