"""Days as people type them, and where a file's days go."""

from __future__ import annotations

from datetime import date

import pytest

from marketplace.domain.imports import dates
from tests.domain.imports.reading import codes, judged

THE_DAY = date(2024, 3, 12)


@pytest.mark.parametrize(
    "text",
    [
        "12.03.24", "12/03/2024", "12-3-2024", "2024-03-12", "2024-03-12T00:00:00", "20240312", "2024/03/12",
        "45363", "12 mars 2024", "12. März 2024", "12 marzo 2024", "12 de marzo de 2024", "March 12, 2024",
        "12 Mar 24", "12 03 2024", "12.03.2024 00:00",
    ],
)  # fmt: skip
def test_a_day_is_read_however_it_is_typed(text):
    assert dates.read(text) == THE_DAY


@pytest.mark.parametrize(
    "text", ["", "soon", "31.02.2024", "AH24", "12", "3", "99.99.9999", "2024", "A1/03/2024"]
)
def test_what_is_no_day_is_none(text):
    assert dates.read(text) is None


def test_a_month_alone_is_its_first_day():
    assert dates.read("mars 2024") == date(2024, 3, 1)


def test_the_month_stands_first_where_the_column_shows_it():
    found = judged(
        "Style | Size | Qty | RRP date", "A1 | S | 1 | 03/04/2024", "A2 | S | 1 | 03/25/2024"
    )

    assert [found[n].style.details["rrp_date"] for n in (2, 3)] == ["2024-03-04", "2024-03-25"]


def test_the_days_of_a_file_stand_with_its_styles():
    found = judged(
        "Ref | Taille | Qté | PVC | Date PVC | Livraison | Source prix public",
        "R1 | 36 | 3 | 99 | 12.03.24 | 45550 | https://maison.example/r1",
        "R2 | 36 | 3 | 99 | bientôt | | ",
    )

    assert found[2].style.details == {
        "rrp_reference": "https://maison.example/r1",
        "rrp_date": "2024-03-12",
        "available_on": "2024-09-15",
    }
    assert "date_unreadable" in codes(found[3])
