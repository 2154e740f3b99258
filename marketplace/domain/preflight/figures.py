"""What the pre-flight looks at and what it says: figures that one select found, and the rows made of them."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import timedelta
from enum import StrEnum
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import date, datetime

    from marketplace.domain.brands.guard_rails import Near
    from marketplace.domain.brands.states import BrandState
    from marketplace.domain.catalogue import Fact
    from marketplace.domain.deals import Days
    from marketplace.domain.money import Money
    from marketplace.domain.rights import RightState

BRAND_GAP = timedelta(days=60)
"""A brand's offer stays rarer than the wish for it: sales closer together than this are pointed out (domain.md 1.1)."""
NAMED_MAX = 12
"""Of a long list of faults, this many are named."""


class Level(StrEnum):
    """How a row stands."""

    OK = "ok"
    WARN = "warn"
    BLOCK = "block"


class Check(StrEnum):
    """What is looked at, in the order shown."""

    BRAND = "brand"
    DEAL = "deal"
    TERRITORY = "territory"
    RIGHT = "right"
    EXCLUSIVITY = "exclusivity"
    BLACKOUT = "blackout"
    CLOSURE = "closure"
    GAP = "gap"
    YEARLY = "yearly"
    MORNING = "morning"
    WINDOW = "window"
    ITEMS = "items"
    FLOOR = "floor"
    STOCK = "stock"
    PHOTOGRAPHS = "photographs"
    PHOTOGRAPH_RIGHTS = "photograph_rights"
    HERO = "hero"
    NAME = "name"
    DESCRIPTION = "description"
    COMPOSITION = "composition"
    CONDITION = "condition"
    DEFECTS = "defects"
    MANUFACTURER = "manufacturer"
    ORIGIN = "origin"
    COMPARISON = "comparison"
    APPROVAL = "approval"
    MANAGER = "manager"
    FREQUENCY = "frequency"


@dataclass(frozen=True, slots=True)
class Row:
    """One line of the pre-flight. ``reason`` is a stable code; ``facts`` and ``named`` fill its sentence."""

    check: Check
    level: Level
    reason: str
    facts: Mapping[str, object] = field(default_factory=dict)
    named: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Undercut:
    """A variant that the sale ``ref`` offered at ``price`` within thirty days, under the comparison shown now."""

    sku: str
    price: Money
    ref: str


@dataclass(frozen=True, slots=True)
class Figures:
    """What the select found for one sale. Tuples name the faulty ones, the first few; counts count all."""

    sale_id: int
    now: datetime
    brand_state: BrandState
    version: int
    approved_version: int | None
    zone: str
    opens_wall: datetime
    closes_wall: datetime
    opens_at: datetime
    closes_at: datetime
    deal_agreed: bool
    territory_agreed: bool
    right_state: RightState | None
    right_valid_until: date | None
    exclusive_until: date | None
    blackouts: tuple[Days, ...]
    closures: tuple[Days, ...]
    brand_zone: str
    photographs_from: date | None
    photographs_until: date | None
    items: int
    units: int
    not_in_deal: tuple[str, ...]
    below_floor: tuple[str, ...]
    committed: int
    received: int
    accepted: int
    pledged: int
    without_photograph: tuple[str, ...]
    without_watermark: tuple[str, ...]
    has_hero: bool
    lacking: Mapping[Fact, tuple[str, ...]]
    without_defects: tuple[str, ...]
    compared: int
    uncompared: int
    stale_evidence: tuple[str, ...]
    undercut: tuple[Undercut, ...]
    has_manager: bool
    nearest_sale_ref: str | None
    nearest_sale_at: datetime | None
    days_apart: int | None
    a_year: int | None
    own_sales: tuple[Near, ...]
    avoided_sales: tuple[Near, ...]

    @property
    def first_day(self) -> date:
        """The day on which it opens, where it is sold."""
        return self.opens_wall.date()

    @property
    def last_day(self) -> date:
        """The last day of the sale, where it is sold: an end at midnight belongs to the day before."""
        return (self.closes_wall - timedelta(microseconds=1)).date()
