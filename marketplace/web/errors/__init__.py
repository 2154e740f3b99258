"""Every no and every fault as an answer: a status, a sentence, and for programs ``application/problem+json``.

``answers.py`` is the one table from codes to answers. Nothing here tells a visitor whether a thing exists that is not
theirs, and nothing shows more of a fault than the number under which the log keeps it.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from http import HTTPStatus
from typing import TYPE_CHECKING, Any

import structlog
from flask import Response, g, json, make_response, render_template, request, session
from werkzeug.exceptions import HTTPException, MethodNotAllowed, SecurityError
from werkzeug.exceptions import NotFound as NoRoute

from marketplace import words
from marketplace.domain.refusals import NotFound, Refusal
from marketplace.toolbox import GatewayTrouble, StoreDown
from marketplace.web import identity, inputs, places, returning
from marketplace.web.errors.answers import ANSWERS, answer_of, said, said_to_many
from marketplace.web.errors.statuses import CODES, said_of
from marketplace.words import _, formats

if TYPE_CHECKING:
    from flask import Flask

__all__ = (
    "Written",
    "answer_of",
    "not_found",
    "problem",
    "register",
    "said",
    "sentence",
    "wants_json",
    "written",
)

BUSY_SECONDS = 2
STORE_DOWN_SECONDS = 5
PROBLEM = "application/problem+json"
_FACT = re.compile(r"%\(\w+\)s")
NO_KIND = "about:blank"
CATALOGUE = "/api/brand/v1/problems"
"""Where the codes that machines may meet are written down."""

log = structlog.get_logger()


@dataclass(frozen=True, slots=True)
class Written:
    """A code as a list of them shows it; facts in its sentence are left as signs."""

    code: str
    status: int
    sentence: str


def written(code: str) -> Written:
    """What is written about ``code``, which some refusal or some status has."""
    if code in ANSWERS:
        found = ANSWERS[code]
        return Written(code, found.status, _FACT.sub("…", str(found.sentence)))
    of_status = said_of(CODES[code])
    return Written(code, CODES[code], str(of_status.sentence))


def register(app: Flask) -> None:
    """Let every no and every fault of ``app`` be answered here."""
    app.register_error_handler(SecurityError, _foreign_host)
    app.register_error_handler(HTTPException, _http)
    app.register_error_handler(Refusal, problem)
    app.register_error_handler(inputs.Rejected, _rejected)
    app.register_error_handler(StoreDown, _store_down)
    app.register_error_handler(GatewayTrouble, _trouble_outside)
    app.register_error_handler(Exception, _fault)


def sentence(refusal: Refusal) -> str:
    """What ``refusal`` says to the visitor, in their language and their time."""
    visitor = identity.present()
    return said(refusal, visitor.zone if visitor is not None else formats.HOUSE_ZONE)


def problem(refusal: Refusal) -> Response:
    """The answer to ``refusal``: a page for people, problem+json for programs."""
    if isinstance(refusal, NotFound):
        return not_found()
    found = answer_of(refusal)
    log.info("refused", code=refusal.code, status=found.status)
    answer = _answer(found.status, code=refusal.code, message=sentence(refusal))
    seconds = refusal.facts.get("seconds", BUSY_SECONDS)
    if found.status in {HTTPStatus.TOO_MANY_REQUESTS, HTTPStatus.SERVICE_UNAVAILABLE}:
        answer.headers["Retry-After"] = str(seconds)
    return answer


def problem_of(refusal: Refusal, zone: str, request_id: str) -> tuple[int, dict[str, Any]]:
    """The status and the problem+json that answer ``refusal`` to a person's program, in their language and ``zone``."""
    found = answer_of(refusal)
    log.info("refused", code=refusal.code, status=found.status)
    message = said_to_many(refusal, zone, words.locale())
    return found.status, _problem(NO_KIND, message, found.status, refusal.code, request_id)


def _problem(kind: str, message: str, status: int, code: str, request_id: str) -> dict[str, Any]:
    return {
        "type": kind,
        "title": message,
        "status": int(status),
        "code": code,
        "request_id": request_id,
    }


