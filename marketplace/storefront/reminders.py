"""Remind me: asked for and taken back with one press, and ended from the letter itself without signing in."""

from __future__ import annotations

import hmac
from dataclasses import replace
from enum import StrEnum
from typing import TYPE_CHECKING

from marketplace.domain.doors import Door
from marketplace.domain.refusals import NotFound
from marketplace.domain.reminders import STOPPING
from marketplace.services import reminders
from marketplace.storefront import door, whose
from marketplace.web import access, fields, identity, inputs, pages, places
from marketplace.words import _

if TYPE_CHECKING:
    from flask import Response


class Page(StrEnum):
    """The pages that have the button."""

    TODAY = "today"
    SALE = "sale"


class ReminderForm(inputs.Schema):
    """Where the button was pressed."""

    page = fields.Choice(Page, load_default=Page.SALE)


@door.post("/sales/<ref>/reminder")
@access.member
def remind(ref: str) -> Response:
    """Write to the member shortly before the sale opens."""
    page = inputs.form(ReminderForm())["page"]
    reminders.ask(identity.tools(), ref=ref, member_id=whose.member_id())
    return _back(page, ref, _("We write to you shortly before it opens."))


@door.post("/sales/<ref>/reminder/ended")
@access.member
def end_reminder(ref: str) -> Response:
    """Do not."""
    page = inputs.form(ReminderForm())["page"]
    reminders.take_back(identity.tools(), ref=ref, member_id=whose.member_id())
    return _back(page, ref, _("You are not reminded of it."))


def _back(page: Page, ref: str, notice: str) -> Response:
    if page is Page.TODAY:
        return pages.go("storefront.today", notice=notice)
    return pages.go("storefront.sale", notice=notice, ref=ref)


@door.get("/reminders/<int:reminder_id>/<word>")
@access.anyone
def ask_to_stop(reminder_id: int, word: str) -> Response:
    """The page that the letter's link opens: nothing is done until its button is pressed."""
    _check(reminder_id, word)
    return pages.render("storefront/reminders_end.html", ended=False)


@door.post("/reminders/<int:reminder_id>/<word>")
@access.stranger
def stop(reminder_id: int, word: str) -> Response:
    """The button of that page, or of the reader's own mail program (RFC 8058): the address itself is the proof."""
    _check(reminder_id, word)
    tools = places.premises().tools.at_door(Door.MEMBER)
    reminders.stop_all(tools, reminder_id=reminder_id)
    return pages.render("storefront/reminders_end.html", ended=True)


def _check(reminder_id: int, word: str) -> None:
    premises = places.premises()
    for key in (premises.settings.secret_key, *premises.settings.secret_key_fallbacks):
        sealed = replace(premises.tools, secret_key=key).sealed(f"{STOPPING}{reminder_id}")
        if hmac.compare_digest(sealed.encode(), word.encode()):
            return
    raise NotFound
