"""What a size is called in other countries: the usual correspondences of the trade, never a promise of fit.

Clothing follows the French ladder, shoes the European one; a brand's own cut may differ, which is why the brand's
own label always stands first. Children's ages stand beside heights (EN 13402-3), chests of corsetry beside those of
other countries up to cup D, behind which the letters part. Trousers by waist have no table here.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from enum import StrEnum
from fractions import Fraction

from marketplace.domain.imports import sizes
from marketplace.domain.imports.conditions import folded

SYSTEMS = ("FR", "IT", "DE", "ES", "UK", "US", "EU", "INT")
STEPS_PER_SIZE = 2
"""Shoes come in halves."""


class Kind(StrEnum):
    """Which ladder goods stand on."""

    WOMENS_CLOTHING = "womens_clothing"
    MENS_CLOTHING = "mens_clothing"
    WOMENS_SHOES = "womens_shoes"
    MENS_SHOES = "mens_shoes"


@dataclass(frozen=True, slots=True)
class _Ladder:
    """Where each system stands against the first one, from ``low`` to ``high`` of the first."""

    first: str
    low: int
    high: int
    shifts: dict[str, Fraction]
    letters: dict[int, str]


def _shifts(**systems: int) -> dict[str, Fraction]:
    return {name: Fraction(shift) for name, shift in systems.items()}


_LADDERS = {
    Kind.WOMENS_CLOTHING: _Ladder(
        "FR", 32, 52, _shifts(FR=0, IT=4, DE=-2, ES=0, UK=-28, US=-32),
        {32: "XXS", 34: "XS", 36: "S", 38: "M", 40: "L", 42: "XL", 44: "XXL"},
    ),
    Kind.MENS_CLOTHING: _Ladder(
        "FR", 42, 60, _shifts(FR=0, IT=0, DE=0, ES=0, EU=0, UK=-10, US=-10),
        {44: "XS", 46: "S", 48: "M", 50: "L", 52: "XL", 54: "XXL"},
    ),
    Kind.WOMENS_SHOES: _Ladder("EU", 34, 43, _shifts(EU=0, FR=0, DE=0, ES=0, IT=-1, UK=-33, US=-31), {}),
    Kind.MENS_SHOES: _Ladder("EU", 38, 49, _shifts(EU=0, FR=0, DE=0, ES=0, IT=-1, UK=-34, US=-33), {}),
}  # fmt: skip

_WOMEN = frozenset(
    {"women", "woman", "womens", "ladies", "lady", "female", "femme", "femmes", "damen", "dame", "frauen",
     "donna", "donne", "mujer", "mujeres", "f", "w"}
)  # fmt: skip
_MEN = frozenset(
    {"men", "man", "mens", "gentlemen", "male", "homme", "hommes", "herren", "herr", "manner", "uomo", "uomini",
     "hombre", "hombres", "h", "m"}
)  # fmt: skip
_SHOES = frozenset(
    {"shoe", "shoes", "boot", "boots", "bootie", "booties", "sneaker", "sneakers", "sandal", "sandals", "loafer",
     "loafers", "pump", "pumps", "chaussure", "chaussures", "botte", "bottes", "bottine", "bottines", "basket",
     "baskets", "sandale", "sandales", "mocassin", "mocassins", "escarpin", "escarpins", "derby", "derbies",
     "schuh", "schuhe", "stiefel", "stiefeletten", "sandalen", "scarpa", "scarpe", "stivali", "stivaletti",
     "sandali", "mocassini", "zapato", "zapatos", "botas", "botines", "sandalias", "zapatillas", "mocasines"}
)  # fmt: skip
_OTHERS = frozenset(
    {"kids", "kid", "girl", "girls", "boy", "boys", "baby", "enfant", "enfants", "fille", "garcon", "bebe", "kinder",
     "bambino", "bambina", "bambini", "nino", "nina", "ninos", "lingerie", "bra", "bras", "soutien", "unisex"}
)  # fmt: skip
_NUMBER = re.compile(r"(\d{1,2})(?:[.,]5|\s*(?:½|1/2))?")


HEIGHTS_CM = {
    1: 54, 3: 60, 6: 67, 9: 71, 12: 74, 18: 81, 24: 86, 36: 96, 48: 102, 60: 108, 72: 114, 84: 120, 96: 126,
    108: 132, 120: 138, 132: 144, 144: 150, 168: 162, 192: 174,
}  # fmt: skip
"""The height in centimetres that goes with an age in months, as French makers label it."""

_CHESTS = {"FR": 0, "ES": 0, "EU": -15, "DE": -15}
_CUPS = ("A", "B", "C", "D")
_CHEST_FIRST, _CHEST_LAST, _CHEST_STEP = 80, 110, 5
_BAND_FIRST, _BAND_STEP = 30, 2


def childrens(label: str) -> int | None:
    """The height in centimetres that goes with a child's age; None where the label names no age of the table."""
    months = sizes.age_months(label)
    return HEIGHTS_CM.get(months) if months is not None else None


