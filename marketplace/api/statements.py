"""Statements, to be read: what sales earned, what is paid of it, and when."""

from __future__ import annotations

from typing import Any

from marketplace.api import cursors, shapes
from marketplace.api.cursors import Turning
from marketplace.api.hanging import NUMBER, question
from marketplace.domain.keys import Scope
from marketplace.queries import feeds
from marketplace.queries import statements as asked_of
from marketplace.web import bearer

TAG = "Statements"


@question(
    "/statements",
    scope=Scope.READ_STATEMENTS,
    asks=Turning,
    gives=shapes.listing(shapes.StatementLineShape),
    tag=TAG,
)
def list_statements(asked: dict[str, Any]) -> dict[str, Any]:
    """Your statements, the newest first."""
    return cursors.page(
        "statements",
        asked,
        look=lambda after, most: feeds.statements.listed(bearer.tools(), after=after, most=most),
        number=lambda each: each.number,
    )


@question(
    f"/statements/<{NUMBER}:number>",
    scope=Scope.READ_STATEMENTS,
    gives=shapes.StatementShape,
    tag=TAG,
)
def get_statement(number: int) -> dict[str, Any]:
    """One statement with all its lines."""
    found = asked_of.one(bearer.tools(), number=number)
    names = [name for name in shapes.StatementLineShape().fields if name != "sha256"]
    return {
        **{name: getattr(found.summary, name) for name in names},
        "sha256": found.sha256,
        "figures": found.kept,
    }
