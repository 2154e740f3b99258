"""Workers that die in the middle of a file: whoever comes next goes on, and nothing is doubled."""

from __future__ import annotations

from contextlib import contextmanager
from pathlib import Path

import pytest

from marketplace.domain.imports.steps import ImportState
from marketplace.services import imports
from marketplace.toolbox import Upload
from tests.import_scenes import HEADER, Desk, counts, opened, state

DATA = Path(__file__).resolve().parents[1] / "data"


@pytest.fixture
def desk(database, tools, tmp_path) -> Desk:
    return opened(database, tools, tmp_path)


class Killed(Exception):
    """The worker died here."""


def dying(real, *, after: int):
    """``real``, until it was called ``after`` times; then the worker dies."""
    calls = 0

    def act(*args, **kwargs):
        nonlocal calls
        calls += 1
        if calls > after:
            raise Killed
        return real(*args, **kwargs)

    return act


@contextmanager
def killed(monkeypatch, room, name: str, *, after: int):
    """The block's worker dies at the call of ``name`` that follows ``after`` others."""
    with monkeypatch.context() as patched:
        patched.setattr(room, name, dying(getattr(room, name), after=after))
        with pytest.raises(Killed):
            yield


LONG = "\n".join(
    [HEADER, *(f"S{n // 9};Knit;Navy;{n % 9 + 30};SKU{n};2;120,00;PT;FW25" for n in range(1_300))]
)


@pytest.mark.parametrize("after", [0, 1, 2])
def test_a_reader_killed_half_way_goes_on_without_doubles(database, desk, monkeypatch, after):
    number = desk.uploaded(desk.file(LONG))
    with killed(monkeypatch, imports.reading.imports, "write_rows", after=after):
        imports.read(desk.worker, import_id=number)
    assert state(database, number) == "reading"

    imports.read(desk.worker, import_id=number)

    assert state(database, number) == "mapping"
    assert database.value("SELECT count(*) FROM import_rows") == 1_301


@pytest.mark.parametrize("after", [0, 1, 2])
def test_a_judge_killed_half_way_goes_on_without_doubles(database, desk, monkeypatch, after):
    number = desk.uploaded(desk.file(LONG))
    imports.read(desk.worker, import_id=number)
    imports.confirm_mapping(desk.brand, import_id=number, columns={})
    with killed(monkeypatch, imports.judging.imports, "write_verdicts", after=after):
        imports.judge(desk.worker, import_id=number)
    assert database.value("SELECT rows_done FROM imports") == 500 * after

    imports.judge(desk.worker, import_id=number)

    assert state(database, number) == "previewed"
    assert counts(database, number) == {"new": 1_300, "changed": 0, "same": 0, "refused": 0}
    assert database.value("SELECT count(*) FROM import_rows WHERE verdict = 'new'") == 1_300


@pytest.mark.parametrize("after", [0, 1, 2])
def test_a_worker_killed_between_batches_goes_on_without_doubles(
    database, desk, monkeypatch, after
):
    number = desk.previewed(desk.file(LONG))
    imports.confirm(desk.brand, import_id=number)
    with killed(monkeypatch, imports.applying.imports, "mark_applied", after=after):
        imports.apply(desk.worker, import_id=number)
    assert database.value("SELECT count(*) FROM variants") == 500 * after

    imports.apply(desk.worker, import_id=number)
    imports.draw(desk.worker, import_id=number)

    assert state(database, number) == "finished"
    assert database.value("SELECT count(*) FROM variants") == 1_300
    assert database.value("SELECT count(DISTINCT sku) FROM variants") == 1_300


def test_a_drawer_killed_half_way_goes_on_with_the_next_photograph(database, desk, monkeypatch):
    images = Upload("images.zip", DATA / "magento-tops-images.zip")
    number = desk.previewed(Upload("magento-tops.csv", DATA / "magento-tops.csv"), images)
    imports.confirm(desk.brand, import_id=number)
    imports.apply(desk.worker, import_id=number)
    with killed(monkeypatch, imports.drawing.catalogue, "hang", after=5):
        imports.draw(desk.worker, import_id=number)
    assert database.value("SELECT count(*) FROM photographs") == 5

    imports.draw(desk.worker, import_id=number)

    assert state(database, number) == ImportState.FINISHED
    assert database.value("SELECT count(*) FROM photographs") == 36
