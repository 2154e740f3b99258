"""What machines are given, field by field: nothing leaves that is not named here."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from marshmallow import Schema, fields

from marketplace.domain.deals import DealState, Side
from marketplace.domain.imports.steps import ImportState, RowVerdict
from marketplace.domain.sales import Phase, SaleState
from marketplace.domain.settlements import StatementKind

if TYPE_CHECKING:
    from enum import StrEnum


def noted(*, description: str) -> dict[str, str]:
    """What the published document says of a field: in English alone, as program and document are."""
    return {"description": description}


def one_of(kind: type[StrEnum]) -> fields.Enum[Any]:
    """A field that holds one of the words of ``kind``."""
    return fields.Enum(kind, by_value=fields.String(), required=True)


def text(**more: Any) -> fields.String:  # noqa: ANN401 - what marshmallow takes
    """Text that is always there, be it empty."""
    return fields.String(required=True, **more)


def whole(*, description: str = "", known: bool = True) -> fields.Integer:
    """A whole number; not ``known``: it may be null."""
    return fields.Integer(
        required=True,
        allow_none=not known,
        metadata=noted(description=description) if description else {},
    )


def instant(*, known: bool = True) -> fields.AwareDateTime:
    """An instant in UTC; not ``known``: it may be null."""
    return fields.AwareDateTime(required=True, allow_none=not known)


class MoneyShape(Schema):
    """An amount in whole minor units (cents) of a currency."""

    amount_minor = fields.Integer(required=True, attribute="minor")
    currency = text(metadata=noted(description="ISO 4217"))


def money(*, known: bool = True) -> fields.Nested:
    """An amount; not ``known``: it may be null."""
    return fields.Nested(MoneyShape, required=True, allow_none=not known)


def listing(item: type[Schema]) -> type[Schema]:
    """One page of a list of ``item``."""
    return Schema.from_dict(
        {
            "data": fields.List(fields.Nested(item), required=True),
            "next": fields.String(
                required=True,
                allow_none=True,
                metadata=noted(description="The cursor of the next page; null on the last."),
            ),
        },
        name=f"{item.__name__.removesuffix('Shape')}Page",
    )


class CollectionShape(Schema):
    """A collection and its brief."""

    id = fields.Integer(required=True, attribute="collection_id")
    name = text()
    season = text()
    currency = text()
    state = text(metadata=noted(description="`draft` or `submitted`"))
    problem = text(metadata=noted(description="What the brief asks the house to solve."))
    deadline = fields.Date(required=True, allow_none=True)
    never = text(metadata=noted(description="What must never happen."))
    styles = whole()
    variants = whole()
    units = whole(description="The known ones of all variants.")
    created_at = instant()
    submitted_at = instant(known=False)


class StyleShape(Schema):
    """A style of a collection."""

    id = fields.Integer(required=True, attribute="style_id")
    code = text()
    name = text()
    description = text()
    category = text()
    gender = text()
    composition = text()
    origin = text(metadata=noted(description="ISO 3166, two letters; empty while unknown"))
    condition = text()
    defects = text(
        metadata=noted(description="What is not perfect about it; second choice owes it.")
    )
    manufacturer = text()


class VariantShape(Schema):
    """A variant: style, colour and size."""

    id = fields.Integer(required=True, attribute="variant_id")
    style_id = whole()
    sku = text()
    gtin = text()
    colour = text()
    size = text()
    units = whole(description="Offered; null where unknown, which is not zero.", known=False)
    rrp = money(known=False)
    floor = money(known=False)
    wholesale = money(known=False)


class ImportLineShape(Schema):
    """A file on its way into a collection, or that came into it."""

    id = fields.Integer(required=True, attribute="import_id")
    collection_id = whole()
    filename = text()
    state = one_of(ImportState)
    created_at = instant()


class ColumnShape(Schema):
    """A column of the file, what it is taken for and how surely."""

    name = text()
    field = fields.String(required=True, allow_none=True)
    confidence = whole(description="Of 100.")
    samples = fields.List(fields.String(), required=True)


class CodeCountShape(Schema):
    """How often one thing was found."""

    code = text()
    severity = text()
    count = whole()


class ProblemFoundShape(Schema):
    """Something that was found in the file: where, what, and how to mend it."""

    row = whole(known=False)
    column = fields.String(required=True, allow_none=True)
    value = text()
    code = text()
    severity = text()
    message = text()
    mend = text()


class ImportShape(Schema):
    """An import as it stands."""

    id = fields.Integer(required=True, attribute="import_id")
    collection_id = whole()
    filename = text()
    state = one_of(ImportState)
    sheet = fields.String(required=True, allow_none=True)
    sheets = fields.List(fields.String(), required=True)
    point = fields.String(
        required=True,
        allow_none=True,
        metadata=noted(description="How decimals are read: `,` or `.`."),
    )
    rows_total = whole()
    rows_done = whole()
    columns = fields.List(fields.Nested(ColumnShape), required=True)
    counts = fields.Dict(keys=fields.String(), values=fields.Integer(), required=True)
    codes = fields.List(fields.Nested(CodeCountShape), required=True)
    problems = fields.List(
        fields.Nested(ProblemFoundShape),
        required=True,
        metadata=noted(
            description="Those of the file as a whole; those of rows have a list of their own."
        ),
    )
    failure = fields.Dict(keys=fields.String(), values=fields.Raw(), required=True)
    created_at = instant()
    finished_at = instant(known=False)


class RowShape(Schema):
    """A row in which something was found, numbered as the spreadsheet numbers it."""

    number = whole()
    verdict = one_of(RowVerdict)
    problems = fields.List(fields.Nested(ProblemFoundShape), required=True)


class DealLineShape(Schema):
    """A deal and its newest version."""

    id = fields.Integer(required=True, attribute="deal_id")
    collection_id = whole()
    state = one_of(DealState)
    latest = whole(description="The number of the newest version.")
    side = one_of(Side)
    expires_at = instant()


class VersionShape(Schema):
    """A version of a deal. ``terms`` are typed as on the page: rates in basis points, amounts in minor units."""

    number = whole()
    side = one_of(Side)
    terms = fields.Dict(keys=fields.String(), values=fields.Raw(allow_none=True), required=True)
    note = text()
    units = whole()
    sha256 = text(metadata=noted(description="Seals terms and lines."))
    changed = fields.List(
        fields.String(),
        required=True,
        metadata=noted(description="Terms that differ from the version before."),
    )
    lines_changed = whole()
    created_at = instant()
    expires_at = instant()
    accepted_at = instant(known=False)


class DealShape(Schema):
    """A deal with all its versions, the newest first; its lines have a list of their own."""

    id = fields.Integer(required=True, attribute="deal_id")
    collection_id = whole()
    state = one_of(DealState)
    versions = fields.List(fields.Nested(VersionShape), required=True)


class LineShape(Schema):
    """A line of a deal's newest version."""

    variant_id = whole()
    style_code = text()
    colour = text()
    size = text()
    sku = text()
    units = whole()
    floor = money()
    unit_cost = money(known=False)


