"""Files as brands really send them, through the whole desk without a correction by hand."""

from __future__ import annotations

import pytest

from marketplace.toolbox import Upload
from tests.services.test_imports import counts, desk, state

__all__ = ("desk",)


@pytest.mark.parametrize(
    ("name", "styles", "variants", "units"),
    [
        ("magento-mens.csv", 48, 630, 63_000),
        ("shopify-apparel.csv", 20, 22, 22),
        ("shopify-jewelery.csv", 20, 23, 20),
    ],
)
def test_a_shops_export_becomes_a_collection_unaided(
    database, desk, shared_data, name, styles, variants, units
):
    number = desk.imported(Upload(name, shared_data / name))

    assert state(database, number) == "finished"
    assert counts(database, number) == {"new": variants, "changed": 0, "same": 0, "refused": 0}
    assert database.value("SELECT count(*) FROM styles") == styles
    assert database.rows("SELECT count(*), sum(units_offered)::bigint FROM variants") == [
        (variants, units)
    ]


def test_of_a_faulty_list_the_sound_rows_enter_and_each_fault_is_told(database, desk, shared_data):
    number = desk.imported(Upload("lot-long-faulty.csv", shared_data / "lot-long-faulty.csv"))

    faults = database.rows(
        "SELECT number FROM import_rows WHERE import_id = :id AND verdict = 'refused' ORDER BY number",
        id=number,
    )
    told = database.rows(
        "SELECT number FROM import_rows WHERE import_id = :id AND problems <> '[]' ORDER BY number",
        id=number,
    )
    assert [row for (row,) in faults] == [10, 11, 12, 13, 14, 16, 17, 18, 19, 20, 21]
    assert [row for (row,) in told] == list(range(10, 22))
    assert database.value("SELECT count(*) FROM variants") == 9


def test_the_same_export_sent_again_changes_nothing(database, desk, shared_data):
    given = Upload("shopify-apparel.csv", shared_data / "shopify-apparel.csv")
    desk.imported(given)

    number = desk.previewed(given)

    assert counts(database, number) == {"new": 0, "changed": 0, "same": 22, "refused": 0}
