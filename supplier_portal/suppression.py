"""The brand's own customers, kept out of its sales: the list sent or emptied, and counts alone told of it."""

from __future__ import annotations

from http import HTTPStatus
from typing import TYPE_CHECKING

from marketplace.domain.brands.suppression import BYTES_MAX, SuppressionRefused
from marketplace.queries import suppression as asked
from marketplace.services import brands
from marketplace.web import errors, identity, inputs, pages
from marketplace.web.access import accepts, brand
from marketplace.words import _, formats, ngettext
from supplier_portal import door, frame
from supplier_portal.files import FORM_BYTES, received

if TYPE_CHECKING:
    from flask import Response


@door.get("/own-customers")
@brand()
def kept_out() -> Response:
    """How many are kept out, and what that costs."""
    return _page({})


@door.post("/own-customers")
@brand(*frame.SIGNERS)
@accepts(bytes_max=BYTES_MAX + FORM_BYTES)
def keep_out() -> Response:
    """Take a list in place of the one before. The file lasts as long as this request."""
    inputs.form(inputs.Schema())
    with received("customers") as files:
        if "customers" not in files:
            return _page({"customers": [_("Choose a file first.")]})
        try:
            entries, unread = brands.keep_out(
                identity.hallway_tools(), brand_id=frame.brand_id(), file=files["customers"]
            )
        except SuppressionRefused as no:
            return _page({"customers": [errors.sentence(no)]})
    said = ngettext(
        "%(num)s customer is kept out from now on.",
        "%(num)s customers are kept out from now on.",
        entries,
    )
    if unread:
        said = _("%(said)s Not understood: %(unread)s.", said=said, unread=formats.count(unread))
    return pages.go("brand.kept_out", notice=said)


@door.post("/own-customers/empty")
@brand(*frame.SIGNERS)
def keep_nobody_out() -> Response:
    """Empty the list."""
    brands.keep_nobody_out(identity.hallway_tools(), brand_id=frame.brand_id())
    return pages.go("brand.kept_out", notice=_("The list is empty: nobody is kept out."))


def _page(wrong: dict[str, list[str]]) -> Response:
    return pages.render(
        "brand/own_customers.html",
        status=HTTPStatus.UNPROCESSABLE_ENTITY if wrong else HTTPStatus.OK,
        tabs=frame.house_tabs("brand.kept_out"),
        found=asked.look(identity.tools(), brand_id=frame.brand_id()),
        now=identity.now(),
        errors=wrong,
        may_sign=frame.may_sign(),
    )
