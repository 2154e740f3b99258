"""Order now: a press with a saved card, from the bag to the order that is taken; its charge comes behind."""

from __future__ import annotations

import itertools
from collections.abc import Iterator
from http import HTTPStatus

from sqlalchemy import text

from tests.benchmarks import crowd
from tests.benchmarks.crowd import Wish
from tests.benchmarks.hot import RUNS, Hot
from tests.benchmarks.lines import Line, beside

PRESSES_OF_A_RUN = 8_000
HELD_AT_ONCE = 1_000
FLOOR, P99_MS_MAX = 0.2, 1_000
"""performance.md names no p99 for it: a member who presses reads the answer within a second."""

BUYERS = """
WITH people AS (
    SELECT m.id, split_part(a.email, '@', 1) AS name FROM members m JOIN accounts a ON a.id = m.account_id
    WHERE a.email LIKE 'm%@example.org' ORDER BY m.id LIMIT :size
), homes AS (
    INSERT INTO addresses (member_id, recipient, line_1, postcode, city, country)
    SELECT id, 'Camille Laurent', '12 rue des Lilas', '75020', 'Paris', 'FR' FROM people RETURNING id, member_id
), carded AS (
    INSERT INTO cards (member_id, key, state, consent, customer_ref, method_ref, brand, last_four,
                       good_through_year, good_through_month, kept_at)
    SELECT id, 'card-' || id, 'kept', 'agreed', 'cus_' || id, 'pm_' || id, 'visa', '4242', 2099, 12, house_now()
    FROM people
)
SELECT p.id AS member_id, p.name, h.id AS address_id FROM people p JOIN homes h ON h.member_id = p.id ORDER BY p.id
"""
HOLD = """
SELECT hold_id FROM decide_holds(
    CAST(:members AS bigint[]),
    (SELECT array_agg(CAST(:item AS bigint)) FROM generate_series(1, :size)),
    (SELECT array_agg(1) FROM generate_series(1, :size)),
    (SELECT array_agg(gen_random_uuid()) FROM generate_series(1, :size))
) ORDER BY place
"""


def order_now(scene: Hot) -> Iterator[Line]:
    """Each member presses once, for a piece that they hold."""
    empty = scene.empty()
    presses = list(_presses(scene))

    def wishes(run: int) -> Iterator[Wish]:
        return itertools.islice(presses, run * PRESSES_OF_A_RUN, (run + 1) * PRESSES_OF_A_RUN)

    met = crowd.rush(scene.stand.web, scene.stand.folder, wishes, due=HTTPStatus.SEE_OTHER)
    yield beside("order_now", met, "empty view", empty, FLOOR, p99_ms_max=P99_MS_MAX)


def _presses(scene: Hot) -> Iterator[Wish]:
    """What each of them sends; the pieces are held now, so that the crowd has ten minutes."""
    size = PRESSES_OF_A_RUN * RUNS
    item = scene.sale(units=size).items[0]
    tokens = {each.cookie.rpartition("visitor-")[2]: each for each in scene.visitors}
    with scene.stand.session() as session:
        buyers = session.execute(text(BUYERS), {"size": size}).all()
    for begin in range(0, size, HELD_AT_ONCE):
        some = buyers[begin : begin + HELD_AT_ONCE]
        asked = {"members": [each.member_id for each in some], "item": item, "size": len(some)}
        with scene.stand.session() as session:
            held = session.execute(text(HOLD), asked).scalars().all()
        assert None not in held, "there is enough for everybody"
        for buyer, hold_id in zip(some, held, strict=True):
            visitor = tokens[buyer.name]
            form = f"address={buyer.address_id}&seen={hold_id}x1&csrf_token={visitor.token}"
            yield Wish("/checkout/now", visitor.cookie, form)
