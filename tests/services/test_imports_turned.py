"""A list on its side: turned as it is read, corrected by a person, remembered for the brand's next one."""

from __future__ import annotations

import pytest

from marketplace.domain.refusals import NotFound
from marketplace.queries import import_desk, lists_turned
from marketplace.services import imports
from tests.import_scenes import SMALL, Desk, counts, opened

SIDE = "Style code;K1;K1;K2\nColour;Navy;Red;Camel\nSize;S;M;L\nUnits;4;6;3\nRRP;120,00;120,00;480,00\n"
AMBIGUOUS = "Nr;K1;K2\nfarve;Navy;Red\nantal;4;6\n"
"""Two words nobody of us knows: only a person can say that it lies on its side."""


@pytest.fixture
def desk(database, tools, tmp_path) -> Desk:
    return opened(database, tools, tmp_path)


def turned(database):
    return database.value("SELECT turned FROM imports ORDER BY id DESC LIMIT 1")


def read(desk, text, name="side.csv") -> int:
    number = desk.uploaded(desk.file(text, name))
    imports.read(desk.worker, import_id=number)
    return number


def test_its_columns_become_variants(database, desk):
    number = desk.imported(desk.file(SIDE))

    assert counts(database, number) == {"new": 3, "changed": 0, "same": 0, "refused": 0}
    assert database.rows(
        "SELECT s.code, v.colour, v.size, v.units_offered, v.rrp_minor FROM variants v"
        " JOIN styles s ON s.id = v.style_id ORDER BY v.id"
    ) == [
        ("K1", "Navy", "S", 4, 12_000),
        ("K1", "Red", "M", 6, 12_000),
        ("K2", "Camel", "L", 3, 48_000),
    ]


def test_what_was_turned_is_shown_before_it_is_applied(desk):
    number = read(desk, SIDE)

    shown = lists_turned.first(desk.brand, import_id=number)

    assert shown.names == ("Style code", "Colour", "Size", "Units", "RRP")
    assert [(row.number, row.cells[:2]) for row in shown.rows] == [
        (2, ("K1", "Navy")),
        (3, ("K1", "Red")),
        (4, ("K2", "Camel")),
    ]
    assert import_desk.desk(desk.brand, import_id=number).turned


def test_a_person_has_it_read_as_it_stands_and_the_next_is_read_so_at_once(database, desk):
    number = read(desk, SIDE)
    imports.turn(desk.brand, import_id=number, turned=False)
    imports.read(desk.worker, import_id=number)
    assert (turned(database), lists_turned.first(desk.brand, import_id=number).rows) == (False, ())
    desk.mapped(number)

    read(desk, SIDE, "next.csv")

    assert turned(database) is False


def test_what_a_person_turned_is_turned_the_next_time_though_the_articles_differ(database, desk):
    number = read(desk, AMBIGUOUS)
    assert turned(database) is False
    imports.turn(desk.brand, import_id=number, turned=True)
    imports.read(desk.worker, import_id=number)
    desk.mapped(number, {"Nr": "style_code", "farve": "colour_name", "antal": "units_offered"})

    again = read(desk, AMBIGUOUS.replace("K1", "K8").replace("K2", "K9"), "next.csv")

    assert turned(database) is True
    assert import_desk.desk(desk.brand, import_id=again).remembered


def test_a_run_that_was_killed_goes_on_with_the_list_as_it_was_turned(database, desk, monkeypatch):
    number = desk.uploaded(desk.file(SIDE))
    monkeypatch.setattr("marketplace.services.imports.reading._finish", _dies)
    with pytest.raises(ZeroDivisionError):
        imports.read(desk.worker, import_id=number)
    monkeypatch.undo()
    monkeypatch.setattr("marketplace.domain.imports.turning.lies_on_its_side", lambda _: False)

    imports.read(desk.worker, import_id=number)

    assert import_desk.desk(desk.brand, import_id=number).columns[0].name == "Style code"


def _dies(*_args):
    raise ZeroDivisionError


def test_a_long_list_is_not_turned(database, desk):
    rows = "".join(f"K{number};Knit;Navy;S;K{number}-NS;4;120;PT;FW25\n" for number in range(250))
    number = read(desk, SMALL + rows)

    with pytest.raises(NotFound):
        imports.turn(desk.brand, import_id=number, turned=True)

    assert database.value("SELECT state FROM imports") == "mapping"
