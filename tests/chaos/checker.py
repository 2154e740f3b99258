"""The checker: compares what people were told with what the payment service recorded, and both with what there was.

It knows no table of the house. Each rule is a function of the evidence that gives one sentence for each breach;
nothing here asks, waits or guesses: what was never told counts neither for nor against anybody.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass

from tests.chaos.records import Deed, Note, of

ENDED_WITH_GOODS = frozenset({"paid", "packed", "shipped", "delivered"})
NOTHING_LEFT = frozenset({"sold_out", "all_in_bags"})
"""What somebody is told who asks for a unit where none is to be had."""
LATE_SECONDS_MAX = 1.0
"""A sale must be open to whoever asks so long after its hour (promise P11)."""


@dataclass(frozen=True, slots=True)
class Window:
    """When a sale opens and closes, in seconds since the epoch."""

    opens_at: float
    closes_at: float


@dataclass(frozen=True, slots=True)
class World:
    """What there was before anybody came."""

    units: Mapping[str, int]
    """Units by the name of the piece."""
    sale_of: Mapping[str, str]
    """The sale in which a piece is offered."""
    windows: Mapping[str, Window]
    reminded: frozenset[tuple[str, str]] = frozenset()
    """Who must be told of the opening of which sale."""
    reported: frozenset[tuple[str, str]] = frozenset()
    """Who must get the report of which sale that closed."""


@dataclass(frozen=True, slots=True)
class Charge:
    """One payment that succeeded at the payment service, as that service recorded it."""

    order: str
    amount_minor: int
    refunded_minor: int = 0

    @property
    def kept(self) -> bool:
        """Whether any of it stays with us."""
        return self.refunded_minor < self.amount_minor


@dataclass(frozen=True, slots=True)
class Edge:
    """An opening or a closing of a sale as the house recorded it."""

    sale: str
    transition: str
    due_at: float
    recorded_at: float


@dataclass(frozen=True, slots=True)
class Evidence:
    """All that the checker may look at."""

    world: World
    notes: tuple[Note, ...]
    charges: tuple[Charge, ...] = ()
    edges: tuple[Edge, ...] = ()
    booked_minor: int | None = None
    """What the house's books say lies at the payment service; unknown where there are no books."""
    edges_until: float = 0.0
    """Every opening and closing that was due before this moment must have been recorded."""


@dataclass(frozen=True, slots=True)
class Finding:
    """A rule that was broken, and how."""

    rule: str
    sentence: str


def findings(evidence: Evidence) -> tuple[Finding, ...]:
    """Every breach of every rule; empty when nothing was lost and nothing doubled."""
    return tuple(
        Finding(rule, sentence) for rule, broken in RULES.items() for sentence in broken(evidence)
    )


# Units.


def _oversold_in_hands(evidence: Evidence) -> Iterator[str]:
    """At no instant have more units been promised to people at once than there are."""
    for piece, steps in _steps(evidence.notes).items():
        most = total = 0
        for _at, change in sorted(steps):
            total += change
            most = max(most, total)
        there = evidence.world.units[piece]
        if most > there:
            yield f"{most} units of {piece} were in people's hands at once; there are {there}"


def _steps(notes: Iterable[Note]) -> dict[str, list[tuple[float, int]]]:
    """By piece, when units certainly came into somebody's hands (+) and when they may have left them (-)."""
    steps: dict[str, list[tuple[float, int]]] = defaultdict(list)
    for claims in _claims(notes).values():
        for piece, units, begins, ends in _joined(claims):
            steps[piece] += [(begins, units), (ends, -units)]
    return steps


Claim = tuple[str, int, float, float]
"""A piece, its units, from when and until when somebody was told to have them."""


def _claims(notes: Iterable[Note]) -> dict[object, list[Claim]]:
    """What was promised under each hold's number; a release counts from the moment it was asked for."""
    taken: dict[object, tuple[str, int]] = {}
    claims: dict[object, list[Claim]] = defaultdict(list)
    released: dict[object, float] = {}
    ordered = sorted(notes, key=lambda note: note.told_at)
    for note in of(ordered, Deed.HOLD):
        if "hold" in note.said:
            taken[note.said["hold"]] = (note.about["piece"], note.about["units"])
    for note in of(ordered, Deed.RELEASE):
        at = released.get(note.about["hold"], note.asked_at)
        released[note.about["hold"]] = min(at, note.asked_at)
    for note in of(ordered, Deed.HOLD, Deed.RENEW):
        if "hold" in note.said:
            number = note.said["hold"]
            ends = min(note.said["until"], released.get(number, note.said["until"]))
            if ends > note.told_at:
                claims[number].append((*taken[number], note.told_at, ends))
    return claims


