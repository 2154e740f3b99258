"""Proofs of the right to sell: an operator looks at the file and says whether it does."""

from __future__ import annotations

from http import HTTPStatus
from typing import TYPE_CHECKING

from flask import make_response

from marketplace.admin import door
from marketplace.admin.looking import seen
from marketplace.domain.looks import Thing
from marketplace.domain.reasons import REASON_LENGTH_MAX
from marketplace.queries import collections
from marketplace.queries import rights as asked
from marketplace.services import rights as services
from marketplace.web import fields, identity, inputs, pages
from marketplace.web.access import operator
from marketplace.words import _, proving

if TYPE_CHECKING:
    from flask import Response


class RefuseForm(inputs.Schema):
    """Why the proof does not do."""

    reason = fields.Trimmed(required=True, lines=True, max=REASON_LENGTH_MAX)


@door.get("/collections/<int:collection_id>/right")
@operator
def right(collection_id: int) -> Response:
    """The collection's proofs; the newest one counts."""
    return _page(collection_id, {}, {})


@door.get("/collections/<int:collection_id>/right/<int:right_id>/file")
@operator
def right_file(collection_id: int, right_id: int) -> Response:
    """The proof's file, to be kept and opened outside the browser."""
    collections.one(identity.tools(), collection_id=collection_id)
    name, content = asked.file(identity.tools(), right_id=right_id)
    seen(Thing.COLLECTION, collection_id)
    answer = make_response(content)
    answer.mimetype = "application/octet-stream"
    answer.headers.set("Content-Disposition", "attachment", filename=name)
    return answer


@door.post("/collections/<int:collection_id>/right/<int:right_id>/accept")
@operator
def accept_right(collection_id: int, right_id: int) -> Response:
    """Take the proof as good."""
    services.accept(identity.tools(), right_id=right_id)
    notice = _("The proof is accepted.")
    return pages.go("admin.right", collection_id=collection_id, notice=notice)


@door.post("/collections/<int:collection_id>/right/<int:right_id>/refuse")
@operator
def refuse_right(collection_id: int, right_id: int) -> Response:
    """Say why it does not do."""
    tried = inputs.attempt(RefuseForm())
    if tried.values is None:
        return _page(collection_id, tried.given, tried.errors)
    services.refuse(identity.tools(), right_id=right_id, reason=tried.values["reason"])
    notice = _("The brand reads why.")
    return pages.go("admin.right", collection_id=collection_id, notice=notice)


def _page(collection_id: int, given: dict[str, str], wrong: dict[str, list[str]]) -> Response:
    tools = identity.tools()
    return pages.render(
        "admin/right.html",
        status=HTTPStatus.UNPROCESSABLE_ENTITY if wrong else HTTPStatus.OK,
        collection=collections.one(tools, collection_id=collection_id),
        proofs=asked.of_collection(tools, collection_id=collection_id),
        basis_words=proving.BASES,
        states=proving.STATES,
        given=given,
        errors=wrong,
    )
