"""A collection is made, described, completed, evidenced and submitted by its brand, and by no
other.
"""

from __future__ import annotations

from dataclasses import replace
from datetime import date

import pytest

from marketplace.db.catalogue import Collection
from marketplace.db.deals import Deal
from marketplace.domain.catalogue import (
    Brief,
    BriefIncomplete,
    BriefRefused,
    CollectionFrozen,
    Evidence,
    EvidenceKind,
    EvidenceRefused,
    Fact,
    FactRefused,
)
from marketplace.domain.deals import DealState, Mode
from marketplace.domain.doors import Door
from marketplace.domain.refusals import NotFound
from marketplace.services import catalogue
from marketplace.toolbox import Upload
from tests import factories

BRIEF = Brief(
    problem="A warehouse to empty before the move.",
    deadline=date(2099, 2, 28),
    never="No outlet shops.",
    cost_total_minor=4_200_000,
)


@pytest.fixture
def home(database):
    with database.session() as session:
        return factories.brand_user(session, of=factories.brand(session))


@pytest.fixture
def brand(tools, home):
    return tools.at_door(Door.BRAND, account_id=home.account_id, brand_id=home.brand_id)


@pytest.fixture
def stranger(database, tools):
    with database.session() as session:
        other = factories.brand_user(session, of=factories.brand(session))
    return tools.at_door(Door.BRAND, account_id=other.account_id, brand_id=other.brand_id)


@pytest.fixture
def made(brand) -> int:
    return catalogue.create(brand, name="Winter 2026", season="FW26", currency="EUR")


def filled(database, collection_id: int, **facts):
    """A style with two variants in the collection."""
    with database.session() as session:
        style = factories.style(session, of=session.get_one(Collection, collection_id), **facts)
        for size in ("S", "M"):
            factories.variant(session, of=style, size=size)
    return style


def agreed(database, brand, collection_id: int) -> None:
    with database.session() as session:
        session.add(
            Deal(
                brand_id=brand.brand_id,
                collection_id=collection_id,
                mode=Mode.CONSIGNMENT,
                state=DealState.AGREED,
            )
        )


def test_a_new_collection_is_empty_and_told(database, brand, made):
    assert database.rows("SELECT id, name, season, currency, state FROM collections") == [
        (made, "Winter 2026", "FW26", "EUR", "draft")
    ]
    assert database.value("SELECT name FROM events") == "collection.created"


def test_the_brief_is_kept_whole(database, brand, made):
    catalogue.state_brief(brand, collection_id=made, brief=BRIEF)

    assert database.rows(
        "SELECT brief_problem, brief_deadline, brief_never, cost_total_minor FROM collections"
    ) == [(BRIEF.problem, BRIEF.deadline, BRIEF.never, 4_200_000)]


def test_the_confidential_cost_stands_in_no_event(database, brand, made):
    catalogue.state_brief(brand, collection_id=made, brief=BRIEF)

    assert database.value("SELECT count(*) FROM events WHERE data::text LIKE '%4200000%'") == 0


def test_a_deadline_that_has_passed_is_refused(database, brand, made):
    with pytest.raises(BriefRefused):
        catalogue.state_brief(
            brand, collection_id=made, brief=replace(BRIEF, deadline=date(2020, 1, 1))
        )

    assert database.value("SELECT brief_problem FROM collections") == ""


def test_a_collection_with_its_brief_and_units_is_submitted_once(database, brand, made):
    filled(database, made)
    catalogue.state_brief(brand, collection_id=made, brief=BRIEF)

    catalogue.submit(brand, collection_id=made)
    catalogue.submit(brand, collection_id=made)

    assert database.value("SELECT state FROM collections") == "submitted"
    told = "SELECT count(*) FROM events WHERE name = 'collection.submitted'"
    assert database.value(told) == 1


def test_an_empty_collection_is_not_submitted(database, brand, made):
    catalogue.state_brief(brand, collection_id=made, brief=BRIEF)

    with pytest.raises(BriefIncomplete) as no:
        catalogue.submit(brand, collection_id=made)

    assert no.value.facts["lacks"] == ("variants", "units")
    assert database.value("SELECT state FROM collections") == "draft"


def test_facts_stated_by_hand_are_understood_and_kept(database, brand, made):
    style = filled(database, made, composition="", origin="", manufacturer="")

    catalogue.complete(
        brand,
        style_id=style.id,
        facts={Fact.COMPOSITION: "100 % wool", Fact.ORIGIN: "Portugal", Fact.MANUFACTURER: "M SAS"},
    )

    assert database.rows("SELECT composition, origin, manufacturer FROM styles") == [
        ("100 % wool", "PT", "M SAS")
    ]


