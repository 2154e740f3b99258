"""The typed terms of a deal: each is read by the code that keeps it, and named on the page that shows it."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from datetime import date


class Mode(StrEnum):
    """The four contracts of the trade.

    Consignment and conditional are carried out; the others are named and refused.
    """

    CONSIGNMENT = "consignment"
    CONDITIONAL = "conditional"
    FIRM = "firm"
    CONNECTED = "connected"


class UnsoldRule(StrEnum):
    """What becomes of units that were not sold."""

    RETURN = "return"
    NEXT_SALE = "next_sale"
    DONATE = "donate"


class Bearer(StrEnum):
    """Who bears a cost; ``BOTH`` bear half of it each."""

    HOUSE = "house"
    BRAND = "brand"
    BOTH = "both"


BRAND_BEARS_BPS = {Bearer.HOUSE: 0, Bearer.BRAND: 10_000, Bearer.BOTH: 5_000}


class Scope(StrEnum):
    """How far an exclusivity reaches: these goods in the deal's territories, or everywhere."""

    TERRITORIES = "territories"
    EVERYWHERE = "everywhere"


class DataShared(StrEnum):
    """What the house shows the brand of its sale, besides what it owes it by law and its money."""

    HOURLY = "hourly"
    """A report of each hour of the sale, by mail."""
    LIVE = "live"
    """The figures of the sale while it is open."""


class ChargeReason(StrEnum):
    """Why the house may charge a brand: faults found when goods are counted in, each for every unit."""

    SHORT = "short"
    NOT_AS_NAMED = "not_as_named"
    DAMAGED = "damaged"
    UNLABELLED = "unlabelled"


@dataclass(frozen=True, slots=True)
class Tier:
    """From ``from_bps`` of the committed units sold, the house keeps ``commission_bps`` of what sells further."""

    from_bps: int
    commission_bps: int


@dataclass(frozen=True, slots=True)
class Charge:
    """One row of the tariff: ``minor`` for each unit, without VAT. What is not in the tariff is not charged."""

    reason: ChargeReason
    minor: int


@dataclass(frozen=True, slots=True)
class Days:
    """Whole calendar days of each territory, first and last included."""

    first: date
    last: date


@dataclass(frozen=True, slots=True)
class Exclusivity:
    """Never without its scope and its end (Autorité de la concurrence, decision 14-D-18)."""

    scope: Scope
    until: date


@dataclass(frozen=True, slots=True)
class Terms:
    """The typed terms of one version.

    Amounts in minor units, rates in basis points, days as whole numbers.

    Exactly one of ``commission_bps`` (of net sales without VAT) and unit costs on the lines pays
    the brand: ``commission_bps`` None means each line names its ``unit_cost_minor``. ``tiers``
    lower the commission on what sells past a share of the committed units. ``minimum_minor`` is
    due to the brand whatever sells, without VAT; so are ``freight_minor`` (the goods' way in, once)
    and ``return_minor`` (each unit that a member sends back), which the house lays out. A discount
    is a price under the line's target. ``reserve_bps`` of what is due waits for the final
    statement. A version stored before a term existed has its default.
    """

    mode: Mode
    currency: str
    territories: tuple[str, ...]
    commission_bps: int | None
    payment_days: int
    unsold_rule: UnsoldRule
    exit_on: date
    note: str = ""
    tiers: tuple[Tier, ...] = ()
    minimum_minor: int = 0
    discounts_by: Bearer = Bearer.BRAND
    returns_by: Bearer = Bearer.HOUSE
    return_minor: int = 0
    freight_by: Bearer = Bearer.HOUSE
    freight_minor: int = 0
    reserve_bps: int = 0
    chargebacks: tuple[Charge, ...] = ()
    deliver_by: date | None = None
    deliver_to: str = ""
    exclusivity: Exclusivity | None = None
    blackouts: tuple[Days, ...] = ()
    photographs_from: date | None = None
    photographs_until: date | None = None
    data_shared: tuple[DataShared, ...] = tuple(DataShared)
    problem_answer: str = ""
    deadline_answer: str = ""
    never_answer: str = ""


@dataclass(frozen=True, slots=True)
class Line:
    """One variant in a proposal: units committed by acceptance.

    Floor and target price with VAT; the unit cost without, where that is how it is paid.
    ``hard_stop`` is the most the brand may release in all, None if no more than ``units``.
    """

    variant_id: int
    units: int
    floor_minor: int
    unit_cost_minor: int | None = None
    target_minor: int | None = None
    hard_stop: int | None = None

    @property
    def releasable(self) -> int:
        """Units that the brand may still release beyond those committed."""
        return max(0, (self.hard_stop or 0) - self.units)


@dataclass(frozen=True, slots=True)
class Offer:
    """What the brand's collection says about a variant: units (None: unknown) and its own floor."""

    units: int | None
    floor_minor: int | None = None


@dataclass(frozen=True, slots=True)
class Brief:
    """The points of a brand's brief that a proposal answers."""

    problem: str
    deadline: date | None
    never: str