def _joined(claims: Iterable[Claim]) -> Iterator[Claim]:
    """The same claims with those that overlap told once."""
    current: Claim | None = None
    for piece, units, begins, ends in sorted(claims, key=lambda claim: claim[2]):
        if current is not None and begins <= current[3]:
            current = (*current[:3], max(current[3], ends))
            continue
        if current is not None:
            yield current
        current = (piece, units, begins, ends)
    if current is not None:
        yield current


def _oversold(evidence: Evidence) -> Iterator[str]:
    """No more units are told to be paid than there are."""
    for piece, units in _paid_units(evidence.notes).items():
        there = evidence.world.units[piece]
        if units > there:
            yield f"{units} units of {piece} are told to be paid; there are {there}"


def _ghosts(evidence: Evidence) -> Iterator[str]:
    """When every hold is long over, what is not paid can be taken by somebody else, to the last unit."""
    paid, left = _paid_units(evidence.notes), Counter[str]()
    for note in of(evidence.notes, Deed.AUDIT):
        if "hold" in note.said:
            left[note.about["piece"]] += note.about["units"]
    audited = {note.about["piece"] for note in of(evidence.notes, Deed.AUDIT)}
    counted = {
        note.about["piece"]
        for note in of(evidence.notes, Deed.AUDIT)
        if note.said.get("no") in NOTHING_LEFT
    }
    for piece in sorted(audited - counted):
        yield f"nobody was told that nothing is left of {piece}: it could not be counted"
    for piece in sorted(counted):
        there, found = evidence.world.units[piece], paid[piece] + left[piece]
        if found < there:
            yield f"{there - found} of {there} units of {piece} are neither paid nor to be had"
        elif found > there:
            yield f"{found} units of {piece} are paid or to be had; there are {there}"


def _paid_units(notes: Iterable[Note]) -> Counter[str]:
    found = Counter[str]()
    for note in last_looks(notes).values():
        if note.said["state"] in ENDED_WITH_GOODS:
            found.update(note.said["lines"])
    return found


def last_looks(notes: Iterable[Note]) -> dict[str, Note]:
    """What the owner of each order saw last."""
    last: dict[str, Note] = {}
    for note in sorted(of(notes, Deed.LOOK), key=lambda note: note.told_at):
        if "state" in note.said:
            last[note.about["order"]] = note
    return last


# Money.


def _payments_without_end(evidence: Evidence) -> Iterator[str]:
    """Whoever paid has what they paid for, or all of their money back."""
    last = last_looks(evidence.notes)
    for charge in evidence.charges:
        look = last.get(charge.order)
        state = look.said["state"] if look else "never seen"
        if charge.kept and state not in ENDED_WITH_GOODS:
            yield f"{charge.amount_minor} were paid for order {charge.order}, which is {state}"


def _charged_twice(evidence: Evidence) -> Iterator[str]:
    """One order, one payment that stays."""
    kept = Counter(charge.order for charge in evidence.charges if charge.kept)
    for order, times in sorted(kept.items()):
        if times > 1:
            yield f"order {order} was paid {times} times and keeps all of it"


def _refunded_too_much(evidence: Evidence) -> Iterator[str]:
    """Nobody gets back more than they paid, and nobody here half of it."""
    for charge in evidence.charges:
        if charge.refunded_minor not in {0, charge.amount_minor}:
            back, paid = charge.refunded_minor, charge.amount_minor
            yield f"{back} of {paid} went back for order {charge.order}"


def _goods_without_payment(evidence: Evidence) -> Iterator[str]:
    """What is told to be paid was paid at the payment service."""
    kept = {charge.order for charge in evidence.charges if charge.kept}
    for order, note in sorted(last_looks(evidence.notes).items()):
        if note.said["state"] in ENDED_WITH_GOODS and order not in kept:
            yield f"order {order} is told to be {note.said['state']}, and nothing was paid for it"


def _taken_back(evidence: Evidence) -> Iterator[str]:
    """Who was once told that an order is paid is never told otherwise."""
    last = last_looks(evidence.notes)
    once = {
        note.about["order"]
        for note in of(evidence.notes, Deed.LOOK)
        if note.said.get("state") in ENDED_WITH_GOODS
    }
    for order in sorted(once):
        state = last[order].said["state"]
        if state not in ENDED_WITH_GOODS:
            yield f"order {order} was told to be paid and is {state} now"


