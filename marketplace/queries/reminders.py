"""Has a member asked to be reminded of this sale? Its page asks."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sqlalchemy import text

if TYPE_CHECKING:
    from marketplace.toolbox import Toolbox

_OF_MEMBER = text(
    """
    SELECT EXISTS (SELECT FROM reminders r WHERE r.sale_id = s.id AND r.member_id = m.id AND r.wanted) AS reminded
    FROM sales s JOIN members m ON m.territory = s.territory WHERE s.id = :sale AND m.id = :member
    """
)


def of_member(tools: Toolbox, *, sale_id: int, member_id: int) -> bool | None:
    """Whether the member has; None where the sale is of another territory, of which nobody is reminded."""
    with tools.reading() as session:
        asked = {"sale": sale_id, "member": member_id}
        found: bool | None = session.execute(_OF_MEMBER, asked).scalar_one_or_none()
    return found