class StatementLineShape(Schema):
    """A statement. ``to_pay`` is paid by ``due_on``; ``paid_at`` is null until it is, or where nothing is."""

    number = whole()
    kind = one_of(StatementKind)
    deal_id = whole()
    about = text()
    as_of = instant()
    issued_at = instant()
    to_pay = money()
    carried = money()
    due_on = fields.Date(required=True)
    paid_at = instant(known=False)
    reference = text(metadata=noted(description="What the bank calls the transfer."))
    sha256 = text(metadata=noted(description="Seals the figures in their canonical form."))


class StatementShape(StatementLineShape):
    """A statement with its figures, as they were sealed: amounts in minor units, by sales and lines."""

    figures = fields.Dict(keys=fields.String(), values=fields.Raw(allow_none=True), required=True)


class SaleShape(Schema):
    """A sale. ``phase`` is what it is at this instant, ``state`` what was decided about it."""

    ref = text()
    title = text()
    deal_id = whole()
    state = one_of(SaleState)
    phase = one_of(Phase)
    territory = text()
    currency = text()
    zone = text()
    opens_at = instant()
    closes_at = instant()
    units = whole()
    approved = fields.Boolean(required=True, attribute="is_approved")


class Problem(Schema):
    """Why something was not shown or not done (RFC 9457)."""

    type = text(metadata=noted(description="Where its code is written about."))
    title = text(metadata=noted(description="For people, in the language asked for."))
    status = whole()
    code = text(metadata=noted(description="For programs: it does not change."))
    request_id = text(metadata=noted(description="Name it to the house when you ask about this."))
    errors = fields.Dict(
        keys=fields.String(),
        values=fields.List(fields.String()),
        metadata=noted(description="Sentences by field, where fields were refused."),
    )
