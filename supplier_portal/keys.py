"""Keys of the brand's machines: an owner makes, replaces and revokes them; a key is shown once."""

from __future__ import annotations

from http import HTTPStatus
from typing import TYPE_CHECKING

from marshmallow import fields as base

from marketplace.domain.doors import BrandRole
from marketplace.domain.keys import DAYS_MAX, NAME_LENGTH_MAX, OVERLAP_HOURS_MAX, Scope
from marketplace.queries import api_keys, endpoints
from marketplace.services import keys
from marketplace.web import fields, identity, inputs, pages
from marketplace.web.access import brand
from marketplace.words import _, lazy, machining, ngettext
from supplier_portal import door

if TYPE_CHECKING:
    from flask import Response

    from marketplace.services.keys import Made

DAYS = (30, 90, 180, DAYS_MAX)
OVERLAP_HOURS = (0, 24, 72, OVERLAP_HOURS_MAX)
NO_SCOPE = lazy("Choose at least one thing that the key opens. A key without any opens nothing.")


class KeyForm(inputs.Schema):
    """What the key is called, opens, and for how long."""

    name = fields.Trimmed(required=True, max=NAME_LENGTH_MAX)
    scopes = base.List(
        fields.Choice(Scope),
        required=True,
        error_messages={"required": NO_SCOPE},  # type: ignore[dict-item]  # waits for its language
    )
    days = fields.Whole(required=True, min=1, max=DAYS_MAX)


class ReplaceForm(inputs.Schema):
    """How long the old one is taken beside the new one, and how long the new one is good."""

    hours = fields.Whole(required=True, min=0, max=OVERLAP_HOURS_MAX)
    days = fields.Whole(required=True, min=1, max=DAYS_MAX)


@door.get("/machines")
@brand(BrandRole.OWNER)
def machines() -> Response:
    """The brand's keys with the form for a new one, and its endpoints."""
    return _page({}, {})


@door.post("/machines/keys")
@brand(BrandRole.OWNER)
def make_key() -> Response:
    """Make one, and show it this once."""
    tried = inputs.attempt(KeyForm())
    if tried.values is None:
        return _page(tried.given, tried.errors)
    return _made(keys.make(identity.tools(), **tried.values))


@door.get("/machines/keys/<int:key_id>/replace")
@brand(BrandRole.OWNER)
def ask_replace_key(key_id: int) -> Response:
    """Once more before a key is replaced: for how long both are taken."""
    return pages.render(
        "brand/key_replace.html",
        key=api_keys.one(identity.tools(), key_id=key_id),
        days=_days(),
        hours=[(each, _hours(each)) for each in OVERLAP_HOURS],
    )


@door.post("/machines/keys/<int:key_id>/replace")
@brand(BrandRole.OWNER)
def replace_key(key_id: int) -> Response:
    """Make one in its place, and show it this once."""
    said = inputs.form(ReplaceForm())
    return _made(
        keys.replace(
            identity.tools(), key_id=key_id, overlap_hours=said["hours"], days=said["days"]
        )
    )


@door.get("/machines/keys/<int:key_id>/revoke")
@brand(BrandRole.OWNER)
def ask_revoke_key(key_id: int) -> Response:
    """Once more before a key opens nothing any more."""
    found = api_keys.one(identity.tools(), key_id=key_id)
    return pages.render("brand/key_revoke.html", key=found)


@door.post("/machines/keys/<int:key_id>/revoke")
@brand(BrandRole.OWNER)
def revoke_key(key_id: int) -> Response:
    """End it at once."""
    keys.revoke(identity.tools(), key_id=key_id)
    return pages.go("brand.machines", notice=_("Revoked. Nothing opens to this key any more."))


def _page(given: dict[str, str], wrong: dict[str, list[str]]) -> Response:
    return pages.render(
        "brand/machines.html",
        status=HTTPStatus.UNPROCESSABLE_ENTITY if wrong else HTTPStatus.OK,
        keys=api_keys.listed(identity.tools()),
        endpoints=endpoints.listed(identity.tools()),
        scopes=[(str(scope), str(words)) for scope, words in machining.SCOPES.items()],
        days=_days(),
        given=given,
        errors=wrong,
    )


def _made(made: Made) -> Response:
    return pages.render("brand/key_made.html", made=made)


def _days() -> list[tuple[int, str]]:
    return [(each, ngettext("%(num)s day", "%(num)s days", each)) for each in DAYS]


def _hours(hours: int) -> str:
    if not hours:
        return _("Not at all: it ends now")
    return ngettext("%(num)s hour", "%(num)s hours", hours)
