"""Guard-rails: what a brand wants kept in every one of its sales, written down by its own people."""

from __future__ import annotations

from dataclasses import fields
from typing import TYPE_CHECKING

from marketplace.db import guard_rails, locks, photographs
from marketplace.db.brands import Brand
from marketplace.domain.brands.guard_rails import GuardRails, checked
from marketplace.domain.events import Event, Fact

if TYPE_CHECKING:
    from marketplace.toolbox import Toolbox


def set_guard_rails(tools: Toolbox, *, brand_id: int, said: GuardRails) -> tuple[str, ...]:
    """Write them anew; returns the names of those that changed. Refuses with GuardRailRefused.

    They bind what is scheduled from now on; a sale that is scheduled already stays. A watermark holds at once: members
    see no photograph without one until it is drawn. The trail keeps what each is now, and of the names only that
    they changed.
    """
    with tools.transaction() as session:
        brand = locks.one(session, Brand, brand_id)
        rails = checked(said, own_name=brand.name)
        before = guard_rails.of_brand(session, brand)
        changed = tuple(
            each.name
            for each in fields(GuardRails)
            if getattr(before, each.name) != getattr(rails, each.name)
        )
        if not changed:
            return ()
        guard_rails.write(session, brand, rails)
        if "watermark" in changed:
            photographs.begin_again(session, brand_id)
        data: dict[str, object] = {"changed": ", ".join(changed)}
        data |= {name: _now(getattr(rails, name)) for name in changed if name != "avoided"}
        tools.record(
            session,
            Fact(Event.GUARD_RAILS_CHANGED, "brand", brand_id, brand_id=brand_id, data=data),
        )
        return changed


def _now(bound: bool | int | str | None) -> object:  # noqa: FBT001 - a switch, a bound or a text, as the trail shows it
    if isinstance(bound, bool):
        return "on" if bound else "off"
    return "none" if bound is None else bound
