"""Collections: the list, one with its styles, its brief, and what many styles lack at once."""

from __future__ import annotations

from http import HTTPStatus
from typing import TYPE_CHECKING, Any

from marketplace.domain.catalogue import FILLED_AT_ONCE, Brief, Fact
from marketplace.domain.imports.conditions import Condition
from marketplace.domain.money import MINOR_DIGITS
from marketplace.domain.refusals import Refusal
from marketplace.queries import collections as asked
from marketplace.services import catalogue
from marketplace.web import errors, fields, identity, inputs, pages
from marketplace.web.access import brand
from marketplace.words import _, formats, importing, ngettext
from supplier_portal import door, frame

if TYPE_CHECKING:
    from flask import Response

    from marketplace.queries.collections import CollectionPage

NAME_LENGTH_MAX = 200
SEASON_LENGTH_MAX = 80
TEXT_LENGTH_MAX = 8_000
FACT_LENGTH_MAX = 1_000
CURRENCY = "EUR"


class NewForm(inputs.Schema):
    """A new collection."""

    name = fields.Trimmed(required=True, max=NAME_LENGTH_MAX)
    season = fields.Trimmed(max=SEASON_LENGTH_MAX, load_default="")
    currency = fields.Trimmed(max=3, load_default=CURRENCY)


class StylesQuery(frame.PageQuery):
    """Which styles of a collection."""

    lacks = fields.Choice(Fact, load_default=None)


class BriefForm(inputs.Schema):
    """What the brand asks of the house."""

    problem = fields.Trimmed(required=True, lines=True, max=TEXT_LENGTH_MAX)
    deadline = fields.Day(required=True)
    never = fields.Trimmed(lines=True, max=TEXT_LENGTH_MAX, load_default="")
    cost = fields.MoneyField(load_default=None)


class ConfidenceForm(inputs.Schema):
    """Whether nothing of the collection is spoken of outside the house."""

    confidential = fields.Tick()


class FactForm(inputs.Schema):
    """One fact for every style that lacks it."""

    fact = fields.Choice(Fact, required=True)
    said = fields.Trimmed(required=True, lines=True, max=FACT_LENGTH_MAX)


@door.get("/collections")
@brand()
def collections() -> Response:
    """All collections of the brand."""
    page = inputs.query(frame.PageQuery())["page"]
    found = asked.listed(identity.tools(), page=page)
    return pages.render("brand/collections.html", found=found, may_write=frame.may_write())


@door.get("/collections/new")
@brand(*frame.WRITERS)
def new_collection() -> Response:
    """The form for a new collection."""
    return _new({}, {})


@door.post("/collections/new")
@brand(*frame.WRITERS)
def make_collection() -> Response:
    """Make it; files come next."""
    tried = inputs.attempt(NewForm())
    if tried.values is None:
        return _new(tried.given, tried.errors)
    try:
        number = catalogue.create(identity.tools(), **tried.values)
    except Refusal as no:
        return _new(tried.given, {"currency": [errors.sentence(no)]})
    return pages.go("brand.new_file", collection_id=number)


def _new(given: dict[str, str], wrong: dict[str, list[str]]) -> Response:
    return pages.render(
        "brand/collection_new.html",
        status=_status(wrong),
        given=given,
        errors=wrong,
        currencies=[(code, code) for code in sorted(MINOR_DIGITS)],
        currency=given.get("currency", CURRENCY),
    )


@door.get("/collections/<int:collection_id>")
@brand()
def collection(collection_id: int) -> Response:
    """One collection with its styles."""
    return _page(collection_id, {}, {})


@door.post("/collections/<int:collection_id>/confidence")
@brand(*frame.SIGNERS)
def set_confidence(collection_id: int) -> Response:
    """Mark it as confidential, or lift the mark."""
    confidential = inputs.form(ConfidenceForm())["confidential"]
    catalogue.set_confidence(
        identity.tools(), collection_id=collection_id, confidential=confidential
    )
    notice = (
        _("Marked. Everybody of the house who opens it reads the mark, and you read who did.")
        if confidential
        else _("The mark is lifted.")
    )
    return pages.go("brand.collection", collection_id=collection_id, notice=notice)


