"""What a brand is told about a sale: definitions with their vectors, and the traps they avoid."""

from __future__ import annotations

import hashlib
import json
from dataclasses import replace
from datetime import UTC, datetime

import pytest

from marketplace.domain.money import Money
from marketplace.domain.reports import (
    Beyond,
    CurvePoint,
    FirstHour,
    HourBefore,
    People,
    Snapshot,
    VariantFigures,
    as_stored,
    by,
    canonical,
    from_stored,
    milestones,
    owed,
    paid_by,
    rate,
    sealed,
    size_break,
    size_runs,
    sold_out,
    step_minutes,
    totals,
)
from marketplace.domain.settlements import Pay, Sold, settle

BASE = VariantFigures(
    sale_item_id=1,
    style_code="COAT",
    style_name="Wool coat",
    colour="Navy",
    size="M",
    size_rank=3,
    sku="COAT-NAVY-M",
    price_minor=4_000,
    accepted=480,
    accepted_first=480,
    paid=0,
    cancelled=0,
    returned=0,
    first_hour=0,
    in_bags=0,
    refused_adds=0,
    wanted_by=None,
    expired_holds=0,
    expired_units=0,
    sold_out_minute=None,
    gross_minor=0,
    net_minor=0,
    due_minor=0,
    due_vat_minor=0,
    cost_minor=None,
)


def figures(**more) -> VariantFigures:
    return replace(BASE, **more)


def size(name: str, rank: int, *, gone_at: int | None = None, **more) -> VariantFigures:
    paid = 5 if gone_at is not None else 1
    return figures(
        size=name,
        size_rank=rank,
        accepted=5,
        accepted_first=5,
        paid=paid,
        sold_out_minute=gone_at,
        **more,
    )


def test_gross_sell_through_is_paid_of_accepted():
    assert totals([figures(paid=300)]).gross_bps == 6_250


def test_net_sell_through_takes_off_what_was_cancelled_and_what_came_back():
    whole = totals([figures(paid=300, cancelled=10, returned=40)])

    assert (whole.gross_bps, whole.net_bps) == (6_250, 5_208)
    assert (whole.kept, whole.unsold) == (250, 230)


def test_a_piece_cancelled_and_bought_again_is_paid_twice_and_sold_once():
    whole = totals([figures(accepted=3, accepted_first=3, paid=5, cancelled=2)])

    assert (whole.paid, whole.sold, whole.kept) == (5, 3, 3)
    assert (whole.gross_bps, whole.net_bps) == (10_000, 10_000)


def test_what_one_size_sold_twice_does_not_stand_in_for_what_another_did_not_sell():
    twice = figures(accepted=2, accepted_first=2, paid=4, cancelled=2)
    never = figures(accepted=2, accepted_first=2)

    assert totals([twice, never]).gross_bps == 5_000


def test_more_kept_than_accepted_is_a_bug_and_never_a_share_above_the_whole():
    with pytest.raises(AssertionError, match="kept of 3 accepted"):
        totals([figures(accepted=3, accepted_first=3, paid=4)])


def test_a_share_of_nothing_is_no_share():
    assert rate(0, 0) is None
    assert totals([]).gross_bps is None


def test_the_first_hour_is_measured_against_what_was_there_then():
    early = figures(accepted=10, accepted_first=10, paid=8, first_hour=5)
    added_later = figures(accepted=10, accepted_first=0, paid=6)

    assert totals([early, added_later]).first_hour_bps == 5_000


def test_recovered_cost_compares_sums_without_vat():
    rows = [figures(accepted=10, accepted_first=10, paid=2, cost_minor=2_000, due_minor=5_000)]

    whole = totals(rows)

    assert (whole.cost_known_minor, whole.recovered_bps) == (20_000, 2_500)


def test_where_one_cost_is_unknown_the_whole_lots_cost_is_the_measure():
    rows = [figures(cost_minor=2_000, due_minor=5_000), figures(cost_minor=None)]

    assert totals(rows, cost_total_minor=100_000).recovered_bps == 500
    assert totals(rows).recovered_bps is None


def sold(units: int, *, price_minor: int = 4_000, vat_bps: int = 2_000, returned: int = 0) -> Sold:
    return Sold(1, units, Money(price_minor, "EUR"), vat_bps, returned=returned)


def test_what_is_owed_adds_to_the_statement_to_the_cent():
    lines = [sold(1, price_minor=3_333), sold(2, price_minor=3_333), sold(7, price_minor=999)]

    found = owed(lines, "EUR", pay=Pay(2_500))

    statement = settle(lines, "EUR", pay=Pay(2_500))
    assert sum(due for due, _ in found) == statement.due.minor
    assert sum(vat for _, vat in found) == statement.due_vat.minor


