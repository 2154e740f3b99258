"""A statement's figures in the one form in which they are kept, sealed, shown and handed to machines."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from typing import TYPE_CHECKING, Any

from marketplace.domain.sealing import plain

if TYPE_CHECKING:
    from collections.abc import Mapping

FORM = 2
"""Of stored figures: grows when their shape changes, so that an old statement can still be read. 2: ``borne``."""


@dataclass(frozen=True, slots=True)
class LineFigures:
    """One variant at one price. ``gross_minor`` with VAT; it and what follows are of the units owed.

    ``borne``: units that members no longer have and that are owed as sold, because the house or a carrier lost them.
    """

    style_code: str
    colour: str
    size: str
    sku: str
    price_minor: int
    vat_bps: int
    units: int
    cancelled: int
    returned: int
    gross_minor: int
    net_minor: int
    commission_minor: int
    due_minor: int
    borne: int = 0


@dataclass(frozen=True, slots=True)
class RateFigures:
    """What was sold at one VAT rate and kept: with VAT, without, and the brand's part with its VAT."""

    vat_bps: int
    gross_minor: int
    net_minor: int
    due_minor: int
    due_vat_minor: int


@dataclass(frozen=True, slots=True)
class SectionFigures:
    """One sale as of the statement. Amounts up to ``returned_minor`` with VAT, from ``net_minor`` on without."""

    sale: str
    title: str
    opens_at: str
    closes_at: str
    final: bool
    units: int
    cancelled: int
    returned: int
    gross_minor: int
    cancelled_minor: int
    returned_minor: int
    net_minor: int
    commission_minor: int
    due_minor: int
    due_vat_minor: int
    outlay_minor: int
    reserve_minor: int
    rates: tuple[RateFigures, ...]
    lines: tuple[LineFigures, ...]
    borne: int = 0


@dataclass(frozen=True, slots=True)
class ChargeFigures:
    """A charge that is final: ``minor`` in all, without VAT."""

    charge: int
    reason: str
    units: int
    minor: int


@dataclass(frozen=True, slots=True)
class Sums:
    """What the deal has earned since it began, by kind, as of one statement."""

    due_minor: int
    due_vat_minor: int
    guarantee_minor: int
    freight_minor: int
    returns_minor: int
    charges_minor: int
    reserve_minor: int
    payable_minor: int


@dataclass(frozen=True, slots=True)
class Figures:
    """A statement: the deal by sales, what it came to, and how that became a sum to pay.

    ``before_minor`` is what earlier statements of the deal told as payable; ``change_minor`` is the difference.
    ``opening_minor`` + ``change_minor`` = ``to_pay_minor`` + ``closing_minor``.
    """

    number: int
    kind: str
    deal: int
    collection: str
    sale: str | None
    currency: str
    as_of: str
    issued_on: str
    due_on: str
    sections: tuple[SectionFigures, ...]
    charges: tuple[ChargeFigures, ...]
    sums: Sums
    before_minor: int
    opening_minor: int
    change_minor: int
    to_pay_minor: int
    closing_minor: int


def as_stored(found: Figures) -> dict[str, Any]:
    """What is kept and sealed: text and whole numbers only."""
    kept: dict[str, Any] = plain({"form": FORM, **asdict(found)})
    return kept


def from_stored(kept: Mapping[str, Any]) -> Figures:
    """What was kept, read back."""
    assert 1 <= kept["form"] <= FORM, f"a statement of form {kept['form']} cannot be read"
    said = {name: value for name, value in kept.items() if name != "form"}
    return Figures(
        **said
        | {
            "sections": tuple(_section(each) for each in kept["sections"]),
            "charges": tuple(ChargeFigures(**each) for each in kept["charges"]),
            "sums": Sums(**kept["sums"]),
        }
    )


def _section(kept: Mapping[str, Any]) -> SectionFigures:
    rates = tuple(RateFigures(**each) for each in kept["rates"])
    lines = tuple(LineFigures(**each) for each in kept["lines"])
    return SectionFigures(**dict(kept) | {"rates": rates, "lines": lines})
