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
from marketplace.words import _, ngettext, proving
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


class SeveralForm(inputs.Schema):
    """By what right the goods of several lots are sold."""

    basis = fields.Choice(Basis, required=True)
    trademark = fields.Trimmed(required=True, max=TRADEMARK_LENGTH_MAX)
    first_sale = fields.Trimmed(required=True, lines=True, max=FIRST_SALE_LENGTH_MAX)


class LotForm(inputs.Schema):
    """One of the lots: until when the document holds for it; blank leaves it out."""

    valid_until = fields.Day(load_default=None)


@door.get("/rights")
@brand()
def rights() -> Response:
    """What was proved of each lot, and the form for one document that proves several."""
    return _several({}, {})


@door.post("/rights")
@brand(*frame.WRITERS)
@accepts(bytes_max=FILE_BYTES_MAX + FORM_BYTES)
def state_rights() -> Response:
    """Prove several lots at once, each until its own day."""
    tried = inputs.attempt(SeveralForm(), groups={"lot": LotForm()})
    with received("file") as files:
        wrong = dict(tried.errors)
        if "file" not in files:
            wrong["file"] = [_("A proof needs its file. Choose one.")]
        if tried.values is None or wrong:
            return _several(tried.given, wrong)
        lots = tried.values.pop("lot")
        stated = {
            number: Right(**tried.values, valid_until=said["valid_until"])
            for number, said in lots.items()
            if said["valid_until"] is not None
        }
        try:
            services.state_several(identity.tools(), rights=stated, file=files["file"])
        except RightRefused as no:
            return _several(tried.given, _of_lot(no))
    notice = ngettext(
        "The proof of %(num)s lot is with the house.",
        "The proof of %(num)s lots is with the house.",
        len(stated),
    )
    return pages.go("brand.rights", notice=notice)


def _of_lot(no: RightRefused) -> dict[str, list[str]]:
    """The sentence on the field it speaks of; of a lot's day, on that day."""
    field, lot = str(no.facts["field"]), no.facts.get("collection")
    place = f"lot.{lot}.{field}" if lot and field == "valid_until" else field
    return {place: [errors.sentence(no)]}


def _several(given: dict[str, str], wrong: dict[str, list[str]]) -> Response:
    return pages.render(
        "brand/rights.html",
        status=HTTPStatus.UNPROCESSABLE_ENTITY if wrong else HTTPStatus.OK,
        lots=asked.lots(identity.tools()),
        bases=[(str(key), str(label)) for key, label in proving.BASES.items()],
        states=proving.STATES,
        endings=",".join(FILE_ENDINGS),
        may_write=frame.may_write(),
        given=given,
        errors=wrong,
    )


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
