"""What a size is called in other countries: the usual correspondences of the trade, never a promise of fit.

Clothing follows the French ladder, shoes the European one; a brand's own cut may differ, which is why the brand's
own label always stands first. Sizes of children, corsetry and trousers by waist have no table here.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from enum import StrEnum
from fractions import Fraction

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
