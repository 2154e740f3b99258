"""The published document (OpenAPI 3.1) and the page for people who write programs against it."""

from __future__ import annotations

from dataclasses import dataclass
from http import HTTPStatus
from typing import Any

from apispec import APISpec
from apispec.ext.marshmallow import MarshmallowPlugin
from flask import Response, current_app, json
from flask_smorest.spec import uploadfield2properties
from flask_smorest.spec.plugins import FlaskPlugin

from marketplace.api import shapes
from marketplace.api.hanging import DEED, PREFIX, door
from marketplace.domain.keys import REQUESTS, WINDOW
from marketplace.web import pages, places
from marketplace.web.access import anyone
from marketplace.words import machining

VERSION = "1.0.0"
KEPT = "aubaine.openapi"
ERROR = "Problem"
UNFIT = HTTPStatus.UNPROCESSABLE_ENTITY.name
"""How the library names the answer to what a schema refuses."""


@dataclass(frozen=True, slots=True)
class Published:
    """What the library asks of an API while it writes the document."""

    DEFAULT_ERROR_RESPONSE_NAME: str = ERROR
    DEFAULT_RESPONSE_CONTENT_TYPE: str = "application/json"


@dataclass(frozen=True, slots=True)
class Operation:
    """One address as the page for people shows it."""

    method: str
    path: str
    summary: str
    scope: str


@door.route("/openapi.json", endpoint="openapi")  # type: ignore[untyped-decorator]  # no types
@anyone
def openapi() -> Response:
    """The document itself."""
    return Response(json.dumps(published()), content_type="application/json")


@door.route("/", endpoint="guide")  # type: ignore[untyped-decorator]  # no types
@anyone
def guide() -> Response:
    """What machines can ask, in our own words."""
    document = published()
    return pages.render(
        "api/guide.html",
        groups=_groups(document),
        scopes=[(str(scope), words) for scope, words in machining.SCOPES.items()],
        requests=REQUESTS,
        seconds=int(WINDOW.total_seconds()),
        base=document["servers"][0]["url"],
        deed=DEED,
    )


def published() -> dict[str, Any]:
    """The document of this application; written once."""
    kept: dict[str, Any] | None = current_app.extensions.get(KEPT)
    if kept is None:
        kept = current_app.extensions[KEPT] = _written()
    return kept


def _written() -> dict[str, Any]:
    schemas = MarshmallowPlugin()
    address = places.premises().settings.public_url.rstrip("/")
    spec = APISpec(
        "Aubaine for brands",
        VERSION,
        "3.1.0",
        [FlaskPlugin(), schemas],
        servers=[{"url": address}],
        info=shapes.noted(description="What a person of a brand sees and does, for its programs."),
    )
    assert schemas.converter is not None, "the plugin was given to the document"
    schemas.converter.add_attribute_function(uploadfield2properties)  # type: ignore[no-untyped-call]  # the library's own
    spec.components.security_scheme("key", {"type": "http", "scheme": "bearer"})
    for name in (ERROR, UNFIT):
        spec.components.response(
            name,
            {
                **shapes.noted(description="Why it was not shown or not done."),
                "content": {"application/problem+json": {"schema": shapes.Problem}},
            },
        )
    door.register_views_in_doc(Published(), current_app, spec, name=door.name, parameters=None)
    written = spec.to_dict()
    written["paths"] = {
        path: item for path, item in written["paths"].items() if _is_for_machines(item)
    }
    return json.loads(json.dumps(written))  # type: ignore[no-any-return]  # what JSON holds


def _is_for_machines(item: dict[str, Any]) -> bool:
    return any(
        "security" in operation for operation in item.values() if isinstance(operation, dict)
    )


def _groups(document: dict[str, Any]) -> dict[str, list[Operation]]:
    found: dict[str, list[Operation]] = {}
    for path, item in document["paths"].items():
        for method, operation in item.items():
            if method in {"get", "post"}:
                found.setdefault(operation["tags"][0], []).append(
                    Operation(
                        method.upper(),
                        path.removeprefix(PREFIX),
                        operation.get("summary", ""),
                        operation["description"].split("`")[1],
                    )
                )
    return found