def test_eighty_eight_pieces_at_forty_do_not_drift_by_rounding_each():
    found = owed([sold(1)] * 88, "EUR", pay=Pay(2_500))

    assert sum(due for due, _ in found) == 220_000
    assert sum(due + vat for due, vat in found) == 264_000


def test_each_rate_of_vat_keeps_its_own_vat():
    found = owed([sold(1), sold(1, vat_bps=550)], "EUR", pay=Pay(0))

    assert found == ((3_333, 667), (3_791, 209))


def test_what_was_given_back_in_full_is_owed_nothing():
    assert owed([sold(2, returned=2)], "EUR", pay=Pay(2_500)) == ((0, 0),)


def test_a_size_that_is_gone_while_others_are_left_breaks_the_run():
    rows = [size("S", 1), size("M", 2, gone_at=4), size("L", 3, gone_at=9)]

    assert (size_break(rows), sold_out(rows)) == (4, None)


def test_all_sizes_gone_is_sold_out_and_no_break():
    rows = [size("S", 1, gone_at=12), size("M", 2, gone_at=4)]

    assert (size_break(rows), sold_out(rows)) == (None, 12)


def test_styles_that_share_sizes_stand_in_one_table_and_shoes_in_another():
    rows = [
        size("S", 1, style_code="A"),
        size("M", 2, style_code="A"),
        size("42", 10, style_code="B"),
        size("M", 2, style_code="C"),
        size("L", 3, style_code="C"),
        size("41", 9, style_code="D"),
        size("42", 10, style_code="D"),
    ]

    runs = size_runs(rows)

    assert [run.sizes for run in runs] == [("S", "M", "L"), ("41", "42")]
    assert [[line[0].style_code for line in run.lines] for run in runs] == [["A", "C"], ["B", "D"]]


def test_a_group_says_of_people_only_what_is_sure():
    rows = [figures(wanted_by=20), figures(wanted_by=10), figures(wanted_by=None)]

    assert totals(rows).wanted_by == 20
    assert totals(rows[2:]).wanted_by is None


def test_rows_are_grouped_in_the_order_they_come():
    rows = [figures(colour="Navy"), figures(colour="Ecru"), figures(colour="Navy")]

    assert [(key, len(found)) for key, found in by(rows, "colour").items()] == [
        (("Navy",), 2),
        (("Ecru",), 1),
    ]


CURVE = (CurvePoint(0, 3), CurvePoint(4, 10), CurvePoint(61, 12))


def test_a_curve_tells_what_was_paid_before_each_minute():
    assert paid_by(CURVE, (0, 1, 4, 5, 60, 62)) == (0, 3, 3, 10, 10, 12)


@pytest.mark.parametrize(
    ("span", "step"), [(1, 1), (60, 1), (72, 1), (73, 2), (2_880, 60), (20_160, 360)]
)
def test_a_curve_has_at_most_so_many_steps(span, step):
    assert step_minutes(span) == step


def test_milestones_are_the_minutes_in_which_shares_were_reached():
    assert milestones(CURVE, 20) == {2_500: 4, 5_000: 4}
    assert milestones(CURVE, 0) == {}


AT = datetime(2026, 3, 5, 7, tzinfo=UTC)


def snapshot() -> Snapshot:
    rows = (figures(paid=300, cancelled=10, returned=40, gross_minor=1_200_000),)
    return Snapshot("s1", "EUR", AT, AT, None, rows, totals(rows), CURVE)


def test_stored_figures_come_back_as_they_were():
    assert from_stored(json.loads(json.dumps(as_stored(snapshot())))) == snapshot()


def test_a_report_of_before_there_were_conditions_is_read_without_them():
    beyond = Beyond(0, (), None, None, People(None, None, None, ()), ())
    stored = as_stored(replace(snapshot(), beyond=beyond)) | {"form": 2}
    for row in stored["variants"]:
        del row["condition"], row["defects"]

    read = from_stored(stored)

    assert {(row.condition, row.defects) for row in read.variants} == {("", "")}


def test_what_stood_beside_the_first_hour_is_kept_and_a_report_of_before_has_none():
    last = HourBefore("s0", "Winter coats", AT.isoformat(), 84, 200, 4_200)
    beside = replace(snapshot(), first_hour=FirstHour(60, last, 5, 3_500))
    stored = as_stored(beside)

    assert from_stored(json.loads(json.dumps(stored))) == beside
    before = {name: value for name, value in stored.items() if name != "first_hour"}
    assert from_stored(before | {"form": 1}).first_hour is None


def test_stored_sums_are_read_and_not_added_up_again():
    stored = as_stored(snapshot())
    stored["whole"]["paid"] = 299

    assert from_stored(stored).whole.paid == 299


def test_the_seal_is_the_hash_of_what_a_brand_can_download():
    stored = as_stored(snapshot())

    assert sealed(stored) == hashlib.sha256(canonical(stored)).hexdigest()
    assert json.loads(canonical(stored)) == stored
