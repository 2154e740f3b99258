"""What is no longer as a brand approved it, in words."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING

from marketplace.words import _, formats, lazy

if TYPE_CHECKING:
    from marketplace.domain.approvals import PlanChange
    from marketplace.domain.money import Money
    from marketplace.words import Lazy

PARTS: dict[str, Lazy] = {
    "title": lazy("Title"),
    "line": lazy("Line below it"),
    "opens": lazy("Opens"),
    "closes": lazy("Closes"),
    "limit": lazy("Most pieces for one member"),
    "photograph": lazy("Opening photograph"),
}


def told(change: PlanChange) -> dict[str, str]:
    """A changed part of the plan, as it was and as it is."""
    said = [_value(change.part, value) for value in (change.before, change.after)]
    if change.part == "photograph":
        said = [_("as approved"), _("another one")]
    return {"label": str(PARTS[change.part]), "before": said[0], "after": said[1]}


def offered(found: tuple[int, Money] | None) -> str:
    """Units and price of a variant in the sale."""
    if found is None:
        return _("not in the sale")
    units, price = found
    return _("%(units)s at %(price)s", units=formats.count(units), price=formats.money(price))


def _value(part: str, value: str) -> str:
    if part in {"opens", "closes"}:
        return formats.wall(datetime.fromisoformat(value))
    return value or _("nothing")
