"""The waiting room of a sale: what stands in place of its page until the member is let in, and the draw to check."""

from __future__ import annotations

import csv
import hashlib
import io
from typing import TYPE_CHECKING, Any

from flask import make_response, request, url_for

from marketplace.domain.admissions import Standing
from marketplace.domain.moments import seconds
from marketplace.domain.refusals import NotFound
from marketplace.domain.sales import Phase
from marketplace.queries import admissions as draws
from marketplace.queries import sale_page
from marketplace.services import admissions
from marketplace.storefront import door, whose
from marketplace.web import access, identity, pages
from marketplace.words import _

if TYPE_CHECKING:
    from flask import Response

    from marketplace.domain.admissions import Span, Visit
    from marketplace.queries.sale_page import Header

ASKED_AFTER_MS = 4_000
ASKED_AFTER_MS_MAX = 20_000
SPREAD_MS = 2_000
"""Members ask at moments of their own, so that a crowd does not ask in step."""
RELOADED_AFTER_SECONDS = 30
"""Without JavaScript. Shorter than what counts as being there."""
OF_THE_ROOM = frozenset({Phase.TEASER, Phase.OPEN, Phase.PAUSED})


def visit(sale: Header) -> Visit | None:
    """What the member finds in the sale's room; None where it has none now."""
    if not sale.has_room or sale.phase not in OF_THE_ROOM:
        return None
    return admissions.visit(identity.tools(), sale_id=sale.sale_id, member_id=whose.member_id())


def must_wait(found: Visit | None) -> bool:
    """Whether the member stands in the room, and sees it in place of the sale."""
    return found is not None and found.standing is not Standing.NOT_YET and not found.may_shop


def show(sale: Header, found: Visit) -> Response:
    """The waiting page."""
    return pages.render("storefront/waiting.html", sale=sale, **_told(sale.ref, found))


@door.get("/sales/<ref>/waiting")
@access.member
def waiting_now(ref: str) -> Response:
    """The part of the waiting page that asks again: nothing where it says the same, the whole page once let in."""
    sale = _header(ref)
    found = visit(sale)
    if found is None or not must_wait(found):
        answer = make_response("", 204)
        answer.headers["HX-Refresh"] = "true"
        return answer
    told = _told(ref, found)
    if request.args.get("shown") == told["says"]:
        return make_response("", 204)
    answer = pages.render("storefront/waiting_now.html", sale=sale, **told)
    answer.set_etag(told["says"])
    answer.headers["Cache-Control"] = "private, no-cache"
    answer.headers["Vary"] = "Cookie"
    answer.make_conditional(request)
    return answer


@door.post("/sales/<ref>/waiting/again")
@access.member
def stand_again(ref: str) -> Response:
    """A turn that passed unused: behind everybody once more."""
    sale = _header(ref)
    asked = {"sale_id": sale.sale_id, "member_id": whose.member_id()}
    admissions.stand_again(identity.tools(), **asked)
    return pages.go("storefront.sale", ref=ref, notice=_("You stand in the line again."))


@door.get("/sales/<ref>/draw")
@access.member
def draw(ref: str) -> Response:
    """Every place of the draw with its ticket, as a table to be checked; nobody is named in it."""
    places = draws.draw_of(identity.tools(), sale_id=_header(ref).sale_id)
    if not places:
        raise NotFound
    table = io.StringIO()
    rows = csv.writer(table)
    rows.writerow(("place", "ticket"))
    rows.writerows(places)
    answer = make_response(table.getvalue())
    answer.headers["Content-Type"] = "text/csv; charset=utf-8"
    answer.headers["Content-Disposition"] = f'attachment; filename="draw-{ref}.csv"'
    return answer


def _header(ref: str) -> Header:
    sale = sale_page.header_of(identity.tools(), ref=ref)
    whose.check_let_in(sale.brand_id, sale.territory)
    return sale


def _told(ref: str, found: Visit) -> dict[str, Any]:
    told = {
        "found": found,
        "standing": found.standing,
        "wait": _span(found.wait) if found.wait else "",
        "reload_seconds": RELOADED_AFTER_SECONDS,
    }
    says = hashlib.sha256(
        repr(
            (found.standing, found.ahead, told["wait"], found.back_minutes, found.too_few_left)
        ).encode()
    ).hexdigest()[:16]
    poll = url_for("storefront.waiting_now", ref=ref, shown=says)
    return told | {"says": says, "poll": poll, "every": _asks_after_ms(found)}


def _asks_after_ms(found: Visit) -> int:
    """Who stands far back asks less often; who waits for the opening asks just after it."""
    spread = (found.number.int % SPREAD_MS) if found.number else 0
    if found.drawn_at is None:
        left = seconds(found.opens_at - found.at) * 1_000
        return min(max(left, 1_000), ASKED_AFTER_MS_MAX) + spread
    return min(ASKED_AFTER_MS + (found.ahead or 0) * 20, ASKED_AFTER_MS_MAX) + spread


def _span(wait: Span) -> str:
    if wait.most is None:
        return _("More than an hour at the pace of the last minutes.")
    if wait.least == 0:
        return _("Less than %(most)s min at the pace of the last minutes.", most=wait.most)
    return _(
        "About %(least)s to %(most)s minutes at the pace of the last minutes.",
        least=wait.least,
        most=wait.most,
    )
