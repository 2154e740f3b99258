"""Guesses and judged rows as they are kept between two steps of an import, and brought back."""

from __future__ import annotations

from dataclasses import asdict
from typing import TYPE_CHECKING, Any

from marketplace.domain.imports.lines import StyleLine, VariantLine
from marketplace.domain.imports.readings import Choice, Grid, Guess, Header, Layout

if TYPE_CHECKING:
    from collections.abc import Mapping

    from marketplace.domain.imports.given import Photograph
    from marketplace.domain.imports.photographs import Match


def guess_as_plain(guess: Guess) -> dict[str, Any]:
    """The guess as plain values."""
    return {
        "layout": str(guess.layout),
        "header": guess.header.number,
        "last": guess.header.last,
        "groups": list(guess.header.groups),
        "grids": [asdict(grid) for grid in guess.header.grids],
        "carried": guess.carried,
        "titled": guess.titled,
        "choices": [asdict(choice) for choice in guess.choices],
    }


def guess_from(plain: Mapping[str, Any]) -> Guess:
    """The guess that :func:`guess_as_plain` kept."""
    choices = tuple(
        Choice(each["column"], each["field"], each["confidence"], tuple(each["samples"]))
        for each in plain["choices"]
    )
    header = Header(
        plain["header"],
        tuple(choice.column for choice in choices),
        plain.get("last", 0),
        tuple(plain.get("groups", ())),
        tuple(Grid(each["name"], tuple(each["labels"])) for each in plain.get("grids", ())),
    )
    carried, titled = bool(plain.get("carried")), bool(plain.get("titled"))
    return Guess(Layout(plain["layout"]), header, choices, carried, titled)


def style_from(plain: Mapping[str, Any]) -> StyleLine:
    """The style line that was kept with its first row."""
    return StyleLine(**{**plain, "composition_parts": tuple(plain["composition_parts"])})


def variant_from(plain: Mapping[str, Any]) -> VariantLine:
    """The variant line that was kept with its row."""
    return VariantLine(**{**plain, "images": tuple(plain["images"])})


def photograph_as_plain(found: Photograph) -> dict[str, Any]:
    """What was seen of a photograph, before anybody knows where it belongs."""
    return {
        "name": found.name,
        "sha256": found.sha256,
        "width": found.width,
        "height": found.height,
        "code": found.code,
        "facts": dict(found.facts),
    }


def placed(plain: Mapping[str, Any], match: Match) -> dict[str, Any]:
    """The photograph with its place; ``style_code`` None where it belongs to no style."""
    return {
        **plain,
        "style_code": match.style_code,
        "colour": match.colour,
        "position": match.position,
        "because": str(match.because) if match.because else None,
    }


def to_fetch(match: Match) -> dict[str, Any]:
    """A photograph that a row names by its address: nothing is known of it before it is fetched."""
    nothing = {"name": match.name, "sha256": "", "width": 0, "height": 0, "code": None, "facts": {}}
    return placed({**nothing, "address": True}, match)
