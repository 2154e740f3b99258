"""Whose request it is: every view of this door that lets members in knows which one."""

from __future__ import annotations

from marketplace.domain.refusals import NotFound
from marketplace.web import identity


def member_id() -> int:
    """The member who is signed in."""
    found = identity.visitor().member_id
    assert found is not None, "a member's account without its member"
    return found


def check_let_in(brand_id: int, territory: str) -> None:
    """NotFound for a sale of another territory, and of a brand that keeps this member out: to them there is none."""
    visitor = identity.visitor()
    if brand_id in visitor.kept_from or territory != visitor.territory:
        raise NotFound
