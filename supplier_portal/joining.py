"""The list of what a brand owes before it begins: where each item stands, and giving it."""

from __future__ import annotations

from http import HTTPStatus
from typing import TYPE_CHECKING

from flask import url_for

from marketplace.domain.brands.checklist import ASKS_LENGTH_MAX, AnswerRefused, Gate
from marketplace.domain.brands.team import GIVERS
from marketplace.queries import brand_joining
from marketplace.services import brands
from marketplace.services.brands.answers import DOCUMENT_BYTES_MAX, DOCUMENT_ENDINGS
from marketplace.web import documents, errors, fields, identity, inputs, pages
from marketplace.web.access import accepts, brand
from marketplace.words import _, joining
from supplier_portal import door, frame
from supplier_portal.files import received

if TYPE_CHECKING:
    from flask import Response

ITEM_MAX = 2**53
FORM_BYTES = 1024 * 1024


class ItemForm(inputs.Schema):
    """Which item something is given for."""

    item = fields.Whole(required=True, max=ITEM_MAX)


class StatementForm(ItemForm):
    """A statement, its words as they were read, and the tick under it."""

    said = fields.Trimmed(required=True, max=ASKS_LENGTH_MAX, lines=True)
    agreed = fields.Tick()


@door.get("/joining")
@brand()
def joining_list() -> Response:
    """Every item, where it stands, and what to do about it."""
    return _page({})


@door.post("/joining/documents")
@brand(*GIVERS)
@accepts(bytes_max=DOCUMENT_BYTES_MAX + FORM_BYTES)
def give_document() -> Response:
    """Send a document for an item."""
    item_id = inputs.form(ItemForm())["item"]
    with received("document") as sent:
        if "document" not in sent:
            return _page({item_id: [_("Choose a file first.")]})
        try:
            brands.upload(
                identity.tools(),
                brand_id=frame.brand_id(),
                item_id=item_id,
                file=sent["document"],
            )
        except AnswerRefused as no:
            return _page({item_id: [errors.sentence(no)]})
    return pages.go("brand.joining_list", notice=_("Sent. The house looks at it."))


@door.post("/joining/statements")
@brand(*GIVERS)
def sign_statement() -> Response:
    """Sign a statement."""
    said = inputs.form(StatementForm())
    try:
        brands.attest(
            identity.tools(),
            brand_id=frame.brand_id(),
            item_id=said["item"],
            said=said["said"],
            agreed=said["agreed"],
        )
    except AnswerRefused as no:
        return _page({said["item"]: [errors.sentence(no)]})
    return pages.go("brand.joining_list", notice=_("Signed. The house looks at it."))


@door.get("/joining/documents/<int:file_id>")
@brand(*GIVERS)
def own_document(file_id: int) -> Response:
    """A document that the brand gave, to be kept by whoever asks for it."""
    name, content = brand_joining.document(
        identity.tools(), brand_id=frame.brand_id(), file_id=file_id
    )
    return documents.download(name, content)


def _page(wrong: dict[int, list[str]]) -> Response:
    found = brand_joining.look(identity.tools(), brand_id=frame.brand_id())
    return pages.render(
        "brand/joining.html",
        status=HTTPStatus.UNPROCESSABLE_ENTITY if wrong else HTTPStatus.OK,
        tabs=frame.house_tabs("brand.joining_list"),
        found=found,
        gates=[(joining.GATES[gate], found.of(gate)) for gate in Gate if found.of(gate)],
        answers=joining.ANSWERS,
        lacks=lambda item: ", ".join(str(joining.FIELDS[name]) for name in item.lacking),
        chosen=joining.chosen,
        states=joining.STATES,
        wrong=wrong,
        may_give=identity.visitor().brand_role in GIVERS,
        may_account=frame.may_account(),
        endings=",".join(DOCUMENT_ENDINGS),
        company_url=url_for("brand.company"),
    )
