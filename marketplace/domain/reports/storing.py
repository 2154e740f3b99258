"""A sale's figures as of an instant, and the one form in which a report keeps and seals them."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from datetime import datetime
from typing import TYPE_CHECKING, Any

from marketplace.domain.lost_demand import Estimate, Reason
from marketplace.domain.orders import ReturnReason
from marketplace.domain.reports.figures import CurvePoint, Totals, VariantFigures
from marketplace.domain.reports.first_hour import FirstHour, HourBefore
from marketplace.domain.reports.prospects import Beyond, Outlook, People, Reasoned, Region, Returned
from marketplace.domain.sealing import plain

if TYPE_CHECKING:
    from collections.abc import Mapping

FORM = 5
"""Of stored figures: grows when their shape changes, so that an old report can still be read."""
WITHOUT_BEYOND = 1
"""The form of reports that told what sold and nothing of what lies beyond it."""
WITHOUT_CONDITION = 2
"""The form of reports that did not tell the condition of the pieces."""
WITHOUT_FIRST_HOUR = 3
"""The form of reports that set nothing beside the first hour."""
WITHOUT_REASONS = 4
"""The form of reports that did not tell why members sent pieces back."""
FORMS = frozenset({WITHOUT_BEYOND, WITHOUT_CONDITION, WITHOUT_FIRST_HOUR, WITHOUT_REASONS, FORM})


@dataclass(frozen=True, slots=True)
class Snapshot:
    """A sale's figures as of an instant: every variant, their sums, and the curve that led there.

    ``beyond`` and ``first_hour`` are None in a report that was kept before anything was told of them.
    """

    sale_ref: str
    currency: str
    opens_at: datetime
    as_of: datetime
    cost_total_minor: int | None
    variants: tuple[VariantFigures, ...]
    whole: Totals
    curve: tuple[CurvePoint, ...]
    beyond: Beyond | None = None
    first_hour: FirstHour | None = None


def as_stored(found: Snapshot) -> dict[str, Any]:
    """The figures as a report keeps them: text and whole numbers only, and nothing that names a person."""
    figures = {
        "form": FORM,
        "sale": found.sale_ref,
        "currency": found.currency,
        "opens_at": found.opens_at.isoformat(),
        "as_of": found.as_of.isoformat(),
        "cost_total_minor": found.cost_total_minor,
        "whole": asdict(found.whole),
        "variants": [asdict(row) for row in found.variants],
        "curve": [[point.minute, point.paid] for point in found.curve],
        "first_hour": None if found.first_hour is None else asdict(found.first_hour),
    }
    if found.beyond is None:
        return figures | {"form": WITHOUT_BEYOND}
    return figures | {"beyond": plain(asdict(found.beyond))}


def from_stored(figures: Mapping[str, Any]) -> Snapshot:
    """What a report kept, read back; its sums are the stored ones, whatever rule adds them up today."""
    form = figures["form"]
    assert form in FORMS, f"figures of form {form} cannot be read"
    return Snapshot(
        sale_ref=figures["sale"],
        currency=figures["currency"],
        opens_at=datetime.fromisoformat(figures["opens_at"]),
        as_of=datetime.fromisoformat(figures["as_of"]),
        cost_total_minor=figures["cost_total_minor"],
        variants=tuple(VariantFigures(**row) for row in figures["variants"]),
        whole=Totals(**figures["whole"]),
        curve=tuple(CurvePoint(minute, paid) for minute, paid in figures["curve"]),
        beyond=None if form == WITHOUT_BEYOND else _beyond(figures["beyond"]),
        first_hour=_first_hour(figures.get("first_hour")),
    )


def _first_hour(kept: Mapping[str, Any] | None) -> FirstHour | None:
    if kept is None:
        return None
    before = kept["before"]
    return FirstHour(**{**kept, "before": None if before is None else HourBefore(**before)})


def _beyond(kept: Mapping[str, Any]) -> Beyond:
    people = kept["people"]
    return Beyond(
        peers=kept["peers"],
        variants=tuple(
            Outlook(
                sale_item_id=each["sale_item_id"],
                wanting=each["wanting"],
                lost=_estimate(each["lost"]),
                reason=_reason(each["reason"]),
                sells=_estimate(each["sells"]),
                further=_estimate(each["further"]),
            )
            for each in kept["variants"]
        ),
        forecast=_estimate(kept["forecast"]),
        reason=_reason(kept["reason"]),
        people=People(
            buyers=people["buyers"],
            known=people["known"],
            new=people["new"],
            regions=tuple(Region(**each) for each in people["regions"]),
        ),
        returned=tuple(Returned(**each) for each in kept["returned"]),
        reasons=tuple(_reasoned(each) for each in kept.get("reasons", ())),
    )


def _reasoned(kept: Mapping[str, Any]) -> Reasoned:
    return Reasoned(kept["size"], ReturnReason(kept["reason"]), kept["units"])


def _estimate(kept: Mapping[str, int] | None) -> Estimate | None:
    return None if kept is None else Estimate(**kept)


def _reason(kept: str | None) -> Reason | None:
    return None if kept is None else Reason(kept)
