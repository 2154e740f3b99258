"""Pre-flight: what must be right before a sale may be scheduled, judged from figures that one select looked up.

A row blocks, warns or is well; each names what it is about, so that a page can say the reason and the mend.
"""

from __future__ import annotations

from marketplace.domain.preflight.figures import (
    BRAND_GAP,
    NAMED_MAX,
    Check,
    Figures,
    Level,
    Row,
    Undercut,
)
from marketplace.domain.preflight.judging import (
    OF_THE_CALENDAR,
    OF_THE_WINDOW,
    Readiness,
    judge,
)

__all__ = (
    "BRAND_GAP",
    "NAMED_MAX",
    "OF_THE_CALENDAR",
    "OF_THE_WINDOW",
    "Check",
    "Figures",
    "Level",
    "Readiness",
    "Row",
    "Undercut",
    "judge",
)
