"""What is said where no refusal speaks: of an HTTP status, by a code, a title and a sentence.

The codes are ours and do not change; what Python calls a status does, from release to release.
"""

from __future__ import annotations

from dataclasses import dataclass
from http import HTTPStatus
from typing import TYPE_CHECKING

from marketplace.words import lazy

if TYPE_CHECKING:
    from marketplace.words import Lazy


@dataclass(frozen=True, slots=True)
class Said:
    """The code that programs get, and what people read."""

    code: str
    title: Lazy
    sentence: Lazy


_SAID: dict[int, Said] = {
    400: Said(
        "bad_request",
        lazy("This request could not be read"),
        lazy(
            "Something in it is missing or not as expected. Go back, check what you entered and "
            "send it again."
        ),
    ),
    403: Said(
        "forbidden",
        lazy("This is not open to you"),
        lazy(
            "You are signed in, but this deed belongs to somebody else. If you should have it, "
            "ask the person who looks after your account."
        ),
    ),
    404: Said(
        "not_found",
        lazy("There is nothing here"),
        lazy("The address is not one of ours, or not for you."),
    ),
    405: Said(
        "method_not_allowed",
        lazy("This cannot be done here"),
        lazy("The page does not know this deed. Go back and try again from there."),
    ),
    409: Said(
        "conflict",
        lazy("This cannot be done now"),
        lazy(
            "What you were working on was changed before your request arrived. Nothing was saved."
            " Open the page again to see its present state."
        ),
    ),
    410: Said(
        "gone",
        lazy("This link no longer works"),
        lazy("It was used already or has lapsed. Ask for a new one."),
    ),
    413: Said(
        "too_large",
        lazy("This file is too large"),
        lazy("Nothing was saved. Divide the file, or reduce its photographs, and send it again."),
    ),
    422: Said(
        "unprocessable",
        lazy("This could not be accepted"),
        lazy("An entry does not fit. Nothing was saved. Go back, correct it and send it again."),
    ),
    429: Said(
        "too_many_requests",
        lazy("Too many requests"),
        lazy(
            "You asked more often than we can answer fairly. Wait a minute, then try again. "
            "Pieces held for you stay held until their time."
        ),
    ),
    500: Said(
        "internal_server_error",
        lazy("A fault on our side"),
        lazy(
            "Your request was not completed. The fault is recorded and will be looked at. You can"
            " try again."
        ),
    ),
    503: Said(
        "service_unavailable",
        lazy("We are busy for a moment"),
        lazy(
            "Many are asking at once. Wait a few seconds, then try again. Pieces held for you "
            "stay held until their time."
        ),
    ),
}

CODES: dict[str, int] = {
    **{said.code: status for status, said in _SAID.items()},
    "fault": HTTPStatus.INTERNAL_SERVER_ERROR,
    "form_rejected": HTTPStatus.UNPROCESSABLE_ENTITY,
    "store_down": HTTPStatus.SERVICE_UNAVAILABLE,
    "trouble_outside": HTTPStatus.SERVICE_UNAVAILABLE,
}
"""Every code that is answered without a refusal, with its status."""


def said_of(status: int) -> Said:
    """What is said of ``status``; of one without words of its own, what is said of its kind."""
    broken = status >= HTTPStatus.INTERNAL_SERVER_ERROR
    kind = HTTPStatus.INTERNAL_SERVER_ERROR if broken else HTTPStatus.BAD_REQUEST
    return _SAID.get(status) or _SAID[kind]