def corsetry(label: str, system: str) -> tuple[tuple[str, str], ...]:
    """System and label of the same chest and cup elsewhere; empty where the system is not told or the table ends.

    Behind D the countries' cups are named differently: nothing is said of them.
    """
    found = sizes.bust(label)
    if found is None or found[1] not in _CUPS:
        return ()
    if system in _CHESTS:
        chest = found[0] - _CHESTS[system]
    elif system in {"UK", "US"} and found[0] % _BAND_STEP == 0:
        chest = _CHEST_FIRST + (found[0] - _BAND_FIRST) // _BAND_STEP * _CHEST_STEP
    else:
        return ()
    if not _CHEST_FIRST <= chest <= _CHEST_LAST or chest % _CHEST_STEP:
        return ()
    band = _BAND_FIRST + (chest - _CHEST_FIRST) // _CHEST_STEP * _BAND_STEP
    numbers = {name: chest + shift for name, shift in _CHESTS.items()} | {"UK": band, "US": band}
    order = (name for name in SYSTEMS if name in numbers and name != system)
    return tuple((name, f"{numbers[name]}{found[1]}") for name in order)


def kind_of(*, gender: str, category: str) -> Kind | None:
    """The ladder of goods so described; None where it is not told, or no table is known."""
    said = set(folded(gender).split()) | set(folded(category).split())
    women, men = bool(said & _WOMEN), bool(said & _MEN)
    if women is men or said & _OTHERS:
        return None
    if said & _SHOES:
        return Kind.WOMENS_SHOES if women else Kind.MENS_SHOES
    return Kind.WOMENS_CLOTHING if women else Kind.MENS_CLOTHING


def equivalents(label: str, system: str, kind: Kind) -> tuple[tuple[str, str], ...]:
    """System and label of the same size elsewhere, its own left out; empty where the table has no such size."""
    ladder = _LADDERS[kind]
    at = _place(label, system, ladder)
    if at is None or not ladder.low <= at <= ladder.high:
        return ()
    found = {name: _written(at + shift) for name, shift in ladder.shifts.items()}
    if at in ladder.letters:
        found["INT"] = ladder.letters[int(at)]
    return tuple((name, found[name]) for name in SYSTEMS if name in found and name != system)


def _place(label: str, system: str, ladder: _Ladder) -> Fraction | None:
    """Where the size stands on its ladder's first system."""
    if system == "INT":
        plain = label.strip().upper()
        return next((Fraction(at) for at, name in ladder.letters.items() if name == plain), None)
    found = _NUMBER.fullmatch(label.strip())
    if found is None or system not in ladder.shifts:
        return None
    half = Fraction(1, STEPS_PER_SIZE) if found.end() > found.end(1) else Fraction(0)
    at = Fraction(int(found.group(1))) + half - ladder.shifts[system]
    odd = not ladder.letters or (at.denominator == 1 and int(at) % STEPS_PER_SIZE == 0)
    return at if odd else None


def _written(size: Fraction) -> str:
    whole, half = divmod(size, 1)
    return f"{whole}.5" if half else str(whole)
