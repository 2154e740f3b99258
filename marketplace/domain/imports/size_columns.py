"""Sizes that stand side by side as columns: what a header cell says about its size.

A header cell may name the size alone (``38``), with a word before it (``Taille 38``, ``T.38``, ``Qté 38``) or
with its system (``FR 38``, ``38 EU``). Which cells really are sizes is decided by their neighbours and by what
stands below them, not here.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import lru_cache

from marketplace.domain.imports import sizes
from marketplace.domain.imports.conditions import folded

LABEL_LENGTH_MAX = 24
REMEMBERED_MAX = 4_096

SIZE_WORDS = frozenset(
    {
        "taille", "tailles", "size", "sizes", "sz", "talla", "tallas", "taglia", "taglie", "tg", "gr",
        "grosse", "grossen", "groesse", "groessen", "pointure", "pointures", "misura", "misure", "numero",
        "t", "shoe", "schuhgrosse", "scarpe", "zapatos", "waist", "tour de taille", "grille", "grid",
    }
)  # fmt: skip
UNIT_WORDS = frozenset(
    {
        "qty", "qte", "quantite", "quantites", "quantity", "stock", "units", "unites", "pcs", "pieces",
        "menge", "bestand", "stuck", "stueck", "anzahl", "giacenza", "quantita", "pezzi", "pz", "cantidad",
        "existencias", "unidades", "uds", "dispo", "disponible", "available", "on hand", "inventory",
        "disponibilita", "verfugbar", "nb",
    }
)  # fmt: skip
_WORDS = "|".join(sorted(SIZE_WORDS | UNIT_WORDS, key=len, reverse=True))
_BEFORE = re.compile(
    rf"(?i)^(?:(?:{_WORDS}|größen?|qté|quantité|unités|stück)(?![^\W\d_])[\s.:_/\-]*)+(?=\S)"
)
_AFTER = re.compile(rf"(?i)[\s._\-]+(?:{_WORDS}|qté|quantité|stück)$")
_NUMBER = r"\d{1,3}(?:[.,]5|\s*(?:½|1/2|⅓|1/3|⅔|2/3))?"
_ALPHA = r"(?:\d?x{0,4}[sl]|m|one)"
_SHAPES = (
    re.compile(rf"{_NUMBER}(?:\s*[-/]\s*{_NUMBER})?"),
    re.compile(rf"{_ALPHA}(?:\s*[-/]\s*{_ALPHA})?", re.IGNORECASE),
    # Children: 4A, 6 ans, 8Y, 3-6M, 12 mois, 2 Jahre, 18 mesi.
    re.compile(
        r"\d{1,3}(?:\s*[-/]\s*\d{1,2})?\s*(?:a|ans?|y|yrs?|years?|m|mois|mths?|months?|j|jahre?|mon|monate?|anni|"
        r"mesi|años|meses|cm)",
        re.IGNORECASE,
    ),
    # Corsetry: 85B; trousers: W30, W30/L32, 30x32.
    re.compile(r"\d{2,3}\s*[a-k]{1,2}", re.IGNORECASE),
    re.compile(r"w\s*\d{2}(?:\s*[/x]?\s*l\s*\d{2})?|\d{2}\s*x\s*\d{2}", re.IGNORECASE),
)
_COPY = re.compile(r" \(\d{1,2}\)$")
_T_AND_NUMBER = re.compile(r"(?i)t[0-6]")
_ONE_SIZE = frozenset(
    {
        "tu",
        "t.u",
        "t.u.",
        "os",
        "o/s",
        "onesize",
        "taille unique",
        "taglia unica",
        "talla unica",
        "one size",
    }
)


@dataclass(frozen=True, slots=True)
class SizeName:
    """The size that a column's header names.

    ``sure`` where a word or a letter says so; a bare number needs neighbours.
    """

    label: str
    system: str = ""
    sure: bool = False


def named(header: str) -> SizeName | None:
    """The size that ``header`` names; None where it names none. The number of a repeated column is none of it."""
    plain = unnumbered(header)
    return _named(plain) if len(plain) <= LABEL_LENGTH_MAX else None


def unnumbered(column: str) -> str:
    """A column's name without the number that tells it from others of the same name: ``36 (2)`` is ``36``."""
    return _COPY.sub("", column.strip())


def beside(header: str, label: str) -> str:
    """The words that stand beside the size ``label`` in ``header``."""
    at = header.find(label)
    return f"{header[:at]} {header[at + len(label) :]}".strip(" .:_/-") if at >= 0 else ""


@lru_cache(maxsize=REMEMBERED_MAX)
def _named(header: str) -> SizeName | None:
    if not header:
        return None
    if _T_AND_NUMBER.fullmatch(header):
        return SizeName(header.upper(), sure=True)
    if header.casefold() in _ONE_SIZE or folded(header) in _ONE_SIZE:
        return SizeName(header, sure=True)
    bare = _AFTER.sub("", header)
    told = bare != header
    stripped = _BEFORE.sub("", bare)
    told = told or stripped != bare
    label, system = sizes.understood(stripped)
    if any(shape.fullmatch(label) for shape in _SHAPES):
        numeric = label.replace(" ", "").isdigit()
        return SizeName(label, system, sure=told or bool(system) or not numeric)
    return None


def system_in(text: str) -> str:
    """The size system that a group's words name: ``Tailles FR`` is FR; empty where they name none."""
    for word in re.split(r"[\s/:,()_-]+", text):
        if word.isupper() or word.casefold() in sizes.SYSTEM_WORDS:
            found = sizes.system_named(word)
            if found:
                return found
    return ""


def speaks_of_sizes(text: str) -> bool:
    """Whether a header says that what stands below it are sizes or their quantities."""
    words = set(folded(text).split())
    return bool(words & (SIZE_WORDS - {"t", "gr", "numero"} | UNIT_WORDS))
