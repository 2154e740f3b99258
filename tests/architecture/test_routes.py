from __future__ import annotations

import importlib

import pytest

from marketplace.web import access
from marketplace.web.app import create_app
from marketplace.web.places import PLACES

DOORS = ("marketplace.storefront", "supplier_portal", "marketplace.admin", "marketplace.api")
UNSAFE = {"POST", "PUT", "PATCH", "DELETE"}
SIGNED = {"stripe_event", "stop"}
"""What proves itself: the payment service's message by its signature, the end of reminders by its address."""
OPEN_PAGES = {
    "enter",
    "give_code",
    "ask_reset",
    "choose_password",
    "accept_invitation",
    "send_application",
    "sign_out",
    "language",
}
"""Deeds that somebody does who is nobody yet."""


@pytest.fixture
def app(settings, tools):
    return create_app(settings, tools, [importlib.import_module(name).door for name in DOORS])


def test_every_route_says_who_may_enter(app):
    silent = [
        rule.rule
        for rule in app.url_map.iter_rules()
        if rule.endpoint != "static" and access.declared(app.view_functions[rule.endpoint]) is None
    ]

    assert silent == []


def test_every_door_is_hung(app):
    prefixes = {place.prefix for place in PLACES}

    assert prefixes == {"", "/brand", "/admin"}
    assert {"/", "/brand/", "/admin/"} <= {rule.rule for rule in app.url_map.iter_rules()}


def test_only_coming_in_and_what_is_signed_change_anything_for_nobody(app):
    open_deeds = set()
    for rule in app.url_map.iter_rules():
        allowed = access.of_endpoint(app, rule.endpoint)
        nobody = allowed.realm is None and not allowed.any_realm and allowed.scope is None
        if rule.methods & UNSAFE and nobody:
            open_deeds.add((rule.endpoint.rpartition(".")[2], allowed.proves_itself))

    assert {name for name, proves_itself in open_deeds if not proves_itself} == OPEN_PAGES
    assert {name for name, proves_itself in open_deeds if proves_itself} == SIGNED


def test_no_view_takes_deeds_and_questions_under_one_name_without_saying_which(app):
    """A GET that shares its function with a POST could change something by mistake."""
    both = [
        rule.rule
        for rule in app.url_map.iter_rules()
        if "GET" in rule.methods and rule.methods & UNSAFE
    ]

    assert both == []


def test_a_brands_routes_stand_behind_the_brands_door_and_the_houses_behind_its_own(app):
    access.assert_all_declared(app)
