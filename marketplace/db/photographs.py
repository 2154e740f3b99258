"""Photographs whose brand wants a mark on what members see: taken up to be drawn, a few at a time."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from sqlalchemy import bindparam, column, table, text
from sqlalchemy.dialects.postgresql import JSONB

from marketplace.domain.photographs import ATTEMPTS_MAX, CLAIM_LENGTH

if TYPE_CHECKING:
    from sqlalchemy.orm import Session

SHOWN = table(
    "shown_photographs",
    *(
        column(name)
        for name in ("id", "style_id", "position", "width", "height", "paper", "edition")
    ),
)
"""What members may be shown: the one place where they, and who wants to see what they see, look for photographs."""

WAITS = """f.state = 'ready' AND f.mark <> b.watermark AND f.mark_attempts < :attempts
          AND (f.mark_claimed_until IS NULL OR f.mark_claimed_until < house_instant())"""

_CLAIM = text(
    f"""
    WITH chosen AS (
        -- Any of the brands that wait, so that none stands behind another's thousands.
        SELECT b.id, b.watermark FROM brands b
        WHERE b.watermark IS NOT NULL AND EXISTS (SELECT FROM photographs f WHERE f.brand_id = b.id AND {WAITS})
        ORDER BY random() LIMIT 1
    ), taken AS (
        -- What members cannot see at all comes before what carries a former mark.
        SELECT f.id, b.watermark FROM chosen b JOIN photographs f ON f.brand_id = b.id
        WHERE {WAITS}
        ORDER BY f.marked IS NOT NULL, f.position, f.id LIMIT :most
        FOR UPDATE OF f SKIP LOCKED
    )
    UPDATE photographs f SET mark_attempts = f.mark_attempts + 1, mark_claimed_until = house_now() + :length
    FROM taken WHERE f.id = taken.id RETURNING f.id, f.widths, taken.watermark
    """  # noqa: S608 - a constant
)
_HANG = text(
    """
    UPDATE photographs f SET mark = b.watermark, marked = :marked, mark_attempts = 0, mark_claimed_until = NULL
    FROM brands b WHERE f.id = :photograph AND b.id = f.brand_id AND b.watermark = :watermark
    """
).bindparams(bindparam("marked", type_=JSONB))
_AGAIN = text(
    """
    UPDATE photographs SET mark_attempts = 0, mark_claimed_until = NULL
    WHERE brand_id = :brand AND (mark_attempts > 0 OR mark_claimed_until IS NOT NULL)
    """
)
_PROGRESS = text(
    """
    SELECT count(*) AS total, count(*) FILTER (WHERE f.mark = b.watermark) AS drawn,
           count(*) FILTER (WHERE f.mark <> b.watermark AND f.mark_attempts >= :attempts
                            AND f.mark_claimed_until < house_instant()) AS failed
    FROM photographs f JOIN brands b ON b.id = f.brand_id
    WHERE b.id = :brand AND b.watermark IS NOT NULL AND f.state = 'ready'
    """
)


@dataclass(frozen=True, slots=True)
class Unmarked:
    """A photograph that is to be drawn with ``watermark``, from the copies that the brand itself sees."""

    photograph_id: int
    widths: dict[str, Any]
    watermark: str


@dataclass(frozen=True, slots=True)
class Progress:
    """How many of a brand's photographs carry its mark, and how many cannot be drawn."""

    total: int
    drawn: int
    failed: int


def claim(session: Session, *, most: int) -> tuple[Unmarked, ...]:
    """Up to ``most`` photographs of one brand, in one worker's hands until the claim lapses."""
    asked = {"attempts": ATTEMPTS_MAX, "most": most, "length": CLAIM_LENGTH}
    return tuple(Unmarked(*row) for row in session.execute(_CLAIM, asked))


def hang_marked(session: Session, drawn: Unmarked, marked: dict[str, str]) -> None:
    """Show the marked copies; nothing if the brand has changed its mind meanwhile."""
    asked = {"photograph": drawn.photograph_id, "marked": marked, "watermark": drawn.watermark}
    session.execute(_HANG, asked)


def begin_again(session: Session, brand_id: int) -> None:
    """The mark has changed: what was tried in vain, or is being drawn, is taken up anew."""
    session.execute(_AGAIN, {"brand": brand_id})


def progress(session: Session, brand_id: int) -> Progress:
    """How far the drawing of a brand's mark is; none of none where it wants no mark."""
    found = session.execute(_PROGRESS, {"brand": brand_id, "attempts": ATTEMPTS_MAX}).one()
    return Progress(found.total, found.drawn, found.failed)
