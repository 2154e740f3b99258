"""How a brand joins, at the operators' door: what it gave, the decisions on it, and the brand's own moves."""

from __future__ import annotations

from dataclasses import dataclass
from http import HTTPStatus
from typing import TYPE_CHECKING

from marketplace.admin import door
from marketplace.admin.frame import ReasonForm
from marketplace.admin.looking import seen
from marketplace.domain.brands.checklist import Gate
from marketplace.domain.brands.kyb import PARTS
from marketplace.domain.brands.states import BRAND_LIFECYCLE, BrandState, BrandStillOpen
from marketplace.domain.looks import Thing
from marketplace.domain.refusals import NotFound, Refusal
from marketplace.queries import brand_joining
from marketplace.services import brands
from marketplace.web import documents, errors, identity, inputs, pages
from marketplace.web.access import operator
from marketplace.words import _, countries, joining, lazy

if TYPE_CHECKING:
    from collections.abc import Callable

    from flask import Response

    from marketplace.queries.brand_joining import Joining
    from marketplace.words import Lazy


@dataclass(frozen=True, slots=True)
class Move:
    """A move of a brand in words, and the service that does it."""

    title: Lazy
    label: Lazy
    effect: Lazy
    done: Lazy
    act: Callable[..., None]
    leads_to: tuple[BrandState, ...]


MOVES: dict[str, Move] = {
    "suspend": Move(
        lazy("Suspend the brand"),
        lazy("Suspend it"),
        lazy("It begins nothing new. What runs goes on, and what is owed is paid."),
        lazy("The brand is suspended, and its owners were told why."),
        brands.suspend,
        (BrandState.SUSPENDED,),
    ),
    "resume": Move(
        lazy("Take the brand up again"),
        lazy("Take it up again"),
        lazy("It may begin new things again at once."),
        lazy("The brand works with the house again."),
        brands.resume,
        (BrandState.READY, BrandState.ONBOARDING),
    ),
    "terminate": Move(
        lazy("End the work with the brand"),
        lazy("End it"),
        lazy("Nothing new begins, for good. Its people can still see what was."),
        lazy("The work with the brand has ended, and its owners were told why."),
        brands.terminate,
        (BrandState.TERMINATED,),
    ),
}


@door.get("/brands/<int:brand_id>/joining")
@operator
def brand_joining_page(brand_id: int) -> Response:
    """What the brand gave, item by item, with the company's file beside it."""
    return _page(brand_id, {})


@door.post("/brands/<int:brand_id>/joining/<int:item_id>/accept")
@operator
def accept_answer(brand_id: int, item_id: int) -> Response:
    """It is right."""
    brands.accept(identity.tools(), brand_id=brand_id, item_id=item_id)
    return _on(brand_id, _("Accepted."))


@door.post("/brands/<int:brand_id>/joining/<int:item_id>/send-back")
@operator
def send_answer_back(brand_id: int, item_id: int) -> Response:
    """It is not, and why."""
    return _for_a_reason(brand_id, item_id, brands.send_back, _("Sent back, with the reason."))


@door.post("/brands/<int:brand_id>/joining/<int:item_id>/waive")
@operator
def waive_answer(brand_id: int, item_id: int) -> Response:
    """The house does without, and why."""
    return _for_a_reason(brand_id, item_id, brands.waive, _("Waived, with the reason."))


@door.post("/brands/<int:brand_id>/joining/rest")
@operator
def waive_rest(brand_id: int) -> Response:
    """The house knows this brand: it does without the rest, and why."""
    asked = inputs.attempt(ReasonForm())
    if asked.values is None:
        return _page(brand_id, {0: asked.errors["reason"]})
    brands.waive_missing(identity.tools(), brand_id=brand_id, reason=asked.values["reason"])
    return _on(brand_id, _("Waived, with the reason."))


@door.get("/brands/<int:brand_id>/documents/<int:file_id>")
@operator
def brand_document(brand_id: int, file_id: int) -> Response:
    """A document that the brand gave."""
    name, content = brand_joining.document(identity.tools(), brand_id=brand_id, file_id=file_id)
    seen(Thing.DOCUMENT, brand_id)
    return documents.download(name, content)


