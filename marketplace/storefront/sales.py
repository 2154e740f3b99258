"""A sale: its header, its pieces with the size filter, and the words of its shelves for pages that ask again."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from flask import current_app, jsonify, request
from markupsafe import Markup

from marketplace import words
from marketplace.domain.sales import Phase
from marketplace.queries import reminders, sale_page, stock_words
from marketplace.queries.sale_page import BUYABLE, STYLES_PER_PAGE
from marketplace.storefront import door, frame, shelf, showcase, waiting, whose
from marketplace.web import access, identity, inputs, pages, places, shells
from marketplace.words import shelves

if TYPE_CHECKING:
    from flask import Response

    from marketplace.queries.sale_page import SalePage

OWN_SIZES = "mine"
SIZE_LENGTH_MAX = 40
PAGE_MAX = 1_000


class Filter(inputs.Schema):
    """Which of the pieces: one size, or ``mine`` for the sizes that the member has held before."""

    size = inputs.Trimmed(max=SIZE_LENGTH_MAX, load_default="")
    page = inputs.Whole(min=1, max=PAGE_MAX, load_default=1)


@door.get("/sales/<ref>")
@access.member
def sale(ref: str) -> Response:
    """The page of a sale, in whatever phase it is."""
    chosen = inputs.query(Filter())
    sizes, number = _sizes(chosen["size"]), chosen["page"]
    tools, now = identity.tools(), identity.now()
    shown = showcase.here().show(
        (ref, sizes, number, words.locale()),
        now,
        look=lambda: sale_page.look(tools, ref=ref, sizes=sizes, page=number),
        write=lambda page: _grid(page, filtered=bool(sizes)),
    )
    found = shown.page
    whose.check_let_in(found.header.brand_id, found.header.territory)
    in_room = waiting.visit(found.header)
    if in_room is not None and waiting.must_wait(in_room):
        return waiting.show(found.header, in_room)
    told: dict[str, Any] = {
        "sale": found.header,
        "page_of": found,
        "size": chosen["size"],
        "turns": _turns(found),
        "stream": stream(ref),
        "grid": shown.grid,
    }
    if found.header.phase not in BUYABLE or in_room is not None or not shells.may_be_shared():
        told |= {"reminder": _reminder(found), "in_room": in_room}
        return pages.render("storefront/sale.html", now=now, **told)
    shell = shown.shell(
        (identity.visitor().zone, chosen["size"]),
        lambda: shells.written("storefront/sale.html", reminder=None, in_room=None, **told),
    )
    return shells.shown(shell, bag=frame.bag_link(), now=now)


def _reminder(found: SalePage) -> bool | None:
    """Whether the member is reminded of the opening; none where there is nothing to be reminded of."""
    if found.header.phase is not Phase.TEASER:
        return None
    asked = {"sale_id": found.header.sale_id, "member_id": whose.member_id()}
    return reminders.of_member(identity.tools(), **asked)


def _sizes(asked: str) -> tuple[str, ...]:
    if asked == OWN_SIZES:
        return sale_page.own_sizes(identity.tools(), member_id=whose.member_id())
    return (asked,) if asked else ()


def _grid(found: SalePage, *, filtered: bool) -> Markup:
    """The cards of the styles: the same for every member who reads this language."""
    template = current_app.jinja_env.get_template("storefront/grid.html")
    return Markup(  # noqa: S704 - the template has escaped what it was given
        template.render(
            sale=found.header,
            styles=found.styles,
            filtered=filtered,
            codes=shelves.CODES,
            evidence=shelf.evidence,
        )
    )


@door.get("/sales/<ref>/stock")
@access.member
def stock(ref: str) -> Response:
    """The words of the shelves as codes; unchanged words are answered by a 304."""
    tools = identity.tools()
    told = showcase.here().words(
        ref, identity.now(), look=lambda: stock_words.of_sale(tools, ref=ref)
    )
    whose.check_let_in(told.words.brand_id, told.words.territory)
    answer = jsonify(shelves.codes(told.words.phase, told.words.words))
    answer.set_etag(told.mark)
    answer.headers["Cache-Control"] = "private, no-cache"
    answer.headers["Vary"] = "Cookie"
    answer.make_conditional(request)
    return answer


def stream(ref: str) -> str:
    """The live address of a sale; empty where no live channel is set."""
    live_url = places.premises().settings.live_url
    return f"{live_url.rstrip('/')}/live/sales/{ref}" if live_url else ""


def _turns(found: SalePage) -> dict[str, int | None]:
    """First and last style on this page, and the numbers of the pages beside it."""
    first = (found.page - 1) * STYLES_PER_PAGE
    last = first + len(found.styles)
    return {
        "first": first + 1,
        "last": last,
        "previous": found.page - 1 if found.page > 1 else None,
        "next": found.page + 1 if last < found.total else None,
    }
