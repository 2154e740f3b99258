"""Territories the house delivers to: zone, currency, VAT and the price and pace of delivery.

VAT is the standard rate of each country in basis points (Council Directive 2006/112/EC, art. 96 and 97, and
national law in force in 2026). Delivery days are working-day promises of the house, counted from the sale's close.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

from marketplace.domain.money import Money
from marketplace.domain.refusals import Refusal

if TYPE_CHECKING:
    from datetime import date, datetime

SATURDAY = 5


class UnknownTerritory(Refusal):
    """The house does not deliver there."""

    code = "territory_unknown"


@dataclass(frozen=True, slots=True)
class Territory:
    """One country of delivery. ``vat_bps`` in basis points; ``delivery_days`` from close to doorstep."""

    code: str
    name: str
    zone: str
    currency: str
    vat_bps: int
    shipping: Money
    delivery_days: int
    locale: str


def _territory(
    code: str, name: str, zone: str, vat_bps: int, shipping_minor: int, locale: str
) -> Territory:
    return Territory(code, name, zone, "EUR", vat_bps, Money(shipping_minor, "EUR"), 10, locale)


TERRITORIES = {
    each.code: each
    for each in (
        _territory("FR", "France", "Europe/Paris", 2000, 590, "fr"),
        _territory("BE", "Belgium", "Europe/Brussels", 2100, 690, "fr"),
        _territory("DE", "Germany", "Europe/Berlin", 1900, 690, "en"),
        _territory("NL", "Netherlands", "Europe/Amsterdam", 2100, 690, "en"),
        _territory("ES", "Spain", "Europe/Madrid", 2100, 790, "en"),
        _territory("IT", "Italy", "Europe/Rome", 2200, 790, "en"),
        _territory("IE", "Ireland", "Europe/Dublin", 2300, 890, "en"),
    )
}


def territory(code: str) -> Territory:
    """The territory with this ISO 3166 code; refuses a country the house does not deliver to."""
    found = TERRITORIES.get(code)
    if found is None:
        raise UnknownTerritory(territory=code, known=tuple(TERRITORIES))
    return found


def delivered_by(closes_at: datetime, home: Territory) -> date:
    """The day promised for delivery: ``delivery_days`` working days, Monday to Friday, after the day of the close."""
    day = closes_at.astimezone(ZoneInfo(home.zone)).date()
    left = home.delivery_days
    while left:
        day += timedelta(days=1)
        left -= day.weekday() < SATURDAY
    return day
