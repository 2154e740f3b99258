"""What becomes of wrong rows, of what a file no longer names, and of a file that was a mistake."""

from __future__ import annotations

import pytest

from marketplace.db.deals import Deal
from marketplace.domain.catalogue import CollectionFrozen
from marketplace.domain.deals import DealState, Mode
from marketplace.domain.imports.policies import Policy, RowsRefused
from marketplace.domain.lifecycle import IllegalMove
from marketplace.queries import import_desk, refused_rows
from marketplace.services import imports
from marketplace.services.imports import NotTheLatest
from tests.import_scenes import HEADER, SMALL, Desk, counts, opened

WRONG = SMALL.replace("K1-NM;6;120,00", "K1-NM;many;120,00").replace("K2;Coat", ";Coat")
VARIANTS = "SELECT sku, units_offered FROM variants WHERE withdrawn_at IS NULL ORDER BY sku"


@pytest.fixture
def desk(database, tools, tmp_path) -> Desk:
    return opened(database, tools, tmp_path)


def agreed(database, desk: Desk) -> None:
    with database.session() as session:
        session.add(
            Deal(
                brand_id=desk.brand.brand_id,
                collection_id=desk.collection_id,
                mode=Mode.CONSIGNMENT,
                state=DealState.AGREED,
            )
        )


def let_in(desk: Desk, text: str, **how) -> int:
    number = desk.previewed(desk.file(text))
    imports.confirm(desk.brand, import_id=number, **how)
    imports.apply(desk.worker, import_id=number)
    imports.draw(desk.worker, import_id=number)
    return number


def test_sound_rows_enter_and_the_others_wait(database, desk):
    let_in(desk, WRONG, policy=Policy.REFUSE_FAILED)

    assert database.rows(VARIANTS) == [("K1-NS", 4)]


def test_nothing_enters_while_a_row_is_wrong_if_the_brand_wants_it_so(database, desk):
    number = desk.previewed(desk.file(WRONG))

    with pytest.raises(RowsRefused) as no:
        imports.confirm(desk.brand, import_id=number, policy=Policy.REFUSE_ALL)

    assert no.value.facts["count"] == 2
    assert database.value("SELECT state FROM imports") == "previewed"
    assert database.rows(VARIANTS) == []


def test_a_row_enters_without_a_cell_that_it_can_do_without(database, desk):
    number = let_in(desk, WRONG, policy=Policy.IGNORE_FAILED)

    assert database.rows(VARIANTS) == [("K1-NM", None), ("K1-NS", 4)]
    assert counts(database, number) == {"new": 2, "changed": 0, "same": 0, "refused": 1}


def test_a_style_of_which_every_row_is_wrong_enters_too_without_what_is_wrong(database, desk):
    only = f"{HEADER};Composition\nK9;Vest;Navy;S;K9;many;120,00;PT;FW25;90 % wool\n"

    let_in(desk, only, policy=Policy.IGNORE_FAILED)

    assert database.rows("SELECT code, name, composition FROM styles") == [("K9", "Vest", "")]
    assert database.rows(VARIANTS) == [("K9", None)]


def test_the_refused_rows_come_back_as_they_were_sent(desk):
    number = desk.previewed(desk.file(f"A title\n\n{WRONG}"))

    found = refused_rows.look(desk.brand, import_id=number)

    assert [cells[0] for cells in found.titles] == ["A title", "Style code"]
    assert (found.header, found.delimiter, found.sheet) == (1, ";", None)
    assert [row.cells[:3] for row in found.rows] == [("K1", "Knit", "Navy"), ("", "Coat", "Camel")]
    assert [[p.code for p in row.problems] for row in found.rows] == [
        ["units_unreadable"],
        ["style_code_missing"],
    ]


def test_mended_and_sent_again_they_are_all_that_changes(database, desk):
    let_in(desk, WRONG)

    mended = f"{HEADER};What is wrong\nK1;;Navy;M;K1-NM;6;120,00;;;Whatever it said\n"
    number = let_in(desk, mended)

    assert counts(database, number) == {"new": 1, "changed": 0, "same": 0, "refused": 0}
    assert database.rows(VARIANTS) == [("K1-NM", 6), ("K1-NS", 4)]
    assert database.rows("SELECT name FROM styles") == [("Knit",)]


