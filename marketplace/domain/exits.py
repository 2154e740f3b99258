"""Exits: goods that leave the house otherwise than to a member, by which way, by whose choice and by which day.

When the sales of a deal are over, the house asks the brand what is to become of what is left. Silence is the rule that
was signed, and never a worse one: nothing is recycled or destroyed unless the brand itself asks for it and names the
derogation of Delegated Regulation (EU) 2026/296, article 2. Goods that members sent back count as unsold, as they do in
Regulation (EU) 2024/1781, article 2(37).
"""

from __future__ import annotations

from dataclasses import asdict, dataclass
from datetime import timedelta
from enum import StrEnum
from typing import TYPE_CHECKING, Any

from marketplace.domain import moments
from marketplace.domain.refusals import Refusal
from marketplace.domain.sealing import plain

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping
    from datetime import date, datetime

    from marketplace.domain.deals import UnsoldRule

CHOOSE_DAYS = 10
"""For so long the brand may choose, where the day of leaving is far enough."""
CHOOSE_DAYS_LEAST = 2
PACK_DAYS = 7
"""So long before the goods leave, the choice is made, so that they can be packed and sent."""
ASK_BEFORE = timedelta(days=21)
"""So long before the goods have to leave, the house asks at the latest, and again about what was kept."""
REMIND_BEFORE = timedelta(days=3)
KEEP_DAYS_MAX = 183
LEFT_DAYS_AGO_MAX = 14
"""What left longer ago is not written down as an exit any more without a person asking why."""
WORDS_LENGTH_MAX = 1_000
RECEIVER_LENGTH_MAX = 200
LINES_MAX = 500
FORM = 2
"""Of stored figures: grows when their shape changes, so that an old note can still be read. 2: ``corrects``."""


class ExitKind(StrEnum):
    """What becomes of goods. ``next_sale``: they stay until a day that both sides agreed; the others leave."""

    RETURN = "return"
    DONATE = "donate"
    NEXT_SALE = "next_sale"
    RECYCLE = "recycle"
    DESTROY = "destroy"


DISCARDS = frozenset({ExitKind.RECYCLE, ExitKind.DESTROY})
"""Destruction in the sense of Regulation (EU) 2024/1781, article 2(34): recycling is part of it."""
LEAVES = tuple(kind for kind in ExitKind if kind is not ExitKind.NEXT_SALE)


class Pool(StrEnum):
    """Where goods in the house come from: no sale sold them, a member sent them back, or they were not accepted."""

    UNSOLD = "unsold"
    SENT_BACK = "sent_back"
    REJECTED = "rejected"


class Derogation(StrEnum):
    """Why goods may be destroyed: Delegated Regulation (EU) 2026/296, article 2, in its order."""

    DANGEROUS = "dangerous"
    UNLAWFUL = "unlawful"
    INFRINGING = "infringing"
    LICENCE_ENDED = "licence_ended"
    MARKS_STAY = "marks_stay"
    DAMAGED = "damaged"
    DEFECTIVE = "defective"
    DONATION_REFUSED = "donation_refused"
    NO_RECIPIENT = "no_recipient"
    NO_REUSE = "no_reuse"


class ChoiceOver(Refusal):
    """The brand could choose until ``until``; since then what was signed holds."""

    code = "choice_over"


class ChoiceRefused(Refusal):
    """This cannot be chosen; ``reason`` says why."""

    code = "choice_refused"


class KeepDayRefused(Refusal):
    """Goods cannot be kept until then: after ``first``, and until ``last`` at the most."""

    code = "keep_day_refused"


class ExitRefused(Refusal):
    """Goods cannot leave so; ``reason`` says why."""

    code = "exit_refused"


class ExitUnitsRefused(Refusal):
    """Not so many units can leave; ``rows`` maps a lot and a pool to how many there are."""

    code = "exit_units_refused"


class LeftDayRefused(Refusal):
    """Goods are written down as gone when they have gone: from ``first`` until today, ``last``."""

    code = "left_day_refused"


class NothingToLeave(Refusal):
    """Nothing of the deal is in the house that could leave it, or nothing of it was counted."""

    code = "nothing_to_leave"


class CorrectionRefused(Refusal):
    """This note is itself a correction: what it took back too much is noted as gone once more."""

    code = "correction_refused"


class UnitsTakenBackRefused(Refusal):
    """The note does not tell of so many units; ``rows`` maps a lot and a pool to how many it still tells of."""

    code = "units_taken_back_refused"


class NothingToCorrect(Refusal):
    """No unit was counted that had not left."""

    code = "nothing_to_correct"


@dataclass(frozen=True, slots=True)
class Plan:
    """What the house asked: the kind that silence means, until when to choose, by when the goods leave.

    ``keep_until``: the house offers to keep them for a further sale, until that day. ``chosen``: what the brand said.
    """

    default: ExitKind
    choose_by: datetime
    leave_by: date
    keep_until: date | None = None
    chosen: ExitKind | None = None

    def settled(self, now: datetime) -> ExitKind | None:
        """What becomes of the goods; None while the brand may still say."""
        if self.chosen is not None:
            return self.chosen
        return self.default if now > self.choose_by else None

    @property
    def day(self) -> date:
        """By when the goods leave: silence never moves what was promised, the brand's own choice may."""
        kept = self.chosen is ExitKind.NEXT_SALE
        return self.keep_until if kept and self.keep_until else self.leave_by

    @property
    def choices(self) -> tuple[ExitKind, ...]:
        """What the brand may choose. To keep the goods takes a day that the house offers, or that was signed."""
        stays = self.keep_until is not None or self.default is ExitKind.NEXT_SALE
        return tuple(kind for kind in ExitKind if kind is not ExitKind.NEXT_SALE or stays)