def _books(evidence: Evidence) -> Iterator[str]:
    """The house's books hold what the payment service holds for it."""
    there = sum(charge.amount_minor - charge.refunded_minor for charge in evidence.charges)
    if evidence.booked_minor is not None and evidence.booked_minor != there:
        yield f"the books say {evidence.booked_minor}, the payment service {there}"


# Time.


def _early(evidence: Evidence) -> Iterator[str]:
    """Nobody holds anything before its sale opens."""
    for note, window in _timed(evidence):
        if "hold" in note.said and note.told_at < window.opens_at:
            before = window.opens_at - note.told_at
            yield f"{note.who} held {note.about['piece']} {before:.3f} s before its sale opened"


def _late(evidence: Evidence) -> Iterator[str]:
    """Nobody who asks after the hour is told that the sale has not opened."""
    for note, window in _timed(evidence):
        after = note.asked_at - window.opens_at
        if note.said.get("no") == "sale_not_open" and after > LATE_SECONDS_MAX:
            piece = note.about["piece"]
            yield f"{note.who} was told {after:.3f} s after the hour that {piece} is not open"


def _after_the_close(evidence: Evidence) -> Iterator[str]:
    """Nobody who first asks after the close is told yes."""
    first: dict[str, float] = {}
    for note in of(evidence.notes, Deed.HOLD):
        key = note.about["key"]
        first[key] = min(first.get(key, note.asked_at), note.asked_at)
    for note, window in _timed(evidence):
        after = first[note.about["key"]] - window.closes_at
        if "hold" in note.said and after > 0:
            yield f"{note.who} held {note.about['piece']} {after:.3f} s after its sale closed"


def _timed(evidence: Evidence) -> Iterator[tuple[Note, Window]]:
    world = evidence.world
    for note in of(evidence.notes, Deed.HOLD):
        yield note, world.windows[world.sale_of[note.about["piece"]]]


def _edges(evidence: Evidence) -> Iterator[str]:
    """Every opening and closing that is due is recorded once, and none before its time."""
    counted = Counter((edge.sale, edge.transition) for edge in evidence.edges)
    for sale, window in sorted(evidence.world.windows.items()):
        for transition, due_at in (("opened", window.opens_at), ("closed", window.closes_at)):
            times = counted[sale, transition]
            if times > 1 or (times == 0 and due_at < evidence.edges_until):
                yield f"that sale {sale} {transition} is recorded {times} times"
    for edge in evidence.edges:
        if edge.recorded_at < edge.due_at:
            before = edge.due_at - edge.recorded_at
            yield f"that sale {edge.sale} {edge.transition} is recorded {before:.3f} s early"


# Letters.


def _order_letters(evidence: Evidence) -> Iterator[str]:
    """One letter for each paid order, and none for any other."""
    told = Counter(
        note.about["order"] for note in of(evidence.notes, Deed.LETTER) if "order" in note.about
    )
    paid = {
        order
        for order, note in last_looks(evidence.notes).items()
        if note.said["state"] in ENDED_WITH_GOODS
    }
    for order in sorted(paid | set(told)):
        wanted = int(order in paid)
        if told[order] != wanted:
            yield f"{told[order]} letters say that order {order} is paid; {wanted} should"


def _sale_letters(evidence: Evidence) -> Iterator[str]:
    """Every announcement and every report that is due comes, and none comes twice.

    A sale of which something was paid after its close is reported again, under another number.
    """
    world = evidence.world
    for kind, due in (("announcement", world.reminded), ("report", world.reported)):
        told = Counter(
            (note.who, note.about["sale"], note.about.get("number"))
            for note in of(evidence.notes, Deed.LETTER)
            if note.about.get("kind") == kind
        )
        for (who, sale, _number), times in sorted(told.items(), key=str):
            if times > 1:
                yield f"{who} had {times} times the same {kind} of sale {sale}"
        for who, sale in sorted(due - {(who, sale) for who, sale, _number in told}):
            yield f"{who} had no {kind} of sale {sale}"


RULES: dict[str, Callable[[Evidence], Iterator[str]]] = {
    "more in hands than there is": _oversold_in_hands,
    "more paid than there is": _oversold,
    "ghost holds": _ghosts,
    "payments without an end": _payments_without_end,
    "charged twice": _charged_twice,
    "refunds that are not whole": _refunded_too_much,
    "goods without a payment": _goods_without_payment,
    "paid orders taken back": _taken_back,
    "books apart": _books,
    "held before the opening": _early,
    "shut after the opening": _late,
    "held after the close": _after_the_close,
    "openings and closings": _edges,
    "letters about orders": _order_letters,
    "announcements and reports": _sale_letters,
}
"""Every rule by its name."""
