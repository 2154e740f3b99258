"""What every door has: signing in and out, one's own account, links from letters, the language.

The same views stand behind each door under its own path, with its own cookie and its own realm.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from flask import Blueprint

from marketplace.web import places
from marketplace.web.entrance import account, factor, joining, language, resets, sign_in
from marketplace.web.entrance.language import chosen as chosen_language

if TYPE_CHECKING:
    from collections.abc import Callable

    from flask import Response

__all__ = ("chosen_language", "doors")

ROUTES: tuple[tuple[str, str, str, Callable[..., Response]], ...] = (
    ("GET", "/sign-in", "sign_in", sign_in.show),
    ("POST", "/sign-in", "enter", sign_in.enter),
    ("GET", "/sign-in/code", "code", sign_in.show_code),
    ("POST", "/sign-in/code", "give_code", sign_in.give_code),
    ("GET", "/reset", "reset", resets.show),
    ("POST", "/reset", "ask_reset", resets.ask),
    ("GET", "/reset/<word>", "reset_link", resets.open_link),
    ("POST", "/reset/<word>", "choose_password", resets.choose),
    ("GET", "/join/<word>", "join", joining.show),
    ("POST", "/join/<word>", "accept_invitation", joining.accept),
    ("GET", "/account", "account", account.show),
    ("POST", "/account/password", "change_password", account.change_password),
    ("POST", "/account/sign-out-everywhere", "sign_out_everywhere", account.leave_everywhere),
    ("POST", "/account/extra-time", "extra_time", account.ask_extra_time),
    ("GET", "/account/second-step", "factor", factor.show),
    ("POST", "/account/second-step", "begin_factor", factor.begin),
    ("POST", "/account/second-step/code", "confirm_factor", factor.confirm),
    ("POST", "/account/second-step/remove", "remove_factor", factor.remove),
    ("POST", "/sign-out", "sign_out", sign_in.leave),
    ("POST", "/language", "language", language.choose),
)
"""Method, path behind the door, name of the page, view."""


def doors() -> tuple[Blueprint, ...]:
    """One blueprint for each door."""
    return tuple(_of(place) for place in places.PLACES)


def _of(place: places.Place) -> Blueprint:
    door = Blueprint(f"entrance_{place.name}", __name__, url_prefix=place.prefix or None)
    for method, rule, name, view in ROUTES:
        options: dict[str, Any] = {"methods": [method]}
        door.add_url_rule(rule, name, view, **options)
    return door