def silent_kind(rule: UnsoldRule, *, number: int) -> ExitKind:
    """What silence means in the deal's ``number``-th question: the signed rule; what was kept once goes home."""
    return ExitKind(rule.value) if number == 1 else ExitKind.RETURN


def choose_by(now: datetime, leave_by: date) -> datetime:
    """Until when the brand may choose: ten days, but early enough to pack, and two days at the least."""
    packed = moments.end_of(leave_by - timedelta(days=PACK_DAYS))
    until = min(now + timedelta(days=CHOOSE_DAYS), packed)
    return max(until, now + timedelta(days=CHOOSE_DAYS_LEAST))


def check_keep_day(keep_until: date, *, leave_by: date) -> None:
    """Refuse a day that is none of keeping longer, or so far away that nobody answers for it."""
    last = leave_by + timedelta(days=KEEP_DAYS_MAX)
    if not leave_by < keep_until <= last:
        raise KeepDayRefused(first=leave_by, last=last)


def check_choice(
    plan: Plan, kind: ExitKind, derogation: Derogation | None, *, now: datetime, has_left: bool
) -> None:
    """Refuse a choice that comes too late, that the house did not offer, or that the law forbids."""
    if now > plan.choose_by:
        raise ChoiceOver(until=plan.choose_by)
    if has_left:
        raise ChoiceRefused(reason="has_left")
    if kind not in plan.choices:
        raise ChoiceRefused(reason="not_offered")
    if kind in DISCARDS and derogation is None:
        raise ChoiceRefused(reason="derogation_missing")


def check_exit(kind: ExitKind, pools: Iterable[Pool], settled: ExitKind | None) -> None:
    """Refuse a way out that nobody chose.

    What was never accepted may go back to the brand at any time; what members sent back may, too, while the rest
    waits for a further sale.
    """
    if kind is ExitKind.NEXT_SALE:
        raise ExitRefused(reason="stays")
    for pool in pools:
        if kind is ExitKind.RETURN and pool is Pool.REJECTED:
            continue
        if settled is None:
            raise ExitRefused(reason="undecided")
        kept = settled is ExitKind.NEXT_SALE and pool is Pool.SENT_BACK
        if kind is settled or (kept and kind is ExitKind.RETURN):
            continue
        raise ExitRefused(reason="not_chosen")


def check_left_on(left_on: date, *, today: date) -> None:
    """Refuse a day to come, and one long past."""
    first = today - timedelta(days=LEFT_DAYS_AGO_MAX)
    if not first <= left_on <= today:
        raise LeftDayRefused(first=first, last=today)


def left_at(left_on: date, *, now: datetime) -> datetime:
    """The instant by which goods that left on that day had left; never to come."""
    return min(now, moments.end_of(left_on))


def check_taken_back(
    standing: Mapping[tuple[int, Pool], int], taken: Mapping[tuple[int, Pool], int]
) -> None:
    """Refuse to take back more units of a lot and a pool than a note, less its corrections, still tells of."""
    over = {
        f"{lot_id}.{pool}": standing.get((lot_id, pool), 0)
        for (lot_id, pool), units in taken.items()
        if not 0 < units <= standing.get((lot_id, pool), 0)
    }
    if over:
        raise UnitsTakenBackRefused(rows=over)


@dataclass(frozen=True, slots=True)
class LineFigures:
    """Units of one piece that left. ``weight_g`` of one unit; None where nobody told it."""

    pool: str
    style_code: str
    style: str
    colour: str
    size: str
    sku: str
    gtin: str
    cn_code: str
    units: int
    weight_g: int | None


@dataclass(frozen=True, slots=True)
class Figures:
    """An exit as its note tells it.

    ``weight_g`` is of the units whose weight is known, ``unweighed`` counts the rest. ``corrects``: the number of the
    note from which this one takes units back; all its counts are below zero then, so that notes can be added up.
    """

    number: int
    kind: str
    derogation: str | None
    deal: int
    collection: str
    left_on: str
    recorded_on: str
    received_by: str
    note: str
    units: int
    weight_g: int
    unweighed: int
    lines: tuple[LineFigures, ...]
    corrects: int | None = None


def weighed(lines: Iterable[LineFigures]) -> tuple[int, int, int]:
    """Units, grams of those whose weight is known, and how many of unknown weight."""
    units = grams = unweighed = 0
    for line in lines:
        units += line.units
        if line.weight_g is None:
            unweighed += line.units
        else:
            grams += line.units * line.weight_g
    return units, grams, unweighed


def as_stored(found: Figures) -> dict[str, Any]:
    """What is kept and sealed: text and whole numbers only."""
    kept: dict[str, Any] = plain({"form": FORM, **asdict(found)})
    return kept


def from_stored(kept: Mapping[str, Any]) -> Figures:
    """What was kept, read back."""
    assert 1 <= kept["form"] <= FORM, f"a note of form {kept['form']} cannot be read"
    said = {name: value for name, value in kept.items() if name != "form"}
    return Figures(**said | {"lines": tuple(LineFigures(**each) for each in kept["lines"])})