@door.get("/brands/<int:brand_id>/moves/<move>")
@operator
def brand_move(brand_id: int, move: str) -> Response:
    """What the move would do, what is open, and the box for its reason."""
    return _ask(brand_id, move, {}, {})


@door.post("/brands/<int:brand_id>/moves/<move>")
@operator
def do_brand_move(brand_id: int, move: str) -> Response:
    """Do it."""
    if move not in MOVES:
        raise NotFound
    asked = inputs.attempt(ReasonForm())
    if asked.values is None:
        return _ask(brand_id, move, asked.given, asked.errors)
    try:
        MOVES[move].act(identity.tools(), brand_id=brand_id, reason=asked.values["reason"])
    except BrandStillOpen as no:
        return _ask(brand_id, move, asked.given, {"_schema": [errors.sentence(no)]})
    return pages.go("admin.brand", brand_id=brand_id, notice=str(MOVES[move].done))


def moves_of(state: BrandState) -> list[tuple[str, str]]:
    """The moves that the state allows: name and title."""
    return [
        (name, str(move.title))
        for name, move in MOVES.items()
        if any(BRAND_LIFECYCLE.allows(state, to) for to in move.leads_to)
        and (name != "resume" or state is BrandState.SUSPENDED)
    ]


def _ask(brand_id: int, move: str, given: dict[str, str], wrong: dict[str, list[str]]) -> Response:
    found = brand_joining.look(identity.tools(), brand_id=brand_id)
    if move not in dict(moves_of(found.state)):
        raise NotFound
    leaving = move == "terminate"
    matters = brand_joining.open_matters(identity.tools(), brand_id=brand_id) if leaving else None
    return pages.render(
        "admin/brand_move.html",
        status=HTTPStatus.UNPROCESSABLE_ENTITY if wrong else HTTPStatus.OK,
        brand=found,
        name=move,
        move=MOVES[move],
        matters=matters,
        given=given,
        errors=wrong,
    )


def _for_a_reason(brand_id: int, item_id: int, act: Callable[..., None], done: str) -> Response:
    asked = inputs.attempt(ReasonForm())
    if asked.values is None:
        return _page(brand_id, {item_id: asked.errors["reason"]})
    try:
        act(identity.tools(), brand_id=brand_id, item_id=item_id, reason=asked.values["reason"])
    except NotFound:
        raise
    except Refusal as no:
        return _page(brand_id, {item_id: [errors.sentence(no)]})
    return _on(brand_id, done)


def _on(brand_id: int, notice: str) -> Response:
    return pages.go("admin.brand_joining_page", brand_id=brand_id, notice=notice)


def _page(brand_id: int, wrong: dict[int, list[str]]) -> Response:
    found = brand_joining.look(identity.tools(), brand_id=brand_id)
    bank = brand_joining.bank(identity.tools(), brand_id=brand_id)
    for thing in (Thing.COMPANY, Thing.BANK):
        seen(thing, brand_id)
    return pages.render(
        "admin/brand_joining.html",
        status=HTTPStatus.UNPROCESSABLE_ENTITY if wrong else HTTPStatus.OK,
        found=found,
        gates=[(joining.GATES[gate], found.of(gate)) for gate in Gate if found.of(gate)],
        bank=bank,
        parts=_said(found),
        answers=joining.ANSWERS,
        chosen=joining.chosen,
        states=joining.STATES,
        moves=moves_of(found.state),
        wrong=wrong,
    )


def _said(found: Joining) -> list[tuple[str, list[dict[str, str]]]]:
    """The company's file, part by part."""
    return [
        (
            str(joining.PARTS[part]),
            [{"label": str(joining.FIELDS[name]), "value": _value(found, name)} for name in names],
        )
        for part, names in PARTS.items()
    ]


def _value(found: Joining, name: str) -> str:
    value = getattr(found.company, name)
    if name == "country":
        return countries.name(value)
    if name == "certified":
        return _("yes") if value else _("not said")
    return value or _("not said")
