"""How views hang on this door: questions and deeds, each with its scope and its schemas, all of it published."""

from __future__ import annotations

from http import HTTPStatus
from typing import TYPE_CHECKING, Any, NoReturn, TypeVar

from flask_smorest import Blueprint
from marshmallow import RAISE, Schema
from webargs.flaskparser import FlaskParser
from werkzeug.exceptions import BadRequest

from marketplace.api.shapes import noted
from marketplace.domain import keys
from marketplace.domain.replies import KEY_LENGTH_MAX
from marketplace.web import access, bearer
from marketplace.web.inputs import Rejected

if TYPE_CHECKING:
    from collections.abc import Callable

    from flask import Response
    from marshmallow import ValidationError

    from marketplace.domain.keys import Scope

View = TypeVar("View", bound="Callable[..., Any]")

PREFIX = "/api/brand/v1"
DEED = "Idempotency-Key"
NUMBER_MAX = 2**53 - 1
"""The largest number that every language reads exactly; nothing is numbered higher."""
NUMBER = f"int(min=1, max={NUMBER_MAX})"
REF = "string(maxlength=80)"

_DEED_HEADER = {
    "in": "header",
    "name": DEED,
    "required": True,
    **noted(
        description="A name of your own for this deed: the same name again gives the first answer again."
    ),
    "schema": {
        "type": "string",
        "minLength": 1,
        "maxLength": KEY_LENGTH_MAX,
        "pattern": "^[!-~]+$",
    },
}


class Parser(FlaskParser):
    """Reads requests by schema; what a schema does not know is refused, and refusals are the house's own."""

    DEFAULT_UNKNOWN_BY_LOCATION = dict.fromkeys(("json", "query", "files"), RAISE)

    def handle_error(
        self,
        error: ValidationError,
        *_arguments: Any,  # noqa: ANN401 - the library's signature
        **_more: Any,  # noqa: ANN401 - the library's signature
    ) -> NoReturn:
        """As every other form that cannot be taken."""
        found: dict[str, dict[str, Any]] = error.normalized_messages()  # type: ignore[no-untyped-call]  # the library's own
        inner: dict[str, Any] = next(iter(found.values()), {})
        raise Rejected({name: _sentences(said) for name, said in inner.items()}) from error

    def _handle_invalid_json_error(
        self,
        error: Exception,
        *_arguments: Any,  # noqa: ANN401 - the library's signature
        **_more: Any,  # noqa: ANN401 - the library's signature
    ) -> NoReturn:
        raise BadRequest from error


def _sentences(said: object) -> list[str]:
    match said:
        case dict():
            return [sentence for inner in said.values() for sentence in _sentences(inner)]
        case list():
            return [sentence for inner in said for sentence in _sentences(inner)]
        case _:
            return [str(said)]


class MachineDoor(Blueprint):  # type: ignore[misc]  # the library ships no types
    """A blueprint that remembers what to publish of its views."""

    ARGUMENTS_PARSER = Parser()


door = MachineDoor("api", __name__, url_prefix=PREFIX, template_folder="templates")


def question(
    path: str,
    *,
    scope: Scope,
    gives: type[Schema],
    tag: str,
    asks: type[Schema] | None = None,
) -> Callable[[View], View]:
    """A view that looks and changes nothing; ``asks`` reads the query of its address."""

    def hang(view: View) -> View:
        hung = door.response(HTTPStatus.OK, gives)(access.machine(scope)(view))
        if asks is not None:
            hung = door.arguments(asks, location="query")(hung)
        hung = door.doc(**_published(view, scope))(hung)
        door.add_url_rule(path, view_func=hung, tags=[tag], methods=["GET"])
        return view

    return hang


def deed(
    path: str,
    *,
    scope: Scope,
    gives: type[Schema],
    tag: str,
    takes: type[Schema] | None = None,
    files: bool = False,
    status: int = HTTPStatus.OK,
    bytes_max: int = access.BODY_BYTES_MAX,
) -> Callable[[View], View]:
    """A view that changes something, once for each ``Idempotency-Key``; ``takes`` reads its body."""

    def hang(view: View) -> View:
        declared = access.accepts(bytes_max=bytes_max)(access.machine(scope)(view))
        hung = door.response(status, gives)(declared)
        if takes is not None:
            hung = door.arguments(takes, location="files" if files else "json")(hung)
        hung = door.doc(**_published(view, scope))(hung)
        door.add_url_rule(
            path, view_func=hung, tags=[tag], methods=["POST"], parameters=[dict(_DEED_HEADER)]
        )
        return view

    return hang


def _published(view: Callable[..., Any], scope: Scope) -> dict[str, Any]:
    return {
        "operationId": view.__name__.rstrip("_"),
        **noted(description=f"Needs a key with the scope `{scope}`."),
        "security": [{"key": []}],
    }


@door.after_request  # type: ignore[untyped-decorator]  # the library ships no types
def dress(response: Response) -> Response:
    """What may still be asked, and how to prove oneself where that failed."""
    bearer.dress(response, requests=keys.REQUESTS, seconds=int(keys.WINDOW.total_seconds()))
    return response
