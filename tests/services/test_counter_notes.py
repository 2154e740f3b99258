"""Counter-notes: what a note told of too much is in the house again, to the unit, and the sealed note stays."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from marketplace.db import invariants
from marketplace.domain.exits import (
    ChoiceRefused,
    CorrectionRefused,
    ExitKind,
    NothingToCorrect,
    Pool,
    UnitsTakenBackRefused,
    check_taken_back,
)
from marketplace.domain.reasons import ReasonMissing
from marketplace.domain.refusals import NotFound
from marketplace.domain.sealing import sealed
from marketplace.services import exits, stock
from marketplace.services.exits import Line
from tests.exit_scenes import asked, leave, left_over, lot_of, take_back

LOT = "SELECT accepted, allocated, exited, sent_back_exited, rejected_exited FROM lots"
PROMISE = (
    "SELECT kept_at IS NOT NULL FROM promises WHERE kind = 'exit_of_stock' AND void_at IS NULL"
)
NOTES = "SELECT number, units, weight_g, figures->>'corrects' FROM exits ORDER BY number"


@pytest.fixture
def scene(database, tools, clock):
    """Three of five units were not sold; the time to choose is over, and they go back."""
    found = left_over(database, tools, clock)
    asked(tools, clock, silent=True)
    return found


def test_units_taken_back_are_in_the_house_again_and_the_note_stays_as_sealed(
    database, tools, scene
):
    leave(database, tools, scene, 3)
    before = database.rows("SELECT figures, sha256 FROM exits WHERE number = 1")

    assert take_back(database, tools, scene, 2) == 2

    assert database.rows(LOT) == [(5, 2, 1, 0, 0)]
    assert database.rows(NOTES) == [(1, 3, 720, None), (2, -2, -480, "1")]
    assert database.rows("SELECT figures, sha256 FROM exits WHERE number = 1") == before
    ((figures, seal),) = database.rows("SELECT figures, sha256 FROM exits WHERE number = 2")
    assert sealed(figures) == seal
    assert (figures["lines"][0]["units"], figures["note"]) == (-2, "Found on the shelf.")
    assert database.rows(
        "SELECT movement, units, reason FROM stock_movements ORDER BY id DESC LIMIT 1"
    ) == [("exited", -2, "Found on the shelf.")]
    assert database.rows(
        "SELECT reason, data->>'corrects', data->>'units' FROM events WHERE name = 'exit.corrected'"
    ) == [("Found on the shelf.", "1", "-2")]


def test_the_promise_kept_too_early_stands_again_until_they_really_left(database, tools, scene):
    leave(database, tools, scene, 3)
    assert database.rows(PROMISE) == [(True,)]

    take_back(database, tools, scene, 1)
    assert database.rows(PROMISE) == [(False,)]
    assert exits.keep_promises(tools) == 0
    assert leave(database, tools, scene, 1, key="again") == 3

    assert database.rows(PROMISE) == [(True,)]
    assert database.rows(LOT) == [(5, 2, 3, 0, 0)]


def test_no_more_is_taken_back_than_the_note_still_tells_of(database, tools, scene):
    leave(database, tools, scene, 2)
    leave(database, tools, scene, 1, key="other")
    take_back(database, tools, scene, 1)
    lot = lot_of(database, scene)

    with pytest.raises(UnitsTakenBackRefused) as refused:
        take_back(database, tools, scene, 2, key="more")
    with pytest.raises(UnitsTakenBackRefused) as other_pool:
        take_back(database, tools, scene, 1, pool=Pool.REJECTED, key="more")

    assert refused.value.facts["rows"] == {f"{lot}.unsold": 1}
    assert other_pool.value.facts["rows"] == {f"{lot}.rejected": 0}
    assert database.rows(LOT) == [(5, 2, 2, 0, 0)]
    assert database.value("SELECT count(*) FROM exits") == 3


def test_a_correction_needs_a_reason_and_units_and_is_not_corrected_itself(database, tools, scene):
    leave(database, tools, scene, 3)
    with pytest.raises(ReasonMissing):
        take_back(database, tools, scene, 1, reason=" ")
    with pytest.raises(NothingToCorrect):
        take_back(database, tools, scene, 0)
    with pytest.raises(NotFound):
        exits.correct(
            scene.first(tools),
            exit_id=0,
            lines=[Line(lot_of(database, scene), Pool.UNSOLD, 1)],
            reason="Found.",
            key="k",
        )
    take_back(database, tools, scene, 1)

    with pytest.raises(CorrectionRefused):
        take_back(database, tools, scene, 1, number=2, key="again")

    assert database.rows(LOT) == [(5, 2, 2, 0, 0)]


def test_one_page_sent_twice_is_one_counter_note(database, tools, scene):
    leave(database, tools, scene, 3)

    assert take_back(database, tools, scene, 1) == 2
    assert take_back(database, tools, scene, 1) == 2

    assert database.rows(LOT) == [(5, 2, 2, 0, 0)]


def test_what_was_taken_back_may_be_counted_anew_and_goes_the_chosen_way(database, tools, scene):
    leave(database, tools, scene, 3)
    take_back(database, tools, scene, 2)
    lot = lot_of(database, scene)

    stock.count(
        scene.first(tools),
        deal_id=scene.deal_id,
        lines=[stock.Line(lot, stock.Count(5, 3, 2), stock.Count(5, 5, 0), "Torn.")],
    )
    leave(database, tools, scene, 2, pool=Pool.REJECTED, key="torn")

    assert database.rows(LOT) == [(3, 2, 1, 0, 2)]


def test_a_brand_may_choose_again_once_all_that_left_is_taken_back(database, tools, clock):
    scene = left_over(database, tools, clock)
    asked(tools, clock)
    told = {"deal_id": scene.deal_id, "number": 1}
    exits.choose(scene.brand(tools), kind=ExitKind.DONATE, **told)
    leave(database, tools, scene, 2, kind=ExitKind.DONATE)
    take_back(database, tools, scene, 1)
    with pytest.raises(ChoiceRefused):
        exits.choose(scene.brand(tools), kind=ExitKind.RETURN, **told)
    take_back(database, tools, scene, 1, key="rest")

    exits.choose(scene.brand(tools), kind=ExitKind.RETURN, **told)

    assert database.rows("SELECT chosen FROM exit_plans") == [("return",)]


def test_the_brand_is_written_to_and_the_counter_note_is_printed(database, tools, scene):
    leave(database, tools, scene, 3)
    take_back(database, tools, scene, 1)
    exit_id = database.value("SELECT id FROM exits WHERE corrects_id IS NOT NULL")

    exits.tell_recorded(tools, exit_id=exit_id)
    exits.keep_paper(tools, exit_id=exit_id)

    assert database.rows("SELECT kind FROM letters") == [("exit_corrected",)]
    kept = database.rows("SELECT storage_key FROM exit_papers")
    assert [tools.files.get(key)[:8] for (key,) in kept] == [b"%PDF-1.7"] * 2


def test_the_books_notice_a_note_that_is_corrected_by_more_than_it_tells(database, tools, scene):
    leave(database, tools, scene, 3)
    take_back(database, tools, scene, 1)
    assert _broken(database) == []
    sums = (
        "UPDATE exit_lines SET units = {} WHERE exit_id = (SELECT id FROM exits WHERE number = {})"
    )

    database.run(sums.format(-4, 2))

    assert "no note of goods that left is corrected by more than it tells" in _broken(database)[0]
    database.run(sums.format(-1, 2))


def _broken(database) -> list[str]:
    with database.session() as session:
        return [each.name for each in invariants.broken(session) if "no note of goods" in each.name]


UNITS = st.dictionaries(
    st.tuples(st.integers(1, 3), st.sampled_from(Pool)), st.integers(-1, 6), max_size=6
)


@given(standing=UNITS, taken=UNITS)
@settings(max_examples=200)
def test_what_is_taken_back_leaves_no_line_below_nothing(standing, taken):
    try:
        check_taken_back(standing, taken)
    except UnitsTakenBackRefused as no:
        refused = no.facts["rows"]
        assert all(
            taken[lot, pool] > most or taken[lot, pool] < 1 for lot, pool, most in _rows(refused)
        )
    else:
        assert all(0 < units <= standing.get(at, 0) for at, units in taken.items())


def _rows(refused):
    for name, most in refused.items():
        lot, _, pool = name.partition(".")
        yield int(lot), Pool(pool), most
