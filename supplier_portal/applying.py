"""A brand that is not here yet applies by a page that asks little, and says what happens next and when."""

from __future__ import annotations

from http import HTTPStatus
from typing import TYPE_CHECKING

from flask import request

from marketplace import words
from marketplace.domain.accounts import TooManyAttempts
from marketplace.domain.brands.applying import ANSWERED_WITHIN, SAID_LENGTH_MAX
from marketplace.domain.imports.countries import CODES
from marketplace.services import accounts
from marketplace.services.accounts import Applicant
from marketplace.web import errors, fields, identity, inputs, pages
from marketplace.web.access import anyone
from marketplace.words import _, countries
from supplier_portal import door

if TYPE_CHECKING:
    from flask import Response


class ApplicationForm(inputs.Schema):
    """What the house needs to answer, and no more."""

    name = fields.Trimmed(required=True)
    country = fields.Trimmed(required=True, max=2)
    website = fields.Trimmed(load_default="")
    person = fields.Trimmed(required=True)
    email = fields.Email(required=True)
    said = fields.Trimmed(max=SAID_LENGTH_MAX, lines=True, load_default="")


@door.get("/apply")
@anyone
def application() -> Response:
    """The form."""
    return _page({"country": "FR"}, {})


@door.post("/apply")
@anyone
def send_application() -> Response:
    """Write it down; the answer is the same whether this address applied before or not."""
    tried = inputs.attempt(ApplicationForm())
    if tried.values is None:
        return _page(tried.given, tried.errors)
    if tried.values["country"] not in CODES:
        return _page(tried.given, {"country": [_("Choose the country from the list.")]})
    try:
        accounts.apply(
            identity.hallway_tools(),
            applicant=Applicant(**tried.values, locale=words.locale()),
            network=request.remote_addr or "",
        )
    except TooManyAttempts as no:
        answer = _page(
            tried.given, {"_schema": [errors.sentence(no)]}, HTTPStatus.TOO_MANY_REQUESTS
        )
        answer.headers["Retry-After"] = str(no.facts["seconds"])
        return answer
    return pages.go("brand.application_received")


@door.get("/apply/received")
@anyone
def application_received() -> Response:
    """What happens next, and when."""
    return pages.render("brand/application_received.html", days=ANSWERED_WITHIN.days)


def _page(given: dict[str, str], wrong: dict[str, list[str]], status: int = 0) -> Response:
    fine = HTTPStatus.UNPROCESSABLE_ENTITY if wrong else HTTPStatus.OK
    return pages.render(
        "brand/apply.html",
        status=status or fine,
        given=given,
        errors=wrong,
        countries=countries.options(CODES),
        days=ANSWERED_WITHIN.days,
    )
