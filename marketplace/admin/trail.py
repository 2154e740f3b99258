"""The trail of a thing: who did what to it, when and why."""

from __future__ import annotations

import re
from datetime import datetime
from typing import TYPE_CHECKING

from marketplace.admin import door
from marketplace.admin.frame import PageQuery
from marketplace.domain.refusals import NotFound
from marketplace.queries import audit_trail
from marketplace.web import identity, inputs, pages
from marketplace.web.access import operator
from marketplace.words import _, deeds, formats, lazy

if TYPE_CHECKING:
    from flask import Response

INSTANT = re.compile(r"\d{4}-\d\d-\d\dT[\d:.]+(Z|[+-]\d\d:\d\d)")
"""How an event's data writes a moment: ISO 8601 with its offset."""

SUBJECTS = {
    "sale": lazy("Sale"),
    "deal": lazy("Deal"),
    "brand": lazy("Brand"),
    "collection": lazy("Collection"),
    "order": lazy("Order"),
    "purchase": lazy("Order to a brand"),
    "member": lazy("Member"),
    "account": lazy("Account"),
}


@door.get("/trail/<subject>/<int:subject_id>")
@operator
def trail(subject: str, subject_id: int) -> Response:
    """One page of it, newest first."""
    if subject not in SUBJECTS:
        raise NotFound
    page = inputs.query(PageQuery())["page"]
    found = audit_trail.of(identity.tools(), subject_type=subject, subject_id=subject_id, page=page)
    return pages.render(
        "admin/trail.html",
        found=found,
        subject=subject,
        subject_id=subject_id,
        title=SUBJECTS[subject],
    )


@door.app_template_filter("deed")
def deed(name: str) -> str:
    """An event's name in words."""
    return deeds.said(name)


@door.app_template_filter("actor")
def actor(kind: str) -> str:
    """Who acted, where no person is named."""
    return str(next((words for door_, words in deeds.ACTORS.items() if door_ == kind), kind))


@door.app_template_filter("fact")
def fact(name: str) -> str:
    """What a fact of an event is called."""
    return deeds.fact(name)


@door.app_template_filter("told")
def told(value: object) -> str:
    """A fact of an event as a person reads it."""
    if isinstance(value, bool):
        return _("yes") if value else _("no")
    if isinstance(value, list):
        return ", ".join(told(each) for each in value)
    if isinstance(value, str) and INSTANT.fullmatch(value):
        return formats.moment_short(datetime.fromisoformat(value))
    return deeds.value(str(value))
