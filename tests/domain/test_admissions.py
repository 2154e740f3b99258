"""A fair draw, and waits told no more exactly than they are known."""

from __future__ import annotations

from datetime import timedelta
from random import Random
from uuid import UUID

import pytest

from marketplace.domain import admissions
from marketplace.domain.admissions import Span

ENTRANTS = 2_000
SEEDS = 100
SHORE = 0.02
"""promises.md P24: the rank says no more than this about when somebody came."""
CHI_SQUARE_MAX = 134.6
"""One in a hundred fair draws of a hundred cells passes it (99 degrees of freedom)."""
CELLS = 10


def entrants(chance):
    """Tickets in the order of their coming, numbered as the database numbers them: by chance."""
    return [UUID(int=chance.getrandbits(128), version=4) for _ in range(ENTRANTS)]


def seeds(chance):
    return [f"{chance.getrandbits(256):064x}" for _ in range(SEEDS)]


def by_seed(seed, tickets):
    return admissions.draw(seed, tickets)


def who_came_first_has_an_edge(seed, tickets):
    """A draw that gives the first fifth of those who came better chances: not much, and not to all."""
    drawn = list(admissions.draw(seed, tickets))
    early = set(tickets[: ENTRANTS // 5])
    return tuple(sorted(drawn, key=lambda each: drawn.index(each) * (9 if each in early else 10)))


def correlation(draw, tickets, all_seeds):
    """Spearman's rank correlation of coming and place, over all draws."""
    came = {each: rank for rank, each in enumerate(tickets)}
    n, total = len(tickets), 0
    for seed in all_seeds:
        places = draw(seed, tickets)
        total += sum((came[each] - place) ** 2 for place, each in enumerate(places))
    return 1 - 6 * total / (n * (n * n - 1) * len(all_seeds))


def unevenness(draw, tickets, all_seeds):
    """Chi-square of a tenth of arrivals by a tenth of places, over all draws: how far from every cell alike."""
    came = {each: rank * CELLS // len(tickets) for rank, each in enumerate(tickets)}
    counts = [[0] * CELLS for _ in range(CELLS)]
    for seed in all_seeds:
        for place, each in enumerate(draw(seed, tickets)):
            counts[came[each]][place * CELLS // len(tickets)] += 1
    expected = len(tickets) * len(all_seeds) / CELLS**2
    return sum((found - expected) ** 2 / expected for row in counts for found in row)


@pytest.fixture
def crowd():
    chance = Random(24)  # noqa: S311 - a crowd of a test
    return entrants(chance), seeds(chance)


def test_when_somebody_came_says_nothing_about_the_place(crowd):
    tickets, all_seeds = crowd

    assert abs(correlation(by_seed, tickets, all_seeds)) < SHORE
    assert unevenness(by_seed, tickets, all_seeds) < CHI_SQUARE_MAX


def test_a_draw_with_an_edge_for_who_came_first_is_seen_by_both(crowd):
    tickets, all_seeds = crowd
    tickets, few = tickets[:], all_seeds[:5]

    assert abs(correlation(who_came_first_has_an_edge, tickets, few)) > SHORE
    assert unevenness(who_came_first_has_an_edge, tickets, few) > CHI_SQUARE_MAX


def test_no_ticket_is_lucky_over_many_seeds(crowd):
    """Each ticket's mean place over a hundred draws lies where chance puts it: within five standard errors."""
    tickets, all_seeds = crowd
    sums = dict.fromkeys(tickets, 0)
    for seed in all_seeds:
        for place, each in enumerate(by_seed(seed, tickets)):
            sums[each] += place

    error = (ENTRANTS**2 / 12 / SEEDS) ** 0.5
    middle = (ENTRANTS - 1) / 2
    assert max(abs(each / SEEDS - middle) for each in sums.values()) < 5 * error


def test_the_order_does_not_depend_on_how_the_tickets_are_listed(crowd):
    tickets, (seed, *_) = crowd

    assert by_seed(seed, tickets) == by_seed(seed, sorted(tickets)) == by_seed(seed, tickets[::-1])


def test_another_seed_has_another_fingerprint(crowd):
    _, (one, other, *_) = crowd

    assert admissions.commitment(one) != admissions.commitment(other)
    assert admissions.commitment("") == (
        "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"
    )


@pytest.mark.parametrize(
    ("ahead", "recent", "since", "told"),
    [
        (9, 0, 300, None),
        (0, 100, 300, Span(0, 1)),
        (49, 50, 300, Span(3, 8)),
        (99, 100, 3_600, Span(3, 8)),
        (29, 10, 60, Span(2, 5)),
        (999, 10, 300, Span(60, None)),
        (10**6, 1, 300, Span(60, None)),
    ],
)
def test_a_wait_is_told_as_a_span_from_the_observed_pace(ahead, recent, since, told):
    found = admissions.wait(ahead=ahead, recent=recent, since=timedelta(seconds=since))

    assert found == told
