"""The right to sell a collection: what the brand proves, and what the house said of it."""

from __future__ import annotations

from http import HTTPStatus
from typing import TYPE_CHECKING

from marketplace.domain.rights import (
    FILE_BYTES_MAX,
    FILE_ENDINGS,
    FIRST_SALE_LENGTH_MAX,
    TRADEMARK_LENGTH_MAX,
    Basis,
    Right,
    RightRefused,
)
from marketplace.queries import collections
from marketplace.queries import rights as asked
from marketplace.services import rights as services
from marketplace.web import errors, fields, identity, inputs, pages
from marketplace.web.access import accepts, brand
from marketplace.words import _, proving
from supplier_portal import door, frame
from supplier_portal.files import FORM_BYTES, received

if TYPE_CHECKING:
    from flask import Response


class RightForm(inputs.Schema):
    """By what right these goods are sold."""

    basis = fields.Choice(Basis, required=True)
    trademark = fields.Trimmed(required=True, max=TRADEMARK_LENGTH_MAX)
    first_sale = fields.Trimmed(required=True, lines=True, max=FIRST_SALE_LENGTH_MAX)
    valid_until = fields.Day(required=True)


@door.get("/collections/<int:collection_id>/right")
@brand()
def right(collection_id: int) -> Response:
    """What was proved so far, and the form for a proof."""
    return _page(collection_id, {}, {})


@door.post("/collections/<int:collection_id>/right")
@brand(*frame.WRITERS)
@accepts(bytes_max=FILE_BYTES_MAX + FORM_BYTES)
def state_right(collection_id: int) -> Response:
    """Prove it: the house looks at the proof."""
    tools = identity.tools()
    collections.one(tools, collection_id=collection_id)
    tried = inputs.attempt(RightForm())
    with received("file") as files:
        if tried.values is None or "file" not in files:
            wrong = dict(tried.errors)
            if "file" not in files:
                wrong["file"] = [_("A proof needs its file. Choose one.")]
            return _page(collection_id, tried.given, wrong)
        try:
            services.state(
                tools,
                collection_id=collection_id,
                right=Right(**tried.values),
                file=files["file"],
            )
        except RightRefused as no:
            return _page(
                collection_id, tried.given, {str(no.facts["field"]): [errors.sentence(no)]}
            )
    notice = _("The proof is with the house.")
    return pages.go("brand.right", collection_id=collection_id, notice=notice)


def _page(collection_id: int, given: dict[str, str], wrong: dict[str, list[str]]) -> Response:
    tools = identity.tools()
    return pages.render(
        "brand/right.html",
        status=HTTPStatus.UNPROCESSABLE_ENTITY if wrong else HTTPStatus.OK,
        collection=collections.one(tools, collection_id=collection_id),
        proofs=asked.of_collection(tools, collection_id=collection_id),
        bases=[(str(key), str(label)) for key, label in proving.BASES.items()],
        basis_words=proving.BASES,
        states=proving.STATES,
        endings=",".join(FILE_ENDINGS),
        may_write=frame.may_write(),
        given=given,
        errors=wrong,
    )