def test_the_column_of_reasons_makes_no_other_header(desk):
    let_in(desk, WRONG)

    number = desk.uploaded(desk.file(f"{HEADER};Ce qui ne va pas\n{WRONG.partition(chr(10))[2]}"))
    imports.read(desk.worker, import_id=number)

    assert import_desk.desk(desk.brand, import_id=number).remembered


def test_what_the_file_no_longer_names_is_shown_and_stays(database, desk):
    let_in(desk, SMALL)

    number = let_in(desk, "\n".join(SMALL.splitlines()[:3]))

    desk_now = import_desk.desk(desk.brand, import_id=number)
    assert desk_now.counts["absent"] == 1
    assert import_desk.absent(desk.brand, import_id=number) == ("K2-CM",)
    assert len(database.rows(VARIANTS)) == 3


def test_it_is_withdrawn_where_the_brand_says_so_and_comes_back_with_the_next_file(database, desk):
    let_in(desk, SMALL)

    let_in(desk, "\n".join(SMALL.splitlines()[:3]), withdraws=True)
    after = database.rows(VARIANTS)
    let_in(desk, SMALL)

    assert after == [("K1-NM", 6), ("K1-NS", 4)]
    assert len(database.rows(VARIANTS)) == 3


def test_nothing_is_withdrawn_while_a_refused_row_may_name_it(desk):
    let_in(desk, SMALL)
    number = desk.previewed(desk.file(WRONG))

    with pytest.raises(RowsRefused):
        imports.confirm(desk.brand, import_id=number, withdraws=True)


def undone(desk: Desk, number: int) -> None:
    imports.undo(desk.brand, import_id=number)
    imports.take_back(desk.worker, import_id=number)


def test_a_file_taken_back_leaves_the_collection_as_it_was(database, desk):
    let_in(desk, SMALL)
    before = (
        database.rows("SELECT * FROM variants ORDER BY id"),
        database.rows("SELECT * FROM styles ORDER BY id"),
    )
    changed = SMALL.replace(";4;120,00", ";9;99,00").replace("Coat", "Big Coat")
    number = let_in(
        desk,
        "\n".join([*changed.splitlines()[:2], "K3;Hat;Red;TU;K3;5;50,00;IT;FW25"]),
        withdraws=True,
    )
    between = database.rows(VARIANTS)

    undone(desk, number)

    assert between == [("K1-NS", 9), ("K3", 5)]
    assert database.rows("SELECT * FROM variants WHERE sku <> 'K3' ORDER BY id") == before[0]
    assert database.rows("SELECT * FROM styles WHERE code <> 'K3' ORDER BY id") == before[1]
    assert len(database.rows(VARIANTS)) == 3
    assert database.value("SELECT state FROM imports WHERE id = :id", id=number) == "undone"


def test_what_a_person_changed_since_stays(database, desk):
    let_in(desk, SMALL)
    number = let_in(desk, SMALL.replace(";4;120,00", ";9;99,00"))
    database.run("UPDATE variants SET units_offered = 7 WHERE sku = 'K1-NS'")

    undone(desk, number)

    assert database.rows("SELECT units_offered, rrp_minor FROM variants WHERE sku = 'K1-NS'") == [
        (7, 12_000)
    ]


def test_only_the_last_file_can_be_taken_back(desk):
    first = let_in(desk, SMALL)
    second = let_in(desk, SMALL.replace(";4;120,00", ";9;99,00"))

    with pytest.raises(NotTheLatest):
        imports.undo(desk.brand, import_id=first)
    undone(desk, second)
    undone(desk, first)
    with pytest.raises(IllegalMove):
        imports.undo(desk.brand, import_id=first)


def test_once_the_deal_is_agreed_nothing_is_taken_back(database, desk):
    number = let_in(desk, SMALL)
    agreed(database, desk)

    with pytest.raises(CollectionFrozen):
        imports.undo(desk.brand, import_id=number)


