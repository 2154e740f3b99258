"""What a brand is told about a sale: figures, what lies beyond them, and the form in which reports keep both."""

from __future__ import annotations

from marketplace.domain.reports.figures import (
    PEOPLE_STEP,
    CurvePoint,
    FiguresNotShared,
    SizeRun,
    Totals,
    VariantFigures,
    by,
    milestones,
    owed,
    paid_by,
    rate,
    size_break,
    size_runs,
    sold_out,
    step_minutes,
    totals,
)
from marketplace.domain.reports.first_hour import FIRST_HOUR_MINUTES, FirstHour, HourBefore
from marketplace.domain.reports.prospects import (
    Beyond,
    Outlook,
    People,
    Reasoned,
    Region,
    Returned,
    outlook,
    put_together,
)
from marketplace.domain.reports.storing import (
    Snapshot,
    as_stored,
    from_stored,
)
from marketplace.domain.sealing import canonical, sealed

__all__ = (
    "FIRST_HOUR_MINUTES",
    "PEOPLE_STEP",
    "Beyond",
    "CurvePoint",
    "FiguresNotShared",
    "FirstHour",
    "HourBefore",
    "Outlook",
    "People",
    "Reasoned",
    "Region",
    "Returned",
    "SizeRun",
    "Snapshot",
    "Totals",
    "VariantFigures",
    "as_stored",
    "by",
    "canonical",
    "from_stored",
    "milestones",
    "outlook",
    "owed",
    "paid_by",
    "put_together",
    "rate",
    "sealed",
    "size_break",
    "size_runs",
    "sold_out",
    "step_minutes",
    "totals",
)
