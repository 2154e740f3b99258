"""Who may enter: every view says so itself, and one that does not cannot be served.

The decorators only declare; :func:`admit` enforces before any view runs, so that nothing depends on the order of
decorators. Somebody who may not enter sees the same page as for something that is not there.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, TypeVar

from flask import current_app, request

from marketplace.domain.doors import BrandRole, Realm
from marketplace.domain.refusals import NotFound, Refusal
from marketplace.web import bearer, identity, places
from marketplace.words import team

if TYPE_CHECKING:
    from collections.abc import Callable

    from flask import Flask

    from marketplace.domain.keys import Scope

View = TypeVar("View", bound="Callable[..., Any]")

BODY_BYTES_MAX = 1_048_576
"""The largest body of an ordinary request: 1 MiB. Uploads say their own with :func:`accepts`."""
ANSWER = "__access__"
BODY = "__body_bytes_max__"


class RoleRequired(Refusal):
    """The visitor's brand is the right one, but this deed belongs to other roles; ``roles`` names them in words."""

    code = "role_required"


@dataclass(frozen=True, slots=True)
class Access:
    """Who may enter a view. ``realm`` none: anybody. ``proves_itself``: a machine that signs what it sends.

    ``scope``: a brand's machine whose key opens it.
    """

    realm: Realm | None = None
    roles: frozenset[BrandRole] = frozenset()
    any_realm: bool = False
    proves_itself: bool = False
    scope: Scope | None = None


def anyone(view: View) -> View:
    """Open to everybody, signed in or not."""
    return _declare(view, Access())


def member(view: View) -> View:
    """Open to members."""
    return _declare(view, Access(realm=Realm.MEMBER))


def operator(view: View) -> View:
    """Open to people of the house."""
    return _declare(view, Access(realm=Realm.OPERATOR))


def brand(*roles: BrandRole) -> Callable[[View], View]:
    """Open to people of a brand, in one of ``roles`` (none given: in any)."""

    def declare(view: View) -> View:
        return _declare(view, Access(realm=Realm.BRAND, roles=frozenset(roles or BrandRole)))

    return declare


def signed_in(view: View) -> View:
    """Open to whoever is signed in at the door the request came to: pages that every door has."""
    return _declare(view, Access(any_realm=True))


def stranger(view: View) -> View:
    """Open to a machine that signs its message: no session, and no token against forged requests."""
    return _declare(view, Access(proves_itself=True))


def machine(scope: Scope) -> Callable[[View], View]:
    """Open to a brand's machine whose key opens ``scope``: no session, no cookie, no token against forged requests."""

    def declare(view: View) -> View:
        return _declare(view, Access(scope=scope))

    return declare


def accepts(*, bytes_max: int) -> Callable[[View], View]:
    """A view that takes a larger (or only a smaller) body than the ordinary :data:`BODY_BYTES_MAX`."""

    def declare(view: View) -> View:
        setattr(view, BODY, bytes_max)
        return view

    return declare


def _declare(view: View, access: Access) -> View:
    assert not hasattr(view, ANSWER), f"{view.__name__} declares twice who may enter"
    setattr(view, ANSWER, access)
    return view


def declared(view: Callable[..., Any]) -> Access | None:
    """What ``view`` declares, looking through what it was wrapped in."""
    found: Access | None = getattr(view, ANSWER, None)
    inner = getattr(view, "__wrapped__", None)
    return found if found is not None or inner is None else declared(inner)


def of_endpoint(app: Flask, endpoint: str) -> Access:
    """What the view behind ``endpoint`` declares; a bug if it declares nothing or stands behind another door."""
    if endpoint == "static":
        return Access()
    access = declared(app.view_functions[endpoint])
    assert access is not None, f"{endpoint} does not declare who may enter"
    return access


def assert_all_declared(app: Flask) -> None:
    """At start: every route declares who may enter, and stands behind the door of those it is for."""
    for rule in app.url_map.iter_rules():
        access = of_endpoint(app, rule.endpoint)
        at_machines = places.for_machines(rule.rule)
        assert access.scope is None or at_machines, f"{rule.rule} takes keys where people knock"
        assert not (at_machines and (access.realm or access.any_realm)), (
            f"{rule.rule} takes sessions where machines knock"
        )
        if access.realm is not None:
            home = places.of_path(rule.rule).realm
            assert home is access.realm, (
                f"{rule.rule} is for {access.realm} but stands at {home}'s door"
            )


def admit() -> None:
    """Before each view: let in, or answer as if there were nothing here."""
    view = current_app.view_functions.get(request.endpoint or "")
    request.max_content_length = getattr(view, BODY, BODY_BYTES_MAX)
    if request.endpoint is None:
        return
    access = of_endpoint(current_app, request.endpoint)
    if access.scope is not None:
        bearer.admit(access.scope)
        return
    if access.realm is None and not access.any_realm:
        return
    visitor = identity.present()
    if visitor is None or access.realm not in {None, visitor.realm}:
        raise NotFound
    if access.roles and visitor.brand_role not in access.roles:
        raise RoleRequired(roles=_said(access.roles))


def _said(roles: frozenset[BrandRole]) -> str:
    """The roles that may, in words and in their own order."""
    return ", ".join(str(team.ROLES[role]) for role in BrandRole if role in roles)


def requires_token() -> bool:
    """Whether this request must carry the token against forged requests."""
    if request.method in {"GET", "HEAD", "OPTIONS"} or request.endpoint is None:
        return False
    access = of_endpoint(current_app, request.endpoint)
    return not access.proves_itself and access.scope is None


__all__ = (
    "Access",
    "RoleRequired",
    "accepts",
    "anyone",
    "brand",
    "machine",
    "member",
    "operator",
    "signed_in",
    "stranger",
)
