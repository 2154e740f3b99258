"""The three doors of pages: where each begins, whose it is, how its cookies are named.

Doors are paths. Cookies must have ``Path=/`` to carry the ``__Host-`` prefix, so their names tell doors apart; the
port is in them because browsers send cookies of one host to all its ports.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

from flask import current_app, request, url_for

from marketplace.domain.doors import Door, Realm

if TYPE_CHECKING:
    from marketplace.config import Settings
    from marketplace.toolbox import Toolbox

PORTS = {"http": 80, "https": 443}
MACHINES = "/api/"
"""Where machines knock: no cookie is looked at there, and every answer is for a program unless it is a page."""


@dataclass(frozen=True, slots=True)
class Place:
    """A door as the hallway sees it. ``layout`` frames its pages; ``same_site`` is its cookies' attribute."""

    realm: Realm
    door: Door
    name: str
    prefix: str
    layout: str
    same_site: str

    @property
    def home(self) -> str:
        """The path of its first page."""
        return f"{self.prefix}/"

    def holds(self, path: str) -> bool:
        """Whether ``path`` lies behind this door."""
        return path == self.prefix or path.startswith(self.home)

    def url(self, page: str, **values: Any) -> str:  # noqa: ANN401 - what an address is made of
        """The address of one of the pages that every door has, such as ``sign_in`` and ``account``."""
        return url_for(f"entrance_{self.name}.{page}", **values)


PLACES = (
    Place(Realm.BRAND, Door.BRAND, "brand", "/brand", "layout/brand.html", "Strict"),
    Place(Realm.OPERATOR, Door.OPERATOR, "admin", "/admin", "layout/admin.html", "Strict"),
    Place(Realm.MEMBER, Door.MEMBER, "member", "", "layout/member.html", "Lax"),
)
"""The members' door comes last: it holds every path that no other door does."""


def of_path(path: str) -> Place:
    """The door that ``path`` lies behind."""
    return next(place for place in PLACES if place.holds(path))


def for_machines(path: str) -> bool:
    """Whether ``path`` lies where machines knock."""
    return path.startswith(MACHINES)


def of_realm(realm: Realm) -> Place:
    """The door of ``realm``."""
    return next(place for place in PLACES if place.realm is realm)


def current() -> Place:
    """The door that this request came to."""
    return of_path(request.path)


@dataclass(frozen=True, slots=True)
class Premises:
    """What the hallway knows of its process: settings, and the tools before anybody has them in hand."""

    settings: Settings
    tools: Toolbox


@dataclass(frozen=True, slots=True)
class Shut:
    """What a process knows that serves one page alone: settings, and no tools."""

    settings: Settings


def premises() -> Premises:
    """Those of the running application."""
    found: Premises = current_app.extensions["aubaine"]
    return found


def cookie_name(place: Place, what: str = "") -> str:
    """``__Host-aubaine-<door>-<port>``, or that of another cookie of the door."""
    return cookie_of(place, premises().settings, what)


def cookie_of(place: Place, settings: Settings, what: str = "") -> str:
    """The same, for a process that serves no pages."""
    inner = f"{place.name}-{what}" if what else place.name
    return f"__Host-aubaine-{inner}-{public_port(settings)}"


def public_port(settings: Settings) -> int:
    """The port that people's browsers know."""
    address = urlsplit(settings.public_url)
    return address.port or PORTS[address.scheme]


def origin(url: str) -> str:
    """``scheme://host[:port]`` of ``url``, as browsers write it."""
    address = urlsplit(url)
    return f"{address.scheme}://{address.netloc}"