def test_an_agreed_collection_takes_words_and_refuses_what_the_deal_speaks_of(database, desk):
    let_in(desk, SMALL)
    agreed(database, desk)
    told = SMALL.replace("Season", "Season;Composition;EAN").replace("K1-NS;4", "K1-NS;5")
    lines = [
        f"{line};100 % wool;{'3701234000015' if 'K1-NM' in line else ''}"
        if ";FW25" in line
        else line
        for line in told.splitlines()
    ]

    number = let_in(desk, "\n".join([*lines, "K3;Hat;Red;TU;K3;5;50,00;IT;FW25;100 % wool;"]))

    assert counts(database, number) == {"new": 0, "changed": 2, "same": 0, "refused": 2}
    shown = import_desk.rows(desk.brand, import_id=number).rows
    assert [
        (row.number, [(p.code, p.column) for p in row.problems if p.severity == "block"])
        for row in shown
    ] == [
        (2, [("field_frozen", "Units")]),
        (3, []),
        (4, []),
        (5, [("variant_frozen", None)]),
    ]
    assert database.rows("SELECT gtin FROM variants WHERE sku = 'K1-NM'") == [("3701234000015",)]
    assert database.rows("SELECT composition FROM styles WHERE code = 'K2'") == [("100 % wool",)]
    assert database.rows(VARIANTS) == [("K1-NM", 6), ("K1-NS", 4), ("K2-CM", 3)]


def test_a_deal_agreed_between_preview_and_confirming_stops_the_file(database, desk):
    number = desk.previewed(desk.file(SMALL))
    agreed(database, desk)

    with pytest.raises(CollectionFrozen):
        imports.confirm(desk.brand, import_id=number)


WHOSE_ROWS_ARE_NOT_ALONE = {
    "other sizes further down": (
        (
            "Ref;Nom;Couleur;36;38;40;PVC\nR1;Robe;Noir;1;;2;99\n"
            "Ref;Nom;Couleur;S;M;L;PVC\nT1;Tee;Blanc;1;x;3;29\n"
        ),
        ("T1", "", "M"),
    ),
    "the style above its rows": (
        (
            "STYLE: A100 - Blouse\nColour;S;M;L\nWhite;1;2;3\n"
            "STYLE: A200 - Coat\nColour;S;M;L\nCamel;1;x;1\n"
        ),
        ("A200", "", "M"),
    ),
    "the style on its first row only": (
        "Style;Colour;Size;Qty;RRP\nA1;Blue;S;3;29,90\n;;M;4;\n;Red;S;x;\n;;M;1;\n",
        ("A1", "", "S"),
    ),
    "no header": (
        (
            "X100;Robe longue;Noir;38;4;3701234000015\nX100;Robe longue;Noir;40;x;3701234000022\n"
            "X101;Jupe courte;Blanc;38;2;3701234000039\nX101;Jupe courte;Blanc;40;7;3701234000046\n"
            "X102;Jupe midi;Blanc;38;6;3701234000053\nX102;Jupe midi;Blanc;40;8;3701234000060\n"
        ),
        ("X100", "", "40"),
    ),
}


@pytest.mark.parametrize("name", WHOSE_ROWS_ARE_NOT_ALONE)
def test_a_mended_row_is_understood_as_it_was_in_the_whole_list(database, desk, name):
    text, (style, _, size) = WHOSE_ROWS_ARE_NOT_ALONE[name]
    number = desk.previewed(desk.file(text))
    desk.finish(number)
    before = database.value("SELECT count(*) FROM variants")

    found = refused_rows.look(desk.brand, import_id=number)
    lines = [*found.titles, *(row.cells for row in found.rows)]
    wide = [[*cells, *[""] * (found.width - len(cells)), ""] for cells in lines]
    wide[found.header][-1] = "What is wrong"
    wide[-1][-1] = "Colour: it is wrong. Mend it."
    mended = "\n".join(";".join("9" if cell == "x" else cell for cell in line) for line in wide)
    again = desk.uploaded(desk.file(mended, "mended.csv"))
    imports.read(desk.worker, import_id=again)
    shown = import_desk.desk(desk.brand, import_id=again).columns
    desk.mapped(again, {column.name: column.field for column in shown})
    desk.finish(again)

    assert counts(database, again)["new"] == 1
    assert counts(database, again)["refused"] == 0
    assert database.value("SELECT count(*) FROM variants") == before + 1
    assert database.rows(
        "SELECT t.code, v.size FROM variants v JOIN styles t ON t.id = v.style_id "
        "WHERE v.units_offered = 9"
    ) == [(style, size)]
