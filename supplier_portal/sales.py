"""A brand's sales: each as members will see it, to be approved, and the conversation about it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from flask import url_for

from marketplace.domain.conversations import Subject
from marketplace.queries import brand_home, sale_approval
from marketplace.services import sales as services
from marketplace.web import fields, identity, inputs, pages, talking
from marketplace.web.access import accepts, brand
from marketplace.words import _, approving, countries, importing
from marketplace.words.deeds import DEEDS
from supplier_portal import door, frame, messages

if TYPE_CHECKING:
    from flask import Response

    from marketplace.queries.sale_approval import SalePage

VERSION_MAX = 1_000_000


class ApprovalForm(inputs.Schema):
    """Which version of the sale is approved: the one that was read."""

    version = fields.Whole(required=True, min=1, max=VERSION_MAX)


@door.get("/sales")
@brand()
def sales() -> Response:
    """The brand's sales."""
    return pages.render("brand/sales.html", sales=brand_home.look(identity.tools()).sales)


@door.get("/sales/<ref>")
@brand()
def sale(ref: str) -> Response:
    """One sale as members will see it."""
    page = inputs.query(frame.PageQuery())["page"]
    found = sale_approval.look(identity.tools(), ref=ref, page=page)
    return pages.render(
        "brand/sale.html",
        sale=found,
        territory=countries.name(found.territory),
        may_write=frame.may_write(),
        kinds=importing.EVIDENCE,
        differences=_differences(found),
        deeds={str(event): label for event, label in DEEDS.items()},
        live=frame.here_or_none("brand.live", ref=ref),
        talk=talking.section(
            Subject.SALE,
            found.sale_id,
            action=url_for("brand.say_on_sale", ref=ref),
            may_say=frame.may_say(),
        ),
    )


@door.post("/sales/<ref>/approve")
@brand(*frame.WRITERS)
def approve_sale(ref: str) -> Response:
    """Approve exactly the version that was read."""
    version = inputs.form(ApprovalForm())["version"]
    sale_approval.look(identity.tools(), ref=ref)
    services.approve(identity.tools(), ref=ref, version=version)
    return pages.go(
        "brand.sale",
        ref=ref,
        notice=_("Approved. If the house changes anything, you are asked again."),
    )


@door.post("/sales/<ref>/messages")
@brand(*frame.SPEAKERS)
@accepts(bytes_max=talking.MESSAGE_BYTES_MAX)
def say_on_sale(ref: str) -> Response:
    """Write in the sale's conversation."""
    found = sale_approval.look(identity.tools(), ref=ref)
    return messages.say_and_go(
        Subject.SALE, found.sale_id, lambda: pages.go("brand.sale", ref=ref, notice=_("Sent."))
    )


def _differences(found: SalePage) -> list[dict[str, str]]:
    """What is no longer as it was approved, as lines of before and now."""
    if found.difference is None:
        return []
    items = [
        {
            "label": each.name,
            "before": approving.offered(each.before),
            "after": approving.offered(each.after),
        }
        for each in found.difference.items
    ]
    return [approving.told(each) for each in found.difference.plan] + items
