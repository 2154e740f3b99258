"""``aubaine collections check``: what scripts and people at a terminal get."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

import pytest

from marketplace import cli
from marketplace.local.state import ROOT

SAMPLES = Path(__file__).resolve().parents[1] / "data"
SHAPE = {
    "encoding",
    "sheet",
    "turned",
    "mapping",
    "rows",
    "styles",
    "variants",
    "units",
    "problems",
}
PROBLEM = {"row", "column", "value", "code", "severity", "message", "mend"}


@dataclass(frozen=True)
class Said:
    """What a command printed and how it ended."""

    returncode: int
    stdout: str
    stderr: str


@pytest.fixture
def aubaine(capsys, monkeypatch):
    """The command, in this process."""
    monkeypatch.delenv("LC_ALL", raising=False)
    monkeypatch.delenv("LC_MESSAGES", raising=False)

    def run(*arguments: object, lang: str = "C.UTF-8") -> Said:
        monkeypatch.setenv("LANG", lang)
        try:
            code = cli.main([str(each) for each in arguments])
        except SystemExit as end:
            code = int(end.code or 0)
        return Said(code, *capsys.readouterr())

    return run


@pytest.fixture
def checked(aubaine):
    """``collections check --json``: its exit code and what it printed."""

    def run(*arguments: object) -> tuple[int, dict]:
        done = aubaine("collections", "check", *arguments, "--json")
        assert done.stderr == ""
        return done.returncode, json.loads(done.stdout)

    return run


def test_a_script_needs_no_store_no_settings_and_no_folder(tmp_path):
    done = subprocess.run(
        [
            sys.executable,
            "-m",
            "marketplace.cli",
            "collections",
            "check",
            SAMPLES / "lot-faulty.csv",
            "--json",
        ],
        env={"PATH": os.environ["PATH"], "PYTHONPATH": str(ROOT)},
        cwd=tmp_path,
        capture_output=True,
        encoding="utf-8",
        check=False,
        timeout=60,
    )

    assert (done.returncode, done.stderr) == (1, "")
    assert json.loads(done.stdout)["variants"] == 7


def test_a_sound_file_with_its_photographs_exits_with_zero(checked):
    code, said = checked(
        SAMPLES / "magento-tops.csv", "--images", SAMPLES / "magento-tops-images.zip"
    )

    assert code == 0
    assert set(said) == SHAPE
    assert (said["encoding"], said["sheet"]) == ("utf-8", None)
    assert said["mapping"]["additional_attributes"] == "attributes"
    assert [said[name] for name in ("rows", "styles", "variants", "units")] == [112, 12, 100, 750]
    assert {problem["severity"] for problem in said["problems"]} == {"warn"}
    assert [p["value"] for p in said["problems"] if p["row"] > 1] == ["or12-sand_main.jpg"]


def test_a_faulty_file_exits_with_one_and_tells_each_fault_in_full(checked):
    code, said = checked(SAMPLES / "lot-faulty.csv")

    assert code == 1
    assert said["encoding"] == "cp1252"
    assert said["mapping"]["Prix plancher"] == "floor_price"
    assert all(set(problem) == PROBLEM for problem in said["problems"])
    assert next(problem for problem in said["problems"] if problem["row"] == 6) == {
        "row": 6,
        "column": "EAN",
        "value": "3,76099E+12",
        "code": "gtin_scientific",
        "severity": "block",
        "message": "The barcode was destroyed by a spreadsheet program (3,76099E+12).",
        "mend": "Format the column as text, then fill in all digits from the label again.",
    }


@pytest.mark.parametrize(
    ("name", "content", "sentence"),
    [
        ("gone.csv", None, "gone.csv cannot be opened.\n"),
        ("list.csv", b"", "list.csv is empty. Send the file that holds your rows.\n"),
        (
            "list.xlsx",
            b"no",
            "list.xlsx ends in .xlsx but is no Excel workbook. Save it again as .xlsx or as CSV.\n",
        ),
        (
            "list.doc",
            b"no",
            "list.doc has an ending that is not read here. Send a .csv or an .xlsx file.\n",
        ),
    ],
)
def test_a_file_that_cannot_be_read_exits_with_two_and_one_sentence(
    aubaine, tmp_path, name, content, sentence
):
    if content is not None:
        (tmp_path / name).write_bytes(content)

    done = aubaine("collections", "check", tmp_path / name, "--json")

    assert (done.returncode, done.stdout, done.stderr) == (2, "", sentence)


def test_photographs_that_cannot_be_read_exit_with_two(aubaine):
    done = aubaine(
        "collections", "check", SAMPLES / "magento-tops.csv", "--images", SAMPLES / "lot-faulty.csv"
    )

    assert done.returncode == 2
    assert done.stderr.startswith("lot-faulty.csv is no ZIP file. ")


def test_a_mapping_has_the_last_word(checked, tmp_path):
    (tmp_path / "list.csv").write_text("Ref;Prix;Qté\nA1;95,00;3\n")
    (tmp_path / "mapping.json").write_text('{"Prix": "cost", "Qté": null}')

    _code, said = checked(tmp_path / "list.csv", "--mapping", tmp_path / "mapping.json")

    assert said["mapping"] == {"Ref": "style_code", "Prix": "cost"}
    assert (said["variants"], said["units"]) == (1, 0)


@pytest.mark.parametrize(
    ("mapping", "sentence"),
    [
        ("[]", "mapping.json is no mapping: a JSON object from column to field name is expected."),
        ("{", "mapping.json is no mapping: a JSON object from column to field name is expected."),
        (
            '{"Ref": "price"}',
            "price is not the name of a field. The names are listed in docs/import.md.",
        ),
        ('{"Rif": "sku"}', "There is no column named Rif in the file. Choose one of those it has."),
        ('{"Qté": "sku", "Prix": "sku"}', "The field sku can be filled by one column only."),
    ],
)
def test_a_mapping_that_makes_no_sense_exits_with_two(aubaine, tmp_path, mapping, sentence):
    (tmp_path / "list.csv").write_text("Ref;Prix;Qté\nA1;95,00;3\n")
    (tmp_path / "mapping.json").write_text(mapping)

    done = aubaine(
        "collections", "check", tmp_path / "list.csv", "--mapping", tmp_path / "mapping.json"
    )

    assert (done.returncode, done.stderr) == (2, f"{sentence}\n")


def test_people_read_counts_problems_and_mends(aubaine):
    done = aubaine("collections", "check", SAMPLES / "lot-faulty.csv")

    assert done.returncode == 1
    assert "lot-faulty.csv: encoding cp1252, cells parted by ';', header in row 1" in done.stdout
    assert "[blocks] variant_twice: rows 13, 14, Qté" in done.stdout
    assert "Rows refused        14" in done.stdout
    assert done.stdout.index("[blocks]") < done.stdout.index("[warning]")


def test_people_read_french_where_the_terminal_speaks_it(aubaine):
    done = aubaine("collections", "check", SAMPLES / "lot-faulty.csv", lang="fr_FR.UTF-8")

    assert "Le code-barres a été détruit par un tableur (3,76099E+12)." in done.stdout


def test_the_command_says_how_it_is_used(aubaine):
    done = aubaine("collections", "check")

    assert done.returncode == 2
    assert "usage: aubaine collections check" in done.stderr
    assert "collections" in aubaine("--help").stdout


def test_a_sheet_is_asked_for_by_name(aubaine, shared_data):
    lot = shared_data / "lot-size-matrix-fr.xlsx"

    done = aubaine("collections", "check", lot, "--sheet", "Lot AW25")

    assert done.returncode == 2
    assert done.stderr == (
        "lot-size-matrix-fr.xlsx has no sheet named Lot AW25. Its sheets are: Lot SS26, Infos.\n"
    )


def test_a_real_list_with_its_sizes_side_by_side(checked, shared_data):
    code, said = checked(shared_data / "lot-size-matrix-fr.xlsx")

    assert code == 0
    assert (said["encoding"], said["sheet"]) == (None, "Lot SS26")
    assert [said[name] for name in ("rows", "styles", "variants", "units")] == [19, 6, 93, 693]
    assert said["mapping"] == {
        "Réf.": "style_code",
        "Désignation": "style_name",
        "Coloris Code": "colour_code",
        "Coloris Libellé": "colour_name",
        "Composition": "composition",
        "Origine": "country_of_origin",
        "Code douanier": "cn_code",
        "PVC TTC": "rrp",
        "PA HT": "cost",
        **dict.fromkeys(("34", "36", "38", "40", "42", "44"), "units_by_size"),
    }
    of_rows = [(p["row"], p["code"], p["value"]) for p in said["problems"] if p["row"] > 5]
    assert of_rows == [(25, "row_ignored", "TOTAL")]


@pytest.mark.parametrize(
    ("name", "images", "code", "counts"),
    [
        ("magento-mens.csv", "magento-mens-hoodies-images.zip", 0, [678, 48, 630, 63_000]),
        ("shopify-apparel.csv", None, 0, [22, 20, 22, 22]),
        ("shopify-jewelery.csv", None, 0, [41, 20, 23, 20]),
        ("lot-long-faulty.csv", None, 1, [20, 3, 9, 184]),
    ],
)
def test_real_files(checked, shared_data, name, images, code, counts):
    more = ("--images", shared_data / images) if images else ()

    exit_code, said = checked(shared_data / name, *more)

    assert exit_code == code
    assert [said[each] for each in ("rows", "styles", "variants", "units")] == counts
