"""The figures of a sale as machines are given them, field by field: nothing leaves that is not named here."""

from __future__ import annotations

from dataclasses import fields as parts
from typing import Any

from marshmallow import Schema, fields

from marketplace.api.shapes import instant, text, whole
from marketplace.domain.lost_demand import Reason
from marketplace.domain.orders import ReturnReason
from marketplace.domain.reports import Totals, VariantFigures


def _figures(of: type, name: str) -> type[Schema]:
    """A schema of a dataclass of figures: text, and whole numbers that may be unknown."""
    kinds: dict[str, fields.Field[Any]] = {
        part.name: text() if part.type == "str" else whole(known="None" not in str(part.type))
        for part in parts(of)
        if part.name != "sale_item_id"
    }
    return Schema.from_dict(kinds, name=name)


class PointShape(Schema):
    """Units paid by the end of a minute of the sale, counted from its opening."""

    minute = whole()
    paid = whole()


class EstimateShape(Schema):
    """Units, with the interval in which eight in ten pieces compared with lie."""

    units = whole()
    low = whole()
    high = whole()


def estimate() -> fields.Nested:
    """An estimate, or null where it cannot be made."""
    return fields.Nested(EstimateShape, required=True, allow_none=True)


def why() -> fields.Enum[Any]:
    """Why an estimate is null; null where it is not, or where there is nothing more to estimate."""
    return fields.Enum(Reason, by_value=fields.String(), required=True, allow_none=True)


class OutlookShape(Schema):
    """What could have sold of a variant. ``wanting`` counts members in whole tens, null where they are fewer."""

    wanting = whole(known=False)
    lost = estimate()
    reason = why()
    sells = estimate()
    further = estimate()


class PlaceShape(Schema):
    """Members who bought, in whole tens; ``code`` is empty for all the places of too few together."""

    code = text()
    people = whole()


class PeopleShape(Schema):
    """Who bought, in whole tens; null where they are fewer than ten."""

    buyers = whole(known=False)
    known = whole(known=False)
    new = whole(known=False)
    places = fields.List(fields.Nested(PlaceShape), required=True, attribute="regions")


class ReasonShape(Schema):
    """Units of a size that members sent back for a reason they gave, told in tens of members."""

    size = text()
    reason = fields.Enum(ReturnReason, by_value=fields.String(), required=True)
    units = whole()


class BeyondShape(Schema):
    """What lies beyond the figures; ``variants`` in the order of the figures' own."""

    peers = whole()
    variants = fields.List(fields.Nested(OutlookShape), required=True)
    forecast = estimate()
    reason = why()
    people = fields.Nested(PeopleShape, required=True)
    reasons = fields.List(fields.Nested(ReasonShape), required=True)


class HourBeforeShape(Schema):
    """The first hour of the brand's last sale: units paid in it, of those on sale by its end."""

    sale = fields.String(required=True, attribute="sale_ref")
    title = text()
    opened_at = text()
    paid = whole()
    there = whole()
    sold_bps = whole(known=False)


class FirstHourShape(Schema):
    """What stands beside the first hour, by a minute of it: the last sale, and the median of the category."""

    minute = whole()
    before = fields.Nested(HourBeforeShape, required=True, allow_none=True)
    brands = whole()
    median_bps = whole(known=False)


class FiguresShape(Schema):
    """A sale's figures at an instant: the same numbers as on the brand's page and in its files.

    Units are whole pieces, amounts minor units, rates basis points; null is unknown. Names and reasons are those of
    the JSON file that the page of the sale gives.
    """

    sale = fields.String(required=True, attribute="sale_ref")
    currency = text()
    opens_at = instant()
    as_of = instant()
    cost_total_minor = whole(known=False)
    whole = fields.Nested(_figures(Totals, "Totals"), required=True)
    variants = fields.List(fields.Nested(_figures(VariantFigures, "VariantFigures")), required=True)
    curve = fields.List(fields.Nested(PointShape), required=True)
    beyond = fields.Nested(BeyondShape, required=True)
    first_hour = fields.Nested(FirstHourShape, required=True)
