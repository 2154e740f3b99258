"""Where the bytes of a photograph are kept."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sqlalchemy import select, text

from marketplace.db.catalogue import Photograph, PhotographState
from marketplace.domain.photographs import fitting
from marketplace.domain.refusals import NotFound
from marketplace.queries.sale_page import Picture

if TYPE_CHECKING:
    from marketplace.toolbox import Toolbox

_SHOWN = text(
    """
    SELECT p.widths, p.edition FROM shown_photographs p JOIN styles t ON t.id = p.style_id
    WHERE p.id = :photograph AND (NOT :in_its_days OR photographs_rightful(t.collection_id))
    """
)


def stored(tools: Toolbox, *, photograph_id: int, width: int, kinds: tuple[str, ...] = ()) -> str:
    """The storage key of a copy as it was drawn, without any mark: for the brand itself and the house.

    The smallest that is at least ``width`` wide, else the widest; ``kinds`` (such as ``avif``) are taken rather than
    the one that every browser reads.
    """
    wanted = select(Photograph.widths).where(
        Photograph.id == photograph_id, Photograph.state == PhotographState.READY
    )
    with tools.reading() as session:
        widths = session.execute(wanted).scalar_one_or_none()
    if not widths:
        raise NotFound
    return fitting(widths, width, kinds)


def shown(
    tools: Toolbox,
    *,
    photograph_id: int,
    width: int,
    kinds: tuple[str, ...] = (),
    in_its_days: bool = True,
) -> tuple[str, str]:
    """The storage key of a copy as members see it, and its edition.

    NotFound while the brand's mark is not drawn yet and, ``in_its_days``, outside the days on which the brand lets
    it be shown.
    """
    asked = {"photograph": photograph_id, "in_its_days": in_its_days}
    with tools.reading() as session:
        found = session.execute(_SHOWN, asked).one_or_none()
    if found is None or not found.widths:
        raise NotFound
    return fitting(found.widths, width, kinds), found.edition


def newest(tools: Toolbox, *, most: int) -> tuple[Picture, ...]:
    """The photographs that were drawn last, at most so many."""
    wanted = (
        select(Photograph.id, Photograph.width, Photograph.height, Photograph.paper)
        .where(Photograph.state == PhotographState.READY)
        .order_by(Photograph.id.desc())
        .limit(most)
    )
    with tools.reading() as session:
        return tuple(Picture(*row, edition="") for row in session.execute(wanted))
