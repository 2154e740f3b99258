"""Goods that left the house otherwise than to a member, to be read: how many, how heavy, by which way."""

from __future__ import annotations

from typing import Any

from marshmallow import Schema, fields

from marketplace.api import cursors, shapes
from marketplace.api.cursors import Turning
from marketplace.api.hanging import NUMBER, question
from marketplace.domain.exits import Derogation, ExitKind
from marketplace.domain.keys import Scope
from marketplace.queries import exits as asked_of
from marketplace.queries import feeds
from marketplace.web import bearer

TAG = "Exits"


class ExitLineShape(Schema):
    """Goods that left the house otherwise than to a member. ``derogation`` is null unless they were destroyed.

    A note that ``corrects`` another takes units of it back, which had not left: they are below zero, so that the units
    and weights of all notes add up to what left.
    """

    number = shapes.whole()
    corrects = shapes.whole(known=False, description="The number of the note that is corrected.")
    kind = shapes.one_of(ExitKind)
    derogation = fields.Enum(Derogation, by_value=fields.String(), required=True, allow_none=True)
    deal_id = shapes.whole()
    left_on = fields.Date(required=True)
    received_by = shapes.text()
    note = shapes.text()
    units = shapes.whole()
    weight_g = shapes.whole(description="Of the units whose weight is known, together.")
    recorded_at = shapes.instant()
    sha256 = shapes.text(
        metadata=shapes.noted(description="Seals the figures in their canonical form.")
    )


class ExitShape(ExitLineShape):
    """A note with its figures, as they were sealed: each piece with its weight and customs code."""

    figures = fields.Dict(keys=fields.String(), values=fields.Raw(allow_none=True), required=True)


@question(
    "/exits",
    scope=Scope.READ_STATEMENTS,
    asks=Turning,
    gives=shapes.listing(ExitLineShape),
    tag=TAG,
)
def list_exits(asked: dict[str, Any]) -> dict[str, Any]:
    """Notes of your goods that left, the newest first."""
    return cursors.page(
        "exits",
        asked,
        look=lambda after, most: feeds.exits.listed(bearer.tools(), after=after, most=most),
        number=lambda each: each.number,
    )


@question(
    f"/exits/<{NUMBER}:exit_number>",
    scope=Scope.READ_STATEMENTS,
    gives=ExitShape,
    tag=TAG,
)
def get_exit(exit_number: int) -> dict[str, Any]:
    """One note with all its pieces."""
    found = asked_of.one(bearer.tools(), number=exit_number)
    told = found.figures
    return {
        **{name: getattr(told, name) for name in ("number", "corrects", "received_by", "note")},
        **{name: getattr(told, name) for name in ("units", "weight_g")},
        "kind": ExitKind(told.kind),
        "derogation": None if told.derogation is None else Derogation(told.derogation),
        "deal_id": told.deal,
        "left_on": found.left_on,
        "recorded_at": found.recorded_at,
        "sha256": found.sha256,
        "figures": found.kept,
    }
