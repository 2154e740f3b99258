"""The bag: what is held, until when, and what it comes to; five minutes more, or back to the sale."""

from __future__ import annotations

from typing import TYPE_CHECKING

from marketplace.domain.holds import (
    HOLD_LENGTH,
    RENEWAL_LENGTH,
    AlreadyBought,
    HoldLapsed,
    RenewalUsed,
    warn_before,
)
from marketplace.domain.moments import seconds
from marketplace.queries import bag as asked
from marketplace.queries import cards, waits
from marketplace.services import holds
from marketplace.storefront import door, refused, whose
from marketplace.web import access, identity, inputs, pages
from marketplace.words import _, countries

if TYPE_CHECKING:
    from flask import Response

MINUTE = 60


class Nothing(inputs.Schema):
    """A button alone."""


class MoreTime(inputs.Schema):
    """Whether this member's holds shall be longer."""

    wanted = inputs.Tick()


@door.get("/bag")
@access.member
def bag() -> Response:
    """The member's bag."""
    found = asked.look(identity.tools(), member_id=whose.member_id())
    return pages.render(
        "storefront/bag.html",
        bag_now=found,
        warn_seconds=seconds(warn_before(extra_time=found.extra_time)),
        minutes=seconds(HOLD_LENGTH) // MINUTE,
        minutes_more=seconds(RENEWAL_LENGTH) // MINUTE,
        home=countries.name(found.territory),
        waits=waits.of_member(identity.tools(), member_id=whose.member_id()),
        coming=cards.coming(identity.tools(), member_id=whose.member_id()),
        elsewhere=[countries.name(code) for code in found.elsewhere],
    )


@door.post("/bag/<int:hold_id>/renew")
@access.member
def renew(hold_id: int) -> Response:
    """Five minutes more, once."""
    inputs.form(Nothing())
    try:
        until = holds.renew(identity.tools(), member_id=whose.member_id(), hold_id=hold_id)
    except (HoldLapsed, RenewalUsed, AlreadyBought) as no:
        return pages.go("storefront.bag", notice=refused.sentence(no), kind="warn")
    said = _("Held for you until %(time)s.", time=refused.clock(until))
    return pages.go("storefront.bag", notice=said)


@door.post("/bag/<int:hold_id>/release")
@access.member
def release(hold_id: int) -> Response:
    """Back to the sale. What has ended already is no refusal: it is where the member wants it."""
    inputs.form(Nothing())
    released = holds.release(identity.tools(), member_id=whose.member_id(), hold_ids=(hold_id,))
    said = _("The piece is back in the sale.") if released else _("This hold had already ended.")
    return pages.go("storefront.bag", notice=said, kind="info")


@door.post("/bag/more-time")
@access.member
def more_time() -> Response:
    """Longer holds for a member who needs them, from the next one on."""
    wanted = inputs.form(MoreTime())["wanted"]
    holds.prefer_more_time(identity.tools(), member_id=whose.member_id(), wanted=wanted)
    said = (
        _("From now on, each of your holds is five minutes longer.")
        if wanted
        else _("From now on, your holds have the usual length.")
    )
    return pages.go("storefront.bag", notice=said)
