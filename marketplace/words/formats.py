"""Formats of money, dates, counts and shares, as a reader of each language expects them.

Everything that is shown goes through here, so that a sum looks the same on a page, in a mail and on a slip.
"""

from __future__ import annotations

from datetime import UTC, date, datetime
from decimal import Decimal
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

from babel.dates import format_date, format_time, get_timezone_name
from babel.lists import format_list
from babel.numbers import format_currency, format_decimal, format_percent

from marketplace import words
from marketplace.domain.moments import wall_time
from marketplace.domain.money import MINOR_DIGITS, Money

if TYPE_CHECKING:
    from collections.abc import Sequence

HOUSE_ZONE = "Europe/Paris"
"""Where the house stands: a time in another zone is shown with its zone's name."""


def money(amount: Money) -> str:
    """``€1,250.00`` or ``1 250,00 €``; whole sums keep their cents, so that columns line up."""
    return format_currency(_units(amount), amount.currency, locale=tag())


def minor(amount_minor: int, currency: str) -> str:
    """An amount in minor units, as :func:`money` writes it."""
    return money(Money(amount_minor, currency))


def money_short(amount: Money) -> str:
    """The same without ``.00`` where there are no cents: for prices in running text and on cards."""
    digits = MINOR_DIGITS[amount.currency]
    if amount.minor % 10**digits:
        return money(amount)
    pattern = "¤#,##0" if words.locale() == "en" else "#,##0\xa0¤"
    return format_currency(
        _units(amount), amount.currency, format=pattern, currency_digits=False, locale=tag()
    )


def amount_text(amount: Money) -> str:
    """The figure alone, as it is typed into a field: ``1250.00`` or ``1250,00``."""
    digits = MINOR_DIGITS[amount.currency]
    figure = f"{_units(amount):.{digits}f}"
    return figure if words.locale() == "en" else figure.replace(".", ",")


def _units(amount: Money) -> Decimal:
    return Decimal(amount.minor).scaleb(-MINOR_DIGITS[amount.currency])


def count(number: int) -> str:
    """``1,250`` or ``1 250``."""
    return format_decimal(number, locale=tag())


def either(parts: Sequence[str]) -> str:
    """Several things of which one is meant: ``S, M or L``."""
    return format_list(list(parts), style="or", locale=tag())


def bps(rate: int) -> str:
    """Basis points as a percentage: 6250 is ``62.5%`` or ``62,5 %``."""
    return format_percent(Decimal(rate).scaleb(-4), format=_percent_pattern(), locale=tag())


def _percent_pattern() -> str:
    return "#,##0.##%" if words.locale() == "en" else "#,##0.##\xa0%"


def day(value: date | datetime, zone: str = HOUSE_ZONE) -> str:
    """``Thursday 5 March 2026`` or ``jeudi 5 mars 2026``; of an instant, the day it is in ``zone``."""
    return format_date(_local_day(value, zone), "EEEE d MMMM y", locale=tag())


def day_short(value: date | datetime, zone: str = HOUSE_ZONE) -> str:
    """``5 March 2026`` or ``5 mars 2026``."""
    return format_date(_local_day(value, zone), "d MMMM y", locale=tag())


def month(value: date) -> str:
    """``March 2026`` or ``mars 2026``."""
    return format_date(value, "MMMM y", locale=tag())


def weekday(value: date | datetime, zone: str = HOUSE_ZONE) -> str:
    """``Thursday 5 March`` or ``jeudi 5 mars``: of the days ahead, whose year goes without saying."""
    return format_date(_local_day(value, zone), "EEEE d MMMM", locale=tag())


def _local_day(value: date | datetime, zone: str) -> date:
    return wall_time(value, zone).date() if isinstance(value, datetime) else value


def clock(at: datetime, zone: str = HOUSE_ZONE, *, named: bool | None = None) -> str:
    """The time of day in ``zone``: ``07:14`` or ``7 h 14``; its zone is named where it is not the house's."""
    local = at.astimezone(ZoneInfo(zone))
    pattern = "HH:mm" if words.locale() == "en" else "H 'h' mm"
    said = format_time(local, pattern, locale=tag()).replace(" ", "\xa0")
    shown = zone != HOUSE_ZONE if named is None else named
    return f"{said} ({zone_name(at, zone)})" if shown else said


def wall(at: datetime) -> str:
    """What a clock on the wall shows, as it was planned: ``07:00``, with its seconds only where it has any."""
    return f"{at:%H:%M:%S}" if at.second else f"{at:%H:%M}"


def moment(at: datetime, zone: str = HOUSE_ZONE, *, named: bool | None = None) -> str:
    """Day and time: ``Thursday 5 March 2026, 07:00`` or ``jeudi 5 mars 2026 à 7 h 00``."""
    between = ", " if words.locale() == "en" else " à "
    return f"{day(at, zone)}{between}{clock(at, zone, named=named)}"


def moment_short(at: datetime, zone: str = HOUSE_ZONE) -> str:
    """Day and time for tables: ``5 Mar 2026, 07:00``."""
    return f"{format_date(_local_day(at, zone), 'd MMM y', locale=tag())}, {clock(at, zone)}"


def zone_name(at: datetime, zone: str) -> str:
    """What people there call their time: ``Paris time``, ``heure : France``."""
    local = at.astimezone(ZoneInfo(zone))
    return get_timezone_name(local, width="long", locale=tag())


def fact(value: object, zone: str = HOUSE_ZONE) -> str:  # noqa: PLR0911 - one line for each kind
    """A fact of a refusal as a sentence shows it, by what it is."""
    match value:
        case Money():
            return money(value)
        case datetime() if value.tzinfo is None:
            return moment(value.replace(tzinfo=UTC), "UTC", named=False)
        case datetime():
            return moment(value, zone)
        case date():
            return day_short(value)
        case int() if not isinstance(value, bool):
            return count(value)
        case list() | tuple() | set() | frozenset():
            return ", ".join(fact(each, zone) for each in value)
    return "" if value is None else str(value)


def tag() -> str:
    """What Babel calls the language being spoken: English is Britain's."""
    return {"en": "en_GB"}.get(words.locale(), words.locale())