def test_one_fact_that_cannot_be_understood_keeps_all_of_them_out(database, brand, made):
    style = filled(database, made, composition="", origin="")

    with pytest.raises(FactRefused):
        catalogue.complete(
            brand,
            style_id=style.id,
            facts={Fact.ORIGIN: "PT", Fact.COMPOSITION: "90 % wool"},
        )

    assert database.rows("SELECT composition, origin FROM styles") == [("", "")]


def test_a_piece_that_is_no_textile_says_so(database, brand, made):
    style = filled(database, made, composition="")

    catalogue.complete(brand, style_id=style.id, facts={}, not_textile=True)

    assert database.value("SELECT details->>'not_textile' FROM styles") == "true"


def test_what_many_styles_lack_is_filled_in_at_once_and_nothing_overwritten(database, brand, made):
    filled(database, made, manufacturer="")
    filled(database, made, manufacturer="")
    filled(database, made, manufacturer="Somebody else")

    count = catalogue.complete_lacking(
        brand, collection_id=made, fact=Fact.MANUFACTURER, said="Maison SAS, Nantes"
    )

    assert count == 2
    assert database.rows("SELECT manufacturer FROM styles ORDER BY id") == [
        ("Maison SAS, Nantes",),
        ("Maison SAS, Nantes",),
        ("Somebody else",),
    ]


def seen(database) -> date:
    return database.value("SELECT (house_now() - interval '30 days')::date")


def test_evidence_of_a_public_price_is_kept_with_its_file(database, brand, made, tmp_path):
    path = tmp_path / "list.pdf"
    path.write_bytes(b"%PDF-1.7 a price list")
    stated = Evidence(EvidenceKind.PRICE_LIST, "Price list, spring", seen(database))

    catalogue.evidence(
        brand, collection_id=made, style_id=None, stated=stated, file=Upload("list.pdf", path)
    )

    assert database.rows(
        "SELECT e.kind, e.reference, f.filename FROM rrp_evidence e"
        " JOIN stored_files f ON f.id = e.file_id"
    ) == [("price_list", "Price list, spring", "list.pdf")]


def test_evidence_too_old_to_say_anything_is_refused(database, brand, made):
    stated = Evidence(EvidenceKind.OWN_SHOP, "Our shop", date(2020, 1, 1))

    with pytest.raises(EvidenceRefused):
        catalogue.evidence(brand, collection_id=made, style_id=None, stated=stated)

    assert database.value("SELECT count(*) FROM rrp_evidence") == 0


def test_a_file_that_is_no_document_is_refused(database, brand, made, tmp_path):
    path = tmp_path / "list.exe"
    path.write_bytes(b"MZ")
    stated = Evidence(EvidenceKind.PRICE_LIST, "Price list", seen(database))

    with pytest.raises(EvidenceRefused):
        catalogue.evidence(
            brand, collection_id=made, style_id=None, stated=stated, file=Upload("list.exe", path)
        )

    assert database.value("SELECT count(*) FROM stored_files") == 0


def test_the_brief_stands_still_once_the_deal_is_agreed(database, brand, made):
    agreed(database, brand, made)

    with pytest.raises(CollectionFrozen):
        catalogue.state_brief(brand, collection_id=made, brief=BRIEF)


def test_another_brand_finds_nothing_to_change(database, brand, stranger, made):
    style = filled(database, made, origin="")
    stated = Evidence(EvidenceKind.OWN_SHOP, "Our shop", seen(database))

    with pytest.raises(NotFound):
        catalogue.state_brief(stranger, collection_id=made, brief=BRIEF)
    with pytest.raises(NotFound):
        catalogue.submit(stranger, collection_id=made)
    with pytest.raises(NotFound):
        catalogue.complete(stranger, style_id=style.id, facts={Fact.ORIGIN: "PT"})
    with pytest.raises(NotFound):
        catalogue.complete_lacking(stranger, collection_id=made, fact=Fact.ORIGIN, said="PT")
    with pytest.raises(NotFound):
        catalogue.evidence(stranger, collection_id=made, style_id=None, stated=stated)

    assert database.rows("SELECT origin FROM styles") == [("",)]
    assert database.value("SELECT count(*) FROM rrp_evidence") == 0
