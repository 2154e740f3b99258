"""Terms as they are stored, sealed and compared.

The seal is taken of what is stored, so that a version written before a term existed keeps its seal for ever.
"""

from __future__ import annotations

import hashlib
import json
from dataclasses import asdict, fields
from datetime import date
from typing import TYPE_CHECKING, Any

from marketplace.domain.deals.terms import (
    Bearer,
    Charge,
    ChargeReason,
    DataShared,
    Days,
    Exclusivity,
    Mode,
    Scope,
    Terms,
    Tier,
    UnsoldRule,
)

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from marketplace.domain.deals.terms import Line

LATER_OF_LINE = ("target_minor", "hard_stop")
"""Parts of a line that came later: where they are not set, the seal does not know them."""


def terms_as_plain(terms: Terms) -> dict[str, Any]:
    """The terms as they are stored; :func:`terms_from` brings them back unchanged."""
    stored: dict[str, Any] = json.loads(json.dumps(asdict(terms), default=str))
    return stored


def terms_from(plain: Mapping[str, Any]) -> Terms:
    """The terms of a stored version; what it does not name has its default."""
    return Terms(**{name: _READ.get(name, _same)(value) for name, value in plain.items()})


def _same(value: Any) -> Any:  # noqa: ANN401 - what JSON holds
    return value


def _day(value: str | None) -> date | None:
    return None if value is None else date.fromisoformat(value)


def _exclusivity(plain: Mapping[str, Any] | None) -> Exclusivity | None:
    if plain is None:
        return None
    return Exclusivity(Scope(plain["scope"]), date.fromisoformat(plain["until"]))


_READ: dict[str, Any] = {
    "mode": Mode,
    "territories": tuple,
    "unsold_rule": UnsoldRule,
    "exit_on": date.fromisoformat,
    "tiers": lambda rows: tuple(Tier(**row) for row in rows),
    "discounts_by": Bearer,
    "returns_by": Bearer,
    "freight_by": Bearer,
    "chargebacks": lambda rows: tuple(
        Charge(ChargeReason(row["reason"]), row["minor"]) for row in rows
    ),
    "deliver_by": _day,
    "exclusivity": _exclusivity,
    "blackouts": lambda rows: tuple(
        Days(date.fromisoformat(row["first"]), date.fromisoformat(row["last"])) for row in rows
    ),
    "photographs_from": _day,
    "photographs_until": _day,
    "data_shared": lambda names: tuple(DataShared(name) for name in names),
}


def changed_terms(before: Terms, after: Terms) -> tuple[str, ...]:
    """Names of the terms in which two versions differ, in their order on the page."""
    return tuple(
        field.name
        for field in fields(Terms)
        if getattr(before, field.name) != getattr(after, field.name)
    )


def changed_lines(before: Iterable[Line], after: Iterable[Line]) -> frozenset[int]:
    """Variants whose line differs between two versions, those that only one of them has included."""
    old = {line.variant_id: line for line in before}
    new = {line.variant_id: line for line in after}
    return frozenset(key for key in old.keys() | new.keys() if old.get(key) != new.get(key))


def sealed(terms: Terms, lines: Sequence[Line]) -> str:
    """The seal of terms that are about to be stored."""
    return sealed_as_stored(terms_as_plain(terms), lines)


def sealed_as_stored(plain: Mapping[str, Any], lines: Sequence[Line]) -> str:
    """SHA-256 of stored terms and lines in one canonical form: what acceptance freezes."""
    content = {
        "terms": dict(plain),
        "lines": sorted((_plain(line) for line in lines), key=lambda line: int(line["variant_id"])),
    }
    text = json.dumps(content, sort_keys=True, separators=(",", ":"))
    return hashlib.sha256(text.encode()).hexdigest()


def _plain(line: Line) -> dict[str, Any]:
    return {
        name: value
        for name, value in asdict(line).items()
        if value is not None or name not in LATER_OF_LINE
    }
