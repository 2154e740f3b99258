"""The one table from refusals to answers. A test finds every code that is missing here.

A key is a refusal's code, or ``code.reason`` where its reasons deserve sentences of their own. ``%(name)s`` is a fact
of the refusal, already formatted for the reader.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import lru_cache
from typing import TYPE_CHECKING

from marketplace.web.errors import (
    of_exits,
    of_guard_rails,
    of_joining,
    of_machines,
    of_orders,
    of_settlements,
    of_the_brands,
    of_the_desk,
)
from marketplace.words import formats, lazy

if TYPE_CHECKING:
    from collections.abc import Mapping

    from marketplace.domain.refusals import Refusal
    from marketplace.words import Lazy

BAD, FORBIDDEN, MISSING, CONFLICT, SPENT, UNFIT, WAIT, BUSY = 400, 403, 404, 409, 410, 422, 429, 503

_FACT = re.compile(r"%\((\w+)\)s")
"""Where a sentence names a fact; one that nobody gave is left out, and a per cent sign is only that."""


@dataclass(frozen=True, slots=True)
class Answer:
    """An HTTP status and the sentence a person reads."""

    status: int
    sentence: Lazy


UNKNOWN = Answer(
    UNFIT,
    lazy(
        "This cannot be done as asked. Nothing was changed. Open the page again and try once more."
    ),
)

ANSWERS: dict[str, Answer] = {
    # Everywhere
    "not_found": Answer(
        MISSING,
        lazy(
            "This does not exist, or it is not yours to see. Check the address, or begin again from"
            " the first page."
        ),
    ),
    "stale": Answer(
        CONFLICT,
        lazy(
            "Somebody changed this while you were reading, so nothing of yours was saved. Open it "
            "again to see it as it is now."
        ),
    ),
    "busy": Answer(
        BUSY,
        lazy(
            "Many are asking at once, and your turn did not come. Nothing was changed. Wait a few "
            "seconds, then try again."
        ),
    ),
    "invalid": Answer(
        UNFIT,
        lazy(
            "One of the entries cannot be taken. Nothing was changed. Correct it and send it again."
        ),
    ),
    "illegal_move": Answer(
        CONFLICT,
        lazy(
            "This cannot be done in its present state, and nothing was changed. Open it again to "
            "see where it stands."
        ),
    ),
    # The hallway
    "request_forged": Answer(
        FORBIDDEN,
        lazy(
            "This request did not come from a page you have open, or the page was open for too long. "
            "Nothing was changed. Open the page again and repeat what you did."
        ),
    ),
    "role_required": Answer(
        FORBIDDEN,
        lazy(
            "You are signed in, but this belongs to another role in your team: %(roles)s. "
            "Ask somebody who has it, or ask an owner for the role."
        ),
    ),
    "sign_in_refused": Answer(
        UNFIT, lazy("Address and password do not fit together. Check both and try again.")
    ),
    "too_many_attempts": Answer(
        WAIT,
        lazy(
            "There were too many attempts, so none is taken for a while. Wait %(seconds)s seconds, "
            "then try again, or choose a new password by e-mail."
        ),
    ),
    "code_refused": Answer(
        UNFIT, lazy("This code is wrong or was used already. Wait for the next one and type it in.")
    ),
    "second_factor_required": Answer(
        CONFLICT,
        lazy(
            "In your role one always signs in with a second step, so yours was not taken off. If "
            "you change your phone, the house can set it up anew with you."
        ),
    ),
    "password_refused": Answer(
        UNFIT,
        lazy(
            "This password cannot be used, and nothing was changed. Choose another one: at least 8 "
            "characters, better 15."
        ),
    ),
    "password_refused.short": Answer(
        UNFIT, lazy("This password is too short: take at least 8 characters, better 15.")
    ),
    "password_refused.long": Answer(
        UNFIT, lazy("This password is too long: take at most 256 characters.")
    ),
    "password_refused.common": Answer(
        UNFIT, lazy("This password is among those that are guessed first. Choose another one.")
    ),
    "password_refused.unequal": Answer(
        UNFIT, lazy("The two passwords are not the same. Type the new one twice, alike.")
    ),
    "password_refused.plain": Answer(
        UNFIT,
        lazy("This password is little more than your name or address. Choose another one."),
    ),
    "link_spent": Answer(
        SPENT, lazy("This link was used already or has lapsed. Ask for a new one.")
    ),
    "email_refused": Answer(
        UNFIT, lazy("This is not an e-mail address. It looks like name@example.com.")
    ),
    "invitations_spent": Answer(
        CONFLICT,
        lazy(
            "You have no invitation left to give, so none was sent. One that is not used within "
            "fourteen days comes back to you."
        ),
    ),
    "account_exists": Answer(
        CONFLICT,
        lazy(
            "There is an account with this address already, so no second one was made. Sign in with"
            " it, or name another address."
        ),
    ),
    # Holds
    "hold_refused": Answer(
        CONFLICT,
        lazy(
            "This piece could not be held for you, and nothing was put into your bag. Open its page"
            " again to see what is free."
        ),
    ),
    "already_held": Answer(
        CONFLICT,
        lazy(
            "No further piece is free. The one you asked for before is still in your bag: pay for "
            "it before its time is over."
        ),
    ),
    "already_bought": Answer(
        CONFLICT, lazy("You have bought this piece already: it is among your orders.")
    ),
    "key_reused": Answer(
        CONFLICT,
        lazy(
            "This request was made before, for something else, so it was not carried out again. "
            "Open the page again and choose anew."
        ),
    ),
    "sold_out": Answer(
        CONFLICT,
        lazy(
            "Sold out. The last piece went on %(sold_out_at)s. Other sizes of it may still be free:"
            " its page shows them."
        ),
    ),
    "all_in_bags": Answer(
        CONFLICT,
        lazy(
            "All in bags. The next one comes back on %(next_release_at)s unless it is paid for: ask"
            " again then."
        ),
    ),
    "too_many": Answer(
        CONFLICT,
        lazy(
            "Fewer pieces are free than you asked for, so none was held. Ask for at most %(most)s."
        ),
    ),
    "limit_reached": Answer(
        CONFLICT,
        lazy(
            "The house sells only a few of each piece to one member, so that there is enough for many. "
            "With what you hold and have bought, you can take %(most)s more."
        ),
    ),
    "sale_not_open": Answer(
        CONFLICT,
        lazy(
            "This sale has not opened, so nothing can be held yet, by anybody. It opens on "
            "%(opens_at)s."
        ),
    ),
    "sale_closed": Answer(
        CONFLICT,
        lazy(
            "This sale has closed, so nothing more can be held. What you hold can still be paid for"
            " in its time."
        ),
    ),
    "sale_paused": Answer(
        CONFLICT,
        lazy(
            "This sale is paused for a moment. What you hold keeps its time and can be paid for; "
            "this page shows when it goes on."
        ),
    ),
    "item_stopped": Answer(
        CONFLICT,
        lazy(
            "This piece was taken out of the sale and cannot be held any more. The others are not "
            "affected, nor is what you have paid for."
        ),
    ),
    "hold_lapsed": Answer(
        CONFLICT,
        lazy(
            "Your hold has ended and the piece went back to the sale. If it is still free, you can "
            "hold it again."
        ),
    ),
    "renewal_used": Answer(
        CONFLICT,
        lazy(
            "A hold can be kept longer once, and this one was. It ends on %(expires_at)s: pay "
            "before then."
        ),
    ),
    "quantity_refused": Answer(
        UNFIT, lazy("This is not a number of pieces. Choose a whole number from 1 to %(most)s.")
    ),
    "territory_unknown": Answer(
        UNFIT,
        lazy("The house does not deliver to this country yet. Choose one of those it offers."),
    ),
    # Moments
    "zone_unknown": Answer(
        UNFIT, lazy("There is no time zone %(zone)s. Write it like Europe/Paris.")
    ),
    "hour_does_not_exist": Answer(
        UNFIT,
        lazy(
            "The clocks go forward that night: this time does not exist there. Choose another one."
        ),
    ),
    "hour_is_ambiguous": Answer(
        UNFIT, lazy("The clocks go back that night: this time comes twice there. Say which one.")
    ),
}

for part in (
    of_guard_rails,
    of_joining,
    of_the_desk,
    of_the_brands,
    of_orders,
    of_machines,
    of_exits,
    of_settlements,
):
    ANSWERS |= {code: Answer(*answer) for code, answer in part.ANSWERS.items()}
"""The parts of the house that say no in many ways keep their sentences in files of their own."""


def answer_of(refusal: Refusal) -> Answer:
    """Status and sentence of ``refusal``: those of its reason where they are told apart."""
    reason = refusal.facts.get("reason")
    return ANSWERS.get(f"{refusal.code}.{reason}") or ANSWERS.get(refusal.code, UNKNOWN)


def said(refusal: Refusal, zone: str = formats.HOUSE_ZONE) -> str:
    """What ``refusal`` says in the language being spoken; times among its facts are those of ``zone``."""
    return _filled(answer_of(refusal).sentence, refusal.facts, zone)


def said_to_many(refusal: Refusal, zone: str, locale: str) -> str:
    """The same, where ``locale`` is being spoken and a crowd is told at once: put into words for the first of them."""
    return _filled_once(answer_of(refusal).sentence, tuple(refusal.facts.items()), zone, locale)


@lru_cache(maxsize=500)
def _filled_once(
    sentence: Lazy, facts: tuple[tuple[str, object], ...], zone: str, _locale: str
) -> str:
    return _filled(sentence, dict(facts), zone)


def _filled(sentence: Lazy, facts: Mapping[str, object], zone: str) -> str:
    shown = {name: formats.fact(value, zone) for name, value in facts.items()}
    return _FACT.sub(lambda named: shown.get(named[1], ""), str(sentence))
