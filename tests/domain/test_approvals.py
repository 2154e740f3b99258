"""What differs between a sale as it was approved and as it is: all of it, and nothing else."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from marketplace.domain.approvals import PLANNED, ItemChange, Offered, PlanChange, as_plain, changes

PLAN = {"title": "Winter", "line": "", "opens": "a", "closes": "b", "limit": 4, "photograph": None}

offers = st.dictionaries(
    st.integers(1, 20), st.builds(Offered, st.integers(0, 9), st.integers(1, 9_999)), max_size=12
)


def test_a_moved_price_a_new_piece_and_one_taken_out_are_told():
    before = as_plain(PLAN, {1: Offered(5, 6_000), 2: Offered(3, 4_000), 10: Offered(1, 100)})
    after = as_plain(
        PLAN | {"title": "Spring", "photograph": 7},
        {1: Offered(5, 6_500), 3: Offered(2, 900), 10: Offered(1, 100)},
    )

    plan, items = changes(before, after)

    assert plan == (PlanChange("title", "Winter", "Spring"), PlanChange("photograph", "", "7"))
    assert items == (
        ItemChange(1, Offered(5, 6_000), Offered(5, 6_500)),
        ItemChange(2, Offered(3, 4_000), None),
        ItemChange(3, None, Offered(2, 900)),
    )


@given(offers, offers)
def test_whoever_follows_what_is_told_comes_from_one_to_the_other(before, after):
    _, items = changes(as_plain(PLAN, before), as_plain(PLAN, after))

    followed = dict(before)
    for each in items:
        assert followed.pop(each.variant_id, None) == each.before
        if each.after is not None:
            followed[each.variant_id] = each.after

    assert followed == after
    assert set(PLAN) == set(PLANNED)
