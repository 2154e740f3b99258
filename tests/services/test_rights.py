"""The right to sell: proved by the brand, looked at by an operator, and without it nothing is scheduled."""

from __future__ import annotations

from datetime import date, timedelta

import pytest

from marketplace.domain.lifecycle import IllegalMove
from marketplace.domain.preflight import Check
from marketplace.domain.refusals import NotFound
from marketplace.domain.rights import Basis, Right, RightRefused
from marketplace.domain.sales import SaleNotReady
from marketplace.queries import rights as asked
from marketplace.services import rights, sales
from marketplace.toolbox import Upload
from tests import factories, sale_scenes

RIGHT = Right(Basis.OWNER, "EUIPO 018123456", "By us, France, 2025", date(2099, 12, 31))


@pytest.fixture
def at(database):
    with database.session() as session:
        return sale_scenes.desk(session)


@pytest.fixture
def certificate(tmp_path) -> Upload:
    path = tmp_path / "certificate.pdf"
    path.write_bytes(b"%PDF-1.7")
    return Upload("certificate.pdf", path)


def held_up_by(tools, at, ref) -> set[Check]:
    with pytest.raises(SaleNotReady) as no:
        sales.schedule(at.operator(tools), ref=ref, version=2)
    return {row.check for row in no.value.facts["rows"]}


def test_a_proof_is_stated_with_its_file_and_read_by_the_house(at, tools, certificate):
    right_id = rights.state(
        at.brand(tools), collection_id=at.collection_id, right=RIGHT, file=certificate
    )

    (waits,) = asked.waiting(at.operator(tools))
    assert (waits.right_id, waits.trademark, waits.state) == (right_id, RIGHT.trademark, "stated")
    name, content = asked.file(at.operator(tools), right_id=right_id)
    assert (name, content) == ("certificate.pdf", b"%PDF-1.7")


def test_without_an_accepted_proof_nothing_is_scheduled(at, tools, database, certificate):
    database.run("DELETE FROM rights_to_sell")
    ref = sale_scenes.ready(tools, at)
    assert held_up_by(tools, at, ref) == {Check.RIGHT}

    right_id = rights.state(
        at.brand(tools), collection_id=at.collection_id, right=RIGHT, file=certificate
    )
    assert held_up_by(tools, at, ref) == {Check.RIGHT}

    rights.accept(at.operator(tools), right_id=right_id)
    sales.schedule(at.operator(tools), ref=ref, version=2)
    assert database.value("SELECT state FROM sales") == "scheduled"


def test_a_newer_proof_counts_even_where_an_earlier_one_was_accepted(at, tools, certificate):
    ref = sale_scenes.ready(tools, at)
    right_id = rights.state(
        at.brand(tools), collection_id=at.collection_id, right=RIGHT, file=certificate
    )

    rights.refuse(at.operator(tools), right_id=right_id, reason="Another owner's mark.")

    assert held_up_by(tools, at, ref) == {Check.RIGHT}
    newest = asked.of_collection(at.brand(tools), collection_id=at.collection_id)[0]
    assert (newest.state, newest.reason) == ("refused", "Another owner's mark.")
    with pytest.raises(IllegalMove):
        rights.accept(at.operator(tools), right_id=right_id)


@pytest.mark.parametrize(("days", "holds"), [(0, True), (-1, False)])
def test_a_right_lasts_to_the_last_day_of_the_sale(at, tools, database, days, holds):
    ref = sale_scenes.ready(tools, at)
    last = database.value("SELECT (closes_wall - interval '1 second')::date FROM sales")
    until = last + timedelta(days=days)
    database.run("UPDATE rights_to_sell SET valid_until = :u", u=until)

    if holds:
        sales.schedule(at.operator(tools), ref=ref, version=2)
    else:
        assert held_up_by(tools, at, ref) == {Check.RIGHT}


@pytest.mark.parametrize(
    ("name", "content", "reason"),
    [("proof.exe", b"MZ", "kind_of_file"), ("proof.pdf", b"", "size_of_file")],
)
def test_files_that_nobody_opens_are_refused(at, tools, database, tmp_path, name, content, reason):
    path = tmp_path / name
    path.write_bytes(content)

    with pytest.raises(RightRefused) as no:
        rights.state(
            at.brand(tools),
            collection_id=at.collection_id,
            right=RIGHT,
            file=Upload(name, path),
        )

    assert no.value.facts["reason"] == reason
    assert database.value("SELECT count(*) FROM rights_to_sell") == 1


def test_a_proof_that_has_lapsed_is_refused(at, tools, certificate):
    with pytest.raises(RightRefused) as no:
        rights.state(
            at.brand(tools),
            collection_id=at.collection_id,
            right=Right(Basis.OWNER, "EUIPO 1", "By us", date(2020, 1, 1)),
            file=certificate,
        )

    assert no.value.facts["field"] == "valid_until"


def test_another_brand_neither_proves_nor_reads(at, tools, database, certificate):
    with database.session() as session:
        other = factories.brand_user(session, of=factories.brand(session))
    stranger = tools.at_door(
        at.brand(tools).actor.kind, account_id=other.account_id, brand_id=other.brand_id
    )
    right_id = database.value("SELECT id FROM rights_to_sell")

    with pytest.raises(NotFound):
        rights.state(stranger, collection_id=at.collection_id, right=RIGHT, file=certificate)
    with pytest.raises(NotFound):
        asked.file(stranger, right_id=right_id)
    assert asked.of_collection(stranger, collection_id=at.collection_id) == ()
