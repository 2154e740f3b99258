"""The catalogue of codes: every no that a machine may meet here, with its status and its sentence."""

from __future__ import annotations

from typing import TYPE_CHECKING

from marketplace.api.hanging import door
from marketplace.web import errors, pages
from marketplace.web.access import anyone

if TYPE_CHECKING:
    from flask import Response

OF_THE_DOOR = (
    *("key_refused", "scope_missing", "asked_too_often", "not_found"),
    *("deed_unnamed", "deed_named_twice", "deed_under_way", "cursor_refused"),
)
OF_REQUESTS = ("bad_request", "form_rejected", "method_not_allowed", "too_large")
OF_IMPORTS = (
    *("file_unreadable", "too_many_imports", "collection_frozen", "collection_changed"),
    "illegal_move",
)
OF_SALES = ("figures_not_shared",)
OF_THE_HOUSE = ("busy", "stale", "store_down", "trouble_outside", "fault")
CODES = (*OF_THE_DOOR, *OF_REQUESTS, *OF_IMPORTS, *OF_SALES, *OF_THE_HOUSE)
"""In the order of the page. Codes do not change; new ones may come."""


@door.route("/problems", endpoint="problems")  # type: ignore[untyped-decorator]  # no types
@anyone
def problems() -> Response:
    """Every code."""
    return pages.render("api/problems.html", codes=[errors.written(code) for code in CODES])
