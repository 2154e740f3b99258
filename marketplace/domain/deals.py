"""Deals: modes, sides, typed terms, and what a set of terms would pay."""

from __future__ import annotations

import hashlib
import json
from dataclasses import asdict, dataclass, fields
from datetime import date
from enum import StrEnum
from typing import TYPE_CHECKING, Any

from marketplace.domain.lifecycle import Lifecycle
from marketplace.domain.money import MINOR_DIGITS
from marketplace.domain.refusals import Refusal
from marketplace.domain.territories import territory

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

COMMISSION_BPS_MAX = 7_500
PAYMENT_DAYS_MAX = 45
"""Periodic invoices are paid within 45 days at the latest (French Commercial Code, art. L.441-10).
"""

VALID_DAYS = 14
VALID_DAYS_MAX = 60
"""How long a proposal stands unless it says otherwise, and at most."""


class Mode(StrEnum):
    """The four contracts of the trade.

    Only consignment is carried out; the others are named and refused.
    """

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
    """A term lies outside what the house or the law allows.

    ``field`` and ``reason`` say which and why.
    """

    code = "terms_refused"


@dataclass(frozen=True, slots=True)
class Terms:
    """The typed terms of one version.

    Amounts in minor units, rates in basis points, days as whole numbers.

    Exactly one of ``commission_bps`` (of net sales without VAT) and unit costs on the lines pays
    the brand: ``commission_bps`` None means each line names its ``unit_cost_minor``.
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
    """One variant in a proposal.

    Units, floor price with VAT, and the unit cost where that is how it is paid.
    """

    variant_id: int
    units: int
    floor_minor: int
    unit_cost_minor: int | None = None


@dataclass(frozen=True, slots=True)
class Offer:
    """What the brand's collection says about a variant: units (None: unknown) and its own floor."""

    units: int | None
    floor_minor: int | None = None


def check_terms(terms: Terms, lines: Sequence[Line]) -> None:
    """Refuses terms that cannot be carried out, naming the field and the reason."""
    if terms.mode is not Mode.CONSIGNMENT:
        raise ModeNotOffered(mode=str(terms.mode))
    if not lines:
        raise TermsRefused(field="lines", reason="no_lines")
    if not terms.territories:
        raise TermsRefused(field="territories", reason="no_territory")
    if terms.currency not in MINOR_DIGITS:
        raise TermsRefused(field="currency", reason="currency_unknown")
    for code in terms.territories:
        if territory(code).currency != terms.currency:
            raise TermsRefused(field="territories", reason="currency_of_territory", territory=code)
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


def check_lines(lines: Iterable[Line], offers: Mapping[int, Offer], *, by: Side) -> None:
    """Refuses lines that the collection cannot fill, and a floor below the brand's own.

    The brand may lower its own floor in a counter-proposal; nobody else may.
    """
    seen: set[int] = set()
    for line in lines:
        offer = offers.get(line.variant_id)
        if offer is None or line.variant_id in seen:
            raise TermsRefused(field="lines", reason="unknown_variant", variant=line.variant_id)
        seen.add(line.variant_id)
        if line.units < 0 or line.units > (offer.units or 0):
            raise TermsRefused(
                field="units",
                reason="more_than_offered",
                variant=line.variant_id,
                offered=offer.units or 0,
            )
        if by is Side.HOUSE and line.floor_minor < (offer.floor_minor or 0):
            raise TermsRefused(
                field="floor",
                reason="below_brands_floor",
                variant=line.variant_id,
                floor_minor=offer.floor_minor,
            )


def check_exit(terms: Terms, *, today: date) -> None:
    """Refuses an exit date that has passed: every unit needs a day by which it leaves."""
    if terms.exit_on <= today:
        raise TermsRefused(field="exit_on", reason="exit_has_passed", today=today)


def check_answer(*, number: int, latest: int, proposed_by: Side, by: Side) -> None:
    """Refuses an answer to anything but the newest version, and to one's own proposal."""
    if number != latest:
        raise Superseded(number=number, latest=latest)
    if proposed_by is by:
        raise OwnProposal(number=number)


def terms_as_plain(terms: Terms) -> dict[str, Any]:
    """The terms as they are stored; :func:`terms_from` brings them back unchanged."""
    return {
        **asdict(terms),
        "mode": str(terms.mode),
        "territories": list(terms.territories),
        "unsold_rule": str(terms.unsold_rule),
        "exit_on": terms.exit_on.isoformat(),
    }


def terms_from(plain: Mapping[str, Any]) -> Terms:
    """The terms of a stored version."""
    return Terms(
        mode=Mode(plain["mode"]),
        currency=plain["currency"],
        territories=tuple(plain["territories"]),
        commission_bps=plain["commission_bps"],
        payment_days=plain["payment_days"],
        unsold_rule=UnsoldRule(plain["unsold_rule"]),
        exit_on=date.fromisoformat(plain["exit_on"]),
        note=plain["note"],
    )


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
    """SHA-256 of the terms and lines in one canonical form: what acceptance freezes."""
    content = {
        "terms": asdict(terms),
        "lines": sorted((asdict(line) for line in lines), key=lambda line: int(line["variant_id"])),
    }
    text = json.dumps(content, sort_keys=True, separators=(",", ":"), default=str)
    return hashlib.sha256(text.encode()).hexdigest()
