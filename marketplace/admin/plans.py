"""The plan of a sale as a form: what is typed, what it means, and on which field a no belongs."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any

from marketplace.domain.moments import AmbiguousHour, NoSuchHour, UnknownZone, fold_of, moment
from marketplace.domain.refusals import Invalid, Refusal
from marketplace.domain.sales import LIMIT_MAX, TEASER_MAX, TerritoryNotAgreed, WindowRefused
from marketplace.domain.territories import UnknownTerritory
from marketplace.services.sales import Plan
from marketplace.web import errors, fields, inputs
from marketplace.words import _, formats

if TYPE_CHECKING:
    from marketplace.queries.sale_desk import Planned


class PlanForm(inputs.Schema):
    """What an operator types for a sale."""

    title = fields.Trimmed(required=True, max=120)
    line = fields.Trimmed(load_default="")
    territory = fields.Trimmed(required=True, max=2)
    zone = fields.Trimmed(required=True, max=64)
    opens_wall = fields.WallTime(required=True)
    opens_fold = fields.Whole(max=1, load_default=None)
    closes_wall = fields.WallTime(required=True)
    closes_fold = fields.Whole(max=1, load_default=None)
    teaser_days = fields.Whole(required=True, max=TEASER_MAX.days)
    limit_per_member = fields.Whole(required=True, min=1, max=LIMIT_MAX)
    manager_id = fields.Whole(load_default=None, max=2**53)
    hero_photograph_id = fields.Whole(load_default=None, max=2**53)
    version = fields.Whole(required=True, max=2**40)


def plan_of(values: dict[str, Any]) -> Plan:
    """The plan that the form's values mean."""
    return Plan(
        title=values["title"],
        line=values["line"],
        territory=values["territory"].upper(),
        zone=values["zone"],
        opens_wall=values["opens_wall"],
        opens_fold=values["opens_fold"],
        closes_wall=values["closes_wall"],
        closes_fold=values["closes_fold"],
        teaser_before=timedelta(days=values["teaser_days"]),
        limit_per_member=values["limit_per_member"],
        manager_id=values["manager_id"],
        hero_photograph_id=values["hero_photograph_id"],
    )


def given_of(planned: Planned) -> dict[str, str]:
    """The form filled with the sale as it is."""
    given = {
        "title": planned.title,
        "line": planned.line,
        "territory": planned.territory,
        "zone": planned.zone,
        "opens_wall": fields.wall_text(planned.opens_wall),
        "closes_wall": fields.wall_text(planned.closes_wall),
        "teaser_days": str(planned.teaser_before.days),
        "limit_per_member": str(planned.limit_per_member),
        "manager_id": str(planned.manager_id or ""),
        "hero_photograph_id": str(planned.hero_photograph_id or ""),
        "version": str(planned.version),
    }
    for name, at in (("opens", planned.opens_at), ("closes", planned.closes_at)):
        fold = fold_of(at, planned.zone)
        given |= {} if fold is None else {f"{name}_fold": str(fold)}
    return given


def wrong_of(no: Refusal, values: dict[str, Any]) -> dict[str, list[str]]:
    """The refusal's sentence on the field it belongs to."""
    return {_field(no, values): [errors.sentence(no)]}


def folds_of(given: dict[str, str]) -> dict[str, list[tuple[str, str]]]:
    """For each time that comes twice in its zone, the two instants to choose from."""
    found = {}
    for name in ("opens", "closes"):
        try:
            moment(datetime.fromisoformat(given.get(f"{name}_wall", "")), given.get("zone", ""))
        except AmbiguousHour as no:
            found[name] = _both(no)
        except (ValueError, Refusal):
            continue
    return found


def _both(no: AmbiguousHour) -> list[tuple[str, str]]:
    first, second = (formats.fact(no.facts[name], "UTC") for name in ("first", "second"))
    return [
        ("0", _("The first time, before the clocks go back (%(at)s)", at=first)),
        ("1", _("The second time, after the clocks went back (%(at)s)", at=second)),
    ]


def _field(no: Refusal, values: dict[str, Any]) -> str:
    match no:
        case UnknownZone():
            return "zone"
        case UnknownTerritory() | TerritoryNotAgreed():
            return "territory"
        case WindowRefused():
            return "teaser_days" if no.facts["reason"] == "teaser_range" else "closes_wall"
        case NoSuchHour() | AmbiguousHour():
            return _which(no.facts["wall"], values["opens_wall"])
        case Invalid():
            return str(no.facts["field"])
    return "_schema"


def _which(wall: object, opens_wall: datetime) -> str:
    return "opens_wall" if wall == opens_wall else "closes_wall"
