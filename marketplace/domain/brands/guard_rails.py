"""Guard-rails: what a brand wants kept in every one of its sales, and how far apart they stay."""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass
from typing import TYPE_CHECKING

from marketplace.domain.refusals import Refusal

if TYPE_CHECKING:
    from collections.abc import Iterable
    from datetime import date

DAYS_APART_MAX = 365
A_YEAR_MAX = 52
AVOIDED_MAX = 30
"""Other brands that one brand may name: more than anybody calls a competitor."""
NAME_MAX = 120
WATERMARK_MAX = 40
WATERMARK_LETTERS = re.compile(
    r"[ -~\u00a1-\u00ac\u00ae-\u0148\u014a-\u017f\u2013\u2014\u2018\u2019\u2022\u20ac\u2122]+"
)
"""What the house's typeface can draw: the letters of western and central European languages."""


class GuardRailRefused(Refusal):
    """A guard-rail cannot be as written; ``field`` names it and ``reason`` says why."""

    code = "guard_rail_refused"


@dataclass(frozen=True, slots=True)
class GuardRails:
    """What a brand has set. ``days_apart`` and ``a_year`` are none where it sets no bound.

    ``told_ahead``: its sales may be spoken of before they open. ``show_in_teaser``: and by its name.
    ``watermark``: what is drawn on every photograph that members see, none where it wants no mark.
    """

    told_ahead: bool = True
    show_in_teaser: bool = True
    name_in_subject: bool = False
    days_apart: int | None = None
    a_year: int | None = None
    avoided: tuple[str, ...] = ()
    watermark: str | None = None


@dataclass(frozen=True, slots=True)
class Near:
    """Another sale that the calendar has: its days where it is sold, the last one included."""

    ref: str
    brand: str
    first: date
    last: date


def checked(said: GuardRails, *, own_name: str) -> GuardRails:
    """The guard-rails with names trimmed and none twice. Refuses a bound out of reason, and the brand's own name.

    A watermark without a text of its own is the brand's name; one that cannot be drawn is refused.
    Whether a name is that of a brand of the house is not asked: nobody is to learn it by trying.
    """
    if said.days_apart is not None and not 1 <= said.days_apart <= DAYS_APART_MAX:
        raise GuardRailRefused(field="days_apart", reason="days_range", most=DAYS_APART_MAX)
    if said.a_year is not None and not 1 <= said.a_year <= A_YEAR_MAX:
        raise GuardRailRefused(field="a_year", reason="year_range", most=A_YEAR_MAX)
    names = {key_of(name): " ".join(name.split()) for name in said.avoided if key_of(name)}
    if len(names) > AVOIDED_MAX:
        raise GuardRailRefused(field="avoided", reason="too_many_names", most=AVOIDED_MAX)
    if any(len(name) > NAME_MAX for name in names.values()):
        raise GuardRailRefused(field="avoided", reason="long_name", most=NAME_MAX)
    if key_of(own_name) in names:
        raise GuardRailRefused(field="avoided", reason="own_name")
    return GuardRails(
        told_ahead=said.told_ahead,
        show_in_teaser=said.show_in_teaser,
        name_in_subject=said.name_in_subject,
        days_apart=said.days_apart,
        a_year=said.a_year,
        avoided=tuple(sorted(names.values(), key=str.casefold)),
        watermark=None if said.watermark is None else _drawable(said.watermark, own_name),
    )


def _drawable(watermark: str, own_name: str) -> str:
    text = " ".join(unicodedata.normalize("NFC", watermark).split()) or own_name
    if len(text) > WATERMARK_MAX:
        raise GuardRailRefused(field="watermark_text", reason="watermark_long", most=WATERMARK_MAX)
    if not WATERMARK_LETTERS.fullmatch(text):
        raise GuardRailRefused(field="watermark_text", reason="watermark_letters")
    return text


def key_of(name: str) -> str:
    """A brand's name as it is compared: letters and digits, without case or accents."""
    plain = unicodedata.normalize("NFKD", name).casefold()
    return "".join(letter for letter in plain if letter.isalnum())


def days_between(one: tuple[date, date], other: tuple[date, date]) -> int:
    """Days from the last day of the earlier span to the first of the later; none where they touch."""
    earlier, later = sorted((one, other))
    return max(0, (later[0] - earlier[1]).days)


def too_near(
    days_apart: int | None, span: tuple[date, date], others: Iterable[Near]
) -> Near | None:
    """The nearest other sale of the brand within the days it wants between them."""
    if days_apart is None:
        return None
    measured = {each: days_between(span, (each.first, each.last)) for each in others}
    near = (each for each in measured if measured[each] < days_apart)
    return min(near, key=lambda each: (measured[each], each.ref), default=None)


def in_year(year: int, others: Iterable[Near]) -> int:
    """How many of the sales open in the calendar year ``year``."""
    return sum(each.first.year == year for each in others)


def same_morning(day: date, others: Iterable[Near]) -> Near | None:
    """The first of the sales that opens on ``day``."""
    return min(
        (each for each in others if each.first == day), key=lambda each: each.ref, default=None
    )
