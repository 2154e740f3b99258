"""Sizes: the label as the brand writes it, its system, and the order in which people read them."""

from __future__ import annotations

import re
from functools import lru_cache

ONE_SIZE_WORDS = frozenset(
    {
        "tu", "t.u", "t.u.", "tailleunique", "unique", "u", "os", "o/s", "onesize", "one-size", "ones",
        "einheitsgröße", "einheitsgrösse", "einheitsgroesse", "tagliaunica", "tallaunica", "tallaúnica",
        "única", "unica", "uni", "n/a", "defaulttitle",
    }
)  # fmt: skip
SYSTEMS = ("FR", "IT", "DE", "ES", "UK", "US", "EU", "JP", "INT")
SYSTEM_WORDS = {
    "france": "FR", "french": "FR", "français": "FR", "italy": "IT", "italia": "IT", "italie": "IT",
    "germany": "DE", "deutschland": "DE", "allemagne": "DE", "spain": "ES", "españa": "ES",
    "gb": "UK", "usa": "US", "europe": "EU", "europa": "EU", "eur": "EU", "eu shoe": "EU",
    "international": "INT", "intl": "INT", "alpha": "INT", "s-xl": "INT", "japan": "JP",
}  # fmt: skip
ALPHA = {
    "xxxs": 1, "3xs": 1, "xxs": 2, "2xs": 2, "xs": 3, "xsmall": 3, "extrasmall": 3, "xs/s": 4, "s": 5,
    "small": 5, "s/m": 6, "m": 7, "medium": 7, "m/l": 8, "l": 9, "large": 9, "l/xl": 10, "xl": 11,
    "xlarge": 11, "extralarge": 11, "xl/xxl": 12, "xxl": 13, "2xl": 13, "xxlarge": 13, "xxxl": 14,
    "3xl": 14, "xxxxl": 15, "4xl": 15, "5xl": 16, "6xl": 17,
}  # fmt: skip
LABEL_LENGTH_MAX = 80
REMEMBERED_MAX = 4_096
RANK_NUMBERS_FROM = 1_000
RANK_UNKNOWN = 900_000
_NUMBER = re.compile(r"(\d{1,3})(?:[.,](\d)|\s*(½|1/2|⅓|1/3|⅔|2/3))?")
_HALVES = {"½": 50, "1/2": 50, "⅓": 33, "1/3": 33, "⅔": 67, "2/3": 67}
_WITH_SYSTEM = re.compile(
    r"^(FR|IT|DE|ES|UK|US|EU|JP|INT)[\s:._-]+(\S.*)$|^(\S.*?)\s+(FR|IT|DE|ES|UK|US|EU|JP)$",
    re.IGNORECASE,
)


def _plain(label: str) -> str:
    return re.sub(r"[\s_-]+", "", label).casefold()


def is_one_size(label: str) -> bool:
    """Whether ``label`` says that there is only one size."""
    return re.sub(r"\s+", "", label).casefold() in ONE_SIZE_WORDS


def is_likely(label: str) -> bool:
    """Whether ``label`` looks like a size, for guessing columns."""
    plain = _plain(label)
    return plain in ALPHA or is_one_size(label) or bool(_NUMBER.fullmatch(label.strip()))


def understood(label: str, system: str = "") -> tuple[str, str]:
    """Label and system of a size: ``("", "")`` for one size; ``FR 38`` alone gives ``("38", "FR")``."""
    return _understood(label[:LABEL_LENGTH_MAX], system[:LABEL_LENGTH_MAX])


@lru_cache(maxsize=REMEMBERED_MAX)
def _understood(label: str, system: str) -> tuple[str, str]:
    stripped = label.strip()
    if not stripped or is_one_size(stripped):
        return "", ""
    stated = system_named(system)
    found = _WITH_SYSTEM.match(stripped)
    if found and not stated:
        stated = (found.group(1) or found.group(4)).upper()
        stripped = found.group(2) or found.group(3)
    return stripped, stated or ("INT" if _plain(stripped) in ALPHA else "")


def system_named(text: str) -> str:
    """The size system that ``text`` names; empty where it names none that we know."""
    plain = text.strip()
    if plain.upper() in SYSTEMS:
        return plain.upper()
    return SYSTEM_WORDS.get(plain.casefold(), "")


def rank(label: str) -> int:
    """A number that sorts sizes as people read them: XS before S, 36 before 38, 8 before 10."""
    return _rank(label[:LABEL_LENGTH_MAX])


@lru_cache(maxsize=REMEMBERED_MAX)
def _rank(label: str) -> int:
    alpha = ALPHA.get(_plain(label))
    if alpha is not None:
        return alpha
    found = _NUMBER.match(label.strip())
    if found is None:
        return RANK_UNKNOWN if label.strip() else 0
    tenth, fraction = found.group(2), found.group(3)
    hundredths = int(tenth) * 10 if tenth else _HALVES.get(fraction or "", 0)
    return RANK_NUMBERS_FROM + int(found.group(1)) * 100 + hundredths
