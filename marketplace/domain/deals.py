"""Deals: modes, sides, typed terms, and what a set of terms would pay."""

from __future__ import annotations

import hashlib
import json
from dataclasses import asdict, dataclass
from enum import StrEnum
from typing import TYPE_CHECKING

from marketplace.domain.lifecycle import Lifecycle
from marketplace.domain.refusals import Refusal

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import date

COMMISSION_BPS_MAX = 7_500
PAYMENT_DAYS_MAX = 45
"""Periodic invoices are paid within 45 days at the latest (French Commercial Code, art. L.441-10)."""


class Mode(StrEnum):
    """The four contracts of the trade. Only consignment is carried out; the others are named and refused."""

    CONSIGNMENT = "consignment"
    CONDITIONAL = "conditional"
    FIRM = "firm"
    CONNECTED = "connected"


class Side(StrEnum):
    """Who proposed."""

    HOUSE = "house"
    BRAND = "brand"


class DealState(StrEnum):
    """A deal is open until its latest version is accepted or the talks end."""

    OPEN = "open"
    AGREED = "agreed"
    ENDED = "ended"


DEAL_LIFECYCLE = Lifecycle(
    "deal",
    {
        DealState.OPEN: (DealState.AGREED, DealState.ENDED),
        DealState.AGREED: (),
        DealState.ENDED: (),
    },
)


class UnsoldRule(StrEnum):
    """What becomes of units that were not sold."""

    RETURN = "return"
    NEXT_SALE = "next_sale"
    DONATE = "donate"


class ModeNotOffered(Refusal):
    """The house does not carry out this contract yet; consignment is."""

    code = "mode_not_offered"


class OwnProposal(Refusal):
    """Only the other side may accept a proposal."""

    code = "own_proposal"


class Superseded(Refusal):
    """A newer version of the deal has been proposed; ``latest`` is its number."""

    code = "proposal_superseded"


class ProposalExpired(Refusal):
    """The proposal lapsed at ``expires_at``; ask for it to be renewed."""

    code = "proposal_expired"


class TermsRefused(Refusal):
    """A term lies outside what the house or the law allows; ``field`` and ``reason`` say which and why."""

    code = "terms_refused"


@dataclass(frozen=True, slots=True)
class Terms:
    """The typed terms of one version; amounts in minor units, rates in basis points, days as whole numbers.

    Exactly one of ``commission_bps`` (of net sales without VAT) and unit costs on the lines pays the brand:
    ``commission_bps`` None means each line names its ``unit_cost_minor``.
    """

    mode: Mode
    currency: str
    territories: tuple[str, ...]
    commission_bps: int | None
    payment_days: int
    unsold_rule: UnsoldRule
    exit_on: date
    note: str = ""


@dataclass(frozen=True, slots=True)
class Line:
    """One variant in a proposal: units, floor price with VAT, and the unit cost where that is how it is paid."""

    variant_id: int
    units: int
    floor_minor: int
    unit_cost_minor: int | None = None


def check_terms(terms: Terms, lines: Sequence[Line]) -> None:
    """Refuses terms that cannot be carried out, naming the field and the reason."""
    if terms.mode is not Mode.CONSIGNMENT:
        raise ModeNotOffered(mode=str(terms.mode))
    if not lines:
        raise TermsRefused(field="lines", reason="no_lines")
    if not terms.territories:
        raise TermsRefused(field="territories", reason="no_territory")
    _check_pay(terms, lines)
    if all(line.units == 0 for line in lines):
        raise TermsRefused(field="units", reason="no_units")


def _check_pay(terms: Terms, lines: Sequence[Line]) -> None:
    if not 0 < terms.payment_days <= PAYMENT_DAYS_MAX:
        raise TermsRefused(field="payment_days", reason="payment_days_range", most=PAYMENT_DAYS_MAX)
    if terms.commission_bps is None:
        if any(line.unit_cost_minor is None for line in lines):
            raise TermsRefused(field="unit_cost", reason="unit_cost_missing")
    elif not 0 <= terms.commission_bps <= COMMISSION_BPS_MAX:
        raise TermsRefused(
            field="commission_bps", reason="commission_range", most=COMMISSION_BPS_MAX
        )


def sealed(terms: Terms, lines: Sequence[Line]) -> str:
    """SHA-256 of the terms and lines in one canonical form: what acceptance freezes."""
    content = {
        "terms": asdict(terms),
        "lines": sorted((asdict(line) for line in lines), key=lambda line: int(line["variant_id"])),
    }
    text = json.dumps(content, sort_keys=True, separators=(",", ":"), default=str)
    return hashlib.sha256(text.encode()).hexdigest()
