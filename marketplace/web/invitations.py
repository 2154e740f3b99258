"""A member's invitations: how many are left, whom they were given to, and giving one."""

from __future__ import annotations

from http import HTTPStatus
from typing import TYPE_CHECKING

from flask import Blueprint

from marketplace.domain.accounts import EmailRefused, InvitationsSpent
from marketplace.queries import invitations as asked_invitations
from marketplace.services import members
from marketplace.web import access, errors, fields, identity, inputs, pages
from marketplace.words import _

if TYPE_CHECKING:
    from flask import Response

PAGES_MAX = 1_000

door = Blueprint("invitations", __name__)


class InviteForm(inputs.Schema):
    """Whom to invite."""

    email = fields.Email(required=True)


class PageQuery(inputs.Schema):
    """Which page of the list."""

    page = fields.Whole(min=1, max=PAGES_MAX, load_default=1)


@door.get("/invitations")
@access.member
def show() -> Response:
    """The list, newest first."""
    return _page(inputs.query(PageQuery())["page"], {}, "")


@door.post("/invitations")
@access.member
def give() -> Response:
    """Give one; the answer is the same whoever has this address."""
    asked = inputs.attempt(InviteForm())
    if asked.values is None:
        return _page(1, asked.errors, asked.given.get("email", ""))
    try:
        members.invite(
            identity.hallway_tools(),
            account_id=identity.visitor().account_id,
            email=asked.values["email"],
        )
    except (EmailRefused, InvitationsSpent) as no:
        return _page(1, {"email": [errors.sentence(no)]}, asked.values["email"])
    return pages.go("invitations.show", notice=_("Your invitation is on its way."))


def _page(page: int, wrong: dict[str, list[str]], email: str) -> Response:
    found = asked_invitations.of_member(
        identity.hallway_tools(), account_id=identity.visitor().account_id, page=page
    )
    return pages.render(
        "hallway/invitations.html",
        status=HTTPStatus.UNPROCESSABLE_ENTITY if wrong else HTTPStatus.OK,
        found=found,
        page_number=page,
        page_size=asked_invitations.PAGE_SIZE,
        errors=wrong,
        email=email,
    )
