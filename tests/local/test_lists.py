"""A folder of a brand's own files: what the demo can sell from is found, and what it cannot is said."""

from __future__ import annotations

import pytest

from marketplace.local import lists, up


@pytest.fixture
def folder(tmp_path):
    """Lists with photographs and without."""
    for name in (
        "coats.csv",
        "coats-winter-images.zip",
        "hats.xlsx",
        "hats.zip",
        "socks.csv",
        "notes.txt",
    ):
        (tmp_path / name).touch()
    return tmp_path


def test_each_list_with_photographs_is_found_with_them(folder):
    names = [(sheet.name, images.name) for sheet, images in lists.found_in(folder)]

    assert names == [("coats.csv", "coats-winter-images.zip"), ("hats.xlsx", "hats.zip")]


def test_a_folder_without_any_is_refused_before_anything_is_started(folder, capsys, monkeypatch):
    monkeypatch.setenv("AUBAINE_STATE", str(folder / "state"))
    (folder / "empty").mkdir()

    assert up.main(["--files", str(folder / "empty")]) == 1
    assert up.main(["--files", str(folder / "none")]) == 1

    said = capsys.readouterr().err
    assert "holds no list with photographs: put NAME.csv and NAME-images.zip there." in said
    assert "is no folder." in said
    assert not (folder / "state").exists()