@door.post("/collections/<int:collection_id>/facts")
@brand(*frame.WRITERS)
def fill_in(collection_id: int) -> Response:
    """State one fact for all styles that lack it."""
    tried = inputs.attempt(FactForm())
    wrong = dict(tried.errors)
    if tried.values is not None:
        fact = Fact(tried.values["fact"])
        if fact not in FILLED_AT_ONCE:
            raise inputs.Rejected({"fact": [_("This differs from style to style.")]})
        try:
            filled = catalogue.complete_lacking(
                identity.tools(), collection_id=collection_id, fact=fact, said=tried.values["said"]
            )
        except Refusal as no:
            wrong = {"said": [errors.sentence(no)]}
        else:
            notice = ngettext("%(num)s style completed.", "%(num)s styles completed.", filled)
            return pages.go("brand.collection", collection_id=collection_id, notice=notice)
    return _page(collection_id, tried.given, wrong)


def _page(collection_id: int, given: dict[str, str], wrong: dict[str, list[str]]) -> Response:
    """The page; the list of styles stays where it is while a form above it is mended."""
    if wrong and given.get("fact") not in set(FILLED_AT_ONCE):
        raise inputs.Rejected(wrong)
    query: dict[str, Any] = {"page": 1, "lacks": Fact(given["fact"])} if wrong else {}
    query = query or inputs.query(StylesQuery())
    found = asked.one(
        identity.tools(), collection_id=collection_id, lacks=query["lacks"], page=query["page"]
    )
    return pages.render(
        "brand/collection.html",
        status=_status(wrong),
        collection=found,
        lacks=query["lacks"],
        given=given,
        errors=wrong,
        filled_at_once=[fact for fact in FILLED_AT_ONCE if fact in found.lacking],
        facts=importing.FACTS,
        kinds=importing.EVIDENCE,
        import_states=importing.IMPORT_STATES,
        conditions=[(str(each), str(importing.CONDITIONS[each])) for each in Condition],
        may_write=frame.may_write() and not found.frozen,
        may_prove=frame.may_write(),
        may_sign=frame.may_sign() and not found.frozen,
    )


@door.get("/collections/<int:collection_id>/brief")
@brand(*frame.SIGNERS)
def brief(collection_id: int) -> Response:
    """The brief as it was stated."""
    found = asked.one(identity.tools(), collection_id=collection_id)
    stated = found.brief
    given = {
        "problem": stated.problem,
        "deadline": stated.deadline.isoformat() if stated.deadline else "",
        "never": stated.never,
        "cost": formats.amount_text(stated.cost) if stated.cost is not None else "",
    }
    return _brief(found, given, {})


@door.post("/collections/<int:collection_id>/brief")
@brand(*frame.SIGNERS)
def state_brief(collection_id: int) -> Response:
    """State it."""
    tried = inputs.attempt(BriefForm())
    wrong = dict(tried.errors)
    if tried.values is not None:
        values = tried.values
        said = Brief(values["problem"], values["deadline"], values["never"], values["cost"])
        try:
            catalogue.state_brief(identity.tools(), collection_id=collection_id, brief=said)
        except Refusal as no:
            wrong = _on_field(no)
        else:
            return pages.go(
                "brand.collection", collection_id=collection_id, notice=_("Your brief is kept.")
            )
    found = asked.one(identity.tools(), collection_id=collection_id)
    return _brief(found, tried.given, wrong)


def _brief(found: CollectionPage, given: dict[str, str], wrong: dict[str, list[str]]) -> Response:
    return pages.render(
        "brand/brief.html", status=_status(wrong), collection=found, given=given, errors=wrong
    )


@door.post("/collections/<int:collection_id>/submit")
@brand(*frame.SIGNERS)
def submit(collection_id: int) -> Response:
    """Hand it to the house."""
    catalogue.submit(identity.tools(), collection_id=collection_id)
    return pages.go(
        "brand.collection",
        collection_id=collection_id,
        notice=_("Submitted. The house answers with a proposal; you will find it under Deals."),
    )


def _on_field(no: Refusal) -> dict[str, list[str]]:
    """The refusal's sentence under the field it names; NotFound goes on."""
    if "field" not in no.facts:
        raise no
    return {str(no.facts["field"]): [errors.sentence(no)]}


def _status(wrong: Any) -> int:  # noqa: ANN401 - anything that is wrong
    return HTTPStatus.UNPROCESSABLE_ENTITY if wrong else HTTPStatus.OK
