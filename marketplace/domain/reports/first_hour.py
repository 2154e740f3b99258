"""What stands beside the first hour of a sale: that of the brand's last sale, and the median of its category."""

from __future__ import annotations

from dataclasses import dataclass

FIRST_HOUR_MINUTES = 60


@dataclass(frozen=True, slots=True)
class HourBefore:
    """The first hour of the brand's last sale, which opened at ``opened_at`` (ISO 8601, UTC).

    Units: ``paid`` in it, of ``there`` on sale by its end; ``sold_bps`` is the share of these that found a buyer.
    """

    sale_ref: str
    title: str
    opened_at: str
    paid: int
    there: int
    sold_bps: int | None


@dataclass(frozen=True, slots=True)
class FirstHour:
    """The last sale and the category by ``minute`` of their first hour: while it runs, the minute it has come to.

    ``before`` is None where this is the brand's first sale. ``median_bps`` is of the pieces accepted, over the last
    sales of so many other ``brands``; None where too few stand behind it.
    """

    minute: int
    before: HourBefore | None
    brands: int
    median_bps: int | None

    @property
    def whole(self) -> bool:
        """Whether the hour is over, so that whole hours are compared."""
        return self.minute == FIRST_HOUR_MINUTES
