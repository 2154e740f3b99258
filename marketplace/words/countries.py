"""Names of countries in the reader's language."""

from __future__ import annotations

from typing import TYPE_CHECKING

from babel import Locale

from marketplace.words import formats

if TYPE_CHECKING:
    from collections.abc import Iterable


def name(code: str) -> str:
    """The name of the country with this ISO 3166 code; of an unknown one, the code."""
    return str(Locale.parse(formats.tag()).territories.get(code, code))


def options(codes: Iterable[str]) -> list[tuple[str, str]]:
    """Code and name of each, in the order of their names."""
    return sorted(((code, name(code)) for code in codes), key=lambda pair: pair[1])
