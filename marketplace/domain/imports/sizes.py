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
SYSTEMS = ("FR", "IT", "DE", "ES", "UK", "US", "EU", "JP", "INT", "AGE", "CM", "BRA", "W/L")
"""``AGE`` and ``CM`` are children's, ``BRA`` a chest with its cup, ``W/L`` waist and length in inches."""

SYSTEM_WORDS = {
    "france": "FR", "french": "FR", "français": "FR", "italy": "IT", "italia": "IT", "italie": "IT",
    "germany": "DE", "deutschland": "DE", "allemagne": "DE", "spain": "ES", "españa": "ES",
    "gb": "UK", "usa": "US", "europe": "EU", "europa": "EU", "eur": "EU", "eu shoe": "EU",
    "years": "AGE", "ans": "AGE", "age": "AGE", "alter": "AGE", "anni": "AGE", "años": "AGE",
    "height": "CM", "körpergröße": "CM", "jeans": "W/L", "corsetry": "BRA", "bra": "BRA", "lingerie": "BRA",
    "international": "INT", "intl": "INT", "alpha": "INT", "s-xl": "INT", "japan": "JP",
}  # fmt: skip
ALPHA = {
    "xxxs": 1, "3xs": 1, "xxs": 2, "2xs": 2, "xs": 3, "xsmall": 3, "extrasmall": 3, "xs/s": 4, "s": 5,
    "small": 5, "s/m": 6, "m": 7, "medium": 7, "m/l": 8, "l": 9, "large": 9, "l/xl": 10, "xl": 11,
    "xlarge": 11, "extralarge": 11, "xl/xxl": 12, "xxl": 13, "2xl": 13, "xxlarge": 13, "xxxl": 14,
    "3xl": 14, "xxxxl": 15, "4xl": 15, "5xl": 16, "6xl": 17,
}  # fmt: skip
LABEL_LENGTH_MAX = 80
CUP_LENGTH_MAX = 3
REMEMBERED_MAX = 4_096
RANK_NUMBERS_FROM = 1_000
RANK_UNKNOWN = 900_000
RANGE_STEPS_MIN = 4
"""36-38 and S/M are one size that fits two; 36-42 and S-L are several."""

YEAR_MONTHS = 12
CHESTS_CM = range(60, 125, 5)
"""Continental chests; 34B alone may be British or American, 42E the width of a shoe."""

_NUMBER = re.compile(r"(\d{1,3})(?:[.,](\d)|\s*(½|1/2|⅓|1/3|⅔|2/3))?")
_HALF = re.compile(r"(\d{1,2})(?:,5|\s*½|\s+1/2)")
_RANGE = re.compile(r"(\d{2})\s*(?:-|–|à|to|bis|al?)\s*(\d{2})", re.IGNORECASE)  # noqa: RUF001 - as typed
LISTED_MIN = 3
_LISTED = re.compile(r"\d{2}(?:[.,]5)?|\d?x{0,4}[sl]|m", re.IGNORECASE)
_ALPHA_RANGE = re.compile(r"([a-z\d]{1,4})\s*(?:-|–|à|to|bis|al?)\s*([a-z\d]{1,4})", re.IGNORECASE)  # noqa: RUF001
_AGE = re.compile(
    r"(\d{1,2})(?:\s*[-/]\s*\d{1,2})?\s*(?:(?P<months>m|mois|mths?|months?|mon|monate?|mesi|meses)|"
    r"a|ans?|y|yrs?|years?|j|jahre?|anni|años)",
    re.IGNORECASE,
)
_TALL = re.compile(r"(\d{2,3})(?:\s*[-/]\s*\d{2,3})?\s*cm", re.IGNORECASE)
_BUST = re.compile(r"(\d{2,3})\s*([a-k]{1,3})", re.IGNORECASE)
_WAIST = re.compile(
    r"w\s*(\d{2})(?:\s*[/x-]?\s*l\s*(\d{2}))?|(2[3-9]|3\d|4[0-8])\s*[/x]\s*(2[6-9]|3[0-8])",
    re.IGNORECASE,
)
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
    half = _HALF.fullmatch(stripped)
    if half:
        stripped = f"{half.group(1)}.5"
    return stripped, stated or _told_by(stripped)


def _told_by(label: str) -> str:
    """The system that a label's own form tells; a bare number tells none."""
    if _plain(label) in ALPHA:
        return "INT"
    chest = bust(label)
    if chest and not _AGE.fullmatch(label):
        return "BRA" if chest[0] in CHESTS_CM else ""
    forms = (("AGE", _AGE), ("CM", _TALL), ("W/L", _WAIST))
    return next((system for system, form in forms if form.fullmatch(label)), "")


def age_months(label: str) -> int | None:
    """The age in months that a child's size names, its first where it names two; None where it names none."""
    found = _AGE.fullmatch(label.strip())
    if found is None:
        return None
    return int(found.group(1)) * (1 if found.group("months") else YEAR_MONTHS)


def bust(label: str) -> tuple[int, str] | None:
    """Chest and cup of corsetry: ``85B`` is 85 and B."""
    found = _BUST.fullmatch(label.strip())
    return (int(found.group(1)), found.group(2).upper()) if found else None


def spans(label: str) -> bool:
    """Whether ``label`` names a run or a list of several sizes rather than one."""
    listed = [part.strip() for part in re.split(r"[,;+/]|\s(?:et|und|and|e|y)\s", label)]
    if len(listed) >= LISTED_MIN and all(_LISTED.fullmatch(part) for part in listed):
        return True
    numbers = _RANGE.fullmatch(label.strip())
    if numbers:
        return int(numbers.group(2)) - int(numbers.group(1)) >= RANGE_STEPS_MIN
    letters = _ALPHA_RANGE.fullmatch(label.strip())
    ranks = [ALPHA.get(end.casefold()) for end in letters.groups()] if letters else []
    return len(ranks) > 1 and None not in ranks and abs(ranks[1] - ranks[0]) >= RANGE_STEPS_MIN  # type: ignore[operator]


def joined(first: str, second: str) -> str:
    """One size that stands in two cells: waist and length as ``30/32``, chest and cup as ``85B``."""
    if not first or not second:
        return first or second
    return (
        f"{first}{second}"
        if second[:1].isalpha() and len(second) <= CUP_LENGTH_MAX
        else f"{first}/{second}"
    )


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
    months = age_months(label)
    if months is not None:
        return RANK_NUMBERS_FROM + months * 100 // YEAR_MONTHS
    chest, waist = bust(label), _WAIST.fullmatch(label.strip())
    if chest:
        return RANK_NUMBERS_FROM + chest[0] * 100 + ord(chest[1][0]) - ord("A") + len(chest[1])
    if waist:
        inches = [int(each) for each in waist.groups() if each]
        return RANK_NUMBERS_FROM + inches[0] * 100 + (inches[1] if len(inches) > 1 else 0)
    found = _NUMBER.match(label.strip())
    if found is None:
        return RANK_UNKNOWN if label.strip() else 0
    tenth, fraction = found.group(2), found.group(3)
    hundredths = int(tenth) * 10 if tenth else _HALVES.get(fraction or "", 0)
    return RANK_NUMBERS_FROM + int(found.group(1)) * 100 + hundredths
