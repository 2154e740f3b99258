"""Guard-rails: what the brand wants kept in every one of its sales. All its people read them, signers set them."""

from __future__ import annotations

from http import HTTPStatus
from typing import TYPE_CHECKING

from flask import url_for

from marketplace.domain.brands.guard_rails import (
    A_YEAR_MAX,
    AVOIDED_MAX,
    DAYS_APART_MAX,
    NAME_MAX,
    WATERMARK_MAX,
    GuardRailRefused,
    GuardRails,
)
from marketplace.queries import guard_rails as asked
from marketplace.services import brands
from marketplace.web import errors, fields, identity, inputs, pages
from marketplace.web.access import brand
from marketplace.words import _, guarding
from supplier_portal import door, frame

if TYPE_CHECKING:
    from flask import Response

AVOIDED_LENGTH_MAX = AVOIDED_MAX * (NAME_MAX + 2)


class GuardRailsForm(inputs.Schema):
    """The guard-rails; an empty bound is none. Names of brands stand one on a line."""

    told_ahead = fields.Tick()
    show_in_teaser = fields.Tick()
    name_in_subject = fields.Tick()
    days_apart = fields.Whole(load_default=None, min=1, max=DAYS_APART_MAX)
    a_year = fields.Whole(load_default=None, min=1, max=A_YEAR_MAX)
    avoided = fields.Trimmed(load_default="", max=AVOIDED_LENGTH_MAX, lines=True)
    watermark = fields.Tick()
    watermark_text = fields.Trimmed(load_default="", max=NAME_MAX)


@door.get("/guard-rails")
@brand()
def guard_rails() -> Response:
    """What is set, and what is kept without being asked."""
    return _page(None, {})


@door.post("/guard-rails")
@brand(*frame.SIGNERS)
def set_guard_rails() -> Response:
    """Set them anew."""
    tried = inputs.attempt(GuardRailsForm())
    if tried.values is None:
        return _page(tried.given, tried.errors)
    values = {**tried.values, "avoided": tuple(tried.values["avoided"].splitlines())}
    text = values.pop("watermark_text")
    values["watermark"] = text if values["watermark"] else None
    try:
        changed = brands.set_guard_rails(
            identity.tools(), brand_id=frame.brand_id(), said=GuardRails(**values)
        )
    except GuardRailRefused as no:
        return _page(tried.given, {str(no.facts["field"]): [errors.sentence(no)]})
    return pages.go("brand.guard_rails", notice=_said(changed))


def _said(changed: tuple[str, ...]) -> str:
    if not changed:
        return _("Nothing changed.")
    if "watermark" in changed:
        return _("Saved. The watermark holds at once, the rest from the next scheduling on.")
    return _("Saved. They hold from the next scheduling on.")


@door.get("/guard-rails/marks")
@brand()
def marks() -> Response:
    """How many photographs carry the mark, for the page to replace."""
    found = asked.look(identity.tools(), brand_id=frame.brand_id())
    return pages.render("brand/marks.html", marked=found.marked, poll=url_for("brand.marks"))


def _page(given: dict[str, str] | None, wrong: dict[str, list[str]]) -> Response:
    found = asked.look(identity.tools(), brand_id=frame.brand_id())
    return pages.render(
        "brand/guard_rails.html",
        status=HTTPStatus.UNPROCESSABLE_ENTITY if wrong else HTTPStatus.OK,
        tabs=frame.house_tabs("brand.guard_rails"),
        found=found,
        given=_given(found.rails) if given is None else given,
        errors=wrong,
        labels=guarding.LABELS,
        text_letters=WATERMARK_MAX,
        may_sign=frame.may_sign(),
        marked=found.marked,
        poll=url_for("brand.marks"),
    )


def _given(rails: GuardRails) -> dict[str, object]:
    return {
        "told_ahead": rails.told_ahead,
        "show_in_teaser": rails.show_in_teaser,
        "name_in_subject": rails.name_in_subject,
        "days_apart": rails.days_apart,
        "a_year": rails.a_year,
        "avoided": "\n".join(rails.avoided),
        "watermark": rails.watermark is not None,
        "watermark_text": rails.watermark or "",
    }
