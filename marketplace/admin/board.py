"""The live board of a sale: one screen on the morning, and the part of it that asks again by itself."""

from __future__ import annotations

from typing import TYPE_CHECKING

from flask import url_for

from marketplace.admin import door
from marketplace.admin.frame import PAGES_MAX
from marketplace.admin.looking import seen
from marketplace.domain.looks import Thing
from marketplace.queries import admissions, live_board, sale_desk
from marketplace.web import fields, identity, inputs, pages
from marketplace.web.access import operator

if TYPE_CHECKING:
    from flask import Response

    from marketplace.queries.live_board import Board

POLL_SECONDS = 5


class BoardQuery(inputs.Schema):
    """Which pages of the two lists."""

    items = fields.Whole(min=1, max=PAGES_MAX, load_default=1)
    holds = fields.Whole(min=1, max=PAGES_MAX, load_default=1)


@door.get("/board/<ref>")
@operator
def board(ref: str) -> Response:
    """The whole page."""
    answer = _show("admin/board.html", ref)
    seen(Thing.FIGURES, sale_desk.of_sale(identity.tools(), ref=ref).sale_id)
    return answer


@door.get("/board/<ref>/figures")
@operator
def board_figures(ref: str) -> Response:
    """What changes, for the page that is open."""
    return _show("admin/board_figures.html", ref)


def _show(template: str, ref: str) -> Response:
    shown = inputs.query(BoardQuery())
    found = live_board.of_sale(
        identity.tools(), ref=ref, items_page=shown["items"], holds_page=shown["holds"]
    )
    return pages.render(
        template,
        board=found,
        room=admissions.of_sale(identity.tools(), sale_id=found.sale_id),
        every=POLL_SECONDS,
        poll=url_for("admin.board_figures", ref=ref, **shown),
        items_pages=_pages(found, "items", found.items_page, found.totals.items),
        holds_pages=_pages(found, "holds", found.holds_page, found.totals.bags),
    )


def _pages(found: Board, name: str, page: int, total: int) -> dict[str, object]:
    size = found.items_page_size if name == "items" else found.holds_page_size

    def address(number: int) -> str:
        items = number if name == "items" else found.items_page
        holds = number if name == "holds" else found.holds_page
        return url_for("admin.board", ref=found.ref, items=items, holds=holds)

    return {
        "first": (page - 1) * size + 1,
        "last": min(page * size, total),
        "total": total,
        "previous": address(page - 1) if page > 1 else None,
        "next": address(page + 1) if page * size < total else None,
    }