def not_found() -> Response:
    """The one page for what is not there and for what is not the visitor's; whoever is nobody may sign in on it."""
    if wants_json():
        return _json(
            HTTPStatus.NOT_FOUND,
            "not_found",
            _(
                "This does not exist, or it is not yours to see. Check the address, or begin again from"
                " the first page."
            ),
            {},
        )
    signed_in = identity.present() is not None
    if not signed_in:
        returning.remember()
    place = places.current()
    page = render_template(
        "not_found.html",
        signed_in=signed_in,
        sign_in_url=place.url("sign_in"),
        forgot_url=place.url("reset"),
    )
    return make_response(page, HTTPStatus.NOT_FOUND)


def wants_json() -> bool:
    """Whether a program asks: JSON is accepted, and HTML less; where machines knock, always."""
    if places.for_machines(request.path):
        return True
    accepted = request.accept_mimetypes
    best = accepted.best_match(["text/html", "application/json", PROBLEM])
    return best != "text/html" and best is not None and bool(accepted)


def _answer(
    status: int, *, code: str, message: str | None, errors: dict[str, list[str]] | None = None
) -> Response:
    """``message`` is a refusal's own sentence; without it the status speaks."""
    g.frameless = True
    of_status = said_of(status)
    if wants_json():
        return _json(status, code, message or str(of_status.sentence), errors or {})
    page = render_template(
        "error.html",
        status=status,
        title=of_status.title,
        message=message or of_status.sentence,
        errors=errors or {},
        request_id=g.get("request_id", ""),
    )
    return make_response(page, status)


def _json(status: int, code: str, message: str, errors: dict[str, list[str]]) -> Response:
    body = _problem(_kind(code), message, status, code, g.get("request_id", ""))
    if errors:
        body["errors"] = errors
    return Response(json.dumps(body), status, content_type=PROBLEM)


def _kind(code: str) -> str:
    """The address of what is written about ``code``, where machines can look it up."""
    if not places.for_machines(request.path):
        return NO_KIND
    return f"{places.premises().settings.public_url.rstrip('/')}{CATALOGUE}#{code}"


def _rejected(wrong: inputs.Rejected) -> Response:
    log.info("refused", code="form_rejected", fields=sorted(wrong.errors))
    status = HTTPStatus.UNPROCESSABLE_ENTITY
    return _answer(status, code="form_rejected", message=None, errors=wrong.errors)


def _http(trouble: HTTPException) -> Response:
    if isinstance(trouble, NoRoute):
        return not_found()
    machine = places.for_machines(request.path)
    if isinstance(trouble, MethodNotAllowed) and identity.present() is None and not machine:
        return not_found()
    status = trouble.code or HTTPStatus.INTERNAL_SERVER_ERROR
    if status < HTTPStatus.BAD_REQUEST:
        return trouble.get_response()  # type: ignore[return-value]  # a redirect of the router
    answer = _answer(status, code=said_of(status).code, message=None)
    if isinstance(trouble, MethodNotAllowed) and trouble.valid_methods:
        answer.headers["Allow"] = ", ".join(sorted(trouble.valid_methods))
    return answer


def _foreign_host(_trouble: SecurityError) -> Response:
    # No address of ours can be made for a host that is not ours: words alone.
    return Response(
        "This is not a name of this house.\n", 400, content_type="text/plain; charset=utf-8"
    )


def _store_down(trouble: StoreDown) -> Response:
    log.error("store_down", trouble=str(trouble))
    status = HTTPStatus.SERVICE_UNAVAILABLE
    answer = _answer(status, code="store_down", message=None)
    answer.headers["Retry-After"] = str(STORE_DOWN_SECONDS)
    return answer


def _trouble_outside(trouble: GatewayTrouble) -> Response:
    log.warning("trouble_outside", trouble=type(trouble).__name__)
    answer = _answer(HTTPStatus.SERVICE_UNAVAILABLE, code="trouble_outside", message=None)
    answer.headers["Retry-After"] = str(STORE_DOWN_SECONDS)
    return answer


def _fault(fault: Exception) -> Response:
    log.error("fault", exc_info=fault)
    session.modified = False
    return _answer(HTTPStatus.INTERNAL_SERVER_ERROR, code="fault", message=None)
