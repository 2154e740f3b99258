"""Where the bytes of a photograph are kept."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sqlalchemy import func, select

from marketplace.db.catalogue import Photograph, PhotographState, Style
from marketplace.domain.refusals import NotFound
from marketplace.queries.sale_page import Picture

if TYPE_CHECKING:
    from marketplace.toolbox import Toolbox


def storage_key(
    tools: Toolbox,
    *,
    photograph_id: int,
    width: int,
    kinds: tuple[str, ...] = (),
    for_members: bool = False,
) -> str:
    """The storage key of the smallest version that is at least ``width`` wide, else of the widest.

    ``kinds`` (such as ``avif``) are taken rather than the one that every browser reads. ``for_members``: NotFound
    past the last day on which the brand lets it be shown.
    """
    wanted = select(Photograph.widths).where(
        Photograph.id == photograph_id, Photograph.state == PhotographState.READY
    )
    if for_members:
        wanted = wanted.join(Style, Style.id == Photograph.style_id).where(
            func.photographs_rightful(Style.collection_id)
        )
    with tools.reading() as session:
        widths = session.execute(wanted).scalar_one_or_none()
    if not widths:
        raise NotFound
    known = sorted(int(each) for each in widths if each.isdigit())
    chosen = next((each for each in known if each >= width), known[-1])
    names = (*(f"{chosen}.{kind}" for kind in kinds), str(chosen))
    key: str = next(widths[name] for name in names if name in widths)
    return key


def newest(tools: Toolbox, *, most: int) -> tuple[Picture, ...]:
    """The photographs that were drawn last, at most so many."""
    wanted = (
        select(Photograph.id, Photograph.width, Photograph.height, Photograph.paper)
        .where(Photograph.state == PhotographState.READY)
        .order_by(Photograph.id.desc())
        .limit(most)
    )
    with tools.reading() as session:
        return tuple(Picture(*row) for row in session.execute(wanted))
